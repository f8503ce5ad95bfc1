/*
 * summary_group.c - the figures of a summary: medians over launches, their intervals, the
 * order of the entries, and the names that tell them apart.
 */
#include "stats.h"
#include "summary.h"

#include <errno.h>
#include <math.h>
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

/* Scratch space for one entry: as many launches as it can have. */
struct scratch {
	double *ns_per_op, *ops_per_s; /* per launch */
	double *trials;
};

static int by_launch(const void *left, const void *right)
{
	const struct lfb_sample *const a = left;
	const struct lfb_sample *const b = right;

	return (a->launch > b->launch) - (a->launch < b->launch);
}

static struct lfb_figure figure_of(double *values, size_t n)
{
	struct lfb_figure figure = { .median = lfb_median(values, n) };
	double achieved;

	figure.has_interval =
		lfb_median_interval(values, n, LFB_SUMMARY_CONFIDENCE, &figure.low, &figure.high, &achieved);
	return figure;
}

/* Reduce the samples [first, end), which are one launch, to its medians. */
static void reduce_launch(struct lfb_entry *entry, struct scratch *s, size_t first, size_t end)
{
	const size_t trials = end - first;

	for (size_t i = 0; i < trials; i++)
		s->trials[i] = entry->samples[first + i].ns_per_op;
	s->ns_per_op[entry->launches] = lfb_median(s->trials, trials);
	for (size_t i = 0; i < trials; i++)
		s->trials[i] = entry->samples[first + i].ops_per_s;
	s->ops_per_s[entry->launches] = lfb_median(s->trials, trials);
	entry->trials_min = entry->launches == 0 || trials < entry->trials_min ? trials : entry->trials_min;
	entry->trials_max = trials > entry->trials_max ? trials : entry->trials_max;
	entry->launches++;
}

static int finish_entry(struct lfb_entry *entry)
{
	const size_t n = entry->sample_count;
	double *const room = reallocarray(NULL, n + 1, 3 * sizeof(double));
	struct scratch s = { room, room + n, room + 2 * n };

	if (room == NULL)
		return -ENOMEM;
	if (n > 0)
		qsort(entry->samples, n, sizeof(entry->samples[0]), by_launch);
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n && entry->samples[end].launch == entry->samples[first].launch;)
			end++;
		reduce_launch(entry, &s, first, end);
	}
	entry->ns_per_op = figure_of(s.ns_per_op, entry->launches);
	entry->ops_per_s = figure_of(s.ops_per_s, entry->launches);
	free(room);
	return 0;
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
	return 0;
}
