/* merge.c - see merge.h. */
#include "results/merge.h"

#include "results/csv_file.h"
#include "results/detail.h"
#include "results/hist_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of a path in a sentence: the sentence has an end. */
#define PATH_SHOWN "%.160s"

static int grow(struct lfb_merge *merge)
{
	const size_t room = merge->room > 0 ? 2 * merge->room : 64;
	struct lfb_merge_row *const grown = (struct lfb_merge_row *)reallocarray(merge->rows, room, sizeof(grown[0]));

	if (grown == NULL)
		return -ENOMEM;
	merge->rows = grown;
	merge->room = room;
	return 0;
}

static int keep_row(const struct lfb_row *row, void *context)
{
	struct lfb_merge *const merge = (struct lfb_merge *)context;
	const size_t at = merge->count, file = merge->files - 1;
	const bool first = at == 0 || merge->rows[at - 1].file != file;
	struct lfb_merge_row *kept;

	if (at == merge->room && grow(merge) != 0)
		return -ENOMEM;
	kept = &merge->rows[at];
	memset(kept, 0, sizeof(*kept));
	kept->file = file;
	kept->line = first ? 0 : merge->rows[at - 1].line + 1;
	kept->timed = first || lfb_row_get(row, LFB_COL_time_utc)[0] != '\0' ? at : merge->rows[at - 1].timed;
	merge->count++;
	return lfb_row_copy(&kept->row, row);
}

static int add_path(struct lfb_merge *merge, const char *path)
{
	char **const grown = (char **)reallocarray(merge->paths, merge->files + 1, sizeof(grown[0]));
	char *const copy = strdup(path);

	if (grown != NULL)
		merge->paths = grown;
	if (grown == NULL || copy == NULL) {
		free(copy);
		return -ENOMEM;
	}
	grown[merge->files++] = copy;
	return 0;
}

/* A file that is refused, with the line where there is one. */
static int refuse(const char *path, int code, const struct lfb_csv_error *why, struct lfb_error *error)
{
	if (code == -ENOMEM)
		return lfb_fail(error, code, "out of memory");
	if (why->line == 0)
		return lfb_fail(error, code, PATH_SHOWN ": %s", path, why->text);
	return lfb_fail(error, code, PATH_SHOWN ", line %" PRIu64 ": %s", path, why->line, why->text);
}

int lfb_merge_add(struct lfb_merge *merge, const char *path, struct lfb_error *error)
{
	struct lfb_csv_error why = { .line = 0 };
	FILE *const in = fopen(path, "re");
	int rc;

	if (in == NULL) {
		rc = -errno;
		return lfb_fail(error, rc, PATH_SHOWN ": it cannot be opened: %s", path, strerror(-rc));
	}
	rc = add_path(merge, path);
	if (rc == 0)
		rc = lfb_csv_read(in, NULL, keep_row, merge, &why);
	(void)fclose(in);
	return rc == 0 ? 0 : refuse(path, rc, &why, error);
}

/* What makes a trial that one and no other. */
static const enum lfb_column identity[] = { LFB_COL_run_id, LFB_COL_cell_id, LFB_COL_launch, LFB_COL_trial };

static int compare_identity(const struct lfb_row *a, const struct lfb_row *b)
{
	int order = 0;

	for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]) && order == 0; i++)
		order = strcmp(lfb_row_get(a, identity[i]), lfb_row_get(b, identity[i]));
	return order;
}

/* Equal ones stay in the order given, so that the sentence names the files in it. */
static int by_identity(const void *left, const void *right)
{
	const struct lfb_merge_row *const a = *(const struct lfb_merge_row *const *)left;
	const struct lfb_merge_row *const b = *(const struct lfb_merge_row *const *)right;
	const int order = compare_identity(&a->row, &b->row);

	return order != 0 ? order : (a > b) - (a < b);
}

static int refuse_twin(const struct lfb_merge *merge, const struct lfb_merge_row *a, const struct lfb_merge_row *b, struct lfb_error *error)
{
	const char *const trial = lfb_row_get(&a->row, LFB_COL_trial), *const launch = lfb_row_get(&a->row, LFB_COL_launch);
	const char *const cell = lfb_row_get(&a->row, LFB_COL_cell_id), *const run = lfb_row_get(&a->row, LFB_COL_run_id);

	if (a->file == b->file)
		return lfb_fail(error, -EEXIST, PATH_SHOWN ": rows %zu and %zu are both trial %.20s of launch %.20s of cell %.20s of run %.20s",
				merge->paths[a->file], a->line + 1, b->line + 1, trial, launch, cell, run);
	return lfb_fail(error, -EEXIST, PATH_SHOWN " and " PATH_SHOWN " both have trial %.20s of launch %.20s of cell %.20s of run %.20s; name each run once",
			merge->paths[a->file], merge->paths[b->file], trial, launch, cell, run);
}

static int find_twins(const struct lfb_merge *merge, struct lfb_error *error)
{
	const struct lfb_merge_row **const sorted = (const struct lfb_merge_row **)calloc(merge->count, sizeof(sorted[0]));
	int rc = 0;

	if (sorted == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < merge->count; i++)
		sorted[i] = &merge->rows[i];
	qsort(sorted, merge->count, sizeof(sorted[0]), by_identity);
	for (size_t i = 1; rc == 0 && i < merge->count; i++)
		if (compare_identity(&sorted[i - 1]->row, &sorted[i]->row) == 0)
			rc = refuse_twin(merge, sorted[i - 1], sorted[i], error);
	free(sorted);
	return rc;
}

/* A row, and where it stood before: qsort keeps no order of its own. */
struct timed_row {
	const char *time;
	size_t at;
};

static int by_time(const void *left, const void *right)
{
	const struct timed_row *const a = (const struct timed_row *)left, *const b = (const struct timed_row *)right;
	const int order = strcmp(a->time, b->time);

	return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static int sort_by_time(struct lfb_merge *merge)
{
	struct timed_row *const order = (struct timed_row *)calloc(merge->count, sizeof(order[0]));
	struct lfb_merge_row *const sorted = (struct lfb_merge_row *)calloc(merge->count, sizeof(sorted[0]));
	int rc = -ENOMEM;

	if (order != NULL && sorted != NULL) {
		for (size_t i = 0; i < merge->count; i++)
			order[i] = (struct timed_row){ lfb_row_get(&merge->rows[merge->rows[i].timed].row, LFB_COL_time_utc), i };
		qsort(order, merge->count, sizeof(order[0]), by_time);
		for (size_t i = 0; i < merge->count; i++)
			sorted[i] = merge->rows[order[i].at];
		memcpy(merge->rows, sorted, merge->count * sizeof(sorted[0]));
		rc = 0;
	}
	free(order);
	free(sorted);
	return rc;
}

int lfb_merge_finish(struct lfb_merge *merge, struct lfb_error *error)
{
	int rc;

	if (merge->count == 0)
		return lfb_fail(error, -ENODATA, "there are no rows to join: the runs had not finished a trial");
	rc = find_twins(merge, error);
	if (rc == 0 && sort_by_time(merge) != 0)
		rc = lfb_fail(error, -ENOMEM, "out of memory");
	return rc;
}

int lfb_merge_write(const struct lfb_merge *merge, FILE *out)
{
	int rc = lfb_csv_write_header(out);

	for (size_t i = 0; rc == 0 && i < merge->count; i++)
		rc = lfb_csv_write_row(out, &merge->rows[i].row);
	return rc;
}

/* A line of details with its line end. The writer's are below 1 kB. */
#define DETAIL_LINE_BYTES 4096

/* The header a file of details begins with, as its writer has it. */
static int detail_header(char out[DETAIL_LINE_BYTES])
{
	FILE *const text = fmemopen(out, DETAIL_LINE_BYTES, "w");
	int rc;

	if (text == NULL)
		return -errno;
	rc = lfb_detail_write_header(text);
	return fclose(text) == 0 ? rc : -errno;
}

static int copy_details(FILE *in, FILE *out, struct lfb_csv_error *why)
{
	char header[DETAIL_LINE_BYTES] = "", line[DETAIL_LINE_BYTES];
	struct lfb_detail detail;
	int rc = detail_header(header);

	while (rc == 0 && fgets(line, sizeof(line), in) != NULL) {
		why->line++;
		(void)snprintf(why->text, sizeof(why->text), "%s",
			       why->line == 1 ? "the header is not that of a file of details (NAME.detail.csv)"
					      : "this is not a whole line of details");
		if (why->line == 1)
			rc = strcmp(line, header) == 0 ? 0 : -EBADMSG;
		else if (strchr(line, '\n') == NULL || lfb_detail_parse(line, &detail) != 0)
			rc = -EBADMSG;
		else
			rc = lfb_detail_write(out, &detail);
	}
	if (rc == 0 && ferror(in))
		rc = -EIO;
	if (rc != 0 && rc != -EBADMSG)
		(void)snprintf(why->text, sizeof(why->text), "%s", strerror(-rc));
	return rc;
}

int lfb_merge_details(const char *path, FILE *out, struct lfb_error *error)
{
	struct lfb_csv_error why = { .line = 0 };
	FILE *const in = fopen(path, "re");
	int rc;

	if (in == NULL)
		return lfb_fail(error, -errno, PATH_SHOWN ": it cannot be opened: %s", path, strerror(errno));
	rc = copy_details(in, out, &why);
	(void)fclose(in);
	return rc == 0 ? 0 : refuse(path, rc, &why, error);
}

static int copy_line(const struct lfb_hist_line *line, void *context)
{
	return lfb_hist_write((FILE *)context, line);
}

int lfb_merge_histograms(const char *path, FILE *out, struct lfb_error *error)
{
	struct lfb_csv_error why;
	const int rc = lfb_hist_read_file(path, false, copy_line, out, &why);

	if (rc != 0 && why.text[0] == '\0') /* the writing failed */
		(void)snprintf(why.text, sizeof(why.text), "%s", strerror(-rc));
	return rc == 0 ? 0 : refuse(path, rc, &why, error);
}

void lfb_merge_free(struct lfb_merge *merge)
{
	for (size_t i = 0; i < merge->count; i++)
		lfb_row_clear(&merge->rows[i].row);
	for (size_t i = 0; i < merge->files; i++)
		free(merge->paths[i]);
	free(merge->rows);
	free(merge->paths);
	memset(merge, 0, sizeof(*merge));
}
