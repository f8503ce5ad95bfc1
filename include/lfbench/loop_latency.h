/*
 * loop_latency.h - part of loops.h: how the loops of the latency pass take the time of a value.
 *
 * DESIGN. A value keeps its bits for verification: producer and number. What else is to be known of
 * it is found from these. When it was sent stands in an array beside the queue, which its producer
 * writes before the push and its consumer reads after the pop: the queue itself publishes it. When it
 * was due (open loop) follows from its number and the schedule, so nothing need be kept.
 *
 * Closed loop: reading the clock costs as much as a fast queue's operation, so of each
 * 2^sample_shift values of a producer one is timed, at a place in the window that changes from
 * window to window: a fixed place would meet every ring's wrap and every block's end, or none.
 */
#ifndef LFBENCH_LOOP_LATENCY_H
#define LFBENCH_LOOP_LATENCY_H

#include <lfbench/backend.h>

/* What a loop looks at besides the sum of the values. */
enum lfb_look {
	LFB_LOOK_NOTHING, /* throughput and contention */
	LFB_LOOK_AUDIT,   /* keep every value */
	LFB_LOOK_CLOSED,  /* latency of a sample, as fast as it goes */
	LFB_LOOK_OPEN     /* latency of every value, sent at given times */
};

/* A value's number in its producer's sequence, from 0. */
LFB_TEMPLATE uint64_t lfb_number(uint64_t value)
{
	return (value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1)) - 1;
}

LFB_TEMPLATE bool lfb_is_sampled(const struct lfb_latency_plan *l, uint64_t value)
{
	const uint64_t number = lfb_number(value), window = number >> l->sample_shift;
	const uint64_t mask = (UINT64_C(1) << l->sample_shift) - 1;

	return ((lfb_mix(window) >> 16 ^ number) & mask) == 0;
}

/* Ticks from `from` to `to`; 0 where the clocks of two CPUs disagree by more than that. */
LFB_TEMPLATE uint64_t lfb_elapsed_ns(const struct lfb_latency_plan *l, uint64_t from, uint64_t to)
{
	return (int64_t)(to - from) > 0 ? lfb_ticks_ns(&l->time, to - from) : 0;
}

/* Of a sampled value. Relaxed, here and in lfb_time_sampled: the queue's own push and pop publish what is stored before them. */
LFB_TEMPLATE void lfb_stamp_at(struct lfb_thread *t, uint64_t value, uint64_t now)
{
	const struct lfb_latency_plan *const l = t->latency;

	__atomic_store_n(&l->sent[value >> LFB_VALUE_SHIFT].ticks[lfb_number(value) >> l->sample_shift], now, __ATOMIC_RELAXED);
}

LFB_TEMPLATE void lfb_stamp(struct lfb_thread *t, uint64_t value, const enum lfb_look look)
{
	if (look == LFB_LOOK_CLOSED && lfb_is_sampled(t->latency, value))
		lfb_stamp_at(t, value, lfb_ticks_before(&t->latency->time));
}

LFB_TEMPLATE void lfb_stamp_all(struct lfb_thread *t, const uint64_t *values, unsigned n, const enum lfb_look look)
{
	if (look == LFB_LOOK_CLOSED)
		for (unsigned i = 0; i < n; i++)
			lfb_stamp(t, values[i], look);
}

/* Of a sampled value. One that no producer can have pushed is left to the verification: it has no place in the arrays. */
LFB_TEMPLATE void lfb_time_sampled(struct lfb_thread *t, uint64_t value, uint64_t now)
{
	const struct lfb_latency_plan *const l = t->latency;
	const uint64_t producer = value >> LFB_VALUE_SHIFT, slot = lfb_number(value) >> l->sample_shift;

	if (producer < l->producers && slot < l->sent[producer].slots)
		lfb_histogram_record(t->service, lfb_elapsed_ns(l, __atomic_load_n(&l->sent[producer].ticks[slot], __ATOMIC_RELAXED), now));
}

/* When item `n` of all is due, in ticks from the start of the schedule. */
LFB_TEMPLATE uint64_t lfb_due_ticks(const struct lfb_latency_plan *l, uint64_t n)
{
	double gaps = (double)n;

	if (l->arrivals != NULL)
		gaps = (double)(n / LFB_ARRIVALS) * l->arrivals_period + l->arrivals[n % LFB_ARRIVALS];
	return (uint64_t)(gaps * l->ticks_per_item);
}

/* Of every value popped: from when it was due; and of a sample, from when it was really sent. */
LFB_TEMPLATE void lfb_time_due(struct lfb_thread *t, uint64_t value)
{
	const struct lfb_latency_plan *const l = t->latency;
	const uint64_t now = lfb_ticks_after(&l->time);
	const uint64_t start = __atomic_load_n(&t->shared->start_ticks, __ATOMIC_RELAXED);
	const uint64_t n = lfb_number(value) * l->producers + (value >> LFB_VALUE_SHIFT);

	lfb_histogram_record(t->response, lfb_elapsed_ns(l, start + lfb_due_ticks(l, n), now));
	if (lfb_is_sampled(l, value))
		lfb_time_sampled(t, value, now);
}

/*
 * When the schedule starts: whoever is first says so. Relaxed is enough: a consumer that has a value in its
 * hands got it through the queue from a producer that knew the start.
 */
LFB_TEMPLATE uint64_t lfb_schedule_start(struct lfb_thread *t)
{
	uint64_t mine = lfb_ticks_before(&t->latency->time) + t->latency->lead_ticks, seen = 0;

	return __atomic_compare_exchange_n(&t->shared->start_ticks, &seen, mine, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) ? mine : seen;
}

#endif
