/* hanging - a push that never returns, holding the lock, deaf to the harness's calling the trial off. */
#include <unistd.h>

#define BROKEN_NAME "hanging"
#define BROKEN_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		while ((q)->puts == BROKEN_AT)                                                                         \
			pause();                                                                                       \
		ring_put(q, value);                                                                                    \
	} while (0)
#include "broken.h"
