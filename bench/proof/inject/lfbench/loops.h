/*
 * loops.h - stands in front of the real <lfbench/loops.h> and makes a queue slower by a chosen amount: the injected slowdowns of the gate's
 * proof (docs/gate-proof.md). The backend's file stays as it is: it is compiled with q_push and q_pop renamed, and the loops get these.
 *
 * DESIGN. What somebody adds to a queue without a second thought: a counter that both sides update now and then. Of INJECT_EVERY pushes (a power
 * of 2, by the number of the value), or pops, or both (INJECT_SIDES), INJECT_TIMES increment it, and where both do, its cache line has to come over
 * from the other CPU. So its cost rises and falls with that of the queue, whatever the host does with the CPUs; some
 * nanoseconds of arithmetic would be 1 % of one regime and 4 % of another. What it comes to is not computed but measured, by a long duet.
 */
#ifndef LFBENCH_INJECT_LOOPS_H
#define LFBENCH_INJECT_LOOPS_H

#include <lfbench/backend.h>

/* A pair of lines of its own: processors fetch two at a time. */
static struct {
	_Alignas(2 * LFB_LINE) uint64_t value;
	unsigned char rest[2 * LFB_LINE - sizeof(uint64_t)];
} inject_counter;

static inline void inject(uint64_t value)
{
	if ((value & (INJECT_EVERY - 1)) < INJECT_TIMES)
		(void)__atomic_fetch_add(&inject_counter.value, 1, __ATOMIC_RELAXED);
}

#undef q_push
static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	if (INJECT_SIDES & 1)
		inject(value);
	return q_push_uninjected(q, h, value);
}

#undef q_pop
static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	if (!q_pop_uninjected(q, h, value))
		return false;
	if (INJECT_SIDES & 2)
		inject(*value);
	return true;
}

#include_next <lfbench/loops.h>

#endif
