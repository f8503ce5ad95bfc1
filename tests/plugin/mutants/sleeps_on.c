/*
 * sleeps_on - the bounded buffer of the textbook with a signal saved: a pop wakes a waiting push only if the ring was full before. Two pops in a row
 * wake one of two that wait, and the other sleeps on, with room in the ring. Every value that is pushed arrives, in order.
 *
 * Left alone, threads that are called off wake it by closing the queue; that it waits for nobody is seen where a thread runs at a time.
 */
#include "slots.h"
#include <lfbench/backend.h>
#include <pthread.h>

struct q {
	pthread_mutex_t lock;
	struct ring ring; /* guarded by lock, as is `closed` */
	bool closed;
	pthread_cond_t not_full, not_empty;
};

struct q_handle {
	char unused;
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	q->closed = false;
	(void)pthread_cond_init(&q->not_full, NULL);
	(void)pthread_cond_init(&q->not_empty, NULL);
	(void)pthread_mutex_init(&q->lock, NULL);
	*out = q;
	return ring_init(&q->ring, cell);
}

static void q_destroy(struct q *q)
{
	pthread_cond_destroy(&q->not_empty);
	pthread_cond_destroy(&q->not_full);
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

/* The caller holds the lock. */
static bool put(struct q *q, uint64_t value)
{
	const bool ok = ring_put(&q->ring, value);

	if (ok)
		pthread_cond_signal(&q->not_empty);
	return ok;
}

static bool take(struct q *q, uint64_t *value)
{
	const bool was_full = ring_is_full(&q->ring);
	const bool ok = ring_take(&q->ring, value);

	if (ok && was_full)
		pthread_cond_signal(&q->not_full);
	return ok;
}

static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	ok = put(q, value);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	ok = take(q, value);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

#define LFB_HAS_BLOCK

static inline bool q_push_wait(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	while (ring_is_full(&q->ring) && !q->closed)
		pthread_cond_wait(&q->not_full, &q->lock);
	ok = !q->closed && put(q, value);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

static inline bool q_pop_wait(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	while (q->ring.count == 0 && !q->closed)
		pthread_cond_wait(&q->not_empty, &q->lock);
	ok = take(q, value);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

static void q_close(struct q *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_mutex_unlock(&q->lock);
	pthread_cond_broadcast(&q->not_full);
	pthread_cond_broadcast(&q->not_empty);
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "sleeps_on", .summary = "wrong on purpose, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_MANY, .consumers = LFB_MANY, .order = LFB_ORDER_FIFO, .bounded = true, .empty = LFB_ANSWER_STRICT,
			.full = LFB_ANSWER_STRICT, .push = LFB_BLOCKING, .pop = LFB_BLOCKING, .reference = false },
	    .slot_bytes = sizeof(uint64_t));
