/*
 * summary_join.c - one entry per backend. Counting builds are other files than timing builds, so while rows
 * come in, theirs are kept apart; when all are known, they join the entry of their backend.
 */
#include "summary/summary_parts.h"

#include <errno.h>

/* The one entry of the same backend that is of the other kind than `entry` (counts, all else); NULL: none, or several. */
static struct lfb_entry *find_other_kind(const struct lfb_group *group, const struct lfb_entry *entry)
{
	const bool counts = lfb_row_pass(&entry->row) == LFB_ROW_CONTENTION;
	struct lfb_entry *found = NULL;

	for (size_t e = 0; e < group->entry_count; e++) {
		struct lfb_entry *const other = group->entries[e];

		if ((lfb_row_pass(&other->row) == LFB_ROW_CONTENTION) == counts ||
		    !lfb_summary_is_counterpart(&other->row, &entry->row))
			continue;
		if (found != NULL)
			return NULL; /* several builds, and no telling which of them was counted */
		found = other;
	}
	return found;
}

/* The entry that `entry` is to join, or NULL. Either has to be the only one for the other. */
static struct lfb_entry *find_counterpart(const struct lfb_group *group, const struct lfb_entry *entry)
{
	struct lfb_entry *const other =
		lfb_row_pass(&entry->row) == LFB_ROW_CONTENTION ? find_other_kind(group, entry) : NULL;

	return other != NULL && find_other_kind(group, other) == entry ? other : NULL;
}

static int merge_entry(struct lfb_entry *into, struct lfb_entry *from)
{
	for (size_t p = 0; p < from->problem_count; p++)
		if (lfb_entry_add_problem(into, from->problems[p].pass, from->problems[p].status,
					  from->problems[p].reason, from->problems[p].rows) != 0)
			return -ENOMEM;
	into->contention = from->contention;
	from->contention.samples = NULL;
	into->rows += from->rows;
	into->reference |= from->reference;
	into->other_flags |= from->other_flags;
	return 0;
}

int lfb_group_join_passes(struct lfb_group *group)
{
	int rc = 0;

	for (size_t e = 0; e < group->entry_count && rc == 0;) {
		struct lfb_entry *const entry = group->entries[e];
		struct lfb_entry *const other = find_counterpart(group, entry);

		if (other == NULL) {
			e++;
			continue;
		}
		rc = merge_entry(other, entry);
		/* The last takes its place: entries are sorted later. */
		group->entries[e] = group->entries[--group->entry_count];
		lfb_entry_free(entry);
	}
	return rc;
}
