/* cell.c - see cell.h. */
#include "cell.h"

#include "names.h"

#include <gnu/libc-version.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAYLOAD_BYTES 8

/* More than one thread on a side that allows one. */
static bool too_many(const struct lfb_shape *shape, const struct lfb_claims *claims, char *out, size_t out_bytes)
{
	/* Each queue of a ping-pong has one thread at each end. */
	if (shape->workload->queues > 1)
		return false;
	if (shape->producers > 1 && claims->producers == LFB_ONE)
		(void)snprintf(out, out_bytes, "%" PRIu32 " producers, the backend allows 1", shape->producers);
	else if (shape->consumers > 1 && claims->consumers == LFB_ONE)
		(void)snprintf(out, out_bytes, "%" PRIu32 " consumers, the backend allows 1", shape->consumers);
	else
		return false;
	return true;
}

bool lfb_cell_unsupported(const struct lfb_shape *shape, const struct lfb_backend_info *info, char *out, size_t out_bytes)
{
	if (too_many(shape, &info->claims, out, out_bytes))
		return true;
	if (shape->pass == LFB_PASS_LATENCY && info->counting)
		(void)snprintf(out, out_bytes, "pass latency: this is the counting flavour, which is never timed");
	else if (shape->pass == LFB_PASS_LATENCY && info->claims.reference)
		(void)snprintf(out, out_bytes, "pass latency: a reference is no queue, what is pushed into it is not what comes out");
	else if (shape->wait == LFB_WAIT_BLOCK && !info->has_block)
		(void)snprintf(out, out_bytes, "wait=block, the backend has no blocking push and pop");
	else if (shape->wait == LFB_WAIT_BLOCK && shape->batch > 1)
		(void)snprintf(out, out_bytes, "wait=block works on single items, batch is %" PRIu32, shape->batch);
	else if (shape->batch > 1 && shape->workload->role[0].batch == LFB_LOOP_KINDS)
		(void)snprintf(out, out_bytes, "workload %s works on single items, batch is %" PRIu32, shape->workload->name,
			       shape->batch);
	else if (lfb_shape_is_open(shape) && shape->workload->role[0].open == LFB_LOOP_KINDS)
		(void)snprintf(out, out_bytes, "workload %s has no open loop; --rate and --load are for producer_consumer",
			       shape->workload->name);
	else if (lfb_shape_is_open(shape) && shape->batch > 1)
		(void)snprintf(out, out_bytes, "an open loop sends single items, batch is %" PRIu32, shape->batch);
	else if (shape->pool && info->alloc == LFB_ALLOC_MALLOC)
		(void)snprintf(out, out_bytes, "alloc=pool, this build of the backend takes its memory from malloc");
	else
		return false;
	return true;
}

/* The columns that make two cells the same one. */
static const enum lfb_column key_columns[] = {
	LFB_COL_workload, LFB_COL_backend,       LFB_COL_flavour,      LFB_COL_producers, LFB_COL_consumers,
	LFB_COL_capacity, LFB_COL_batch,         LFB_COL_payload_bytes, LFB_COL_payload_by, LFB_COL_work_push_ns,
	LFB_COL_work_pop_ns, LFB_COL_work_dist,  LFB_COL_wait,         LFB_COL_alloc,     LFB_COL_pin,
	LFB_COL_params,   LFB_COL_pass,
};

void lfb_cell_id(const struct lfb_row *row, char out[LFB_CELL_ID_BYTES])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < sizeof(key_columns) / sizeof(key_columns[0]); i++) {
		const char *text = lfb_row_get(row, key_columns[i]);

		do { /* the final NUL too, so that "ab","c" differs from "a","bc" */
			hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
		} while (*text++ != '\0');
	}
	(void)snprintf(out, LFB_CELL_ID_BYTES, "%016" PRIx64, hash);
}

static void fill_backend(struct lfb_row *row, const struct lfb_backend_info *info)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s %s", info->library, info->version);
	lfb_row_set(row, LFB_COL_backend_library, text);
	lfb_row_set(row, LFB_COL_backend_build_id, info->build_id);
	lfb_row_set(row, LFB_COL_built_with, info->built_with);
	lfb_row_set(row, LFB_COL_loops_rev, info->loops_rev);
	lfb_row_set(row, LFB_COL_semantics, lfb_semantics_text(&info->claims, text, sizeof(text)));
	lfb_row_set(row, LFB_COL_progress_push, lfb_progress_names[info->claims.push]);
	lfb_row_set(row, LFB_COL_progress_pop, lfb_progress_names[info->claims.pop]);
	lfb_row_set_u64(row, LFB_COL_bounded, info->claims.bounded);
	lfb_row_set(row, LFB_COL_check_level, info->claims.reference ? "n/a" : "sum+audit");
	lfb_row_set(row, LFB_COL_alloc, lfb_alloc_names[info->alloc]);
	if (info->alloc == LFB_ALLOC_MALLOC) {
		(void)snprintf(text, sizeof(text), "glibc %s", gnu_get_libc_version());
		lfb_row_set(row, LFB_COL_allocator, text);
	} else if (info->alloc == LFB_ALLOC_POOL) {
		lfb_row_set(row, LFB_COL_allocator, "arena magazines");
	}
}

/* Of an open loop: at a load the rate differs from machine to machine, and the cell is the same. */
static void fill_params(struct lfb_row *row, const struct lfb_shape *shape)
{
	char text[96];

	if (!lfb_shape_is_open(shape))
		return;
	if (shape->load_percent == LFB_LOAD_SATURATION)
		(void)snprintf(text, sizeof(text), "load=saturation");
	else if (shape->load_percent > 0)
		(void)snprintf(text, sizeof(text), "arrivals=%s;load=%" PRIu32, lfb_arrival_names[shape->arrival], shape->load_percent);
	else
		(void)snprintf(text, sizeof(text), "arrivals=%s;rate=%" PRIu64, lfb_arrival_names[shape->arrival], shape->rate_per_s);
	lfb_row_set(row, LFB_COL_params, text);
}

void lfb_cell_fill_row(struct lfb_row *row, const struct lfb_shape *shape, const char *label,
		       const struct lfb_backend_info *info)
{
	char id[LFB_CELL_ID_BYTES];

	lfb_row_set(row, LFB_COL_schema, LFB_SCHEMA);
	lfb_row_set(row, LFB_COL_workload, shape->workload->name);
	lfb_row_set(row, LFB_COL_backend, label);
	lfb_row_set(row, LFB_COL_flavour, info != NULL && info->counting ? "counting" : "timing");
	lfb_row_set(row, LFB_COL_pass, lfb_pass_names[shape->pass]);
	fill_params(row, shape);
	lfb_row_set_u64(row, LFB_COL_producers, shape->producers);
	lfb_row_set_u64(row, LFB_COL_consumers, shape->consumers);
	lfb_row_set_u64(row, LFB_COL_capacity, shape->capacity);
	lfb_row_set_u64(row, LFB_COL_batch, shape->batch);
	lfb_row_set_u64(row, LFB_COL_payload_bytes, PAYLOAD_BYTES);
	lfb_row_set(row, LFB_COL_payload_by, "value");
	lfb_row_set_u64(row, LFB_COL_work_push_ns, 0);
	lfb_row_set_u64(row, LFB_COL_work_pop_ns, 0);
	lfb_row_set(row, LFB_COL_work_dist, "none");
	lfb_row_set(row, LFB_COL_wait, lfb_wait_names[shape->wait]);
	lfb_row_set(row, LFB_COL_pin, shape->pin);
	if (info != NULL)
		fill_backend(row, info);
	else
		lfb_row_set(row, LFB_COL_alloc, shape->pool ? "pool" : "");
	lfb_cell_id(row, id);
	lfb_row_set(row, LFB_COL_cell_id, id);
}

const char *lfb_cell_text(const struct lfb_shape *shape, const char *label, char *out, size_t out_bytes)
{
	if (shape->workload->by_threads)
		(void)snprintf(out, out_bytes, "%s %s %" PRIu32 " threads", shape->workload->name, label,
			       lfb_workload_threads(shape->workload, shape->producers, shape->consumers));
	else
		(void)snprintf(out, out_bytes, "%s %s %" PRIu32 "x%" PRIu32, shape->workload->name, label, shape->producers,
			       shape->consumers);
	return out;
}
