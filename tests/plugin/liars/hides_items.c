/*
 * hides_items - a pop looks away while a push is under way, and says EMPTY: it returns at once and never waits, and gets nothing through while a push
 * is stopped.
 */
#define LIAR_NAME "hides_items"
#define LIAR_BEFORE_PUSH(q, h) (void)__atomic_add_fetch(&(q)->readers, 1, __ATOMIC_SEQ_CST)
#define LIAR_AFTER_PUSH(q, h) (void)__atomic_sub_fetch(&(q)->readers, 1, __ATOMIC_SEQ_CST)
#define LIAR_BEFORE_POP(q, h)                                                                                          \
	if (__atomic_load_n(&(q)->readers, __ATOMIC_SEQ_CST) != 0)                                                     \
	return false
#define LIAR_AFTER_POP(q, h)
#include "liar.h"
