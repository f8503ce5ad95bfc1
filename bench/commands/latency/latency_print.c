/* latency_print.c - see latency_print.h: the tables. */
#include "commands/latency/latency_print.h"

#include "statistics/histogram.h"
#include "commands/show/render.h"
#include "text/safe_text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column { BACKEND, CELL, ROLE, SAMPLES, MEAN, FIGURES };

static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999 };
#define QUANTILES (sizeof(quantiles) / sizeof(quantiles[0]))
#define MAXIMUM (FIGURES + QUANTILES)
#define COLUMNS (MAXIMUM + 1)

static const struct lfb_table_column columns[COLUMNS] = {
	[BACKEND] = { .title = "backend", .shrink = true },
	[CELL] = { .title = "cell", .rank = 2 },
	[ROLE] = { .title = "role" },
	[SAMPLES] = { .title = "samples", .right = true },
	[MEAN] = { .title = "mean", .right = true, .rank = 1 },
	[FIGURES] = { .title = "p50", .right = true },
	[FIGURES + 1] = { .title = "p90", .right = true },
	[FIGURES + 2] = { .title = "p99", .right = true },
	[FIGURES + 3] = { .title = "p99.9", .right = true },
	[MAXIMUM] = { .title = "max", .right = true },
};

#define FIGURE_BYTES 32

/* Three digits, as a histogram has them, and the unit close to it: six such columns have to fit. */
static const char *time_text(double ns, char out[FIGURE_BYTES])
{
	static const struct {
		double below, scale;
		const char *unit;
	} units[] = { { 999.5, 1, "ns" }, { 999.5e3, 1e3, "us" }, { 999.5e6, 1e6, "ms" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (ns < units[i].below) {
			(void)snprintf(out, FIGURE_BYTES, "%.3g%s", ns / units[i].scale, units[i].unit);
			return out;
		}
	}
	(void)snprintf(out, FIGURE_BYTES, ns < 999.5e9 ? "%.3gs" : "%.0fs", ns / 1e9);
	return out;
}

/* The id, unless the name is the id already. */
static const char *shown_id(const struct latency_cell *cell)
{
	return cell->row != NULL ? cell->cell_id : "";
}

/* What is left out, and why. */
static void add_omissions(struct lfb_table *table, const struct latency_cell *cell, bool none_counts)
{
	char text[160];

	if (cell->overloaded + cell->unsound == 0)
		return;
	if (cell->overloaded == cell->trials)
		(void)snprintf(text, sizeof(text), "OVERLOADED, no percentiles: in no trial was the rate achieved");
	else if (cell->unsound == 0)
		(void)snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " trials left out: overloaded",
			       cell->overloaded, cell->trials);
	else
		(void)snprintf(text, sizeof(text),
			       "%" PRIu64 " of %" PRIu64 " trials left out: %" PRIu64 " overloaded, %" PRIu64
			       " not ok or without a row",
			       cell->overloaded + cell->unsound, cell->trials, cell->overloaded, cell->unsound);
	lfb_table_add(table, none_counts ? LFB_STYLE_BAD : LFB_STYLE_DIM,
		      (const char *const[]){ none_counts ? latency_cell_name(cell) : "",
					     none_counts ? shown_id(cell) : "", none_counts ? cell->role : "", text,
					     NULL },
		      -1);
}

static void add_figures(struct lfb_table *table, const struct latency_cell *cell)
{
	const char *texts[COLUMNS] = { latency_cell_name(cell), shown_id(cell), cell->role };
	char figures[COLUMNS][FIGURE_BYTES];

	(void)snprintf(figures[SAMPLES], FIGURE_BYTES, "%" PRIu64, lfb_histogram_count(cell->histogram));
	(void)time_text(lfb_histogram_mean(cell->histogram, NULL), figures[MEAN]);
	for (size_t i = 0; i < QUANTILES; i++) {
		uint64_t value_ns;

		if (lfb_histogram_quantile(cell->histogram, quantiles[i], &value_ns))
			(void)time_text((double)value_ns, figures[FIGURES + i]);
		else
			(void)snprintf(figures[FIGURES + i], FIGURE_BYTES, "-");
	}
	(void)time_text((double)cell->histogram->max, figures[MAXIMUM]);
	for (size_t i = SAMPLES; i < COLUMNS; i++)
		texts[i] = figures[i];
	lfb_table_add(table, LFB_STYLE_PLAIN, texts, -1);
}

/* The cells [first, end), which have one shape. */
static int print_shape(FILE *out, const struct latency_cell *first, const struct latency_cell *end,
		       const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	int rc;

	if (table == NULL)
		return -ENOMEM;
	if (first->shape[0] != '\0') {
		lfb_style_begin(out, medium, LFB_STYLE_TITLE);
		render_safe(out, first->shape);
		lfb_style_end(out, medium, LFB_STYLE_TITLE);
		(void)fputc('\n', out);
	}
	for (const struct latency_cell *cell = first; cell < end; cell++) {
		const bool none_counts = lfb_histogram_count(cell->histogram) == 0;

		if (!none_counts)
			add_figures(table, cell);
		add_omissions(table, cell, none_counts);
	}
	rc = lfb_table_write(table, out);
	lfb_table_free(table);
	(void)fputc('\n', out);
	return rc;
}

static void print_note(FILE *out, const struct lfb_medium *medium, const char *text)
{
	lfb_text_write_wrapped(out, text, 0, 0, medium->width);
	(void)fputc('\n', out);
}

static void print_legend(FILE *out, const struct latency_cells *cells, const struct lfb_medium *medium)
{
	bool response = false;

	for (size_t i = 0; i < cells->count; i++)
		response |= strcmp(cells->cells[i].role, "response") == 0;
	print_note(out, medium,
		   "All launches and trials of a cell together. A percentile is the highest value of its bucket, less "
		   "than "
		   "0.1 % above the true one; the maximum is exact. -: too few samples, a percentile p takes 10 / (1 - "
		   "p).");
	print_note(out, medium,
		   "service: from when an item was sent until it was popped; in ping_pong until it was back.");
	if (response)
		print_note(out, medium,
			   "response: from when an item was due, so that waiting for a queue that stalls counts.");
}

int latency_print(FILE *out, const struct latency_cells *cells, const struct lfb_medium *medium)
{
	const struct latency_cell *const end = cells->cells + cells->count;
	int rc = 0;

	for (const struct latency_cell *first = cells->cells, *next; rc == 0 && first < end; first = next) {
		for (next = first + 1; next < end && strcmp(next->shape, first->shape) == 0;)
			next++;
		rc = print_shape(out, first, next, medium);
	}
	if (rc == 0)
		print_legend(out, cells, medium);
	return rc;
}
