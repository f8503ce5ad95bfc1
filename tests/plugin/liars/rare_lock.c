/* rare_lock - a lock around every 64th push of a thread, as where a block of nodes is used up. */
#define LIAR_NAME "rare_lock"
#define LIAR_BEFORE_PUSH(q, h)                                                                                         \
	do {                                                                                                           \
		if ((h)->operations % 64 == 0)                                                                         \
			spin_lock(&(q)->lock);                                                                         \
	} while (0)
#define LIAR_AFTER_PUSH(q, h)                                                                                          \
	do {                                                                                                           \
		if ((h)->operations % 64 == 0)                                                                         \
			spin_unlock(&(q)->lock);                                                                       \
	} while (0)
#include "liar.h"
