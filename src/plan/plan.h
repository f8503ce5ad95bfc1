/*
 * plan.h - from options to cells, and to the order in which their launches run.
 *
 * DESIGN. The cross product of all lists, each cell launched `launches` times. Launches
 * are the outer loop and the cells are shuffled anew within each, so that a drift of the
 * machine is spread over all cells and cannot pass for a difference between backends.
 * The same seed gives the same order.
 *
 * A shape is measured in one or more passes, each a cell of its own. Cells at a load, whose rate is a
 * part of the saturation of their family, come after all others.
 */
#ifndef LFBENCH_PLAN_H
#define LFBENCH_PLAN_H

#include "plan/cell.h"
#include "plugin/inspect.h"
#include "plan/options.h"
#include "plugin/paths.h"
#include "trial/trial.h"

/* A shared object, and what it says of itself. */
struct lfb_plan_object {
	char path[PATH_MAX];
	struct lfb_inspection inspection;
};

/* A backend that takes part. */
struct lfb_plan_backend {
	char label[256];  /* the backend column: its name, with the path where two share it */
	bool pool;        /* its cells ask for alloc=pool */
	struct lfb_plan_object timing;
	struct lfb_plan_object counting; /* of the contention pass; the same where there is no counting flavour */
};

struct lfb_plan_cell {
	struct lfb_shape shape;
	const struct lfb_plan_backend *backend;
	const struct lfb_plan_object *object; /* of the backend: the one that this pass runs */
	size_t family;          /* the same for all cells of one shape and backend, whatever their pass */
	enum lfb_status status; /* LFB_STATUS_OK, or what its one row will say without running */
	char reason[512];
	char id[LFB_CELL_ID_BYTES];
};

/* One process to start: `launch` from 1. */
struct lfb_plan_launch {
	size_t cell;
	uint64_t launch;
	bool pilot; /* of --precision: only says how many launches are needed */
};

struct lfb_plan {
	uint64_t seed;
	struct lfb_plan_backend *backends;
	size_t backend_count;
	struct lfb_plan_cell *cells;
	size_t cell_count;
	size_t runnable; /* cells with LFB_STATUS_OK */
	struct lfb_plan_launch *launches; /* of the runnable cells, in running order */
	size_t launch_count;
};

/* Cells of one plan at most. */
#define LFB_PLAN_CELLS_MAX 100000u
/* Processes of one plan at most. */
#define LFB_PLAN_LAUNCHES_MAX 10000000u

/*
 * Make the plan. Inspects every backend in a process of its own. Returns 0; -EINVAL for options
 * that contradict each other or leave nothing to do; -ENOENT for an unknown backend; -ENOMEM.
 * `options` must outlive the plan. Free with lfb_plan_free, also after a failure.
 */
int lfb_plan_make(const struct lfb_options *options, const struct lfb_paths *paths, struct lfb_plan *plan,
		  struct lfb_error *error);
void lfb_plan_free(struct lfb_plan *plan);

/*
 * The one shape that a benchmark binary's options describe for `workload`. Returns 0, or -EINVAL
 * naming the option that lists more than one value or does not fit the workload.
 */
int lfb_plan_single_shape(const struct lfb_options *options, const struct lfb_workload *workload, struct lfb_shape *shape,
			  struct lfb_error *error);

/* Timed trials of a launch: latency and contention have one unless --trials says otherwise, since their figures are of the launch. */
uint64_t lfb_plan_trials(const struct lfb_options *options, enum lfb_pass pass);

/* Expected duration of the whole plan, before any launch has been seen. */
uint64_t lfb_plan_estimate_ns(const struct lfb_plan *plan, const struct lfb_options *options);

#endif
