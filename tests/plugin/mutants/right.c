/* right - not wrong at all: what must stay confirmed beside the others. */
#define MUTANT_NAME "right"
#include "mutant.h"
