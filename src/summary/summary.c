/* summary.c - see summary.h: sorting rows into groups and entries. The sums are in summary_*.c. */
#include "summary/summary_parts.h"

#include <errno.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More than anyone would read; keeps the memory for a hostile file within bounds. */
#define GROUPS_MAX 10000u
#define ENTRIES_MAX 100000u
#define ENTRIES_IN_GROUP_MAX 1000u

void *lfb_summary_grow(void *array, size_t count, size_t element_bytes)
{
	if (array != NULL && (count & (count - 1)) != 0)
		return array;
	return reallocarray(array, count == 0 ? 1 : 2 * count, element_bytes);
}

static int append_group(struct lfb_summary *summary, struct lfb_group *group)
{
	struct lfb_group **const more = lfb_summary_grow(summary->groups, summary->group_count, sizeof(struct lfb_group *));

	if (more == NULL)
		return -ENOMEM;
	summary->groups = more;
	summary->groups[summary->group_count++] = group;
	return 0;
}

static int append_entry(struct lfb_group *group, struct lfb_entry *entry)
{
	struct lfb_entry **const more = lfb_summary_grow(group->entries, group->entry_count, sizeof(struct lfb_entry *));

	if (more == NULL)
		return -ENOMEM;
	group->entries = more;
	group->entries[group->entry_count++] = entry;
	return 0;
}

static int append_sample(struct lfb_entry *entry, struct lfb_sample sample)
{
	struct lfb_sample *const more = lfb_summary_grow(entry->samples, entry->sample_count, sizeof(sample));

	if (more == NULL)
		return -ENOMEM;
	entry->samples = more;
	entry->samples[entry->sample_count++] = sample;
	return 0;
}

static void group_free(struct lfb_group *group)
{
	lfb_row_clear(&group->row);
	free(group->entries);
	free(group);
}

void lfb_entry_free(struct lfb_entry *entry)
{
	for (size_t i = 0; i < entry->problem_count; i++) {
		free(entry->problems[i].pass);
		free(entry->problems[i].status);
		free(entry->problems[i].reason);
	}
	free(entry->problems);
	free(entry->samples);
	free(entry->launch);
	lfb_entry_free_latencies(entry);
	free(entry->contention.samples);
	free(entry->label);
	lfb_row_clear(&entry->row);
	free(entry);
}

/* The group of `row`, made if it is the first. The tree holds the address of its `row`, the first member. */
static int find_group(struct lfb_summary *summary, const struct lfb_row *row, struct lfb_group **out)
{
	struct lfb_row *const *const found = tfind(row, &summary->group_tree, lfb_summary_by_group);
	struct lfb_group *group;

	if (found != NULL) {
		*out = (struct lfb_group *)(void *)*found;
		return 0;
	}
	if (summary->group_count == GROUPS_MAX)
		return -E2BIG;
	group = calloc(1, sizeof(*group));
	if (group == NULL)
		return -ENOMEM;
	if (lfb_row_copy(&group->row, row) != 0 || append_group(summary, group) != 0) {
		group_free(group);
		return -ENOMEM;
	}
	if (tsearch(&group->row, &summary->group_tree, lfb_summary_by_group) == NULL)
		return -ENOMEM;
	*out = group;
	return 0;
}

static int find_entry(struct lfb_summary *summary, struct lfb_group *group, const struct lfb_row *row,
		      struct lfb_entry **out)
{
	struct lfb_row *const *const found = tfind(row, &summary->entry_tree, lfb_summary_by_entry);
	struct lfb_entry *entry;

	if (found != NULL) {
		*out = (struct lfb_entry *)(void *)*found;
		return 0;
	}
	if (summary->entry_count == ENTRIES_MAX || group->entry_count == ENTRIES_IN_GROUP_MAX)
		return -E2BIG;
	entry = calloc(1, sizeof(*entry));
	if (entry == NULL)
		return -ENOMEM;
	if (lfb_row_copy(&entry->row, row) != 0 || append_entry(group, entry) != 0) {
		lfb_entry_free(entry);
		return -ENOMEM;
	}
	if (tsearch(&entry->row, &summary->entry_tree, lfb_summary_by_entry) == NULL)
		return -ENOMEM;
	summary->entry_count++;
	*out = entry;
	return 0;
}

/* 64-bit FNV-1a: launches are only ever compared for being the same one. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	} while (*text++ != '\0');
	return hash;
}

/* Identifies the launch of a row. */
static uint64_t launch_of(const struct lfb_row *row)
{
	const uint64_t hash = hash_text(UINT64_C(0xcbf29ce484222325), lfb_row_get(row, LFB_COL_run_id));

	return hash_text(hash, lfb_row_get(row, LFB_COL_launch));
}

double lfb_summary_probe_ns(const struct lfb_row *row)
{
	const double before = lfb_row_get_f64(row, LFB_COL_probe_before_ns, NAN);
	const double after = lfb_row_get_f64(row, LFB_COL_probe_after_ns, NAN);

	if (!(before > 0) || !(after > 0))
		return before > 0 ? before : after > 0 ? after : NAN;
	return before / 2 + after / 2;
}

/* "2026-11-23T01:50:17Z"; 0 if it is none. */
static int64_t time_of(const struct lfb_row *row)
{
	struct tm tm = { .tm_year = 0 };

	return strptime(lfb_row_get(row, LFB_COL_time_utc), "%Y-%m-%dT%H:%M:%SZ", &tm) != NULL ? (int64_t)timegm(&tm) : 0;
}

static double fairness_of(const struct lfb_row *row)
{
	/* fmin passes over a NaN: each side may be missing by itself. */
	return fmin(lfb_row_get_f64(row, LFB_COL_fairness_producers, NAN), lfb_row_get_f64(row, LFB_COL_fairness_consumers, NAN));
}

static int add_sample(struct lfb_entry *entry, const struct lfb_row *row, uint64_t launch, uint32_t flags)
{
	const struct lfb_sample sample = {
		.launch = launch,
		.number = lfb_row_get_u64(row, LFB_COL_launch, 0),
		.trial = lfb_row_get_u64(row, LFB_COL_trial, 0),
		.order = lfb_row_get_u64(row, LFB_COL_order, 0),
		.time_s = time_of(row),
		.flags = flags,
		.ns_per_op = lfb_row_get_f64(row, LFB_COL_ns_per_op, 0),
		.ops_per_s = lfb_row_get_f64(row, LFB_COL_ops_per_s, 0),
		.probe_ns = lfb_summary_probe_ns(row),
		.fairness = fairness_of(row),
	};

	/* A build that counts has no speed, whatever pass it was run in. */
	if (strcmp(lfb_row_get(row, LFB_COL_flavour), "counting") == 0)
		return 0;
	return sample.ns_per_op > 0 && sample.ops_per_s > 0 ? append_sample(entry, sample) : 0;
}

static int add_row_problem(struct lfb_entry *entry, const struct lfb_row *row)
{
	/* What a backend does not allow, it allows in no pass: said once. */
	const bool unsupported = strcmp(lfb_row_get(row, LFB_COL_status), LFB_SUMMARY_UNSUPPORTED) == 0;
	const bool timed = lfb_row_pass(row) == LFB_ROW_THROUGHPUT;

	return lfb_entry_add_problem(entry, timed || unsupported ? "" : lfb_row_get(row, LFB_COL_pass),
				     lfb_row_get(row, LFB_COL_status), lfb_row_get(row, LFB_COL_reason), 1);
}

/* Bit of a word of the flags column. */
static int find_flag(struct lfb_summary *summary, const char *word, size_t length, size_t *out)
{
	size_t i = 0;

	while (i < summary->flag_count &&
	       (strncmp(summary->flags[i].word, word, length) != 0 || summary->flags[i].word[length] != '\0'))
		i++;
	if (i == LFB_SUMMARY_FLAGS)
		i--;
	if (i == summary->flag_count) {
		summary->flags[i].word = i == LFB_SUMMARY_FLAGS - 1 ? strdup(LFB_SUMMARY_OTHERS) : strndup(word, length);
		if (summary->flags[i].word == NULL)
			return -ENOMEM;
		summary->flag_count++;
	}
	*out = i;
	return 0;
}

/* Count the flags of a row; *out are their bits. */
static int add_flags(struct lfb_summary *summary, const char *text, uint32_t *out)
{
	*out = 0;
	while (*text != '\0') {
		const size_t length = strcspn(text, ";");
		size_t bit;

		if (length > 0) {
			if (find_flag(summary, text, length, &bit) != 0)
				return -ENOMEM;
			*out |= UINT32_C(1) << bit;
			summary->flags[bit].rows++;
		}
		text += length + (text[length] == ';');
	}
	return 0;
}

bool lfb_summary_row_has_flag(const struct lfb_row *row, const char *flag)
{
	const char *text = lfb_row_get(row, LFB_COL_flags);
	const size_t length = strlen(flag);

	while (*text != '\0') {
		const size_t bytes = strcspn(text, ";");

		if (bytes == length && memcmp(text, flag, length) == 0)
			return true;
		text += bytes + (text[bytes] == ';');
	}
	return false;
}

/* The figures of a row that is ok, to where its pass has them. */
static int add_figures(struct lfb_entry *entry, const struct lfb_row *row, uint32_t flags)
{
	const uint64_t launch = launch_of(row);

	switch (lfb_row_pass(row)) {
	case LFB_ROW_LATENCY:
		return lfb_entry_add_latency(entry, row, launch);
	case LFB_ROW_CONTENTION:
		return lfb_entry_add_contention(entry, row, launch);
	default:
		return add_sample(entry, row, launch, flags);
	}
}

int lfb_summary_add(struct lfb_summary *summary, const struct lfb_row *row)
{
	const bool ok = strcmp(lfb_row_get(row, LFB_COL_status), "ok") == 0;
	const bool pilot = lfb_summary_row_has_flag(row, "pilot");
	struct lfb_group *group;
	struct lfb_entry *entry;
	uint32_t flags;
	int rc;

	rc = find_group(summary, row, &group);
	if (rc == 0)
		rc = find_entry(summary, group, row, &entry);
	if (rc == 0)
		rc = add_flags(summary, lfb_row_get(row, LFB_COL_flags), &flags);
	if (rc == 0 && !ok)
		rc = add_row_problem(entry, row);
	if (rc == 0 && ok && !pilot)
		rc = add_figures(entry, row, flags);
	if (rc != 0)
		return rc;
	if (pilot || lfb_row_pass(row) != LFB_ROW_THROUGHPUT)
		entry->other_flags |= flags;
	else
		entry->flags |= flags;
	entry->rows++;
	entry->pilot_rows += pilot;
	entry->reference |= strcmp(lfb_row_get(row, LFB_COL_check_level), "n/a") == 0;
	summary->rows++;
	summary->rows_ok += ok;
	return 0;
}

int lfb_summary_finish(struct lfb_summary *summary)
{
	int rc = 0;

	if (summary->group_count > 1)
		qsort(summary->groups, summary->group_count, sizeof(struct lfb_group *), lfb_summary_by_shape);
	for (size_t g = 0; g < summary->group_count && rc == 0; g++) {
		rc = lfb_group_join_passes(summary->groups[g]);
		if (rc == 0)
			rc = lfb_group_finish(summary->groups[g]);
	}
	if (rc == 0)
		lfb_first_trials_judge(summary);
	return rc;
}

/* The trees are of no use here: entries were joined since, and freed. */
bool lfb_summary_find(const struct lfb_summary *summary, const struct lfb_row *row, struct lfb_summary_place *out)
{
	for (size_t g = 0; g < summary->group_count; g++) {
		const struct lfb_group *const group = summary->groups[g];

		if (lfb_summary_by_group(&group->row, row) != 0)
			continue;
		for (size_t e = 0; e < group->entry_count; e++) {
			*out = (struct lfb_summary_place){ g, e, lfb_entry_find_load(group->entries[e], row) };
			if (lfb_summary_is_counterpart(&group->entries[e]->row, row) && out->load < group->entries[e]->load_count)
				return true;
		}
	}
	return false;
}

static void keep(void *item)
{
	(void)item;
}

void lfb_summary_free(struct lfb_summary *summary)
{
	/* The trees' items are members of the groups and entries freed here. */
	tdestroy(summary->group_tree, keep);
	tdestroy(summary->entry_tree, keep);
	for (size_t g = 0; g < summary->group_count; g++) {
		for (size_t e = 0; e < summary->groups[g]->entry_count; e++)
			lfb_entry_free(summary->groups[g]->entries[e]);
		group_free(summary->groups[g]);
	}
	for (size_t i = 0; i < summary->flag_count; i++)
		free(summary->flags[i].word);
	free(summary->groups);
	memset(summary, 0, sizeof(*summary));
}
