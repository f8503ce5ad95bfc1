/*
 * two_lock - the two-lock queue of Michael & Scott ("Simple, fast, and practical
 * non-blocking and blocking concurrent queue algorithms", PODC 1996, figure 2).
 *
 * A list that always begins with a dummy node: head and tail are never the same
 * item, so pushes and pops take different locks and meet only in the `next` of
 * the dummy of an empty queue. The paper's line numbers are in the code.
 */
#include <errno.h>
#include <lfbench/backend.h>
#include <lfbench/nodes.h>
#include <pthread.h>

struct node {
	struct node *next; /* the only word both sides touch: atomic */
	uint64_t value;
};

struct q {
	pthread_mutex_t head_lock __attribute__((aligned(LFB_LINE)));
	struct node *head; /* the dummy; guarded by head_lock */
	pthread_mutex_t tail_lock __attribute__((aligned(LFB_LINE)));
	struct node *tail; /* guarded by tail_lock */
	struct lfb_nodes nodes __attribute__((aligned(LFB_LINE)));
};

struct q_handle {
	struct lfb_node_cache cache;
};

LFB_STATIC_ASSERT(offsetof(struct q, tail_lock) % LFB_LINE == 0 && offsetof(struct q, nodes) % LFB_LINE == 0,
		  "false sharing");

/* The queue with its dummy (initialize_queue). */
static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	struct lfb_node_cache cache = { 0 };
	int rc;

	if (q == NULL)
		return -ENOMEM;
	rc = lfb_nodes_init(&q->nodes, cell, sizeof(struct node));
	if (rc != 0)
		return rc;
	q->head = q->tail = (struct node *)lfb_node_get(&q->nodes, &cache);
	if (q->head == NULL)
		return -ENOMEM;
	q->head->next = NULL;
	rc = pthread_mutex_init(&q->head_lock, NULL);
	if (rc != 0)
		goto no_head_lock;
	rc = pthread_mutex_init(&q->tail_lock, NULL);
	if (rc != 0)
		goto no_tail_lock;
	cell->report->capacity_effective = 0;
	*out = q;
	return 0;

no_tail_lock:
	pthread_mutex_destroy(&q->head_lock);
no_head_lock:
	lfb_node_put(&q->nodes, &cache, q->head);
	return -rc;
}

static void q_destroy(struct q *q)
{
	struct lfb_node_cache cache = { 0 };

	for (struct node *node = q->head, *next; node != NULL; node = next) {
		next = node->next;
		lfb_node_put(&q->nodes, &cache, node);
	}
	pthread_mutex_destroy(&q->tail_lock);
	pthread_mutex_destroy(&q->head_lock);
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
	struct node *const node = (struct node *)lfb_node_get(&q->nodes, &h->cache); /* E1 */

	if (LFB_UNLIKELY(node == NULL))
		return false;
	node->value = value; /* E2 */
	node->next = NULL;   /* E3 */
	pthread_mutex_lock(&q->tail_lock);
	/* E5. Release: pairs with the acquire in q_pop and publishes the node's value and its own next. */
	__atomic_store_n(&q->tail->next, node, __ATOMIC_RELEASE);
	q->tail = node; /* E6 */
	pthread_mutex_unlock(&q->tail_lock);
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	struct node *dummy, *first;

	pthread_mutex_lock(&q->head_lock);
	dummy = q->head; /* D2 */
	/* D3. Acquire: pairs with the release in q_push; a push may be linking this very dummy. */
	first = __atomic_load_n(&dummy->next, __ATOMIC_ACQUIRE);
	if (first == NULL) {
		pthread_mutex_unlock(&q->head_lock);
		return false;
	}
	*value = first->value; /* D7 */
	q->head = first;       /* D8: it is the dummy from now on */
	pthread_mutex_unlock(&q->head_lock);
	lfb_node_put(&q->nodes, &h->cache, dummy); /* D10: a push may still hold its address, but no longer reads it */
	return true;
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "two_lock", .summary = "Michael & Scott's two-lock queue, pthread mutexes", .library = "own",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = false,
			    .empty = LFB_ANSWER_STRICT, /* no node after the dummy, read under the lock */
			    .full = LFB_ANSWER_NEVER,
			    .push = LFB_BLOCKING,
			    .pop = LFB_BLOCKING,
			    .reference = false,
		    },
	    .node_bytes = sizeof(struct node));
