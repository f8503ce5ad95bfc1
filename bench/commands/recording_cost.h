/*
 * recording_cost.h - what logging a sample for --check history has cost, for the end of `run` and `show`: from NAME.detail.csv, where every
 * such trial has its duration as a multiple of that of the same trial without.
 */
#ifndef LFBENCH_BENCH_RECORDING_COST_H
#define LFBENCH_BENCH_RECORDING_COST_H

#include "text/table.h"

#include <stdio.h>

/*
 * A table of the cells of a results file that were checked so, with the medians over launches; nothing if there are none. A companion that
 * is missing or damaged has no figures, and the table says so. Returns 0, -ENOMEM or -EIO.
 */
int recording_cost_print(FILE *out, const char *csv_path, const struct lfb_medium *medium);

#endif
