/*
 * cancelling - makes two values in a thousand wrong, one too large by 1 and one too
 * small by 1: the count and the plain sum of the values are right.
 */
#define BROKEN_NAME "cancelling"
#define BROKEN_TAKE(q)                                                                                                 \
	(ring_take(q) + ((q)->takes % BROKEN_EVERY == BROKEN_AT ? 1 : 0) -                                             \
	 ((q)->takes % BROKEN_EVERY == BROKEN_AT + 100 ? 1 : 0))
#include "broken.h"
