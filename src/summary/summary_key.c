/*
 * summary_key.c - which rows belong together. A shape is measured in up to three passes and, in an open
 * loop, at several loads; these are views of one thing, so neither the pass nor the load makes a
 * group of its own, and neither does the second shared object that the contention pass runs.
 */
#include "summary/summary_parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Rows alike in these belong to one table. Not what depends on the backend (alloc, the effective
 * capacity), nor what a row lacks whose process never came to measure (cpus). Pass and params follow.
 */
static const enum lfb_column group_key[] = {
	LFB_COL_workload,      LFB_COL_host,	   LFB_COL_producers,	 LFB_COL_consumers,   LFB_COL_capacity,
	LFB_COL_batch,	       LFB_COL_payload_bytes, LFB_COL_payload_by, LFB_COL_work_push_ns, LFB_COL_work_pop_ns,
	LFB_COL_work_dist,     LFB_COL_wait,	   LFB_COL_pin,
};

/* Rows of a group alike in these, too, are of one backend ... */
static const enum lfb_column backend_key[] = {
	LFB_COL_backend, LFB_COL_alloc, LFB_COL_allocator, LFB_COL_commit, LFB_COL_built_with, LFB_COL_loops_rev,
};

/* ... and in these, too, of one build of it. */
static const enum lfb_column build_key[] = { LFB_COL_flavour, LFB_COL_backend_build_id };

/* Keys of params that say at what load an open loop ran, not what shape it had. */
static const char *const load_keys[] = { "load", "rate", "arrivals" };

enum lfb_row_pass lfb_row_pass(const struct lfb_row *row)
{
	const char *const pass = lfb_row_get(row, LFB_COL_pass);

	if (strcmp(pass, "latency") == 0)
		return LFB_ROW_LATENCY;
	return strcmp(pass, "contention") == 0 ? LFB_ROW_CONTENTION : LFB_ROW_THROUGHPUT;
}

/* The pass as far as it makes groups: not, unless it is none that is known. */
static const char *foreign_pass(const struct lfb_row *row)
{
	const char *const pass = lfb_row_get(row, LFB_COL_pass);

	return lfb_row_pass(row) != LFB_ROW_THROUGHPUT || strcmp(pass, "throughput") == 0 ? "" : pass;
}

/* A pair k=v of params. */
struct pair {
	const char *text;
	size_t bytes, key_bytes;
};

/* Take the next pair off `*rest`. Returns false at the end. */
static bool next_pair(const char **rest, struct pair *pair)
{
	*rest += strspn(*rest, ";");
	pair->text = *rest;
	pair->bytes = strcspn(*rest, ";");
	pair->key_bytes = strcspn(*rest, ";=");
	*rest += pair->bytes;
	return pair->bytes > 0;
}

static bool has_key(const struct pair *pair, const char *key)
{
	return strlen(key) == pair->key_bytes && memcmp(pair->text, key, pair->key_bytes) == 0;
}

static bool is_load(const struct pair *pair)
{
	for (size_t i = 0; i < COUNT(load_keys); i++)
		if (has_key(pair, load_keys[i]))
			return true;
	return false;
}

bool lfb_summary_is_load(const char *params)
{
	struct pair pair;

	return next_pair(&params, &pair) && is_load(&pair);
}

bool lfb_summary_has_load(const char *params)
{
	struct pair pair;

	while (next_pair(&params, &pair))
		if (is_load(&pair))
			return true;
	return false;
}

/* The next pair that is about the shape; of no bytes at the end. */
static struct pair next_of_shape(const char **rest)
{
	struct pair pair;

	while (next_pair(rest, &pair))
		if (!is_load(&pair))
			return pair;
	return (struct pair){ .text = "" };
}

static int compare_params(const char *a, const char *b)
{
	struct pair of_a, of_b;
	int order;

	do {
		of_a = next_of_shape(&a);
		of_b = next_of_shape(&b);
		order = memcmp(of_a.text, of_b.text, of_a.bytes < of_b.bytes ? of_a.bytes : of_b.bytes);
		if (order == 0)
			order = (of_a.bytes > of_b.bytes) - (of_a.bytes < of_b.bytes);
	} while (order == 0 && of_a.bytes > 0);
	return order;
}

void lfb_params_get(const char *params, const char *key, char *out, size_t out_bytes)
{
	struct pair pair;

	out[0] = '\0';
	while (next_pair(&params, &pair))
		if (has_key(&pair, key) && pair.bytes > pair.key_bytes) {
			(void)snprintf(out, out_bytes, "%.*s", (int)(pair.bytes - pair.key_bytes - 1),
				       pair.text + pair.key_bytes + 1);
			return;
		}
}

static int compare_columns(const struct lfb_row *a, const struct lfb_row *b, const enum lfb_column *columns,
			   size_t count)
{
	int order = 0;

	for (size_t i = 0; i < count && order == 0; i++)
		order = strcmp(lfb_row_get(a, columns[i]), lfb_row_get(b, columns[i]));
	return order;
}

int lfb_summary_by_group(const void *a, const void *b)
{
	int order = compare_columns(a, b, group_key, COUNT(group_key));

	if (order == 0)
		order = strcmp(foreign_pass(a), foreign_pass(b));
	return order != 0 ? order : compare_params(lfb_row_get(a, LFB_COL_params), lfb_row_get(b, LFB_COL_params));
}

int lfb_summary_by_entry(const void *a, const void *b)
{
	const bool a_counts = lfb_row_pass(a) == LFB_ROW_CONTENTION, b_counts = lfb_row_pass(b) == LFB_ROW_CONTENTION;
	int order = lfb_summary_by_group(a, b);

	if (order == 0)
		order = compare_columns(a, b, backend_key, COUNT(backend_key));
	if (order == 0)
		order = a_counts - b_counts;
	return order != 0 ? order : compare_columns(a, b, build_key, COUNT(build_key));
}

bool lfb_summary_is_counterpart(const struct lfb_row *a, const struct lfb_row *b)
{
	return compare_columns(a, b, backend_key, COUNT(backend_key)) == 0;
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

int lfb_summary_by_shape(const void *left, const void *right)
{
	const struct lfb_group *const a = *(struct lfb_group *const *)left;
	const struct lfb_group *const b = *(struct lfb_group *const *)right;
	int order = 0;

	for (size_t i = 0; i < COUNT(group_key) && order == 0; i++)
		order = compare_naturally(lfb_row_get(&a->row, group_key[i]), lfb_row_get(&b->row, group_key[i]));
	return order != 0 ? order : lfb_summary_by_group(&a->row, &b->row);
}
