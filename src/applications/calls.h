/*
 * calls.h - for programs that call a loop of the backend many times: what the calls have counted, added up.
 *
 * A loop starts its figures anew with each call, so it is called on a copy of the thread's order, and the copy's
 * figures are added to the order, which is what the trial reads. parks and wakes go on by themselves: the copy has the sum.
 */
#ifndef LFBENCH_APPLICATIONS_CALLS_H
#define LFBENCH_APPLICATIONS_CALLS_H

#include <lfbench/backend.h>

/* A copy for calls with that `shared`. */
static inline struct lfb_thread lfb_call_of(const struct lfb_thread *order, struct lfb_shared *shared)
{
	struct lfb_thread call = *order;

	call.shared = shared;
	call.parks = call.wakes = 0;
	return call;
}

static inline void lfb_call_add_counters(struct lfb_counters *sum, const struct lfb_counters *more)
{
	sum->rmw += more->rmw;
	sum->cas += more->cas;
	sum->cas_failed += more->cas_failed;
	sum->locks += more->locks;
	sum->lock_contended += more->lock_contended;
	sum->lock_wait_ns += more->lock_wait_ns;
	sum->parks += more->parks;
	sum->wakes += more->wakes;
	sum->hidden |= more->hidden;
	if (more->depth_max > sum->depth_max)
		sum->depth_max = more->depth_max;
}

/* After a call that pushed, or one that popped; the copy is ready for the next one. */
static inline void lfb_call_add_pushes(struct lfb_thread *order, struct lfb_thread *call)
{
	order->pushed += call->pushed;
	order->push_full += call->push_full;
	order->parks += call->parks;
	order->wakes += call->wakes;
	call->parks = call->wakes = 0;
	lfb_call_add_counters(&order->counters, &call->counters);
}

static inline void lfb_call_add_pops(struct lfb_thread *order, struct lfb_thread *call)
{
	order->popped += call->popped;
	order->hash += call->hash;
	order->pop_empty += call->pop_empty;
	order->parks += call->parks;
	order->wakes += call->wakes;
	call->parks = call->wakes = 0;
	lfb_call_add_counters(&order->counters, &call->counters);
}

/* Where the values of the next call go in the log of an audit. */
static inline void lfb_call_log_on(const struct lfb_thread *order, struct lfb_thread *call)
{
	const uint64_t used = order->popped < order->log_slots ? order->popped : order->log_slots;

	if (order->log == NULL)
		return;
	call->log = order->log + used;
	call->log_slots = order->log_slots - used;
}

#endif
