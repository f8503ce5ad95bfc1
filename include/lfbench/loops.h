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
 * Raise LFB_LOOPS_REV whenever a change here can change a measured figure;
 * the test `loops_rev` notices when this file changed and the number did not.
 */
#ifndef LFBENCH_LOOPS_H
#define LFBENCH_LOOPS_H

#include <lfbench/backend.h>
#include <sched.h>

#define LFB_LOOPS_REV "1"

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

/* Pauses of the longest wait between two tries. */
#define LFB_PAUSES_MAX 64u
/* Pauses after which LFB_WAIT_YIELD gives up the CPU instead. */
#define LFB_PAUSES_BEFORE_YIELD 8u
/* Items between two calls of q_idle; a power of two. */
#define LFB_IDLE_ITEMS 1024u

#ifndef LFB_HAS_IDLE
static inline void q_idle(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}
#endif

#ifndef LFB_HAS_BATCH
static inline unsigned q_push_batch(struct q *q, struct q_handle *h, const uint64_t *values, unsigned n)
{
	unsigned done = 0;

	while (done < n && q_push(q, h, values[done]))
		done++;
	return done;
}

static inline unsigned q_pop_batch(struct q *q, struct q_handle *h, uint64_t *values, unsigned n)
{
	unsigned done = 0;

	while (done < n && q_pop(q, h, &values[done]))
		done++;
	return done;
}
#endif

/*
 * One step of waiting after a failed try; `pauses` starts at 1 and doubles.
 * Returns false when the host has called the trial off.
 */
LFB_TEMPLATE bool lfb_wait_step(struct lfb_thread *t, struct q *q, struct q_handle *h, unsigned *pauses,
				const enum lfb_wait wait)
{
	q_idle(q, h);
	if (wait == LFB_WAIT_YIELD && *pauses > LFB_PAUSES_BEFORE_YIELD) {
		sched_yield();
	} else {
		for (unsigned i = 0; i < *pauses; i++)
			lfb_pause();
		if (*pauses < LFB_PAUSES_MAX)
			*pauses *= 2;
	}
	return !__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED);
}

/*
 * Push one value, waiting as told. false: called off.
 *
 * The tries after a failure are a copy of the operation of their own. With one copy for
 * both, the counters of the waiting live in the registers and on the path of the loop
 * that never waits: 15 to 20 % for an SPSC ring that one thread fills and empties.
 */
LFB_TEMPLATE bool lfb_push(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value,
			   const enum lfb_wait wait)
{
	unsigned pauses = 1;

#ifdef LFB_HAS_BLOCK
	if (wait == LFB_WAIT_BLOCK)
		return q_push_wait(q, h, value);
#endif
	if (LFB_LIKELY(q_push(q, h, value)))
		return true;
	do {
		t->push_full++;
		if (!lfb_wait_step(t, q, h, &pauses, wait))
			return false;
	} while (!q_push(q, h, value));
	return true;
}

/* Pop one value that is owed to this thread, waiting as told. false: called off. */
LFB_TEMPLATE bool lfb_pop(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value,
			  const enum lfb_wait wait)
{
	unsigned pauses = 1;

#ifdef LFB_HAS_BLOCK
	if (wait == LFB_WAIT_BLOCK)
		return q_pop_wait(q, h, value);
#endif
	if (LFB_LIKELY(q_pop(q, h, value)))
		return true;
	do {
		t->pop_empty++;
		if (!lfb_wait_step(t, q, h, &pauses, wait))
			return false;
	} while (!q_pop(q, h, value));
	return true;
}

/* Release: pairs with the acquire in lfb_all_produced; publishes this producer's pushes. */
LFB_TEMPLATE void lfb_producer_done(struct lfb_thread *t, struct q *q)
{
	const uint32_t left = __atomic_sub_fetch(&t->shared->producers_running, 1, __ATOMIC_ACQ_REL);

#ifdef LFB_HAS_BLOCK
	if (left == 0)
		q_close(q);
#else
	(void)left;
	(void)q;
#endif
}

/* Acquire: pairs with the release in lfb_producer_done; after true, every push is visible. */
LFB_TEMPLATE bool lfb_all_produced(struct lfb_thread *t)
{
	return __atomic_load_n(&t->shared->producers_running, __ATOMIC_ACQUIRE) == 0;
}

LFB_TEMPLATE void lfb_keep(struct lfb_thread *t, uint64_t nth, uint64_t value)
{
	if (nth < t->log_slots)
		t->log[nth] = value;
}

LFB_TEMPLATE void lfb_produce_body(struct lfb_thread *t, const enum lfb_wait wait)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value;
	const uint64_t end = first + t->items;
	uint64_t value;

	t->push_full = 0;
	for (value = first; value != end; value++) {
		if (LFB_UNLIKELY(!lfb_push(t, q, h, value, wait)))
			break;
		if ((value & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	lfb_producer_done(t, q);
	t->pushed = value - first;
}

/*
 * Pop until the producers are done and the queue says EMPTY once more after that
 * was seen: the flag is looked at only when a pop fails, so it costs nothing while
 * items flow. false: that is so, or the trial was called off.
 */
LFB_TEMPLATE bool lfb_pop_while_produced(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value,
					 const enum lfb_wait wait)
{
	unsigned pauses = 1;
	bool all_produced = false;

	if (LFB_LIKELY(q_pop(q, h, value)))
		return true;
	do {
		t->pop_empty++;
		if (all_produced)
			return false;
		all_produced = lfb_all_produced(t);
		if (!all_produced && !lfb_wait_step(t, q, h, &pauses, wait))
			return false;
	} while (!q_pop(q, h, value));
	return true;
}

LFB_TEMPLATE void lfb_consume_body(struct lfb_thread *t, const enum lfb_wait wait, const bool audit)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	uint64_t popped = 0, hash = 0, value;

	t->pop_empty = 0;
	while (lfb_pop_while_produced(t, q, h, &value, wait)) {
		if (audit)
			lfb_keep(t, popped, value);
		hash += lfb_mix(value);
		popped++;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	t->popped = popped;
	t->hash = hash;
}

/* Each thread pushes one value and pops one (not necessarily its own), `items` times. */
LFB_TEMPLATE void lfb_pairs_body(struct lfb_thread *t, const enum lfb_wait wait, const bool audit)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value, items = t->items;
	uint64_t pushed = 0, popped = 0, hash = 0;

	t->push_full = t->pop_empty = 0;
	while (popped != items) {
		uint64_t value;

		if (LFB_UNLIKELY(!lfb_push(t, q, h, first + pushed, wait)))
			break;
		pushed++;
		if (LFB_UNLIKELY(!lfb_pop(t, q, h, &value, wait)))
			break;
		if (audit)
			lfb_keep(t, popped, value);
		hash += lfb_mix(value);
		popped++;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	t->pushed = pushed;
	t->popped = popped;
	t->hash = hash;
}

/* What ping and pong share: one value in flight, out on queue 0 and back on queue 1. */
struct lfb_flight {
	struct q *out, *back;
	struct q_handle *out_handle, *back_handle;
	uint64_t pushed, popped, hash;
};

LFB_TEMPLATE struct lfb_flight lfb_flight_start(struct lfb_thread *t)
{
	struct lfb_flight f;

	f.out = (struct q *)t->queue[0];
	f.back = (struct q *)t->queue[1];
	f.out_handle = (struct q_handle *)t->handle[0];
	f.back_handle = (struct q_handle *)t->handle[1];
	f.pushed = f.popped = f.hash = 0;
	t->push_full = t->pop_empty = 0;
	return f;
}

LFB_TEMPLATE void lfb_flight_end(struct lfb_thread *t, const struct lfb_flight *f)
{
	t->pushed = f->pushed;
	t->popped = f->popped;
	t->hash = f->hash;
}

LFB_TEMPLATE void lfb_flight_landed(struct lfb_thread *t, struct lfb_flight *f, uint64_t value, const bool audit)
{
	if (audit)
		lfb_keep(t, f->popped, value);
	f->hash += lfb_mix(value);
	f->popped++;
	if ((f->popped & (LFB_IDLE_ITEMS - 1)) == 0) {
		q_idle(f->out, f->out_handle);
		q_idle(f->back, f->back_handle);
	}
}

LFB_TEMPLATE void lfb_ping_body(struct lfb_thread *t, const enum lfb_wait wait, const bool audit)
{
	struct lfb_flight f = lfb_flight_start(t);
	const uint64_t first = t->first_value, items = t->items;

	while (f.popped != items) {
		uint64_t value;

		if (LFB_UNLIKELY(!lfb_push(t, f.out, f.out_handle, first + f.pushed, wait)))
			break;
		f.pushed++;
		if (LFB_UNLIKELY(!lfb_pop(t, f.back, f.back_handle, &value, wait)))
			break;
		lfb_flight_landed(t, &f, value, audit);
	}
	lfb_flight_end(t, &f);
}

/* Sends back what it received, so that a wrong value is seen on both sides. */
LFB_TEMPLATE void lfb_pong_body(struct lfb_thread *t, const enum lfb_wait wait, const bool audit)
{
	struct lfb_flight f = lfb_flight_start(t);
	const uint64_t items = t->items;

	while (f.popped != items) {
		uint64_t value;

		if (LFB_UNLIKELY(!lfb_pop(t, f.out, f.out_handle, &value, wait)))
			break;
		lfb_flight_landed(t, &f, value, audit);
		if (LFB_UNLIKELY(!lfb_push(t, f.back, f.back_handle, value, wait)))
			break;
		f.pushed++;
	}
	lfb_flight_end(t, &f);
}

LFB_TEMPLATE void lfb_produce_batch_body(struct lfb_thread *t, const enum lfb_wait wait)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value, items = t->items;
	const unsigned batch = t->batch;
	uint64_t values[LFB_BATCH_MAX];
	uint64_t pushed = 0, full = 0;

	while (pushed != items) {
		const uint64_t left = items - pushed;
		const unsigned n = left < batch ? (unsigned)left : batch;
		unsigned done = 0, pauses = 1;

		for (unsigned i = 0; i < n; i++)
			values[i] = first + pushed + i;
		for (;;) {
			done += q_push_batch(q, h, values + done, n - done);
			if (LFB_LIKELY(done == n))
				break;
			full++;
			if (!lfb_wait_step(t, q, h, &pauses, wait)) {
				pushed += done;
				goto out;
			}
		}
		pushed += n;
		q_idle(q, h);
	}
out:
	lfb_producer_done(t, q);
	t->pushed = pushed;
	t->push_full = full;
}

LFB_TEMPLATE void lfb_consume_batch_body(struct lfb_thread *t, const enum lfb_wait wait, const bool audit)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const unsigned batch = t->batch;
	uint64_t values[LFB_BATCH_MAX];
	uint64_t popped = 0, empty = 0, hash = 0;
	bool all_produced = false;

	for (;;) {
		unsigned n, pauses = 1;

		while (LFB_UNLIKELY((n = q_pop_batch(q, h, values, batch)) == 0)) {
			empty++;
			if (all_produced)
				goto out;
			all_produced = lfb_all_produced(t);
			if (!all_produced && !lfb_wait_step(t, q, h, &pauses, wait))
				goto out;
		}
		for (unsigned i = 0; i < n; i++) {
			if (audit)
				lfb_keep(t, popped + i, values[i]);
			hash += lfb_mix(values[i]);
		}
		popped += n;
		q_idle(q, h);
	}
out:
	t->popped = popped;
	t->hash = hash;
	t->pop_empty = empty;
}

/* One plain function per loop and way of waiting. The codegen test finds them by these names. */
#define LFB_LOOPS_FOR(suffix, wait)                                                                                    \
	static void lfb_produce_##suffix(struct lfb_thread *t) { lfb_produce_body(t, wait); }                          \
	static void lfb_consume_##suffix(struct lfb_thread *t) { lfb_consume_body(t, wait, false); }                   \
	static void lfb_pairs_##suffix(struct lfb_thread *t) { lfb_pairs_body(t, wait, false); }                       \
	static void lfb_ping_##suffix(struct lfb_thread *t) { lfb_ping_body(t, wait, false); }                         \
	static void lfb_pong_##suffix(struct lfb_thread *t) { lfb_pong_body(t, wait, false); }                         \
	static void lfb_produce_batch_##suffix(struct lfb_thread *t) { lfb_produce_batch_body(t, wait); }              \
	static void lfb_consume_batch_##suffix(struct lfb_thread *t) { lfb_consume_batch_body(t, wait, false); }       \
	LFB_STATIC_ASSERT(sizeof(struct q_handle) > 0, "struct q_handle needs a member")

LFB_LOOPS_FOR(spin, LFB_WAIT_SPIN);
LFB_LOOPS_FOR(yield, LFB_WAIT_YIELD);

static void lfb_consume_audit(struct lfb_thread *t) { lfb_consume_body(t, LFB_WAIT_YIELD, true); }
static void lfb_pairs_audit(struct lfb_thread *t) { lfb_pairs_body(t, LFB_WAIT_YIELD, true); }
static void lfb_ping_audit(struct lfb_thread *t) { lfb_ping_body(t, LFB_WAIT_YIELD, true); }
static void lfb_pong_audit(struct lfb_thread *t) { lfb_pong_body(t, LFB_WAIT_YIELD, true); }
static void lfb_consume_batch_audit(struct lfb_thread *t) { lfb_consume_batch_body(t, LFB_WAIT_YIELD, true); }

#ifdef LFB_HAS_BLOCK
/* Ends when the queue is closed and empty, which the last producer sees to. */
LFB_TEMPLATE void lfb_consume_block_body(struct lfb_thread *t, const bool audit)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	uint64_t popped = 0, hash = 0, value;

	while (q_pop_wait(q, h, &value)) {
		if (audit)
			lfb_keep(t, popped, value);
		hash += lfb_mix(value);
		popped++;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	t->popped = popped;
	t->hash = hash;
	t->pop_empty = 0;
}

static void lfb_produce_block(struct lfb_thread *t) { lfb_produce_body(t, LFB_WAIT_BLOCK); }
static void lfb_consume_block(struct lfb_thread *t) { lfb_consume_block_body(t, false); }
static void lfb_consume_block_audit(struct lfb_thread *t) { lfb_consume_block_body(t, true); }
static void lfb_pairs_block(struct lfb_thread *t) { lfb_pairs_body(t, LFB_WAIT_BLOCK, false); }
static void lfb_pairs_block_audit(struct lfb_thread *t) { lfb_pairs_body(t, LFB_WAIT_BLOCK, true); }
static void lfb_ping_block(struct lfb_thread *t) { lfb_ping_body(t, LFB_WAIT_BLOCK, false); }
static void lfb_ping_block_audit(struct lfb_thread *t) { lfb_ping_body(t, LFB_WAIT_BLOCK, true); }
static void lfb_pong_block(struct lfb_thread *t) { lfb_pong_body(t, LFB_WAIT_BLOCK, false); }
static void lfb_pong_block_audit(struct lfb_thread *t) { lfb_pong_body(t, LFB_WAIT_BLOCK, true); }
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
		__VA_ARGS__                                                                                            \
	}

#endif
