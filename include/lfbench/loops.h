/*
 * loops.h - the hot loops, compiled inside each backend's own translation unit.
 *
 * DESIGN. A template in the way of DPDK's ring stress tests: the includer has
 * defined struct q, struct q_handle and the q_* functions of backend.h, and here
 * they are inlined into every loop. Each loop is an always-inlined body with
 * constant arguments (how to wait, whether to keep what was popped), expanded
 * into one plain function per combination: no branch on configuration is left
 * in it, no indirect call, and it can be stepped through in a debugger.
 *
 * A loop allocates nothing, makes no system call but the one that waiting asks
 * for, and writes shared memory only through the queue. What is counted per item lives in
 * registers and is stored at the end; failed tries are counted where a try has failed,
 * in the thread's own memory. Time is taken by the host, around the loop.
 *
 * Verification costs one multiplication per item popped: the consumer sums
 * lfb_mix(value); the host knows what the sum must be without asking the producer.
 *
 * loop_waiting.h has the push and pop that wait, loop_bodies.h the bodies, loop_latency.h and
 * loop_depth.h what only the latency and the contention pass look at.
 *
 * Raise LFB_LOOPS_REV whenever a change here can change a measured figure;
 * the test `loops_rev` notices when one of these files changed and the number did not.
 */
#ifndef LFBENCH_LOOPS_H
#define LFBENCH_LOOPS_H

#include <lfbench/counting.h>
#include <lfbench/backend.h>
#include <lfbench/loop_bodies.h>

#define LFB_LOOPS_REV "2"

#ifndef LFB_NODES_ALLOC
#define LFB_NODES_ALLOC LFB_ALLOC_NONE
#endif

#if defined(__clang__)
#define LFB_BUILT_WITH "clang " __clang_version__
#elif defined(__cplusplus)
#define LFB_BUILT_WITH "g++ " __VERSION__
#else
#define LFB_BUILT_WITH "gcc " __VERSION__
#endif

/* One plain function per body, way of waiting and way of looking; counting.h's part vanishes from the timing flavour. */
#define LFB_LOOP(name, call)                                                                                           \
	static void name(struct lfb_thread *t)                                                                         \
	{                                                                                                              \
		lfb_count_begin(t);                                                                                    \
		call;                                                                                                  \
		lfb_count_end(t);                                                                                      \
	}                                                                                                              \
	LFB_STATIC_ASSERT(sizeof(struct q_handle) > 0, "struct q_handle needs a member")

/* The codegen test finds the loops that measure throughput by these names. */
#define LFB_LOOPS_FOR(suffix, wait)                                                                                    \
	LFB_LOOP(lfb_produce_##suffix, lfb_produce_body(t, wait, LFB_LOOK_NOTHING));                                   \
	LFB_LOOP(lfb_consume_##suffix, lfb_consume_body(t, wait, LFB_LOOK_NOTHING));                                   \
	LFB_LOOP(lfb_pairs_##suffix, lfb_pairs_body(t, wait, LFB_LOOK_NOTHING));                                       \
	LFB_LOOP(lfb_ping_##suffix, lfb_ping_body(t, wait, LFB_LOOK_NOTHING));                                         \
	LFB_LOOP(lfb_pong_##suffix, lfb_pong_body(t, wait, LFB_LOOK_NOTHING));                                         \
	LFB_LOOP(lfb_produce_batch_##suffix, lfb_produce_batch_body(t, wait, LFB_LOOK_NOTHING));                       \
	LFB_LOOP(lfb_consume_batch_##suffix, lfb_consume_batch_body(t, wait, LFB_LOOK_NOTHING))

LFB_LOOPS_FOR(spin, LFB_WAIT_SPIN);
LFB_LOOPS_FOR(yield, LFB_WAIT_YIELD);

#if LFB_COUNTING
/* The counting flavour is never timed, and is spared the loops for that; the host does not ask for them. */
static void lfb_untimed(struct lfb_thread *t)
{
	(void)t;
	__builtin_trap();
}
#define LFB_TIMED(loop) lfb_untimed
#else
#define LFB_TIMED(loop) loop
#define LFB_TIMED_LOOPS_FOR(suffix, wait)                                                                              \
	LFB_LOOP(lfb_produce_##suffix##_closed, lfb_produce_body(t, wait, LFB_LOOK_CLOSED));                           \
	LFB_LOOP(lfb_consume_##suffix##_closed, lfb_consume_body(t, wait, LFB_LOOK_CLOSED));                           \
	LFB_LOOP(lfb_pairs_##suffix##_closed, lfb_pairs_body(t, wait, LFB_LOOK_CLOSED));                               \
	LFB_LOOP(lfb_ping_##suffix##_closed, lfb_ping_body(t, wait, LFB_LOOK_CLOSED));                                 \
	LFB_LOOP(lfb_produce_batch_##suffix##_closed, lfb_produce_batch_body(t, wait, LFB_LOOK_CLOSED));               \
	LFB_LOOP(lfb_consume_batch_##suffix##_closed, lfb_consume_batch_body(t, wait, LFB_LOOK_CLOSED));               \
	LFB_LOOP(lfb_produce_##suffix##_open, lfb_produce_open_body(t, wait));                                         \
	LFB_LOOP(lfb_consume_##suffix##_open, lfb_consume_body(t, wait, LFB_LOOK_OPEN))

LFB_TIMED_LOOPS_FOR(spin, LFB_WAIT_SPIN);
LFB_TIMED_LOOPS_FOR(yield, LFB_WAIT_YIELD);
#ifdef LFB_HAS_BLOCK
LFB_LOOP(lfb_produce_block_closed, lfb_produce_body(t, LFB_WAIT_BLOCK, LFB_LOOK_CLOSED));
LFB_LOOP(lfb_consume_block_closed, lfb_consume_block_body(t, LFB_LOOK_CLOSED));
LFB_LOOP(lfb_pairs_block_closed, lfb_pairs_body(t, LFB_WAIT_BLOCK, LFB_LOOK_CLOSED));
LFB_LOOP(lfb_ping_block_closed, lfb_ping_body(t, LFB_WAIT_BLOCK, LFB_LOOK_CLOSED));
LFB_LOOP(lfb_produce_block_open, lfb_produce_open_body(t, LFB_WAIT_BLOCK));
LFB_LOOP(lfb_consume_block_open, lfb_consume_block_body(t, LFB_LOOK_OPEN));
#endif
#endif

LFB_LOOP(lfb_consume_audit, lfb_consume_body(t, LFB_WAIT_YIELD, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_pairs_audit, lfb_pairs_body(t, LFB_WAIT_YIELD, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_ping_audit, lfb_ping_body(t, LFB_WAIT_YIELD, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_pong_audit, lfb_pong_body(t, LFB_WAIT_YIELD, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_consume_batch_audit, lfb_consume_batch_body(t, LFB_WAIT_YIELD, LFB_LOOK_AUDIT));

#ifdef LFB_HAS_BLOCK
LFB_LOOP(lfb_produce_block, lfb_produce_body(t, LFB_WAIT_BLOCK, LFB_LOOK_NOTHING));
LFB_LOOP(lfb_consume_block, lfb_consume_block_body(t, LFB_LOOK_NOTHING));
LFB_LOOP(lfb_consume_block_audit, lfb_consume_block_body(t, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_pairs_block, lfb_pairs_body(t, LFB_WAIT_BLOCK, LFB_LOOK_NOTHING));
LFB_LOOP(lfb_pairs_block_audit, lfb_pairs_body(t, LFB_WAIT_BLOCK, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_ping_block, lfb_ping_body(t, LFB_WAIT_BLOCK, LFB_LOOK_NOTHING));
LFB_LOOP(lfb_ping_block_audit, lfb_ping_body(t, LFB_WAIT_BLOCK, LFB_LOOK_AUDIT));
LFB_LOOP(lfb_pong_block, lfb_pong_body(t, LFB_WAIT_BLOCK, LFB_LOOK_NOTHING));
LFB_LOOP(lfb_pong_block_audit, lfb_pong_body(t, LFB_WAIT_BLOCK, LFB_LOOK_AUDIT));
#define LFB_BLOCK(loop) loop
#else
#define LFB_BLOCK(loop) NULL
#endif

/* In the order of enum lfb_loop_kind and enum lfb_wait. An audit is not timed, so it yields. */
static const lfb_loop lfb_loop_table[LFB_LOOP_KINDS][LFB_WAITS] = {
	{ lfb_produce_spin, lfb_produce_yield, LFB_BLOCK(lfb_produce_block) },
	{ lfb_consume_spin, lfb_consume_yield, LFB_BLOCK(lfb_consume_block) },
	{ lfb_pairs_spin, lfb_pairs_yield, LFB_BLOCK(lfb_pairs_block) },
	{ lfb_ping_spin, lfb_ping_yield, LFB_BLOCK(lfb_ping_block) },
	{ lfb_pong_spin, lfb_pong_yield, LFB_BLOCK(lfb_pong_block) },
	{ lfb_produce_batch_spin, lfb_produce_batch_yield, NULL },
	{ lfb_consume_batch_spin, lfb_consume_batch_yield, NULL },
	{ lfb_consume_audit, lfb_consume_audit, LFB_BLOCK(lfb_consume_block_audit) },
	{ lfb_pairs_audit, lfb_pairs_audit, LFB_BLOCK(lfb_pairs_block_audit) },
	{ lfb_ping_audit, lfb_ping_audit, LFB_BLOCK(lfb_ping_block_audit) },
	{ lfb_pong_audit, lfb_pong_audit, LFB_BLOCK(lfb_pong_block_audit) },
	{ lfb_consume_batch_audit, lfb_consume_batch_audit, NULL },
	{ LFB_TIMED(lfb_produce_spin_closed), LFB_TIMED(lfb_produce_yield_closed), LFB_BLOCK(LFB_TIMED(lfb_produce_block_closed)) },
	{ LFB_TIMED(lfb_consume_spin_closed), LFB_TIMED(lfb_consume_yield_closed), LFB_BLOCK(LFB_TIMED(lfb_consume_block_closed)) },
	{ LFB_TIMED(lfb_pairs_spin_closed), LFB_TIMED(lfb_pairs_yield_closed), LFB_BLOCK(LFB_TIMED(lfb_pairs_block_closed)) },
	{ LFB_TIMED(lfb_ping_spin_closed), LFB_TIMED(lfb_ping_yield_closed), LFB_BLOCK(LFB_TIMED(lfb_ping_block_closed)) },
	{ LFB_TIMED(lfb_produce_batch_spin_closed), LFB_TIMED(lfb_produce_batch_yield_closed), NULL },
	{ LFB_TIMED(lfb_consume_batch_spin_closed), LFB_TIMED(lfb_consume_batch_yield_closed), NULL },
	{ LFB_TIMED(lfb_produce_spin_open), LFB_TIMED(lfb_produce_yield_open), LFB_BLOCK(LFB_TIMED(lfb_produce_block_open)) },
	{ LFB_TIMED(lfb_consume_spin_open), LFB_TIMED(lfb_consume_yield_open), LFB_BLOCK(LFB_TIMED(lfb_consume_block_open)) },
};

/* The untyped entrances, used off the clock. */
static int lfb_create(const struct lfb_cell *cell, void **queue)
{
	struct q *q = NULL;
	const int rc = q_create(cell, &q);

	*queue = q;
	return rc;
}

static void lfb_destroy(void *queue) { q_destroy((struct q *)queue); }
static int lfb_attach(void *queue, void *handle) { return q_attach((struct q *)queue, (struct q_handle *)handle); }
static void lfb_detach(void *queue, void *handle) { q_detach((struct q *)queue, (struct q_handle *)handle); }

static bool lfb_drain(void *queue, void *handle, uint64_t *value)
{
	q_idle((struct q *)queue, (struct q_handle *)handle);
	return q_pop((struct q *)queue, (struct q_handle *)handle, value);
}

#ifdef LFB_HAS_BLOCK
static void lfb_close(void *queue) { q_close((struct q *)queue); }
#endif

static const struct lfb_ops lfb_backend_ops = {
	(uint32_t)sizeof(struct q_handle), LFB_LOOP_KINDS, lfb_create, lfb_destroy,    lfb_attach,
	lfb_detach,                        lfb_drain,      LFB_BLOCK(lfb_close), lfb_loop_table,
};

#ifdef __cplusplus
#define LFB_EXTERN_C extern "C"
#else
#define LFB_EXTERN_C extern
#endif

/* Declared first: in C++ a namespace-scope const would otherwise be local to the file. */
LFB_EXTERN_C LFB_EXPORT const struct lfb_backend lfb_backend;

/* Say what this backend is: designated fields of struct lfb_backend from `name` on, in order. */
#define LFB_BACKEND(...)                                                                                               \
	const struct lfb_backend lfb_backend = {                                                                       \
		.abi = LFB_ABI,                                                                                        \
		.size = (uint32_t)sizeof(struct lfb_backend),                                                          \
		.ops = &lfb_backend_ops,                                                                               \
		.loops_rev = LFB_LOOPS_REV,                                                                            \
		.built_with = LFB_BUILT_WITH,                                                                          \
		.alloc = LFB_NODES_ALLOC,                                                                              \
		__VA_ARGS__,                                                                                           \
		.counting = LFB_COUNTING,                                                                              \
	}

#endif
