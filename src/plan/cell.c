/* cell.c - see cell.h. */
#include "plan/cell.h"

#include "machine/allocator.h"
#include "applications/application.h"
#include "plan/names.h"
#include "trial/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lfb_shape_preset(struct lfb_shape *shape)
{
	for (int p = 0; p < LFB_PARAM_TOTAL; p++)
		shape->param[p] = (uint32_t)lfb_params[p].preset;
}

const struct lfb_application *lfb_shape_application(const struct lfb_shape *shape)
{
	const struct lfb_application *const app = shape->workload->application;

	return app != NULL && (app->wanted == NULL || app->wanted(shape)) ? app : NULL;
}

unsigned lfb_shape_queues(const struct lfb_shape *shape)
{
	return lfb_workload_queues(shape->workload, shape->consumers);
}

/* More than one thread on a side that allows one. */
static bool too_many(const struct lfb_shape *shape, const struct lfb_claims *claims, char *out, size_t out_bytes)
{
	/* Each queue of a ping-pong has one thread at each end, and so has each of a line of stages; a diamond's last has two producers. */
	if (shape->workload->by_stages && shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND && claims->producers == LFB_ONE) {
		(void)snprintf(out, out_bytes, "2 branches push into one queue, the backend allows 1 producer");
		return true;
	}
	if (shape->workload->queues != 1)
		return false;
	if (shape->producers > 1 && claims->producers == LFB_ONE)
		(void)snprintf(out, out_bytes, "%" PRIu32 " producers, the backend allows 1", shape->producers);
	else if (shape->consumers > 1 && claims->consumers == LFB_ONE)
		(void)snprintf(out, out_bytes, "%" PRIu32 " consumers, the backend allows 1", shape->consumers);
	else
		return false;
	return true;
}

/* Through a reference nothing comes out that was put in: only what works without the values can run. */
static bool needs_values(const struct lfb_shape *shape)
{
	return shape->workload->role[0].loop == LFB_LOOP_KINDS || shape->param[LFB_PARAM_payload] > sizeof(uint64_t) ||
	       shape->param[LFB_PARAM_prefill] > 0 || shape->param[LFB_PARAM_stop] != LFB_STOP_COUNT || shape->param[LFB_PARAM_join] != LFB_NO;
}

/* What the application of a shape asks of a queue. */
static bool app_unsupported(const struct lfb_shape *shape, const struct lfb_claims *claims, char *out, size_t out_bytes)
{
	const char *why = NULL;

	if (lfb_shape_application(shape) == NULL)
		return false;
	if (claims->reference && needs_values(shape))
		why = "a reference is no queue, what is pushed into it is not what comes out";
	else if (shape->param[LFB_PARAM_overflow] == LFB_OVERFLOW_OVERWRITE && claims->consumers == LFB_ONE)
		why = "overflow=overwrite: who pushes pops the oldest too, the backend allows 1 consumer";
	else if (shape->param[LFB_PARAM_nested] > 0 && claims->producers == LFB_ONE)
		why = "nested tasks: workers push too, the backend allows 1 producer";
	else if (shape->param[LFB_PARAM_nested] > 0 && claims->consumers == LFB_ONE)
		why = "nested tasks: who waits for a task helps with others, the backend allows 1 consumer";
	else if (shape->param[LFB_PARAM_stop] == LFB_STOP_SENTINEL && claims->order != LFB_ORDER_FIFO && shape->producers > 1)
		why = "stop=sentinel: without one order for all, a sentinel can overtake the values of other producers";
	if (why != NULL)
		(void)snprintf(out, out_bytes, "%s", why);
	return why != NULL;
}

/* What a trial whose sample is judged asks for: plain loops, and a queue. */
static bool history_unsupported(const struct lfb_shape *shape, const struct lfb_claims *claims, char *out, size_t out_bytes)
{
	const char *why = NULL;

	if (!lfb_shape_records(shape))
		return false;
	if (claims->reference)
		why = "a reference is no queue, what is pushed into it is not what comes out";
	else if (shape->batch > 1)
		why = "the loops that log are those of single items";
	else if (lfb_shape_application(shape) != NULL)
		why = "the loops that log are those without work, payload and the like";
	else if (lfb_workload_threads(shape->workload, shape->producers, shape->consumers) > LFB_RECORDING_THREADS_MAX)
		why = "a history has room for 255 threads";
	if (why != NULL)
		(void)snprintf(out, out_bytes, "check=history: %s", why);
	return why != NULL;
}

bool lfb_cell_unsupported(const struct lfb_shape *shape, const struct lfb_backend_info *info, char *out, size_t out_bytes)
{
	if (too_many(shape, &info->claims, out, out_bytes) || history_unsupported(shape, &info->claims, out, out_bytes))
		return true;
	if (shape->pass == LFB_PASS_LATENCY && info->counting)
		(void)snprintf(out, out_bytes, "pass latency: this is the counting flavour, which is never timed");
	else if (shape->pass == LFB_PASS_LATENCY && info->claims.reference)
		(void)snprintf(out, out_bytes, "pass latency: a reference is no queue, what is pushed into it is not what comes out");
	else if (shape->wait == LFB_WAIT_BLOCK && !info->has_block)
		(void)snprintf(out, out_bytes, "wait=block, the backend has no blocking push and pop");
	else if (shape->wait == LFB_WAIT_BLOCK && shape->batch > 1)
		(void)snprintf(out, out_bytes, "wait=block works on single items, batch is %" PRIu32, shape->batch);
	else if (shape->batch > 1 && (shape->workload->role[0].batch == LFB_LOOP_KINDS || lfb_shape_application(shape) != NULL))
		(void)snprintf(out, out_bytes, "workload %s%s works on single items, batch is %" PRIu32, shape->workload->name,
			       shape->workload->role[0].batch == LFB_LOOP_KINDS ? "" : " with work, payload and the like", shape->batch);
	else if (app_unsupported(shape, &info->claims, out, out_bytes))
		return true;
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
	char text[128], allocator[LFB_ALLOCATOR_BYTES];

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
		lfb_row_set(row, LFB_COL_allocator, lfb_allocator_name(allocator));
	} else if (info->alloc == LFB_ALLOC_POOL) {
		lfb_row_set(row, LFB_COL_allocator, "arena magazines");
	}
}

/* Settings of one row, each "k=v", to be sorted. */
#define SETTING_BYTES 48
#define SETTINGS_MAX (LFB_PARAM_TOTAL + 2)
LFB_STATIC_ASSERT(LFB_CELL_PARAMS_BYTES >= SETTINGS_MAX * SETTING_BYTES, "all settings of a row find room");

struct settings {
	char text[SETTINGS_MAX][SETTING_BYTES];
	size_t count;
};

static void add_setting(struct settings *s, const char *name, const char *value)
{
	(void)snprintf(s->text[s->count++], SETTING_BYTES, "%s=%s", name, value);
}

static void add_number(struct settings *s, const char *name, uint64_t value)
{
	(void)snprintf(s->text[s->count++], SETTING_BYTES, "%s=%" PRIu64, name, value);
}

static int compare_settings(const void *a, const void *b)
{
	return strcmp((const char *)a, (const char *)b);
}

/* Of an open loop: at a load the rate differs from machine to machine, and the cell is the same. */
const char *lfb_cell_params(const struct lfb_shape *shape, char *out, size_t out_bytes)
{
	struct settings s = { .count = 0 };
	size_t used = 0;

	out[0] = '\0';
	if (shape->load_percent == LFB_LOAD_SATURATION)
		add_setting(&s, "load", "saturation");
	else if (shape->load_percent > 0)
		add_number(&s, "load", shape->load_percent);
	else if (shape->rate_per_s > 0)
		add_number(&s, "rate", shape->rate_per_s);
	if (lfb_shape_is_open(shape) && shape->load_percent != LFB_LOAD_SATURATION)
		add_setting(&s, "arrivals", lfb_arrival_names[shape->arrival]);
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		char value[32];

		if (lfb_params[p].column == LFB_COLUMN_COUNT && shape->param[p] != lfb_params[p].preset && lfb_param_fits(p, shape->workload->name))
			add_setting(&s, lfb_params[p].option, lfb_param_text(p, shape->param[p], true, value, sizeof(value)));
	}
	qsort(s.text, s.count, sizeof(s.text[0]), compare_settings);
	for (size_t i = 0; i < s.count; i++)
		used += used < out_bytes ? (size_t)snprintf(out + used, out_bytes - used, "%s%s", i > 0 ? ";" : "", s.text[i]) : 0;
	return out;
}

static void fill_params(struct lfb_row *row, const struct lfb_shape *shape)
{
	char text[LFB_CELL_PARAMS_BYTES];

	lfb_row_set(row, LFB_COL_params, lfb_cell_params(shape, text, sizeof(text)));
}

/* Parameters with a column of their own. */
static void fill_columns(struct lfb_row *row, const struct lfb_shape *shape)
{
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		char value[32];

		if (lfb_params[p].column != LFB_COLUMN_COUNT)
			lfb_row_set(row, lfb_params[p].column, lfb_param_text(p, shape->param[p], true, value, sizeof(value)));
	}
	/* Of no work there is no distribution, and 8 bytes are the value itself. */
	if (shape->param[LFB_PARAM_work_push] + shape->param[LFB_PARAM_work_pop] == 0)
		lfb_row_set(row, LFB_COL_work_dist, "none");
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
	fill_columns(row, shape);
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
	if (shape->workload->by_threads || shape->workload->by_stages)
		(void)snprintf(out, out_bytes, "%s %s %" PRIu32 " threads", shape->workload->name, label,
			       lfb_workload_threads(shape->workload, shape->producers, shape->consumers));
	else
		(void)snprintf(out, out_bytes, "%s %s %" PRIu32 "x%" PRIu32, shape->workload->name, label, shape->producers,
			       shape->consumers);
	return out;
}
