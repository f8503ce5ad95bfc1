/* recording_cost.c - see recording_cost.h. */
#include "commands/recording_cost.h"

#include "commands/claims.h"
#include "results/csv_file.h"
#include "results/detail.h"
#include "commands/run/run_files.h"
#include "statistics/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More are in the files, and nobody reads them here. */
#define CELLS_MAX 200u
#define CONFIDENCE 0.95
#define LINE_BYTES 1024

/* A cell whose sample was judged. */
struct cell {
	char id[17];
	char text[160];
	uint64_t ops, trials; /* judged, in so many trials */
};

/* The slowdown of one trial. */
struct value {
	size_t cell;
	uint64_t launch;
	double ratio;
};

struct costs {
	struct cell *cell;
	size_t cells;
	struct value *value;
	size_t values, room;
};

static size_t find_cell(const struct costs *c, const char *id)
{
	size_t i = 0;

	while (i < c->cells && strcmp(c->cell[i].id, id) != 0)
		i++;
	return i;
}

static int take_row(const struct lfb_row *row, void *context)
{
	struct costs *const c = (struct costs *)context;
	const size_t at = find_cell(c, lfb_row_get(row, LFB_COL_cell_id));
	struct cell *const cell = &c->cell[at];

	if (strstr(lfb_row_get(row, LFB_COL_check_level), "history") == NULL || at == CELLS_MAX)
		return 0;
	if (at == c->cells) {
		c->cells++;
		(void)snprintf(cell->id, sizeof(cell->id), "%s", lfb_row_get(row, LFB_COL_cell_id));
		(void)snprintf(cell->text, sizeof(cell->text), "%.60s: %.30s %.10sx%.10s, capacity %.20s, %.10s", lfb_row_get(row, LFB_COL_backend),
			       lfb_row_get(row, LFB_COL_workload), lfb_row_get(row, LFB_COL_producers), lfb_row_get(row, LFB_COL_consumers),
			       lfb_row_get(row, LFB_COL_capacity), lfb_row_get(row, LFB_COL_wait));
	}
	cell->ops += lfb_row_get_u64(row, LFB_COL_ops_checked, 0);
	cell->trials++;
	return 0;
}

static int add_value(struct costs *c, struct value value)
{
	if (c->values == c->room) {
		const size_t room = c->room > 0 ? 2 * c->room : 256;
		struct value *const grown = (struct value *)reallocarray(c->value, room, sizeof(*grown));

		if (grown == NULL)
			return -ENOMEM;
		c->value = grown;
		c->room = room;
	}
	c->value[c->values++] = value;
	return 0;
}

/* The companion's lines that are of these cells. */
static int read_details(struct costs *c, FILE *in)
{
	char line[LINE_BYTES];
	int rc = 0;

	while (rc == 0 && fgets(line, sizeof(line), in) != NULL) {
		struct lfb_detail detail;
		size_t cell;

		if (strstr(line, LFB_DETAIL_SLOWDOWN) == NULL || lfb_detail_parse(line, &detail) != 0 || !(detail.value > 0))
			continue;
		cell = find_cell(c, detail.cell_id);
		if (cell < c->cells && strcmp(detail.metric, LFB_DETAIL_SLOWDOWN) == 0)
			rc = add_value(c, (struct value){ cell, detail.launch, detail.value });
	}
	return rc;
}

static int compare_values(const void *a, const void *b)
{
	const struct value *const x = (const struct value *)a, *const y = (const struct value *)b;

	if (x->cell != y->cell)
		return (x->cell > y->cell) - (x->cell < y->cell);
	return (x->launch > y->launch) - (x->launch < y->launch);
}

/* The median of each launch of a cell, whose values are [first, end). Returns how many. */
static size_t launch_medians(const struct costs *c, size_t first, size_t end, double *room, double *medians)
{
	size_t launches = 0;

	while (first < end) {
		const uint64_t launch = c->value[first].launch;
		size_t trials = 0;

		for (; first < end && c->value[first].launch == launch; first++)
			room[trials++] = c->value[first].ratio;
		medians[launches++] = lfb_median(room, trials);
	}
	return launches;
}

static void add_line(struct lfb_table *table, const struct costs *c, size_t cell, size_t first, size_t end, double *room)
{
	double *const medians = room + c->values;
	const size_t launches = launch_medians(c, first, end, room, medians);
	const struct cell *const of = &c->cell[cell];
	char ratio[32] = "not known", interval[64] = "", ops[CLAIMS_COUNT_BYTES], launched[24];
	const char *const cells[] = { of->text, ratio, interval, launched, claims_count_text(of->trials > 0 ? of->ops / of->trials : 0, ops) };
	double low, high, achieved;

	if (launches > 0)
		(void)snprintf(ratio, sizeof(ratio), "%.2f", lfb_median(medians, launches)); /* which also sorts them */
	if (lfb_median_interval(medians, launches, CONFIDENCE, &low, &high, &achieved))
		(void)snprintf(interval, sizeof(interval), "%.2f to %.2f", low, high);
	(void)snprintf(launched, sizeof(launched), "%zu", launches);
	lfb_table_add(table, LFB_STYLE_PLAIN, cells, -1);
}

static const char legend[] = "slowed: time of the trial that was logged and judged, and whose figures stand above, as a multiple of that of the same trial "
			     "without; the median over launches. ops judged: of a trial, on average.";

static int write_table(FILE *out, struct costs *c, const struct lfb_medium *medium)
{
	static const struct lfb_table_column columns[] = {
		{ .title = "checked by history", .shrink = true }, { .title = "slowed", .right = true },   { .title = "95 % interval" },
		{ .title = "launches", .right = true, .rank = 1 }, { .title = "ops judged", .right = true },
	};
	struct lfb_table *const table = lfb_table_new(columns, sizeof(columns) / sizeof(columns[0]), medium);
	double *const room = (double *)calloc(2 * c->values + 1, sizeof(*room));
	int rc = table == NULL || room == NULL ? -ENOMEM : 0;
	size_t first = 0;

	if (c->values > 0)
		qsort(c->value, c->values, sizeof(c->value[0]), compare_values);
	for (size_t cell = 0; rc == 0 && cell < c->cells; cell++) {
		size_t end = first;

		while (end < c->values && c->value[end].cell == cell)
			end++;
		add_line(table, c, cell, first, end, room);
		first = end;
	}
	if (rc == 0) {
		(void)fputc('\n', out);
		rc = lfb_table_write(table, out);
		lfb_text_write_wrapped(out, legend, 0, 2, medium->width);
		(void)fputc('\n', out);
	}
	lfb_table_free(table);
	free(room);
	return rc;
}

int recording_cost_print(FILE *out, const char *csv_path, const struct lfb_medium *medium)
{
	static const struct lfb_csv_limits limits = { .torn_end = true };
	struct costs c = { .cell = (struct cell *)calloc(CELLS_MAX + 1, sizeof(struct cell)) };
	struct lfb_csv_error ignored;
	struct lfb_error error;
	struct run_files files;
	FILE *in = fopen(csv_path, "re");
	int rc = c.cell == NULL ? -ENOMEM : 0;

	if (rc == 0 && in != NULL && run_files_name(&files, csv_path, &error) == 0)
		(void)lfb_csv_read(in, &limits, take_row, &c, &ignored); /* what is wrong with it has been said */
	if (in != NULL)
		(void)fclose(in);
	in = c.cells > 0 ? fopen(files.detail_path, "re") : NULL;
	if (in != NULL) {
		rc = read_details(&c, in);
		(void)fclose(in);
	}
	if (rc == 0 && c.cells > 0)
		rc = write_table(out, &c, medium);
	free(c.cell);
	free(c.value);
	return rc;
}
