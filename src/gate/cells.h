/*
 * cells.h - the cells of a gate: every shape and metric with every build that can run it, and the two controls.
 */
#ifndef LFBENCH_GATE_CELLS_H
#define LFBENCH_GATE_CELLS_H

#include "builds.h"
#include "machine/cpu_list.h"
#include "plan/options.h"
#include "run.h"

/* Which of the metrics are wanted, by enum gate_metric. */
struct gate_metrics {
	bool wanted[GATE_METRICS];
};

struct gate_cells {
	struct gate_cell *cells; /* those to judge first, then the controls */
	size_t count, controls;
	struct lfb_shape *shapes;
	size_t shape_count;
	struct lfb_cpu_list *cpus; /* by shape */
	struct gate_build reference; /* of its control; name "" where there is none */
	size_t skipped;            /* cells that the backend cannot run */
	char skipped_reason[512];  /* of the first */
};

/*
 * Make them. `options` are those of lfbench run; with no workload and no threads named there is one shape, producer_consumer with one thread
 * per side. `reference_path` is an object for the second control, or NULL. Returns 0; -EINVAL with a sentence: a
 * workload that has no duet, nothing that any build can run; -ENOMEM. Free with gate_cells_free, also after a failure. `builds` and
 * `options` must stay.
 */
int gate_cells_make(const struct gate_builds *builds, struct lfb_options *options, const struct gate_metrics *metrics,
		    const char *reference_path, struct gate_cells *out, struct lfb_error *error);
void gate_cells_free(struct gate_cells *cells);

/* "p=1/c=1/capacity=1023/wait=backoff" into `out`, sorted by name, for exports and raw data. Returns out. */
#define GATE_SHAPE_TEXT_BYTES 256
const char *gate_shape_text(const struct lfb_shape *shape, char *out, size_t out_bytes);

#endif
