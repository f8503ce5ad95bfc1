/* compare_launches.c - the trials of a launch as one value, and the name of a cell's shape. */
#include "compare/compare_parts.h"

#include "export/export.h"
#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_launch(const void *left, const void *right)
{
	const struct compare_sample *const a = *(const struct compare_sample *const *)left, *const b = *(const struct compare_sample *const *)right;

	return (a->launch > b->launch) - (a->launch < b->launch);
}

static int by_file(const void *left, const void *right)
{
	const struct compare_launch *const a = (const struct compare_launch *)left, *const b = (const struct compare_launch *)right;

	return (a->file > b->file) - (a->file < b->file);
}

/* The samples [first, end), which are one launch. `room` is for as many values. */
static struct compare_launch reduce(const struct compare_sample *const *first, size_t count, enum compare_metric metric, double *room)
{
	struct compare_launch launch = { .value = NAN, .file = first[0]->file, .build = first[0]->build };

	for (size_t i = 0; i < count; i++)
		room[i] = first[i]->probe_ns;
	launch.probe_ns = lfb_median_of_measured(room, count);
	for (size_t i = 0; i < count && metric < COMPARE_METRICS; i++)
		room[i] = first[i]->value[metric];
	if (metric < COMPARE_METRICS)
		launch.value = lfb_median_of_measured(room, count);
	return launch;
}

int compare_launches(const struct compare_half *half, enum compare_metric metric, struct compare_launch **out, size_t *count)
{
	const size_t n = half->sample_count;
	const struct compare_sample **const sorted = (const struct compare_sample **)reallocarray(NULL, n + 1, sizeof(sorted[0]));
	struct compare_launch *const launches = (struct compare_launch *)reallocarray(NULL, n + 1, sizeof(*launches));
	double *const room = (double *)reallocarray(NULL, n + 1, sizeof(*room));
	int rc = sorted != NULL && launches != NULL && room != NULL ? 0 : -ENOMEM;
	size_t found = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		sorted[i] = &half->samples[i];
	if (rc == 0)
		qsort(sorted, n, sizeof(sorted[0]), by_launch);
	for (size_t first = 0, end; rc == 0 && first < n; first = end) {
		for (end = first + 1; end < n && sorted[end]->launch == sorted[first]->launch;)
			end++;
		launches[found] = reduce(sorted + first, end - first, metric, room);
		found += metric == COMPARE_METRICS || !isnan(launches[found].value);
	}
	if (rc == 0)
		qsort(launches, found, sizeof(launches[0]), by_file);
	free(sorted);
	free(room);
	*count = found;
	*out = rc == 0 ? launches : NULL;
	if (rc != 0)
		free(launches);
	return rc;
}

bool compare_has_metric(const struct compare_cell *cell, enum compare_metric metric)
{
	switch (lfb_row_pass(&cell->row)) {
	case LFB_ROW_LATENCY:
		return metric >= COMPARE_P50 && metric < COMPARE_METRICS;
	case LFB_ROW_CONTENTION:
		return false;
	default:
		return metric == COMPARE_NS_PER_OP || metric == COMPARE_NS_PER_ITEM;
	}
}

/* Of an open loop its load, as exports of a run have it. */
const char *compare_shape_text(const struct compare_cell *cell, char out[COMPARE_SHAPE_BYTES])
{
	static const char *const keys[] = { "arrivals", "load", "rate" };
	char shape[EXPORT_SHAPE_BYTES];
	const char *const params = lfb_row_get(&cell->row, LFB_COL_params);
	size_t used;

	used = (size_t)snprintf(out, COMPARE_SHAPE_BYTES, "%s", export_shape_text(&cell->row, shape));
	if (lfb_row_pass(&cell->row) != LFB_ROW_LATENCY)
		return out;
	if (!lfb_summary_has_load(params))
		(void)snprintf(out + used, COMPARE_SHAPE_BYTES - used, "%sloop=closed", used > 0 ? "/" : "");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char value[32];

		lfb_params_get(params, keys[i], value, sizeof(value));
		for (char *c = value; *c != '\0'; c++)
			*c = strchr("0123456789.abcdefghijklmnopqrstuvwxyz", *c) != NULL ? *c : '_';
		if (value[0] != '\0' && used < COMPARE_SHAPE_BYTES)
			used += (size_t)snprintf(out + used, COMPARE_SHAPE_BYTES - used, "%s%s=%s", used > 0 ? "/" : "", keys[i], value);
	}
	return out;
}
