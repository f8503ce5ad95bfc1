/* exiting - ends the whole process in the middle of a run, with the status of success. */
#include <stdlib.h>

#define BROKEN_NAME "exiting"
#define BROKEN_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((q)->puts == BROKEN_AT)                                                                            \
			exit(0);                                                                                       \
		ring_put(q, value);                                                                                    \
	} while (0)
#include "broken.h"
