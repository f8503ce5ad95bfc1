/* hangs_later - the 2000th pop never returns, with nobody stopped. */
#define LIAR_NAME "hangs_later"
#define LIAR_BEFORE_POP(q, h)                                                                                          \
	while (__atomic_add_fetch(&(q)->pops, 1, __ATOMIC_SEQ_CST) >= 2000)                                            \
	lfb_pause()
#define LIAR_AFTER_POP(q, h)
#include "liar.h"
