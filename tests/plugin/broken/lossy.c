/* lossy - says it has taken a value and forgets it, once in a thousand. */
#define BROKEN_NAME "lossy"
#define BROKEN_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((q)->puts % BROKEN_EVERY != BROKEN_AT)                                                             \
			ring_put(q, value);                                                                            \
	} while (0)
#include "broken.h"
