/*
 * broken.h - a correct bounded ring under a mutex, with three places where it can be
 * broken. The tests load what is made of it and expect lfbench to notice.
 *
 * The includer defines BROKEN_NAME and, if it wants them, before including this:
 *
 *     BROKEN_PUT(q, value)   instead of ring_put: store a value, there is room
 *     BROKEN_TAKE(q)         instead of ring_take: return the next value, there is one
 *     BROKEN_IS_EMPTY(q)     instead of q->count == 0: what a pop goes by
 *     BROKEN_ABI             instead of LFB_ABI
 *     BROKEN_SIZE            instead of the size of struct lfb_backend
 *     BROKEN_BOUNDED         instead of true, what it claims
 *     BROKEN_CREATED(out, q) instead of *out = q
 *
 * All these places are under the lock. q->puts and q->takes number the values, from 1, and q->asks the pops.
 */
#ifndef LFBENCH_TESTS_BROKEN_H
#define LFBENCH_TESTS_BROKEN_H

#include <errno.h>
#include <lfbench/backend.h>
#include <pthread.h>

/* How often a fault shows: at this many calls, once. */
#define BROKEN_EVERY 1000u
#define BROKEN_AT 500u

struct q {
	pthread_mutex_t lock;
	uint64_t capacity, head, count; /* guarded by lock, as is all below */
	uint64_t puts, takes, asks;
	bool due; /* a fault waits for its occasion */
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

/*
 * A real access to an address where nothing is: the harness's threads block signals, and a
 * SIGSEGV that is merely raised would wait until they no longer do.
 */
static inline void broken_fault(void)
{
	static int *volatile nowhere = (int *)64;

	*nowhere = 1;
}

#ifndef BROKEN_PUT
#define BROKEN_PUT(q, value) ring_put(q, value)
#endif
#ifndef BROKEN_CREATED
#define BROKEN_CREATED(out, q) (*(out) = (q))
#endif
#ifndef BROKEN_IS_EMPTY
#define BROKEN_IS_EMPTY(q) ((q)->count == 0)
#endif
#ifndef BROKEN_TAKE
#define BROKEN_TAKE(q) ring_take(q)
#endif

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL || cell->capacity > cell->arena->size_bytes / sizeof(q->slots[0]))
		return -ENOMEM;
	q->slots = (uint64_t *)lfb_arena_alloc(cell->arena, cell->capacity * sizeof(q->slots[0]));
	if (q->slots == NULL)
		return -ENOMEM;
	q->capacity = cell->capacity;
	q->head = q->count = q->puts = q->takes = q->asks = 0;
	q->due = false;
	cell->report->capacity_effective = q->capacity;
	BROKEN_CREATED(out, q);
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
	ok = q->count < q->capacity;
	if (ok) {
		q->puts++;
		BROKEN_PUT(q, value);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	pthread_mutex_lock(&q->lock);
	q->asks++;
	ok = !BROKEN_IS_EMPTY(q);
	if (ok) {
		q->takes++;
		*value = BROKEN_TAKE(q);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

#include <lfbench/loops.h>

#ifndef BROKEN_ABI
#define BROKEN_ABI LFB_ABI
#endif
#ifndef BROKEN_SIZE
#define BROKEN_SIZE sizeof(struct lfb_backend)
#endif
#ifndef BROKEN_BOUNDED
#define BROKEN_BOUNDED true
#endif

/* LFB_BACKEND written out, since it would not let the first two fields be wrong. */
const struct lfb_backend lfb_backend = {
	.abi = BROKEN_ABI,
	.size = (uint32_t)(BROKEN_SIZE),
	.ops = &lfb_backend_ops,
	.loops_rev = LFB_LOOPS_REV,
	.built_with = LFB_BUILT_WITH,
	.alloc = LFB_NODES_ALLOC,
	.name = BROKEN_NAME,
	.summary = "broken on purpose, for the tests",
	.library = "tests",
	.version = LFB_LIBRARY_VERSION,
	.claims = {
		.producers = LFB_MANY,
		.consumers = LFB_MANY,
		.order = LFB_ORDER_FIFO,
		.bounded = BROKEN_BOUNDED,
		.empty = LFB_ANSWER_STRICT,
		.full = LFB_ANSWER_STRICT,
		.push = LFB_BLOCKING,
		.pop = LFB_BLOCKING,
		.reference = false,
	},
	.slot_bytes = sizeof(uint64_t),
};

#endif
