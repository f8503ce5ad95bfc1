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
 * loop_waiting.h has the push and pop that wait, loop_parking.h the sleep, loop_bodies.h the bodies,
 * loop_application.h those of programs that do something with the values, loop_latency.h and
 * loop_depth.h what only the latency and the contention pass look at, loop_history.h the one that `check` judges, and
 * loop_recorded.h those of a timed trial of which a sample is judged.
 *
 * Raise LFB_LOOPS_REV whenever a change here can change a measured figure;
 * the test `loops_rev` notices when one of these files changed and the number did not.
 */
#ifndef LFBENCH_LOOPS_H
#define LFBENCH_LOOPS_H

#include <lfbench/counting.h>
#include <lfbench/backend.h>
#include <lfbench/loop_application.h>
#include <lfbench/loop_bodies.h>
#include <lfbench/loop_history.h>
#include <lfbench/loop_recorded.h>
#include <lfbench/scheduling.h>

#define LFB_LOOPS_REV "3"

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

/* What an object does not have, and the host does not ask for. */
LFB_COLD void lfb_untimed(struct lfb_thread *t)
{
	(void)t;
	__builtin_trap();
}
#ifdef LFB_HAS_BLOCK
#define LFB_UNTIMED_ROW { lfb_untimed, lfb_untimed, lfb_untimed, lfb_untimed, lfb_untimed }
#else
#define LFB_UNTIMED_ROW LFB_UNTIMED_BATCH_ROW
#endif
#define LFB_UNTIMED_BATCH_ROW { lfb_untimed, lfb_untimed, NULL, lfb_untimed, lfb_untimed }

/* One plain function per body and way of waiting that the backend offers. */
#ifdef LFB_SCHEDULING_FLAVOUR
/* Only followed step by step, through the loop of `check`. */
#define LFB_LOOPS(name, body, look) LFB_STATIC_ASSERT(LFB_LOOP_KINDS > 0, "ends in a semicolon")
#define LFB_SINGLE_ROW(name) LFB_UNTIMED_ROW
#elif defined(LFB_HAS_BLOCK)
#define LFB_LOOPS(name, body, look)                                                                                    \
	LFB_LOOP(name##_poll, body(t, LFB_POLL, look));                                                                \
	LFB_LOOP(name##_block, body(t, LFB_BLOCK_OWN, look));                                                          \
	LFB_LOOP(name##_park, body(t, LFB_PARK, look))
#define LFB_SINGLE_ROW(name) { name##_poll, name##_poll, name##_block, name##_poll, name##_park }
#else
#define LFB_LOOPS(name, body, look)                                                                                    \
	LFB_LOOP(name##_poll, body(t, LFB_POLL, look));                                                                \
	LFB_LOOP(name##_park, body(t, LFB_PARK, look))
#define LFB_SINGLE_ROW(name) { name##_poll, name##_poll, NULL, name##_poll, name##_park }
#endif
/* Batches have no blocking form. */
#ifdef LFB_SCHEDULING_FLAVOUR
#define LFB_BATCH_LOOPS LFB_LOOPS
#define LFB_BATCH_ROW(name) LFB_UNTIMED_BATCH_ROW
#else
#define LFB_BATCH_LOOPS(name, body, look)                                                                              \
	LFB_LOOP(name##_poll, body(t, LFB_POLL, look));                                                                \
	LFB_LOOP(name##_park, body(t, LFB_PARK, look))
#define LFB_BATCH_ROW(name) { name##_poll, name##_poll, NULL, name##_poll, name##_park }
#endif

/* The codegen test finds the loops that measure throughput by these names. */
LFB_LOOPS(lfb_produce, lfb_produce_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_consume, lfb_consume_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_pairs, lfb_pairs_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_ping, lfb_ping_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_pong, lfb_pong_body, LFB_LOOK_NOTHING);
LFB_BATCH_LOOPS(lfb_produce_batch, lfb_produce_batch_body, LFB_LOOK_NOTHING);
LFB_BATCH_LOOPS(lfb_consume_batch, lfb_consume_batch_body, LFB_LOOK_NOTHING);

LFB_LOOPS(lfb_consume_audit, lfb_consume_body, LFB_LOOK_AUDIT);
LFB_LOOPS(lfb_pairs_audit, lfb_pairs_body, LFB_LOOK_AUDIT);
LFB_LOOPS(lfb_ping_audit, lfb_ping_body, LFB_LOOK_AUDIT);
LFB_LOOPS(lfb_pong_audit, lfb_pong_body, LFB_LOOK_AUDIT);
LFB_BATCH_LOOPS(lfb_consume_batch_audit, lfb_consume_batch_body, LFB_LOOK_AUDIT);

#if LFB_COUNTING
/* The counting flavour is never timed, and is spared the loops for that. */
#define LFB_TIMED_ROW(name) LFB_UNTIMED_ROW
#define LFB_TIMED_BATCH_ROW(name) LFB_UNTIMED_BATCH_ROW
#define LFB_HISTORY_ROW { NULL, NULL, NULL, NULL, NULL }
#define LFB_RECORDED_ROW(name) LFB_HISTORY_ROW
#else
#define LFB_TIMED_ROW(name) LFB_SINGLE_ROW(name)
#define LFB_TIMED_BATCH_ROW(name) LFB_BATCH_ROW(name)

LFB_LOOPS(lfb_produce_closed, lfb_produce_body, LFB_LOOK_CLOSED);
LFB_LOOPS(lfb_consume_closed, lfb_consume_body, LFB_LOOK_CLOSED);
LFB_LOOPS(lfb_pairs_closed, lfb_pairs_body, LFB_LOOK_CLOSED);
LFB_LOOPS(lfb_ping_closed, lfb_ping_body, LFB_LOOK_CLOSED);
LFB_BATCH_LOOPS(lfb_produce_batch_closed, lfb_produce_batch_body, LFB_LOOK_CLOSED);
LFB_BATCH_LOOPS(lfb_consume_batch_closed, lfb_consume_batch_body, LFB_LOOK_CLOSED);
LFB_LOOPS(lfb_produce_open, lfb_produce_open_body, LFB_LOOK_OPEN);
LFB_LOOPS(lfb_consume_open, lfb_consume_body, LFB_LOOK_OPEN);

/* How to wait these read from the thread, too. */
LFB_LOOP(lfb_produce_recorded, lfb_produce_recorded_body(t));
LFB_LOOP(lfb_consume_recorded, lfb_consume_recorded_body(t));
LFB_LOOP(lfb_pairs_recorded, lfb_pairs_recorded_body(t));
#ifdef LFB_HAS_BLOCK
#define LFB_RECORDED_ROW(name) { name, name, name, name, name }
#else
#define LFB_RECORDED_ROW(name) { name, name, NULL, name, name }
#endif

/* How to wait between two tries it reads from the thread; the blocking forms are steps of its script. */
LFB_LOOP(lfb_history, lfb_history_body(t));
#define LFB_HISTORY_ROW { lfb_history, lfb_history, NULL, lfb_history, NULL }
#endif

LFB_LOOPS(lfb_feed, lfb_feed_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_serve, lfb_serve_body, LFB_LOOK_AUDIT);
LFB_LOOPS(lfb_relay, lfb_relay_body, LFB_LOOK_AUDIT);
LFB_LOOPS(lfb_split, lfb_split_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_try_push, lfb_try_push_body, LFB_LOOK_NOTHING);
LFB_LOOPS(lfb_try_pop, lfb_try_pop_body, LFB_LOOK_NOTHING);

/* In the order of enum lfb_loop_kind and enum lfb_wait. */
static const lfb_loop lfb_loop_table[LFB_LOOP_KINDS][LFB_WAITS] = {
	LFB_SINGLE_ROW(lfb_produce),
	LFB_SINGLE_ROW(lfb_consume),
	LFB_SINGLE_ROW(lfb_pairs),
	LFB_SINGLE_ROW(lfb_ping),
	LFB_SINGLE_ROW(lfb_pong),
	LFB_BATCH_ROW(lfb_produce_batch),
	LFB_BATCH_ROW(lfb_consume_batch),
	LFB_SINGLE_ROW(lfb_consume_audit),
	LFB_SINGLE_ROW(lfb_pairs_audit),
	LFB_SINGLE_ROW(lfb_ping_audit),
	LFB_SINGLE_ROW(lfb_pong_audit),
	LFB_BATCH_ROW(lfb_consume_batch_audit),
	LFB_TIMED_ROW(lfb_produce_closed),
	LFB_TIMED_ROW(lfb_consume_closed),
	LFB_TIMED_ROW(lfb_pairs_closed),
	LFB_TIMED_ROW(lfb_ping_closed),
	LFB_TIMED_BATCH_ROW(lfb_produce_batch_closed),
	LFB_TIMED_BATCH_ROW(lfb_consume_batch_closed),
	LFB_TIMED_ROW(lfb_produce_open),
	LFB_TIMED_ROW(lfb_consume_open),
	LFB_SINGLE_ROW(lfb_feed),
	LFB_SINGLE_ROW(lfb_serve),
	LFB_SINGLE_ROW(lfb_relay),
	LFB_SINGLE_ROW(lfb_split),
	LFB_SINGLE_ROW(lfb_try_push),
	LFB_SINGLE_ROW(lfb_try_pop),
	LFB_HISTORY_ROW,
	LFB_RECORDED_ROW(lfb_produce_recorded),
	LFB_RECORDED_ROW(lfb_consume_recorded),
	LFB_RECORDED_ROW(lfb_pairs_recorded),
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
#define LFB_CLOSE lfb_close
#else
#define LFB_CLOSE NULL
#endif

static const struct lfb_ops lfb_backend_ops = {
	(uint32_t)sizeof(struct q_handle), LFB_LOOP_KINDS, lfb_create, lfb_destroy,    lfb_attach,
	lfb_detach,                        lfb_drain,      LFB_CLOSE, lfb_loop_table,
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
