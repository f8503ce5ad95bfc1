/*
 * merge.h - the rows of several results files as those of one: shards of a run, or runs of several days.
 *
 * DESIGN. Everything is read before anything is written, since whether a row is there twice is only
 * known then, and since the file written may be one of those read. Rows are put in order of time; rows
 * of one second stay in the order in which they were given, and a row without a time stays behind the
 * one before it in its file. Nothing in a row is changed: it keeps the run it belongs to. Companions,
 * which may be large, are copied a line at a time.
 *
 * One thread at a time may use a merge.
 */
#ifndef LFBENCH_MERGE_H
#define LFBENCH_MERGE_H

#include "text/error.h"
#include "results/row.h"

#include <stdio.h>

struct lfb_merge_row {
	struct lfb_row row;
	size_t file, line; /* which of the files, and which of its rows, from 0 */
	size_t timed;      /* index at which the row stood whose time counts: its own, or that of the last before it with one */
};

/* Start with `struct lfb_merge merge = { 0 };`, end with lfb_merge_free. */
struct lfb_merge {
	struct lfb_merge_row *rows;
	size_t count, room;
	char **paths; /* of the files, in the order given */
	size_t files;
};

/*
 * Read one more file. Returns 0; -EBADMSG or -EFBIG for a file that is none of this schema, or damaged;
 * -ENOMEM; or -errno of opening or reading it; with a sentence that names the file and the line.
 */
int lfb_merge_add(struct lfb_merge *merge, const char *path, struct lfb_error *error);

/*
 * Put the rows in order, once all files are there. Returns 0; -EEXIST if a trial (run, cell, launch and number)
 * is there twice, naming it and its files; -ENODATA if there is no row at all; -ENOMEM.
 */
int lfb_merge_finish(struct lfb_merge *merge, struct lfb_error *error);

/* Write header and rows. Returns 0 or -errno; an error may also show only when `out` is flushed. */
int lfb_merge_write(const struct lfb_merge *merge, FILE *out);

/*
 * Append the lines of a NAME.detail.csv, or of a NAME.hist.csv, to `out`, without the header. Returns 0; -ENOENT
 * if there is no such file, which is no error of a run without one; -EBADMSG for one that is damaged, with a
 * sentence that names the file and the line; or -errno of reading or writing.
 */
int lfb_merge_details(const char *path, FILE *out, struct lfb_error *error);
int lfb_merge_histograms(const char *path, FILE *out, struct lfb_error *error);

void lfb_merge_free(struct lfb_merge *merge);

#endif
