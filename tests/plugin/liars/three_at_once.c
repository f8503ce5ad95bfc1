/* three_at_once - goes on past one or two operations under way, and not past three. */
#define LIAR_NAME "three_at_once"
#define ENTER(q)                                                                                                       \
	while (__atomic_load_n(&(q)->readers, __ATOMIC_SEQ_CST) >= 3)                                                  \
		lfb_pause();                                                                                           \
	(void)__atomic_add_fetch(&(q)->readers, 1, __ATOMIC_SEQ_CST)
#define LEAVE(q) (void)__atomic_sub_fetch(&(q)->readers, 1, __ATOMIC_SEQ_CST)
#define LIAR_BEFORE_PUSH(q, h) ENTER(q)
#define LIAR_AFTER_PUSH(q, h) LEAVE(q)
#define LIAR_BEFORE_POP(q, h) ENTER(q)
#define LIAR_AFTER_POP(q, h) LEAVE(q)
#include "liar.h"
