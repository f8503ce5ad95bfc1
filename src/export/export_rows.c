/*
 * export_rows.c - the rows of a run as the list of export.h. The figures are those of the summary, that is, of `show`;
 * the trials behind them, which it does not keep, are found again among the rows, sorted by what makes an entry.
 */
#include "export/export.h"

#include "results/csv_file.h"
#include "plan/names.h"
#include "summary/summary_parts.h" /* which rows are one entry */
#include "plan/workload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is made into what. */
struct source {
	struct export_list *list;
	const struct lfb_row **rows; /* by entry, then in order of launch and trial */
	size_t count;
};

/* One metric of an entry: where its trials are in the rows, and how much they are of. */
struct metric {
	const char *name;
	enum lfb_column column;
	bool bigger_is_better;
};

static const struct metric cost = { EXPORT_COST, LFB_COL_ns_per_op, false };
static const struct metric speed = { EXPORT_SPEED, LFB_COL_ops_per_s, true };
static const struct metric percentiles[LFB_LAT_FIGURES] = {
	[LFB_LAT_P50] = { "p50 ns", LFB_COL_lat_p50_ns, false },
	[LFB_LAT_P99] = { "p99 ns", LFB_COL_lat_p99_ns, false },
	[LFB_LAT_P999] = { "p99.9 ns", LFB_COL_lat_p999_ns, false },
	[LFB_LAT_MAX] = { "max ns", LFB_COL_lat_max_ns, false },
};

static int by_entry(const void *left, const void *right)
{
	const struct lfb_row *const a = *(const struct lfb_row *const *)left, *const b =
										      *(const struct lfb_row *const *)
											      right;
	static const enum lfb_column order_of[] = { LFB_COL_launch, LFB_COL_trial };
	int order = lfb_summary_by_entry(a, b);

	for (size_t i = 0; order == 0 && i < 2; i++) {
		const uint64_t x = lfb_row_get_u64(a, order_of[i], 0), y = lfb_row_get_u64(b, order_of[i], 0);

		order = (x > y) - (x < y);
	}
	return order != 0 ? order : (a > b) - (a < b);
}

/* Where the rows of `entry` begin; they go on for as long as lfb_summary_by_entry says they are the same. */
static size_t first_row(const struct source *source, const struct lfb_entry *entry)
{
	size_t low = 0, high = source->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (lfb_summary_by_entry(source->rows[middle], &entry->row) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* "load=50/arrivals=poisson" of a row or "closed", as it tells the loads of an entry apart. */
static void load_text(const struct lfb_row *row, char *out, size_t out_bytes)
{
	static const char *const keys[] = { "arrivals", "load", "rate" };
	size_t used = 0;

	(void)snprintf(out, out_bytes, "loop=closed");
	if (strcmp(lfb_row_get(row, LFB_COL_lat_mode), "open") != 0)
		return;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char value[32];

		lfb_params_get(lfb_row_get(row, LFB_COL_params), keys[i], value, sizeof(value));
		for (char *c = value; *c != '\0'; c++)
			*c = strchr("0123456789.abcdefghijklmnopqrstuvwxyz", *c) != NULL ? *c : '_';
		if (value[0] != '\0' && used < out_bytes)
			used += (size_t)snprintf(out + used, out_bytes - used, "%s%s=%s", used > 0 ? "/" : "", keys[i],
						 value);
	}
}

/* A row whose figures the summary took. */
static bool is_measured(const struct lfb_row *row, enum lfb_row_pass pass)
{
	return lfb_row_pass(row) == pass && strcmp(lfb_row_get(row, LFB_COL_status), "ok") == 0 &&
	       !lfb_summary_row_has_flag(row, "pilot") &&
	       (pass != LFB_ROW_THROUGHPUT || strcmp(lfb_row_get(row, LFB_COL_flavour), "counting") != 0) &&
	       (pass != LFB_ROW_LATENCY || !lfb_summary_row_has_flag(row, "overloaded"));
}

/* `load`: of the latency pass, as load_text has it. */
static int add_trials(struct export_result *result, const struct source *source, const struct lfb_entry *entry,
		      const struct metric *metric, enum lfb_row_pass pass, const char *load)
{
	const size_t first = first_row(source, entry);
	size_t end = first;

	while (end < source->count && lfb_summary_by_entry(source->rows[end], &entry->row) == 0)
		end++;
	result->trials = (struct export_trial *)calloc(end - first + 1, sizeof(result->trials[0]));
	if (result->trials == NULL)
		return -ENOMEM;
	for (size_t i = first; i < end; i++) {
		const struct lfb_row *const row = source->rows[i];
		const double figure = lfb_row_get_f64(row, metric->column, NAN);
		char of[128] = "";

		if (load != NULL)
			load_text(row, of, sizeof(of));
		if (!is_measured(row, pass) || !(figure > 0) || (load != NULL && strcmp(of, load) != 0))
			continue;
		result->trials[result->trial_count++] = (struct export_trial){
			.launch = lfb_row_get_u64(row, LFB_COL_launch, 0),
			.trial = lfb_row_get_u64(row, LFB_COL_trial, 0),
			.items = lfb_row_get_u64(row, LFB_COL_items, 0),
			.ns_per_op = figure,
			.duration_ns = lfb_row_get_f64(row, LFB_COL_duration_ns, NAN),
			.user_ns = lfb_row_get_f64(row, LFB_COL_user_ns, NAN),
			.sys_ns = lfb_row_get_f64(row, LFB_COL_sys_ns, NAN),
		};
	}
	return 0;
}

static uint32_t threads_of(const struct lfb_row *row)
{
	const int found = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));
	const uint32_t producers = (uint32_t)lfb_row_get_u64(row, LFB_COL_producers, 0);
	const uint32_t consumers = (uint32_t)lfb_row_get_u64(row, LFB_COL_consumers, 0);

	return found >= 0 ? lfb_workload_threads(&lfb_workloads[found], producers, consumers) : producers + consumers;
}

/* A result of `entry` without figures. `load` may be NULL. */
static struct export_result *add_result(struct export_list *list, const struct lfb_entry *entry, const char *metric,
					const char *load)
{
	struct export_result *const result = export_add(list);
	char shape[EXPORT_SHAPE_BYTES];

	if (result == NULL)
		return NULL;
	(void)export_shape_text(&entry->row, shape);
	result->value = result->low = result->high = result->base_value = result->head_value = NAN;
	result->workload = strdup(lfb_row_get(&entry->row, LFB_COL_workload));
	result->backend = strdup(entry->label);
	result->metric = strdup(metric);
	result->message = strdup("");
	result->threads = threads_of(&entry->row);
	if (load == NULL)
		result->shape = strdup(shape);
	else if (asprintf(&result->shape, "%s%s%s", shape, shape[0] != '\0' ? "/" : "", load) < 0)
		result->shape = NULL;
	return result->workload != NULL && result->backend != NULL && result->metric != NULL &&
			       result->message != NULL && result->shape != NULL
		       ? result
		       : NULL;
}

static bool is_unsupported(const struct lfb_problem *problem)
{
	return strcmp(problem->status, LFB_SUMMARY_UNSUPPORTED) == 0;
}

/* The first failure of the throughput pass (`timed`) or of the others. NULL: none. */
static const struct lfb_problem *failure_of(const struct lfb_entry *entry, bool timed)
{
	for (size_t i = 0; i < entry->problem_count; i++)
		if ((entry->problems[i].pass[0] == '\0') == timed && !is_unsupported(&entry->problems[i]))
			return &entry->problems[i];
	return NULL;
}

/* What the backend does not allow. The summary does not tell in which pass. */
static const struct lfb_problem *unsupported_of(const struct lfb_entry *entry)
{
	for (size_t i = 0; i < entry->problem_count; i++)
		if (is_unsupported(&entry->problems[i]))
			return &entry->problems[i];
	return NULL;
}

/* What went wrong, instead of figures: one wrong trial says that all of them may be fast because they are wrong. */
static int add_problem(struct source *source, const struct lfb_entry *entry, const struct lfb_problem *problem,
		       const char *metric)
{
	struct export_result *const result = add_result(source->list, entry, metric, NULL);

	if (result == NULL)
		return -ENOMEM;
	result->verdict = is_unsupported(problem) ? EXPORT_UNSUPPORTED : EXPORT_FAILED;
	free(result->message);
	return asprintf(&result->message, "%s%s%s (%zu of %zu rows)", problem->status,
			problem->reason[0] != '\0' ? ": " : "", problem->reason, problem->rows, entry->rows) < 0
		       ? (result->message = NULL, -ENOMEM)
		       : 0;
}

static int add_throughput(struct source *source, const struct lfb_entry *entry, const struct metric *metric,
			  const struct lfb_figure *figure)
{
	struct export_result *const result = add_result(source->list, entry, metric->name, NULL);

	if (result == NULL)
		return -ENOMEM;
	result->value = figure->median;
	if (figure->has_interval) {
		result->low = figure->low;
		result->high = figure->high;
	}
	result->n = entry->launches;
	result->bigger_is_better = metric->bigger_is_better;
	return add_trials(result, source, entry, metric, LFB_ROW_THROUGHPUT, NULL);
}

/* A row at that load. NULL: it is none that the row says. */
static const struct lfb_row *row_at(const struct source *source, const struct lfb_entry *entry,
				    const struct lfb_at_load *load)
{
	for (size_t i = first_row(source, entry);
	     i < source->count && lfb_summary_by_entry(source->rows[i], &entry->row) == 0; i++) {
		const struct lfb_row *const row = source->rows[i];
		char percent[32], rate[32], arrivals[32];
		double value;

		if (lfb_row_pass(row) != LFB_ROW_LATENCY || strcmp(lfb_row_get(row, LFB_COL_status), "ok") != 0 ||
		    (strcmp(lfb_row_get(row, LFB_COL_lat_mode), "open") == 0) != load->open)
			continue;
		if (!load->open)
			return row;
		lfb_params_get(lfb_row_get(row, LFB_COL_params), "load", percent, sizeof(percent));
		lfb_params_get(lfb_row_get(row, LFB_COL_params), "rate", rate, sizeof(rate));
		lfb_params_get(lfb_row_get(row, LFB_COL_params), "arrivals", arrivals, sizeof(arrivals));
		if (strcmp(arrivals, load->arrivals) != 0)
			continue;
		if ((lfb_f64_parse(percent, &value) && value == load->load_percent) ||
		    (lfb_f64_parse(rate, &value) && value == load->rate_per_s))
			return row;
	}
	return NULL;
}

/* At a load that was too much there are no percentiles, and nothing is decided. */
static int add_overload(struct source *source, const struct lfb_entry *entry, const struct lfb_at_load *load,
			const char *text)
{
	struct export_result *const result = add_result(source->list, entry, "p50 ns", text);

	if (result == NULL)
		return -ENOMEM;
	result->verdict = EXPORT_INCONCLUSIVE;
	free(result->message);
	return asprintf(&result->message,
			"overloaded in %zu of %zu launches: %.3g of %.3g items per second were achieved",
			load->overloaded, load->launches, load->achieved_per_s, load->offered_per_s) < 0
		       ? (result->message = NULL, -ENOMEM)
		       : 0;
}

static int add_latency(struct source *source, const struct lfb_entry *entry, const struct lfb_at_load *load)
{
	const struct lfb_row *const row = isinf(load->load_percent) ? NULL : row_at(source, entry, load);
	char text[128];
	int rc = 0;

	if (row == NULL) /* the saturation is no load of its own */
		return 0;
	load_text(row, text, sizeof(text));
	if (isnan(load->ns[LFB_LAT_P50]) && load->overloaded > 0)
		return add_overload(source, entry, load, text);
	for (size_t i = 0; rc == 0 && i < LFB_LAT_FIGURES; i++) {
		struct export_result *result;

		if (isnan(load->ns[i]))
			continue;
		result = add_result(source->list, entry, percentiles[i].name, text);
		if (result == NULL)
			return -ENOMEM;
		result->value = load->ns[i];
		result->n = load->launches;
		rc = add_trials(result, source, entry, &percentiles[i], LFB_ROW_LATENCY, text);
	}
	return rc;
}

static int add_entry(struct source *source, const struct lfb_entry *entry)
{
	const struct lfb_problem *const timed = failure_of(entry, true), *const other = failure_of(entry, false);
	const struct lfb_problem *const unsupported = unsupported_of(entry);
	int rc = 0;

	if (timed != NULL)
		return add_problem(source, entry, timed, EXPORT_COST);
	if (entry->launches > 0) {
		rc = add_throughput(source, entry, &cost, &entry->ns_per_op);
		rc = rc == 0 ? add_throughput(source, entry, &speed, &entry->ops_per_s) : rc;
	}
	if (rc == 0 && unsupported != NULL)
		rc = add_problem(source, entry, unsupported, entry->launches > 0 ? "other passes" : EXPORT_COST);
	if (rc == 0 && other != NULL)
		return add_problem(source, entry, other, other->pass);
	for (size_t i = 0; rc == 0 && i < entry->load_count; i++)
		rc = add_latency(source, entry, &entry->loads[i]);
	return rc;
}

static int add_summary(struct source *source, const struct lfb_rows *rows)
{
	struct lfb_summary summary = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < rows->count; i++)
		rc = lfb_summary_add(&summary, &rows->rows[i]);
	if (rc == 0)
		rc = lfb_summary_finish(&summary);
	for (size_t g = 0; rc == 0 && g < summary.group_count; g++)
		for (size_t e = 0; rc == 0 && e < summary.groups[g]->entry_count; e++)
			rc = add_entry(source, summary.groups[g]->entries[e]);
	lfb_summary_free(&summary);
	return rc;
}

/* Returns 0 or -ENOMEM. */
static int set_once(char **text, const struct lfb_rows *rows, enum lfb_column column)
{
	if (*text == NULL)
		*text = strdup(rows->count > 0 ? lfb_row_get(&rows->rows[rows->count - 1], column) : "");
	return *text != NULL ? 0 : -ENOMEM;
}

int export_add_rows(struct export_list *list, const struct lfb_rows *rows)
{
	struct source source = { .list = list, .count = rows->count };
	int rc = set_once(&list->host, rows, LFB_COL_host);

	rc = rc == 0 ? set_once(&list->commit, rows, LFB_COL_commit) : rc;
	rc = rc == 0 ? set_once(&list->time_utc, rows, LFB_COL_time_utc) : rc;
	source.rows = (const struct lfb_row **)calloc(rows->count + 1, sizeof(struct lfb_row *));
	if (rc != 0 || source.rows == NULL) {
		free(source.rows);
		return -ENOMEM;
	}
	for (size_t i = 0; i < rows->count; i++)
		source.rows[i] = &rows->rows[i];
	qsort(source.rows, source.count, sizeof(source.rows[0]), by_entry);
	rc = add_summary(&source, rows);
	free(source.rows);
	return rc;
}
