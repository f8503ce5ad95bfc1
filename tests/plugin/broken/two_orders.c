/*
 * two_orders - values of even and of odd producers overtake each other, in turns of some pops. Each producer's own order is kept, and so is every
 * value: no sum and no audit sees that there is not one order for all.
 */
#include <stdint.h>

struct q;
static uint64_t take_by_turns(struct q *q);

#define BROKEN_NAME "two_orders"
#define BROKEN_TAKE(q) take_by_turns(q)
#include "broken.h"

static uint64_t take_by_turns(struct q *q)
{
	const uint64_t turn = q->takes / 64 % 2;

	for (uint64_t n = 0; n < q->count; n++) {
		const uint64_t value = *ring_at(q, n);

		if ((value >> LFB_VALUE_SHIFT) % 2 != turn)
			continue;
		for (; n > 0; n--)
			*ring_at(q, n) = *ring_at(q, n - 1);
		*ring_at(q, 0) = value;
		break;
	}
	return ring_take(q);
}
