/*
 * mutex_ring - a bounded ring under one pthread mutex: what most programs start with.
 *
 * The baseline every other backend has to beat. The lock is held for a copy of
 * one word and an index; no condition variable, so waiting is the caller's.
 */
#include <lfbench/backend.h>
#include <pthread.h>
#include "slots.h"

struct q {
	pthread_mutex_t lock;
	struct ring ring; /* guarded by lock */
};

struct q_handle {
	char unused;
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	int rc;

	if (q == NULL)
		return -ENOMEM;
	rc = ring_init(&q->ring, cell);
	if (rc != 0)
		return rc;
	*out = q;
	return -pthread_mutex_init(&q->lock, NULL);
}

static void q_destroy(struct q *q)
{
	pthread_mutex_destroy(&q->lock);
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	ok = ring_put(&q->ring, value);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	ok = ring_take(&q->ring, value);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "mutex_ring", .summary = "bounded ring under one pthread mutex", .library = "own",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_STRICT,
			    .push = LFB_BLOCKING,
			    .pop = LFB_BLOCKING,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(uint64_t));
