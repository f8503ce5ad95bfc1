/*
 * summary_join.c - one entry per backend. Counting builds are other files than timing builds, so while rows
 * come in, theirs are kept apart; when all are known, they join the entry of their backend.
 */
#include "summary_parts.h"

#include <errno.h>

/* The one entry of another pass that is of the same backend as `counting`, which has only counts; or NULL. */
static struct lfb_entry *find_counterpart(const struct lfb_group *group, const struct lfb_entry *counting)
{
	struct lfb_entry *found = NULL;

	for (size_t e = 0; e < group->entry_count; e++) {
		struct lfb_entry *const entry = group->entries[e]; /* NULL: joined before */

		if (entry == NULL || lfb_row_pass(&entry->row) == LFB_ROW_CONTENTION ||
		    !lfb_summary_is_counterpart(&entry->row, &counting->row))
			continue;
		if (found != NULL || entry->contention.samples != NULL)
			return NULL; /* several builds, and no telling which of them was counted */
		found = entry;
	}
	return found;
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
	size_t kept = 0;
	int rc = 0;

	for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
		struct lfb_entry *const entry = group->entries[e];
		struct lfb_entry *const other =
			lfb_row_pass(&entry->row) == LFB_ROW_CONTENTION ? find_counterpart(group, entry) : NULL;

		if (other == NULL)
			continue;
		rc = merge_entry(other, entry);
		if (rc == 0) {
			lfb_entry_free(entry);
			group->entries[e] = NULL;
		}
	}
	for (size_t e = 0; e < group->entry_count; e++)
		if (group->entries[e] != NULL)
			group->entries[kept++] = group->entries[e];
	group->entry_count = kept;
	return rc;
}
