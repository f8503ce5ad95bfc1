/*
 * aba - Michael & Scott's queue (PODC'96) without the counters beside its pointers, on nodes that are used again at once: a pop that is stopped
 * between reading the head and its compare-and-swap finds the same node at the head again, and makes a node the head that has left.
 *
 * Nodes come from the arena and stay nodes, so that what is read is always a node, if not the right one.
 */
#include <errno.h>
#include <lfbench/backend.h>

#define NODES 4096u

struct node {
	struct node *next;
	uint64_t value;
};

struct q {
	struct node *head, *tail;
	struct node *nodes;
	uint64_t fresh; /* nodes never used begin here */
};

/* The node freed last is the next to be used. */
struct q_handle {
	struct node *free;
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	q->nodes = (struct node *)lfb_arena_alloc(cell->arena, NODES * sizeof(q->nodes[0]));
	if (q->nodes == NULL)
		return -ENOMEM;
	q->nodes[0].next = NULL;
	q->head = q->tail = &q->nodes[0];
	q->fresh = 1;
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
	h->free = NULL;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

static struct node *get_node(struct q *q, struct q_handle *h)
{
	struct node *const node = h->free;
	uint64_t at;

	if (node != NULL) {
		h->free = (struct node *)(uintptr_t)node->value;
		return node;
	}
	at = __atomic_fetch_add(&q->fresh, 1, __ATOMIC_RELAXED);
	return at < NODES ? &q->nodes[at] : NULL;
}

/* Sequentially consistent throughout, as the paper assumes. */
static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	struct node *const node = get_node(q, h);

	if (node == NULL)
		return false;
	node->value = value;
	__atomic_store_n(&node->next, NULL, __ATOMIC_SEQ_CST);
	for (;;) {
		struct node *const tail = __atomic_load_n(&q->tail, __ATOMIC_SEQ_CST);
		struct node *const next = __atomic_load_n(&tail->next, __ATOMIC_SEQ_CST);

		if (next != NULL) {
			(void)__sync_bool_compare_and_swap(&q->tail, tail, next);
		} else if (__sync_bool_compare_and_swap(&tail->next, NULL, node)) {
			(void)__sync_bool_compare_and_swap(&q->tail, tail, node);
			return true;
		}
	}
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	for (;;) {
		struct node *const head = __atomic_load_n(&q->head, __ATOMIC_SEQ_CST);
		struct node *const tail = __atomic_load_n(&q->tail, __ATOMIC_SEQ_CST);
		struct node *const next = __atomic_load_n(&head->next, __ATOMIC_SEQ_CST);

		if (next == NULL)
			return false;
		if (head == tail) {
			(void)__sync_bool_compare_and_swap(&q->tail, tail, next);
			continue;
		}
		*value = next->value;
		if (__sync_bool_compare_and_swap(&q->head, head, next)) {
			head->value = (uint64_t)(uintptr_t)h->free;
			h->free = head;
			return true;
		}
	}
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "aba", .summary = "wrong on purpose, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_MANY, .consumers = LFB_MANY, .order = LFB_ORDER_FIFO, .bounded = false, .empty = LFB_ANSWER_STRICT,
			.full = LFB_ANSWER_NEVER, .push = LFB_LOCK_FREE, .pop = LFB_LOCK_FREE, .reference = false });
