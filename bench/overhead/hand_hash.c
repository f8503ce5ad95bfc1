/*
 * hand_hash - the hash alone, over values that count up: what `null` is held against.
 *
 * Each value goes through an empty asm statement, as one that came out of a queue
 * would be unknown. Without it the compiler sees that the products of consecutive
 * numbers differ by a constant and replaces the multiplication by an addition, which
 * is no longer the hash that a consumer computes.
 */
#include "hand.h"

struct queue {
	uint64_t items;
};

static int create(void *memory, uint64_t items)
{
	struct queue *q = memory;

	q->items = items;
	return 0;
}

static void destroy(void *memory)
{
	(void)memory;
}

static void consume(void *memory, struct hand_tally *tally)
{
	const struct queue *q = memory;
	const uint64_t items = q->items;
	uint64_t sum = 0;

	for (uint64_t i = 1; i <= items; i++) {
		uint64_t v = i;

		__asm__("" : "+r"(v));
		sum = hand_take(sum, v);
	}
	tally->count = items;
	tally->hash = sum;
}

__attribute__((visibility("default"))) const struct hand_loops hand_loops = {
	sizeof(struct queue), 0, HAND_HASH, create, destroy, NULL, consume,
};
