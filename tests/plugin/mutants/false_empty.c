/* false_empty - says EMPTY once in MUTANT_EVERY calls, whatever is inside. Every value arrives all the same. */
#define MUTANT_NAME "false_empty"
#define MUTANT_IS_EMPTY(q) (ring_is_empty(q) || (q)->asks % MUTANT_EVERY == 0)
#include "mutant.h"
