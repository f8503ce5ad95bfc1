/* docgen_options.c - which options there are, as docgen.h describes it. */
#include "docgen/docgen.h"

#include "plan/options.h"

#include <string.h>

/* Sets that are parts of lfb_option_table. */
static const struct part {
	const char *set;
	unsigned needs, lacks; /* scopes */
} parts[] = {
	{ "run", LFB_SCOPE_RUN, 0 },
	{ "plan", LFB_SCOPE_RUN, 0 },
	{ "bench", LFB_SCOPE_BENCH, 0 },
	{ "both", LFB_SCOPE_RUN | LFB_SCOPE_BENCH, 0 },
	{ "run-only", LFB_SCOPE_RUN, LFB_SCOPE_BENCH },
	{ "bench-only", LFB_SCOPE_BENCH, LFB_SCOPE_RUN },
};

#define HELP "help", 'h', NULL, "a summary", NULL
#define WHEN "auto, always or never; auto: on a terminal, unless NO_COLOR is set (default auto)"
#define COLOR "color", 0, "WHEN", WHEN, NULL

/*
 * The other commands have so few options that each parses its own; tests/cli/help_agrees.sh
 * compares this list with their --help.
 */
static const struct own {
	const char *command;
	struct docgen_option option;
} owns[] = {
	{ "list", { "names", 0, NULL, "only the names of the backends, one a line", NULL } },
	{ "list", { HELP } },
	{ "show", { "columns", 0, "LIST", "which columns: semantics, progress, library, alloc, capacity, ns_per_op, interval, ops_per_s, of_faa, p50, p99, p999, max, cas_failures, atomics, lock_waits, switches, empty, full, fairness, launches, flags, bar; backend is always the first", NULL } },
	{ "show", { "sort", 0, "COLUMN", "order of the queues in each table; -COLUMN: the largest first (default ns_per_op)", NULL } },
	{ "show", { "where", 0, "LIST", "only rows that meet all of these: a column of the file, = != < <= > or >=, a value; = and != take several, joined by |", NULL } },
	{ "show", { "markdown", 0, NULL, "the tables in Markdown", NULL } },
	{ "show", { "json", 0, NULL, "all figures as JSON", NULL } },
	{ "show", { COLOR } },
	{ "show", { "ascii", 0, NULL, "no characters beyond ASCII", NULL } },
	{ "show", { HELP } },
	{ "check", { "budget", 0, "TIME", "about so long for the histories of each backend (default 5s; with all, 10s, and 160s in all), and so long again for its progress (default 5s)", NULL } },
	{ "check", { "rounds", 0, "N", "instead: N histories of each shape", NULL } },
	{ "check", { "seed", 0, "N", "of the scripts that threads follow (default: a new one, which is printed)", NULL } },
	{ "check", { "shape", 0, "LIST", "these loads only (default: all that the claims allow)", NULL } },
	{ "check", { "schedules", 0, "N", "run N small scripts, one thread and one step at a time, in orders drawn by the seed", NULL } },
	{ "check", { "depth", 0, "N", "with --schedules: faults that need N events in a certain order, 1 to 16 (default 3)", NULL } },
	{ "check", { "single-step", 0, NULL, "with --schedules: a step is an instruction, also where it could be an access to memory", NULL } },
	{ "check", { "save", 0, "DIR", "where to keep histories that refute (default: the current folder)", NULL } },
	{ "check", { "replay", 0, "FILE", "judge a history that was kept, and nothing else; - is standard input", NULL } },
	{ "check", { "histories", 0, NULL, "check the histories only", NULL } },
	{ "check", { "progress", 0, NULL, "probe the claims of progress only: stop a thread at each instruction of push and pop, and see whether the others still get items through", NULL } },
	{ "check", { "all-points", 0, NULL, "of the probe: go on behind the first instruction that blocks, and count them all", NULL } },
	{ "check", { "bound", 0, "N", "of the probe: wait-free is refuted by an operation that takes N instructions with another operation after each (default 10000)", NULL } },
	{ "check", { "stop-by", 0, "WAY", "of the probe: auto (the trap flag, where there is one) or signal (default auto)", NULL } },
	{ "check", { "show-progress", 0, "WHEN", "auto, always or never (default auto)", NULL } },
	{ "check", { COLOR } },
	{ "check", { "ascii", 0, NULL, "no characters beyond ASCII", NULL } },
	{ "check", { HELP } },
	{ "gate", { "base", 0, "PATH", "shared object, or folder of NAME.so, before the change", NULL } },
	{ "gate", { "head", 0, "PATH", "the same after it", NULL } },
	{ "gate", { "backend", 0, "LIST", "of folders: these backends only", NULL } },
	{ "gate", { "workload", 0, "LIST", "producer_consumer, pairs, ping_pong (default producer_consumer, one thread per side)", NULL } },
	{ "gate", { "producers", 0, "LIST", "as in lfbench run, like the next seven", NULL } },
	{ "gate", { "consumers", 0, "LIST", "as in lfbench run", NULL } },
	{ "gate", { "threads", 0, "LIST", "as in lfbench run", NULL } },
	{ "gate", { "capacity", 0, "LIST", "as in lfbench run", NULL } },
	{ "gate", { "batch", 0, "LIST", "as in lfbench run", NULL } },
	{ "gate", { "wait", 0, "LIST", "as in lfbench run", NULL } },
	{ "gate", { "alloc", 0, "LIST", "as in lfbench run", NULL } },
	{ "gate", { "pin", 0, "POLICY", "as in lfbench run", NULL } },
	{ "gate", { "metric", 0, "LIST", "throughput, p50, p99 (default throughput)", NULL } },
	{ "gate", { "allow-unlike", 0, NULL, "compare builds of different compilers or loops_rev, and say so", NULL } },
	{ "gate", { "program-base", 0, "CMD", "whole programs instead: run as processes, ABBA; resolves much less", NULL } },
	{ "gate", { "program-head", 0, "CMD", "the other program", NULL } },
	{ "gate", { "self-check", 0, NULL, "compare this installation with itself: what effect can this machine resolve?", NULL } },
	{ "gate", { "min-effect", 0, "PERCENT", "REGRESSED means slower by more than this (default 0.5%)", NULL } },
	{ "gate", { "fail-effect", 0, "PERCENT", "PASS means slower by less than this (default 5%)", NULL } },
	{ "gate", { "alpha", 0, "P", "chance of a false REGRESSED in a whole run (default 0.05)", NULL } },
	{ "gate", { "budget", 0, "TIME", "at most about this long (default 5m; 2m with --self-check)", NULL } },
	{ "gate", { "seed", 0, "N", "of the order of everything (default: a new one, which is printed)", NULL } },
	{ "gate", { "strict", 0, NULL, "an INCONCLUSIVE verdict is exit status 3", NULL } },
	{ "gate", { "collect", 0, "N", "no verdict: N replicates of each cell into --out, for statistics of your own", NULL } },
	{ "gate", { "out", 'o', "FILE", "the launches as CSV, - is standard output", NULL } },
	{ "gate", { "force", 0, NULL, "replace FILE", NULL } },
	{ "gate", { "export", 0, "FORMAT[=FILE]", "github-action-benchmark, bmf, benchfmt, google-benchmark, hyperfine, junit, markdown or json; repeatable; without FILE to standard output", NULL } },
	{ "gate", { "progress", 0, "WHEN", "auto, always or never (default auto)", NULL } },
	{ "gate", { COLOR } },
	{ "gate", { "ascii", 0, NULL, "no characters beyond ASCII", NULL } },
	{ "gate", { HELP } },
	{ "compare", { "baseline", 0, "DIR", "the base is all results of a folder that are comparable with the head", NULL } },
	{ "compare", { "history", 0, NULL, "no verdict: each cell through all files, in order of time", NULL } },
	{ "compare", { "metric", 0, "LIST", "ns_per_op, ns_per_item, p50, p90, p99, p999, max (default ns_per_op)", NULL } },
	{ "compare", { "backend", 0, "LIST", "these backends only", NULL } },
	{ "compare", { "workload", 0, "LIST", "these workloads only", NULL } },
	{ "compare", { "force", 0, NULL, "compare what is not comparable, and say so beside every figure", NULL } },
	{ "compare", { "min-effect", 0, "PERCENT", "REGRESSED means slower by more than this (default 0.5%)", NULL } },
	{ "compare", { "fail-effect", 0, "PERCENT", "PASS means slower by less than this (default 5%)", NULL } },
	{ "compare", { "alpha", 0, "P", "chance of a false REGRESSED among all cells (default 0.05)", NULL } },
	{ "compare", { "strict", 0, NULL, "an INCONCLUSIVE verdict is exit status 3", NULL } },
	{ "compare", { "export", 0, "FORMAT[=FILE]", "github-action-benchmark, bmf, benchfmt, google-benchmark, hyperfine, junit, markdown or json; repeatable; without FILE to standard output", NULL } },
	{ "compare", { COLOR } },
	{ "compare", { "ascii", 0, NULL, "no characters beyond ASCII", NULL } },
	{ "compare", { HELP } },
	{ "merge", { "force", 0, NULL, "replace OUT.csv and its companions, which may be one of the files that are joined", NULL } },
	{ "merge", { HELP } },
	{ "latency", { "cell", 0, "ID", "only cells whose id (cell_id of FILE.csv) begins with this", NULL } },
	{ "latency", { "role", 0, "ROLE", "only this role: service or response", NULL } },
	{ "latency", { "hgrm", 0, "DIR", "also write each histogram into this folder, as a .hgrm file", NULL } },
	{ "latency", { "force", 0, NULL, "replace .hgrm files that are there", NULL } },
	{ "latency", { COLOR } },
	{ "latency", { "ascii", 0, NULL, "no characters beyond ASCII", NULL } },
	{ "latency", { HELP } },
	{ "report", { "out", 'o', "FILE", "where to write, - is standard output (default: the first file's name with .html)", NULL } },
	{ "report", { "force", 0, NULL, "replace FILE", NULL } },
	{ "report", { "where", 0, "LIST", "only rows that meet all of these, as in lfbench show", NULL } },
	{ "report", { "no-charts", 0, NULL, "the tables only", NULL } },
	{ "report", { HELP } },
	{ "plot", { "chart", 0, "NAME", "pick, scaling, heatmap, trials, contention, percentiles, loads, compare or history", NULL } },
	{ "plot", { "select", 0, "TEXT", "which shape, and what a queue has to promise: what a link to a page has behind its ?, as in workload=pairs&threads=2+2&memory=any (default: what the page begins with)", NULL } },
	{ "plot", { "theme", 0, "WORD", "light or dark (default light)", NULL } },
	{ "plot", { "width", 0, "N", "pixels, 300 to 4000 (default 900)", NULL } },
	{ "plot", { "where", 0, "LIST", "only rows that meet all of these, as in lfbench show", NULL } },
	{ "plot", { "out", 'o', "FILE", "where to write, - is standard output (default -)", NULL } },
	{ "plot", { "force", 0, NULL, "replace FILE", NULL } },
	{ "plot", { HELP } },
	{ "doctor", { "quick", 0, NULL, "facts only, nothing is measured", NULL } },
	{ "doctor", { "json", 0, NULL, "the facts as JSON", NULL } },
	{ "doctor", { "probes", 0, "N", "no report: probe neighbouring CPUs N times, as around trials; a line of CSV each", NULL } },
	{ "doctor", { COLOR } },
	{ "doctor", { HELP } },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))
#define OWNS (sizeof(owns) / sizeof(owns[0]))

static const struct part *find_part(const char *set)
{
	for (size_t i = 0; i < PARTS; i++)
		if (strcmp(parts[i].set, set) == 0)
			return &parts[i];
	return NULL;
}

static bool next_in_table(const struct part *part, size_t *at, struct docgen_option *out)
{
	for (; lfb_option_table[*at].name != NULL; ++*at) {
		const struct lfb_option *const row = &lfb_option_table[*at];

		if ((row->scopes & LFB_SCOPE_HIDDEN) == 0 && (row->scopes & part->needs) == part->needs &&
		    (row->scopes & part->lacks) == 0) {
			*out = (struct docgen_option){ row->name, row->letter, row->value, row->help, row->workloads };
			++*at;
			return true;
		}
	}
	return false;
}

bool docgen_option_next(const char *set, size_t *at, struct docgen_option *out)
{
	const struct part *const part = find_part(set);

	if (part != NULL)
		return next_in_table(part, at, out);
	for (; *at < OWNS; ++*at) {
		if (strcmp(owns[*at].command, set) == 0) {
			*out = owns[(*at)++].option;
			return true;
		}
	}
	return false;
}

bool docgen_set_known(const char *set)
{
	struct docgen_option option;
	size_t at = 0;

	return docgen_option_next(set, &at, &option);
}
