/* crashing - dies of SIGSEGV in the middle of a run. */
#define BROKEN_NAME "crashing"
#define BROKEN_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((q)->puts == BROKEN_AT)                                                                            \
			broken_fault();                                                                                \
		ring_put(q, value);                                                                                    \
	} while (0)
#include "broken.h"
