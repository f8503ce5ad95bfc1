/*
 * loops.h - stands in front of the real <lfbench/loops.h> and makes a queue slower by a chosen amount: the injected slowdowns of the gate's
 * proof (docs/gate-proof.md). The backend's file stays as it is: it is compiled with q_push and q_pop renamed, and the loops get these.
 *
 * DESIGN. The queue does more of what it does: after INJECT_TIMES of 1024 pushes (by the number of the value) one more value is pushed, which
 * pops pass over. So its cost is about 1 + INJECT_TIMES / 1024 times that of the same code with 0, whatever the host does with the CPUs. Anything
 * else that was tried was 2 % in one regime of the machine and 30 % in another: some nanoseconds of arithmetic, or a counter that both
 * sides update. What it really comes to is not computed but measured, by a long duet.
 *
 * Base is the same code with 0 (a variable, so that nothing vanishes): looking for the value costs a queue of 15 ns 6 % by itself.
 */
#ifndef LFBENCH_INJECT_LOOPS_H
#define LFBENCH_INJECT_LOOPS_H

#include <lfbench/backend.h>

/* No value of a workload: those begin with the number of their producer. */
#define INJECT_VALUE UINT64_MAX
/* Tries to push one more while the queue is full; then it is left out. */
#define INJECT_TRIES 1000u

static volatile uint64_t inject_times = INJECT_TIMES;

static inline void inject(struct q *q, struct q_handle *h)
{
	for (unsigned tries = 0; tries < INJECT_TRIES && !q_push_uninjected(q, h, INJECT_VALUE); tries++)
		lfb_pause();
}

#undef q_push
static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	if (!q_push_uninjected(q, h, value))
		return false;
	if ((value & 1023) < inject_times)
		inject(q, h);
	return true;
}

#undef q_pop
static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	do {
		if (!q_pop_uninjected(q, h, value))
			return false;
	} while (*value == INJECT_VALUE);
	return true;
}

#include_next <lfbench/loops.h>

#endif
