/* latency_cells.c - see latency_cells.h. */
#include "commands/latency/latency_cells.h"

#include "statistics/histogram.h"
#include "plan/names.h"
#include "plan/workload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_chosen(const struct latency_choice *choice, const struct lfb_hist_line *line)
{
	return (choice->cell == NULL || strncmp(line->cell_id, choice->cell, strlen(choice->cell)) == 0) &&
	       (choice->role == NULL || strcmp(line->role, choice->role) == 0);
}

static bool is_of(const struct latency_cell *cell, const struct lfb_hist_line *line)
{
	return strcmp(cell->cell_id, line->cell_id) == 0 && strcmp(cell->role, line->role) == 0;
}

static void free_cell(struct latency_cell *cell)
{
	free(cell->cell_id);
	free(cell->role);
	free(cell->shape);
	free(cell->last_run);
	free(cell->histogram);
}

static int add_cell(struct latency_cells *cells, const struct lfb_hist_line *line)
{
	struct latency_cell *more, *cell;

	if (cells->count == LATENCY_CELLS_MAX)
		return -E2BIG;
	more = (struct latency_cell *)reallocarray(cells->cells, cells->count + 1, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	cells->cells = more;
	cell = &more[cells->count];
	*cell = (struct latency_cell){
		.cell_id = strdup(line->cell_id),
		.role = strdup(line->role),
		.last_run = strdup(""),
		/* Not lfb_histogram_init: zeros that nobody touches take no memory. */
		.histogram = (struct lfb_histogram *)calloc(1, sizeof(struct lfb_histogram)),
	};
	if (cell->cell_id == NULL || cell->role == NULL || cell->last_run == NULL || cell->histogram == NULL) {
		free_cell(cell);
		return -ENOMEM;
	}
	cell->histogram->min = UINT64_MAX;
	cell->row = latency_rows_cell(cells->rows, line->cell_id);
	cells->last = cells->count++;
	return 0;
}

/* Find or make the cell of a line; it is then cells->last. */
static int find_cell(struct latency_cells *cells, const struct lfb_hist_line *line)
{
	if (cells->count > 0 && is_of(&cells->cells[cells->last], line))
		return 0;
	for (size_t i = 0; i < cells->count; i++) {
		if (is_of(&cells->cells[i], line)) {
			cells->last = i;
			return 0;
		}
	}
	return add_cell(cells, line);
}

/* Whether the line before, of this cell, was from another trial. */
static bool is_new_trial(const struct latency_cell *cell, const struct lfb_hist_line *line)
{
	return cell->trials == 0 || cell->last_launch != line->launch || cell->last_trial != line->trial ||
	       strcmp(cell->last_run, line->run_id) != 0;
}

static int note_trial(struct latency_cell *cell, const struct lfb_hist_line *line, enum latency_verdict verdict)
{
	char *const run = strdup(line->run_id);

	if (run == NULL)
		return -ENOMEM;
	free(cell->last_run);
	cell->last_run = run;
	cell->last_launch = line->launch;
	cell->last_trial = line->trial;
	cell->trials++;
	cell->overloaded += verdict == LATENCY_OVERLOADED;
	cell->unsound += verdict == LATENCY_UNSOUND;
	return 0;
}

int latency_cells_add(const struct lfb_hist_line *line, void *context)
{
	struct latency_cells *const cells = (struct latency_cells *)context;
	enum latency_verdict verdict;
	struct latency_cell *cell;
	int rc;

	cells->lines++;
	if (!is_chosen(&cells->choice, line))
		return 0;
	rc = find_cell(cells, line);
	if (rc != 0)
		return rc;
	cell = &cells->cells[cells->last];
	verdict = latency_rows_verdict(cells->rows, line);
	if (is_new_trial(cell, line))
		rc = note_trial(cell, line, verdict);
	if (rc == 0 && verdict == LATENCY_COUNTS)
		lfb_histogram_add(cell->histogram, line->value_ns, line->count);
	return rc;
}

const char *latency_cell_name(const struct latency_cell *cell)
{
	const char *const backend = cell->row != NULL ? lfb_row_get(cell->row, LFB_COL_backend) : "";

	return backend[0] != '\0' ? backend : cell->cell_id;
}

/* What tells shapes apart, how it is said, and the value that goes without saying. */
static const struct {
	enum lfb_column column;
	const char *before, *after, *silent;
} said[] = {
	{ LFB_COL_capacity, ", capacity ", "", "" }, { LFB_COL_batch, ", batches of ", "", "1" },
	{ LFB_COL_wait, ", wait ", "", "" },	     { LFB_COL_alloc, ", alloc ", "", "none" },
	{ LFB_COL_pin, ", pin ", "", "" },	     { LFB_COL_params, ", ", "", "" },
	{ LFB_COL_lat_mode, ", ", " loop", "" },
};

/* "2 threads" or "1+1". */
static void describe_threads(FILE *out, const struct lfb_row *row)
{
	const int workload = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));
	const char *const producers = lfb_row_get(row, LFB_COL_producers);

	if (workload >= 0 && lfb_workloads[workload].by_threads)
		(void)fprintf(out, ": %s threads", producers);
	else
		(void)fprintf(out, ": %s+%s", producers, lfb_row_get(row, LFB_COL_consumers));
}

/* Returns NULL without memory. */
static char *describe(const struct lfb_row *row)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out;

	if (row == NULL)
		return strdup("");
	out = open_memstream(&text, &bytes);
	if (out == NULL)
		return NULL;
	(void)fputs(lfb_row_get(row, LFB_COL_workload), out);
	describe_threads(out, row);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		const char *const value = lfb_row_get(row, said[i].column);

		if (value[0] != '\0' && strcmp(value, said[i].silent) != 0)
			(void)fprintf(out, "%s%s%s", said[i].before, value, said[i].after);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static int by_shape(const void *left, const void *right)
{
	const struct latency_cell *const a = (const struct latency_cell *)left;
	const struct latency_cell *const b = (const struct latency_cell *)right;
	int order = strverscmp(a->shape, b->shape); /* 2 before 10 */

	if (order == 0)
		order = strcmp(latency_cell_name(a), latency_cell_name(b));
	if (order == 0)
		order = strcmp(a->cell_id, b->cell_id);
	return order != 0 ? order : strcmp(a->role, b->role);
}

int latency_cells_finish(struct latency_cells *cells)
{
	for (size_t i = 0; i < cells->count; i++) {
		cells->cells[i].shape = describe(cells->cells[i].row);
		if (cells->cells[i].shape == NULL)
			return -ENOMEM;
	}
	if (cells->count > 1)
		qsort(cells->cells, cells->count, sizeof(cells->cells[0]), by_shape);
	return 0;
}

void latency_cells_free(struct latency_cells *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		free_cell(&cells->cells[i]);
	free(cells->cells);
	cells->cells = NULL;
	cells->count = 0;
}
