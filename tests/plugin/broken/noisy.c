/* noisy - a correct queue that prints to both streams, when it is loaded and while it works. */
#include <stdio.h>

#define BROKEN_NAME "noisy"
#define BROKEN_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((q)->puts % BROKEN_EVERY == BROKEN_AT)                                                             \
			make_noise();                                                                                  \
		ring_put(q, value);                                                                                    \
	} while (0)

static __attribute__((constructor)) void make_noise(void)
{
	printf("noise,on,stdout\n");
	fprintf(stderr, "noise on stderr\n");
}

#include "broken.h"
