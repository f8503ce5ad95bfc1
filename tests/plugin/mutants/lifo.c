/* lifo - a stack that says it is a queue. */
#define MUTANT_NAME "lifo"
#define MUTANT_TAKE(q) (*ring_at(q, --(q)->count))
#include "mutant.h"
