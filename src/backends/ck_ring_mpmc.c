/*
 * ck_ring_mpmc - ConcurrencyKit's ring buffer, many producers and many consumers.
 *
 * The claims, from ck_ring.h:
 * - push reserves a slot by a compare-and-swap of p_head, writes it, and then spins
 *   until all earlier reservations are published in p_tail: one stopped push stops
 *   all others. Blocking.
 * - pop copies the item and then claims it by a compare-and-swap of the head, which
 *   fails only when another pop succeeded: lock-free. A push is not complete before
 *   p_tail has passed it, so a stopped push hides no item whose push has returned,
 *   and EMPTY is strict.
 * - FULL counts reservations that are not yet published. With the ring full of them
 *   it can be answered, and EMPTY after it, though nothing was popped: weak.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_ring.h>

#define CK_RING_PUSH ck_ring_enqueue_mpmc
#define CK_RING_POP ck_ring_dequeue_mpmc
#include "ck_ring_common.h"

#include <lfbench/loops.h>

LFB_BACKEND(.name = "ck_ring_mpmc", .summary = "CK ring, many producers, many consumers", .library = "ConcurrencyKit",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_WEAK,
			    .push = LFB_BLOCKING,
			    .pop = LFB_LOCK_FREE,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(ck_ring_buffer_t));
