/* count_ck_locks.c - ConcurrencyKit's spin locks: free, and held by another thread. */
#include "expect.h"

#include <lfbench/counting_ck.h>
#include "watch.h"

static ck_spinlock_fas_t fas = CK_SPINLOCK_FAS_INITIALIZER;
static ck_spinlock_cas_t cas = CK_SPINLOCK_CAS_INITIALIZER;
static ck_spinlock_ticket_t ticket = CK_SPINLOCK_TICKET_INITIALIZER;

/* Takes a free lock, and requires what that counts. */
#define EXPECT_FREE(lock_it, unlock_it, rmws)                                                                          \
	do {                                                                                                           \
		expect_forget();                                                                                       \
		lock_it;                                                                                               \
		REQUIRE(lfb_counted.locks == 1 && lfb_counted.lock_contended == 0 && lfb_counted.lock_wait_ns == 0);   \
		REQUIRE(lfb_counted.rmw == (rmws) && lfb_counted.hidden == 0);                                         \
		unlock_it;                                                                                             \
	} while (0)

static void expect_free(void)
{
	EXPECT_FREE(ck_spinlock_fas_lock(&fas), ck_spinlock_fas_unlock(&fas), 1);
	EXPECT_FREE(ck_spinlock_fas_lock_eb(&fas), ck_spinlock_fas_unlock(&fas), 1);
	EXPECT_FREE(ck_spinlock_cas_lock(&cas), ck_spinlock_cas_unlock(&cas), 1);
	EXPECT_FREE(ck_spinlock_ticket_lock(&ticket), ck_spinlock_ticket_unlock(&ticket), 1);
	EXPECT_FREE(REQUIRE(ck_spinlock_fas_trylock(&fas)), ck_spinlock_fas_unlock(&fas), 1);
	ck_spinlock_fas_lock(&fas);
	expect_forget();
	REQUIRE(!ck_spinlock_fas_trylock(&fas));
	REQUIRE(lfb_counted.locks == 0 && lfb_counted.rmw == 1);
	ck_spinlock_fas_unlock(&fas);
}

static void *take_held(void *out)
{
	watch_me();
	ck_spinlock_fas_lock(&fas);
	*(struct lfb_counters *)out = lfb_counted;
	ck_spinlock_fas_unlock(&fas);
	return NULL;
}

static void expect_held(void)
{
	struct lfb_counters counted;
	pthread_t thread;

	watch_begin();
	ck_spinlock_fas_lock(&fas);
	REQUIRE(pthread_create(&thread, NULL, take_held, &counted) == 0);
	/* Its try is counted just before it fails: the lock is kept until that has surely happened. */
	while (WATCHED(rmw) == 0)
		(void)sched_yield();
	for (int i = 0; i < 100; i++)
		(void)sched_yield();
	(void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	ck_spinlock_fas_unlock(&fas);
	(void)pthread_join(thread, NULL);
	REQUIRE(counted.locks == 1 && counted.lock_contended == 1 && counted.lock_wait_ns > 0);
	/* One exchange that failed, and one that succeeded: spinning in between only reads. */
	REQUIRE(counted.rmw == 2 && counted.cas == 0 && counted.hidden == 0);
}

void expect_ck_locks(void)
{
	expect_free();
	expect_held();
}
