/*
 * hist_file.h - NAME.hist.csv, the latency histograms of a results file in full: one line per bucket
 * that is not empty, of each trial and role.
 *
 *     run_id,cell_id,launch,trial,role,value_ns,count
 *
 * Percentiles cannot be averaged; counts can be added. So the rows' own percentiles are those of one
 * trial, and this is what those of a cell, or any other percentile, are made from.
 *
 * value_ns is the highest value of the bucket and, in the topmost one, the largest sample itself: what is
 * read back has the same counts and the same maximum. Texts are words as in detail.h, so no field
 * is ever quoted and a line can be split at its commas.
 */
#ifndef LFBENCH_HIST_FILE_H
#define LFBENCH_HIST_FILE_H

#include "results/csv_file.h"

#include <stdint.h>
#include <stdio.h>

struct lfb_hist_line {
	const char *run_id; /* "" where there is no run */
	const char *cell_id;
	uint64_t launch;
	uint64_t trial;
	const char *role; /* service, response, ...; not empty, nor is cell_id */
	uint64_t value_ns;
	uint64_t count; /* not 0 */
};

/* A line with its line end, and the NUL. Longer ones are refused. */
#define LFB_HIST_LINE_BYTES 1024

/* Write the header line. Returns 0 or -errno; an error may also show only when `out` is flushed. */
int lfb_hist_write_header(FILE *out);
/*
 * Write one line. Returns as above, or -EINVAL for what cannot be read back: a text that is no word, an
 * empty cell_id or role, a count of 0, a line that is too long.
 */
int lfb_hist_write(FILE *out, const struct lfb_hist_line *line);

/*
 * Take a line apart, with or without its line end (LF or CR LF): `text` is cut in place and line's
 * texts point into it. Returns 0, or -EBADMSG for what lfb_hist_write would not have written.
 */
int lfb_hist_parse(char *text, struct lfb_hist_line *line);

/* Called for every line, which is valid until it returns. Non-zero stops the reading. */
typedef int (*lfb_hist_line_fn)(const struct lfb_hist_line *line, void *context);

/*
 * Read `in`, of any length, a line at a time, after its header. `torn_end`: take what comes before an
 * unfinished last line, and an empty file, instead of refusing the file; for files whose writer was killed.
 * Returns 0; what on_line returned if it stopped; -EBADMSG for an input that is refused; or -errno of
 * the read that failed. `error` is always filled. `in` must be at its start and stays open.
 */
int lfb_hist_read(FILE *in, bool torn_end, lfb_hist_line_fn on_line, void *context, struct lfb_csv_error *error);

/* The same for the file of that name. Also returns -errno of opening it. */
int lfb_hist_read_file(const char *path, bool torn_end, lfb_hist_line_fn on_line, void *context,
		       struct lfb_csv_error *error);

#endif
