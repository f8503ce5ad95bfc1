/* hidden_spinlock - a lock around everything, and "lock-free". */
#define LIAR_NAME "hidden_spinlock"
#define LIAR_BEFORE_PUSH(q, h) spin_lock(&(q)->lock)
#define LIAR_AFTER_PUSH(q, h) spin_unlock(&(q)->lock)
#define LIAR_BEFORE_POP(q, h) spin_lock(&(q)->lock)
#define LIAR_AFTER_POP(q, h) spin_unlock(&(q)->lock)
#include "liar.h"
