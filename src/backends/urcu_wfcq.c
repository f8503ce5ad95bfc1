/*
 * urcu_wfcq - liburcu's wfcqueue: wait-free push, one consumer without a lock.
 *
 * The library's table of who must exclude whom (urcu/wfcqueue.h) asks for a lock
 * between dequeues only; with one consumer there is nothing to lock.
 *
 * The claims: push is one exchange and one store: wait-free (but for malloc). Pop can
 * get nothing past a push that was stopped between the two, though later pushes
 * have returned: blocking, and EMPTY is weak (urcu_wfcq_common.h).
 *
 * @build pkg-config: liburcu-cds
 * @build package: liburcu-dev
 */
#define _LGPL_SOURCE /* inline, as the library is meant to be used by LGPL-compatible code */
#include <lfbench/counting_urcu.h>
#include <urcu/wfcqueue.h>
#include <lfbench/nodes.h>

#define WFCQ_HEAD struct __cds_wfcq_head

static void wfcq_init(WFCQ_HEAD *head, struct cds_wfcq_tail *tail)
{
	__cds_wfcq_init(head, tail);
}

static void wfcq_end(WFCQ_HEAD *head, struct cds_wfcq_tail *tail)
{
	(void)head;
	(void)tail;
}

static inline struct cds_wfcq_node *wfcq_dequeue(WFCQ_HEAD *head, struct cds_wfcq_tail *tail)
{
	return __cds_wfcq_dequeue_nonblocking(head, tail);
}

#include "urcu_wfcq_common.h"

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "urcu_wfcq", .summary = "wfcqueue: wait-free push, one consumer", .library = "liburcu",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_ONE,
			    .order = LFB_ORDER_FIFO,
			    .bounded = false,
			    .empty = LFB_ANSWER_WEAK,
			    .full = LFB_ANSWER_NEVER,
			    .push = LFB_NODES_CLAIM(LFB_WAIT_FREE),
			    .pop = LFB_BLOCKING,
			    .reference = false,
		    },
	    .node_bytes = sizeof(struct node));
