/* duplicating - hands out a value and leaves it where it is, once in a thousand. */
#define BROKEN_NAME "duplicating"
#define BROKEN_TAKE(q) ((q)->takes % BROKEN_EVERY == BROKEN_AT ? *ring_at(q, 0) : ring_take(q))
#include "broken.h"
