/*
 * watch.h - look at another thread's counters while it runs, to know how far it has come: a thread
 * that waits for a lock can be seen to have failed to get it. For tests only; a race by intention.
 */
#ifndef LFBENCH_TESTS_COUNTING_WATCH_H
#define LFBENCH_TESTS_COUNTING_WATCH_H

#include "expect.h"

#include <sched.h>

static struct lfb_counters *watch_counters; /* of the one thread that is watched */

/* Before that thread is made. */
static inline void watch_begin(void)
{
	watch_counters = NULL;
}

/* By that thread, first of all. */
static inline void watch_me(void)
{
	expect_forget();
	/* Release: pairs with the acquire in watch_at; publishes that they are zero. */
	__atomic_store_n(&watch_counters, &lfb_counted, __ATOMIC_RELEASE);
}

/* Not instrumented: the thread sanitizer would rightly call it a race. */
static __attribute__((noinline, no_sanitize("thread"))) uint64_t watch_at(size_t offset)
{
	const unsigned char *seen;

	while ((seen = (const unsigned char *)__atomic_load_n(&watch_counters, __ATOMIC_ACQUIRE)) == NULL)
		(void)sched_yield();
	return *(const volatile uint64_t *)(const void *)(seen + offset);
}

/* A figure of that thread, once it is there. */
#define WATCHED(figure) watch_at(offsetof(struct lfb_counters, figure))

#endif
