/* swaps_neighbours - hands out the second value before the first, once in MUTANT_EVERY. Nothing is lost, and every sum is right. */
#include <stdint.h>

struct q;
static uint64_t take_swapped(struct q *q);

#define MUTANT_NAME "swaps_neighbours"
#define MUTANT_TAKE(q) take_swapped(q)
#include "mutant.h"

static uint64_t take_swapped(struct q *q)
{
	if (q->takes % MUTANT_EVERY == 0 && q->count > 1) {
		const uint64_t first = *ring_at(q, 0);

		*ring_at(q, 0) = *ring_at(q, 1);
		*ring_at(q, 1) = first;
	}
	return ring_take(q);
}
