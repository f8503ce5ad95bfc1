/*
 * urcu_wfcq_mutex - liburcu's wfcqueue with its own dequeue lock, for many consumers.
 *
 * The claims: push is one exchange and one store: wait-free (but for malloc). Pop
 * takes a mutex, and under it can get nothing past a push that was stopped between
 * the two: blocking, and EMPTY is weak (urcu_wfcq_common.h).
 *
 * @build pkg-config: liburcu-cds
 * @build package: liburcu-dev
 */
#define _LGPL_SOURCE /* inline, as the library is meant to be used by LGPL-compatible code */
#include <lfbench/counting_urcu.h>
#include <urcu/wfcqueue.h>
#include <lfbench/nodes.h>

#define WFCQ_HEAD struct cds_wfcq_head

static void wfcq_init(WFCQ_HEAD *head, struct cds_wfcq_tail *tail)
{
	cds_wfcq_init(head, tail);
}

static void wfcq_end(WFCQ_HEAD *head, struct cds_wfcq_tail *tail)
{
	cds_wfcq_destroy(head, tail);
}

static inline struct cds_wfcq_node *wfcq_dequeue(WFCQ_HEAD *head, struct cds_wfcq_tail *tail)
{
	struct cds_wfcq_node *node;

	cds_wfcq_dequeue_lock(head, tail);
	node = __cds_wfcq_dequeue_nonblocking(head, tail);
	cds_wfcq_dequeue_unlock(head, tail);
	return node;
}

#include "urcu_wfcq_common.h"

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "urcu_wfcq_mutex", .summary = "wfcqueue: wait-free push, consumers under a mutex",
	    .library = "liburcu", .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = false,
			    .empty = LFB_ANSWER_WEAK,
			    .full = LFB_ANSWER_NEVER,
			    .push = LFB_NODES_CLAIM(LFB_WAIT_FREE),
			    .pop = LFB_BLOCKING,
			    .reference = false,
		    },
	    .node_bytes = sizeof(struct node));
