/* render_table.c - see render_table.h. */
#include "render_table.h"

#include "names.h"
#include "pass.h"
#include "safe_text.h"
#include "workload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CELL_BYTES RENDER_CELL_BYTES
#define NO_MARK RENDER_NO_MARK

enum column {
	MARK,
	BACKEND,
	SEMANTICS,
	CAPACITY,
	NS_PER_OP,
	INTERVAL,
	OPS_PER_S,
	OF_CEILING,
	P50,
	P99,
	FLAGS,
	BAR,
	COLUMNS
};

/*
 * On a narrow terminal the capacity goes first, then what repeats ns/op: the bar, the share, ops/s where there
 * are latencies; these go last.
 */
static const struct lfb_table_column columns[COLUMNS] = {
	[MARK] = { .title = "", .tight = true },
	[BACKEND] = { .title = "backend", .shrink = true },
	[SEMANTICS] = { .title = "semantics", .shrink = true },
	[CAPACITY] = { .title = "capacity", .right = true, .rank = 6 },
	[NS_PER_OP] = { .title = "ns/op", .right = true },
	[INTERVAL] = { .title = "interval", .right = true },
	[OPS_PER_S] = { .title = "ops/s", .right = true, .rank = 3 },
	[OF_CEILING] = { .title = "of faa", .right = true, .rank = 4 },
	[P50] = { .title = "p50", .right = true, .rank = 1 },
	[P99] = { .title = "p99", .right = true, .rank = 2 },
	[FLAGS] = { .title = "flags" },
	[BAR] = { .title = "", .bar = true, .rank = 5 },
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

/* What the backend does not allow is no failure, and is said once however often it was asked for. */
static bool is_unsupported(const struct lfb_problem *problem)
{
	return strcmp(problem->status, "unsupported") == 0;
}

/* "3 rows crashed: SIGSEGV", "latency pass: timeout" */
static char *problem_text(const struct lfb_problem *problem)
{
	const bool counted = problem->rows > 1 && !is_unsupported(problem);
	char rows[CELL_BYTES] = "", *text;

	if (counted)
		(void)snprintf(rows, sizeof(rows), "%zu rows ", problem->rows);
	if (asprintf(&text, "%s%s%s%s%s%s", problem->pass, problem->pass[0] != '\0' ? " pass: " : "", rows, problem->status,
		     problem->reason[0] != '\0' ? ": " : "", problem->reason) < 0)
		return NULL;
	return text;
}

/* The latencies of its closed loop, or NULL. */
static const struct lfb_at_load *closed_loop(const struct lfb_entry *entry)
{
	return entry->load_count > 0 && !entry->loads[0].open ? &entry->loads[0] : NULL;
}

/* A queue that has figures. `best` is the most operations per second in the table. */
static void add_figures(struct lfb_table *table, const struct lfb_medium *medium, const struct lfb_entry *entry,
			double best, uint32_t common_flags, enum lfb_style style)
{
	static const char *const marks[2][2] = { { NO_MARK, "!" }, { "=", "=!" } };
	char ns[CELL_BYTES] = "", interval[CELL_BYTES] = "", rate[CELL_BYTES] = "", share[CELL_BYTES] = "";
	char p50[CELL_BYTES] = "", p99[CELL_BYTES] = "", flags[CELL_BYTES];
	const struct lfb_at_load *const closed = closed_loop(entry);
	const bool timed = entry->launches > 0;
	const char *const cells[COLUMNS] = {
		[MARK] = marks[entry->unresolved][entry->incomplete],
		[BACKEND] = entry->label,
		[SEMANTICS] = semantics_text(entry),
		[CAPACITY] = capacity_text(entry),
		[NS_PER_OP] = ns,
		[INTERVAL] = interval,
		[OPS_PER_S] = rate,
		[OF_CEILING] = share,
		[P50] = p50,
		[P99] = p99,
		[FLAGS] = flags,
		[BAR] = "",
	};

	if (timed) {
		render_ns(ns, entry->ns_per_op.median);
		format_interval(interval, &entry->ns_per_op, medium->ascii);
		render_rate(rate, entry->ops_per_s.median);
		format_share(share, entry->of_ceiling);
	}
	if (closed != NULL) {
		render_time(p50, closed->ns[LFB_LAT_P50], medium->ascii);
		render_time(p99, closed->ns[LFB_LAT_P99], medium->ascii);
	}
	format_flags(flags, entry->flags & ~common_flags);
	lfb_table_add(table, style, cells, entry->reference || !timed ? -1 : entry->ops_per_s.median / best);
}

static bool has_line(const struct lfb_entry *entry)
{
	return entry->launches > 0 || closed_loop(entry) != NULL;
}

/* In place of figures. */
static const char *absence_text(const struct lfb_entry *entry)
{
	if (entry->pilot_rows > 0)
		return "only launches of the pilot so far";
	return entry->load_count > 0 || entry->contention.launches > 0 ? "no throughput pass" : "no figures in its rows";
}

/* A line for each way the entry was not ok: in place of figures, or below them. */
static int add_problems(struct lfb_table *table, const struct lfb_entry *entry)
{
	for (size_t p = 0; p < entry->problem_count; p++) {
		char *const text = problem_text(&entry->problems[p]);
		const bool harmless = is_unsupported(&entry->problems[p]);
		const bool named = p == 0 && !has_line(entry);
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
		if (has_line(entry))
			add_figures(table, medium, entry, best, group->common_flags, style);
		else if (entry->problem_count == 0)
			lfb_table_add(table, LFB_STYLE_DIM,
				      (const char *const[]){ NO_MARK, entry->label, absence_text(entry), NULL },
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

/* Without what only says at which load an open loop ran: those are lines, not tables. */
static void describe_params(FILE *out, const char *params)
{
	while (*params != '\0') {
		const size_t bytes = strcspn(params, ";");

		if (bytes > 0 && !lfb_summary_is_load(params))
			(void)fprintf(out, ", %.*s", (int)bytes, params);
		params += bytes + (params[bytes] == ';');
	}
}

/* A pass this version does not know, which has tables of its own. */
static void describe_pass(FILE *out, const char *pass)
{
	if (pass[0] != '\0' && lfb_name_find(lfb_pass_names, pass) < 0)
		(void)fprintf(out, ", %s pass", pass);
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
	describe_params(out, lfb_row_get(row, LFB_COL_params));
	describe_pass(out, lfb_row_get(row, LFB_COL_pass));
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

/* That the machine changed; plain characters only, since what is described is made safe as a whole. */
static void describe_machine(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	(void)summary;
	render_regimes_text(out, &group->regimes, true);
}

int render_paragraph(FILE *out, render_describe_fn describe, const struct lfb_summary *summary,
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
		if (column == 0)
			(void)fputs("  ", out);
		lfb_text_write_wrapped(out, lfb_safe_text(text, medium->ascii, safe, bytes * 3 + 1),
				       column == 0 ? 2 : column, 2, medium->width);
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
	rc = render_paragraph(out, describe_shape, summary, group, (unsigned)lfb_text_columns(workload, SIZE_MAX) + 2,
			       medium);
	if (rc != 0 || group->launches_max == 0)
		return rc;
	rc = render_paragraph(out, describe_lines, summary, group, 0, medium);
	if (rc != 0 || !group->regimes.found)
		return rc;
	return render_paragraph(out, describe_machine, summary, group, 0, medium);
}

static int print_table(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	int rc = -ENOMEM;

	if (table != NULL)
		rc = fill_table(table, group, medium);
	if (rc == 0)
		rc = lfb_table_write(table, out);
	lfb_table_free(table);
	return rc;
}

int render_group(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
		 const struct lfb_medium *medium)
{
	int rc = print_heading(out, summary, group, medium);

	if (rc == 0)
		rc = print_table(out, group, medium);
	if (rc == 0)
		rc = render_regimes(out, group, medium);
	if (rc == 0)
		rc = render_loads(out, group, medium);
	if (rc == 0)
		rc = render_why(out, group, medium);
	return rc == 0 ? render_remarks(out, group, medium) : rc;
}
