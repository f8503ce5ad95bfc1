/*
 * per_producer - two rings, and the values of a producer stay in one of them: its own order is kept, and so is every value. Says that there
 * is one order for all.
 */
#include <stdint.h>

struct q;
static void put_in_half(struct q *q, uint64_t value);
static uint64_t take_from_half(struct q *q);

#define MUTANT_NAME "per_producer"
#define MUTANT_PUT(q, value) put_in_half(q, value)
#define MUTANT_TAKE(q) take_from_half(q)
#include "mutant.h"

static void put_in_half(struct q *q, uint64_t value)
{
	ring_put(q, value);
}

/* The oldest of the even producers in one half of the calls, of the odd ones in the other, if there is any. */
static uint64_t take_from_half(struct q *q)
{
	const uint64_t half = q->takes / 8 % 2;

	for (uint64_t n = 0; n < q->count; n++) {
		const uint64_t value = *ring_at(q, n);

		if ((value >> LFB_VALUE_SHIFT) % 2 != half)
			continue;
		for (; n > 0; n--)
			*ring_at(q, n) = *ring_at(q, n - 1);
		(void)ring_take(q);
		return value;
	}
	return ring_take(q);
}
