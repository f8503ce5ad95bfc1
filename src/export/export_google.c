/*
 * export_google.c - what --benchmark_format=json of google-benchmark writes, for its compare.py: a repetition is a
 * trial. Latencies have no place in it.
 */
#include "export/export_parts.h"

#include "statistics/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* CPU time of all threads per operation: the time they took together is to that of the trial as this is to ns_per_op.
 */
static double cpu_ns_per_op(const struct export_trial *trial)
{
	return trial->duration_ns > 0 ? (trial->user_ns + trial->sys_ns) / trial->duration_ns * trial->ns_per_op : NAN;
}

/* What iterations and aggregates have in common. */
static json_t *entry(const char *name, const char *suffix, size_t family, const char *type,
		     const struct export_result *result)
{
	char full[EXPORT_TEXT_BYTES + 32];
	json_t *const object = json_object();

	(void)snprintf(full, sizeof(full), "%s%s", name, suffix);
	export_json_text(object, "name", full);
	(void)json_object_set_new(object, "family_index", json_integer((json_int_t)family));
	(void)json_object_set_new(object, "per_family_instance_index", json_integer(0));
	export_json_text(object, "run_name", name);
	export_json_text(object, "run_type", type);
	(void)json_object_set_new(object, "repetitions", json_integer((json_int_t)result->trial_count));
	if (result->threads > 0)
		(void)json_object_set_new(object, "threads", json_integer(result->threads));
	return object;
}

static void set_times(json_t *object, uint64_t iterations, double real, double cpu)
{
	(void)json_object_set_new(object, "iterations", json_integer((json_int_t)iterations));
	export_json_figure(object, "real_time", real);
	export_json_figure(object, "cpu_time", cpu);
	export_json_text(object, "time_unit", "ns");
}

static void add_iterations(json_t *all, const char *name, size_t family, const struct export_result *result)
{
	for (size_t i = 0; i < result->trial_count; i++) {
		const struct export_trial *const trial = &result->trials[i];
		json_t *const object = entry(name, "", family, "iteration", result);

		(void)json_object_set_new(object, "repetition_index", json_integer((json_int_t)i));
		set_times(object, trial->items, trial->ns_per_op, cpu_ns_per_op(trial));
		(void)json_array_append_new(all, object);
	}
}

static json_t *aggregate(const char *name, size_t family, const struct export_result *result, const char *of,
			 double real, double cpu, const char *unit)
{
	char suffix[24];
	json_t *object;

	(void)snprintf(suffix, sizeof(suffix), "_%s", of);
	object = entry(name, suffix, family, "aggregate", result);
	export_json_text(object, "aggregate_name", of);
	export_json_text(object, "aggregate_unit", unit);
	set_times(object, result->trial_count, real, cpu);
	return object;
}

/* Of the trials; but the median is the result's own, over launches, as `show` has it. */
static int add_aggregates(json_t *all, const char *name, size_t family, const struct export_result *result)
{
	const size_t n = result->trial_count;
	double *const real = (double *)malloc(2 * n * sizeof(*real)), *const cpu = real + n;
	struct export_moments reals, cpus;

	if (real == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		real[i] = result->trials[i].ns_per_op;
		cpu[i] = cpu_ns_per_op(&result->trials[i]);
	}
	reals = export_moments_of(real, n);
	cpus = export_moments_of(cpu, n);
	(void)json_array_append_new(all, aggregate(name, family, result, "mean", reals.mean, cpus.mean, "time"));
	(void)json_array_append_new(all, aggregate(name, family, result, "median", result->value,
						   isfinite(cpus.mean) ? lfb_median(cpu, n) : NAN, "time"));
	(void)json_array_append_new(all,
				    aggregate(name, family, result, "stddev", reals.deviation, cpus.deviation, "time"));
	(void)json_array_append_new(all, aggregate(name, family, result, "cv", reals.deviation / reals.mean,
						   cpus.deviation / cpus.mean, "percentage"));
	free(real);
	return 0;
}

/* A comparison has medians and no trials, and nothing is known of its CPU time; compare.py passes over both. */
static void add_side(json_t *all, const char *name, const char *side, size_t family, const struct export_result *result,
		     double ns)
{
	char full[EXPORT_TEXT_BYTES + 8];

	(void)snprintf(full, sizeof(full), "%s/%s", name, side);
	if (isfinite(ns))
		(void)json_array_append_new(all, aggregate(full, family, result, "median", ns, NAN, "time"));
}

static int add_result(json_t *all, size_t family, const struct export_result *result)
{
	char name[EXPORT_TEXT_BYTES];

	(void)export_full_name(result, name);
	if (export_is_ratio(result)) {
		add_side(all, name, "base", family, result, result->base_value);
		add_side(all, name, "head", family, result, result->head_value);
		return 0;
	}
	if (!export_is_cost(result))
		return 0;
	add_iterations(all, name, family, result);
	return result->trial_count > 1 ? add_aggregates(all, name, family, result) : 0;
}

static json_t *context(const struct export_list *list)
{
	json_t *const object = json_object();

	export_json_text(object, "date", list->time_utc);
	export_json_text(object, "host_name", list->host);
	export_json_text(object, "executable", list->producer);
	export_json_text(object, "commit", list->commit);
	return object;
}

int export_write_google(const struct export_list *list, FILE *out)
{
	json_t *const whole = json_object(), *const all = json_array();
	int rc = 0;

	(void)json_object_set_new(whole, "context", context(list));
	(void)json_object_set_new(whole, "benchmarks", all);
	for (size_t i = 0; whole != NULL && rc == 0 && i < list->count; i++)
		rc = add_result(all, i, &list->results[i]);
	if (rc == 0)
		return export_json_end(whole, out);
	json_decref(whole);
	return rc;
}
