/*
 * ck_fifo_mpmc - ConcurrencyKit's linked queue for many producers and consumers: the
 * lock-free queue of Michael & Scott (PODC 1996), with 16-byte compare-and-swaps.
 *
 * MEMORY. Push and pop read nodes that others may have popped meanwhile, and a push
 * resets the generation count of the node it brings, so the count alone does not
 * make early reuse safe. Nodes are therefore reclaimed through ck_epoch: every
 * operation is an epoch section, a popped node is retired, and it is used again
 * when no section is left that may have seen it in the queue. The thread that retired it
 * gets it back: ck_epoch_poll_deferred returns the nodes, where the callbacks of
 * ck_epoch_poll would not know which thread's cache they work for.
 *
 * A handle's record stays registered after it has detached (inactive, so it holds
 * up nobody), and q_destroy, when nobody is attached, empties them all.
 *
 * The claims: a compare-and-swap fails only when another operation succeeded, so
 * both are lock-free (but for malloc). A stopped operation keeps nodes from being
 * reused: others go on and memory grows. EMPTY: the dummy's next was NULL, and is
 * never NULL again once set (the epoch keeps it from being reused): strict.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_epoch.h>
#include <ck_fifo.h>
#include <errno.h>
#include <lfbench/backend.h>
#include <lfbench/nodes.h>
#include "ck_epoch_counted.h"

/* Nodes a handle retires between two looks at which of them are free. */
#define RETIRED_PER_POLL 64u

/* The retired list's link is the last word: nobody reads it while the node is free. */
struct node {
	ck_fifo_mpmc_entry_t entry;
	ck_epoch_entry_t retired;
};

struct q {
	ck_fifo_mpmc_t fifo __attribute__((aligned(LFB_LINE)));
	ck_epoch_t epoch __attribute__((aligned(LFB_LINE)));
	struct q_handle *handles; /* all that ever attached */
	struct lfb_nodes nodes __attribute__((aligned(LFB_LINE)));
};

struct q_handle {
	ck_epoch_record_t record;
	struct lfb_node_cache cache;
	unsigned retired; /* since the last poll */
	struct q_handle *next;
};

/* cmpxchg16b (and casp) fault on an operand that is not 16-byte aligned; nodes lie one after the other. */
LFB_STATIC_ASSERT(offsetof(ck_fifo_mpmc_t, head) % 16 == 0 && offsetof(ck_fifo_mpmc_t, tail) % 16 == 0, "alignment");
LFB_STATIC_ASSERT(offsetof(struct node, entry.next) % 16 == 0 && sizeof(struct node) % 16 == 0, "alignment");
LFB_STATIC_ASSERT(offsetof(ck_fifo_mpmc_t, tail) - offsetof(ck_fifo_mpmc_t, head) >= CK_MD_CACHELINE, "false sharing");
LFB_STATIC_ASSERT(sizeof(void *) == sizeof(uint64_t), "a value must fit in a pointer");

CK_EPOCH_CONTAINER(struct node, retired, node_of_epoch_entry)
CK_STACK_CONTAINER(ck_epoch_entry_t, stack_entry, epoch_entry_of_stack)

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	struct lfb_node_cache cache = { 0 };
	struct node *dummy;
	int rc;

	if (q == NULL)
		return -ENOMEM;
	rc = lfb_nodes_init(&q->nodes, cell, sizeof(struct node));
	if (rc != 0)
		return rc;
	dummy = (struct node *)lfb_node_get(&q->nodes, &cache);
	if (dummy == NULL)
		return -ENOMEM;
	ck_fifo_mpmc_init(&q->fifo, &dummy->entry);
	ck_epoch_init(&q->epoch);
	q->handles = NULL;
	cell->report->capacity_effective = 0;
	*out = q;
	return 0;
}

/* Hand the nodes that `record` retired and nobody can see any more to `cache`. Kept out of the loops. */
static __attribute__((noinline)) void reclaim(struct q *q, ck_epoch_record_t *record, struct lfb_node_cache *cache)
{
	ck_stack_t free_nodes;
	ck_stack_entry_t *entry, *next;

	ck_stack_init(&free_nodes);
	(void)ck_epoch_poll_deferred(record, &free_nodes);
	for (entry = CK_STACK_FIRST(&free_nodes); entry != NULL; entry = next) {
		next = CK_STACK_NEXT(entry); /* before the node becomes somebody else's */
		lfb_node_put(&q->nodes, cache, node_of_epoch_entry(epoch_entry_of_stack(entry)));
	}
}

static void q_destroy(struct q *q)
{
	struct lfb_node_cache cache = { 0 };
	ck_fifo_mpmc_entry_t *entry, *next;

	/* No section is active, so one poll gives back all that a record has. */
	for (struct q_handle *h = q->handles; h != NULL; h = h->next)
		reclaim(q, &h->record, &cache);
	for (ck_fifo_mpmc_deinit(&q->fifo, &entry); entry != NULL; entry = next) {
		next = entry->next.pointer;
		lfb_node_put(&q->nodes, &cache, entry); /* the entry is the first member of its node */
	}
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	ck_epoch_register(&q->epoch, &h->record, NULL);
	h->next = __atomic_load_n(&q->handles, __ATOMIC_RELAXED);
	/* Relaxed: q_destroy runs after all threads have been joined, which orders it. */
	while (!__atomic_compare_exchange_n(&q->handles, &h->next, h, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
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
	ck_epoch_begin(&h->record, NULL);
	ck_fifo_mpmc_enqueue(&q->fifo, &node->entry, (void *)(uintptr_t)value);
	ck_epoch_end(&h->record, NULL);
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	ck_fifo_mpmc_entry_t *entry;
	void *item;
	bool ok;

	ck_epoch_begin(&h->record, NULL);
	ok = ck_fifo_mpmc_dequeue(&q->fifo, &item, &entry);
	ck_epoch_end(&h->record, NULL);
	if (!ok)
		return false;
	*value = (uint64_t)(uintptr_t)item;
	/* The epoch the node is filed under must not be read before the node has left the queue. */
	ck_pr_fence_atomic_load();
	ck_epoch_call(&h->record, &((struct node *)entry)->retired, NULL); /* deferred: nobody calls back */
	if (LFB_UNLIKELY(++h->retired == RETIRED_PER_POLL)) {
		h->retired = 0;
		reclaim(q, &h->record, &h->cache);
	}
	return true;
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "ck_fifo_mpmc", .summary = "CK linked queue, many producers and consumers, epoch reclamation",
	    .library = "ConcurrencyKit", .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = false,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_NEVER,
			    .push = LFB_NODES_CLAIM(LFB_LOCK_FREE),
			    .pop = LFB_NODES_CLAIM(LFB_LOCK_FREE),
			    .reference = false,
		    },
	    .node_bytes = sizeof(struct node));
