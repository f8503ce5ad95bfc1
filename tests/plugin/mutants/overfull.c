/* overfull - holds one value more than it says. */
#define MUTANT_NAME "overfull"
#define MUTANT_CAPACITY(n) ((n)-1)
#include "mutant.h"
