/*
 * report_history.c - each cell of the throughput pass through all files, in order of time: as a table, and as the member "history" of the
 * data. The points are those of `lfbench compare --history` (compare_points).
 */
#include "commands/report/report_parts.h"

#include "commands/report/html.h"
#include "summary/summary_json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a queue is held against what is needed of it by. */
static const enum lfb_column claims[] = { LFB_COL_backend, LFB_COL_semantics, LFB_COL_bounded, LFB_COL_progress_push, LFB_COL_progress_pop };

/* Files by the time of their first row, into `order`; those without one first. */
static void order_files(const struct compare *history, size_t order[REPORT_FILES_MAX])
{
	for (size_t i = 0; i < history->file_count; i++) {
		const char *const time = history->files[i].first_time != NULL ? history->files[i].first_time : "";
		size_t at = i;

		for (; at > 0; at--) {
			const char *const before = history->files[order[at - 1]].first_time;

			if (strcmp(before != NULL ? before : "", time) <= 0)
				break;
			order[at] = order[at - 1];
		}
		order[at] = i;
	}
}

/* The point of a file, or NULL. */
static const struct compare_point *find_point(const struct compare_point *points, size_t count, const struct compare_file *file)
{
	for (size_t i = 0; i < count; i++)
		if (points[i].file == file)
			return &points[i];
	return NULL;
}

static void put_point(FILE *out, const struct compare_point *point)
{
	(void)fputs("<td class=\"n\">", out);
	if (point != NULL)
		(void)fprintf(out, "%.4g%s%s%s", point->median, point->other_machine ? " M" : "", point->other_build ? " B" : "",
			      point->other_regime ? " R" : "");
	(void)fputs("</td>", out);
}

/* Nothing of a cell that is in one file only: that has no history. */
static int put_cell(FILE *out, const struct compare *history, const struct compare_cell *cell, const size_t *order)
{
	char shape[COMPARE_SHAPE_BYTES];
	struct compare_point *points;
	size_t count;
	int rc = compare_points(history, &cell->half[COMPARE_BASE], COMPARE_NS_PER_OP, &points, &count);

	if (rc == 0 && count > 1) {
		html_put(out, "<tr><th scope=\"row\">%s</th><td class=\"shape-of\">%s <span class=\"quiet\">%s</span></td>",
			 lfb_row_get(&cell->row, LFB_COL_backend), lfb_row_get(&cell->row, LFB_COL_workload), compare_shape_text(cell, shape));
		for (size_t i = 0; i < history->file_count; i++)
			put_point(out, find_point(points, count, &history->files[order[i]]));
		(void)fputs("</tr>\n", out);
	}
	free(points);
	return rc;
}

static void put_head(FILE *out, const struct compare *history, const size_t *order)
{
	(void)fputs("<section><h3>Over time</h3>\n<p>ns/op of each cell in all files, in order of time: medians over launches. M: another machine than in the "
		    "file before; B: built in another way; R: another regime of the machine. No change across such a mark is the queue's.</p>\n<div "
		    "class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Over time\"><table><thead><tr><th scope=\"col\">queue</th><th "
		    "scope=\"col\">shape</th>",
		    out);
	for (size_t i = 0; i < history->file_count; i++) {
		const struct compare_file *const file = &history->files[order[i]];

		html_put(out, "<th scope=\"col\" class=\"n\">%s<br>%s</th>", report_base_name(file->path), file->first_time != NULL ? file->first_time : "");
	}
	(void)fputs("</tr></thead><tbody>\n", out);
}

int report_put_history(FILE *out, const struct report *report)
{
	const struct compare *const history = &report->history;
	size_t order[REPORT_FILES_MAX];
	int rc = 0;

	if (history->file_count == 0)
		return 0;
	order_files(history, order);
	put_head(out, history, order);
	for (size_t i = 0; i < history->cell_count && rc == 0; i++)
		if (compare_has_metric(history->cells[i], COMPARE_NS_PER_OP))
			rc = put_cell(out, history, history->cells[i], order);
	(void)fputs("</tbody></table></div>\n</section>\n", out);
	return rc;
}

static json_t *point_json(const struct compare *history, const struct compare_point *point)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:I, s:b, s:b, s:b, s:b}", "file", (json_int_t)(point->file - history->files), "median",
			 lfb_json_figure(point->median), "low", lfb_json_figure(point->has_interval ? point->low : NAN), "high",
			 lfb_json_figure(point->has_interval ? point->high : NAN), "launches", (json_int_t)point->launches, "other_machine",
			 (int)point->other_machine, "other_build", (int)point->other_build, "other_regime", (int)point->other_regime, "resolved",
			 (int)point->resolved);
}

static json_t *cell_json(const struct compare *history, const struct compare_cell *cell, const struct compare_point *points, size_t count)
{
	json_t *const json = json_object(), *const all = json_array();
	int rc = json_object_set_new(json, "points", all);

	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
		rc |= json_object_set_new(json, lfb_columns[claims[i]].name, lfb_json_column(&cell->row, claims[i]));
	rc |= json_object_set_new(json, "shape", lfb_json_shape(&cell->row));
	rc |= json_object_set_new(json, "reference", json_boolean(cell->reference));
	for (size_t i = 0; i < count; i++)
		rc |= json_array_append_new(all, point_json(history, &points[i]));
	if (rc == 0)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *cells_json(const struct compare *history)
{
	json_t *const all = json_array();
	int rc = all == NULL;

	for (size_t i = 0; i < history->cell_count && rc == 0; i++) {
		struct compare_point *points;
		size_t count;

		if (!compare_has_metric(history->cells[i], COMPARE_NS_PER_OP))
			continue;
		rc = compare_points(history, &history->cells[i]->half[COMPARE_BASE], COMPARE_NS_PER_OP, &points, &count);
		if (rc == 0 && count > 1)
			rc = json_array_append_new(all, cell_json(history, history->cells[i], points, count));
		free(points);
	}
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

json_t *report_history_json(const struct report *report)
{
	const struct compare *const history = &report->history;
	json_t *const files = json_array();
	size_t order[REPORT_FILES_MAX];
	int rc = files == NULL;

	order_files(history, order);
	for (size_t i = 0; i < history->file_count; i++) {
		const struct compare_file *const file = &history->files[order[i]];

		rc |= json_array_append_new(files, json_pack("{s:I, s:o, s:o}", "file", (json_int_t)order[i], "name", lfb_json_text(report_base_name(file->path)),
							     "time", lfb_json_text(file->first_time != NULL ? file->first_time : "")));
	}
	if (rc == 0)
		return json_pack("{s:o, s:o}", "files", files, "cells", cells_json(history));
	json_decref(files);
	return NULL;
}
