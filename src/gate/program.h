/*
 * program.h - whole programs compared as paired processes, with the decision rule of the gate.
 *
 * DESIGN. What cannot be loaded twice into one process can still be run twice. A replicate is four runs, ABBA or
 * BAAB by a coin, and d is ln(sum of head's wall times / sum of base's). All that makes a duet precise is lost: each process has
 * memory, caches and CPUs of its own choosing, and a start that is part of the figure. Measured on a 2-CPU
 * virtual machine, such pairs of 100 ms spread by 14 to 18 % where a duet spreads by less than 1 %.
 * The control is base against base, interleaved with the rest.
 */
#ifndef LFBENCH_GATE_PROGRAM_H
#define LFBENCH_GATE_PROGRAM_H

#include "run.h"

struct gate_program {
	const char *command[GATE_ARMS]; /* for sh -c; its output is thrown away. Must stay */
};

/* The cell of the comparison, and that of its control. */
void gate_program_cells(const struct gate_program *program, struct gate_cell cells[2]);

/*
 * Run until the budget is used up (the number of replicates is fixed after the first four runs, from their time alone), and judge. A command that
 * fails makes its cell invalid. Returns as gate_run does; on_record is not called.
 */
int gate_program_run(struct gate_run *run, const struct gate_program *program, struct lfb_error *error);

#endif
