/* export_json.c - the formats that are JSON; see export.h. */
#include "export_parts.h"

#include "stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Takes `json`, NULL being out of memory. */
static int dump(json_t *json, FILE *out)
{
	int rc;

	if (json == NULL)
		return -ENOMEM;
	rc = json_dumpf(json, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF ? 0 : -EIO;
	json_decref(json);
	return rc;
}

/* Foreign texts may be no UTF-8, which JSON cannot hold. */
static json_t *text(const char *value)
{
	json_t *const json = json_string(value != NULL ? value : "");

	return json != NULL ? json : json_string("(not UTF-8)");
}

static bool has_figure(const struct export_result *result)
{
	return isfinite(result->value);
}

static const char *unit_of(const struct export_result *result)
{
	return strncmp(result->metric, "head/base", 9) == 0 ? "ratio" : result->metric;
}

/*
 * https://github.com/benchmark-action/github-action-benchmark, "customSmallerIsBetter": name, unit, value, range, extra. One file has one direction: what is
 * better when bigger is left out, since its cost is there too.
 */
int export_json_github(const struct export_list *list, FILE *out)
{
	json_t *const all = json_array();

	for (size_t i = 0; all != NULL && i < list->count; i++) {
		const struct export_result *const result = &list->results[i];
		char name[EXPORT_NAME_BYTES], range[96];
		json_t *one;

		if (!has_figure(result) || result->bigger_is_better)
			continue;
		one = json_pack("{s:o, s:o, s:f, s:o}", "name", text(export_name(result, name, sizeof(name))), "unit", text(unit_of(result)), "value",
				result->value, "extra", text(result->message != NULL ? result->message : ""));
		if (isfinite(result->low) && isfinite(result->high)) {
			(void)snprintf(range, sizeof(range), "%.6g..%.6g", result->low, result->high);
			(void)json_object_set_new(one, "range", text(range));
		}
		(void)json_array_append_new(all, one);
	}
	return dump(all, out);
}

/* https://bencher.dev/docs/reference/bencher-metric-format/: {"benchmark": {"measure": {"value", "lower_value", "upper_value"}}} */
int export_json_bmf(const struct export_list *list, FILE *out)
{
	json_t *const all = json_object();

	for (size_t i = 0; all != NULL && i < list->count; i++) {
		const struct export_result *const result = &list->results[i];
		char name[EXPORT_NAME_BYTES];
		json_t *measures, *figure;

		if (!has_figure(result))
			continue;
		(void)export_name(result, name, sizeof(name));
		measures = json_object_get(all, name);
		if (measures == NULL && json_object_set_new(all, name, measures = json_object()) != 0)
			continue;
		figure = json_pack("{s:f}", "value", result->value);
		if (isfinite(result->low) && isfinite(result->high)) {
			(void)json_object_set_new(figure, "lower_value", json_real(result->low));
			(void)json_object_set_new(figure, "upper_value", json_real(result->high));
		}
		(void)json_object_set_new(measures, strcmp(unit_of(result), "ratio") == 0 ? "ratio" : result->bigger_is_better ? "throughput" : "latency", figure);
	}
	return dump(all, out);
}

/* Cost of one operation of a trial, or of a side, as google-benchmark writes an iteration. */
static json_t *google_iteration(const char *name, const struct export_result *result, size_t index, size_t count, double ns, uint64_t iterations,
				double cpu_ns)
{
	return json_pack("{s:o, s:o, s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:s}", "name", text(name), "run_name", text(name), "run_type", "iteration",
			 "repetitions", (json_int_t)count, "repetition_index", (json_int_t)index, "threads", (json_int_t)result->threads, "iterations",
			 (json_int_t)iterations, "real_time", ns, "cpu_time", isfinite(cpu_ns) ? cpu_ns : ns, "time_unit", "ns");
}

static void google_result(json_t *all, const struct export_result *result)
{
	char name[EXPORT_NAME_BYTES];

	(void)export_name(result, name, sizeof(name));
	for (size_t i = 0; i < result->trial_count; i++) {
		const struct export_trial *const trial = &result->trials[i];
		const double cpu_ns = (trial->user_ns + trial->sys_ns) / (2 * (double)(trial->items > 0 ? trial->items : 1));

		(void)json_array_append_new(all, google_iteration(name, result, i, result->trial_count, trial->ns_per_op, trial->items, cpu_ns));
	}
	if (result->trial_count > 0 || !has_figure(result))
		return;
	/* A comparison has no trials: what was compared, as two benchmarks. */
	if (isfinite(result->base_value) && isfinite(result->head_value)) {
		char side[EXPORT_NAME_BYTES + 8];

		(void)snprintf(side, sizeof(side), "%s/base", name);
		(void)json_array_append_new(all, google_iteration(side, result, 0, 1, result->base_value, result->n, NAN));
		(void)snprintf(side, sizeof(side), "%s/head", name);
		(void)json_array_append_new(all, google_iteration(side, result, 0, 1, result->head_value, result->n, NAN));
	}
}

/* What `--benchmark_format=json` of google-benchmark writes: context and benchmarks; its tools/compare.py reads it. */
int export_json_google(const struct export_list *list, FILE *out)
{
	json_t *const benchmarks = json_array();
	json_t *const whole = json_pack("{s:{s:o, s:o, s:o, s:s}, s:o}", "context", "date", text(list->time_utc), "host_name", text(list->host), "executable",
					text(list->producer), "library_build_type", "release", "benchmarks", benchmarks);

	for (size_t i = 0; whole != NULL && i < list->count; i++)
		google_result(benchmarks, &list->results[i]);
	return dump(whole, out);
}

/* What hyperfine --export-json writes, in seconds: the wall times of the trials, their mean, deviation, median, least and most. */
static json_t *hyperfine_result(const struct export_result *result)
{
	json_t *const times = json_array(), *const codes = json_array();
	double sum = 0, squares = 0, least = INFINITY, most = 0, user = 0, sys = 0;
	const double n = (double)result->trial_count;
	char name[EXPORT_NAME_BYTES];
	json_t *one;

	for (size_t i = 0; i < result->trial_count; i++) {
		const double s = result->trials[i].duration_ns / 1e9;

		sum += s;
		squares += s * s;
		least = s < least ? s : least;
		most = s > most ? s : most;
		user += isfinite(result->trials[i].user_ns) ? result->trials[i].user_ns / 1e9 / n : 0;
		sys += isfinite(result->trials[i].sys_ns) ? result->trials[i].sys_ns / 1e9 / n : 0;
		(void)json_array_append_new(times, json_real(s));
		(void)json_array_append_new(codes, json_integer(0));
	}
	one = json_pack("{s:o, s:f, s:f, s:f, s:f, s:f, s:f, s:o, s:o, s:{s:o, s:o, s:o}}", "command", text(export_name(result, name, sizeof(name))), "mean",
			sum / n, "stddev", n > 1 ? sqrt(fmax(0, (squares - sum * sum / n) / (n - 1))) : 0, "user", user, "system", sys, "min", least, "max",
			most, "times", times, "exit_codes", codes, "parameters", "backend", text(result->backend), "workload", text(result->workload), "shape",
			text(result->shape));
	return one;
}

static double median_s(const struct export_result *result)
{
	double *const times = malloc((result->trial_count + 1) * sizeof(*times));
	double median;

	if (times == NULL)
		return NAN;
	for (size_t i = 0; i < result->trial_count; i++)
		times[i] = result->trials[i].duration_ns / 1e9;
	median = lfb_median(times, result->trial_count);
	free(times);
	return median;
}

int export_json_hyperfine(const struct export_list *list, FILE *out)
{
	json_t *const results = json_array();
	json_t *const whole = json_pack("{s:o}", "results", results);

	for (size_t i = 0; whole != NULL && i < list->count; i++) {
		json_t *one;

		if (list->results[i].trial_count == 0)
			continue;
		one = hyperfine_result(&list->results[i]);
		(void)json_object_set_new(one, "median", json_real(median_s(&list->results[i])));
		(void)json_array_append_new(results, one);
	}
	return dump(whole, out);
}
