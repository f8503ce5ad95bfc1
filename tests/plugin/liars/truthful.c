/* truthful - no lie at all: what must not be refuted beside the others. */
#define LIAR_NAME "truthful"
#include "liar.h"
