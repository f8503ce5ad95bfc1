/* drops - says it has taken a value and forgets it, once in MUTANT_EVERY. */
#define MUTANT_NAME "drops"
#define MUTANT_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((q)->puts % MUTANT_EVERY != 0)                                                                     \
			ring_put(q, value);                                                                            \
	} while (0)
#include "mutant.h"
