/* hand_ck_ring_mpmc - ck_ring's functions for any number of producers and consumers. */
#define ENQUEUE ck_ring_enqueue_mpmc
#define DEQUEUE ck_ring_dequeue_mpmc
#include "hand_ck_ring.h"
