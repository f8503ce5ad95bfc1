/* done.c - see done.h. A sorted table of (cell, launch), searched in O(log n). */
#include "results/done.h"

#include "plan/pass.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char cell_id[24];
	uint64_t launch;
	uint64_t ok_rows, trials; /* the rows it has, and is to have */
	bool failed; /* has a row that says why there will be no more */
};

struct lfb_done {
	struct entry *entries;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const struct entry *const x = (const struct entry *)a, *const y = (const struct entry *)b;
	const int cells = strcmp(x->cell_id, y->cell_id);

	return cells != 0 ? cells : (x->launch > y->launch) - (x->launch < y->launch);
}

/* One entry per row becomes one per launch. */
static void merge(struct lfb_done *done)
{
	size_t kept = 0;

	for (size_t i = 0; i < done->count; i++) {
		struct entry *const entry = &done->entries[i];

		if (kept > 0 && compare(&done->entries[kept - 1], entry) == 0) {
			done->entries[kept - 1].ok_rows += entry->ok_rows;
			done->entries[kept - 1].failed |= entry->failed;
		} else {
			done->entries[kept++] = *entry;
		}
	}
	done->count = kept;
}

int lfb_done_make(const struct lfb_rows *rows, uint64_t trials, uint64_t other_trials, struct lfb_done **out)
{
	struct lfb_done *const done = (struct lfb_done *)calloc(1, sizeof(*done));

	if (done == NULL)
		return -ENOMEM;
	done->entries = (struct entry *)calloc(rows->count + 1, sizeof(done->entries[0]));
	if (done->entries == NULL) {
		free(done);
		return -ENOMEM;
	}
	for (size_t i = 0; i < rows->count; i++) {
		struct entry *const entry = &done->entries[done->count++];
		const char *const status = lfb_row_get(&rows->rows[i], LFB_COL_status);

		(void)snprintf(entry->cell_id, sizeof(entry->cell_id), "%s", lfb_row_get(&rows->rows[i], LFB_COL_cell_id));
		entry->launch = lfb_row_get_u64(&rows->rows[i], LFB_COL_launch, 0);
		entry->trials = strcmp(lfb_row_get(&rows->rows[i], LFB_COL_pass), lfb_pass_names[LFB_PASS_THROUGHPUT]) == 0 ? trials : other_trials;
		entry->ok_rows = strcmp(status, "ok") == 0;
		/* An interrupted launch is what resuming is for. */
		entry->failed = strcmp(status, "ok") != 0 && strcmp(status, "interrupted") != 0;
	}
	qsort(done->entries, done->count, sizeof(done->entries[0]), compare);
	merge(done);
	*out = done;
	return 0;
}

void lfb_done_free(struct lfb_done *done)
{
	if (done != NULL)
		free(done->entries);
	free(done);
}

static bool is_whole(const struct entry *entry)
{
	return entry->failed || entry->ok_rows >= entry->trials;
}

bool lfb_done_launch(const struct lfb_done *done, const char *cell_id, uint64_t launch)
{
	struct entry key = { .launch = launch };
	const struct entry *found;

	if (done == NULL)
		return false;
	(void)snprintf(key.cell_id, sizeof(key.cell_id), "%s", cell_id);
	found = (const struct entry *)bsearch(&key, done->entries, done->count, sizeof(key), compare);
	return found != NULL && is_whole(found);
}

bool lfb_done_cell_failed(const struct lfb_done *done, const char *cell_id)
{
	for (size_t i = 0; done != NULL && i < done->count; i++)
		if (done->entries[i].failed && strcmp(done->entries[i].cell_id, cell_id) == 0)
			return true;
	return false;
}

bool lfb_done_all_whole(const struct lfb_done *done)
{
	for (size_t i = 0; done != NULL && i < done->count; i++)
		if (!is_whole(&done->entries[i]))
			return false;
	return true;
}
