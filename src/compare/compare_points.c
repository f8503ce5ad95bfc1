/*
 * compare_points.c - a cell through several files, in order of time. Nothing is judged here: a point says how it stands to the one before,
 * and whether that one was measured on the same machine, in the same state, with builds made the same way.
 */
#include "compare/compare_parts.h"

#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Files without a time first; then as they were given. */
static int by_time(const void *left, const void *right)
{
	const struct compare_point *const a = (const struct compare_point *)left, *const b = (const struct compare_point *)right;
	const int order = strcmp(a->file->first_time != NULL ? a->file->first_time : "", b->file->first_time != NULL ? b->file->first_time : "");

	return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

/* The launches [first, first + count), which are of one file. */
static int make_point(const struct compare *compare, const struct compare_launch *first, size_t count, struct compare_point *out)
{
	double *const room = (double *)reallocarray(NULL, count + 1, sizeof(*room)), achieved;
	size_t probes = 0;

	if (room == NULL)
		return -ENOMEM;
	*out = (struct compare_point){ .file = &compare->files[first->file], .launches = count, .build = first->build };
	for (size_t i = 0; i < count; i++)
		if (first[i].probe_ns > 0)
			room[probes++] = first[i].probe_ns;
	out->probe_ns = lfb_median(room, probes);
	for (size_t i = 0; i < count; i++)
		room[i] = first[i].value;
	out->median = lfb_median(room, count); /* sorts */
	out->has_interval = lfb_median_interval(room, count, COMPARE_CONFIDENCE, &out->low, &out->high, &achieved);
	free(room);
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* As compare_check has it: what makes figures incomparable. */
static bool same_machine(const struct compare_file *a, const struct compare_file *b)
{
	if (a->hosts.count > 0 && b->hosts.count > 0 && (a->hosts.count != b->hosts.count || !same_text(a->hosts.word[0], b->hosts.word[0])))
		return false;
	for (size_t i = 0; i < COMPARE_HYPERVISOR; i++)
		if (!same_text(a->fact[i], b->fact[i]))
			return false;
	return true;
}

static void hold_against(struct compare_point *point, const struct compare_point *before)
{
	point->other_machine = !same_machine(point->file, before->file);
	point->other_build = point->build != before->build;
	point->other_regime = point->probe_ns > 0 && before->probe_ns > 0 && fabs(log(point->probe_ns / before->probe_ns)) > log(COMPARE_PROBE_FACTOR);
	point->resolved = point->has_interval && before->has_interval && (point->low > before->high || point->high < before->low);
}

int compare_points(const struct compare *compare, const struct compare_half *half, enum compare_metric metric, struct compare_point **out,
		   size_t *count)
{
	struct compare_launch *launches;
	size_t launch_count;
	int rc = compare_launches(half, metric, &launches, &launch_count);

	*out = NULL;
	*count = 0;
	if (rc != 0 || launch_count == 0)
		return rc;
	*out = (struct compare_point *)calloc(compare->file_count + 1, sizeof(**out));
	rc = *out != NULL ? 0 : -ENOMEM;
	for (size_t first = 0, end; first < launch_count && rc == 0; first = end) {
		for (end = first + 1; end < launch_count && launches[end].file == launches[first].file;)
			end++;
		rc = make_point(compare, launches + first, end - first, &(*out)[(*count)++]);
	}
	free(launches);
	if (rc == 0)
		qsort(*out, *count, sizeof(**out), by_time);
	for (size_t i = 1; i < *count && rc == 0; i++)
		hold_against(&(*out)[i], &(*out)[i - 1]);
	return rc;
}
