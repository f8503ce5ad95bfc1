/* bench_print.h - where the results of a benchmark binary go, and the summary for people of one that writes no rows. */
#ifndef LFBENCH_BENCH_PRINT_H
#define LFBENCH_BENCH_PRINT_H

#include "results/detail.h"
#include "results/out_file.h"
#include "results/row.h"

#include <stdbool.h>

struct bench_output {
	const char *workload;
	struct lfb_out *csv;    /* NULL: a summary is printed */
	struct lfb_out *detail; /* NULL: not wanted */
	struct lfb_out *hist;
	struct lfb_out *log;
	double *ns_per_op;      /* of the trials that were ok */
	size_t trials;
	bool heading_printed;
};

/* A trial, under the line that says what runs. */
void bench_print_trial(struct bench_output *out, const struct lfb_row *row);
/* A figure of the workload's own, of the trial as a whole. */
void bench_print_own_figure(const struct lfb_detail *detail);
/* Over the trials that were ok. */
void bench_print_median(struct bench_output *out);

#endif
