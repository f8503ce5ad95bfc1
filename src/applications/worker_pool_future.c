/* worker_pool_future.c - see worker_pool_future.h. */
#include "worker_pool_future.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Somebody sleeps, or is about to. */
#define SLEEPER 0x100u
#define PAUSES_MAX 64u
#define PAUSES_BEFORE_YIELD 8u

static enum lfb_future_state state_of(uint32_t word)
{
	return (enum lfb_future_state)(word & ~SLEEPER);
}

void lfb_future_submit(struct lfb_future *future, uint64_t value)
{
	__atomic_store_n(&future->value, value, __ATOMIC_RELAXED);
	future->result = 0;
	/* Release: pairs with the acquire in lfb_future_start; publishes what the task is to work on. */
	__atomic_store_n(&future->word, LFB_FUTURE_PENDING, __ATOMIC_RELEASE);
}

/*
 * From PENDING to `next`, keeping the sleeper's bit if `keep`; *seen is what it was. Acquire: pairs with the release
 * in lfb_future_submit. Release: what who starts or cancels did before is seen by who finds the new state.
 */
static bool leave_pending(struct lfb_future *future, enum lfb_future_state next, bool keep, uint32_t *seen)
{
	*seen = __atomic_load_n(&future->word, __ATOMIC_RELAXED);
	while (state_of(*seen) == LFB_FUTURE_PENDING)
		if (__atomic_compare_exchange_n(&future->word, seen, (uint32_t)next | (keep ? *seen & SLEEPER : 0), true, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

static void wake(struct lfb_future *future)
{
	(void)syscall(SYS_futex, &future->word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

bool lfb_future_start(struct lfb_future *future)
{
	uint32_t seen;

	return leave_pending(future, LFB_FUTURE_RUNNING, true, &seen);
}

void lfb_future_finish(struct lfb_future *future, enum lfb_future_state end, uint64_t result)
{
	future->result = result;
	/* Release: publishes the result, to the acquire in lfb_future_look. From here on the future may be reused: a wake-up
	 * that is late wakes somebody for nothing. */
	if (__atomic_exchange_n(&future->word, (uint32_t)end, __ATOMIC_RELEASE) & SLEEPER)
		wake(future);
}

bool lfb_future_cancel(struct lfb_future *future)
{
	uint32_t seen;

	if (!leave_pending(future, LFB_FUTURE_CANCELLED, false, &seen))
		return false;
	if (seen & SLEEPER)
		wake(future);
	return true;
}

/* Acquire: pairs with the release in lfb_future_finish. */
enum lfb_future_state lfb_future_look(const struct lfb_future *future)
{
	return state_of(__atomic_load_n(&future->word, __ATOMIC_ACQUIRE));
}

uint64_t lfb_future_value(const struct lfb_future *future)
{
	return __atomic_load_n(&future->value, __ATOMIC_RELAXED);
}

/* Sleep unless it has ended. A change of the word between the look and the sleep makes the kernel refuse it. */
static void sleep_on(struct lfb_future *future, uint32_t sleep_ns)
{
	const struct timespec limit = { .tv_sec = sleep_ns / 1000000000u, .tv_nsec = (long)(sleep_ns % 1000000000u) };
	uint32_t seen = __atomic_load_n(&future->word, __ATOMIC_RELAXED);

	if (lfb_future_ended(state_of(seen)))
		return;
	if (!(seen & SLEEPER) &&
	    !__atomic_compare_exchange_n(&future->word, &seen, seen | SLEEPER, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return; /* it has just changed: the caller looks again */
	(void)syscall(SYS_futex, &future->word, FUTEX_WAIT_PRIVATE, seen | SLEEPER, &limit, NULL, 0);
}

static void pause_longer(unsigned *pauses)
{
	for (unsigned i = 0; i < *pauses; i++)
		lfb_pause();
	*pauses *= *pauses < PAUSES_MAX ? 2 : 1;
}

void lfb_future_wait_step(struct lfb_future *future, uint32_t wait, unsigned *pauses, uint32_t sleep_ns)
{
	const bool sleeps = wait == LFB_WAIT_PARK || wait == LFB_WAIT_BLOCK;

	if (wait == LFB_WAIT_SPIN)
		lfb_pause();
	else if (wait == LFB_WAIT_YIELD && *pauses > PAUSES_BEFORE_YIELD)
		(void)sched_yield();
	else if (sleeps && *pauses >= PAUSES_MAX)
		sleep_on(future, sleep_ns);
	else
		pause_longer(pauses);
}

enum lfb_future_state lfb_future_wait(struct lfb_future *future, uint32_t wait, const uint32_t *abort)
{
	enum lfb_future_state state = lfb_future_look(future);

	for (unsigned pauses = 1; !lfb_future_ended(state); state = lfb_future_look(future)) {
		if (__atomic_load_n(abort, __ATOMIC_RELAXED))
			break;
		lfb_future_wait_step(future, wait, &pauses, LFB_FUTURE_SLEEP_NS);
	}
	return state;
}
