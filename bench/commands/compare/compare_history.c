/* compare_history.c - see compare_history.h. What a line says of the one before is compare_points' (compare.h). */
#include "commands/compare/compare_history.h"

#include "commands/compare/compare_print.h"
#include "commands/show/render.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column { TIME, FILE_NAME, COMMIT, MEDIAN, INTERVAL, CHANGE, LAUNCHES, MARKS, CHART, COLUMNS };

static const struct lfb_table_column columns[COLUMNS] = {
	[TIME] = { .title = "time (UTC)" },
	[FILE_NAME] = { .title = "file", .rank = 2, .shrink = true },
	[COMMIT] = { .title = "lfbench", .shrink = true },
	[MEDIAN] = { .title = "ns", .right = true },
	[INTERVAL] = { .title = "interval", .right = true },
	[CHANGE] = { .title = "change", .right = true },
	[LAUNCHES] = { .title = "n", .right = true, .rank = 1 },
	[MARKS] = { .title = "", .tight = true },
	[CHART] = { .title = "", .bar = true },
};

#define CELL_BYTES 64

static void mark(const struct compare_point *point, char out[CELL_BYTES])
{
	(void)snprintf(out, CELL_BYTES, "%s%s%s", point->other_machine ? "M" : "", point->other_build ? "B" : "", point->other_regime ? "R" : "");
}

/* "?" behind what may be chance: the intervals overlap, or there are none. */
static void fill_change(const struct compare_point *point, const struct compare_point *before, char out[CELL_BYTES])
{
	out[0] = '\0';
	if (before != NULL)
		(void)snprintf(out, CELL_BYTES, "%+.1f %%%s", 100 * (point->median / before->median - 1), point->resolved ? " " : "?");
}

static const char *base_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void add_line(struct lfb_table *table, const struct compare_point *line, const struct compare_point *before, double most)
{
	char text[COLUMNS][CELL_BYTES] = { "" };
	const char *cells[COLUMNS];

	for (int i = 0; i < COLUMNS; i++)
		cells[i] = text[i];
	(void)snprintf(text[TIME], CELL_BYTES, "%.16s", line->file->first_time != NULL ? line->file->first_time : "unknown");
	cells[FILE_NAME] = base_name(line->file->path);
	cells[COMMIT] = line->file->commits.count > 0 ? line->file->commits.word[0] : "";
	(void)snprintf(text[MEDIAN], CELL_BYTES, "%.4g", line->median);
	if (line->has_interval)
		(void)snprintf(text[INTERVAL], CELL_BYTES, "%.4g..%.4g", line->low, line->high);
	fill_change(line, before, text[CHANGE]);
	(void)snprintf(text[LAUNCHES], CELL_BYTES, "%zu", line->launches);
	mark(line, text[MARKS]);
	lfb_table_add(table, LFB_STYLE_PLAIN, cells, line->median / most);
}

static void print_title(FILE *out, const struct compare_cell *cell, enum compare_metric metric, const struct lfb_medium *medium)
{
	const struct compare_half *const half = &cell->half[COMPARE_BASE];
	char shape[COMPARE_SHAPE_BYTES], text[2048];

	(void)snprintf(text, sizeof(text), "%.100s %.100s %s, %s", lfb_row_get(&cell->row, LFB_COL_backend), lfb_row_get(&cell->row, LFB_COL_workload),
		       compare_shape_text(cell, shape), compare_metric_names[metric]);
	lfb_style_begin(out, medium, LFB_STYLE_TITLE);
	compare_print_paragraph(out, text, 0, medium);
	lfb_style_end(out, medium, LFB_STYLE_TITLE);
	if (half->problem == NULL)
		return;
	(void)snprintf(text, sizeof(text), "%zu of %zu rows were not ok, the first: %.400s", half->rows - half->ok, half->rows, half->problem);
	compare_print_paragraph(out, text, 2, medium);
}

static int print_lines(FILE *out, const struct compare_point *lines, size_t count, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	double most = 0;
	int rc;

	if (table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		most = fmax(most, lines[i].median);
	for (size_t i = 0; i < count; i++)
		add_line(table, &lines[i], i > 0 ? &lines[i - 1] : NULL, most);
	rc = lfb_table_write(table, out);
	lfb_table_free(table);
	(void)fputc('\n', out);
	return rc;
}

/* Returns 1 if there was something to print, 0 if not, or -errno. */
static int print_cell(FILE *out, const struct compare *compare, const struct compare_cell *cell, enum compare_metric metric,
		      const struct lfb_medium *medium)
{
	struct compare_point *points;
	size_t count;
	int rc = compare_points(compare, &cell->half[COMPARE_BASE], metric, &points, &count);

	if (rc == 0 && (count > 0 || cell->half[COMPARE_BASE].failed > 0)) {
		print_title(out, cell, metric, medium);
		rc = count > 0 ? print_lines(out, points, count, medium) : 0;
		rc = rc == 0 ? 1 : rc;
	}
	free(points);
	return rc;
}

int compare_history_print(FILE *out, const struct compare *compare, const bool metrics[COMPARE_METRICS], const struct lfb_medium *medium)
{
	int tables = 0;

	for (size_t i = 0; i < compare->cell_count; i++)
		for (enum compare_metric metric = 0; metric < COMPARE_METRICS; metric++) {
			int rc = 0;

			if (metrics[metric] && compare_has_metric(compare->cells[i], metric))
				rc = print_cell(out, compare, compare->cells[i], metric, medium);
			if (rc < 0)
				return rc;
			tables += rc;
		}
	if (tables > 0)
		compare_print_paragraph(out,
					"Medians over launches with their 95 % interval. ?: the intervals overlap with those of the line before, or are missing: the "
					"change may be chance. M: another machine than the line before; B: built in another way (compiler, loops_rev, allocator, CPUs); "
					"R: another regime (round trip of a cache line). No change across such a mark is the queue's.",
					0, medium);
	return tables;
}
