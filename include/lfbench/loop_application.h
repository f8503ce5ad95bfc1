/*
 * loop_application.h - part of loops.h: the loops of the workloads that do something with the values.
 *
 * DESIGN. What a program does before a push and after a pop (make a payload, run a task, answer a
 * socket) is the workload's, and the same for every queue; it is two functions of the host, called once
 * per value on either side of the queue. The queue's own part, with its waiting, is inlined here as
 * in the other loops: nothing stands between it and the thread that uses it. A call of a function
 * that does nothing costs 1 to 2 ns; backend `null` in the same cell shows it.
 */
#ifndef LFBENCH_LOOP_APPLICATION_H
#define LFBENCH_LOOP_APPLICATION_H

#include <lfbench/loop_bodies.h>

LFB_TEMPLATE void lfb_drop(struct lfb_thread *t, uint64_t value)
{
	t->drops++;
	t->drops_hash += lfb_mix(value);
	t->dropped(t, value);
}

/* Push by giving up the oldest values, which takes a queue that lets this thread pop. false: called off. */
LFB_TEMPLATE bool lfb_push_over(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value)
{
	while (!q_push(q, h, value)) {
		uint64_t oldest;

		t->push_full++;
		if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
			return false;
		if (q_pop(q, h, &oldest))
			lfb_drop(t, oldest);
		else
			lfb_pause();
	}
	return true;
}

/* One value of `feed`, with what is to be done when the queue is full. false: called off. */
LFB_TEMPLATE bool lfb_push_fed(struct lfb_thread *t, struct q *q, struct q_handle *h, uint64_t value, const enum lfb_way way)
{
	if (t->overflow == LFB_OVERFLOW_WAIT)
		return lfb_push(t, q, h, value, way);
	if (t->overflow == LFB_OVERFLOW_DROP) {
		if (!q_push(q, h, value)) {
			t->push_full++;
			lfb_drop(t, value);
			return true;
		}
	} else if (!lfb_push_over(t, q, h, value)) {
		return false;
	}
	lfb_tell_pushed(t, q, 1, way);
	return lfb_tally_pushed(t, 1);
}

/* pushed: values that `feed` has given, those that were dropped included; these are counted apart. */
LFB_TEMPLATE void lfb_feed_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	uint64_t fed = 0, value;

	(void)look;
	t->push_full = t->drops = t->drops_hash = 0;
	while (t->feed(t, &value)) {
		if (LFB_UNLIKELY(!lfb_push_fed(t, q, h, value, way)))
			break;
		fed++;
		if ((fed & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	lfb_producer_done(t, q, way);
	t->pushed = fed;
}

LFB_TEMPLATE void lfb_serve_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	uint64_t popped = 0, hash = 0, value;

	t->pop_empty = 0;
	while (lfb_pop_while_produced(t, q, h, &value, way)) {
		lfb_look_at(t, popped, value, look); /* log_slots is 0 but in an audit */
		hash += lfb_mix(value);
		popped++;
		t->popped = popped; /* `serve` may look */
		if (!t->serve(t, value))
			break;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	t->popped = popped;
	t->hash = hash;
}

LFB_TEMPLATE void lfb_relay_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct lfb_flight f = lfb_flight_start(t); /* pops from f.out, pushes to f.back */
	uint64_t value;

	while (lfb_pop_while_produced(t, f.out, f.out_handle, &value, way)) {
		lfb_flight_landed(t, &f, value, look);
		if (!t->serve(t, value) || LFB_UNLIKELY(!lfb_push(t, f.back, f.back_handle, value, way)))
			break;
		f.pushed++;
	}
	lfb_producer_done_in(t, t->shared_out, f.back, way);
	lfb_flight_end(t, &f);
}

/* `shared` is that of queue 0, shared_out that of queue 1. */
LFB_TEMPLATE void lfb_split_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct lfb_flight f = lfb_flight_start(t);
	uint64_t value;

	(void)look;
	while (t->feed(t, &value)) {
		const bool ok = f.pushed % 2 == 0 ? lfb_push(t, f.out, f.out_handle, value, way)
						  : lfb_push(t, f.back, f.back_handle, value, way);

		if (LFB_UNLIKELY(!ok))
			break;
		f.pushed++;
	}
	lfb_producer_done_in(t, t->shared, f.out, way);
	lfb_producer_done_in(t, t->shared_out, f.back, way);
	lfb_flight_end(t, &f);
}

LFB_TEMPLATE void lfb_try_push_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];

	(void)look;
	t->pushed = q_push(q, h, t->single);
	t->push_full = t->pushed == 0;
	if (t->pushed > 0)
		lfb_tell_pushed(t, q, 1, way);
	else
		q_idle(q, h);
}

LFB_TEMPLATE void lfb_try_pop_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];

	(void)look;
	t->popped = q_pop(q, h, &t->single);
	t->pop_empty = t->popped == 0;
	t->hash = t->popped > 0 ? lfb_mix(t->single) : 0;
	if (t->popped > 0)
		lfb_tell_popped(t, q, 1, way);
	else
		q_idle(q, h);
}

#endif
