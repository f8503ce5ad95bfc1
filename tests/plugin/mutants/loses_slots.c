/* loses_slots - once in MUTANT_EVERY pops a slot is not given back: it ends as a queue that is full with one value inside. */
#include <stdint.h>

struct q;
static uint64_t take_and_lose(struct q *q);

#define MUTANT_NAME "loses_slots"
#define MUTANT_TAKE(q) take_and_lose(q)
#define MUTANT_IS_FULL(q) ((q)->count + (q)->takes / MUTANT_EVERY >= (q)->capacity && (q)->count > 0)
#include "mutant.h"

static uint64_t take_and_lose(struct q *q)
{
	return ring_take(q);
}
