/* aborting - dies of SIGABRT in the middle of a run, as a failed assertion would make it. */
#include <stdlib.h>

#define BROKEN_NAME "aborting"
#define BROKEN_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((q)->puts == BROKEN_AT)                                                                            \
			abort();                                                                                       \
		ring_put(q, value);                                                                                    \
	} while (0)
#include "broken.h"
