/* duplicates - hands out a value and keeps it, once in MUTANT_EVERY. */
#define MUTANT_NAME "duplicates"
#define MUTANT_TAKE(q) ((q)->takes % MUTANT_EVERY == 0 ? *ring_at(q, 0) : ring_take(q))
#include "mutant.h"
