/* export_parts.c - what the writers of the formats share; see export_parts.h. */
#include "export/export_parts.h"

#include "text/safe_text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define RATIO "head/base"

const char *const export_verdict_names[] = { "measured",     "PASS",   "IMPROVED",    "REGRESSED",
					     "INCONCLUSIVE", "FAILED", "unsupported", NULL };

const char *export_text(const char *text, char out[EXPORT_TEXT_BYTES])
{
	return lfb_safe_text(text != NULL ? text : "", false, out, EXPORT_TEXT_BYTES);
}

static const char *name_with(const struct export_result *result, const char *more, char out[EXPORT_TEXT_BYTES])
{
	char raw[EXPORT_TEXT_BYTES];

	(void)snprintf(raw, sizeof(raw), "%s/backend=%s/%s%s%s", result->workload != NULL ? result->workload : "",
		       result->backend != NULL ? result->backend : "", result->shape != NULL ? result->shape : "",
		       more[0] != '\0' ? " " : "", more);
	return export_text(raw, out);
}

const char *export_name(const struct export_result *result, char out[EXPORT_TEXT_BYTES])
{
	return name_with(result, "", out);
}

const char *export_full_name(const struct export_result *result, char out[EXPORT_TEXT_BYTES])
{
	const char *const metric = result->metric != NULL ? result->metric : "";
	const bool plain = strcmp(metric, EXPORT_COST) == 0 || strcmp(metric, EXPORT_SPEED) == 0;

	return name_with(result, plain ? "" : metric, out);
}

bool export_is_ratio(const struct export_result *result)
{
	return result->metric != NULL && strncmp(result->metric, RATIO, strlen(RATIO)) == 0;
}

bool export_is_cost(const struct export_result *result)
{
	return result->metric != NULL && strcmp(result->metric, EXPORT_COST) == 0;
}

const char *export_metric_name(const struct export_result *result, char out[EXPORT_TEXT_BYTES])
{
	const char *const metric = result->metric != NULL ? result->metric : "";
	const char *const name = export_is_ratio(result) ? metric + strlen(RATIO) : metric;
	char *space;

	(void)export_text(name + strspn(name, " "), out);
	space = export_is_ratio(result) ? NULL : strrchr(out, ' ');
	if (space != NULL)
		*space = '\0';
	return out;
}

const char *export_metric_unit(const struct export_result *result)
{
	const char *const metric = result->metric != NULL ? result->metric : "";
	const char *const space = strrchr(metric, ' ');

	if (export_is_ratio(result))
		return result->base_unit != NULL ? result->base_unit : "";
	return space != NULL ? space + 1 : metric;
}

struct export_moments export_moments_of(const double *values, size_t n)
{
	double mean = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		mean += values[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	return (struct export_moments){ n > 0 ? mean : NAN, n > 1 ? sqrt(squares / (double)(n - 1)) : NAN };
}

void export_json_figure(json_t *object, const char *key, double value)
{
	if (isfinite(value))
		(void)json_object_set_new(object, key, json_real(value));
}

void export_json_text(json_t *object, const char *key, const char *text)
{
	char safe[EXPORT_TEXT_BYTES];

	(void)json_object_set_new(object, key, json_string(export_text(text, safe)));
}

int export_json_end(json_t *json, FILE *out)
{
	int rc;

	if (json == NULL)
		return -ENOMEM;
	rc = json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) == 0 && fputc('\n', out) != EOF ? 0 : -EIO;
	json_decref(json);
	return rc;
}
