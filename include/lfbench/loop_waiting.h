/*
 * loop_waiting.h - part of loops.h: one push and one pop that wait, and how the loops learn that all
 * is produced. Needs the includer's struct q, struct q_handle and q_* functions.
 */
#ifndef LFBENCH_LOOP_WAITING_H
#define LFBENCH_LOOP_WAITING_H

#include <lfbench/backend.h>
#include <lfbench/counting.h>
#include <lfbench/loop_depth.h>
#include <sched.h>

/* Pauses of the longest wait between two tries. */
#define LFB_PAUSES_MAX 64u
/* Pauses after which LFB_WAIT_YIELD gives up the CPU instead. */
#define LFB_PAUSES_BEFORE_YIELD 8u
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
		return lfb_tally_pushed(t, q_push_wait(q, h, value));
#endif
	if (LFB_LIKELY(q_push(q, h, value)))
		return lfb_tally_pushed(t, 1);
	do {
		t->push_full++;
		if (!lfb_wait_step(t, q, h, &pauses, wait))
			return false;
	} while (!q_push(q, h, value));
	return lfb_tally_pushed(t, 1);
}

/* Pop one value that is owed to this thread, waiting as told. false: called off. */
LFB_TEMPLATE bool lfb_pop(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value,
			  const enum lfb_wait wait)
{
	unsigned pauses = 1;

#ifdef LFB_HAS_BLOCK
	if (wait == LFB_WAIT_BLOCK)
		return lfb_tally_popped(t, q_pop_wait(q, h, value));
#endif
	if (LFB_LIKELY(q_pop(q, h, value)))
		return lfb_tally_popped(t, 1);
	do {
		t->pop_empty++;
		if (!lfb_wait_step(t, q, h, &pauses, wait))
			return false;
	} while (!q_pop(q, h, value));
	return lfb_tally_popped(t, 1);
}

/* Release: pairs with the acquire in lfb_all_produced; publishes this producer's pushes. */
LFB_TEMPLATE void lfb_producer_done(struct lfb_thread *t, struct q *q)
{
	/* In parentheses the counting flavour does not count it: it is not the queue's. */
	const uint32_t left = (__atomic_sub_fetch)(&t->shared->producers_running, 1, __ATOMIC_ACQ_REL);

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
		return lfb_tally_popped(t, 1);
	do {
		t->pop_empty++;
		if (all_produced)
			return false;
		all_produced = lfb_all_produced(t);
		if (!all_produced && !lfb_wait_step(t, q, h, &pauses, wait))
			return false;
	} while (!q_pop(q, h, value));
	return lfb_tally_popped(t, 1);
}

#endif
