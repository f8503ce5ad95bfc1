/*
 * leaks_when_stalled - takes memory for each pop, and gives it back unless a reader is inside: what is retired while somebody is stopped is forgotten. The
 * memory stands for the node, which is used again, so that nothing else goes wrong.
 */
#define LIAR_NAME "leaks_when_stalled"
#define LIAR_BEFORE_PUSH(q, h)
#define LIAR_AFTER_PUSH(q, h)
#define LIAR_BEFORE_POP(q, h) (void)__atomic_add_fetch(&(q)->readers, 1, __ATOMIC_SEQ_CST)
#define LIAR_AFTER_POP(q, h) (void)__atomic_sub_fetch(&(q)->readers, 1, __ATOMIC_SEQ_CST)
#define LIAR_PUT_NODE(q, number)                                                                                       \
	do {                                                                                                           \
		void *volatile retired = malloc(sizeof(struct node));                                                  \
		if (__atomic_load_n(&(q)->readers, __ATOMIC_SEQ_CST) == 1)                                             \
			free(retired);                                                                                 \
		put_node(q, number);                                                                                   \
	} while (0)
#include "liar.h"
