/*
 * export_bmf.c - Bencher Metric Format, https://bencher.dev/docs/reference/bencher-metric-format/:
 * {"benchmark": {"measure": {"value", "lower_value", "upper_value"}}}. Bencher has the measures latency (ns) and
 * throughput (ops/s) from the start and makes others when they come.
 */
#include "export/export_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define SLUG_BYTES 65 /* Bencher takes 64 characters */

/* "head/base p99" as "head-base-p99". */
static void slug_of(const char *metric, char out[SLUG_BYTES])
{
	size_t used = 0;

	for (; *metric != '\0' && used < SLUG_BYTES - 1; metric++) {
		const unsigned char c = (unsigned char)*metric;

		if (c < 0x80 && isalnum(c))
			out[used++] = (char)tolower(c);
		else if (used > 0 && out[used - 1] != '-')
			out[used++] = '-';
	}
	while (used > 0 && out[used - 1] == '-')
		used--;
	out[used] = '\0';
}

static void measure_of(const struct export_result *result, char out[SLUG_BYTES])
{
	if (export_is_cost(result))
		(void)snprintf(out, SLUG_BYTES, "latency");
	else if (strcmp(result->metric, EXPORT_SPEED) == 0)
		(void)snprintf(out, SLUG_BYTES, "throughput");
	else
		slug_of(result->metric, out);
}

static json_t *metric(const struct export_result *result)
{
	json_t *const object = json_object();

	export_json_figure(object, "value", result->value);
	export_json_figure(object, "lower_value", result->low);
	export_json_figure(object, "upper_value", result->high);
	return object;
}

int export_write_bmf(const struct export_list *list, FILE *out)
{
	json_t *const all = json_object();

	for (size_t i = 0; i < list->count; i++) {
		const struct export_result *const result = &list->results[i];
		char name[EXPORT_TEXT_BYTES], measure[SLUG_BYTES];

		if (!isfinite(result->value))
			continue;
		(void)export_name(result, name);
		measure_of(result, measure);
		if (json_object_get(all, name) == NULL)
			(void)json_object_set_new(all, name, json_object());
		(void)json_object_set_new(json_object_get(all, name), measure, metric(result));
	}
	return export_json_end(all, out);
}
