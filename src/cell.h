/*
 * cell.h - one cell of a plan: one backend under one workload at one setting. What
 * identifies it, whether the backend can run it, and the columns it fills in a row.
 */
#ifndef LFBENCH_CELL_H
#define LFBENCH_CELL_H

#include "plugin.h"
#include "row.h"
#include "workload.h"

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
};

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

/* "producer_consumer ck_ring_mpmc 2x2" into `out`, for progress and messages. Returns out. */
const char *lfb_cell_text(const struct lfb_shape *shape, const char *label, char *out, size_t out_bytes);

#endif
