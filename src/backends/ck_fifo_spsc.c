/*
 * ck_fifo_spsc - ConcurrencyKit's linked queue, one producer and one consumer.
 *
 * A pop frees nothing: it moves the head past the node, and the producer takes
 * used nodes back with ck_fifo_spsc_recycle before it asks for a new one, as the
 * library means it to be used. So the consumer never touches the allocator, and a
 * queue that stays short allocates next to nothing. The locks inside the structure
 * are for those who have several threads on a side, and stay unused.
 *
 * The claims: no loop and no atomic read-modify-write on either side, so both are
 * wait-free (but for what malloc does); EMPTY is one load of the dummy's next: strict.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_fifo.h>
#include <errno.h>
#include <lfbench/backend.h>
#include <lfbench/nodes.h>

struct q {
	ck_fifo_spsc_t fifo;
	struct lfb_nodes nodes __attribute__((aligned(LFB_LINE)));
};

struct q_handle {
	struct lfb_node_cache cache;
};

LFB_STATIC_ASSERT(sizeof(void *) == sizeof(uint64_t), "a value must fit in a pointer");
LFB_STATIC_ASSERT(offsetof(ck_fifo_spsc_t, tail) / CK_MD_CACHELINE != offsetof(ck_fifo_spsc_t, head) / CK_MD_CACHELINE,
		  "false sharing");

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	struct lfb_node_cache cache = { 0 };
	ck_fifo_spsc_entry_t *dummy;
	int rc;

	if (q == NULL)
		return -ENOMEM;
	rc = lfb_nodes_init(&q->nodes, cell, sizeof(*dummy));
	if (rc != 0)
		return rc;
	dummy = (ck_fifo_spsc_entry_t *)lfb_node_get(&q->nodes, &cache);
	if (dummy == NULL)
		return -ENOMEM;
	ck_fifo_spsc_init(&q->fifo, dummy);
	cell->report->capacity_effective = 0;
	*out = q;
	return 0;
}

/* All nodes hang together: those to be recycled, the dummy, those still in the queue. */
static void q_destroy(struct q *q)
{
	struct lfb_node_cache cache = { 0 };
	ck_fifo_spsc_entry_t *node, *next;

	for (ck_fifo_spsc_deinit(&q->fifo, &node); node != NULL; node = next) {
		next = node->next;
		lfb_node_put(&q->nodes, &cache, node);
	}
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
	ck_fifo_spsc_entry_t *node = ck_fifo_spsc_recycle(&q->fifo);

	if (node == NULL) {
		node = (ck_fifo_spsc_entry_t *)lfb_node_get(&q->nodes, &h->cache);
		if (LFB_UNLIKELY(node == NULL))
			return false;
	}
	ck_fifo_spsc_enqueue(&q->fifo, node, (void *)(uintptr_t)value);
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	void *item;

	(void)h;
	if (!ck_fifo_spsc_dequeue(&q->fifo, &item))
		return false;
	*value = (uint64_t)(uintptr_t)item;
	return true;
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "ck_fifo_spsc", .summary = "CK linked queue, one producer, one consumer, recycles its nodes",
	    .library = "ConcurrencyKit", .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_ONE,
			    .consumers = LFB_ONE,
			    .order = LFB_ORDER_FIFO,
			    .bounded = false,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_NEVER,
			    .push = LFB_WAIT_FREE,
			    .pop = LFB_WAIT_FREE,
			    .reference = false,
		    },
	    .node_bytes = sizeof(ck_fifo_spsc_entry_t));
