/*
 * loops.h - stands in front of the real <lfbench/loops.h> and makes pushes slower by a chosen amount: the injected slowdowns of the gate's
 * proof (docs/gate-proof.md). The backend's file stays as it is: it is compiled with -Dq_push=q_push_uninjected, and the loops get this q_push.
 *
 * Every INJECT_EVERY-th push (a power of 2, by the number of the value) spends INJECT_STEPS steps of a chain of multiplications, about a
 * nanosecond each. What that comes to in percent is not computed but measured, by a long duet.
 */
#ifndef LFBENCH_INJECT_LOOPS_H
#define LFBENCH_INJECT_LOOPS_H

#include <lfbench/backend.h>

#undef q_push
static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	if ((value & (INJECT_EVERY - 1)) == 0) {
		uint64_t x = value;

		for (unsigned i = 0; i < INJECT_STEPS; i++) {
			x *= UINT64_C(0x9E3779B97F4A7C15);
			__asm__ volatile("" : "+r"(x)); /* no step may be left out */
		}
	}
	return q_push_uninjected(q, h, value);
}

#include_next <lfbench/loops.h>

#endif
