/*
 * loop_history.h - part of loops.h: the loop of `lfbench check`. It follows a script of single operations and logs
 * each with the time of its call and of its return (history.h). Never timed, and in the timing flavour only.
 *
 * DESIGN. One loop for producers and consumers, and in it one copy of each of the queue's functions: there are enough
 * loops to compile. The log entry is written before the call, as one that never returned, so that a queue in which
 * a thread hangs leaves a history that says where.
 */
#ifndef LFBENCH_LOOP_HISTORY_H
#define LFBENCH_LOOP_HISTORY_H

#include <lfbench/history.h>
#include <lfbench/loop_waiting.h>
#include <lfbench/scheduling.h>

/* Entries that one step's try can take: the first refusal, the latest, and the operations themselves. */
#define LFB_HISTORY_SLOTS_TRY (LFB_HISTORY_BATCH_MAX + 2u)

LFB_TEMPLATE bool lfb_history_pushes(unsigned what)
{
	return what == LFB_STEP_PUSH || what == LFB_STEP_PUSH_BATCH || what == LFB_STEP_PUSH_WAIT;
}

/*
 * Of the loops that log, and what they share. A compiler inlines only so much into one file, and what these took of that would be missing in the loops that
 * are measured: so they are cold, which is made for size, and have the queue's functions in one copy each (the codegen test looks for what is missing).
 * They stay in the section of the others, which layout.h moves.
 */
#define LFB_LOGGED static __attribute__((noinline, unused, cold, section(".text")))

LFB_LOGGED bool lfb_logged_push(struct q *q, struct q_handle *h, uint64_t value)
{
	return q_push(q, h, value);
}

LFB_LOGGED bool lfb_logged_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	return q_pop(q, h, value);
}

LFB_LOGGED void lfb_logged_idle(struct q *q, struct q_handle *h)
{
	q_idle(q, h);
}

#ifdef LFB_HAS_BLOCK
LFB_LOGGED bool lfb_logged_push_wait(struct q *q, struct q_handle *h, uint64_t value)
{
	return q_push_wait(q, h, value);
}

LFB_LOGGED bool lfb_logged_pop_wait(struct q *q, struct q_handle *h, uint64_t *value)
{
	return q_pop_wait(q, h, value);
}
#endif

/* The queue's function for `what`. Returns how many values were transferred. */
LFB_TEMPLATE unsigned lfb_history_operate(struct q *q, struct q_handle *h, unsigned what, uint64_t *values, unsigned count)
{
	switch (what) {
	case LFB_STEP_PUSH:
		return lfb_logged_push(q, h, values[0]) ? 1 : 0;
	case LFB_STEP_POP:
		return lfb_logged_pop(q, h, &values[0]) ? 1 : 0;
	case LFB_STEP_PUSH_BATCH:
		return q_push_batch(q, h, values, count);
	case LFB_STEP_POP_BATCH:
		return q_pop_batch(q, h, values, count);
#ifdef LFB_HAS_BLOCK
	case LFB_STEP_PUSH_WAIT:
		return lfb_logged_push_wait(q, h, values[0]) ? 1 : 0;
	case LFB_STEP_POP_WAIT:
		return lfb_logged_pop_wait(q, h, &values[0]) ? 1 : 0;
#endif
	default:
		return 0;
	}
}

/* Entries for an operation that is about to be called; of a pop there is one, whatever it will bring. */
LFB_TEMPLATE void lfb_history_open(struct lfb_history_op *op, bool pushes, const uint64_t *values, unsigned count)
{
	for (unsigned i = 0; i < (pushes ? count : 1); i++) {
		op[i].value = pushes ? values[i] : 0;
		op[i].ret = LFB_HISTORY_NEVER;
		op[i].answer = LFB_HISTORY_PENDING;
		op[i].kind = pushes ? LFB_HISTORY_PUSH : LFB_HISTORY_POP;
	}
}

/* The entries of an operation that has returned: `done` of `count` values, none being a refusal. Returns how many stay. */
LFB_TEMPLATE unsigned lfb_history_close(struct lfb_history_op *op, bool pushes, const uint64_t *values, unsigned count,
					unsigned done, uint64_t ret)
{
	const uint64_t call = op[0].call;
	const unsigned kept = done > 0 ? done : 1;

	for (unsigned i = 0; i < kept; i++) {
		op[i].kind = pushes ? LFB_HISTORY_PUSH : LFB_HISTORY_POP;
		op[i].call = call;
		op[i].ret = ret > call ? ret : call; /* on another CPU's clock it may be */
		op[i].answer = done > 0 ? LFB_HISTORY_OK : LFB_HISTORY_REFUSED;
		if (!pushes)
			op[i].value = done > 0 ? values[i] : 0;
	}
	for (unsigned i = kept; pushes && i < count; i++)
		op[i].kind = LFB_HISTORY_UNUSED;
	return kept;
}

/* Call the queue once and log it behind what is there, without counting the entries. Returns how many values it transferred. */
LFB_LOGGED unsigned lfb_history_try(struct lfb_thread *t, struct q *q, struct q_handle *h, unsigned what, unsigned count)
{
	struct lfb_history_order *const o = t->history;
	struct lfb_history_op *const op = &o->ops[o->used];
	const bool pushes = lfb_history_pushes(what);
	uint64_t values[LFB_HISTORY_BATCH_MAX];
	uint64_t call, ret;
	unsigned done;

	for (unsigned i = 0; i < count; i++)
		values[i] = pushes ? t->first_value + t->pushed + i : 0;
	lfb_history_open(op, pushes, values, count);
	call = o->fresh ? o->stamp : lfb_stamp_call(o->use_counter);
	for (unsigned i = 0; i < (pushes ? count : 1); i++)
		op[i].call = call;
	done = lfb_history_operate(q, h, what, values, count);
	o->stamp = ret = o->apart ? lfb_stamp_return(o->use_counter) : lfb_stamp_both(o->use_counter);
	o->fresh = !o->apart;
	done = done < count ? done : count;
	(void)lfb_history_close(op, pushes, values, count, done, ret);
	return done;
}

/*
 * Keep what the last try has left, the `refusals`th of its step if it is one. A batch that pushed nothing may only have
 * found too little room, and a blocking push was called off: neither says FULL.
 */
LFB_TEMPLATE void lfb_history_keep(struct lfb_thread *t, unsigned what, unsigned done, uint64_t refusals)
{
	struct lfb_history_order *const o = t->history;

	if (done > 0) {
		o->used += done;
		*(lfb_history_pushes(what) ? &t->pushed : &t->popped) += done;
	} else if (what == LFB_STEP_PUSH_BATCH || what == LFB_STEP_PUSH_WAIT) {
		o->ops[o->used].kind = LFB_HISTORY_UNUSED;
	} else if (refusals <= 2) {
		o->used++;
	} else {
		o->ops[o->used - 1] = o->ops[o->used];
		o->ops[o->used].kind = LFB_HISTORY_UNUSED;
	}
}

/* Wait until all are here; acquire-release, so that what each did before is visible to all after. false: called off. */
LFB_LOGGED bool lfb_history_meet(struct lfb_thread *t, struct q *q, struct q_handle *h)
{
	struct lfb_history_order *const o = t->history;
	const uint32_t all = ++o->meetings * o->meeting->members;
	struct lfb_patience p = LFB_PATIENCE;

	/* Release: pairs with the acquire load below, in every other thread; publishes what this one did. */
	(void)(__atomic_add_fetch)(&o->meeting->arrived, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&o->meeting->arrived, __ATOMIC_ACQUIRE) < all)
		if (!lfb_wait_step(t, q, h, &p, (struct lfb_waiters *)0, LFB_POLL))
			return false;
	return true;
}

/* One operation of a step, tried as often as it says. false: called off, or all is produced and popped. */
LFB_TEMPLATE bool lfb_history_do(struct lfb_thread *t, struct q *q, struct q_handle *h, const struct lfb_history_step *s)
{
	const bool blocks = s->what == LFB_STEP_PUSH_WAIT || s->what == LFB_STEP_POP_WAIT;
	struct lfb_patience p = LFB_PATIENCE;
	bool all_produced = false;

	for (uint64_t refusals = 1;; refusals++) {
		const unsigned done = lfb_history_try(t, q, h, s->what, s->count);

		lfb_history_keep(t, s->what, done, refusals);
		t->history->refused = done == 0;
		if (done > 0)
			return true;
		if (blocks || all_produced)
			return false;
		if (refusals == s->tries)
			return true;
		t->history->fresh = 0;
		all_produced = s->until == LFB_UNTIL_PRODUCED && lfb_all_produced(t);
		if (!all_produced && !lfb_wait_step(t, q, h, &p, (struct lfb_waiters *)0, LFB_POLL))
			return false;
	}
}

/* false: leave the script; the log is full, the trial called off, or all is popped. */
LFB_TEMPLATE bool lfb_history_follow(struct lfb_thread *t, struct q *q, struct q_handle *h, const struct lfb_history_step *s)
{
	struct lfb_history_order *const o = t->history;

	for (uint32_t i = 0; i < s->times; i++) {
		for (unsigned n = 0; n < s->yields; n++)
			sched_yield();
		for (unsigned n = 0; n < s->pauses; n++)
			lfb_pause();
		if (s->yields > 0 || s->pauses > 0 || s->what == LFB_STEP_MEET)
			o->fresh = 0;
		if (s->what == LFB_STEP_MEET ? !lfb_history_meet(t, q, h) :
					       o->slots - o->used < LFB_HISTORY_SLOTS_TRY || !lfb_history_do(t, q, h, s))
			return false;
		lfb_logged_idle(q, h);
		if (s->until == LFB_UNTIL_EMPTY && o->refused)
			break;
	}
	return true;
}

LFB_LOGGED void lfb_history_body(struct lfb_thread *t)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	struct lfb_history_order *const o = t->history;

	t->pushed = t->popped = 0;
	lfb_schedule_begin(o);
	for (uint64_t i = 0; i < o->step_count && lfb_history_follow(t, q, h, &o->steps[i]); i++)
		;
	if (o->produces)
		lfb_producer_done(t, q, LFB_POLL);
	lfb_schedule_end();
}

#endif
