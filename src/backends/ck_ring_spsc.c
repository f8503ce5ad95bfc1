/*
 * ck_ring_spsc - ConcurrencyKit's ring buffer, one producer and one consumer.
 *
 * The claims, from ck_ring.h: neither side has a loop or an atomic read-modify-write,
 * so both are wait-free. FULL and EMPTY compare the caller's own index with one
 * load of the other's, and were true at that load: strict.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_ring.h>

#define CK_RING_PUSH ck_ring_enqueue_spsc
#define CK_RING_POP ck_ring_dequeue_spsc
#include "ck_ring_common.h"

#include <lfbench/loops.h>

LFB_BACKEND(.name = "ck_ring_spsc", .summary = "CK ring, one producer, one consumer", .library = "ConcurrencyKit",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_ONE,
			    .consumers = LFB_ONE,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_STRICT,
			    .push = LFB_WAIT_FREE,
			    .pop = LFB_WAIT_FREE,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(ck_ring_buffer_t));
