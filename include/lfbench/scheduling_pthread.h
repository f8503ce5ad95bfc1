/*
 * scheduling_pthread.h - part of scheduling.h, scheduling flavour only: pthread's mutexes, spin locks and condition variables, whose
 * waiting is left to the scheduler. A thread that slept in the kernel would keep its turn for ever.
 *
 * The locks themselves are pthread's own, and are tried: so what a mutex is (recursive, checking errors) it stays. A condition variable
 * is only an address here: to wait on it and to be woken is between the threads and the scheduler. Nothing comes between giving up the
 * mutex and waiting, since no other thread runs there. A wait with a time limit is over at once, which it always may be.
 *
 * std::mutex and std::lock_guard call these functions too. Rwlocks, barriers, semaphores and std::condition_variable are not seen.
 */
#ifndef LFBENCH_SCHEDULING_PTHREAD_H
#define LFBENCH_SCHEDULING_PTHREAD_H

static inline int lfb_scheduled_mutex_lock(pthread_mutex_t *mutex)
{
	int rc;

	if (lfb_scheduled == (struct lfb_scheduling *)0)
		return pthread_mutex_lock(mutex);
	lfb_scheduled_access(mutex);
	while ((rc = pthread_mutex_trylock(mutex)) == EBUSY)
		lfb_scheduled->block(lfb_scheduled, mutex);
	return rc;
}

static inline int lfb_scheduled_mutex_trylock(pthread_mutex_t *mutex)
{
	lfb_scheduled_access(mutex);
	return pthread_mutex_trylock(mutex);
}

/* All who wait for it: each tries again, and one gets it. */
static inline int lfb_scheduled_mutex_unlock(pthread_mutex_t *mutex)
{
	int rc;

	lfb_scheduled_access(mutex);
	rc = pthread_mutex_unlock(mutex);
	if (lfb_scheduled != (struct lfb_scheduling *)0)
		lfb_scheduled->wake(lfb_scheduled, mutex, UINT32_MAX);
	return rc;
}

static inline int lfb_scheduled_spin_lock(pthread_spinlock_t *lock)
{
	int rc;

	if (lfb_scheduled == (struct lfb_scheduling *)0)
		return pthread_spin_lock(lock);
	lfb_scheduled_access(lock);
	while ((rc = pthread_spin_trylock(lock)) == EBUSY)
		lfb_scheduled->block(lfb_scheduled, lock);
	return rc;
}

static inline int lfb_scheduled_spin_unlock(pthread_spinlock_t *lock)
{
	int rc;

	lfb_scheduled_access(lock);
	rc = pthread_spin_unlock(lock);
	if (lfb_scheduled != (struct lfb_scheduling *)0)
		lfb_scheduled->wake(lfb_scheduled, lock, UINT32_MAX);
	return rc;
}

static inline int lfb_scheduled_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	if (lfb_scheduled == (struct lfb_scheduling *)0)
		return pthread_cond_wait(condition, mutex);
	lfb_scheduled_access(condition);
	(void)pthread_mutex_unlock(mutex);
	lfb_scheduled->wake(lfb_scheduled, mutex, UINT32_MAX);
	lfb_scheduled->block(lfb_scheduled, condition);
	return lfb_scheduled_mutex_lock(mutex);
}

static inline int lfb_scheduled_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
	int rc;

	if (lfb_scheduled == (struct lfb_scheduling *)0)
		return pthread_cond_timedwait(condition, mutex, until);
	(void)lfb_scheduled_mutex_unlock(mutex);
	lfb_scheduled->yield(lfb_scheduled);
	rc = lfb_scheduled_mutex_lock(mutex);
	return rc == 0 ? ETIMEDOUT : rc;
}

static inline int lfb_scheduled_cond_wake(pthread_cond_t *condition, uint32_t most)
{
	lfb_scheduled_access(condition);
	if (lfb_scheduled == (struct lfb_scheduling *)0)
		return most == 1 ? pthread_cond_signal(condition) : pthread_cond_broadcast(condition);
	lfb_scheduled->wake(lfb_scheduled, condition, most);
	return 0;
}

#define pthread_mutex_lock(mutex) lfb_scheduled_mutex_lock(mutex)
#define pthread_mutex_trylock(mutex) lfb_scheduled_mutex_trylock(mutex)
#define pthread_mutex_unlock(mutex) lfb_scheduled_mutex_unlock(mutex)
#define pthread_spin_lock(lock) lfb_scheduled_spin_lock(lock)
#define pthread_spin_unlock(lock) lfb_scheduled_spin_unlock(lock)
#define pthread_cond_wait(condition, mutex) lfb_scheduled_cond_wait(condition, mutex)
#define pthread_cond_timedwait(condition, mutex, until) lfb_scheduled_cond_timedwait(condition, mutex, until)
#define pthread_cond_signal(condition) lfb_scheduled_cond_wake(condition, 1)
#define pthread_cond_broadcast(condition) lfb_scheduled_cond_wake(condition, UINT32_MAX)

#endif
