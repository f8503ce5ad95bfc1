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
	uint64_t ran[LFB_WAITS]; /* a bit per enum lfb_loop_kind */
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

#define SPY_LOOPS(kind)                                                                                                \
	static void spy_##kind##_spin(struct lfb_thread *t)                                                            \
	{                                                                                                              \
		spy_loop(t, kind, LFB_WAIT_SPIN);                                                                      \
	}                                                                                                              \
	static void spy_##kind##_yield(struct lfb_thread *t)                                                           \
	{                                                                                                              \
		spy_loop(t, kind, LFB_WAIT_YIELD);                                                                     \
	}                                                                                                              \
	static void spy_##kind##_block(struct lfb_thread *t)                                                           \
	{                                                                                                              \
		spy_loop(t, kind, LFB_WAIT_BLOCK);                                                                     \
	}                                                                                                              \
	static const lfb_loop spy_##kind[LFB_WAITS] = { spy_##kind##_spin, spy_##kind##_yield, spy_##kind##_block };   \
	LFB_STATIC_ASSERT(LFB_WAITS == 3, "a way of waiting is missing here")

SPY_LOOPS(LFB_PRODUCE);
SPY_LOOPS(LFB_CONSUME);
SPY_LOOPS(LFB_PAIRS);
SPY_LOOPS(LFB_PING);
SPY_LOOPS(LFB_PONG);
SPY_LOOPS(LFB_PRODUCE_BATCH);
SPY_LOOPS(LFB_CONSUME_BATCH);
SPY_LOOPS(LFB_CONSUME_AUDIT);
SPY_LOOPS(LFB_PAIRS_AUDIT);
SPY_LOOPS(LFB_PING_AUDIT);
SPY_LOOPS(LFB_PONG_AUDIT);
SPY_LOOPS(LFB_CONSUME_BATCH_AUDIT);
SPY_LOOPS(LFB_PRODUCE_CLOSED);
SPY_LOOPS(LFB_CONSUME_CLOSED);
SPY_LOOPS(LFB_PAIRS_CLOSED);
SPY_LOOPS(LFB_PING_CLOSED);
SPY_LOOPS(LFB_PRODUCE_BATCH_CLOSED);
SPY_LOOPS(LFB_CONSUME_BATCH_CLOSED);
SPY_LOOPS(LFB_PRODUCE_OPEN);
SPY_LOOPS(LFB_CONSUME_OPEN);

/* Start anew, with all loops of the backend replaced. */
static inline void spy_on(struct lfb_ops *backend_ops)
{
	static const lfb_loop *const rows[LFB_LOOP_KINDS] = {
		spy_LFB_PRODUCE,     spy_LFB_CONSUME,	    spy_LFB_PAIRS,	   spy_LFB_PING,
		spy_LFB_PONG,	     spy_LFB_PRODUCE_BATCH, spy_LFB_CONSUME_BATCH, spy_LFB_CONSUME_AUDIT,
		spy_LFB_PAIRS_AUDIT, spy_LFB_PING_AUDIT,    spy_LFB_PONG_AUDIT,	   spy_LFB_CONSUME_BATCH_AUDIT,
		spy_LFB_PRODUCE_CLOSED, spy_LFB_CONSUME_CLOSED, spy_LFB_PAIRS_CLOSED, spy_LFB_PING_CLOSED,
		spy_LFB_PRODUCE_BATCH_CLOSED, spy_LFB_CONSUME_BATCH_CLOSED, spy_LFB_PRODUCE_OPEN, spy_LFB_CONSUME_OPEN,
	};
	static lfb_loop loops[LFB_LOOP_KINDS][LFB_WAITS];

	memset(&spy, 0, sizeof(spy));
	for (int kind = 0; kind < LFB_LOOP_KINDS; kind++)
		memcpy(loops[kind], rows[kind], sizeof(loops[kind]));
	backend_ops->loops = (const lfb_loop(*)[LFB_WAITS])loops;
}

#endif
