/*
 * loops.h - stands in front of the real <lfbench/loops.h> and makes pushes slower by about ten microseconds: a slowdown that no machine is too
 * busy to show. The backend's file stays as it is: it is compiled with -Dq_push=q_push_unslowed, and the loops get this q_push.
 */
#ifndef LFBENCH_TESTS_GATE_SLOW_LOOPS_H
#define LFBENCH_TESTS_GATE_SLOW_LOOPS_H

#include <lfbench/backend.h>

#define SLOW_STEPS 10000u

#undef q_push
static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	uint64_t x = value;

	for (unsigned i = 0; i < SLOW_STEPS; i++) {
		x *= UINT64_C(0x9E3779B97F4A7C15);
		__asm__ volatile("" : "+r"(x)); /* no step may be left out */
	}
	return q_push_unslowed(q, h, value);
}

#include_next <lfbench/loops.h>

#endif
