/*
 * null - the floor: what the harness itself costs when the queue costs nothing.
 *
 * Push only makes the compiler produce the value; pop counts through the values
 * this handle was dealt (quota.h) and then says EMPTY. Not a queue: never verified.
 */
#include <errno.h>
#include <lfbench/backend.h>
#include "quota.h"

struct q {
	struct quota quota;
};

struct q_handle {
	uint64_t next, end;
	bool dealt;
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	quota_init(&q->quota, cell);
	cell->report->capacity_effective = 0;
	*out = q;
	return 0;
}

static void q_destroy(struct q *q)
{
	(void)q;
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	h->next = h->end = 1;
	h->dealt = false;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	(void)q;
	(void)h;
	lfb_use(value);
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	if (LFB_UNLIKELY(h->next == h->end)) {
		h->end += quota_deal(&q->quota, &h->dealt);
		if (h->next == h->end)
			return false;
	}
	*value = h->next++;
	lfb_use(*value);
	return true;
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "null", .summary = "floor: what the harness itself costs", .library = "own",
	    .version = LFB_LIBRARY_VERSION,
	    .claims = {
		    .producers = LFB_MANY,
		    .consumers = LFB_MANY,
		    .order = LFB_ORDER_NONE,
		    .bounded = false,
		    .empty = LFB_ANSWER_WEAK,
		    .full = LFB_ANSWER_NEVER,
		    .push = LFB_WAIT_FREE,
		    .pop = LFB_WAIT_FREE,
		    .reference = true,
	    });
