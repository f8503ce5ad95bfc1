/*
 * comparison.h - what is held against what, how often, and what came of it.
 *
 * DESIGN. A replicate is a pair of launches with the order of loading swapped; its
 * value d is the mean of the two medians, over the blocks, of ln(cost of the suite's
 * loop / cost of the hand-written one). Replicates go round the layouts of both sides,
 * each pairing once in LAYOUTS * LAYOUTS. The ratio is exp of the median d, with the
 * exact interval of order statistics: nothing is assumed about the shape of the noise.
 */
#ifndef OVERHEAD_COMPARISON_H
#define OVERHEAD_COMPARISON_H

#include "duet.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define LAYOUTS 4u
#define REPLICATES_MAX 1000u
/* Fewer have no 95 % interval. */
#define REPLICATES_MIN 6u
#define CONFIDENCE 0.95

struct comparison {
	const char *name;  /* the backend, and the word for --only */
	const char *suite; /* objects: suite_NAME.LAYOUT.so, hand_NAME.LAYOUT.so */
	const char *hand;
	const char *against; /* what the hand-written loop is */
	enum stage_mode mode;
	double low, high;    /* target of the ratio; high 0: none, it is published */
	unsigned replicates; /* unless asked for otherwise */
	unsigned blocks;     /* of a launch */
};

#define COMPARISONS 10u
extern const struct comparison comparisons[COMPARISONS];
/* The names, each once, for --only. NULL-terminated. */
extern const char *const comparison_names[];

/* What was measured of one comparison. */
struct outcome {
	bool chosen;
	bool built;            /* its objects exist */
	uint64_t items;        /* of a slice; 0: not calibrated yet */
	unsigned wanted, done; /* replicates */
	unsigned blocks;
	double d[REPLICATES_MAX];
	double suite_ns[REPLICATES_MAX], hand_ns[REPLICATES_MAX]; /* median per item of each replicate */
};

/* Ratio and interval; has_interval is false with fewer than REPLICATES_MIN replicates. */
struct summary {
	double ratio, low, high, suite_ns, hand_ns;
	bool has_interval;
};

enum verdict { VERDICT_NO_TARGET, VERDICT_MET, VERDICT_MISSED, VERDICT_UNRESOLVED, VERDICTS };

/* Sets outcome->built; `folder` holds the objects. */
void comparison_find(const struct comparison *comparison, const char *folder, struct outcome *outcome);

/* Calibrate: sets outcome->items. Returns 0, or as duet_process_run does. */
int comparison_calibrate(const struct comparison *comparison, const char *folder, struct outcome *outcome,
			 struct lfb_error *error);

/* Run the next replicate. `csv` (or NULL) receives a line per block. Returns as duet_process_run does. */
int comparison_replicate(const struct comparison *comparison, const char *folder, uint64_t seed, FILE *csv,
			 struct outcome *outcome, struct lfb_error *error);

/* The head of that CSV. */
void comparison_csv_header(FILE *csv);

/* Of the replicates done so far, at least one. Sorts outcome's arrays. */
void comparison_summarise(struct outcome *outcome, struct summary *summary);

enum verdict comparison_judge(const struct comparison *comparison, const struct summary *summary);

#endif
