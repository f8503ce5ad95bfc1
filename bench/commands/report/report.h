/*
 * report.h - `lfbench report`: what is known of some results files, as one HTML file.
 *
 * DESIGN. Everything is read first, then written in one go. All figures are those of src/summary and src/compare,
 * which the terminal has, too; a page cannot disagree with it. The page is whole without JavaScript: tables, in the order in which
 * questions come (which queue, how sure, why, what machine). Where the web front end was built (scripts/report), its bundle and the
 * same figures as JSON are put in as well, and charts stand above the tables.
 */
#ifndef LFBENCH_REPORT_H
#define LFBENCH_REPORT_H

#include "compare/compare_judge.h"
#include "text/error.h"
#include "commands/latency/latency_cells.h"
#include "summary/summary.h"
#include "results/where.h"

#include <limits.h>
#include <stdio.h>

#define REPORT_FILES_MAX 64u
/* So many are a history; of two the comparison says it all. */
#define REPORT_HISTORY_FILES 3u

struct report_file {
	const char *path;
	size_t rows;
	struct json_t *env;  /* NAME.env.json, its texts not made safe; NULL: there is none */
	char no_env[256];    /* why */
	bool histograms;     /* there is a NAME.hist.csv */
	bool torn;	     /* its last row was unfinished */
};

/* A file against the first. */
struct report_pair {
	struct compare compare;
	struct compare_findings findings;
	struct compare_rule rule;	/* force: findings refuse, so that figures are shown without a verdict */
	struct compare_results results; /* empty where there is no common cell, or the run is the same */
	size_t common;			/* cells */
	bool same_run;
};

/* The verdicts of a gate, or of a comparison: what `--export json` wrote. */
struct report_verdicts {
	const char *path;
	struct json_t *json; /* checked, as far as report_verdicts_read says */
};

struct report {
	struct report_file file[REPORT_FILES_MAX];
	size_t file_count;
	struct lfb_summary summary;
	struct report_pair pair[REPORT_FILES_MAX - 1]; /* of file[i + 1] */
	struct compare history; /* all files as base, if they are as many as that; empty otherwise */
	struct report_verdicts verdicts[REPORT_FILES_MAX];
	size_t verdicts_count;
	struct latency_rows latency_rows;
	struct latency_cells latency;
	uint64_t passed_over; /* rows that do not meet --where */
	bool held_back;	      /* report_write's: tables are made in the browser, when somebody wants to see them */
};

/* The web front end, as far as it was built. */
struct report_bundle {
	char *script;	 /* NULL: missing */
	size_t bytes;
	char hash[64];	 /* base64 of its SHA-256, for the page's content security policy */
	char missing[512]; /* why there is none, and what to do */
};

/*
 * Read all files with their companions; "-" is standard input; NAME.json holds verdicts. Returns 0; -EBADMSG, -EFBIG or -E2BIG for what is refused, with the
 * file, the line and the reason; -ENOMEM or -errno. Free with report_free in either case; `report` begins as zeros.
 */
int report_read(struct report *report, char *const *paths, size_t count, const struct lfb_where *where, struct lfb_error *error);
void report_free(struct report *report);

/* Whether a file of that name holds verdicts instead of rows. */
bool report_is_verdicts(const char *path);
/*
 * Read one. Its results are then an array of objects, the worst first, with texts "workload", "backend", "shape", "metric", "verdict" and
 * "message", and numbers or null as "value" (the ratio), "low", "high", "base_value" and "head_value". Returns 0; -EBADMSG or -EFBIG for what is no such
 * file; -ENOMEM or -errno; with a sentence. json_decref() it in any case.
 */
int report_verdicts_read(struct report_verdicts *verdicts, const char *path, struct lfb_error *error);

/* Find the bundle: in $LFBENCH_REPORT_DIR, beside the program in a build tree, or where it was installed. */
void report_bundle_find(struct report_bundle *bundle);
void report_bundle_free(struct report_bundle *bundle);

/* Everything as JSON in ASCII, without a character that could end the element it stands in. Returns 0 or -errno. */
int report_put_data(FILE *out, const struct report *report);

/* Write the page. Returns 0 or -errno. */
int report_write(struct report *report, const struct report_bundle *bundle, FILE *out);

#endif
