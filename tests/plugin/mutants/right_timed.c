/* right_timed - not wrong either: looks at the clock in every operation, as queues do that wait for so long and no longer. */
#include <time.h>
static inline void look_at_the_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
}

#define MUTANT_NAME "right_timed"
#define MUTANT_IS_FULL(q) (look_at_the_clock(), ring_is_full(q))
#define MUTANT_IS_EMPTY(q) (look_at_the_clock(), ring_is_empty(q))
#include "mutant.h"
