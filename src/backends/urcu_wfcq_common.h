/*
 * urcu_wfcq_common.h - what the two wfcqueue backends share: everything but how pops
 * keep out of each other's way. An include template: the includer has included
 * <urcu/wfcqueue.h> and defines the type WFCQ_HEAD first, and then, of that type,
 *
 *     static void wfcq_init(WFCQ_HEAD *head, struct cds_wfcq_tail *tail);
 *     static void wfcq_end(WFCQ_HEAD *head, struct cds_wfcq_tail *tail);
 *     static inline struct cds_wfcq_node *wfcq_dequeue(WFCQ_HEAD *head, struct cds_wfcq_tail *tail);
 *
 * A push exchanges the tail and then links the node from its predecessor. Between
 * the two the queue is not empty, but nobody can reach what lies behind the gap:
 * the library's dequeue waits there (asleep, 10 ms at a time, after ten tries), or,
 * asked not to block, answers WOULDBLOCK. That answer is passed on as EMPTY, so
 * that how to wait is the harness's choice as with all backends; it makes EMPTY weak.
 */
#ifndef LFBENCH_BACKENDS_URCU_WFCQ_COMMON_H
#define LFBENCH_BACKENDS_URCU_WFCQ_COMMON_H

#include <errno.h>
#include <lfbench/backend.h>
#include <lfbench/nodes.h>

struct node {
	struct cds_wfcq_node link;
	uint64_t value;
};

struct q {
	WFCQ_HEAD head __attribute__((aligned(LFB_LINE)));	      /* the consumer's side */
	struct cds_wfcq_tail tail __attribute__((aligned(LFB_LINE))); /* the producers' */
	struct lfb_nodes nodes __attribute__((aligned(LFB_LINE)));
};

struct q_handle {
	struct lfb_node_cache cache;
};

LFB_STATIC_ASSERT(offsetof(struct q, tail) - offsetof(struct q, head) >= LFB_LINE, "false sharing");

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	int rc;

	if (q == NULL)
		return -ENOMEM;
	rc = lfb_nodes_init(&q->nodes, cell, sizeof(struct node));
	if (rc != 0)
		return rc;
	wfcq_init(&q->head, &q->tail);
	cell->report->capacity_effective = 0;
	*out = q;
	return 0;
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
	struct node *const node = (struct node *)lfb_node_get(&q->nodes, &h->cache);

	if (LFB_UNLIKELY(node == NULL))
		return false;
	node->value = value;
	cds_wfcq_node_init(&node->link);
	(void)cds_wfcq_enqueue(&q->head, &q->tail, &node->link);
	return true;
}

/* The library allows a node to be freed as soon as it has been dequeued. */
LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	struct cds_wfcq_node *const link = wfcq_dequeue(&q->head, &q->tail);
	struct node *node;

	if (link == NULL || link == CDS_WFCQ_WOULDBLOCK)
		return false;
	node = (struct node *)(void *)link; /* its first member */
	*value = node->value;
	lfb_node_put(&q->nodes, &h->cache, node);
	return true;
}

static void q_destroy(struct q *q)
{
	struct q_handle host = { 0 };
	uint64_t value;

	while (q_pop(q, &host, &value))
		;
	wfcq_end(&q->head, &q->tail);
}

#endif
