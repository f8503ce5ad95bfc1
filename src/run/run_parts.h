/*
 * run_parts.h - what run.c is made of: the arguments of a launch's process (run_arguments.c), what is believed
 * of its output (run_output.c) and found of its samples (run_histories.c), the saturation that loads are parts of (run_saturation.c). For run.c alone.
 */
#ifndef LFBENCH_RUN_PARTS_H
#define LFBENCH_RUN_PARTS_H

#include "run/child.h"
#include "machine/pinning.h"
#include "run/run.h"
#include "trial/recording.h"

/* One trial of throughput or saturation. */
struct lfb_rate {
	uint64_t launch;
	double items_per_s;
};

/* Those of one cell. */
struct lfb_rates {
	struct lfb_rate *values;
	size_t count, room;
};

struct lfb_run_state {
	const struct lfb_run *run;
	struct lfb_run_outcome *outcome;
	struct lfb_pinning pinning;
	bool *dropped;            /* per cell: its one bad row is written, it is not launched again */
	struct lfb_rates *rates;  /* per cell: of the cell itself, if it measures throughput or saturation */
	size_t *saturated_by;     /* per cell: the saturation cell of its family; SIZE_MAX: none */
	const struct lfb_plan_cell *cell; /* of the current launch */
	uint64_t launch, order;
	bool pilot;               /* of the current launch */
	uint64_t trials;          /* of the current launch */
	struct lfb_recording_verdict *judged; /* of its samples, see run_histories.c */
	size_t judged_count;
	uint64_t rows_of_launch;
	bool child_row_bad; /* the child itself said how it failed */
	uint64_t start_ns, run_launches;
	size_t launches_done, launches_total;
};

/* Count a row and hand it to the sink. Returns what the sink returned first, 0 otherwise. */
int lfb_run_deliver(struct lfb_run_state *s, const struct lfb_row *row);

/* Take over rows, details and histograms. Returns 0, or -EBADMSG when they are not of this very launch. */
int lfb_run_take_output(struct lfb_run_state *s, const struct lfb_child_result *child);

/*
 * run_histories.c: judge the samples of a launch with --check history; here, where the queue cannot write. Without memory for it nothing is judged. What is
 * kept is that of the latest launch; free it with lfb_run_histories_free.
 */
void lfb_run_histories_judge(struct lfb_run_state *s, const struct lfb_child_output *log);
void lfb_run_histories_free(struct lfb_run_state *s);
/* Whether that trial of the launch was refuted. */
bool lfb_run_is_refuted(const struct lfb_run_state *s, uint64_t trial);
/* A row of the launch with what was found of its trial, into `out`, which is to be cleared. Returns 0 or -ENOMEM. */
int lfb_run_apply_verdict(const struct lfb_run_state *s, const struct lfb_row *row, struct lfb_row *out);

/* Arguments of a child at most: about 25 options with their values. */
#define LFB_RUN_ARGUMENTS (64 + 2 * LFB_PARAM_TOTAL)
#define LFB_RUN_ARGUMENT_BYTES 96

/* Arguments of one child, each in a slot of its own. */
struct lfb_run_arguments {
	char *list[LFB_RUN_ARGUMENTS];
	char text[LFB_RUN_ARGUMENTS][LFB_RUN_ARGUMENT_BYTES];
	char option[LFB_PARAM_TOTAL][32];
	size_t count;
	char program[PATH_MAX];
};

/* Of the current launch; `cpus` is the list of its threads' CPUs, `rate_per_s` 0 but for an open loop. */
void lfb_run_make_arguments(const struct lfb_run_state *s, const char *cpus, uint64_t rate_per_s, struct lfb_run_arguments *a);

/* Find which cell measures the saturation of which. Returns 0 or -ENOMEM; free with lfb_run_rates_free. */
int lfb_run_rates_make(struct lfb_run_state *s);
void lfb_run_rates_free(struct lfb_run_state *s);

/* Keep the rate that an ok row of the cell shows. Returns 0 or -ENOMEM. */
int lfb_run_rates_add(struct lfb_run_state *s, size_t cell, const struct lfb_row *row);

/* Items per second that a cell's open loop is to offer: its rate, or its load's part of the saturation; 0: not known. */
uint64_t lfb_run_rate(struct lfb_run_state *s, size_t cell);

/*
 * The second stage of --precision: the launches that each throughput cell still needs, by the medians of its pilot,
 * shuffled like those of the plan. *launches is the caller's to free. Returns 0 or -ENOMEM.
 */
int lfb_run_fresh_launches(struct lfb_run_state *s, struct lfb_plan_launch **launches, size_t *count);

#endif
