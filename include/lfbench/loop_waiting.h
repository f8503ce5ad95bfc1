/*
 * loop_waiting.h - part of loops.h: one push and one pop that wait, and how the loops learn that all
 * is produced. Needs the includer's struct q, struct q_handle and q_* functions.
 */
#ifndef LFBENCH_LOOP_WAITING_H
#define LFBENCH_LOOP_WAITING_H

#include <lfbench/backend.h>
#include <lfbench/counting.h>
#include <lfbench/loop_depth.h>
#include <lfbench/loop_parking.h>
#include <sched.h>

/* Pauses of the longest wait between two tries. */
#define LFB_PAUSES_MAX 64u
/* Pauses after which LFB_WAIT_YIELD gives up the CPU instead. */
#define LFB_PAUSES_BEFORE_YIELD 8u

/* The ways of waiting that loops are compiled for. Who polls reads from thread->wait how, in the slow path. */
enum lfb_way { LFB_POLL, LFB_BLOCK_OWN, LFB_PARK };

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
 * How to wait in a push that fails. That of an unbounded queue fails for lack of memory, and no pop tells when there
 * is some again: it polls until the trial is called off.
 */
LFB_TEMPLATE enum lfb_way lfb_when_full(const enum lfb_way way)
{
#ifdef LFB_NEVER_FULL
	return way == LFB_PARK ? LFB_POLL : way;
#else
	return way;
#endif
}

/* How long a thread has waited for one operation. Starts as LFB_PATIENCE. */
struct lfb_patience {
	unsigned pauses; /* of the next step */
	bool armed;      /* counts as a sleeper */
	bool slept;      /* before the operation succeeded */
	uint32_t seen;   /* sequence of the event when it was armed */
};

#define LFB_PATIENCE { 1, false, false, 0 }

LFB_TEMPLATE void lfb_pause_longer(struct lfb_patience *p)
{
	for (unsigned i = 0; i < p->pauses; i++)
		lfb_pause();
	if (p->pauses < LFB_PAUSES_MAX)
		p->pauses *= 2;
}

LFB_TEMPLATE void lfb_poll_step(const struct lfb_thread *t, struct lfb_patience *p)
{
	if (t->wait == LFB_WAIT_SPIN)
		lfb_pause();
	else if (t->wait == LFB_WAIT_YIELD && p->pauses > LFB_PAUSES_BEFORE_YIELD)
		sched_yield();
	else
		lfb_pause_longer(p);
}

/* Pauses; then the caller tries once more as a sleeper to be; then sleep, and start anew. */
LFB_TEMPLATE void lfb_park_step(struct lfb_thread *t, struct q *q, struct q_handle *h, struct lfb_patience *p, struct lfb_waiters *event)
{
	if (p->armed) {
		lfb_event_sleep(t, q, h, event, p->seen);
		p->armed = false;
		p->slept = true;
		p->pauses = 1;
	} else if (p->pauses < LFB_PAUSES_MAX) {
		lfb_pause_longer(p);
	} else {
		p->seen = lfb_event_prepare(event);
		p->armed = true;
	}
}

/*
 * One step of waiting after a failed try. Returns false when the host has called the trial off: it sets `abort`
 * before it advances every sequence, so who does not see it here does not fall asleep either.
 */
LFB_TEMPLATE bool lfb_wait_step(struct lfb_thread *t, struct q *q, struct q_handle *h, struct lfb_patience *p,
				struct lfb_waiters *event, const enum lfb_way way)
{
	q_idle(q, h);
	if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
		return false;
	if (way == LFB_PARK)
		lfb_park_step(t, q, h, p, event);
	else
		lfb_poll_step(t, p);
	return true;
}

/* The waiting is over, with or without success; who has slept for a success passes the wake-up on. */
LFB_TEMPLATE bool lfb_wait_over(struct lfb_thread *t, const struct lfb_patience *p, struct lfb_waiters *event, bool success,
				const enum lfb_way way)
{
	if (way != LFB_PARK)
		return success;
	if (p->armed)
		lfb_event_cancel(event);
	if (p->slept && success)
		lfb_event_signal(t, event, 1);
	return success;
}

/* Who waits for a value, or for room, and may sleep. */
LFB_TEMPLATE void lfb_tell_pushed(struct lfb_thread *t, const struct q *q, uint32_t n, const enum lfb_way way)
{
	if (way == LFB_PARK)
		lfb_event_signal(t, &lfb_events_of(t, q)->not_empty, n);
}

LFB_TEMPLATE void lfb_tell_popped(struct lfb_thread *t, const struct q *q, uint32_t n, const enum lfb_way way)
{
#ifndef LFB_NEVER_FULL
	if (way == LFB_PARK)
		lfb_event_signal(t, &lfb_events_of(t, q)->not_full, n);
#else
	(void)t;
	(void)q;
	(void)n;
	(void)way;
#endif
}

/* The event that lfb_wait_step wants: none where nobody sleeps. */
LFB_TEMPLATE struct lfb_waiters *lfb_not_full(struct lfb_thread *t, const struct q *q, const enum lfb_way way)
{
	return way == LFB_PARK ? &lfb_events_of(t, q)->not_full : (struct lfb_waiters *)0;
}

LFB_TEMPLATE struct lfb_waiters *lfb_not_empty(struct lfb_thread *t, const struct q *q, const enum lfb_way way)
{
	return way == LFB_PARK ? &lfb_events_of(t, q)->not_empty : (struct lfb_waiters *)0;
}

/*
 * The tries after a failure, in functions of their own. Inlined, the counters of the waiting live in
 * the registers and on the path of the loop that never waits: 15 to 20 % for an SPSC ring that one
 * thread fills and empties.
 */
LFB_TEMPLATE bool lfb_push_again(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value, const enum lfb_way way)
{
	struct lfb_waiters *const event = lfb_not_full(t, q, way);
	struct lfb_patience p = LFB_PATIENCE;

	do {
		t->push_full++;
		if (!lfb_wait_step(t, q, h, &p, event, way))
			return lfb_wait_over(t, &p, event, false, way);
	} while (!q_push(q, h, value));
	return lfb_wait_over(t, &p, event, true, way);
}

LFB_SLOW bool lfb_push_polling(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value)
{
	return lfb_push_again(t, q, h, value, LFB_POLL);
}

LFB_SLOW bool lfb_push_parking(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value)
{
	return lfb_push_again(t, q, h, value, LFB_PARK);
}

/* Push one value, waiting as told. false: called off. */
LFB_TEMPLATE bool lfb_push(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value, const enum lfb_way way)
{
#ifdef LFB_HAS_BLOCK
	if (way == LFB_BLOCK_OWN)
		return lfb_tally_pushed(t, q_push_wait(q, h, value));
#endif
	if (LFB_UNLIKELY(!q_push(q, h, value)))
		if (!(lfb_when_full(way) == LFB_PARK ? lfb_push_parking(t, q, h, value) : lfb_push_polling(t, q, h, value)))
			return false;
	lfb_tell_pushed(t, q, 1, way);
	return lfb_tally_pushed(t, 1);
}

/* Acquire: pairs with the release in lfb_producer_done; after true, every push is visible. */
LFB_TEMPLATE bool lfb_all_produced(struct lfb_thread *t)
{
	return __atomic_load_n(&t->shared->producers_running, __ATOMIC_ACQUIRE) == 0;
}

/* `owed`: a value is sure to come. Otherwise false may also mean that all is produced and popped. */
LFB_TEMPLATE bool lfb_pop_again(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, const bool owed,
				const enum lfb_way way)
{
	struct lfb_waiters *const event = lfb_not_empty(t, q, way);
	struct lfb_patience p = LFB_PATIENCE;
	bool all_produced = false;

	do {
		t->pop_empty++;
		if (all_produced)
			return lfb_wait_over(t, &p, event, false, way);
		all_produced = !owed && lfb_all_produced(t);
		if (!all_produced && !lfb_wait_step(t, q, h, &p, event, way))
			return lfb_wait_over(t, &p, event, false, way);
	} while (!q_pop(q, h, value));
	return lfb_wait_over(t, &p, event, true, way);
}

LFB_SLOW bool lfb_pop_polling(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, bool owed)
{
	return lfb_pop_again(t, q, h, value, owed, LFB_POLL);
}

LFB_SLOW bool lfb_pop_parking(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, bool owed)
{
	return lfb_pop_again(t, q, h, value, owed, LFB_PARK);
}

/* The value of a slow pop passes through a variable of its own, so that the fast one's stays in a register. */
LFB_TEMPLATE bool lfb_pop_or_wait(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, const bool owed,
				  const enum lfb_way way)
{
	if (LFB_UNLIKELY(!q_pop(q, h, value))) {
		uint64_t late = 0;

		if (!(way == LFB_PARK ? lfb_pop_parking(t, q, h, &late, owed) : lfb_pop_polling(t, q, h, &late, owed)))
			return false;
		*value = late;
	}
	lfb_tell_popped(t, q, 1, way);
	return lfb_tally_popped(t, 1);
}

/* Pop one value that is owed to this thread, waiting as told. false: called off. */
LFB_TEMPLATE bool lfb_pop(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, const enum lfb_way way)
{
#ifdef LFB_HAS_BLOCK
	if (way == LFB_BLOCK_OWN)
		return lfb_tally_popped(t, q_pop_wait(q, h, value));
#endif
	return lfb_pop_or_wait(t, q, h, value, true, way);
}

/*
 * Pop until the producers are done and the queue says EMPTY once more after that
 * was seen: the flag is looked at only when a pop fails, so it costs nothing while
 * items flow. false: that is so, or the trial was called off.
 */
LFB_TEMPLATE bool lfb_pop_while_produced(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, const enum lfb_way way)
{
#ifdef LFB_HAS_BLOCK
	if (way == LFB_BLOCK_OWN) /* ends when the queue is closed and empty, which the last producer sees to */
		return lfb_tally_popped(t, q_pop_wait(q, h, value));
#endif
	return lfb_pop_or_wait(t, q, h, value, false, way);
}

/* Release: pairs with the acquire in lfb_all_produced; publishes this producer's pushes. `shared` is that of `q`. */
LFB_TEMPLATE void lfb_producer_done_in(struct lfb_thread *t, struct lfb_shared *shared, struct q *q, const enum lfb_way way)
{
	/* In parentheses the counting flavour does not count it: it is not the queue's. */
	const uint32_t left = (__atomic_sub_fetch)(&shared->producers_running, 1, __ATOMIC_ACQ_REL);

	if (way == LFB_PARK && left == 0)
		lfb_event_signal(t, &lfb_events_of(t, q)->not_empty, UINT32_MAX);
#ifdef LFB_HAS_BLOCK
	if (left == 0)
		q_close(q);
#endif
	(void)q;
}

LFB_TEMPLATE void lfb_producer_done(struct lfb_thread *t, struct q *q, const enum lfb_way way)
{
	lfb_producer_done_in(t, t->shared, q, way);
}

#endif
