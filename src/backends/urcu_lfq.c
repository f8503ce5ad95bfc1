/*
 * urcu_lfq - liburcu's rculfqueue, a lock-free list queue under RCU; flavour memb
 * (a reader's fences are replaced by sys_membarrier in the helper thread).
 *
 * @build pkg-config: liburcu-cds liburcu-memb
 * @build package: liburcu-dev
 */
#define _GNU_SOURCE  /* dladdr */
#define _LGPL_SOURCE /* inline, as the library is meant to be used by LGPL-compatible code */
#define URCU_READER struct urcu_reader
#include "urcu_reader.h"
#define RCU_MEMB
#include <urcu.h>
#include <urcu/rculfqueue.h>

#include "urcu_lfq_common.h"

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "urcu_lfq", .summary = "rculfqueue, RCU flavour memb, freed by call_rcu", .library = "liburcu",
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
