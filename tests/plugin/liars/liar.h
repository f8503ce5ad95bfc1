/*
 * liar.h - Michael & Scott's queue (PODC'96), lock-free in truth: nodes are numbers with a count beside them, and come from a stack (Treiber 1986) of
 * the same kind, so that all can be used again at once. The includer defines LIAR_NAME and, if it wants to lie, before including this:
 *
 *     LIAR_BEFORE_PUSH(q, h)   LIAR_AFTER_PUSH(q, h)   around a push
 *     LIAR_BEFORE_POP(q, h)    LIAR_AFTER_POP(q, h)    around a pop
 *     LIAR_PUT_NODE(q, node)   instead of put_node: what becomes of a node that was popped
 *     LIAR_PUSH                instead of LFB_LOCK_FREE, what it claims of push
 *
 * q->lock and q->readers are for the lies. Sequentially consistent throughout, as the paper assumes.
 */
#ifndef LFBENCH_TESTS_LIAR_H
#define LFBENCH_TESTS_LIAR_H

#include <errno.h>
#include <lfbench/backend.h>
#include <stdlib.h>

/* More than the probe leaves inside. */
#define NODES 16384u

/* A node's number below, a count above that makes each value of a word that is compared and swapped a new one. */
#define NUMBER(link) ((uint32_t)(link))
#define LINK(number, before) ((((before) >> 32) + 1) << 32 | (number))

struct node {
	uint64_t next;
	uint64_t value;
};

struct q {
	uint64_t head, tail, unused; /* links */
	uint32_t lock, readers;
	uint64_t pops;
	struct node *nodes; /* 0 is none */
};

struct q_handle {
	uint64_t operations;
};

static inline uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline bool swap(uint64_t *word, uint64_t before, uint32_t number)
{
	return __sync_bool_compare_and_swap(word, before, LINK(number, before));
}

static inline void put_node(struct q *q, uint32_t node)
{
	for (;;) {
		const uint64_t top = load(&q->unused);

		__atomic_store_n(&q->nodes[node].value, NUMBER(top), __ATOMIC_SEQ_CST);
		if (swap(&q->unused, top, node))
			return;
	}
}

static inline uint32_t get_node(struct q *q)
{
	for (;;) {
		const uint64_t top = load(&q->unused);

		if (NUMBER(top) == 0 || swap(&q->unused, top, (uint32_t)load(&q->nodes[NUMBER(top)].value)))
			return NUMBER(top);
	}
}

static inline void spin_lock(uint32_t *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		lfb_pause();
}

static inline void spin_unlock(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#ifndef LIAR_BEFORE_PUSH
#define LIAR_BEFORE_PUSH(q, h)
#define LIAR_AFTER_PUSH(q, h)
#endif
#ifndef LIAR_BEFORE_POP
#define LIAR_BEFORE_POP(q, h)
#define LIAR_AFTER_POP(q, h)
#endif
#ifndef LIAR_PUT_NODE
#define LIAR_PUT_NODE(q, node) put_node(q, node)
#endif
#ifndef LIAR_PUSH
#define LIAR_PUSH LFB_LOCK_FREE
#endif

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	*q = (struct q){ .nodes = calloc(NODES, sizeof(struct node)) };
	if (q->nodes == NULL)
		return -ENOMEM;
	for (uint32_t i = NODES - 1; i > 1; i--)
		put_node(q, i);
	q->head = q->tail = 1;
	*out = q;
	return 0;
}

static void q_destroy(struct q *q)
{
	free(q->nodes);
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	h->operations = 0;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

static inline bool enqueue(struct q *q, uint64_t value)
{
	const uint32_t node = get_node(q);

	if (node == 0)
		return false;
	__atomic_store_n(&q->nodes[node].value, value, __ATOMIC_SEQ_CST);
	__atomic_store_n(&q->nodes[node].next, LINK(0u, load(&q->nodes[node].next)), __ATOMIC_SEQ_CST);
	for (;;) {
		const uint64_t tail = load(&q->tail), next = load(&q->nodes[NUMBER(tail)].next);

		if (tail != load(&q->tail))
			continue;
		if (NUMBER(next) != 0) {
			(void)swap(&q->tail, tail, NUMBER(next));
		} else if (swap(&q->nodes[NUMBER(tail)].next, next, node)) {
			(void)swap(&q->tail, tail, node);
			return true;
		}
	}
}

static inline bool dequeue(struct q *q, uint64_t *value)
{
	for (;;) {
		const uint64_t head = load(&q->head), tail = load(&q->tail), next = load(&q->nodes[NUMBER(head)].next);

		if (head != load(&q->head))
			continue;
		if (NUMBER(next) == 0)
			return false;
		if (NUMBER(head) == NUMBER(tail)) {
			(void)swap(&q->tail, tail, NUMBER(next));
			continue;
		}
		*value = load(&q->nodes[NUMBER(next)].value);
		if (swap(&q->head, head, NUMBER(next))) {
			LIAR_PUT_NODE(q, NUMBER(head));
			return true;
		}
	}
}

static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	h->operations++;
	LIAR_BEFORE_PUSH(q, h);
	ok = enqueue(q, value);
	LIAR_AFTER_PUSH(q, h);
	return ok;
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	h->operations++;
	LIAR_BEFORE_POP(q, h);
	ok = dequeue(q, value);
	LIAR_AFTER_POP(q, h);
	return ok;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = LIAR_NAME, .summary = "claims too much, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_MANY, .consumers = LFB_MANY, .order = LFB_ORDER_FIFO, .bounded = false, .empty = LFB_ANSWER_STRICT,
			.full = LFB_ANSWER_NEVER, .push = LIAR_PUSH, .pop = LFB_LOCK_FREE, .reference = false });

#endif
