/* render_columns.c - see render_columns.h. */
#include "commands/show/render_columns.h"

#include "plan/names.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CELL_BYTES RENDER_CELL_BYTES

/*
 * On a narrow terminal the capacity goes first, then what repeats ns/op: the bar, the share, ops/s where there
 * are latencies; these go last.
 */
const struct render_column_info render_columns[RENDER_COLUMNS] = {
	[RENDER_BACKEND] = { "backend", "backend", .shrink = true, .sorts = true },
	[RENDER_SEMANTICS] = { "semantics", "semantics", .shrink = true, .sorts = true },
	[RENDER_PROGRESS] = { "progress", "push/pop", .shrink = true },
	[RENDER_LIBRARY] = { "library", "library", .shrink = true },
	[RENDER_ALLOC] = { "alloc", "alloc" },
	[RENDER_CAPACITY] = { "capacity", "capacity", .right = true, .rank = 6 },
	[RENDER_NS_PER_OP] = { "ns_per_op", "ns/op", .right = true, .sorts = true },
	[RENDER_INTERVAL] = { "interval", "interval", .right = true },
	[RENDER_OPS_PER_S] = { "ops_per_s", "ops/s", .right = true, .sorts = true, .rank = 3 },
	[RENDER_OF_CEILING] = { "of_faa", "of faa", .right = true, .rank = 4 },
	[RENDER_P50] = { "p50", "p50", .right = true, .sorts = true, .rank = 1 },
	[RENDER_P99] = { "p99", "p99", .right = true, .sorts = true, .rank = 2 },
	[RENDER_P999] = { "p999", "p99.9", .right = true, .sorts = true },
	[RENDER_MAX] = { "max", "max", .right = true, .sorts = true },
	[RENDER_CAS_FAILURES] = { "cas_failures", "failed CAS/op", .right = true, .sorts = true },
	[RENDER_ATOMICS] = { "atomics", "atomics/op", .right = true, .sorts = true },
	[RENDER_LOCK_WAITS] = { "lock_waits", "lock waits/op", .right = true, .sorts = true },
	[RENDER_SWITCHES] = { "switches", "switches/s", .right = true, .sorts = true },
	[RENDER_EMPTY] = { "empty", "empty polls/op", .right = true, .sorts = true },
	[RENDER_FULL] = { "full", "full polls/op", .right = true, .sorts = true },
	[RENDER_FAIRNESS] = { "fairness", "fairness", .right = true, .sorts = true },
	[RENDER_LAUNCHES] = { "launches", "launches", .right = true, .sorts = true },
	[RENDER_FLAGS] = { "flags", "flags" },
	[RENDER_BAR] = { "bar", "", .rank = 5 },
};

static const enum render_column preset[] = {
	RENDER_BACKEND, RENDER_SEMANTICS, RENDER_CAPACITY, RENDER_NS_PER_OP, RENDER_INTERVAL, RENDER_OPS_PER_S,
	RENDER_OF_CEILING, RENDER_P50, RENDER_P99, RENDER_FLAGS, RENDER_BAR,
};

struct render_view render_view_preset(void)
{
	struct render_view view = { .count = COUNT(preset), .sort = RENDER_NS_PER_OP };

	memcpy(view.column, preset, sizeof(preset));
	return view;
}

bool render_view_is_ranking(const struct render_view *view)
{
	return view->sort == RENDER_NS_PER_OP && !view->descending;
}

/* Names of all columns, or of those that sort, ended by NULL. */
static void name_columns(const char *names[RENDER_COLUMNS + 1], bool sorting)
{
	size_t count = 0;

	for (int i = 0; i < RENDER_COLUMNS; i++)
		if (!sorting || render_columns[i].sorts)
			names[count++] = render_columns[i].name;
	names[count] = NULL;
}

static int refuse_word(const char *option, const char *word, bool sorting, struct lfb_error *error)
{
	const char *names[RENDER_COLUMNS + 1];
	char known[384];

	name_columns(names, sorting);
	return lfb_fail(error, -EINVAL, "%s '%.50s' is not known; known: %s", option, word, lfb_names_join(names, known, sizeof(known)));
}

static int find_column(const char *name)
{
	const char *names[RENDER_COLUMNS + 1];

	name_columns(names, false);
	return lfb_name_find(names, name);
}

static bool has_column(const struct render_view *view, int column)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->column[i] == (enum render_column)column)
			return true;
	return false;
}

int render_view_columns(struct render_view *view, const char *list, struct lfb_error *error)
{
	view->count = 1;
	view->column[0] = RENDER_BACKEND;
	view->chosen = true;
	do {
		const size_t length = strcspn(list, ",");
		char word[CELL_BYTES];
		int column;

		(void)snprintf(word, sizeof(word), "%.*s", (int)(length < sizeof(word) ? length : sizeof(word) - 1), list);
		column = find_column(word);
		if (column < 0)
			return refuse_word("--columns", word, false, error);
		if (!has_column(view, column))
			view->column[view->count++] = (enum render_column)column;
		list += length;
	} while (*list++ == ',');
	return 0;
}

int render_view_sort(struct render_view *view, const char *word, struct lfb_error *error)
{
	const int column = find_column(word + (word[0] == '-'));

	if (column < 0 || !render_columns[column].sorts)
		return refuse_word("--sort", word, true, error);
	view->sort = (enum render_column)column;
	view->descending = word[0] == '-';
	return 0;
}

char render_flag_letter(size_t flag)
{
	return (char)(flag < 26 ? 'a' + (char)flag : 'A' + (char)(flag - 26));
}

/* Three significant digits, and never fewer than the whole number. */
static int decimals_of(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

void render_ns(char out[CELL_BYTES], double value)
{
	(void)snprintf(out, CELL_BYTES, "%.*f", decimals_of(value), value);
}

void render_rate(char out[CELL_BYTES], double value)
{
	static const char *const units[] = { "", " k", " M", " G", " T" };
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < COUNT(units)) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(out, CELL_BYTES, "%.*f%s", decimals_of(value), value, units[unit]);
}

void render_time(char out[CELL_BYTES], double ns, bool ascii)
{
	const struct {
		double ns;
		const char *unit;
	} units[] = { { 1, "ns" }, { 1e3, ascii ? "us" : "\u00B5s" }, { 1e6, "ms" }, { 1e9, "s" } };
	size_t unit = 0;

	out[0] = '\0';
	if (!(ns >= 0))
		return;
	while (unit + 1 < COUNT(units) && ns >= 999.5 * units[unit].ns)
		unit++;
	(void)snprintf(out, CELL_BYTES, "%.*f %s", unit == 0 ? 0 : decimals_of(ns / units[unit].ns), ns / units[unit].ns,
		       units[unit].unit);
}

static void format_share(char out[CELL_BYTES], double share)
{
	const double percent = share * 100;

	if (isfinite(percent))
		(void)snprintf(out, CELL_BYTES, "%.*f %%", percent < 9.95 ? 1 : 0, percent);
	else
		out[0] = '\0';
}

static void format_interval(char out[CELL_BYTES], const struct lfb_figure *figure, bool ascii)
{
	char low[CELL_BYTES], high[CELL_BYTES];

	out[0] = '\0';
	if (!figure->has_interval)
		return;
	render_ns(low, figure->low);
	render_ns(high, figure->high);
	(void)snprintf(out, CELL_BYTES, "%.24s%s%.24s", low, ascii ? "-" : "\u2013", high);
}

void render_count(char out[CELL_BYTES], double count)
{
	const int decimals = !(count > 0) || count >= 9.95 ? 0 : count >= 0.995 ? 1 : (int)ceil(-log10(count)) + 1;

	out[0] = '\0';
	if (!isnan(count))
		(void)snprintf(out, CELL_BYTES, "%.*f", decimals < 9 ? decimals : 9, count);
}

static void format_flags(char out[CELL_BYTES], uint32_t flags)
{
	size_t used = 0;

	for (size_t i = 0; i < LFB_SUMMARY_FLAGS; i++)
		if ((flags >> i & 1) != 0)
			out[used++] = render_flag_letter(i);
	out[used] = '\0';
}

static const char *capacity_text(const struct lfb_entry *entry)
{
	const char *const bounded = lfb_row_get(&entry->row, LFB_COL_bounded);

	if (entry->reference || bounded[0] == '\0')
		return "";
	return strcmp(bounded, "0") == 0 ? "none" : lfb_row_get(&entry->row, LFB_COL_capacity_effective);
}

static const char *semantics_text(const struct lfb_entry *entry)
{
	return entry->reference ? "reference" : lfb_row_get(&entry->row, LFB_COL_semantics);
}

/* "lock_free/blocking" */
static const char *progress_text(const struct lfb_entry *entry, char out[CELL_BYTES])
{
	const char *const push = lfb_row_get(&entry->row, LFB_COL_progress_push);
	const char *const pop = lfb_row_get(&entry->row, LFB_COL_progress_pop);

	out[0] = '\0';
	if (push[0] != '\0' || pop[0] != '\0')
		(void)snprintf(out, CELL_BYTES, "%.30s/%.30s", push, pop);
	return out;
}

const struct lfb_at_load *render_closed_loop(const struct lfb_entry *entry)
{
	return entry->load_count > 0 && !entry->loads[0].open ? &entry->loads[0] : NULL;
}

static const struct {
	enum render_column column;
	enum lfb_percentile percentile;
} percentiles[] = {
	{ RENDER_P50, LFB_LAT_P50 }, { RENDER_P99, LFB_LAT_P99 }, { RENDER_P999, LFB_LAT_P999 }, { RENDER_MAX, LFB_LAT_MAX },
};

static const struct {
	enum render_column column;
	enum lfb_event event;
} events[] = {
	{ RENDER_CAS_FAILURES, LFB_EVENT_CAS_FAILURE }, { RENDER_ATOMICS, LFB_EVENT_ATOMIC }, { RENDER_LOCK_WAITS, LFB_EVENT_LOCK_WAIT },
	{ RENDER_EMPTY, LFB_EVENT_EMPTY },		{ RENDER_FULL, LFB_EVENT_FULL },
};

static double latency_of(const struct lfb_entry *entry, enum render_column column)
{
	const struct lfb_at_load *const closed = render_closed_loop(entry);

	for (size_t i = 0; i < COUNT(percentiles) && closed != NULL; i++)
		if (percentiles[i].column == column)
			return closed->ns[percentiles[i].percentile];
	return NAN;
}

static double count_of(const struct lfb_entry *entry, enum render_column column)
{
	if (entry->contention.launches == 0)
		return NAN;
	for (size_t i = 0; i < COUNT(events); i++)
		if (events[i].column == column)
			return entry->contention.per_op[events[i].event];
	return column == RENDER_SWITCHES ? entry->contention.switches_per_s : NAN;
}

/* The figure in a column; NaN: there is none, or it is a text. */
static double figure_of(const struct lfb_entry *entry, enum render_column column)
{
	switch (column) {
	case RENDER_NS_PER_OP:
		return entry->launches > 0 ? entry->ns_per_op.median : NAN;
	case RENDER_OPS_PER_S:
		return entry->launches > 0 ? entry->ops_per_s.median : NAN;
	case RENDER_FAIRNESS:
		return entry->launches > 0 ? entry->fairness : NAN;
	case RENDER_LAUNCHES:
		return (double)entry->launches;
	case RENDER_P50:
	case RENDER_P99:
	case RENDER_P999:
	case RENDER_MAX:
		return latency_of(entry, column);
	default:
		return count_of(entry, column);
	}
}

/* A column whose figure is a plain number. */
static const char *format_figure(const struct lfb_entry *entry, enum render_column column, bool ascii, char out[CELL_BYTES])
{
	const double value = figure_of(entry, column);

	out[0] = '\0';
	if (isnan(value))
		return out;
	if (column == RENDER_NS_PER_OP)
		render_ns(out, value);
	else if (column == RENDER_OPS_PER_S || column == RENDER_SWITCHES)
		render_rate(out, value);
	else if (column >= RENDER_P50 && column <= RENDER_MAX)
		render_time(out, value, ascii);
	else if (column == RENDER_FAIRNESS)
		(void)snprintf(out, CELL_BYTES, "%.2f", value);
	else if (column == RENDER_LAUNCHES)
		(void)snprintf(out, CELL_BYTES, "%.0f", value);
	else
		render_count(out, value);
	return out;
}

const char *render_cell(const struct lfb_entry *entry, enum render_column column, uint32_t common_flags, bool ascii, char out[CELL_BYTES])
{
	out[0] = '\0';
	switch (column) {
	case RENDER_BACKEND:
		return entry->label;
	case RENDER_SEMANTICS:
		return semantics_text(entry);
	case RENDER_PROGRESS:
		return progress_text(entry, out);
	case RENDER_LIBRARY:
		return lfb_row_get(&entry->row, LFB_COL_backend_library);
	case RENDER_ALLOC:
		return lfb_row_get(&entry->row, LFB_COL_alloc);
	case RENDER_CAPACITY:
		return capacity_text(entry);
	case RENDER_INTERVAL:
		if (entry->launches > 0)
			format_interval(out, &entry->ns_per_op, ascii);
		return out;
	case RENDER_OF_CEILING:
		if (entry->launches > 0)
			format_share(out, entry->of_ceiling);
		return out;
	case RENDER_FLAGS:
		format_flags(out, entry->flags & ~common_flags);
		return out;
	case RENDER_BAR:
		return out;
	default:
		return format_figure(entry, column, ascii, out);
	}
}

/* Two figures, those that are there first. */
static int by_figure(double a, double b, bool descending)
{
	if (isnan(a) || isnan(b))
		return !!isnan(a) - !!isnan(b);
	return descending ? (a < b) - (a > b) : (a > b) - (a < b);
}

/* A line among others of its kind; qsort_r leaves it open which of two equal ones is the first, so rank decides. */
struct line {
	const struct lfb_entry *entry;
	size_t rank;
};

static int by_column(const void *left, const void *right, void *context)
{
	const struct line *const a = left, *const b = right;
	const struct render_view *const view = context;
	char a_text[CELL_BYTES], b_text[CELL_BYTES];
	int order;

	if (view->sort == RENDER_BACKEND || view->sort == RENDER_SEMANTICS) {
		order = strcmp(render_cell(a->entry, view->sort, 0, true, a_text), render_cell(b->entry, view->sort, 0, true, b_text));
		order = view->descending ? -order : order;
	} else {
		order = by_figure(figure_of(a->entry, view->sort), figure_of(b->entry, view->sort), view->descending);
	}
	return order != 0 ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

const struct lfb_entry **render_order(const struct lfb_group *group, const struct render_view *view)
{
	const struct lfb_entry **const order = (const struct lfb_entry **)reallocarray(NULL, group->entry_count + 1, sizeof(order[0]));
	struct line *const lines = reallocarray(NULL, group->entry_count + 1, sizeof(*lines));
	const size_t first = group->references, count = group->entry_count - first;

	for (size_t i = 0; i < group->entry_count && lines != NULL; i++)
		lines[i] = (struct line){ group->entries[i], i };
	if (lines != NULL && count > 1 && !render_view_is_ranking(view))
		qsort_r(lines + first, count, sizeof(*lines), by_column, (void *)(uintptr_t)view);
	for (size_t i = 0; i < group->entry_count && lines != NULL && order != NULL; i++)
		order[i] = lines[i].entry;
	if (lines == NULL || order == NULL) {
		free(lines);
		free((void *)order);
		return NULL;
	}
	free(lines);
	return order;
}

bool render_has_figures(const struct lfb_entry *entry)
{
	return entry->launches > 0 || render_closed_loop(entry) != NULL;
}

const char *render_absence(const struct lfb_entry *entry)
{
	if (entry->pilot_rows > 0)
		return "only launches of the pilot so far";
	return entry->load_count > 0 || entry->contention.launches > 0 ? "no throughput pass" : "no figures in its rows";
}

/* Said once however often it was asked for. */
bool render_is_unsupported(const struct lfb_problem *problem)
{
	return strcmp(problem->status, "unsupported") == 0;
}

char *render_problem(const struct lfb_problem *problem)
{
	const bool counted = problem->rows > 1 && !render_is_unsupported(problem);
	char rows[CELL_BYTES] = "", *text;

	if (counted)
		(void)snprintf(rows, sizeof(rows), "%zu rows ", problem->rows);
	if (asprintf(&text, "%s%s%s%s%s%s", problem->pass, problem->pass[0] != '\0' ? " pass: " : "", rows, problem->status,
		     problem->reason[0] != '\0' ? ": " : "", problem->reason) < 0)
		return NULL;
	return text;
}

const struct lfb_entry *render_winner(const struct lfb_group *group)
{
	const size_t at = group->references;

	if (group->ranked < 2 || group->unlike_semantics || !group->entries[at]->ns_per_op.has_interval ||
	    !group->entries[at + 1]->ns_per_op.has_interval || group->entries[at + 1]->unresolved)
		return NULL;
	return group->entries[at];
}

double render_best_rate(const struct lfb_group *group)
{
	double best = 0;

	for (size_t e = group->references; e < group->references + group->ranked; e++)
		best = fmax(best, group->entries[e]->ops_per_s.median);
	return best;
}
