/*
 * compare_history.c - see compare_history.h. Nothing is judged here: a line says how far it is from the one before, and whether that
 * one was measured on the same machine, in the same state, with builds made the same way.
 */
#include "compare_history.h"

#include "compare_print.h"
#include "render.h"
#include "stats.h"

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
#define CONFIDENCE 0.95

/* One cell in one file. */
struct line {
	const struct compare_file *file;
	size_t launches, failed;
	double median, low, high, probe_ns;
	bool has_interval;
	uint64_t build;
};

/* Files without a time first; then as they were given. */
static int by_time(const void *left, const void *right)
{
	const struct line *const a = (const struct line *)left, *const b = (const struct line *)right;
	const int order = strcmp(a->file->first_time != NULL ? a->file->first_time : "", b->file->first_time != NULL ? b->file->first_time : "");

	return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

/* The launches [first, first + count), which are of one file. */
static int make_line(const struct compare *compare, const struct compare_launch *first, size_t count, struct line *out)
{
	double *const room = (double *)reallocarray(NULL, count + 1, sizeof(*room)), achieved;
	size_t probes = 0;

	if (room == NULL)
		return -ENOMEM;
	*out = (struct line){ .file = &compare->files[first->file], .launches = count, .build = first->build };
	for (size_t i = 0; i < count; i++)
		if (first[i].probe_ns > 0)
			room[probes++] = first[i].probe_ns;
	out->probe_ns = lfb_median(room, probes);
	for (size_t i = 0; i < count; i++)
		room[i] = first[i].value;
	out->median = lfb_median(room, count); /* sorts */
	out->has_interval = lfb_median_interval(room, count, CONFIDENCE, &out->low, &out->high, &achieved);
	free(room);
	return 0;
}

static int make_lines(const struct compare *compare, const struct compare_launch *launches, size_t count, struct line *lines, size_t *line_count)
{
	int rc = 0;

	*line_count = 0;
	for (size_t first = 0, end; first < count && rc == 0; first = end) {
		for (end = first + 1; end < count && launches[end].file == launches[first].file;)
			end++;
		rc = make_line(compare, launches + first, end - first, &lines[(*line_count)++]);
	}
	if (rc == 0)
		qsort(lines, *line_count, sizeof(lines[0]), by_time);
	return rc;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* As compare_check has it: what makes figures incomparable. */
static bool same_machine(const struct compare_file *a, const struct compare_file *b)
{
	if (a->hosts.count > 0 && b->hosts.count > 0 && (a->hosts.count != b->hosts.count || !same_text(a->hosts.word[0], b->hosts.word[0])))
		return false;
	for (size_t i = 0; i < COMPARE_HYPERVISOR; i++)
		if (!same_text(a->fact[i], b->fact[i]))
			return false;
	return true;
}

static void mark(const struct line *line, const struct line *before, char out[CELL_BYTES])
{
	const bool machine = before != NULL && !same_machine(line->file, before->file);
	const bool build = before != NULL && line->build != before->build;
	const bool regime = before != NULL && line->probe_ns > 0 && before->probe_ns > 0 &&
			    fabs(log(line->probe_ns / before->probe_ns)) > log(COMPARE_PROBE_FACTOR);

	(void)snprintf(out, CELL_BYTES, "%s%s%s", machine ? "M" : "", build ? "B" : "", regime ? "R" : "");
}

/* "?" behind what may be chance: the intervals overlap, or there are none. */
static void fill_change(const struct line *line, const struct line *before, char out[CELL_BYTES])
{
	const bool resolved = before != NULL && line->has_interval && before->has_interval && (line->low > before->high || line->high < before->low);

	out[0] = '\0';
	if (before != NULL)
		(void)snprintf(out, CELL_BYTES, "%+.1f %%%s", 100 * (line->median / before->median - 1), resolved ? " " : "?");
}

static const char *base_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void add_line(struct lfb_table *table, const struct line *line, const struct line *before, double most)
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
	mark(line, before, text[MARKS]);
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

static int print_lines(FILE *out, const struct line *lines, size_t count, const struct lfb_medium *medium)
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
	struct compare_launch *launches;
	struct line *lines;
	size_t count, line_count;
	int rc = compare_launches(&cell->half[COMPARE_BASE], metric, &launches, &count);

	if (rc != 0)
		return rc;
	lines = (struct line *)calloc(compare->file_count + 1, sizeof(*lines));
	rc = lines != NULL ? make_lines(compare, launches, count, lines, &line_count) : -ENOMEM;
	if (rc == 0 && (count > 0 || cell->half[COMPARE_BASE].failed > 0)) {
		print_title(out, cell, metric, medium);
		rc = count > 0 ? print_lines(out, lines, line_count, medium) : 0;
		rc = rc == 0 ? 1 : rc;
	}
	free(launches);
	free(lines);
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
