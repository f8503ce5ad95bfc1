/*
 * urcu_lfq_qsbr - liburcu's rculfqueue, a lock-free list queue under RCU; flavour QSBR.
 *
 * Entering and leaving a read-side section costs nothing here; in return every
 * thread has to say now and then that it is in none (q_idle), and nothing is freed
 * while one does not. A thread that waits says so at each try, and one that has
 * detached is no longer asked. Nor is one that sleeps in the kernel (q_sleep), which can last.
 *
 * @build pkg-config: liburcu-cds liburcu-qsbr
 * @build package: liburcu-dev
 */
#define _GNU_SOURCE  /* dladdr */
#define _LGPL_SOURCE /* inline, as the library is meant to be used by LGPL-compatible code */
#define URCU_READER struct urcu_qsbr_reader
#include "urcu_reader.h"
#include <urcu-qsbr.h>
#include <urcu/rculfqueue.h>

#include "urcu_lfq_common.h"

#define LFB_HAS_IDLE

static inline void q_idle(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	rcu_quiescent_state();
}

#define LFB_HAS_SLEEP

/* Grace periods do not wait for a thread that is offline. */
static inline void q_sleep(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	rcu_thread_offline();
}

static inline void q_awake(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	rcu_thread_online();
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "urcu_lfq_qsbr", .summary = "rculfqueue, RCU flavour QSBR, freed by call_rcu", .library = "liburcu",
	    .version = LFB_LIBRARY_VERSION,
	    .claims = {
		    .producers = LFB_MANY,
		    .consumers = LFB_MANY,
		    .order = LFB_ORDER_FIFO,
		    .bounded = false,
		    .empty = LFB_ANSWER_STRICT,
		    .full = LFB_ANSWER_NEVER,
		    .push = LFB_LOCK_FREE,
		    .pop = LFB_LOCK_FREE,
		    .reference = false,
	    });
