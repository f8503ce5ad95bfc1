/* claims_wait_free - lock-free in truth: a push that always comes too late never ends. */
#define LIAR_NAME "claims_wait_free"
#define LIAR_PUSH LFB_WAIT_FREE
#include "liar.h"
