/*
 * broken_hand.c - a "hand-written loop" that does not do its work, for harness_overhead.sh: built
 * with one of -DLOSE, -DINVENT or -DCRASH, and put in the place of hand_hash_hash.N.so.
 */
#include "hand.h"

#include <stdlib.h>

static uint64_t items;

static int create(void *queue, uint64_t wanted)
{
	(void)queue;
	items = wanted;
	return 0;
}

static void destroy(void *queue)
{
	(void)queue;
}

static void consume(void *queue, struct hand_tally *tally)
{
	(void)queue;
	tally->count = items;
	for (uint64_t value = 1; value <= items; value++)
		tally->hash += hand_hash(value);
#if defined(LOSE)
	tally->count--;
#elif defined(INVENT)
	tally->hash ^= 1;
#elif defined(CRASH)
	abort();
#endif
}

__attribute__((visibility("default"))) const struct hand_loops hand_loops = {
	1, 0, 1, create, destroy, NULL, consume,
};
