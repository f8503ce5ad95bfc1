/* summary.c - see summary.h: sorting rows into groups and entries. summary_group.c does the sums. */
#include "summary.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* More than anyone would read; keeps the memory for a hostile file within bounds. */
#define GROUPS_MAX 10000u
#define ENTRIES_MAX 100000u
#define ENTRIES_IN_GROUP_MAX 1000u
#define PROBLEMS_MAX 16u
#define OTHERS "(others)"

/*
 * Rows alike in these belong to one table. Not what depends on the backend (alloc, the effective
 * capacity), nor what a row lacks whose process never came to measure (cpus).
 */
static const enum lfb_column group_key[] = {
	LFB_COL_workload,    LFB_COL_host,	LFB_COL_pass,	       LFB_COL_producers,  LFB_COL_consumers,
	LFB_COL_capacity,    LFB_COL_batch,	LFB_COL_payload_bytes, LFB_COL_payload_by, LFB_COL_work_push_ns,
	LFB_COL_work_pop_ns, LFB_COL_work_dist, LFB_COL_wait,	       LFB_COL_pin,	   LFB_COL_params,
};

/* Rows of a group alike in these, too, belong to one entry: one backend as it was built. */
static const enum lfb_column entry_key[] = {
	LFB_COL_backend,    LFB_COL_alloc,     LFB_COL_commit,		 LFB_COL_flavour,
	LFB_COL_built_with, LFB_COL_loops_rev, LFB_COL_backend_build_id,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int compare_columns(const struct lfb_row *a, const struct lfb_row *b, const enum lfb_column *columns,
			   size_t count)
{
	int order = 0;

	for (size_t i = 0; i < count && order == 0; i++)
		order = strcmp(lfb_row_get(a, columns[i]), lfb_row_get(b, columns[i]));
	return order;
}

static int by_group(const void *a, const void *b)
{
	return compare_columns(a, b, group_key, COUNT(group_key));
}

static int by_entry(const void *a, const void *b)
{
	const int order = by_group(a, b);

	return order != 0 ? order : compare_columns(a, b, entry_key, COUNT(entry_key));
}

/*
 * An array with room for one more: it has room for the next power of two, so it moves whenever
 * its count is one. Returns NULL, and `array` stays as it is, when there is no memory.
 */
static void *grow(void *array, size_t count, size_t element_bytes)
{
	if (array != NULL && (count & (count - 1)) != 0)
		return array;
	return reallocarray(array, count == 0 ? 1 : 2 * count, element_bytes);
}

static int append_group(struct lfb_summary *summary, struct lfb_group *group)
{
	struct lfb_group **const more = grow(summary->groups, summary->group_count, sizeof(struct lfb_group *));

	if (more == NULL)
		return -ENOMEM;
	summary->groups = more;
	summary->groups[summary->group_count++] = group;
	return 0;
}

static int append_entry(struct lfb_group *group, struct lfb_entry *entry)
{
	struct lfb_entry **const more = grow(group->entries, group->entry_count, sizeof(struct lfb_entry *));

	if (more == NULL)
		return -ENOMEM;
	group->entries = more;
	group->entries[group->entry_count++] = entry;
	return 0;
}

static int append_sample(struct lfb_entry *entry, struct lfb_sample sample)
{
	struct lfb_sample *const more = grow(entry->samples, entry->sample_count, sizeof(sample));

	if (more == NULL)
		return -ENOMEM;
	entry->samples = more;
	entry->samples[entry->sample_count++] = sample;
	return 0;
}

static int append_problem(struct lfb_entry *entry, struct lfb_problem problem)
{
	struct lfb_problem *const more = grow(entry->problems, entry->problem_count, sizeof(problem));

	if (more == NULL)
		return -ENOMEM;
	entry->problems = more;
	entry->problems[entry->problem_count++] = problem;
	return 0;
}

static void group_free(struct lfb_group *group)
{
	lfb_row_clear(&group->row);
	free(group->entries);
	free(group);
}

static void entry_free(struct lfb_entry *entry)
{
	for (size_t i = 0; i < entry->problem_count; i++) {
		free(entry->problems[i].status);
		free(entry->problems[i].reason);
	}
	free(entry->problems);
	free(entry->samples);
	free(entry->label);
	lfb_row_clear(&entry->row);
	free(entry);
}

/* The group of `row`, made if it is the first. The tree holds the address of its `row`, the first member. */
static int find_group(struct lfb_summary *summary, const struct lfb_row *row, struct lfb_group **out)
{
	struct lfb_row *const *const found = tfind(row, &summary->group_tree, by_group);
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
	if (tsearch(&group->row, &summary->group_tree, by_group) == NULL)
		return -ENOMEM;
	*out = group;
	return 0;
}

static int find_entry(struct lfb_summary *summary, struct lfb_group *group, const struct lfb_row *row,
		      struct lfb_entry **out)
{
	struct lfb_row *const *const found = tfind(row, &summary->entry_tree, by_entry);
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
		entry_free(entry);
		return -ENOMEM;
	}
	if (tsearch(&entry->row, &summary->entry_tree, by_entry) == NULL)
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

static int add_sample(struct lfb_entry *entry, const struct lfb_row *row)
{
	const double ns_per_op = lfb_row_get_f64(row, LFB_COL_ns_per_op, 0);
	const double ops_per_s = lfb_row_get_f64(row, LFB_COL_ops_per_s, 0);
	uint64_t launch = UINT64_C(0xcbf29ce484222325);

	if (!(ns_per_op > 0) || !(ops_per_s > 0))
		return 0;
	launch = hash_text(hash_text(launch, lfb_row_get(row, LFB_COL_run_id)), lfb_row_get(row, LFB_COL_launch));
	return append_sample(entry, (struct lfb_sample){ launch, ns_per_op, ops_per_s });
}

static int add_problem(struct lfb_entry *entry, const char *status, const char *reason)
{
	struct lfb_problem problem = { .rows = 1 };
	size_t i = 0;

	while (i < entry->problem_count &&
	       (strcmp(entry->problems[i].status, status) != 0 || strcmp(entry->problems[i].reason, reason) != 0))
		i++;
	if (i == entry->problem_count && i == PROBLEMS_MAX)
		i--;
	if (i < entry->problem_count) {
		entry->problems[i].rows++;
		return 0;
	}
	problem.status = strdup(i == PROBLEMS_MAX - 1 ? OTHERS : status);
	problem.reason = strdup(i == PROBLEMS_MAX - 1 ? "" : reason);
	if (problem.status == NULL || problem.reason == NULL || append_problem(entry, problem) != 0) {
		free(problem.status);
		free(problem.reason);
		return -ENOMEM;
	}
	return 0;
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
		summary->flags[i].word = i == LFB_SUMMARY_FLAGS - 1 ? strdup(OTHERS) : strndup(word, length);
		if (summary->flags[i].word == NULL)
			return -ENOMEM;
		summary->flag_count++;
	}
	*out = i;
	return 0;
}

static int add_flags(struct lfb_summary *summary, struct lfb_entry *entry, const char *text)
{
	while (*text != '\0') {
		const size_t length = strcspn(text, ";");
		size_t bit;

		if (length > 0) {
			if (find_flag(summary, text, length, &bit) != 0)
				return -ENOMEM;
			entry->flags |= UINT32_C(1) << bit;
			summary->flags[bit].rows++;
		}
		text += length + (text[length] == ';');
	}
	return 0;
}

int lfb_summary_add(struct lfb_summary *summary, const struct lfb_row *row)
{
	const char *const status = lfb_row_get(row, LFB_COL_status);
	const bool ok = strcmp(status, "ok") == 0;
	struct lfb_group *group;
	struct lfb_entry *entry;
	int rc;

	rc = find_group(summary, row, &group);
	if (rc == 0)
		rc = find_entry(summary, group, row, &entry);
	if (rc == 0)
		rc = add_flags(summary, entry, lfb_row_get(row, LFB_COL_flags));
	if (rc == 0)
		rc = ok ? add_sample(entry, row) : add_problem(entry, status, lfb_row_get(row, LFB_COL_reason));
	if (rc != 0)
		return rc;
	entry->rows++;
	entry->reference |= strcmp(lfb_row_get(row, LFB_COL_check_level), "n/a") == 0;
	summary->rows++;
	summary->rows_ok += ok;
	return 0;
}

/* Numbers by value and before other texts. */
static int compare_naturally(const char *a, const char *b)
{
	uint64_t a_number = 0, b_number = 0;
	const bool a_is_number = lfb_u64_parse(a, &a_number), b_is_number = lfb_u64_parse(b, &b_number);

	if (a_is_number != b_is_number)
		return a_is_number ? -1 : 1;
	if (a_number != b_number)
		return a_number < b_number ? -1 : 1;
	return strcmp(a, b);
}

static int by_shape(const void *left, const void *right)
{
	const struct lfb_group *const a = *(struct lfb_group *const *)left;
	const struct lfb_group *const b = *(struct lfb_group *const *)right;
	int order = 0;

	for (size_t i = 0; i < COUNT(group_key) && order == 0; i++)
		order = compare_naturally(lfb_row_get(&a->row, group_key[i]), lfb_row_get(&b->row, group_key[i]));
	return order;
}

int lfb_summary_finish(struct lfb_summary *summary)
{
	int rc = 0;

	if (summary->group_count > 1)
		qsort(summary->groups, summary->group_count, sizeof(struct lfb_group *), by_shape);
	for (size_t g = 0; g < summary->group_count && rc == 0; g++)
		rc = lfb_group_finish(summary->groups[g]);
	return rc;
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
			entry_free(summary->groups[g]->entries[e]);
		group_free(summary->groups[g]);
	}
	for (size_t i = 0; i < summary->flag_count; i++)
		free(summary->flags[i].word);
	free(summary->groups);
	memset(summary, 0, sizeof(*summary));
}
