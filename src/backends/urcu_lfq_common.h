/*
 * urcu_lfq_common.h - what the two rculfqueue backends share: everything but the
 * flavour of RCU. An include template: the includer has included urcu_reader.h, one
 * flavour's header (with its plain names: rcu_read_lock, call_rcu ...) and
 * <urcu/rculfqueue.h>.
 *
 * MEMORY. Both operations run inside a read-side section, and a popped node is freed
 * by call_rcu after a grace period, as the library asks for. The queue allocates
 * dummy nodes of its own in pop, by malloc, and asserts that it got them. So this is
 * malloc only: a node comes back on the library's helper thread, which has no cache
 * to put it in, and the memory in flight is not bounded by the number of items.
 *
 * The claims: a compare-and-swap fails only when another operation succeeded, so
 * both are lock-free (but for malloc). A stopped reader keeps nodes from being freed:
 * others go on and memory grows. EMPTY: the head was a dummy and the last node; a next
 * once set stays set until the grace period is over: strict.
 */
#ifndef LFBENCH_BACKENDS_URCU_LFQ_COMMON_H
#define LFBENCH_BACKENDS_URCU_LFQ_COMMON_H

#include <dlfcn.h>
#include <errno.h>
#include <lfbench/backend.h>
#include <lfbench/counting.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define LFB_NODES_ALLOC LFB_ALLOC_MALLOC

struct node {
	struct cds_lfq_node_rcu link;
	struct rcu_head rcu;
	uint64_t value;
};

struct q {
	struct cds_lfq_queue_rcu lfq; /* head and tail on one line: the library's layout */
};

struct q_handle {
	bool registered; /* this handle registered its thread with RCU */
};

#if LFB_COUNTING
/* It runs in the library, where neither its atomics nor its waking of the helper thread can be counted. */
static void counted_call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *))
{
	lfb_count_hidden(LFB_HIDDEN_RMW | LFB_HIDDEN_PARK);
	call_rcu(head, function);
}
#undef call_rcu
#define call_rcu counted_call_rcu
#endif

/* A thread may be attached to several queues, and may register with RCU only once. */
static bool reader_begin(void)
{
	urcu_reader_find();
	if (urcu_reader->registered)
		return false;
	rcu_register_thread();
	return true;
}

static void reader_end(bool registered)
{
	if (registered)
		rcu_unregister_thread();
}

/*
 * The thread that works off call_rcu never ends, so the library it runs in must stay
 * mapped when this object, perhaps its only user, is unloaded.
 */
static int keep_library(struct lfb_report *report)
{
	Dl_info info;
	void *library = NULL;

	if (dladdr((void *)(uintptr_t)rcu_barrier, &info) != 0)
		library = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
	if (library == NULL) {
		snprintf(report->reason, sizeof(report->reason), "liburcu cannot be kept loaded while its thread runs");
		return -ENOTSUP;
	}
	(void)dlclose(library);
	return 0;
}

/* Start that thread before the clock runs, from the unpinned host, and deaf to signals, which are the host's. */
static void start_helper(void)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	(void)get_default_call_rcu_data();
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	int rc;

	if (q == NULL)
		return -ENOMEM;
	rc = keep_library(cell->report);
	if (rc != 0)
		return rc;
	start_helper();
	cds_lfq_init_rcu(&q->lfq, call_rcu);
	cell->report->capacity_effective = 0;
	*out = q;
	return 0;
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	h->registered = reader_begin();
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	reader_end(h->registered);
}

static void free_node(struct rcu_head *rcu)
{
	free((unsigned char *)rcu - offsetof(struct node, rcu));
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	struct node *const node = (struct node *)malloc(sizeof(*node));

	(void)h;
	if (LFB_UNLIKELY(node == NULL))
		return false;
	node->value = value;
	cds_lfq_node_init_rcu(&node->link);
	rcu_read_lock();
	cds_lfq_enqueue_rcu(&q->lfq, &node->link);
	rcu_read_unlock();
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	struct cds_lfq_node_rcu *link;
	struct node *node;

	(void)h;
	rcu_read_lock();
	link = cds_lfq_dequeue_rcu(&q->lfq);
	rcu_read_unlock();
	if (link == NULL)
		return false;
	node = (struct node *)(void *)link; /* its first member */
	*value = node->value;
	call_rcu(&node->rcu, free_node);
	return true;
}

/* The barrier also sees to it that the helper thread is out of this object's code, which may be unloaded next. */
static void q_destroy(struct q *q)
{
	struct q_handle host = { .registered = reader_begin() };
	uint64_t value;

	while (q_pop(q, &host, &value))
		;
	reader_end(host.registered);
	rcu_barrier();
	(void)cds_lfq_destroy_rcu(&q->lfq); /* empty, so it cannot fail */
}

#endif
