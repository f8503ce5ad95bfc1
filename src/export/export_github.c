/*
 * export_github.c - what the action benchmark-action/github-action-benchmark reads as tool customSmallerIsBetter or
 * customBiggerIsBetter: an array of {name, unit, value, range, extra}. A file has one direction; see
 * export_write_targets.
 */
#include "export/export_parts.h"

#include <inttypes.h>
#include <math.h>

/* The interval itself; the action's `range` has room for one number behind a plus-minus only. */
static void set_extra(json_t *object, const struct export_result *result)
{
	char extra[EXPORT_TEXT_BYTES] = "";
	int used = 0;

	if (isfinite(result->low) && isfinite(result->high))
		used = snprintf(extra, sizeof(extra), "95 %% interval %.6g to %.6g; ", result->low, result->high);
	(void)snprintf(extra + used, sizeof(extra) - (size_t)used, "n = %zu%s%s", result->n,
		       result->message != NULL && result->message[0] != '\0' ? "; " : "",
		       result->message != NULL ? result->message : "");
	export_json_text(object, "extra", extra);
}

static json_t *benchmark(const struct export_result *result)
{
	json_t *const object = json_object();
	char name[EXPORT_TEXT_BYTES], range[64];

	export_json_text(object, "name", export_full_name(result, name));
	export_json_text(object, "unit", export_is_ratio(result) ? "ratio" : export_metric_unit(result));
	export_json_figure(object, "value", result->value);
	if (isfinite(result->low) && isfinite(result->high)) {
		(void)snprintf(range, sizeof(range), "\u00B1 %.6g",
			       fmax(result->high - result->value, result->value - result->low));
		export_json_text(object, "range", range);
	}
	set_extra(object, result);
	return object;
}

int export_write_github(const struct export_list *list, bool bigger_is_better, FILE *out)
{
	json_t *const all = json_array();

	for (size_t i = 0; i < list->count; i++)
		if (isfinite(list->results[i].value) && list->results[i].bigger_is_better == bigger_is_better)
			(void)json_array_append_new(all, benchmark(&list->results[i]));
	return export_json_end(all, out);
}
