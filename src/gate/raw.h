/*
 * raw.h - the launches of a gate as CSV, one line each: what the verdicts were made from, for looking at, and for
 * making them again (bench/gate_replay replays the decision rule on them).
 *
 * The columns, in this order:
 *
 *   gate            seed of the run
 *   stage           calibrate, pilot, screen or confirm
 *   cell            number of the cell within the run, from 0
 *   workload, backend, shape, metric
 *   control         self, reference, or empty
 *   replicate       of the stage, from 0; two launches each
 *   loaded_first    base or head
 *   layout_base, layout_head
 *   items           of a slice
 *   blocks, dropped
 *   d               ln(cost of head / cost of base); empty: no value
 *   base_ns, head_ns   per item, or the percentile
 *   block_variance
 *   probe_first_ns, probe_last_ns   empty: not measured
 *   setup_ns, blocks_ns
 *   seed            of the launch
 */
#ifndef LFBENCH_GATE_RAW_H
#define LFBENCH_GATE_RAW_H

#include "run.h"

#include <stdio.h>

/* Both return 0, or -errno; an error may also show only when `out` is flushed. */
int gate_raw_write_header(FILE *out);
int gate_raw_write(FILE *out, uint64_t run_seed, const struct gate_record *record);

#endif
