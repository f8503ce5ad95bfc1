/*
 * export_hyperfine.c - what `hyperfine --export-json` writes, for the scripts that read it: wall times in seconds. A
 * run is a trial, so the times are those of the trials and not of an operation.
 */
#include "export/export_parts.h"

#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1e9

static double user_s(const struct export_trial *trial)
{
	return trial->user_ns / NS_PER_S;
}

static double sys_s(const struct export_trial *trial)
{
	return trial->sys_ns / NS_PER_S;
}

/* NaN where one of them was not measured. */
static double mean_of(const struct export_result *result, double (*pick)(const struct export_trial *trial))
{
	double sum = 0;

	for (size_t i = 0; i < result->trial_count; i++)
		sum += pick(&result->trials[i]);
	return sum / (double)result->trial_count;
}

/* A benchmark's parameters as an object of texts: those of the shape, and what tells the results apart. */
static json_t *parameters(const struct export_result *result)
{
	json_t *const object = json_object();
	char shape[EXPORT_TEXT_BYTES], *rest = NULL;

	(void)export_text(result->shape, shape);
	for (char *pair = strtok_r(shape, "/", &rest); pair != NULL; pair = strtok_r(NULL, "/", &rest)) {
		char *const equals = strchr(pair, '=');

		if (equals == NULL)
			continue;
		*equals = '\0';
		export_json_text(object, pair, equals + 1);
	}
	export_json_text(object, "workload", result->workload);
	export_json_text(object, "backend", result->backend);
	return object;
}

/* `s`: the times, and room for as many. */
static json_t *benchmark(const struct export_result *result, double *s)
{
	json_t *const object = json_object(), *const times = json_array(), *const codes = json_array();
	const size_t n = result->trial_count;
	const struct export_moments moments = export_moments_of(s, n);
	char name[EXPORT_TEXT_BYTES];

	for (size_t i = 0; i < n; i++) {
		(void)json_array_append_new(times, json_real(s[i]));
		(void)json_array_append_new(codes, json_integer(0));
	}
	export_json_text(object, "command", export_name(result, name));
	export_json_figure(object, "mean", moments.mean);
	if (n > 1)
		export_json_figure(object, "stddev", moments.deviation);
	else
		(void)json_object_set_new(object, "stddev", json_null()); /* as hyperfine does */
	export_json_figure(object, "median", lfb_median(s, n)); /* sorts: the least is the first from here on */
	export_json_figure(object, "user", mean_of(result, user_s));
	export_json_figure(object, "system", mean_of(result, sys_s));
	export_json_figure(object, "min", s[0]);
	export_json_figure(object, "max", s[n - 1]);
	(void)json_object_set_new(object, "times", times);
	(void)json_object_set_new(object, "exit_codes", codes);
	(void)json_object_set_new(object, "parameters", parameters(result));
	return object;
}

/* Trials whose length is known; a result without any is left out. */
static int add_result(json_t *all, const struct export_result *result)
{
	double *const s = (double *)malloc((result->trial_count + 1) * sizeof(*s));
	bool known = result->trial_count > 0;

	if (s == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < result->trial_count; i++) {
		s[i] = result->trials[i].duration_ns / NS_PER_S;
		known = known && isfinite(s[i]);
	}
	if (known)
		(void)json_array_append_new(all, benchmark(result, s));
	free(s);
	return 0;
}

int export_write_hyperfine(const struct export_list *list, FILE *out)
{
	json_t *const whole = json_object(), *const all = json_array();
	int rc = 0;

	(void)json_object_set_new(whole, "results", all);
	for (size_t i = 0; rc == 0 && i < list->count; i++)
		if (export_is_cost(&list->results[i]))
			rc = add_result(all, &list->results[i]);
	if (rc == 0)
		return export_json_end(whole, out);
	json_decref(whole);
	return rc;
}
