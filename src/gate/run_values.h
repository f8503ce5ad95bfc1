/* run_values.h - what the launches of a run add up to: between run.c and run_values.c only. */
#ifndef LFBENCH_GATE_RUN_VALUES_H
#define LFBENCH_GATE_RUN_VALUES_H

#include "run.h"

/* Take in what a launch says of its cell besides its value. */
void gate_cell_note(struct gate_cell *cell, const struct gate_duet_result *result, enum gate_stage stage);

/* What the screening of a cell says: +1, -1 or 0, as gate_screen. */
int gate_cell_flag(const struct gate_cell *cell, const struct gate_rule *rule);

#endif
