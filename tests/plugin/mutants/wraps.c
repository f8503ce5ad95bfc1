/* wraps - its count of values is eight bits wide: what is pushed when that comes round again is lost. */
#define MUTANT_NAME "wraps"
#define MUTANT_PUT(q, value)                                                                                           \
	do {                                                                                                           \
		if ((uint8_t)(q)->puts != 0)                                                                           \
			ring_put(q, value);                                                                            \
	} while (0)
#include "mutant.h"
