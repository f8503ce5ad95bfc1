/* export_parts.h - between export.c and the writers of the formats. Not for others. */
#ifndef LFBENCH_EXPORT_PARTS_H
#define LFBENCH_EXPORT_PARTS_H

#include "export/export.h"

#include <jansson.h>

/* Write the list in one format. Return 0 or -errno. */
int export_write_github(const struct export_list *list, bool bigger_is_better, FILE *out);
int export_write_bmf(const struct export_list *list, FILE *out);
int export_write_benchfmt(const struct export_list *list, FILE *out);
int export_write_google(const struct export_list *list, FILE *out);
int export_write_hyperfine(const struct export_list *list, FILE *out);
int export_write_junit(const struct export_list *list, FILE *out);
int export_write_markdown(const struct export_list *list, FILE *out);
int export_write_json(const struct export_list *list, FILE *out);

/* Markdown in parts, for a summary that has a limit: what comes before the rows, and one row. */
void export_markdown_head(const struct export_list *list, FILE *out);
void export_markdown_row(const struct export_result *result, FILE *out);

/* "PASS", "REGRESSED" ... */
extern const char *const export_verdict_names[];

/* `text` (NULL: "") as valid UTF-8 without control characters and direction marks, into `out`. Returns out. */
#define EXPORT_TEXT_BYTES 2048
const char *export_text(const char *text, char out[EXPORT_TEXT_BYTES]);

/* "workload/backend=x/shape", the name of a benchmark where a format has one text for it; made safe. Returns out. */
const char *export_name(const struct export_result *result, char out[EXPORT_TEXT_BYTES]);
/* The same with the metric behind it, where that is not the plain cost or speed: what tells the results of a cell
 * apart. */
const char *export_full_name(const struct export_result *result, char out[EXPORT_TEXT_BYTES]);

/* Whether it is a comparison: then its figure is a ratio. */
bool export_is_ratio(const struct export_result *result);
/* Whether its trials are of the cost of an operation, which is what most formats are for. */
bool export_is_cost(const struct export_result *result);
/*
 * What `metric` names without its unit, "p99" of "p99 ns" and of "head/base p99", and that unit; both "ns/op" where the
 * unit says it all.
 */
const char *export_metric_name(const struct export_result *result, char out[EXPORT_TEXT_BYTES]);
const char *export_metric_unit(const struct export_result *result);

/* Mean and sample standard deviation (NaN of less than two) of `n` figures. */
struct export_moments {
	double mean, deviation;
};
struct export_moments export_moments_of(const double *values, size_t n);

/* Set `key` to `value` if it was measured. `object` may be NULL. */
void export_json_figure(json_t *object, const char *key, double value);
/* Set `key` to a text of any origin. */
void export_json_text(json_t *object, const char *key, const char *text);
/* Write `json`, which is taken over; NULL stands for out of memory. Returns 0 or -errno. */
int export_json_end(json_t *json, FILE *out);

#endif
