/* gate_print.h - a gate's verdicts for people: the answer first, then the table, then what it means. */
#ifndef GATE_PRINT_H
#define GATE_PRINT_H

#include "gate/builds.h"
#include "gate/cells.h"
#include "gate/run.h"
#include "text/table.h"

#include <stdio.h>

/* How many cells came out how, controls and unsupported ones apart. */
struct gate_tally {
	size_t verdicts[GATE_VERDICTS];
	size_t cells;
};
struct gate_tally gate_tally_of(const struct gate_run *run);

/* One sentence on a cell's verdict: the bound that was established, or why there is none, and what would help. Returns out. */
#define GATE_SENTENCE_BYTES 640
const char *gate_sentence(const struct gate_run *run, const struct gate_cell *cell, char *out, size_t out_bytes);

/* All of it. Returns 0 or -errno. */
int gate_print(FILE *out, const struct gate_run *run, const struct lfb_medium *medium);

#endif
