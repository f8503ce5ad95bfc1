/*
 * timed.h - a correct bounded ring under a mutex whose pop takes a time that is known beforehand: what the
 * latency pass measures of it can be worked out on paper. The includer defines, before including this:
 *
 *     TIMED_NAME
 *     TIMED_BEFORE(q)   run by every pop, before it looks into the ring
 *     TIMED_SERVE(q)    run by a pop that has taken a value, before it returns
 *     TIMED_POLLS       how often a pop looks into an empty ring before it says EMPTY
 */
#ifndef LFBENCH_TESTS_TIMED_H
#define LFBENCH_TESTS_TIMED_H

#include <errno.h>
#include <lfbench/backend.h>
#include <pthread.h>

struct q {
	pthread_mutex_t lock;
	uint64_t capacity, head, count; /* guarded by lock */
	uint64_t *slots;
	uint64_t next_ns; /* the consumer's own: when the next stall is due */
};

struct q_handle {
	char unused;
};

/* Keep the CPU for so long. */
static inline void timed_spin(uint64_t duration_ns)
{
	const uint64_t until_ns = lfb_ticks_clock() + duration_ns;

	while (lfb_ticks_clock() < until_ns)
		;
}

#ifndef TIMED_BEFORE
#define TIMED_BEFORE(q) (void)(q)
#endif
#ifndef TIMED_SERVE
#define TIMED_SERVE(q) (void)(q)
#endif
#ifndef TIMED_POLLS
#define TIMED_POLLS 1
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
	q->head = q->count = q->next_ns = 0;
	cell->report->capacity_effective = q->capacity;
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
	ok = q->count < q->capacity;
	if (ok)
		q->slots[(q->head + q->count++) % q->capacity] = value;
	pthread_mutex_unlock(&q->lock);
	return ok;
}

static inline bool take(struct q *q, uint64_t *value)
{
	bool ok;

	pthread_mutex_lock(&q->lock);
	ok = q->count > 0;
	if (ok) {
		*value = q->slots[q->head];
		q->head = (q->head + 1) % q->capacity;
		q->count--;
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	(void)h;
	TIMED_BEFORE(q);
	for (unsigned polls = 0; polls < TIMED_POLLS; polls++) {
		if (__atomic_load_n(&q->count, __ATOMIC_RELAXED) > 0 && take(q, value)) {
			TIMED_SERVE(q);
			return true;
		}
	}
	return false;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = TIMED_NAME, .summary = "takes a known time, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_MANY,
			.consumers = LFB_ONE,
			.order = LFB_ORDER_FIFO,
			.bounded = true,
			.empty = LFB_ANSWER_STRICT,
			.full = LFB_ANSWER_STRICT,
			.push = LFB_BLOCKING,
			.pop = LFB_BLOCKING },
	    .slot_bytes = sizeof(uint64_t));

#endif
