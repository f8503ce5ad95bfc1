/*
 * mutant.h - a right bounded ring under a mutex, with places where it can be made wrong. The includer defines MUTANT_NAME and, if it wants
 * them, before including this:
 *
 *     MUTANT_PUT(q, value)   instead of ring_put: store a value, there is room
 *     MUTANT_TAKE(q)         instead of ring_take: return the next value, there is one
 *     MUTANT_IS_FULL(q)      instead of ring_is_full
 *     MUTANT_IS_EMPTY(q)     instead of ring_is_empty
 *     MUTANT_CAPACITY(n)     instead of n: what it says that it holds, of n slots
 *     MUTANT_LOCK(q), MUTANT_UNLOCK(q)   instead of pthread_mutex_lock and pthread_mutex_unlock
 *
 * All are under the lock. q->puts and q->takes number the values, from 1; q->asks numbers all calls.
 */
#ifndef LFBENCH_TESTS_MUTANT_H
#define LFBENCH_TESTS_MUTANT_H

#include <errno.h>
#include <lfbench/backend.h>
#include <pthread.h>

/* How often a fault shows: at this many calls, once. */
#define MUTANT_EVERY 97u

struct q {
	pthread_mutex_t lock;
	uint64_t capacity, head, count; /* guarded by lock, as is all below */
	uint64_t puts, takes, asks;
	uint64_t *slots;
};

struct q_handle {
	char unused;
};

/* The n-th item from the head. */
static inline uint64_t *ring_at(struct q *q, uint64_t n)
{
	return &q->slots[(q->head + n) % q->capacity];
}

static inline void ring_put(struct q *q, uint64_t value)
{
	*ring_at(q, q->count++) = value;
}

static inline uint64_t ring_take(struct q *q)
{
	const uint64_t value = *ring_at(q, 0);

	q->head = (q->head + 1) % q->capacity;
	q->count--;
	return value;
}

static inline bool ring_is_full(const struct q *q)
{
	return q->count == q->capacity;
}

static inline bool ring_is_empty(const struct q *q)
{
	return q->count == 0;
}

#ifndef MUTANT_PUT
#define MUTANT_PUT(q, value) ring_put(q, value)
#endif
#ifndef MUTANT_TAKE
#define MUTANT_TAKE(q) ring_take(q)
#endif
#ifndef MUTANT_IS_FULL
#define MUTANT_IS_FULL(q) ring_is_full(q)
#endif
#ifndef MUTANT_IS_EMPTY
#define MUTANT_IS_EMPTY(q) ring_is_empty(q)
#endif
#ifndef MUTANT_LOCK
#define MUTANT_LOCK(q) pthread_mutex_lock(&(q)->lock)
#define MUTANT_UNLOCK(q) pthread_mutex_unlock(&(q)->lock)
#endif
#ifndef MUTANT_CAPACITY
#define MUTANT_CAPACITY(n) (n)
#endif

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	const uint64_t capacity = cell->capacity + 1; /* two at least, so that there are neighbours */

	if (q == NULL)
		return -ENOMEM;
	q->slots = (uint64_t *)lfb_arena_alloc(cell->arena, (capacity + 1) * sizeof(q->slots[0]));
	if (q->slots == NULL)
		return -ENOMEM;
	q->capacity = capacity;
	q->head = q->count = q->puts = q->takes = q->asks = 0;
	cell->report->capacity_effective = MUTANT_CAPACITY(capacity);
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

static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	MUTANT_LOCK(q);
	q->asks++;
	ok = !MUTANT_IS_FULL(q);
	if (ok) {
		q->puts++;
		MUTANT_PUT(q, value);
	}
	MUTANT_UNLOCK(q);
	return ok;
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	MUTANT_LOCK(q);
	q->asks++;
	ok = !MUTANT_IS_EMPTY(q);
	if (ok) {
		q->takes++;
		*value = MUTANT_TAKE(q);
	}
	MUTANT_UNLOCK(q);
	return ok;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = MUTANT_NAME, .summary = "wrong on purpose, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_MANY, .consumers = LFB_MANY, .order = LFB_ORDER_FIFO, .bounded = true, .empty = LFB_ANSWER_STRICT,
			.full = LFB_ANSWER_STRICT, .push = LFB_BLOCKING, .pop = LFB_BLOCKING, .reference = false },
	    .slot_bytes = sizeof(uint64_t));

#endif
