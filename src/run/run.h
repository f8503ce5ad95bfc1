/*
 * run.h - carry out a plan: a fresh process per launch, its rows checked and completed,
 * and a row of the parent's own for every cell that could not say anything itself.
 */
#ifndef LFBENCH_RUN_H
#define LFBENCH_RUN_H

#include "results/detail.h"
#include "results/done.h"
#include "results/hist_file.h"
#include "plan/plan.h"

#include <signal.h>

struct lfb_run_progress {
	size_t done, total; /* launches */
	const struct lfb_plan_cell *cell; /* the next one; NULL at the end */
	uint64_t elapsed_ns, left_ns; /* left: estimated */
};

/* Where the results go. Callbacks run in the caller's thread, between launches; non-zero ends the run. */
struct lfb_run_sink {
	int (*on_row)(const struct lfb_row *row, void *context);
	int (*on_detail)(const struct lfb_detail *detail, void *context);
	int (*on_hist)(const struct lfb_hist_line *line, void *context);
	int (*on_launch_end)(void *context); /* flush */
	void (*on_progress)(const struct lfb_run_progress *progress, void *context);
	void *context;
};

struct lfb_run {
	const struct lfb_plan *plan;
	const struct lfb_options *options;
	const struct lfb_paths *paths;
	const char *run_id;
	const struct lfb_done *earlier; /* what an interrupted run completed; may be NULL */
	const struct lfb_rows *earlier_rows; /* and its rows */
	const volatile sig_atomic_t *interrupted;
	struct lfb_run_sink sink;
};

struct lfb_run_outcome {
	uint64_t rows;
	uint64_t bad_rows; /* crashed, timeout, invalid, incompatible or resource */
	bool interrupted;
	int sink_error;    /* what a callback returned, 0 otherwise */
};

/* Returns 0, or -errno with a sentence when the run cannot go on; the rows so far are with the sink. */
int lfb_run(const struct lfb_run *run, struct lfb_run_outcome *outcome, struct lfb_error *error);

/* A new run id: time, host and process, in hex. */
#define LFB_RUN_ID_BYTES 17
void lfb_run_id_make(char out[LFB_RUN_ID_BYTES]);

#endif
