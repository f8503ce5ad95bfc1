/*
 * reordering - exchanges two neighbours of one producer, once in a thousand. Nothing is
 * lost and every sum is right: only an audit of the order can see it.
 */
#include <stdint.h>

struct q;
static uint64_t take_reordered(struct q *q);

#define BROKEN_NAME "reordering"
#define BROKEN_TAKE(q) take_reordered(q)
#include "broken.h"

/* Waits for a moment when both neighbours are in the queue: a producer's values count up by one. */
static uint64_t take_reordered(struct q *q)
{
	const uint64_t first = *ring_at(q, 0);

	q->due |= q->takes % BROKEN_EVERY == BROKEN_AT;
	for (uint64_t n = 1; q->due && n < q->count; n++) {
		if (*ring_at(q, n) == first + 1) {
			*ring_at(q, 0) = first + 1;
			*ring_at(q, n) = first;
			q->due = false;
		}
	}
	return ring_take(q);
}
