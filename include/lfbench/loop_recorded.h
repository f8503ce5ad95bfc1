/*
 * loop_recorded.h - part of loops.h: the loops of `--check history`, which log a sample of the values (recording.h). They are loops of their own,
 * so that what is measured without has nothing of this in it. Their figures are those of a queue that is looked at: rows say so. Unlike
 * everywhere else push and pop are not inlined (see loop_history.h): a call of each is part of what it costs.
 */
#ifndef LFBENCH_LOOP_RECORDED_H
#define LFBENCH_LOOP_RECORDED_H

#include <lfbench/loop_bodies.h>
#include <lfbench/loop_history.h>
#include <lfbench/recording.h>

/* An operation with a sampled value that has just returned. */
LFB_TEMPLATE void lfb_recording_log(struct lfb_recording *r, uint32_t kind, uint64_t value, uint64_t call)
{
	r->known = lfb_stamp_both(r->use_counter);
	r->hot = LFB_RECORDING_HOT;
	lfb_recording_add(r, kind, LFB_HISTORY_OK, value, call, r->known);
}

/* How this thread waits. Known at run time here: these loops are compiled once, and not for each way. */
LFB_TEMPLATE enum lfb_way lfb_way_of(const struct lfb_thread *t)
{
	return t->wait == LFB_WAIT_PARK ? LFB_PARK : t->wait == LFB_WAIT_BLOCK ? LFB_BLOCK_OWN : LFB_POLL;
}

/* Push one value, waiting as told; log it if it is sampled. Each try is stamped anew, so that the wait for room is not taken for a part of it. */
LFB_LOGGED bool lfb_push_slowly(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value, bool sampled)
{
	struct lfb_recording *const r = t->recording;
	const enum lfb_way way = lfb_way_of(t), full_way = lfb_when_full(way);
	struct lfb_waiters *const event = &lfb_events_of(t, q)->not_full; /* which only who parks looks at */
	struct lfb_patience p = LFB_PATIENCE;
	/* Before the first of a window values have passed without a stamp. */
	uint64_t call = !sampled || value % LFB_RECORDING_WINDOW != 0 ? r->known : lfb_stamp_call(r->use_counter);

#ifdef LFB_HAS_BLOCK
	if (way == LFB_BLOCK_OWN) {
		if (!lfb_logged_push_wait(q, h, value))
			return false;
		if (sampled)
			lfb_recording_log(r, LFB_HISTORY_PUSH, value, call);
		return true;
	}
#endif
	while (!lfb_logged_push(q, h, value)) {
		t->push_full++;
		if (!lfb_wait_step(t, q, h, &p, event, full_way))
			return lfb_wait_over(t, &p, event, false, full_way);
		if (sampled)
			call = lfb_stamp_call(r->use_counter);
	}
	if (sampled)
		lfb_recording_log(r, LFB_HISTORY_PUSH, value, call);
	(void)lfb_wait_over(t, &p, event, true, full_way);
	lfb_tell_pushed(t, q, 1, way);
	return true;
}

LFB_TEMPLATE bool lfb_push_recorded(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value, const enum lfb_way way)
{
	const bool sampled = lfb_recording_takes(&t->recording->sample, value);

	if (sampled || way == LFB_BLOCK_OWN)
		return lfb_push_slowly(t, q, h, value, sampled);
	if (LFB_UNLIKELY(!lfb_logged_push(q, h, value))) {
		t->push_full++;
		return lfb_push_slowly(t, q, h, value, false);
	}
	lfb_tell_pushed(t, q, 1, way);
	return true;
}

/* An EMPTY. Of many in a row the first and the latest are kept: one between them says nothing that those do not. */
LFB_TEMPLATE void lfb_recording_empty(struct lfb_recording *r, uint64_t call)
{
	const uint32_t streak = r->streak;

	if (r->hot == 0 || (r->empties == 0 && streak < 2))
		return;
	if (streak < 2)
		r->empties--;
	else
		r->used--;
	r->known = lfb_stamp_return(r->use_counter);
	lfb_recording_add(r, LFB_HISTORY_POP, LFB_HISTORY_REFUSED, 0, call, r->known);
	r->streak = streak < 2 ? streak + 1 : streak;
}

LFB_LOGGED void lfb_recording_log_pop(struct lfb_recording *r, uint64_t value, uint64_t call)
{
	lfb_recording_log(r, LFB_HISTORY_POP, value, call);
}

LFB_TEMPLATE void lfb_recording_popped(struct lfb_recording *r, uint64_t value, uint64_t call)
{
	if (lfb_recording_takes(&r->sample, value)) {
		lfb_recording_log_pop(r, value, call);
	} else if (r->hot > 0) {
		r->hot--;
		r->known = lfb_stamp_both(r->use_counter);
		r->streak = 0;
	}
}

/* As lfb_pop_again, with every EMPTY looked at. *call is that of the try that succeeds. */
LFB_LOGGED bool lfb_pop_slowly(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, uint64_t *call, bool owed)
{
	const enum lfb_way way = lfb_way_of(t);
	struct lfb_waiters *const event = &lfb_events_of(t, q)->not_empty;
	struct lfb_patience p = LFB_PATIENCE;
	bool all_produced = false;

	do {
		lfb_recording_empty(t->recording, *call);
		t->pop_empty++;
		if (all_produced)
			return lfb_wait_over(t, &p, event, false, way);
		all_produced = !owed && lfb_all_produced(t);
		if (!all_produced && !lfb_wait_step(t, q, h, &p, event, way))
			return lfb_wait_over(t, &p, event, false, way);
		if (t->recording->hot > 0) /* the wait is no part of the next try */
			t->recording->known = lfb_stamp_call(t->recording->use_counter);
		*call = t->recording->known;
	} while (!lfb_logged_pop(q, h, value));
	return lfb_wait_over(t, &p, event, true, way);
}

/* `owed` as in lfb_pop_or_wait: false of lfb_pop_while_produced, true of lfb_pop. */
LFB_TEMPLATE bool lfb_pop_recorded(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t *value, const bool owed, const enum lfb_way way)
{
	uint64_t call = t->recording->known;

#ifdef LFB_HAS_BLOCK
	if (way == LFB_BLOCK_OWN) {
		if (!lfb_logged_pop_wait(q, h, value))
			return false;
		lfb_recording_popped(t->recording, *value, call);
		return true;
	}
#endif
	if (LFB_UNLIKELY(!lfb_logged_pop(q, h, value)) && !lfb_pop_slowly(t, q, h, value, &call, owed))
		return false;
	lfb_recording_popped(t->recording, *value, call);
	lfb_tell_popped(t, q, 1, way);
	return true;
}

/* Before any operation: the first stamp. */
LFB_TEMPLATE void lfb_recording_start(struct lfb_recording *r)
{
	r->known = lfb_stamp_call(r->use_counter);
}

LFB_LOGGED void lfb_produce_recorded_body(struct lfb_thread *t)
{
	const enum lfb_way way = lfb_way_of(t);
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value;
	const uint64_t end = first + t->items;
	uint64_t value;

	t->push_full = 0;
	lfb_recording_start(t->recording);
	for (value = first; value != end; value++) {
		if (LFB_UNLIKELY(!lfb_push_recorded(t, q, h, value, way)))
			break;
		if ((value & (LFB_IDLE_ITEMS - 1)) == 0)
			lfb_logged_idle(q, h);
	}
	lfb_producer_done(t, q, way);
	t->pushed = value - first;
}

LFB_LOGGED void lfb_consume_recorded_body(struct lfb_thread *t)
{
	const enum lfb_way way = lfb_way_of(t);
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	uint64_t popped = 0, hash = 0, value;

	t->pop_empty = 0;
	lfb_recording_start(t->recording);
	while (lfb_pop_recorded(t, q, h, &value, false, way)) {
		hash += lfb_mix(value);
		popped++;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			lfb_logged_idle(q, h);
	}
	t->popped = popped;
	t->hash = hash;
}

LFB_LOGGED void lfb_pairs_recorded_body(struct lfb_thread *t)
{
	const enum lfb_way way = lfb_way_of(t);
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value, items = t->items;
	uint64_t pushed = 0, popped = 0, hash = 0;

	t->push_full = t->pop_empty = 0;
	lfb_recording_start(t->recording);
	while (popped != items) {
		uint64_t value;

		if (LFB_UNLIKELY(!lfb_push_recorded(t, q, h, first + pushed, way)))
			break;
		pushed++;
		if (LFB_UNLIKELY(!lfb_pop_recorded(t, q, h, &value, true, way)))
			break;
		hash += lfb_mix(value);
		popped++;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			lfb_logged_idle(q, h);
	}
	t->pushed = pushed;
	t->popped = popped;
	t->hash = hash;
}

#endif
