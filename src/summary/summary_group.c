/*
 * summary_group.c - the figures of a summary: medians over launches, their intervals, the
 * order of the entries, and the names that tell them apart.
 */
#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The reference whose operations per second are the ceiling: one fetch-and-add each. */
#define CEILING_BACKEND "faa"
/* Characters that tell one build id from another. */
#define BUILD_ID_SHOWN 8

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What may tell two entries of one backend apart, the most telling first, and how it is shown. */
static const struct {
	enum lfb_column column;
	const char *before;
	int shown; /* characters at most */
} telling[] = {
	{ LFB_COL_alloc, "", 20 },	     { LFB_COL_commit, "@", 20 },
	{ LFB_COL_flavour, "", 20 },	     { LFB_COL_built_with, "", 40 },
	{ LFB_COL_loops_rev, "loops ", 20 }, { LFB_COL_backend_build_id, "build ", BUILD_ID_SHOWN },
};

static int by_launch(const void *left, const void *right)
{
	const struct lfb_sample *const a = left;
	const struct lfb_sample *const b = right;

	if (a->launch != b->launch)
		return a->launch > b->launch ? 1 : -1;
	return (a->trial > b->trial) - (a->trial < b->trial);
}

static struct lfb_figure figure_of(double *values, size_t n)
{
	struct lfb_figure figure = { .median = lfb_median(values, n) };
	double achieved;

	figure.has_interval =
		lfb_median_interval(values, n, LFB_SUMMARY_CONFIDENCE, &figure.low, &figure.high, &achieved);
	return figure;
}

double lfb_median_of_measured(double *values, size_t n)
{
	size_t measured = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			values[measured++] = values[i];
	return lfb_median(values, measured);
}

/* One figure of a sample, by its offset; `room` is for all of them. */
static double median_of(const struct lfb_sample *samples, size_t n, size_t offset, double *room)
{
	for (size_t i = 0; i < n; i++)
		room[i] = *(const double *)(const void *)((const char *)&samples[i] + offset);
	return lfb_median_of_measured(room, n);
}

/* ln of the first trial's time to that of the later ones. NaN: there are not both. */
static double first_log_of(const struct lfb_sample *samples, size_t trials, double *room)
{
	if (trials < 2 || samples[0].trial != 1 || samples[1].trial == 1)
		return NAN;
	return lfb_log_ratio(samples[0].ns_per_op,
			     median_of(samples + 1, trials - 1, offsetof(struct lfb_sample, ns_per_op), room));
}

/*
 * Its rank among all trials of the launch: if these are alike it is above the middle as often as below,
 * whatever their distribution. (The sign of first_log is not, where the later ones are an even number: of skewed
 * trials the mean of two lies above the third more often than below.)
 */
static int first_side_of(const struct lfb_sample *samples, size_t trials)
{
	size_t slower_than = 0, faster_than = 0;

	for (size_t i = 1; i < trials; i++) {
		slower_than += samples[0].ns_per_op > samples[i].ns_per_op;
		faster_than += samples[0].ns_per_op < samples[i].ns_per_op;
	}
	return (slower_than > faster_than) - (slower_than < faster_than);
}

/* Reduce the samples [first, end), which are one launch, to its medians. */
static void reduce_launch(struct lfb_entry *entry, double *room, size_t first, size_t end)
{
	const struct lfb_sample *const samples = entry->samples + first;
	const size_t trials = end - first;

	entry->launch[entry->launches] = (struct lfb_launch_figures){
		.ns_per_op = median_of(samples, trials, offsetof(struct lfb_sample, ns_per_op), room),
		.ops_per_s = median_of(samples, trials, offsetof(struct lfb_sample, ops_per_s), room),
		.probe_ns = median_of(samples, trials, offsetof(struct lfb_sample, probe_ns), room),
		.fairness = median_of(samples, trials, offsetof(struct lfb_sample, fairness), room),
		.first_log = first_log_of(samples, trials, room),
		.first_side = first_side_of(samples, trials),
	};
	entry->trials_min = entry->launches == 0 || trials < entry->trials_min ? trials : entry->trials_min;
	entry->trials_max = trials > entry->trials_max ? trials : entry->trials_max;
	entry->launches++;
}

/* One figure of all launches, by its offset, into `room`. */
static double *collect(const struct lfb_entry *entry, size_t offset, double *room)
{
	for (size_t i = 0; i < entry->launches; i++)
		room[i] = *(const double *)(const void *)((const char *)&entry->launch[i] + offset);
	return room;
}

static int finish_throughput(struct lfb_entry *entry)
{
	const size_t n = entry->sample_count;
	double *const room = reallocarray(NULL, n + 1, sizeof(*room));

	entry->launch = reallocarray(NULL, n + 1, sizeof(entry->launch[0]));
	if (room == NULL || entry->launch == NULL) {
		free(room);
		return -ENOMEM;
	}
	if (n > 0)
		qsort(entry->samples, n, sizeof(entry->samples[0]), by_launch);
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n && entry->samples[end].launch == entry->samples[first].launch;)
			end++;
		reduce_launch(entry, room, first, end);
	}
	entry->ns_per_op = figure_of(collect(entry, offsetof(struct lfb_launch_figures, ns_per_op), room), entry->launches);
	entry->ops_per_s = figure_of(collect(entry, offsetof(struct lfb_launch_figures, ops_per_s), room), entry->launches);
	entry->fairness = lfb_median_of_measured(collect(entry, offsetof(struct lfb_launch_figures, fairness), room), entry->launches);
	free(room);
	return 0;
}

/* Whether some row was not ok that could have been. */
static bool has_failed(const struct lfb_entry *entry)
{
	for (size_t p = 0; p < entry->problem_count; p++)
		if (strcmp(entry->problems[p].status, LFB_SUMMARY_UNSUPPORTED) != 0)
			return true;
	return false;
}

static int finish_entry(struct lfb_entry *entry)
{
	int rc = finish_throughput(entry);

	if (rc == 0)
		rc = lfb_entry_finish_latencies(entry);
	if (rc == 0)
		rc = lfb_entry_finish_contention(entry);
	entry->incomplete = entry->launches > 0 && has_failed(entry);
	if (entry->launches == 0)
		entry->flags |= entry->other_flags;
	return rc;
}

static bool has_figures(const struct lfb_entry *entry)
{
	return entry->launches > 0;
}

/* References, queues, queues without figures; the faster first. */
static int by_rank(const void *left, const void *right)
{
	const struct lfb_entry *const a = *(struct lfb_entry *const *)left;
	const struct lfb_entry *const b = *(struct lfb_entry *const *)right;
	const double a_ns = a->ns_per_op.median, b_ns = b->ns_per_op.median;

	if (a->reference != b->reference)
		return a->reference ? -1 : 1;
	if (has_figures(a) != has_figures(b))
		return has_figures(a) ? -1 : 1;
	if (has_figures(a) && a_ns != b_ns)
		return a_ns < b_ns ? -1 : 1;
	return strcmp(a->label, b->label);
}

/* Whether `other` goes by the same label so far but differs in that column. */
static bool is_ambiguous(const struct lfb_entry *entry, const struct lfb_entry *other, enum lfb_column column)
{
	return strcmp(entry->label, other->label) == 0 &&
	       strcmp(lfb_row_get(&entry->row, column), lfb_row_get(&other->row, column)) != 0;
}

/* The entry's label with one more word, for each that is ambiguous. `labels` is room for the new ones. */
static int extend_labels(struct lfb_group *group, size_t by, char **labels)
{
	const enum lfb_column column = telling[by].column;
	int rc = 0;

	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];
		const char *const value = lfb_row_get(&entry->row, column);
		size_t other = 0;

		while (other < group->entry_count && !is_ambiguous(entry, group->entries[other], column))
			other++;
		labels[e] = NULL;
		if (other < group->entry_count && value[0] != '\0' &&
		    asprintf(&labels[e], "%s %s%.*s", entry->label, telling[by].before, telling[by].shown, value) < 0) {
			labels[e] = NULL;
			rc = -ENOMEM;
		}
	}
	for (size_t e = 0; e < group->entry_count; e++) {
		if (labels[e] == NULL)
			continue;
		free(group->entries[e]->label);
		group->entries[e]->label = labels[e];
	}
	return rc;
}

static int label_entries(struct lfb_group *group)
{
	char **const labels = reallocarray(NULL, group->entry_count + 1, sizeof(labels[0]));
	int rc = labels == NULL ? -ENOMEM : 0;

	for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
		group->entries[e]->label = strdup(lfb_row_get(&group->entries[e]->row, LFB_COL_backend));
		if (group->entries[e]->label == NULL)
			rc = -ENOMEM;
	}
	for (size_t by = 0; by < COUNT(telling) && rc == 0; by++)
		rc = extend_labels(group, by, labels);
	free(labels);
	return rc;
}

/* The first entry of faa that has figures, or NULL. */
static const struct lfb_entry *find_ceiling(const struct lfb_group *group)
{
	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if (entry->reference && has_figures(entry) &&
		    strcmp(lfb_row_get(&entry->row, LFB_COL_backend), CEILING_BACKEND) == 0)
			return entry;
	}
	return NULL;
}

static void count_launches(struct lfb_group *group, const struct lfb_entry *entry)
{
	const bool first = group->launches_max == 0;

	if (first || entry->launches < group->launches_min)
		group->launches_min = entry->launches;
	if (entry->launches > group->launches_max)
		group->launches_max = entry->launches;
	if (first || entry->trials_min < group->trials_min)
		group->trials_min = entry->trials_min;
	if (entry->trials_max > group->trials_max)
		group->trials_max = entry->trials_max;
}

/* What can only be said of an entry next to the others. The entries are sorted. */
static void compare_entries(struct lfb_group *group)
{
	const struct lfb_entry *const ceiling = find_ceiling(group);
	const struct lfb_entry *before = NULL; /* the queue ranked before this one */

	for (size_t e = 0; e < group->entry_count; e++) {
		struct lfb_entry *const entry = group->entries[e];

		entry->of_ceiling = NAN;
		if (ceiling != NULL && (entry == ceiling || !entry->reference))
			entry->of_ceiling = entry->ops_per_s.median / ceiling->ops_per_s.median;
		group->references += entry->reference;
		if (!has_figures(entry))
			continue;
		group->common_flags = group->launches_max == 0 ? entry->flags : group->common_flags & entry->flags;
		count_launches(group, entry);
		if (entry->reference)
			continue;
		group->ranked++;
		group->lacks_intervals |= !entry->ns_per_op.has_interval;
		if (before != NULL) {
			group->unlike_semantics |= strcmp(lfb_row_get(&before->row, LFB_COL_semantics),
							  lfb_row_get(&entry->row, LFB_COL_semantics)) != 0;
			entry->unresolved = before->ns_per_op.has_interval && entry->ns_per_op.has_interval &&
					    entry->ns_per_op.low <= before->ns_per_op.high;
		}
		before = entry;
	}
}

int lfb_group_finish(struct lfb_group *group)
{
	int rc = label_entries(group);

	for (size_t e = 0; e < group->entry_count && rc == 0; e++)
		rc = finish_entry(group->entries[e]);
	if (rc != 0)
		return rc;
	if (group->entry_count > 1)
		qsort(group->entries, group->entry_count, sizeof(struct lfb_entry *), by_rank);
	compare_entries(group);
	return lfb_group_finish_launches(group);
}
