/*
 * faa - the ceiling: one fetch-and-add per push and one per pop, on separate lines.
 *
 * Any queue with many producers or consumers has to make them agree on an order,
 * and a single fetch-and-add on a shared counter is the cheapest way known of doing
 * so (Morrison & Afek, "Fast concurrent queues for x86 processors", PPoPP 2013).
 * Values are counted, not stored; pop hands out this handle's quota (quota.h) and
 * then says EMPTY. Not a queue: never verified, never ranked.
 */
#include <errno.h>
#include <lfbench/backend.h>
#include "quota.h"

struct q {
	uint64_t pushed __attribute__((aligned(LFB_LINE)));
	uint64_t popped __attribute__((aligned(LFB_LINE)));
	struct quota quota __attribute__((aligned(LFB_LINE)));
};

struct q_handle {
	uint64_t left; /* values this handle may still pop */
	bool dealt;
};

LFB_STATIC_ASSERT(offsetof(struct q, popped) - offsetof(struct q, pushed) >= LFB_LINE, "false sharing");
LFB_STATIC_ASSERT(offsetof(struct q, quota) - offsetof(struct q, popped) >= LFB_LINE, "false sharing");

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	q->pushed = q->popped = 0;
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
	h->left = 0;
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
	(void)h;
	lfb_use(value);
	/* The old value is used, or it would become a cheaper add without a result. */
	lfb_use(__atomic_fetch_add(&q->pushed, 1, __ATOMIC_RELAXED));
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	if (LFB_UNLIKELY(h->left == 0)) {
		h->left = quota_deal(&q->quota, &h->dealt);
		if (h->left == 0)
			return false;
	}
	h->left--;
	*value = 1 + __atomic_fetch_add(&q->popped, 1, __ATOMIC_RELAXED);
	return true;
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "faa", .summary = "ceiling: one fetch-and-add per operation", .library = "own",
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
