/*
 * mutex_cond - a bounded ring, a mutex and two condition variables: the textbook's
 * bounded buffer (Hoare's monitor), and what most languages' libraries offer.
 *
 * The one own backend that can wait without spinning. Who waits is counted under
 * the lock, so that nobody is signalled while nobody waits, and the signal is sent
 * after the lock was released, so that the thread woken does not run into it.
 */
#include <lfbench/backend.h>
#include <pthread.h>
#include "slots.h"

struct q {
	pthread_mutex_t lock;
	/* All below are guarded by lock. */
	struct ring ring;
	uint32_t push_waiting, pop_waiting; /* threads inside q_push_wait, q_pop_wait that sleep */
	bool closed;
	pthread_cond_t not_full;
	pthread_cond_t not_empty;
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
	q->push_waiting = q->pop_waiting = 0;
	q->closed = false;
	rc = pthread_mutex_init(&q->lock, NULL);
	if (rc != 0)
		return -rc;
	rc = pthread_cond_init(&q->not_full, NULL);
	if (rc != 0)
		goto no_not_full;
	rc = pthread_cond_init(&q->not_empty, NULL);
	if (rc != 0)
		goto no_not_empty;
	*out = q;
	return 0;

no_not_empty:
	pthread_cond_destroy(&q->not_full);
no_not_full:
	pthread_mutex_destroy(&q->lock);
	return -rc;
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

/* Put and unlock, waking one waiting pop if there is one. The caller holds the lock. */
static inline bool put_unlock(struct q *q, uint64_t value)
{
	const bool ok = ring_put(&q->ring, value);
	const bool wake = ok && q->pop_waiting != 0;

	pthread_mutex_unlock(&q->lock);
	if (wake)
		pthread_cond_signal(&q->not_empty);
	return ok;
}

/* Take and unlock, waking one waiting push if there is one. The caller holds the lock. */
static inline bool take_unlock(struct q *q, uint64_t *value)
{
	const bool ok = ring_take(&q->ring, value);
	const bool wake = ok && q->push_waiting != 0;

	pthread_mutex_unlock(&q->lock);
	if (wake)
		pthread_cond_signal(&q->not_full);
	return ok;
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	(void)h;
	pthread_mutex_lock(&q->lock);
	return put_unlock(q, value);
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	(void)h;
	pthread_mutex_lock(&q->lock);
	return take_unlock(q, value);
}

#define LFB_HAS_BLOCK

LFB_TEMPLATE bool q_push_wait(struct q *q, struct q_handle *h, uint64_t value)
{
	(void)h;
	pthread_mutex_lock(&q->lock);
	while (ring_is_full(&q->ring) && !q->closed) {
		q->push_waiting++;
		pthread_cond_wait(&q->not_full, &q->lock);
		q->push_waiting--;
	}
	if (q->closed) {
		pthread_mutex_unlock(&q->lock);
		return false;
	}
	return put_unlock(q, value);
}

LFB_TEMPLATE bool q_pop_wait(struct q *q, struct q_handle *h, uint64_t *value)
{
	(void)h;
	pthread_mutex_lock(&q->lock);
	while (q->ring.count == 0 && !q->closed) {
		q->pop_waiting++;
		pthread_cond_wait(&q->not_empty, &q->lock);
		q->pop_waiting--;
	}
	return take_unlock(q, value);
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

LFB_BACKEND(.name = "mutex_cond", .summary = "bounded ring, mutex and two condition variables", .library = "own",
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
