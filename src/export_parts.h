/* export_parts.h - between export.c and the writers of the formats. Not for others. */
#ifndef LFBENCH_EXPORT_PARTS_H
#define LFBENCH_EXPORT_PARTS_H

#include "export.h"

#include <jansson.h>

/* Write the list in one format. Return 0 or -errno. */
int export_json_github(const struct export_list *list, FILE *out);
int export_json_bmf(const struct export_list *list, FILE *out);
int export_json_google(const struct export_list *list, FILE *out);
int export_json_hyperfine(const struct export_list *list, FILE *out);
int export_benchfmt(const struct export_list *list, FILE *out);
int export_junit(const struct export_list *list, FILE *out);
int export_markdown(const struct export_list *list, FILE *out);

/* "workload/backend=x/shape" into `out`, the name of a benchmark in formats that have one text. Returns out. */
#define EXPORT_NAME_BYTES 512
const char *export_name(const struct export_result *result, char *out, size_t out_bytes);

/* "PASS", "REGRESSED" ... */
extern const char *const export_verdict_names[];

#endif
