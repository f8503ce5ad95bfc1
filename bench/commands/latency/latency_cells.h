/*
 * latency_cells.h - the histograms of a file, merged over all launches and trials of a cell: one for each
 * cell and role.
 */
#ifndef LFBENCH_LATENCY_CELLS_H
#define LFBENCH_LATENCY_CELLS_H

#include "commands/latency/latency_rows.h"

/* More than anyone reads, and room for them on any machine: what is not recorded takes no memory. */
#define LATENCY_CELLS_MAX 4096u

struct latency_cell {
	char *cell_id, *role;
	const struct lfb_row *row; /* what the cell is; NULL: not known */
	char *shape;		   /* workload and setting, in words; "" if not known. Not made safe to print */
	struct lfb_histogram *histogram;
	uint64_t trials, overloaded, unsound; /* trials seen, and of these the ones left out */
	uint64_t last_launch, last_trial;     /* of the line before, to count trials */
	char *last_run;
};

/* Which of them are wanted. */
struct latency_choice {
	const char *cell; /* beginning of a cell id; NULL: all */
	const char *role; /* NULL: all */
};

/* Start with `.rows` and `.choice` set and the rest 0, end with latency_cells_free. */
struct latency_cells {
	const struct latency_rows *rows;
	struct latency_choice choice;
	struct latency_cell *cells;
	size_t count;
	size_t last;	/* the cell of the line before: lines of one histogram follow each other */
	uint64_t lines; /* of all cells, chosen or not */
};

/* An lfb_hist_line_fn: context is the struct latency_cells. Returns 0, -ENOMEM, or -E2BIG for too many cells. */
int latency_cells_add(const struct lfb_hist_line *line, void *context);

/* After the last line: in order of shape, backend and role. Returns 0 or -ENOMEM. */
int latency_cells_finish(struct latency_cells *cells);

/* The name of a cell in its shape: the backend, or the cell's id. Not made safe to print. */
const char *latency_cell_name(const struct latency_cell *cell);

void latency_cells_free(struct latency_cells *cells);

#endif
