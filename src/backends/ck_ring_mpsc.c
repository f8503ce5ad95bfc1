/*
 * ck_ring_mpsc - ConcurrencyKit's ring buffer, many producers and one consumer.
 *
 * The claims, from ck_ring.h:
 * - push reserves a slot by a compare-and-swap of p_head, writes it, and then spins
 *   until all earlier reservations are published in p_tail: one stopped push stops
 *   all others. Blocking.
 * - pop has no loop: wait-free. A push is not complete before p_tail has passed it,
 *   so a stopped push hides no item whose push has returned, and EMPTY is strict.
 * - FULL counts reservations that are not yet published. With the ring full of them
 *   it can be answered, and EMPTY after it, though nothing was popped: weak.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_ring.h>

#define CK_RING_PUSH ck_ring_enqueue_mpsc
#define CK_RING_POP ck_ring_dequeue_mpsc
#include "ck_ring_common.h"

#include <lfbench/loops.h>

LFB_BACKEND(.name = "ck_ring_mpsc", .summary = "CK ring, many producers, one consumer", .library = "ConcurrencyKit",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_ONE,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_WEAK,
			    .push = LFB_BLOCKING,
			    .pop = LFB_WAIT_FREE,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(ck_ring_buffer_t));
