/* duet_run.h - the duet itself, for the process that launch.c starts, and for tests. */
#ifndef LFBENCH_GATE_DUET_RUN_H
#define LFBENCH_GATE_DUET_RUN_H

#include "duet.h"

/*
 * Run the plan in this process, once: it pins the calling thread. `start_ns`: when the process started, by lfb_clock_now_ns. Fills blocks[0..plan->blocks) and
 * *result. Returns as gate_launch does, but for what only a parent can see.
 */
int gate_duet_run(const struct gate_duet_plan *plan, uint64_t start_ns, struct gate_block *blocks, struct gate_duet_result *result,
		  struct lfb_error *error);

#endif
