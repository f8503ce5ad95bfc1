/*
 * summary.h - from rows to what a reader wants to know: which queue was fastest for this
 * work, by how much, and how sure that is.
 *
 * DESIGN. Rows are added one at a time and not kept: of a trial only its figures stay, so a
 * file of any length can be summarised. Rows of one workload and shape (and machine, and
 * pass) form a group, shown as one table; in it an entry stands for one backend as it was
 * built. The trials of a launch share where code and memory landed, so they are first reduced
 * to the launch's median; medians and intervals are then over launches.
 */
#ifndef LFBENCH_SUMMARY_H
#define LFBENCH_SUMMARY_H

#include "row.h"

#include <stddef.h>

/* The intervals hold the true median with at least this probability. */
#define LFB_SUMMARY_CONFIDENCE 0.95
/* Words of the flags column that are told apart; the last stands for all others. */
#define LFB_SUMMARY_FLAGS 32u

/* A median over launches. */
struct lfb_figure {
	double median; /* NaN: no launch has one */
	double low, high;
	bool has_interval; /* false: too few launches, low and high are unset */
};

/* A way of not being ok, and how many rows it happened to. */
struct lfb_problem {
	char *status;
	char *reason;
	size_t rows;
};

/* One trial that was ok. */
struct lfb_sample {
	uint64_t launch; /* hash of run and launch */
	double ns_per_op, ops_per_s;
};

struct lfb_entry {
	struct lfb_row row; /* its first row, for what ran */
	char *label;	    /* the backend, and what tells entries of one backend apart */
	bool reference;	    /* null, faa: not a queue, not ranked */
	size_t rows;
	struct lfb_sample *samples;
	size_t sample_count;
	size_t launches;	       /* with at least one sample */
	size_t trials_min, trials_max; /* samples per launch */
	struct lfb_figure ns_per_op, ops_per_s;
	double of_ceiling; /* ops_per_s as a part of that of faa; NaN where there is none, and for other references */
	bool unresolved;   /* its interval overlaps with that of the entry before: they may be in either order */
	uint32_t flags;	   /* bit i: some row had summary.flags[i] */
	struct lfb_problem *problems;
	size_t problem_count;
};

struct lfb_group {
	struct lfb_row row; /* its first row, for workload and shape */
	/* References first, then queues by ns_per_op, then those without figures. */
	struct lfb_entry **entries;
	size_t entry_count;
	size_t references;
	size_t ranked;			   /* queues with figures */
	bool unlike_semantics;		   /* among these */
	bool lacks_intervals;		   /* some of these have fewer launches than an interval takes */
	size_t launches_min, launches_max; /* of all entries with figures */
	size_t trials_min, trials_max;
	uint32_t common_flags; /* that all of them have */
};

struct lfb_summary_flag {
	char *word;
	size_t rows;
};

/* Start with `struct lfb_summary summary = { 0 };`, end with lfb_summary_free. */
struct lfb_summary {
	struct lfb_group **groups; /* in order of their shape, since runs are shuffled */
	size_t group_count;
	size_t rows, rows_ok;
	struct lfb_summary_flag flags[LFB_SUMMARY_FLAGS];
	size_t flag_count;
	size_t entry_count;
	void *group_tree, *entry_tree; /* tsearch(3) trees over the first rows */
};

/*
 * Add one row, which need not stay. Returns 0, -ENOMEM, or -E2BIG where the rows have more
 * shapes and backends than anyone could read; after an error the summary can only be freed.
 */
int lfb_summary_add(struct lfb_summary *summary, const struct lfb_row *row);

/* After the last row, and only once: fill in the figures and sort. Returns 0 or -ENOMEM. */
int lfb_summary_finish(struct lfb_summary *summary);

/* Part of lfb_summary_finish: the figures of one group and the order of its entries. Returns 0 or -ENOMEM. */
int lfb_group_finish(struct lfb_group *group);

void lfb_summary_free(struct lfb_summary *summary);

#endif
