/* full - claims to be unbounded and says FULL all the same, as a queue does that is out of memory. */
#define BROKEN_NAME "full"
#define BROKEN_BOUNDED false
#include "broken.h"
