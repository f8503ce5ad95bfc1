/* summary_json.c - see summary_json.h. jansson's functions that take over a reference release it also when they fail, and take NULL. */
#include "summary/summary_json.h"

#include "text/safe_text.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Significant digits: the rows have 6. */
#define DIGITS 8

static const char *const event_names[LFB_EVENTS] = {
	[LFB_EVENT_CAS_FAILURE] = "cas_failures", [LFB_EVENT_ATOMIC] = "atomics",	  [LFB_EVENT_LOCK_WAIT] = "lock_waits",
	[LFB_EVENT_SWITCH] = "switches",	  [LFB_EVENT_MIGRATION] = "migrations",	  [LFB_EVENT_EMPTY] = "empty",
	[LFB_EVENT_FULL] = "full",		  [LFB_EVENT_FAULT] = "page_faults",	  [LFB_EVENT_CACHE_MISS] = "cache_misses",
};

/* What ran, of an entry. */
static const enum lfb_column entry_columns[] = {
	LFB_COL_backend,      LFB_COL_backend_library, LFB_COL_backend_build_id,   LFB_COL_built_with, LFB_COL_loops_rev,
	LFB_COL_semantics,    LFB_COL_progress_push,   LFB_COL_progress_pop,	   LFB_COL_bounded,    LFB_COL_capacity_effective,
	LFB_COL_alloc,	      LFB_COL_allocator,       LFB_COL_commit,		   LFB_COL_check_level, LFB_COL_cell_id,
	LFB_COL_run_id,
};

/* The shape, of a group. */
static const enum lfb_column shape_columns[] = {
	LFB_COL_workload,      LFB_COL_host,	     LFB_COL_producers,	   LFB_COL_consumers,	LFB_COL_capacity,  LFB_COL_batch,
	LFB_COL_payload_bytes, LFB_COL_payload_by,   LFB_COL_work_push_ns, LFB_COL_work_pop_ns, LFB_COL_work_dist, LFB_COL_wait,
	LFB_COL_pin,
};

json_t *lfb_json_text(const char *text)
{
	const size_t bytes = strlen(text) * 3 + 1; /* a replaced byte may become three */
	char *const safe = malloc(bytes);
	json_t *result;

	if (safe == NULL)
		return NULL;
	result = json_string(lfb_safe_text(text, false, safe, bytes));
	free(safe);
	return result;
}

json_t *lfb_json_figure(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count_json(size_t count)
{
	return json_integer((json_int_t)count);
}

json_t *lfb_json_column(const struct lfb_row *row, enum lfb_column column)
{
	const char *const text = lfb_row_get(row, column);
	uint64_t number;

	if (text[0] == '\0')
		return json_null();
	if (lfb_columns[column].unit[0] != '\0' && lfb_u64_parse(text, &number) && number <= UINT64_C(1) << 53)
		return json_integer((json_int_t)number);
	return lfb_json_text(text);
}

static json_t *columns_json(const struct lfb_row *row, const enum lfb_column *columns, size_t count)
{
	json_t *const all = json_object();
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		rc |= json_object_set_new(all, lfb_columns[columns[i]].name, lfb_json_column(row, columns[i]));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *figure_json(const struct lfb_figure *figure)
{
	return json_pack("{s:o, s:o, s:o}", "median", lfb_json_figure(figure->median), "low",
			 lfb_json_figure(figure->has_interval ? figure->low : NAN), "high",
			 lfb_json_figure(figure->has_interval ? figure->high : NAN));
}

static json_t *flags_json(const struct lfb_summary *summary, uint32_t flags)
{
	json_t *const all = json_array();
	int rc = all == NULL;

	for (size_t i = 0; i < summary->flag_count; i++)
		if ((flags >> i & 1) != 0)
			rc |= json_array_append_new(all, lfb_json_text(summary->flags[i].word));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *first_json(const struct lfb_first_trials *first)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b}", "launches", count_json(first->launches), "slower", count_json(first->slower),
			 "faster", count_json(first->faster), "ratio", lfb_json_figure(first->ratio), "unlike", (int)first->unlike);
}

static json_t *load_json(const struct lfb_at_load *at)
{
	return json_pack("{s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "mode", at->open ? "open" : "closed",
			 "load_percent", lfb_json_figure(at->load_percent), "saturation", (int)isinf(at->load_percent), "rate_per_s",
			 lfb_json_figure(at->rate_per_s), "arrivals", lfb_json_text(at->arrivals), "launches", count_json(at->launches),
			 "overloaded", count_json(at->overloaded), "p50_ns", lfb_json_figure(at->ns[LFB_LAT_P50]), "p99_ns",
			 lfb_json_figure(at->ns[LFB_LAT_P99]), "p999_ns", lfb_json_figure(at->ns[LFB_LAT_P999]), "max_ns",
			 lfb_json_figure(at->ns[LFB_LAT_MAX]), "offered_per_s", lfb_json_figure(at->offered_per_s), "achieved_per_s",
			 lfb_json_figure(at->achieved_per_s));
}

/* `make` of each of `count`, as an array. */
#define LIST(name, item, make)                                       \
	static json_t *name(const item *items, size_t count)         \
	{                                                            \
		json_t *const all = json_array();                    \
		int rc = all == NULL;                                \
                                                                     \
		for (size_t i = 0; i < count; i++)                   \
			rc |= json_array_append_new(all, make(&items[i])); \
		if (rc == 0)                                         \
			return all;                                  \
		json_decref(all);                                    \
		return NULL;                                         \
	}

static json_t *problem_json(const struct lfb_problem *problem)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "pass", lfb_json_text(problem->pass), "status", lfb_json_text(problem->status), "reason",
			 lfb_json_text(problem->reason), "rows", count_json(problem->rows));
}

static json_t *real_json(const double *value)
{
	return lfb_json_figure(*value);
}

static json_t *size_json(const size_t *value)
{
	return count_json(*value);
}

LIST(loads_json, struct lfb_at_load, load_json)
LIST(problems_json, struct lfb_problem, problem_json)
LIST(reals_json, double, real_json)
LIST(sizes_json, size_t, size_json)

static json_t *contention_json(const struct lfb_contention *contention)
{
	json_t *const per_op = json_object(), *const leading = json_array();
	int rc = 0;

	for (unsigned e = 0; e < LFB_EVENTS; e++)
		rc |= json_object_set_new(per_op, event_names[e], lfb_json_figure(contention->per_op[e]));
	for (size_t i = 0; i < contention->leading_count; i++)
		rc |= json_array_append_new(leading, json_string(event_names[contention->leading[i]]));
	if (rc != 0) {
		json_decref(per_op);
		json_decref(leading);
		return NULL;
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "launches", count_json(contention->launches), "per_op", per_op, "leading",
			 leading, "lock_wait_ns_per_op", lfb_json_figure(contention->lock_wait_ns_per_op), "cas_attempts_per_op",
			 lfb_json_figure(contention->cas_attempts_per_op), "switches_per_s",
			 lfb_json_figure(contention->switches_per_s));
}

/* Columns, not objects: of a trial there may be 100,000. */
static json_t *trials_json(const struct lfb_entry *entry)
{
	static const char *const names[] = { "launch", "trial", "order", "time_s", "flags", "ns_per_op", "probe_ns" };
	json_t *const all = json_object();
	json_t *columns[COUNT(names)];
	int rc = all == NULL;

	for (size_t c = 0; c < COUNT(names); c++) {
		columns[c] = json_array();
		rc |= json_object_set_new(all, names[c], columns[c]);
	}
	for (size_t i = 0; i < entry->sample_count && rc == 0; i++) {
		const struct lfb_sample *const sample = &entry->samples[i];
		json_t *const values[COUNT(names)] = {
			json_integer((json_int_t)sample->number), json_integer((json_int_t)sample->trial),
			json_integer((json_int_t)sample->order),  json_integer((json_int_t)sample->time_s),
			json_integer((json_int_t)sample->flags),  lfb_json_figure(sample->ns_per_op),
			lfb_json_figure(sample->probe_ns),
		};

		for (size_t c = 0; c < COUNT(names); c++)
			rc |= json_array_append_new(columns[c], values[c]);
	}
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

/* Set what json_pack would take a format as long as this function for. */
static int set_entry_figures(json_t *json, const struct lfb_entry *entry)
{
	int rc = json_object_set_new(json, "ns_per_op", figure_json(&entry->ns_per_op));

	rc |= json_object_set_new(json, "ops_per_s", figure_json(&entry->ops_per_s));
	rc |= json_object_set_new(json, "fairness", lfb_json_figure(entry->fairness));
	rc |= json_object_set_new(json, "of_faa", lfb_json_figure(entry->of_ceiling));
	rc |= json_object_set_new(json, "unresolved", json_boolean(entry->unresolved));
	rc |= json_object_set_new(json, "incomplete", json_boolean(entry->incomplete));
	rc |= json_object_set_new(json, "rows", count_json(entry->rows));
	rc |= json_object_set_new(json, "pilot_rows", count_json(entry->pilot_rows));
	rc |= json_object_set_new(json, "launches", count_json(entry->launches));
	rc |= json_object_set_new(json, "trials_min", count_json(entry->trials_min));
	rc |= json_object_set_new(json, "trials_max", count_json(entry->trials_max));
	rc |= json_object_set_new(json, "outliers", count_json(entry->outliers));
	return rc;
}

static json_t *entry_json(const struct lfb_summary *summary, const struct lfb_entry *entry, bool trials)
{
	json_t *const json = columns_json(&entry->row, entry_columns, COUNT(entry_columns));
	int rc = json_object_set_new(json, "label", lfb_json_text(entry->label));

	rc |= json_object_set_new(json, "reference", json_boolean(entry->reference));
	rc |= set_entry_figures(json, entry);
	rc |= json_object_set_new(json, "first_trials", first_json(&entry->first));
	rc |= json_object_set_new(json, "regime_ns_per_op", reals_json(entry->regime_ns_per_op, LFB_SUMMARY_REGIMES));
	rc |= json_object_set_new(json, "regime_launches", sizes_json(entry->regime_launches, LFB_SUMMARY_REGIMES));
	rc |= json_object_set_new(json, "latency", loads_json(entry->loads, entry->load_count));
	rc |= json_object_set_new(json, "flags", flags_json(summary, entry->flags));
	rc |= json_object_set_new(json, "other_flags", flags_json(summary, entry->other_flags));
	rc |= json_object_set_new(json, "problems", problems_json(entry->problems, entry->problem_count));
	if (entry->contention.launches > 0)
		rc |= json_object_set_new(json, "contention", contention_json(&entry->contention));
	if (trials)
		rc |= json_object_set_new(json, "trials", trials_json(entry));
	if (rc == 0)
		return json;
	json_decref(json);
	return NULL;
}

/* The pairs of `params` that are about the shape, as an object. */
static json_t *params_json(const char *params)
{
	json_t *const all = json_object();
	int rc = all == NULL;

	while (*params != '\0') {
		const size_t bytes = strcspn(params, ";"), key_bytes = strcspn(params, ";=");
		char *const key = strndup(params, key_bytes);
		char *const value = strndup(params + key_bytes + (key_bytes < bytes), bytes - key_bytes - (key_bytes < bytes));
		json_t *const name = key != NULL ? lfb_json_text(key) : NULL; /* a key has to be valid, too */

		if (name == NULL || value == NULL)
			rc = -1;
		else if (key_bytes > 0 && !lfb_summary_is_load(params))
			rc |= json_object_set_new(all, json_string_value(name), lfb_json_text(value));
		json_decref(name);
		free(key);
		free(value);
		params += bytes + (params[bytes] == ';');
	}
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *regimes_json(const struct lfb_regimes *regimes)
{
	if (!regimes->found)
		return json_null();
	return json_pack("{s:o, s:o}", "probe_ns", reals_json(regimes->probe_ns, LFB_SUMMARY_REGIMES), "launches",
			 sizes_json(regimes->launches, LFB_SUMMARY_REGIMES));
}

static json_t *entries_json(const struct lfb_summary *summary, const struct lfb_group *group, bool trials)
{
	json_t *const all = json_array();
	int rc = all == NULL;

	for (size_t e = 0; e < group->entry_count; e++)
		rc |= json_array_append_new(all, entry_json(summary, group->entries[e], trials));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

json_t *lfb_json_shape(const struct lfb_row *row)
{
	json_t *const shape = columns_json(row, shape_columns, COUNT(shape_columns));

	if (json_object_set_new(shape, "params", params_json(lfb_row_get(row, LFB_COL_params))) == 0)
		return shape;
	json_decref(shape);
	return NULL;
}

static json_t *group_json(const struct lfb_summary *summary, const struct lfb_group *group, bool trials)
{
	json_t *const json = json_pack("{s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "shape", lfb_json_shape(&group->row), "references",
				       count_json(group->references), "ranked", count_json(group->ranked), "unlike_semantics",
				       (int)group->unlike_semantics, "lacks_intervals", (int)group->lacks_intervals, "first_trials",
				       first_json(&group->first), "regimes", regimes_json(&group->regimes));
	int rc = json_object_set_new(json, "common_flags", flags_json(summary, group->common_flags));

	rc |= json_object_set_new(json, "entries", entries_json(summary, group, trials));
	if (rc == 0)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *flag_words_json(const struct lfb_summary *summary)
{
	json_t *const all = json_array();
	int rc = all == NULL;

	for (size_t i = 0; i < summary->flag_count; i++)
		rc |= json_array_append_new(all, json_pack("{s:o, s:o}", "flag", lfb_json_text(summary->flags[i].word), "rows",
							   count_json(summary->flags[i].rows)));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

json_t *lfb_summary_json(const struct lfb_summary *summary, bool trials)
{
	json_t *const groups = json_array();
	json_t *json;
	int rc = groups == NULL;

	for (size_t g = 0; g < summary->group_count; g++)
		rc |= json_array_append_new(groups, group_json(summary, summary->groups[g], trials));
	json = json_pack("{s:i, s:o, s:o, s:f, s:o, s:o}", "schema", LFB_SUMMARY_JSON_SCHEMA, "rows", count_json(summary->rows), "rows_ok",
			 count_json(summary->rows_ok), "confidence", LFB_SUMMARY_CONFIDENCE, "flags", flag_words_json(summary), "groups",
			 groups);
	if (rc == 0 && json != NULL)
		return json;
	json_decref(json);
	return NULL;
}

int lfb_json_write(const json_t *json, FILE *out)
{
	return json_dumpf(json, out, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(DIGITS)) == 0 && fputc('\n', out) != EOF ? 0 : -EIO;
}
