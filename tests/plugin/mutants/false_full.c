/* false_full - says FULL once in MUTANT_EVERY calls, whatever is inside. Every value arrives all the same. */
#define MUTANT_NAME "false_full"
#define MUTANT_IS_FULL(q) (ring_is_full(q) || (q)->asks % MUTANT_EVERY == 0)
#include "mutant.h"
