/*
 * counting_pthread.h - part of counting.h, counting flavour only: pthread's locks and condition
 * variables, counted from outside.
 *
 * DESIGN. glibc's own atomics are compiled into it and cannot be counted, so whoever takes one of
 * its locks has incomplete figures of read-modify-writes, and says so (`hidden`). What can be seen
 * from outside: that a lock was taken, by trying first whether it had to be waited for, and for how
 * long. Whether that waiting slept in the kernel cannot be seen, nor, after sleeping on a condition,
 * whether its mutex had to be waited for.
 *
 * std::mutex and std::lock_guard call these functions too. Other things of pthread (rwlocks,
 * barriers, semaphores) and std::condition_variable, which is compiled into libstdc++, are not seen.
 */
#ifndef LFBENCH_COUNTING_PTHREAD_H
#define LFBENCH_COUNTING_PTHREAD_H

/* Every operation of glibc's locks does these where nobody counts. */
#define LFB_PTHREAD_HIDDEN (LFB_HIDDEN_RMW | LFB_HIDDEN_CAS)

/* Whether `rc` of an attempt means that the lock is held now: by a robust mutex's heir, too. */
static inline bool lfb_counted_is_held(int rc)
{
	return rc == 0 || rc == EOWNERDEAD;
}

static inline int lfb_counted_mutex_lock(pthread_mutex_t *mutex)
{
	int rc = pthread_mutex_trylock(mutex);
	uint64_t since_ns = 0;

	lfb_count_hidden(LFB_PTHREAD_HIDDEN);
	if (rc == EBUSY) {
		lfb_count_hidden(LFB_HIDDEN_PARK);
		lfb_count_busy(&since_ns);
		rc = pthread_mutex_lock(mutex);
	}
	if (lfb_counted_is_held(rc))
		lfb_count_locked(since_ns);
	return rc;
}

static inline int lfb_counted_mutex_trylock(pthread_mutex_t *mutex)
{
	const int rc = pthread_mutex_trylock(mutex);

	lfb_count_hidden(LFB_PTHREAD_HIDDEN);
	if (lfb_counted_is_held(rc))
		lfb_count_locked(0);
	return rc;
}

static inline int lfb_counted_spin_lock(pthread_spinlock_t *lock)
{
	int rc = pthread_spin_trylock(lock);
	uint64_t since_ns = 0;

	lfb_count_hidden(LFB_PTHREAD_HIDDEN);
	if (rc == EBUSY) {
		lfb_count_busy(&since_ns);
		rc = pthread_spin_lock(lock);
	}
	if (rc == 0)
		lfb_count_locked(since_ns);
	return rc;
}

/* A wait on a condition has ended, and with it the mutex was taken again. */
static inline int lfb_counted_cond_wait(int rc)
{
	lfb_count_hidden(LFB_PTHREAD_HIDDEN | LFB_HIDDEN_LOCK_WAIT);
	lfb_counted.parks++;
	lfb_count_locked(0);
	return rc;
}

static inline int lfb_counted_cond_wake(int rc)
{
	lfb_count_hidden(LFB_PTHREAD_HIDDEN);
	lfb_counted.wakes++;
	return rc;
}

#define pthread_mutex_lock(...) lfb_counted_mutex_lock(__VA_ARGS__)
#define pthread_mutex_trylock(...) lfb_counted_mutex_trylock(__VA_ARGS__)
#define pthread_spin_lock(...) lfb_counted_spin_lock(__VA_ARGS__)
#define pthread_cond_wait(...) lfb_counted_cond_wait(pthread_cond_wait(__VA_ARGS__))
#define pthread_cond_timedwait(...) lfb_counted_cond_wait(pthread_cond_timedwait(__VA_ARGS__))
#define pthread_cond_clockwait(...) lfb_counted_cond_wait(pthread_cond_clockwait(__VA_ARGS__))
#define pthread_cond_signal(...) lfb_counted_cond_wake(pthread_cond_signal(__VA_ARGS__))
#define pthread_cond_broadcast(...) lfb_counted_cond_wake(pthread_cond_broadcast(__VA_ARGS__))

#endif
