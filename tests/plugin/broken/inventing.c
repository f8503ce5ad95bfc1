/* inventing - in place of a real value hands out one that nobody pushed, once in a thousand: the count stays right. */
#define BROKEN_NAME "inventing"
#define BROKEN_TAKE(q) (ring_take(q) ^ ((q)->takes % BROKEN_EVERY == BROKEN_AT ? UINT64_C(1) << 62 : 0))
#include "broken.h"
