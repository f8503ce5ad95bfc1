/*
 * ck_ring_spmc - ConcurrencyKit's ring buffer, one producer and many consumers.
 *
 * The claims, from ck_ring.h:
 * - push has no loop: wait-free. It compares its own tail with one load of the
 *   consumers' head, which moves when an item is taken: FULL is strict.
 * - pop copies the item and then claims it by a compare-and-swap of the head, which
 *   fails only when another pop succeeded: lock-free. It reads the tail after the
 *   head and never passes it, so EMPTY was true when the tail was read: strict.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_ring.h>

#define CK_RING_PUSH ck_ring_enqueue_spmc
#define CK_RING_POP ck_ring_dequeue_spmc
#include "ck_ring_common.h"

#include <lfbench/loops.h>

LFB_BACKEND(.name = "ck_ring_spmc", .summary = "CK ring, one producer, many consumers", .library = "ConcurrencyKit",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_ONE,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_STRICT,
			    .push = LFB_WAIT_FREE,
			    .pop = LFB_LOCK_FREE,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(ck_ring_buffer_t));
