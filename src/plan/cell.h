/*
 * cell.h - one cell of a plan: one backend under one workload at one setting. What
 * identifies it, whether the backend can run it, and the columns it fills in a row.
 */
#ifndef LFBENCH_CELL_H
#define LFBENCH_CELL_H

#include "plan/params.h"
#include "plan/pass.h"
#include "plugin/plugin.h"
#include "results/row.h"
#include "plan/workload.h"

#include <limits.h>

/* The setting: everything compare matches on, but for the backend. */
struct lfb_shape {
	const struct lfb_workload *workload;
	uint32_t producers; /* of workloads shaped by threads: the threads, likewise consumers */
	uint32_t consumers;
	uint64_t capacity;
	uint32_t batch;
	enum lfb_wait wait;
	bool pool;          /* --alloc pool: nodes of the arena, where the backend has nodes */
	const char *pin;    /* the policy asked for; not owned */
	enum lfb_pass pass;
	uint64_t rate_per_s; /* open loop: items per second of all producers; 0: closed loop, or by `load` */
	uint32_t load_percent; /* open loop: the rate is this part of the saturation measured before; 0: none */
	enum lfb_arrival arrival; /* open loop */
	uint32_t param[LFB_PARAM_TOTAL]; /* what else the workload was told; by enum lfb_param */
};

/*
 * As a load: every item is due at once, so that what is achieved is the saturation which other loads are parts of.
 * It is that of the open loop, whose threads read a clock for every item, and not the throughput, whose threads read none:
 * a fast queue can never be offered 90 % of that.
 */
#define LFB_LOAD_SATURATION UINT32_MAX
/* Its rate: an item every 10 ps. */
#define LFB_RATE_MAX UINT64_C(100000000000)

/* Whether the items are sent at given times. */
static inline bool lfb_shape_is_open(const struct lfb_shape *shape)
{
	return shape->rate_per_s > 0 || shape->load_percent > 0;
}

/* Whether a sample of its timed trials is logged and judged: --check history, which is of the throughput pass. */
static inline bool lfb_shape_records(const struct lfb_shape *shape)
{
	return shape->param[LFB_PARAM_check] == LFB_CHECK_BY_HISTORY;
}

/* How often a timed trial is run: a recorded one once more without, to say what the logging costs. */
static inline uint64_t lfb_shape_runs(const struct lfb_shape *shape)
{
	return lfb_shape_records(shape) ? 2 : 1;
}

/* Every parameter at its default. */
void lfb_shape_preset(struct lfb_shape *shape);

/* The application that this shape needs, or NULL: then its loops move values and do nothing else. */
const struct lfb_application *lfb_shape_application(const struct lfb_shape *shape);

/* Queues, and operations per item, of its workload. */
unsigned lfb_shape_queues(const struct lfb_shape *shape);

#define LFB_CELL_ID_BYTES 17

/*
 * Why a backend cannot run a shape ("2 consumers, it allows 1"), into `out`.
 * Returns false when it can.
 */
bool lfb_cell_unsupported(const struct lfb_shape *shape, const struct lfb_backend_info *info, char *out, size_t out_bytes);

/* 64-bit FNV-1a over the key columns of a row, in hex: equal cells have equal ids everywhere. */
void lfb_cell_id(const struct lfb_row *row, char out[LFB_CELL_ID_BYTES]);

/*
 * Fill the columns "What ran" and "Shape" and the cell_id. `label` is the backend column
 * (the backend's own name unless the user gave two files of one name); `info` may be NULL
 * when nothing is known of the backend.
 */
void lfb_cell_fill_row(struct lfb_row *row, const struct lfb_shape *shape, const char *label,
		       const struct lfb_backend_info *info);

/* The `params` column, "k=v;k=v", sorted, into `out`. Returns out. */
#define LFB_CELL_PARAMS_BYTES 2048
const char *lfb_cell_params(const struct lfb_shape *shape, char *out, size_t out_bytes);

/* "producer_consumer ck_ring_mpmc 2x2" into `out`, for progress and messages. Returns out. */
const char *lfb_cell_text(const struct lfb_shape *shape, const char *label, char *out, size_t out_bytes);

#endif
