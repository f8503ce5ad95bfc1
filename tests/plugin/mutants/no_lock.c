/* no_lock - a ring that everybody uses at once. There is no atomic access in it, only plain ones that should not be. */
#define MUTANT_NAME "no_lock"
#define MUTANT_LOCK(q) (void)(q)
#define MUTANT_UNLOCK(q) (void)(q)
#include "mutant.h"
