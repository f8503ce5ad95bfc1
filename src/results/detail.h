/*
 * detail.h - lines of NAME.detail.csv, the long companion of a results file: figures of
 * single threads and of one workload only, which have no column of their own.
 *
 * Its texts are words (ids, roles, names of metrics) without commas, quotes or control
 * characters, so that no field is ever quoted and a line can be split at its commas.
 */
#ifndef LFBENCH_DETAIL_H
#define LFBENCH_DETAIL_H

#include <stdint.h>
#include <stdio.h>

/* Metric of a trial with --check history: its duration, as a multiple of that of the same trial without. */
#define LFB_DETAIL_SLOWDOWN "history_slowdown"

struct lfb_detail {
	const char *run_id;
	const char *cell_id;
	uint64_t launch;
	uint64_t trial;
	const char *thread; /* role and number, as producer0; "": the whole trial */
	const char *metric;
	const char *unit; /* "" where there is none */
	double value;
};

/* Write the header line. Returns 0 or -errno; an error may also show only when `out` is flushed. */
int lfb_detail_write_header(FILE *out);
/* Write one line. Returns as above, or -EINVAL for a text that is no word or a value that is not finite. */
int lfb_detail_write(FILE *out, const struct lfb_detail *detail);

/*
 * Take a line apart, with or without its line end: `line` is cut in place and detail's texts
 * point into it. Returns 0, or -EBADMSG for what lfb_detail_write would not have written.
 */
int lfb_detail_parse(char *line, struct lfb_detail *detail);

#endif
