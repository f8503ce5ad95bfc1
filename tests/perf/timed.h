/*
 * timed.h - a correct bounded ring for one producer and one consumer (Lamport 1977), whose pop takes a time that is known beforehand: what the
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

struct q {
	uint64_t capacity;
	uint64_t *slots;
	uint64_t next_ns; /* the consumer's own: when the next stall is due */
	uint64_t head __attribute__((aligned(LFB_LINE))); /* items popped so far */
	uint64_t tail __attribute__((aligned(LFB_LINE))); /* items pushed so far */
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
	q->head = q->tail = q->next_ns = 0;
	cell->report->capacity_effective = q->capacity;
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
	const uint64_t tail = q->tail;

	(void)h;
	/* Acquire: pairs with the release of head in q_pop, which gives the slot back. */
	if (tail - __atomic_load_n(&q->head, __ATOMIC_ACQUIRE) == q->capacity)
		return false;
	q->slots[tail % q->capacity] = value;
	__atomic_store_n(&q->tail, tail + 1, __ATOMIC_RELEASE); /* publishes the slot to q_pop */
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	const uint64_t head = q->head;
	unsigned polls = 0;

	(void)h;
	TIMED_BEFORE(q);
	/* Acquire: pairs with the release of tail in q_push. */
	while (__atomic_load_n(&q->tail, __ATOMIC_ACQUIRE) == head)
		if (++polls == TIMED_POLLS)
			return false;
	*value = q->slots[head % q->capacity];
	__atomic_store_n(&q->head, head + 1, __ATOMIC_RELEASE); /* gives the slot back to q_push */
	TIMED_SERVE(q);
	return true;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = TIMED_NAME, .summary = "takes a known time, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_ONE,
			.consumers = LFB_ONE,
			.order = LFB_ORDER_FIFO,
			.bounded = true,
			.empty = LFB_ANSWER_STRICT,
			.full = LFB_ANSWER_STRICT,
			.push = LFB_WAIT_FREE,
			.pop = LFB_WAIT_FREE },
	    .slot_bytes = sizeof(uint64_t));

#endif
