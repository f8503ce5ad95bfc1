/*
 * summary.h - from rows to what a reader wants to know: which queue was fastest for this
 * work, by how much, how sure that is, and why the others are slower.
 *
 * DESIGN. Rows are added one at a time and not kept: of a trial only its figures stay, so a
 * file of any length can be summarised. Rows of one workload and shape (and machine) form a group, shown
 * as one table; in it an entry stands for one backend as it was built. The three passes of a
 * shape meet in its entry: figures of speed are of the throughput pass alone, latencies of the latency pass,
 * counts of the contention pass, whose instrumented builds say nothing about speed. The trials
 * of a launch share where code and memory landed, so they are first reduced
 * to the launch's median; medians and intervals are then over launches. No launch is left out, however odd:
 * what is odd is counted and said. (Launches of a pilot, which only decide how many are needed,
 * are not part of the measurement.)
 */
#ifndef LFBENCH_SUMMARY_H
#define LFBENCH_SUMMARY_H

#include "results/row.h"

#include <stddef.h>

/* The intervals hold the true median with at least this probability. */
#define LFB_SUMMARY_CONFIDENCE 0.95
/* Words of the flags column that are told apart; the last stands for all others. */
#define LFB_SUMMARY_FLAGS 32u
/* Phases of the machine that are told apart. */
#define LFB_SUMMARY_REGIMES 2

/* A median over launches. */
struct lfb_figure {
	double median; /* NaN: no launch has one */
	double low, high;
	bool has_interval; /* false: too few launches, low and high are unset */
};

/* A way of not being ok, and how many rows it happened to. */
struct lfb_problem {
	char *pass; /* "" is the throughput pass */
	char *status;
	char *reason;
	size_t rows;
};

/* One trial of the throughput pass that was ok. */
struct lfb_sample {
	uint64_t launch; /* hash of run and launch */
	uint64_t number; /* of the launch, as the row has it */
	uint64_t trial;
	uint64_t order; /* of the launch in the run */
	int64_t time_s; /* when it ended, since 1970; 0: not known */
	double ns_per_op, ops_per_s;
	double probe_ns; /* core-to-core round trip around it; NaN: not measured */
	double fairness; /* Jain's index of the threads' shares, of producers or consumers, whichever is less; NaN: not measured */
	uint32_t flags;	 /* bit i: it had summary.flags[i] */
};

/* One launch of the throughput pass: medians over its trials. */
struct lfb_launch_figures {
	double ns_per_op, ops_per_s;
	double probe_ns;   /* NaN: not measured */
	double fairness;   /* likewise */
	double first_log;  /* ln of the first trial's ns_per_op to the later ones' median; NaN: there are not both */
	int first_side;	   /* 1: slower than more of the later ones than faster, -1: the reverse, 0: undecided */
};

/* How the first trials of the launches compare with the later ones. */
struct lfb_first_trials {
	size_t launches, slower, faster; /* undecided ones are only in launches */
	double ratio; /* median over launches of first to later; NaN: no launch has both */
	bool unlike;  /* more one-sided than chance makes it, over everything tested in the file */
};

enum lfb_percentile { LFB_LAT_P50, LFB_LAT_P99, LFB_LAT_P999, LFB_LAT_MAX, LFB_LAT_FIGURES };

/* One trial of the latency pass that was ok. */
struct lfb_latency_sample {
	uint64_t launch;
	double ns[LFB_LAT_FIGURES];		 /* NaN: too few samples, or overloaded */
	double offered_per_s, achieved_per_s;	 /* NaN: closed loop */
	bool overloaded;
};

/* Latencies of an entry at one load. */
struct lfb_at_load {
	bool open;	      /* open loop: at a given rate; false: closed loop */
	double load_percent;  /* of the saturation; INFINITY: the saturation itself; NaN: by rate */
	double rate_per_s;    /* asked for; NaN: by load */
	char *arrivals;	      /* poisson, fixed; "" where not said */
	struct lfb_latency_sample *samples;
	size_t sample_count;
	/* From here on filled by lfb_summary_finish: medians over launches of the launch's medians. */
	size_t launches, overloaded; /* with at least one sample; of these with an overloaded one */
	double ns[LFB_LAT_FIGURES];  /* NaN: not measured */
	double offered_per_s, achieved_per_s;
};

/* What the contention pass counts that costs time. */
enum lfb_event {
	LFB_EVENT_CAS_FAILURE,
	LFB_EVENT_ATOMIC, /* read-modify-writes, the failures apart */
	LFB_EVENT_LOCK_WAIT,
	LFB_EVENT_SWITCH, /* context switches */
	LFB_EVENT_MIGRATION,
	LFB_EVENT_EMPTY,
	LFB_EVENT_FULL,
	LFB_EVENT_FAULT,
	LFB_EVENT_CACHE_MISS,
	LFB_EVENTS
};

/* One trial of the contention pass that was ok. */
struct lfb_contention_sample {
	uint64_t launch;
	double events[LFB_EVENTS]; /* NaN: not measured */
	double lock_wait_ns;	   /* NaN: not measured */
	double cas_attempts;
	double ops, duration_ns, probe_ns;
};

/* The contention pass of an entry: medians over launches. NaN: not measured. */
struct lfb_contention {
	struct lfb_contention_sample *samples;
	size_t sample_count;
	size_t launches;
	double per_op[LFB_EVENTS];
	double lock_wait_ns_per_op;
	double cas_attempts_per_op;
	double switches_per_s;
	double thread_ns_per_op; /* what an operation took of the threads' time, in this (instrumented) pass */
	/* What is likely to cost time, the most first: see lfb_entry_finish_contention. */
	enum lfb_event leading[LFB_EVENTS];
	size_t leading_count;
};

struct lfb_entry {
	struct lfb_row row; /* its first row, for what ran */
	char *label;	    /* the backend, and what tells entries of one backend apart */
	bool reference;	    /* null, faa: not a queue, not ranked */
	size_t rows, pilot_rows;
	struct lfb_sample *samples;
	size_t sample_count;
	struct lfb_launch_figures *launch; /* those with at least one sample */
	size_t launches;
	size_t trials_min, trials_max; /* samples per launch */
	struct lfb_figure ns_per_op, ops_per_s;
	double fairness;   /* median over launches; 1: all threads had the same share, 1/n: one of n had all. NaN: not measured */
	double of_ceiling; /* ops_per_s as a part of that of faa; NaN where there is none, and for other references */
	bool unresolved;   /* its interval overlaps with that of the entry before: they may be in either order */
	bool incomplete;   /* it has figures, and rows that were not ok */
	size_t outliers;   /* launches far from the others, which are part of the medians all the same */
	struct lfb_first_trials first;
	double regime_ns_per_op[LFB_SUMMARY_REGIMES]; /* median over the launches of that regime; NaN: none */
	size_t regime_launches[LFB_SUMMARY_REGIMES];
	struct lfb_at_load *loads; /* closed loop first, then by load and rate */
	size_t load_count;
	struct lfb_contention contention;
	uint32_t flags;	      /* bit i: some row of the throughput pass had summary.flags[i] */
	uint32_t other_flags; /* the same of the other passes */
	struct lfb_problem *problems;
	size_t problem_count;
};

/* Phases of the machine: launches whose core-to-core round trips fall into two kinds, the faster first. */
struct lfb_regimes {
	bool found; /* false: the other members mean nothing */
	double probe_ns[LFB_SUMMARY_REGIMES]; /* median */
	size_t launches[LFB_SUMMARY_REGIMES];
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
	uint32_t common_flags;	       /* that all of them have */
	struct lfb_first_trials first; /* over the launches of all of them */
	struct lfb_regimes regimes;
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

void lfb_summary_free(struct lfb_summary *summary);

/* Where the row of a latency pass went, in a summary that is finished. Returns false if it is not in it. */
struct lfb_summary_place {
	size_t group, entry, load;
};
bool lfb_summary_find(const struct lfb_summary *summary, const struct lfb_row *row, struct lfb_summary_place *out);

/* Whether the pair k=v that `params` begins with says at what load an open loop ran, not what its shape was. */
bool lfb_summary_is_load(const char *params);
/* Whether any pair of it does. */
bool lfb_summary_has_load(const char *params);

#endif
