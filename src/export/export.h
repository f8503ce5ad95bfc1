/*
 * export.h - results for other tools: dashboards of CI systems, comparers, spreadsheets.
 *
 * DESIGN. `run`, `compare` and `gate` put what they know into one neutral list; each format is one writer
 * over it (export_FORMAT.c). A format that has no place for something leaves it out; none makes
 * anything up: an interval that was not measured is not written.
 */
#ifndef LFBENCH_EXPORT_H
#define LFBENCH_EXPORT_H

#include "text/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct lfb_rows;
struct lfb_row;

enum export_format {
	EXPORT_GITHUB_ACTION_BENCHMARK,
	EXPORT_BMF,
	EXPORT_BENCHFMT,
	EXPORT_GOOGLE_BENCHMARK,
	EXPORT_HYPERFINE,
	EXPORT_JUNIT,
	EXPORT_MARKDOWN,
	EXPORT_JSON,
	EXPORT_FORMATS
};
/* "github-action-benchmark", "bmf", "benchfmt", "google-benchmark", "hyperfine", "junit", "markdown", "json", NULL. */
extern const char *const export_format_names[];
/* What NAME.csv's export is called: ".github.json", ".bmf.json" ... behind NAME. */
extern const char *const export_suffixes[];

/* Of the format "json"; raised when a reader of the old one would be wrong. */
#define EXPORT_JSON_SCHEMA 1

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
	double ns_per_op;		     /* of this metric */
	double duration_ns, user_ns, sys_ns; /* NaN: not measured */
};

/* The metrics that most formats are for. */
#define EXPORT_COST "ns/op"
#define EXPORT_SPEED "ops/s"

/* One benchmark: one cell and one metric. Texts are owned by the list. */
struct export_result {
	char *workload, *backend;
	/*
	 * "key=value" joined by '/', sorted but for the load of an open loop, which comes last:
	 * "batch=1/capacity=1023/consumers=2/producers=2/wait=backoff"; safe in any format.
	 */
	char *shape;
	char *metric; /* "ns/op", "ops/s", "p99 ns", or of compare and gate "head/base" */
	bool bigger_is_better;
	double value, low, high;       /* NaN: none. Of compare and gate: the ratio and its interval */
	size_t n;		       /* launches or replicates behind it */
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
	char *cpu_model, *arch; /* of that host, arch as Go calls it; NULL: not known */
	struct export_result *results;
	size_t count;
};

/* A new, zeroed result at the end of the list (the pointer is valid until the next call), or NULL: out of memory. */
struct export_result *export_add(struct export_list *list);
void export_free(struct export_list *list);

/*
 * Add what the rows of a run say, with the figures of lfb_summary, so that they are those of `show`: per backend and
 * shape its cost and speed with every trial, and at each load the percentiles of the latency pass. What a pass could
 * not measure (crashed, invalid ...) is one result without a figure. References are in it as any backend. Sets host,
 * commit and time_utc where they are NULL, from the last row. Returns 0, -ENOMEM or -E2BIG (see lfb_summary_add); the
 * list is the caller's to free, also then.
 */
int export_add_rows(struct export_list *list, const struct lfb_rows *rows);

/*
 * The shape of a row as struct export_result has it, without its load, into `out`: what is not there by default is left
 * out, so that old names stay when lfbench learns something new. Returns out.
 */
#define EXPORT_SHAPE_BYTES 1024
const char *export_shape_text(const struct lfb_row *row, char out[EXPORT_SHAPE_BYTES]);

/* What --export was given: a format and where to, NULL: NAME.FORMAT-suffix beside the results, or standard output. */
struct export_target {
	enum export_format format;
	const char *path;
};
#define EXPORT_TARGETS_MAX 16u

/*
 * Parse "FORMAT" or "FORMAT=FILE"; `word` stays referenced. Returns 0 or -EINVAL with a sentence that lists the
 * formats.
 */
int export_parse_target(const char *word, struct export_target *out, struct lfb_error *error);

/*
 * Before anything is measured: whether each file can be written, no two are the same, and none is one of `taken`
 * (paths, ended by NULL; may itself be NULL). Targets without a path are passed over. Leaves nothing behind. Returns 0,
 * -EEXIST for two of one name, or -errno with a sentence.
 */
int export_check_targets(const struct export_target *targets, size_t count, const char *const *taken,
			 struct lfb_error *error);

/*
 * Write the list in one format. Returns 0 or -errno. Of github-action-benchmark, whose files have one direction, what
 * is better when smaller.
 */
int export_write(const struct export_list *list, enum export_format format, FILE *out);

/*
 * Write a text of any origin (NULL: nothing) as Markdown: neither a cell's end, nor a tag, emphasis, link, mention, formula
 * or heading comes out of it. Cut where it is too long for a cell.
 */
void export_markdown_text(FILE *out, const char *text);

/*
 * Write each target: to its file (through a temporary, renamed at the end; one that exists is replaced), or where it
 * names none to `default_out`, NULL being standard output, as is the path "-". For github-action-benchmark with results
 * that are better when bigger, these go to a file beside it, export_bigger_path. Returns 0 or -errno with a sentence.
 */
int export_write_targets(const struct export_list *list, const struct export_target *targets, size_t count,
			 FILE *default_out, struct lfb_error *error);

/* "x.github.bigger.json" of "x.github.json", into `out`. Returns false if it is too long. */
bool export_bigger_path(const char *path, char *out, size_t out_bytes);

/*
 * With GITHUB_ACTIONS=true in the environment: `::error title=...::` (REGRESSED, FAILED) and `::warning ...::`
 * (INCONCLUSIVE) lines on `out`, escaped as GitHub's toolkit does, and the markdown table appended to the file
 * that GITHUB_STEP_SUMMARY names. Otherwise nothing. Returns 0 or -errno with a sentence.
 */
int export_github(const struct export_list *list, FILE *out, struct lfb_error *error);

#endif
