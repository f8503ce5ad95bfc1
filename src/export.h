/*
 * export.h - results for other tools: dashboards of CI systems, comparers, spreadsheets.
 *
 * DESIGN. `run`, `compare` and `gate` put what they know into one neutral list; each format is one writer
 * over it (export_FORMAT.c). A format that has no place for something leaves it out; none makes
 * anything up: an interval that was not measured is not written.
 */
#ifndef LFBENCH_EXPORT_H
#define LFBENCH_EXPORT_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum export_format {
	EXPORT_GITHUB_ACTION_BENCHMARK,
	EXPORT_BMF,
	EXPORT_BENCHFMT,
	EXPORT_GOOGLE_BENCHMARK,
	EXPORT_HYPERFINE,
	EXPORT_JUNIT,
	EXPORT_MARKDOWN,
	EXPORT_FORMATS
};
/* "github-action-benchmark", "bmf", "benchfmt", "google-benchmark", "hyperfine", "junit", "markdown", NULL. */
extern const char *const export_format_names[];

/* How it came out. EXPORT_MEASURED: a figure and no judgement (run). */
enum export_verdict {
	EXPORT_MEASURED,
	EXPORT_PASS,
	EXPORT_IMPROVED,
	EXPORT_REGRESSED,
	EXPORT_INCONCLUSIVE,
	EXPORT_FAILED, /* crashed, hung, invalid: no figure */
	EXPORT_UNSUPPORTED
};

/* One trial: a run has these, a comparison may have none. */
struct export_trial {
	uint64_t launch, trial, items;
	double ns_per_op; /* of this metric */
	double duration_ns, user_ns, sys_ns; /* NaN: not measured */
};

/* One benchmark: one cell and one metric. Texts are owned by the list. */
struct export_result {
	char *workload, *backend;
	char *shape;  /* sorted "key=value" joined by '/', as "c=2/capacity=1023/p=2/wait=backoff"; safe in any format */
	char *metric; /* "ns/op", "ops/s", "p99 ns", or of compare and gate "head/base" */
	bool bigger_is_better;
	double value, low, high; /* NaN: none. Of compare and gate: the ratio and its interval */
	size_t n; /* launches or replicates behind it */
	double base_value, head_value; /* compare, gate: what was compared, in base_unit; NaN otherwise */
	char *base_unit;
	enum export_verdict verdict;
	char *message; /* one sentence: why, or the bound that was established; "" */
	struct export_trial *trials;
	size_t trial_count;
	uint32_t threads;
};

struct export_list {
	char *producer; /* "lfbench run", "lfbench gate", ... */
	char *host, *commit, *time_utc;
	struct export_result *results;
	size_t count;
};

/* A new, zeroed result at the end of the list (the pointer is valid until the next call), or NULL: out of memory. */
struct export_result *export_add(struct export_list *list);
void export_free(struct export_list *list);

/* What --export was given: a format and where to, NULL: NAME.FORMAT-suffix beside the results, or standard output. */
struct export_target {
	enum export_format format;
	const char *path;
};
#define EXPORT_TARGETS_MAX 16u

/* Parse "FORMAT" or "FORMAT=FILE"; `word` stays referenced. Returns 0 or -EINVAL with a sentence that lists the formats. */
int export_parse_target(const char *word, struct export_target *out, struct lfb_error *error);

/* Write the list in one format. Returns 0 or -errno. */
int export_write(const struct export_list *list, enum export_format format, FILE *out);

/*
 * Write each target: to its file (through a temporary, renamed at the end), or where it names none to `default_out`
 * if not NULL. Returns 0 or -errno with a sentence.
 */
int export_write_targets(const struct export_list *list, const struct export_target *targets, size_t count,
			 FILE *default_out, struct lfb_error *error);

/*
 * With GITHUB_ACTIONS=true in the environment: `::error title=...::` (REGRESSED, FAILED) and `::warning ...::`
 * (INCONCLUSIVE) lines on `out`, escaped as GitHub's toolkit does, and the markdown table appended to the file
 * that GITHUB_STEP_SUMMARY names. Otherwise nothing. Returns 0 or -errno with a sentence.
 */
int export_github(const struct export_list *list, FILE *out, struct lfb_error *error);

#endif
