/* compare.c - see compare.h: rows into cells. */
#include "compare/compare_parts.h"

#include "plan/names.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* Runs in one file: merged ones have some. */
#define RUNS_MAX 4096u
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const compare_arm_names[] = { "base", "head", NULL };
const char *const compare_metric_names[] = { "ns_per_op", "ns_per_item", "p50", "p90", "p99", "p999", "max", NULL };

static const enum lfb_column metric_columns[COMPARE_METRICS] = {
	[COMPARE_NS_PER_OP] = LFB_COL_ns_per_op,   [COMPARE_NS_PER_ITEM] = LFB_COL_ns_per_item, [COMPARE_P50] = LFB_COL_lat_p50_ns,
	[COMPARE_P90] = LFB_COL_lat_p90_ns,	   [COMPARE_P99] = LFB_COL_lat_p99_ns,		[COMPARE_P999] = LFB_COL_lat_p999_ns,
	[COMPARE_MAX] = LFB_COL_lat_max_ns,
};

const enum lfb_column compare_unlike_columns[COMPARE_UNLIKES] = {
	[COMPARE_BUILT_WITH] = LFB_COL_built_with, [COMPARE_LOOPS_REV] = LFB_COL_loops_rev, [COMPARE_ALLOCATOR] = LFB_COL_allocator,
	[COMPARE_FLAVOUR] = LFB_COL_flavour,	   [COMPARE_CPUS] = LFB_COL_cpus,	    [COMPARE_BUILD_ID] = LFB_COL_backend_build_id,
};

/* Those of lfb_cell_id but for the flavour, which is among the unlikes (tests/unit/test_compare.c keeps the two together). */
static const enum lfb_column key_columns[] = {
	LFB_COL_workload,     LFB_COL_backend,	       LFB_COL_producers,     LFB_COL_consumers,    LFB_COL_capacity,
	LFB_COL_batch,	      LFB_COL_payload_bytes,   LFB_COL_payload_by,    LFB_COL_work_push_ns, LFB_COL_work_pop_ns,
	LFB_COL_work_dist,    LFB_COL_wait,	       LFB_COL_alloc,	      LFB_COL_pin,	    LFB_COL_params,
	LFB_COL_pass,
};

int compare_by_cell(const void *a, const void *b)
{
	int order = 0;

	for (size_t i = 0; i < COUNT(key_columns) && order == 0; i++)
		order = strcmp(lfb_row_get((const struct lfb_row *)a, key_columns[i]), lfb_row_get((const struct lfb_row *)b, key_columns[i]));
	return order;
}

/* 64-bit FNV-1a, with the final NUL. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	} while (*text++ != '\0');
	return hash;
}
#define HASH_START UINT64_C(0xcbf29ce484222325)

int compare_add_file(struct compare *compare, enum compare_arm arm, const char *path)
{
	struct compare_file *const longer = (struct compare_file *)reallocarray(compare->files, compare->file_count + 1, sizeof(*longer));

	if (longer == NULL)
		return -ENOMEM;
	compare->files = longer;
	if (compare->file_count == COMPARE_FILES_MAX)
		return -E2BIG;
	memset(&longer[compare->file_count], 0, sizeof(*longer));
	longer[compare->file_count].arm = arm;
	longer[compare->file_count].path = strdup(path);
	return longer[compare->file_count++].path != NULL ? 0 : -ENOMEM;
}

static int note_run(struct compare_file *file, const char *run_id)
{
	const uint64_t run = hash_text(HASH_START, run_id);
	uint64_t *longer;

	if (run_id[0] == '\0' || (file->run_count > 0 && file->runs[file->run_count - 1] == run))
		return 0;
	for (size_t i = 0; i < file->run_count; i++)
		if (file->runs[i] == run)
			return 0;
	if (file->run_count == RUNS_MAX)
		return -E2BIG;
	longer = (uint64_t *)reallocarray(file->runs, file->run_count + 1, sizeof(*longer));
	if (longer == NULL)
		return -ENOMEM;
	file->runs = longer;
	longer[file->run_count++] = run;
	return 0;
}

bool compare_share_run(const struct compare_file *a, const struct compare_file *b)
{
	for (size_t i = 0; i < a->run_count; i++)
		for (size_t k = 0; k < b->run_count; k++)
			if (a->runs[i] == b->runs[k])
				return true;
	return false;
}

/* Replace *kept by `text` where that is before (after) it. */
static int note_time(char **kept, const char *text, bool before)
{
	const int order = *kept != NULL ? strcmp(text, *kept) : 0;
	char *copy;

	if (text[0] == '\0' || (*kept != NULL && (before ? order >= 0 : order <= 0)))
		return 0;
	copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	free(*kept);
	*kept = copy;
	return 0;
}

static int note_file(struct compare_file *file, const struct lfb_row *row)
{
	const char *const time = lfb_row_get(row, LFB_COL_time_utc);
	int rc = note_run(file, lfb_row_get(row, LFB_COL_run_id));

	if (rc == 0)
		rc = compare_words_add(&file->hosts, lfb_row_get(row, LFB_COL_host));
	if (rc == 0)
		rc = compare_words_add(&file->commits, lfb_row_get(row, LFB_COL_commit));
	if (rc == 0)
		rc = note_time(&file->first_time, time, true);
	if (rc == 0)
		rc = note_time(&file->last_time, time, false);
	file->rows++;
	return rc;
}

static int find_cell(struct compare *compare, const struct lfb_row *row, struct compare_cell **out)
{
	void *const found = tfind(row, &compare->tree, compare_by_cell);
	struct compare_cell **longer, *cell;

	if (found != NULL) {
		*out = *(struct compare_cell *const *)found; /* the row is its first member */
		return 0;
	}
	if (compare->cell_count == COMPARE_CELLS_MAX)
		return -E2BIG;
	longer = (struct compare_cell **)lfb_summary_grow(compare->cells, compare->cell_count, sizeof(longer[0]));
	if (longer == NULL)
		return -ENOMEM;
	compare->cells = longer;
	cell = (struct compare_cell *)calloc(1, sizeof(*cell));
	if (cell == NULL)
		return -ENOMEM;
	longer[compare->cell_count++] = cell;
	if (lfb_row_copy(&cell->row, row) != 0 || tsearch(&cell->row, &compare->tree, compare_by_cell) == NULL)
		return -ENOMEM;
	*out = cell;
	return 0;
}

static int add_sample(struct compare_half *half, const struct lfb_row *row, size_t file)
{
	struct compare_sample sample = { .file = file, .build = HASH_START, .probe_ns = lfb_summary_probe_ns(row) };
	struct compare_sample *longer;

	/* A build that counts has no speed, and a rate that was not achieved no latency. */
	if (strcmp(lfb_row_get(row, LFB_COL_flavour), "counting") == 0)
		return 0;
	sample.launch = hash_text(hash_text(HASH_START, lfb_row_get(row, LFB_COL_run_id)), lfb_row_get(row, LFB_COL_launch));
	for (size_t i = 0; i < COMPARE_BUILD_ID; i++)
		sample.build = hash_text(sample.build, lfb_row_get(row, compare_unlike_columns[i]));
	for (size_t i = 0; i < COMPARE_METRICS; i++) {
		const double value = lfb_row_get_f64(row, metric_columns[i], NAN);

		sample.value[i] = value > 0 ? value : NAN;
	}
	longer = (struct compare_sample *)lfb_summary_grow(half->samples, half->sample_count, sizeof(*longer));
	if (longer == NULL)
		return -ENOMEM;
	half->samples = longer;
	longer[half->sample_count++] = sample;
	return 0;
}

/* A row that is not ok. */
static int note_problem(struct compare_half *half, const struct lfb_row *row)
{
	const char *const status = lfb_row_get(row, LFB_COL_status), *const reason = lfb_row_get(row, LFB_COL_reason);

	if (strcmp(status, LFB_SUMMARY_UNSUPPORTED) == 0)
		half->unsupported++;
	else if (strcmp(status, "interrupted") == 0)
		half->interrupted++;
	else
		half->failed++;
	if (half->problem != NULL)
		return 0;
	if (asprintf(&half->problem, "%.40s%s%.200s", status, reason[0] != '\0' ? ": " : "", reason) < 0)
		half->problem = NULL;
	return half->problem != NULL ? 0 : -ENOMEM;
}

static bool is_among(const char *const *names, const char *name)
{
	return names == NULL || lfb_name_find(names, name) >= 0;
}

int compare_add_row(struct compare *compare, const struct lfb_row *row)
{
	const size_t at = compare->file_count - 1;
	struct compare_file *const file = &compare->files[at];
	struct compare_cell *cell;
	struct compare_half *half;
	int rc = note_file(file, row);

	if (rc != 0 || !is_among(compare->backends, lfb_row_get(row, LFB_COL_backend)) ||
	    !is_among(compare->workloads, lfb_row_get(row, LFB_COL_workload)))
		return rc;
	rc = find_cell(compare, row, &cell);
	if (rc != 0)
		return rc;
	half = &cell->half[file->arm];
	half->rows++;
	half->overloaded += lfb_summary_row_has_flag(row, "overloaded");
	cell->reference |= strcmp(lfb_row_get(row, LFB_COL_check_level), "n/a") == 0;
	if (strcmp(lfb_row_get(row, LFB_COL_status), "ok") != 0)
		return note_problem(half, row);
	half->ok++;
	for (size_t i = 0; i < COMPARE_UNLIKES && rc == 0; i++)
		rc = compare_words_add(&half->words[i], lfb_row_get(row, compare_unlike_columns[i]));
	if (rc != 0)
		return rc;
	if (lfb_summary_row_has_flag(row, "pilot")) {
		half->pilot++;
		return 0;
	}
	return add_sample(half, row, at);
}

static void half_free(struct compare_half *half)
{
	for (size_t i = 0; i < COMPARE_UNLIKES; i++)
		compare_words_free(&half->words[i]);
	free(half->samples);
	free(half->problem);
}

static void keep(void *item)
{
	(void)item;
}

void compare_free(struct compare *compare)
{
	tdestroy(compare->tree, keep); /* its items are members of the cells freed here */
	for (size_t i = 0; i < compare->cell_count; i++) {
		for (size_t arm = 0; arm < COMPARE_ARMS; arm++)
			half_free(&compare->cells[i]->half[arm]);
		lfb_row_clear(&compare->cells[i]->row);
		free(compare->cells[i]);
	}
	for (size_t i = 0; i < compare->file_count; i++) {
		struct compare_file *const file = &compare->files[i];

		compare_facts_free(file);
		compare_words_free(&file->hosts);
		compare_words_free(&file->commits);
		free(file->first_time);
		free(file->last_time);
		free(file->runs);
		free(file->path);
	}
	free(compare->cells);
	free(compare->files);
	memset(compare, 0, sizeof(*compare));
}
