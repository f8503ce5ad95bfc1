/*
 * count_pthread.c - pthread's locks and condition variables: what is counted without and with another
 * thread in the way. The other thread's counters are watched, so that it surely had to wait.
 */
#include "expect.h"

#include "watch.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_spinlock_t spin;
static bool go;

#define HIDDEN (LFB_HIDDEN_RMW | LFB_HIDDEN_CAS)


static void expect_uncontended(void)
{
	pthread_mutexattr_t kind;
	pthread_mutex_t checking;

	expect_forget();
	REQUIRE(pthread_mutex_lock(&mutex) == 0);
	REQUIRE(lfb_counted.locks == 1 && lfb_counted.lock_contended == 0 && lfb_counted.hidden == HIDDEN);
	REQUIRE(pthread_mutex_trylock(&mutex) == EBUSY);
	REQUIRE(lfb_counted.locks == 1);
	REQUIRE(pthread_mutex_unlock(&mutex) == 0);
	REQUIRE(pthread_mutex_trylock(&mutex) == 0);
	REQUIRE(lfb_counted.locks == 2 && lfb_counted.lock_wait_ns == 0);
	REQUIRE(pthread_mutex_unlock(&mutex) == 0);
	/* An error stays one, and is no acquisition. */
	REQUIRE(pthread_mutexattr_init(&kind) == 0);
	REQUIRE(pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK) == 0);
	REQUIRE(pthread_mutex_init(&checking, &kind) == 0);
	REQUIRE(pthread_mutex_lock(&checking) == 0 && pthread_mutex_lock(&checking) == EDEADLK);
	REQUIRE(lfb_counted.locks == 3 && lfb_counted.lock_contended == 0);
	REQUIRE(pthread_mutex_unlock(&checking) == 0);
	(void)pthread_mutex_destroy(&checking);
	(void)pthread_mutexattr_destroy(&kind);
}

static void *lock_a_held_mutex(void *out)
{
	watch_me();
	REQUIRE(pthread_mutex_lock(&mutex) == 0);
	*(struct lfb_counters *)out = lfb_counted;
	(void)pthread_mutex_unlock(&mutex);
	return NULL;
}

static void expect_contended(void)
{
	struct lfb_counters counted;
	pthread_t thread;

	watch_begin();
	(void)pthread_mutex_lock(&mutex);
	REQUIRE(pthread_create(&thread, NULL, lock_a_held_mutex, &counted) == 0);
	/* Set once the try has failed. */
	while ((WATCHED(hidden) & LFB_HIDDEN_PARK) == 0)
		(void)sched_yield();
	(void)pthread_mutex_unlock(&mutex);
	(void)pthread_join(thread, NULL);
	REQUIRE(counted.locks == 1 && counted.lock_contended == 1);
	REQUIRE(counted.lock_wait_ns > 0);
	REQUIRE(counted.hidden == (HIDDEN | LFB_HIDDEN_PARK));
}

static void *spin_on_a_held_lock(void *out)
{
	watch_me();
	REQUIRE(pthread_spin_lock(&spin) == 0);
	*(struct lfb_counters *)out = lfb_counted;
	(void)pthread_spin_unlock(&spin);
	return NULL;
}

static void expect_spin_lock(void)
{
	struct lfb_counters counted;
	pthread_t thread;

	watch_begin();
	REQUIRE(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
	(void)pthread_spin_lock(&spin);
	REQUIRE(pthread_create(&thread, NULL, spin_on_a_held_lock, &counted) == 0);
	/* Set after the first try, which fails. */
	while (WATCHED(hidden) == 0)
		(void)sched_yield();
	(void)pthread_spin_unlock(&spin);
	(void)pthread_join(thread, NULL);
	REQUIRE(counted.locks == 1 && counted.lock_contended == 1 && counted.lock_wait_ns > 0);
	REQUIRE(counted.hidden == HIDDEN);
	(void)pthread_spin_destroy(&spin);
}

static void *wait_until_go(void *out)
{
	watch_me();
	(void)pthread_mutex_lock(&mutex);
	while (!go)
		(void)pthread_cond_wait(&cond, &mutex);
	*(struct lfb_counters *)out = lfb_counted;
	(void)pthread_mutex_unlock(&mutex);
	return NULL;
}

/* The waiter sleeps at least once, if it had the mutex before the flag was set. */
static void expect_condition(void)
{
	struct lfb_counters counted;
	pthread_t thread;

	watch_begin();
	go = false;
	REQUIRE(pthread_create(&thread, NULL, wait_until_go, &counted) == 0);
	while (WATCHED(locks) == 0)
		(void)sched_yield();
	(void)pthread_mutex_lock(&mutex); /* free only while it waits */
	expect_forget();
	go = true;
	(void)pthread_cond_signal(&cond);
	(void)pthread_cond_broadcast(&cond);
	REQUIRE(lfb_counted.wakes == 2);
	(void)pthread_mutex_unlock(&mutex);
	(void)pthread_join(thread, NULL);
	REQUIRE(counted.parks >= 1 && counted.locks == counted.parks + 1);
	REQUIRE((counted.hidden & (HIDDEN | LFB_HIDDEN_LOCK_WAIT)) == (HIDDEN | LFB_HIDDEN_LOCK_WAIT));
}

static void expect_timed_wait(void)
{
	const struct timespec past = { .tv_sec = 1, .tv_nsec = 0 };

	(void)pthread_mutex_lock(&mutex);
	expect_forget();
	REQUIRE(pthread_cond_timedwait(&cond, &mutex, &past) == ETIMEDOUT);
	REQUIRE(lfb_counted.parks == 1 && lfb_counted.locks == 1);
	REQUIRE(pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &past) == ETIMEDOUT);
	REQUIRE(lfb_counted.parks == 2 && lfb_counted.locks == 2);
	(void)pthread_mutex_unlock(&mutex);
}

void expect_pthread(void)
{
	expect_uncontended();
	expect_contended();
	expect_spin_lock();
	expect_condition();
	expect_timed_wait();
}
