/* latency_rows.c - see latency_rows.h. */
#include "commands/latency/latency_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct cell {
	char *id; /* first, as in struct trial: what the trees compare */
	struct lfb_row row;
};

struct trial {
	char *key;
	enum latency_verdict verdict;
};

/* A line's key is at most as long as the line. A row's may be longer, and is then nobody's. */
#define KEY_BYTES LFB_HIST_LINE_BYTES

static bool make_key(char key[KEY_BYTES], const char *run_id, const char *cell_id, uint64_t launch, uint64_t trial)
{
	const int length = snprintf(key, KEY_BYTES, "%s,%s,%" PRIu64 ",%" PRIu64, run_id, cell_id, launch, trial);

	return length > 0 && length < KEY_BYTES;
}

/* Both kinds of node begin with their text. */
static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool has_flag(const char *flags, const char *flag)
{
	const size_t length = strlen(flag);

	for (; *flags != '\0'; flags += strspn(flags, ";")) {
		const size_t word = strcspn(flags, ";");

		if (word == length && memcmp(flags, flag, length) == 0)
			return true;
		flags += word;
	}
	return false;
}

static enum latency_verdict verdict_of(const struct lfb_row *row)
{
	if (strcmp(lfb_row_get(row, LFB_COL_status), "ok") != 0)
		return LATENCY_UNSOUND;
	return has_flag(lfb_row_get(row, LFB_COL_flags), "overloaded") ? LATENCY_OVERLOADED : LATENCY_COUNTS;
}

static void free_cell(void *node)
{
	struct cell *const cell = (struct cell *)node;

	lfb_row_clear(&cell->row);
	free(cell->id);
	free(cell);
}

static void free_trial(void *node)
{
	free(((struct trial *)node)->key);
	free(node);
}

/* Put `node`, whose text is *(char **)node, into the tree unless there is one of that text. */
static int plant(void **tree, void *node, void (*discard)(void *))
{
	void *const *const found = *(char **)node != NULL ? tsearch(node, tree, by_text) : NULL;

	if (found == NULL || *found != node)
		discard(node);
	return found == NULL ? -ENOMEM : 0;
}

static int add_cell(struct latency_rows *rows, const struct lfb_row *row)
{
	const char *const id = lfb_row_get(row, LFB_COL_cell_id);
	struct cell *cell;

	if (latency_rows_cell(rows, id) != NULL)
		return 0;
	cell = (struct cell *)calloc(1, sizeof(*cell));
	if (cell == NULL || lfb_row_copy(&cell->row, row) != 0) {
		free(cell);
		return -ENOMEM;
	}
	cell->id = strdup(id);
	return plant(&rows->cells, cell, free_cell);
}

static int add_trial(struct latency_rows *rows, const struct lfb_row *row)
{
	char key[KEY_BYTES];
	struct trial *trial;

	if (!make_key(key, lfb_row_get(row, LFB_COL_run_id), lfb_row_get(row, LFB_COL_cell_id),
		      lfb_row_get_u64(row, LFB_COL_launch, 0), lfb_row_get_u64(row, LFB_COL_trial, 0)))
		return 0;
	trial = (struct trial *)malloc(sizeof(*trial));
	if (trial == NULL)
		return -ENOMEM;
	*trial = (struct trial){ .key = strdup(key), .verdict = verdict_of(row) };
	return plant(&rows->trials, trial, free_trial);
}

static int add_row(const struct lfb_row *row, void *context)
{
	struct latency_rows *const rows = (struct latency_rows *)context;
	int rc;

	if (strcmp(lfb_row_get(row, LFB_COL_pass), "latency") != 0)
		return 0;
	rc = add_cell(rows, row);
	return rc != 0 ? rc : add_trial(rows, row);
}

int latency_rows_read(struct latency_rows *rows, const char *path, bool torn_end, struct lfb_csv_error *error)
{
	const struct lfb_csv_limits limits = { .torn_end = torn_end };
	FILE *const in = fopen(path, "re");
	int rc;

	memset(error, 0, sizeof(*error));
	if (in == NULL) {
		rc = -errno;
		(void)snprintf(error->text, sizeof(error->text), "%s", strerror(-rc));
		return rc;
	}
	rc = lfb_csv_read(in, &limits, add_row, rows, error);
	(void)fclose(in);
	rows->known = true;
	return rc;
}

const struct lfb_row *latency_rows_cell(const struct latency_rows *rows, const char *cell_id)
{
	struct cell *const *const found = (struct cell *const *)tfind(&cell_id, &rows->cells, by_text);

	return found == NULL ? NULL : &(*found)->row;
}

enum latency_verdict latency_rows_verdict(const struct latency_rows *rows, const struct lfb_hist_line *line)
{
	char key[KEY_BYTES];
	const char *const text = key;
	struct trial *const *found;

	if (!rows->known)
		return LATENCY_COUNTS;
	if (!make_key(key, line->run_id, line->cell_id, line->launch, line->trial))
		return LATENCY_UNSOUND;
	found = (struct trial *const *)tfind(&text, &rows->trials, by_text);
	return found == NULL ? LATENCY_UNSOUND : (*found)->verdict;
}

void latency_rows_free(struct latency_rows *rows)
{
	tdestroy(rows->cells, free_cell);
	tdestroy(rows->trials, free_trial);
	*rows = (struct latency_rows){ .known = false };
}
