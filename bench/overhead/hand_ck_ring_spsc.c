/* hand_ck_ring_spsc - ck_ring's functions for one producer and one consumer. */
#define ENQUEUE ck_ring_enqueue_spsc
#define DEQUEUE ck_ring_dequeue_spsc
#include "hand_ck_ring.h"
