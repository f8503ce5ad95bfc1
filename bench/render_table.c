/* render_table.c - see render_table.h. */
#include "render_table.h"

#include "names.h"
#include "safe_text.h"
#include "workload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CELL_BYTES 64
#define NO_MARK " " /* not empty: the lines keep their indentation in a table without marks */

enum column { MARK, BACKEND, SEMANTICS, CAPACITY, NS_PER_OP, INTERVAL, OPS_PER_S, OF_CEILING, FLAGS, BAR, COLUMNS };

/* On a narrow terminal the capacity goes first, then the bar and the share, which repeat what ops/s says. */
static const struct lfb_table_column columns[COLUMNS] = {
	[MARK] = { .title = "", .tight = true },
	[BACKEND] = { .title = "backend", .shrink = true },
	[SEMANTICS] = { .title = "semantics", .shrink = true },
	[CAPACITY] = { .title = "capacity", .right = true, .rank = 3 },
	[NS_PER_OP] = { .title = "ns/op", .right = true },
	[INTERVAL] = { .title = "interval", .right = true },
	[OPS_PER_S] = { .title = "ops/s", .right = true },
	[OF_CEILING] = { .title = "of faa", .right = true, .rank = 1 },
	[FLAGS] = { .title = "flags" },
	[BAR] = { .title = "", .bar = true, .rank = 2 },
};

char render_flag_letter(size_t flag)
{
	return (char)(flag < 26 ? 'a' + (char)flag : 'A' + (char)(flag - 26));
}

/* Three significant digits, and never fewer than the whole number. */
static int decimals_of(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

static void format_ns(char out[CELL_BYTES], double value)
{
	(void)snprintf(out, CELL_BYTES, "%.*f", decimals_of(value), value);
}

/* 19234567 as "19.2 M". */
static void format_rate(char out[CELL_BYTES], double value)
{
	static const char *const units[] = { "", " k", " M", " G", " T" };
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < COUNT(units)) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(out, CELL_BYTES, "%.*f%s", decimals_of(value), value, units[unit]);
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
	format_ns(low, figure->low);
	format_ns(high, figure->high);
	(void)snprintf(out, CELL_BYTES, "%.24s%s%.24s", low, ascii ? "-" : "\u2013", high);
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

/* "3 rows crashed: SIGSEGV" */
static char *problem_text(const struct lfb_problem *problem)
{
	char rows[CELL_BYTES] = "", *text;

	if (problem->rows > 1)
		(void)snprintf(rows, sizeof(rows), "%zu rows ", problem->rows);
	if (asprintf(&text, "%s%s%s%s", rows, problem->status, problem->reason[0] != '\0' ? ": " : "",
		     problem->reason) < 0)
		return NULL;
	return text;
}

/* A queue that has figures. `best` is the most operations per second in the table. */
static void add_figures(struct lfb_table *table, const struct lfb_medium *medium, const struct lfb_entry *entry,
			double best, uint32_t common_flags, enum lfb_style style)
{
	static const char *const marks[2][2] = { { NO_MARK, "!" }, { "=", "=!" } };
	char ns[CELL_BYTES], interval[CELL_BYTES], rate[CELL_BYTES], share[CELL_BYTES], flags[CELL_BYTES];
	const char *const cells[COLUMNS] = {
		[MARK] = marks[entry->unresolved][entry->problem_count > 0],
		[BACKEND] = entry->label,
		[SEMANTICS] = semantics_text(entry),
		[CAPACITY] = capacity_text(entry),
		[NS_PER_OP] = ns,
		[INTERVAL] = interval,
		[OPS_PER_S] = rate,
		[OF_CEILING] = share,
		[FLAGS] = flags,
		[BAR] = "",
	};

	format_ns(ns, entry->ns_per_op.median);
	format_interval(interval, &entry->ns_per_op, medium->ascii);
	format_rate(rate, entry->ops_per_s.median);
	format_share(share, entry->of_ceiling);
	format_flags(flags, entry->flags & ~common_flags);
	lfb_table_add(table, style, cells, entry->reference ? -1 : entry->ops_per_s.median / best);
}

/* A line for each way the entry was not ok: in place of figures, or below them. */
static int add_problems(struct lfb_table *table, const struct lfb_entry *entry)
{
	const bool has_figures = entry->launches > 0;

	for (size_t p = 0; p < entry->problem_count; p++) {
		char *const text = problem_text(&entry->problems[p]);
		const bool harmless = strcmp(entry->problems[p].status, "unsupported") == 0;
		const bool named = p == 0 && !has_figures;
		const char *const cells[COLUMNS] = {
			[MARK] = NO_MARK,
			[BACKEND] = named ? entry->label : "",
			[SEMANTICS] = text,
			[CAPACITY] = NULL,
		};

		if (text == NULL)
			return -ENOMEM;
		lfb_table_add(table, harmless ? LFB_STYLE_DIM : LFB_STYLE_BAD, cells, -1);
		free(text);
	}
	return 0;
}

/* The fastest, if the figures say for sure that it is, and of queues that promise the same. */
static bool is_winner(const struct lfb_group *group, size_t at)
{
	return at == group->references && group->ranked > 1 && !group->unlike_semantics &&
	       group->entries[at]->ns_per_op.has_interval && group->entries[at + 1]->ns_per_op.has_interval &&
	       !group->entries[at + 1]->unresolved;
}

static int fill_table(struct lfb_table *table, const struct lfb_group *group, const struct lfb_medium *medium)
{
	double best = 0;
	int rc = 0;

	for (size_t e = group->references; e < group->references + group->ranked; e++)
		if (group->entries[e]->ops_per_s.median > best)
			best = group->entries[e]->ops_per_s.median;
	for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
		const struct lfb_entry *const entry = group->entries[e];
		const enum lfb_style style = entry->reference	   ? LFB_STYLE_DIM
					     : is_winner(group, e) ? LFB_STYLE_BEST
								   : LFB_STYLE_PLAIN;

		if (e > 0 && e == group->references)
			lfb_table_add_gap(table);
		if (entry->launches > 0)
			add_figures(table, medium, entry, best, group->common_flags, style);
		else if (entry->problem_count == 0)
			lfb_table_add(table, LFB_STYLE_DIM,
				      (const char *const[]){ NO_MARK, entry->label, "no figures in its rows", NULL },
				      -1);
		rc = add_problems(table, entry);
	}
	return rc;
}

/* How a column is said in a heading, and the value that goes without saying. */
static const struct {
	enum lfb_column column;
	const char *before, *after;
	const char *silent;
} said[] = {
	{ LFB_COL_capacity, "capacity ", "", "" },
	{ LFB_COL_batch, "batches of ", "", "1" },
	{ LFB_COL_payload_bytes, "", " bytes each", "8" },
	{ LFB_COL_payload_by, "by ", "", "value" },
	{ LFB_COL_work_push_ns, "", " ns between pushes", "0" },
	{ LFB_COL_work_pop_ns, "", " ns between pops", "0" },
	{ LFB_COL_wait, "wait ", "", "" },
	{ LFB_COL_pin, "pin ", "", "" },
	{ LFB_COL_params, "", "", "" },
	{ LFB_COL_pass, "", " pass", "throughput" },
};

/* "1 producer, 2 consumers" or "2 threads". */
static void write_threads(FILE *out, const struct lfb_row *row)
{
	const char *const producers = lfb_row_get(row, LFB_COL_producers), *const consumers =
										   lfb_row_get(row, LFB_COL_consumers);
	const int workload = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));

	if (workload >= 0 && lfb_workloads[workload].by_threads)
		(void)fprintf(out, "%u threads",
			      lfb_workload_threads(&lfb_workloads[workload],
						   (uint32_t)lfb_row_get_u64(row, LFB_COL_producers, 0),
						   (uint32_t)lfb_row_get_u64(row, LFB_COL_consumers, 0)));
	else
		(void)fprintf(out, "%s producer%s, %s consumer%s", producers, strcmp(producers, "1") == 0 ? "" : "s",
			      consumers, strcmp(consumers, "1") == 0 ? "" : "s");
}

static void write_range(FILE *out, size_t least, size_t most, const char *noun)
{
	if (least != most)
		(void)fprintf(out, "%zu to ", least);
	(void)fprintf(out, "%zu %s%s", most, noun, most == 1 ? "" : noun[strlen(noun) - 1] == 'h' ? "es" : "s");
}

static bool has_several_hosts(const struct lfb_summary *summary)
{
	for (size_t g = 1; g < summary->group_count; g++)
		if (strcmp(lfb_row_get(&summary->groups[g]->row, LFB_COL_host),
			   lfb_row_get(&summary->groups[0]->row, LFB_COL_host)) != 0)
			return true;
	return false;
}

/* The shape, not yet safe to print. */
static void describe_shape(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	const struct lfb_row *const row = &group->row;

	write_threads(out, row);
	for (size_t i = 0; i < COUNT(said); i++) {
		const char *const value = lfb_row_get(row, said[i].column);

		if (value[0] != '\0' && strcmp(value, said[i].silent) != 0)
			(void)fprintf(out, ", %s%s%s", said[i].before, value, said[i].after);
	}
	if (has_several_hosts(summary))
		(void)fprintf(out, ", on %s", lfb_row_get(row, LFB_COL_host));
}

/* What goes for all lines of the table. */
static void describe_lines(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	const char *between = " ";

	(void)summary;
	write_range(out, group->launches_min, group->launches_max, "launch");
	(void)fputs(" of ", out);
	write_range(out, group->trials_min, group->trials_max, "trial");
	(void)fputc('.', out);
	if (group->unlike_semantics)
		(void)fputs(" Unlike semantics: rank only like with like.", out);
	if (group->common_flags != 0)
		(void)fputs(" All lines carry flag", out);
	for (size_t i = 0; i < LFB_SUMMARY_FLAGS; i++) {
		if ((group->common_flags >> i & 1) == 0)
			continue;
		(void)fprintf(out, "%s%c", between, render_flag_letter(i));
		between = ", ";
	}
	if (group->common_flags != 0)
		(void)fputc('.', out);
}

typedef void (*describe_fn)(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group);

/* Print a paragraph that contains text of unknown origin, `column` columns into the line. */
static int print_description(FILE *out, describe_fn describe, const struct lfb_summary *summary,
			     const struct lfb_group *group, unsigned column, const struct lfb_medium *medium)
{
	char *text = NULL, *safe = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return -ENOMEM;
	describe(memory, summary, group);
	if (fclose(memory) == 0)
		safe = malloc(bytes * 3 + 1); /* a replaced byte may become three */
	if (safe != NULL) {
		lfb_text_write_wrapped(out, lfb_safe_text(text, medium->ascii, safe, bytes * 3 + 1), column, 2,
				       medium->width);
		(void)fputc('\n', out);
	}
	free(text);
	free(safe);
	return safe != NULL ? 0 : -ENOMEM;
}

static int print_heading(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
			 const struct lfb_medium *medium)
{
	char workload[CELL_BYTES];
	int rc;

	(void)lfb_safe_text(lfb_row_get(&group->row, LFB_COL_workload), medium->ascii, workload, sizeof(workload));
	lfb_style_begin(out, medium, LFB_STYLE_TITLE);
	(void)fputs(workload, out);
	lfb_style_end(out, medium, LFB_STYLE_TITLE);
	(void)fputs(": ", out);
	rc = print_description(out, describe_shape, summary, group, (unsigned)lfb_text_columns(workload, SIZE_MAX) + 2,
			       medium);
	if (rc != 0 || group->launches_max == 0)
		return rc;
	(void)fputs("  ", out);
	return print_description(out, describe_lines, summary, group, 2, medium);
}

int render_group(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
		 const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	int rc = -ENOMEM;

	if (table != NULL)
		rc = print_heading(out, summary, group, medium);
	if (rc == 0)
		rc = fill_table(table, group, medium);
	if (rc == 0)
		rc = lfb_table_write(table, out);
	lfb_table_free(table);
	return rc;
}
