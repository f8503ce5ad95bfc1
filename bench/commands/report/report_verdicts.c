/*
 * report_verdicts.c - what a gate found, as `lfbench gate --export json=FILE` wrote it: read, checked, and as tables. Like any file it may
 * come from anywhere, so that each member is of the kind that is expected of it or the file is refused.
 */
#include "commands/report/report_parts.h"

#include "export/export.h"
#include "commands/report/html.h"
#include "summary/summary_json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".json"
/* A cell takes half a kilobyte. */
#define VERDICTS_BYTES_MAX ((size_t)16 << 20)

/* The worst first. */
static const char *const order[] = { "FAILED", "REGRESSED", "INCONCLUSIVE", "PASS", "IMPROVED", "unsupported" };
#define ORDERS (sizeof(order) / sizeof(order[0]))

bool report_is_verdicts(const char *path)
{
	const size_t length = strlen(path);

	return length > strlen(SUFFIX) && strcmp(path + length - strlen(SUFFIX), SUFFIX) == 0;
}

static const char *text_of(const json_t *result, const char *key)
{
	const char *const text = json_string_value(json_object_get(result, key));

	return text != NULL ? text : "";
}

static double figure_of(const json_t *result, const char *key)
{
	const json_t *const figure = json_object_get(result, key);

	return json_is_number(figure) ? json_number_value(figure) : NAN;
}

static size_t rank_of(const json_t *result)
{
	size_t i = 0;

	while (i < ORDERS && strcmp(order[i], text_of(result, "verdict")) != 0)
		i++;
	return i;
}

/* What is wrong with a result, or NULL. */
static const char *fault_of(const json_t *result)
{
	static const char *const texts[] = { "workload", "backend", "shape", "metric", "verdict", "message" };
	static const char *const figures[] = { "value", "low", "high", "base_value", "head_value" };

	if (!json_is_object(result))
		return "a result is no object";
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!json_is_string(json_object_get(result, texts[i])))
			return "a result lacks a text";
	if (rank_of(result) == ORDERS)
		return "it has no verdicts; of a run, name the .csv file";
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		const json_t *const figure = json_object_get(result, figures[i]);

		if (!json_is_null(figure) && !(figure_of(result, figures[i]) > 0))
			return "a figure is no positive number";
	}
	return NULL;
}

static const char *fault_of_all(const json_t *json)
{
	json_t *const results = json_object_get(json, "results");
	const json_t *result;
	const char *fault = NULL;
	size_t i;

	if (!json_is_integer(json_object_get(json, "lfbench_export")) || !json_is_array(results))
		return "not what lfbench gate --export json=FILE writes";
	if (json_integer_value(json_object_get(json, "lfbench_export")) != EXPORT_JSON_SCHEMA)
		return "of another version of lfbench";
	json_array_foreach(results, i, result) {
		fault = fault_of(result);
		if (fault != NULL)
			return fault;
	}
	return json_array_size(results) == 0 ? "there are no verdicts in it" : NULL;
}

static int by_badness(const void *left, const void *right)
{
	const json_t *const a = *(json_t *const *)left, *const b = *(json_t *const *)right;
	const double a_ratio = figure_of(a, "value"), b_ratio = figure_of(b, "value");

	if (rank_of(a) != rank_of(b))
		return rank_of(a) < rank_of(b) ? -1 : 1;
	if (isnan(a_ratio) || isnan(b_ratio))
		return !!isnan(a_ratio) - !!isnan(b_ratio);
	return (a_ratio < b_ratio) - (a_ratio > b_ratio);
}

/* qsort cannot reach into an array of jansson's: its items are taken out, sorted and put back. */
static int sort_results(json_t *json)
{
	json_t *const results = json_object_get(json, "results");
	const size_t count = json_array_size(results);
	json_t **const items = (json_t **)reallocarray(NULL, count + 1, sizeof(*items));
	int rc = 0;

	if (items == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		items[i] = json_incref(json_array_get(results, i));
	qsort(items, count, sizeof(*items), by_badness);
	for (size_t i = 0; i < count; i++)
		rc |= json_array_set_new(results, i, items[i]);
	free(items);
	return rc == 0 ? 0 : -ENOMEM;
}

/* The whole file, the caller's to free. Returns 0 or -errno. */
static int read_text(const char *path, char **out, size_t *bytes)
{
	FILE *const in = fopen(path, "re");
	int rc = 0;

	*out = NULL;
	if (in == NULL)
		return -errno;
	*out = malloc(VERDICTS_BYTES_MAX);
	if (*out == NULL) {
		rc = -ENOMEM;
	} else {
		*bytes = fread(*out, 1, VERDICTS_BYTES_MAX, in);
		rc = ferror(in) ? -EIO : *bytes == VERDICTS_BYTES_MAX ? -EFBIG : 0;
	}
	(void)fclose(in);
	return rc;
}

int report_verdicts_read(struct report_verdicts *verdicts, const char *path, struct lfb_error *error)
{
	json_error_t found = { .line = 0 };
	const char *fault;
	char *text;
	size_t bytes = 0;
	int rc = read_text(path, &text, &bytes);

	verdicts->path = path;
	if (rc != 0) {
		free(text);
		return lfb_fail(error, rc, "%.200s: %s", path, rc == -EFBIG ? "too large to be verdicts" : strerror(-rc));
	}
	verdicts->json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &found);
	free(text);
	if (verdicts->json == NULL)
		return lfb_fail(error, -EBADMSG, "%.200s, line %d: %.150s", path, found.line, found.text);
	fault = fault_of_all(verdicts->json);
	return fault != NULL ? lfb_fail(error, -EBADMSG, "%.200s: %s", path, fault) : sort_results(verdicts->json);
}

static json_t *number_json(const json_t *result, const char *key)
{
	return lfb_json_figure(figure_of(result, key));
}

/* As a result of a comparison, for the same chart. */
static json_t *result_json(const json_t *result)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "verdict", lfb_json_text(text_of(result, "verdict")), "backend",
			 lfb_json_text(text_of(result, "backend")), "workload", lfb_json_text(text_of(result, "workload")), "shape",
			 lfb_json_text(text_of(result, "shape")), "metric", lfb_json_text(text_of(result, "metric")), "reference", 0, "ratio",
			 number_json(result, "value"), "low", number_json(result, "low"), "high", number_json(result, "high"), "base_ns",
			 number_json(result, "base_value"), "head_ns", number_json(result, "head_value"), "sentence",
			 lfb_json_text(text_of(result, "message")));
}

json_t *report_verdicts_json(const struct report_verdicts *verdicts)
{
	json_t *const results = json_object_get(verdicts->json, "results"), *const all = json_array();
	const json_t *result;
	int rc = all == NULL;
	size_t i;

	json_array_foreach(results, i, result)
		rc |= json_array_append_new(all, result_json(result));
	if (rc == 0)
		return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", lfb_json_text(report_base_name(verdicts->path)), "producer",
				 lfb_json_text(text_of(verdicts->json, "producer")), "host", lfb_json_text(text_of(verdicts->json, "host")), "time_utc",
				 lfb_json_text(text_of(verdicts->json, "time_utc")), "results", all);
	json_decref(all);
	return NULL;
}

static void put_number(FILE *out, const char *format, double value)
{
	(void)fputs("<td class=\"n\">", out);
	if (isfinite(value))
		(void)fprintf(out, format, value); /* of this file */
	(void)fputs("</td>", out);
}

static void put_result(FILE *out, const json_t *result)
{
	static const char *const classes[ORDERS] = { "bad", "bad", "quiet", "quiet", "good", "quiet" };
	const double low = figure_of(result, "low"), high = figure_of(result, "high");

	html_put(out, "<tr><td class=\"%s\">%s</td><th scope=\"row\">%s</th><td class=\"shape-of\">%s <span class=\"quiet\">%s</span></td><td>%s</td>",
		 classes[rank_of(result)], text_of(result, "verdict"), text_of(result, "backend"), text_of(result, "workload"), text_of(result, "shape"),
		 text_of(result, "metric"));
	put_number(out, "%.4f", figure_of(result, "value"));
	(void)fputs("<td class=\"n quiet\">", out);
	if (isfinite(low) && isfinite(high))
		(void)fprintf(out, "%.4f\u2013%.4f", low, high);
	(void)fputs("</td>", out);
	put_number(out, "%.4g", figure_of(result, "base_value"));
	put_number(out, "%.4g", figure_of(result, "head_value"));
	html_put(out, "<td class=\"quiet said\">%s</td></tr>\n", text_of(result, "message"));
}

/* "2 FAILED, 7 PASS" */
static void put_tally(FILE *out, const json_t *results)
{
	bool any = false;

	for (size_t rank = 0; rank < ORDERS; rank++) {
		const json_t *result;
		size_t count = 0, i;

		json_array_foreach(results, i, result)
			count += rank_of(result) == rank;
		if (count > 0)
			html_put(out, "%s%z %s", any ? ", " : "", count, order[rank]);
		any = any || count > 0;
	}
}

void report_put_verdicts(FILE *out, const struct report_verdicts *verdicts)
{
	json_t *const results = json_object_get(verdicts->json, "results");
	const json_t *result;
	size_t i;

	html_put(out, "<section><h3>%s: verdicts of %s</h3>\n<p>On %s, %s: ", report_base_name(verdicts->path), text_of(verdicts->json, "producer"),
		 text_of(verdicts->json, "host"), text_of(verdicts->json, "time_utc"));
	put_tally(out, results);
	(void)fputs(".</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Verdicts, the worst first\"><table><thead><tr><th "
		    "scope=\"col\">verdict</th><th scope=\"col\">queue</th><th scope=\"col\">shape</th><th scope=\"col\">figure</th><th scope=\"col\" "
		    "class=\"n\">ratio</th><th scope=\"col\" class=\"n\">interval</th><th scope=\"col\" class=\"n\">base, ns</th><th scope=\"col\" "
		    "class=\"n\">head, ns</th><th scope=\"col\">what that says</th></tr></thead><tbody>\n",
		    out);
	json_array_foreach(results, i, result)
		put_result(out, result);
	(void)fputs("</tbody></table></div>\n</section>\n", out);
}
