/*
 * options.h - the arguments of the benchmark binaries and of `lfbench run` and `plan`:
 * one table, from which --help, the man page and the completion are made.
 *
 * DESIGN. A benchmark binary runs one cell, `run` sweeps over lists of them; the same
 * parser serves both, and a list of more than one value is what a binary refuses.
 */
#ifndef LFBENCH_OPTIONS_H
#define LFBENCH_OPTIONS_H

#include "text/error.h"
#include "export/export.h"
#include "text/numbers.h"
#include "plan/params.h"
#include "plan/pass.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where an option is accepted. */
enum lfb_option_scope {
	LFB_SCOPE_BENCH = 1,  /* one cell: a benchmark binary */
	LFB_SCOPE_RUN = 2,    /* lfbench run, and plan */
	LFB_SCOPE_HIDDEN = 4, /* between lfbench run and the binaries it starts */
	LFB_SCOPE_RESUME = 8  /* may be given together with --resume */
};

enum lfb_when { LFB_WHEN_AUTO, LFB_WHEN_ALWAYS, LFB_WHEN_NEVER };

/* What was asked for; defaults where nothing was. Texts point into argv. */
struct lfb_options {
	struct lfb_list workloads; /* indices of lfb_workloads */
	char *backends;            /* the list as given, or NULL: all */
	struct lfb_list producers, consumers, threads, capacities, batches, waits, allocs;
	struct lfb_list params[LFB_PARAM_TOTAL]; /* by enum lfb_param; empty: its default */
	const char *pin;
	struct lfb_list passes; /* of enum lfb_pass; empty: throughput */
	struct lfb_list rates, loads; /* open loop: items per second, percent */
	enum lfb_arrival arrival;
	double precision;     /* half-width wanted, as a part of the median; 0: none */
	bool quick, trials_given, brief_histograms;
	uint64_t items;       /* 0: by duration */
	uint64_t duration_ns;
	uint64_t trials, launches, audit_items, timeout_ns;
	uint64_t seed;
	bool sides_given;     /* producers or consumers */
	bool producers_given, consumers_given, threads_given, capacity_given, waits_given;
	bool seed_given, items_given, duration_given, help, dry_run, force, version;
	bool plan_given;      /* any option that a resumed run has from its first part */
	const char *out;      /* run: results file; NULL: choose a name; "-": stdout */
	const char *csv;      /* binary: rows to this file; NULL: a summary for people */
	const char *resume;
	struct export_target exports[EXPORT_TARGETS_MAX];
	size_t export_count;
	uint64_t shard, shards;
	enum lfb_when progress, color;
	/* hidden */
	const char *detail, *hist, *log, *run_id, *label, *cpus;
	uint64_t load_of;
	uint64_t launch, order;
};

struct lfb_option {
	const char *name;
	char letter;        /* 0: none */
	const char *value;  /* what the value stands for; NULL: takes none */
	unsigned scopes;
	const char *help;
	int (*parse)(struct lfb_options *options, const char *value, struct lfb_error *error);
	const char *workloads; /* that take it, separated by spaces; NULL: all */
	const char *const *words; /* its values, where they are words; NULL: they are not, or others know them */
};

/* The table, ended by one without a name. */
extern const struct lfb_option lfb_option_table[];

/*
 * Parse argv[1..] for `scope`. Returns 0, or -EINVAL with a sentence that names the option and
 * what it accepts. Modifies nothing of argv; the options refer to its texts.
 */
int lfb_options_parse(struct lfb_options *options, enum lfb_option_scope scope, int argc, char **argv, struct lfb_error *error);

/* Whether a run with these options has trials of `pass`. */
bool lfb_options_want(const struct lfb_options *options, enum lfb_pass pass);

/* Give back what the options own; done by lfb_options_parse itself when it fails. */
void lfb_options_free(struct lfb_options *options);

/* The options of `scope` as a list for --help: those that `workload` takes, or of all workloads where it is NULL. */
void lfb_options_print(FILE *out, enum lfb_option_scope scope, const char *workload);

/* Words for LFB_WHEN_*. */
extern const char *const lfb_when_names[];

#endif
