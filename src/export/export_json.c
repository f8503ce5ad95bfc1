/*
 * export_json.c - the list as it is, as JSON: for scripts, and for `lfbench report`, which shows a gate's verdicts from it. Texts are made
 * safe, figures that were not measured are null, and trials stay in the results file.
 */
#include "export/export_parts.h"

#include <math.h>

static void set_figure(json_t *object, const char *key, double value)
{
	(void)json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

static json_t *result_json(const struct export_result *result)
{
	json_t *const object = json_object();

	export_json_text(object, "workload", result->workload);
	export_json_text(object, "backend", result->backend);
	export_json_text(object, "shape", result->shape);
	export_json_text(object, "metric", result->metric);
	(void)json_object_set_new(object, "bigger_is_better", json_boolean(result->bigger_is_better));
	set_figure(object, "value", result->value);
	set_figure(object, "low", result->low);
	set_figure(object, "high", result->high);
	(void)json_object_set_new(object, "n", json_integer((json_int_t)result->n));
	if (export_is_ratio(result)) {
		set_figure(object, "base_value", result->base_value);
		set_figure(object, "head_value", result->head_value);
		export_json_text(object, "base_unit", result->base_unit);
	}
	export_json_text(object, "verdict", export_verdict_names[result->verdict]);
	export_json_text(object, "message", result->message);
	return object;
}

int export_write_json(const struct export_list *list, FILE *out)
{
	json_t *const whole = json_object(), *const all = json_array();

	(void)json_object_set_new(whole, "lfbench_export", json_integer(EXPORT_JSON_SCHEMA));
	export_json_text(whole, "producer", list->producer);
	export_json_text(whole, "host", list->host);
	export_json_text(whole, "commit", list->commit);
	export_json_text(whole, "time_utc", list->time_utc);
	for (size_t i = 0; i < list->count; i++)
		(void)json_array_append_new(all, result_json(&list->results[i]));
	(void)json_object_set_new(whole, "results", all);
	return export_json_end(whole, out);
}
