/*
 * run.h - a whole run of the gate: pilot, screening, confirmation, controls, verdicts.
 *
 * DESIGN. All cells go through a stage together, one replicate of each in every round and the cells shuffled
 * anew in each round, so that a drift of the machine meets all of them. What a stage needs is
 * fixed before it begins: the pilot gives each cell its share of the budget, and what a share buys is fewer
 * replicates than wanted or exactly as many.
 *
 * Two controls are cells like the others, but for their verdict: base against itself, and a reference
 * backend, which no change under test touches, against itself. If one of them "moves", the
 * machine is unfit and nothing is said of any cell.
 *
 * Where the builds come in several layouts of their code, the values judged are those of pairs of layouts, each layout used once:
 * where code lands is then part of what varies, and is sampled. There is no fresh set of layouts to
 * confirm with, so such a run has a single stage (decide.h).
 *
 * One thread runs a gate. The callbacks are called between launches.
 */
#ifndef LFBENCH_GATE_RUN_H
#define LFBENCH_GATE_RUN_H

#include "allot.h"
#include "decide.h"
#include "launch.h"

#include <limits.h>

enum gate_stage { GATE_STAGE_CALIBRATE, GATE_STAGE_PILOT, GATE_STAGE_SCREEN, GATE_STAGE_CONFIRM, GATE_STAGES };
extern const char *const gate_stage_names[];

enum gate_control { GATE_NO_CONTROL, GATE_CONTROL_SELF, GATE_CONTROL_REFERENCE };

#define GATE_LAYOUTS_MAX 64u
/* In layout mode fewer have too coarse an interval. */
#define GATE_LAYOUTS_MIN 4u

/* The same source in one layout of its code, before and after. */
struct gate_paths {
	char path[GATE_ARMS][PATH_MAX];
};

/* Values of one stage, one per replicate. */
struct gate_values {
	double *d;
	size_t count, planned;
};

struct gate_cell {
	/* From the caller */
	struct lfb_shape shape;
	enum gate_metric metric;
	enum gate_control control;
	const char *label;               /* of the backend; not owned */
	const struct gate_paths *builds; /* by layout; not owned */
	size_t layouts;                  /* at least 1 */
	const unsigned *cpus;            /* one per thread, or NULL; not owned */
	unsigned cpu_count;
	/* From the run */
	bool unsupported, invalid;
	char reason[512]; /* why, of these two */
	uint64_t items_per_ms; /* of the calibration */
	struct gate_pilot_launch pilot[2 * GATE_PILOT_SLICES];
	size_t pilots;
	struct gate_allotment allotment;
	struct gate_values screen, confirm;
	double ns[GATE_ARMS];      /* median over the launches judged, per item (or the percentile) */
	double *launch_ns[GATE_ARMS];
	size_t launch_ns_count;
	uint64_t blocks, dropped;
	double probe_min_ns, probe_max_ns; /* over its launches; 0: not measured */
	struct gate_judgement judgement; /* not of controls */
	double control_d;
};

/* A launch that was made, for the raw data. */
struct gate_record {
	const struct gate_cell *cell;
	size_t cell_index;
	enum gate_stage stage;
	size_t replicate; /* from 0 */
	size_t layout[GATE_ARMS];
	const struct gate_duet_plan *plan;
	const struct gate_duet_result *result;
};

struct gate_progress {
	enum gate_stage stage;
	size_t done, planned; /* launches of the stage */
	uint64_t elapsed_ns, budget_ns;
	const struct gate_cell *cell;
};

struct gate_run {
	struct gate_rule rule;
	uint64_t budget_ns, seed;
	size_t replicates; /* of each cell, in a single stage, whatever the pilot says; 0: as the budget and the rule allow */
	struct gate_cell *cells; /* owned by the caller; controls among them */
	size_t count;
	const volatile sig_atomic_t *interrupted;
	void (*on_progress)(const struct gate_progress *progress, void *context);
	int (*on_record)(const struct gate_record *record, void *context); /* non-zero ends the run */
	void *context;
	/* From the run */
	bool single_stage, control_moved, was_interrupted, out_of_budget;
	uint64_t elapsed_ns;
};

/*
 * Run it, and judge. Returns 0, also when it was interrupted or a build failed (see the cells); -EXDEV where two builds
 * cannot be told apart in one process, -EINVAL, -ENOMEM, what on_record returned, or -errno, with a sentence.
 * What was found until then is in the cells. Free with gate_run_free.
 */
int gate_run(struct gate_run *run, struct lfb_error *error);
void gate_run_free(struct gate_run *run);

/* Judge again what is there: run itself does, and a replay of stored values. Returns 0 or -ENOMEM. */
int gate_run_judge(struct gate_run *run);

#endif
