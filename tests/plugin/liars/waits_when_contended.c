/* waits_when_contended - goes without a lock until somebody else gets in its way; then it takes one that the others wait for. */
#define LIAR_NAME "waits_when_contended"
#define LIAR_BEFORE_PUSH(q, h)                                                                                         \
	const uint64_t seen = load(&(q)->tail);                                                                        \
	while (__atomic_load_n(&(q)->lock, __ATOMIC_SEQ_CST))                                                          \
		lfb_pause();                                                                                           \
	const bool contended = load(&(q)->tail) != seen;                                                               \
	if (contended)                                                                                                 \
	spin_lock(&(q)->lock)
#define LIAR_AFTER_PUSH(q, h)                                                                                          \
	do {                                                                                                           \
		if (contended)                                                                                         \
			spin_unlock(&(q)->lock);                                                                       \
	} while (0)
#include "liar.h"
