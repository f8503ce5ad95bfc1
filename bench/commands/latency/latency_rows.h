/*
 * latency_rows.h - what the rows of FILE.csv say about the histograms of FILE.hist.csv: what a cell is, and
 * which trials count.
 *
 * DESIGN. A histogram file has only ids. Whether a trial behaved stands in its row, and so does whether an
 * open loop kept its rate; a histogram without a row that speaks for it is left out. Memory grows with the
 * number of rows of the latency pass, a short text for each.
 */
#ifndef LFBENCH_LATENCY_ROWS_H
#define LFBENCH_LATENCY_ROWS_H

#include "results/csv_file.h"
#include "results/hist_file.h"

enum latency_verdict {
	LATENCY_COUNTS,
	LATENCY_OVERLOADED, /* the rate offered was not achieved: no percentiles */
	LATENCY_UNSOUND,    /* not ok, or without a row */
};

/* Start with `{ 0 }`, end with latency_rows_free. */
struct latency_rows {
	bool known;  /* there was a file; without one every trial counts and no cell is known */
	void *cells; /* tsearch(3) trees */
	void *trials;
};

/* Read `path` (torn_end as in csv_file.h). Returns as lfb_csv_read_file; rows that are there stay. */
int latency_rows_read(struct latency_rows *rows, const char *path, bool torn_end, struct lfb_csv_error *error);

/* A row of that cell, or NULL. Valid until latency_rows_free. */
const struct lfb_row *latency_rows_cell(const struct latency_rows *rows, const char *cell_id);

/* Whether the trial that a line is from counts. */
enum latency_verdict latency_rows_verdict(const struct latency_rows *rows, const struct lfb_hist_line *line);

void latency_rows_free(struct latency_rows *rows);

#endif
