/*
 * spy.h - loops that only look: put in place of a backend's, they note who was called and with
 * which orders, so that a test sees what the harness tells its threads.
 */
#ifndef LFBENCH_TESTS_UNIT_SPY_H
#define LFBENCH_TESTS_UNIT_SPY_H

#include <lfbench/backend.h>
#include <string.h>
#include <unistd.h>

#define SPY_THREADS_MAX 16

static struct spy {
	unsigned sleep_ms;	 /* what each loop takes */
	uint64_t ran[LFB_WAITS]; /* a bit per enum lfb_loop_kind, by the way of waiting that the loop is for */
	unsigned threads;
	struct lfb_thread order[SPY_THREADS_MAX];
	uint32_t producers_running[SPY_THREADS_MAX];
} spy;

static inline void spy_loop(struct lfb_thread *thread, enum lfb_loop_kind kind, enum lfb_wait wait)
{
	const unsigned nth = __atomic_fetch_add(&spy.threads, 1, __ATOMIC_RELAXED);

	__atomic_fetch_or(&spy.ran[wait], UINT64_C(1) << kind, __ATOMIC_RELAXED);
	if (nth < SPY_THREADS_MAX) {
		spy.order[nth] = *thread;
		spy.producers_running[nth] = thread->shared->producers_running;
	}
	if (spy.sleep_ms > 0)
		(void)usleep(spy.sleep_ms * 1000);
}

/* Every kind, in the order of enum lfb_loop_kind. */
#define SPY_KINDS(X) \
	X(LFB_PRODUCE) X(LFB_CONSUME) X(LFB_PAIRS) X(LFB_PING) X(LFB_PONG) X(LFB_PRODUCE_BATCH) \
	X(LFB_CONSUME_BATCH) X(LFB_CONSUME_AUDIT) X(LFB_PAIRS_AUDIT) X(LFB_PING_AUDIT) X(LFB_PONG_AUDIT) \
	X(LFB_CONSUME_BATCH_AUDIT) X(LFB_PRODUCE_CLOSED) X(LFB_CONSUME_CLOSED) X(LFB_PAIRS_CLOSED) \
	X(LFB_PING_CLOSED) X(LFB_PRODUCE_BATCH_CLOSED) X(LFB_CONSUME_BATCH_CLOSED) X(LFB_PRODUCE_OPEN) \
	X(LFB_CONSUME_OPEN) X(LFB_FEED) X(LFB_SERVE) X(LFB_RELAY) X(LFB_SPLIT) X(LFB_TRY_PUSH) \
	X(LFB_TRY_POP) X(LFB_HISTORY) X(LFB_PRODUCE_RECORDED) X(LFB_CONSUME_RECORDED) X(LFB_PAIRS_RECORDED)

#define SPY_LOOP(kind, wait)                                                                                           \
	static void spy_##kind##_##wait(struct lfb_thread *t)                                                          \
	{                                                                                                              \
		spy_loop(t, kind, wait);                                                                               \
	}
#define SPY_LOOPS(kind)                                                                                                \
	SPY_LOOP(kind, LFB_WAIT_SPIN)                                                                                  \
	SPY_LOOP(kind, LFB_WAIT_YIELD)                                                                                 \
	SPY_LOOP(kind, LFB_WAIT_BLOCK)                                                                                 \
	SPY_LOOP(kind, LFB_WAIT_BACKOFF)                                                                               \
	SPY_LOOP(kind, LFB_WAIT_PARK)
SPY_KINDS(SPY_LOOPS)
LFB_STATIC_ASSERT(LFB_WAITS == 5, "a way of waiting is missing here");

#define SPY_ROW(kind)                                                                                                  \
	[kind] = { spy_##kind##_LFB_WAIT_SPIN, spy_##kind##_LFB_WAIT_YIELD, spy_##kind##_LFB_WAIT_BLOCK,               \
		   spy_##kind##_LFB_WAIT_BACKOFF, spy_##kind##_LFB_WAIT_PARK },
static const lfb_loop spy_loops[][LFB_WAITS] = { SPY_KINDS(SPY_ROW) };
LFB_STATIC_ASSERT(sizeof(spy_loops) / sizeof(spy_loops[0]) == LFB_LOOP_KINDS, "a kind of loop is missing here");

/* Start anew, with all loops of the backend replaced. */
static inline void spy_on(struct lfb_ops *backend_ops)
{
	memset(&spy, 0, sizeof(spy));
	backend_ops->loops = spy_loops;
}

#endif
