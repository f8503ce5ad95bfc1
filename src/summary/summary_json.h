/*
 * summary_json.h - a summary for programs: `lfbench show --json`, and the data of the report.
 *
 * DESIGN. Everything that `show` prints is in it, as figures: a program that reads it computes no median of its own.
 * A figure that was not measured is null. Texts come from a file: what could steer a terminal, and what is not valid
 * UTF-8, is replaced as in safe_text.h. docs/report.md describes the members.
 */
#ifndef LFBENCH_SUMMARY_JSON_H
#define LFBENCH_SUMMARY_JSON_H

#include "summary/summary.h"

#include <stdio.h>

/* The number of this set of members; new ones may be added under the same number. */
#define LFB_SUMMARY_JSON_SCHEMA 1

/*
 * The summary, which is finished, as a jansson object; with `trials` also each trial of the throughput pass. The
 * caller owns the reference. NULL: out of memory.
 */
struct json_t *lfb_summary_json(const struct lfb_summary *summary, bool trials);

/* The shape of a row, as the groups of the summary have it. NULL: out of memory. */
struct json_t *lfb_json_shape(const struct lfb_row *row);

/* A text of any origin, made safe; and a figure, null if it is not finite. NULL: out of memory. */
struct json_t *lfb_json_text(const char *text);
struct json_t *lfb_json_figure(double value);
/* The value of a column: a number where the column has a unit, "" as null. */
struct json_t *lfb_json_column(const struct lfb_row *row, enum lfb_column column);

/* Write such an object as text, in ASCII. Returns 0, or -EIO if `out` does not take it. */
int lfb_json_write(const struct json_t *json, FILE *out);

#endif
