/* run_parts.h - a run while it lasts, for run.c, which plans stages, and run_replicates.c, which launches what they want. */
#ifndef LFBENCH_GATE_RUN_PARTS_H
#define LFBENCH_GATE_RUN_PARTS_H

#include "run.h"

#include "machine/clock.h"
#include "statistics/stats.h"

struct gate_job {
	struct gate_run *run;
	struct lfb_rng rng;
	uint64_t start_ns;
	size_t layout_shift; /* from base's layout to head's: the same padding on both sides would be no sample of pairs */
	enum gate_stage stage;
	size_t done, planned;
	double screen_until_ns; /* 0: no limit but the budget's */
	struct lfb_error *error;
};

static inline uint64_t gate_job_elapsed_ns(const struct gate_job *job)
{
	return lfb_clock_now_ns() - job->start_ns;
}

/* Whether there is nothing more to be had of a cell. */
static inline bool gate_cell_is_over(const struct gate_cell *cell)
{
	return cell->invalid || cell->unsupported;
}

/* Find how many items a cell's slices take. Returns 0 (also where the cell is over now), or what ends the run. */
int gate_job_calibrate(struct gate_job *job, struct gate_cell *cell);

/* The two launches of a replicate, one with each order of loading. Sets *d, NaN where it has no value. Returns as calibrating does. */
int gate_job_replicate(struct gate_job *job, struct gate_cell *cell, size_t nth, uint64_t slice_ns, unsigned blocks, double *d);

#endif
