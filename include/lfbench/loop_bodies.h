/*
 * loop_bodies.h - part of loops.h: the bodies of the loops, each one always inlined with constant
 * arguments: how to wait, and what to look at besides the sum of the values. LFB_LOOK_NOTHING is
 * what throughput is measured with; everything that another way of looking needs vanishes from it.
 */
#ifndef LFBENCH_LOOP_BODIES_H
#define LFBENCH_LOOP_BODIES_H

#include <lfbench/loop_latency.h>
#include <lfbench/loop_waiting.h>

/* Items between two calls of q_idle; a power of two. */
#define LFB_IDLE_ITEMS 1024u


/* Of a value popped, the nth of this thread. */
LFB_TEMPLATE void lfb_look_at(struct lfb_thread *t, uint64_t nth, uint64_t value, const enum lfb_look look)
{
	if (look == LFB_LOOK_AUDIT && nth < t->log_slots)
		t->log[nth] = value;
	if (look == LFB_LOOK_CLOSED && lfb_is_sampled(t->latency, value))
		lfb_time_sampled(t, value, lfb_ticks_after(&t->latency->time));
	if (look == LFB_LOOK_OPEN)
		lfb_time_due(t, value);
}

LFB_TEMPLATE void lfb_produce_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value;
	const uint64_t end = first + t->items;
	uint64_t value;

	t->push_full = 0;
	for (value = first; value != end; value++) {
		lfb_stamp(t, value, look);
		if (LFB_UNLIKELY(!lfb_push(t, q, h, value, way)))
			break;
		if ((value & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	lfb_producer_done(t, q, way);
	t->pushed = value - first;
}

LFB_TEMPLATE void lfb_consume_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	uint64_t popped = 0, hash = 0, value;

	t->pop_empty = 0;
	while (lfb_pop_while_produced(t, q, h, &value, way)) {
		lfb_look_at(t, popped, value, look);
		hash += lfb_mix(value);
		popped++;
		if ((popped & (LFB_IDLE_ITEMS - 1)) == 0)
			q_idle(q, h);
	}
	t->popped = popped;
	t->hash = hash;
}

/* Each thread pushes one value and pops one (not necessarily its own), `items` times. */
LFB_TEMPLATE void lfb_pairs_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const uint64_t first = t->first_value, items = t->items;
	uint64_t pushed = 0, popped = 0, hash = 0;

	t->push_full = t->pop_empty = 0;
	while (popped != items) {
		uint64_t value;

		lfb_stamp(t, first + pushed, look);
		if (LFB_UNLIKELY(!lfb_push(t, q, h, first + pushed, way)))
			break;
		pushed++;
		if (LFB_UNLIKELY(!lfb_pop(t, q, h, &value, way)))
			break;
		lfb_look_at(t, popped, value, look);
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

LFB_TEMPLATE void lfb_flight_landed(struct lfb_thread *t, struct lfb_flight *f, uint64_t value, const enum lfb_look look)
{
	lfb_look_at(t, f->popped, value, look);
	f->hash += lfb_mix(value);
	f->popped++;
	if ((f->popped & (LFB_IDLE_ITEMS - 1)) == 0) {
		q_idle(f->out, f->out_handle);
		q_idle(f->back, f->back_handle);
	}
}

LFB_TEMPLATE void lfb_ping_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct lfb_flight f = lfb_flight_start(t);
	const uint64_t first = t->first_value, items = t->items;

	while (f.popped != items) {
		uint64_t value;

		lfb_stamp(t, first + f.pushed, look);
		if (LFB_UNLIKELY(!lfb_push(t, f.out, f.out_handle, first + f.pushed, way)))
			break;
		f.pushed++;
		if (LFB_UNLIKELY(!lfb_pop(t, f.back, f.back_handle, &value, way)))
			break;
		lfb_flight_landed(t, &f, value, look);
	}
	lfb_flight_end(t, &f);
}

/* Sends back what it received, so that a wrong value is seen on both sides. */
LFB_TEMPLATE void lfb_pong_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct lfb_flight f = lfb_flight_start(t);
	const uint64_t items = t->items;

	while (f.popped != items) {
		uint64_t value;

		if (LFB_UNLIKELY(!lfb_pop(t, f.out, f.out_handle, &value, way)))
			break;
		lfb_flight_landed(t, &f, value, look);
		if (LFB_UNLIKELY(!lfb_push(t, f.back, f.back_handle, value, way)))
			break;
		f.pushed++;
	}
	lfb_flight_end(t, &f);
}

LFB_TEMPLATE void lfb_produce_batch_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const enum lfb_way full_way = lfb_when_full(way);
	struct lfb_waiters *const event = lfb_not_full(t, q, full_way);
	const uint64_t first = t->first_value, items = t->items;
	const unsigned batch = t->batch;
	uint64_t values[LFB_BATCH_MAX];
	uint64_t pushed = 0, full = 0;

	while (pushed != items) {
		const uint64_t left = items - pushed;
		const unsigned n = left < batch ? (unsigned)left : batch;
		struct lfb_patience p = LFB_PATIENCE;
		unsigned done = 0;

		for (unsigned i = 0; i < n; i++)
			values[i] = first + pushed + i;
		lfb_stamp_all(t, values, n, look);
		for (;;) {
			const unsigned some = q_push_batch(q, h, values + done, n - done);

			done += some;
			if (some > 0)
				lfb_tell_pushed(t, q, some, way);
			if (LFB_LIKELY(done == n))
				break;
			full++;
			if (!lfb_wait_step(t, q, h, &p, event, full_way)) {
				(void)lfb_wait_over(t, &p, event, false, full_way);
				pushed += done;
				goto out;
			}
		}
		(void)lfb_wait_over(t, &p, event, true, full_way);
		pushed += n;
		(void)lfb_tally_pushed(t, n);
		q_idle(q, h);
	}
out:
	lfb_producer_done(t, q, way);
	t->pushed = pushed;
	t->push_full = full;
}

LFB_TEMPLATE void lfb_consume_batch_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	struct lfb_waiters *const event = lfb_not_empty(t, q, way);
	const unsigned batch = t->batch;
	uint64_t values[LFB_BATCH_MAX];
	uint64_t popped = 0, empty = 0, hash = 0;
	bool all_produced = false, last_try;

	for (;;) {
		struct lfb_patience p = LFB_PATIENCE;
		unsigned n;

		while (LFB_UNLIKELY((n = q_pop_batch(q, h, values, batch)) == 0)) {
			empty++;
			last_try = all_produced;
			all_produced = lfb_all_produced(t);
			if (last_try || (!all_produced && !lfb_wait_step(t, q, h, &p, event, way))) {
				(void)lfb_wait_over(t, &p, event, false, way);
				goto out;
			}
		}
		(void)lfb_wait_over(t, &p, event, true, way);
		lfb_tell_popped(t, q, n, way);
		(void)lfb_tally_popped(t, n);
		for (unsigned i = 0; i < n; i++) {
			lfb_look_at(t, popped + i, values[i], look);
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

/*
 * The open loop's producer: each value at its own time, whatever became of the ones before. A push
 * that had to wait makes the next ones late, and their latency counts from when they were due.
 */
LFB_TEMPLATE void lfb_produce_open_body(struct lfb_thread *t, const enum lfb_way way, const enum lfb_look look)
{
	struct q *const q = (struct q *)t->queue[0];
	struct q_handle *const h = (struct q_handle *)t->handle[0];
	const struct lfb_latency_plan *const l = t->latency;
	const uint64_t producer = t->first_value >> LFB_VALUE_SHIFT, start = lfb_schedule_start(t);
	uint64_t pushed = 0;

	(void)look; /* every value's time is in the schedule */
	t->push_full = 0;
	while (pushed != t->items) {
		const uint64_t value = t->first_value + pushed;
		const uint64_t due = start + lfb_due_ticks(l, pushed * l->producers + producer);
		uint64_t now;

		while ((int64_t)((now = lfb_ticks_before(&l->time)) - due) < 0) {
			if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
				goto out;
			q_idle(q, h);
			if (t->wait == LFB_WAIT_SPIN || t->wait == LFB_WAIT_BACKOFF)
				lfb_pause();
			else
				sched_yield();
		}
		if (lfb_is_sampled(l, value))
			lfb_stamp_at(t, value, now);
		if (LFB_UNLIKELY(!lfb_push(t, q, h, value, way)))
			break;
		pushed++;
	}
out:
	lfb_producer_done(t, q, way);
	t->pushed = pushed;
}

#endif
