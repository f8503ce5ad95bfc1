/*
 * asserts - looks for a value, lets go of the lock, takes it again, and asserts that the value is still there. Right for one consumer; of two that look at the
 * same last value, one is aborted.
 */
#include <stdlib.h>
#define MUTANT_NAME "asserts"
#define MUTANT_TAKE(q)                                                                                                 \
	(pthread_mutex_unlock(&(q)->lock), pthread_mutex_lock(&(q)->lock), (q)->count > 0 ? ring_take(q) : (abort(), (uint64_t)0))
#include "mutant.h"
