/*
 * cmd_list.c - `lfbench list`: which queues there are, what each claims, and which
 * package would bring the missing ones. Every object is inspected in its own process.
 */
#include "commands/commands.h"

#include "commands/claims.h"
#include "plugin/inspect.h"
#include "plan/names.h"
#include "plugin/paths.h"
#include "commands/show/render.h"
#include "text/table.h"
#include "plan/workload.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
	(void)printf("lfbench list - backends and workloads\n\n"
		     "Usage: lfbench list [--names] [FILE.so ...]\n\n"
		     "Shows every backend with its library, its version and what it claims; a file is shown\n"
		     "the same way. Claims, of answers (order, EMPTY, FULL, capacity) and of progress (push and pop), are\n"
		     "\"declared\" until lfbench check has found them confirmed, not refuted or refuted, for this very\n"
		     "build, on this machine.\n\nOptions:\n"
		     "      --names     only the names of the backends, one a line\n"
		     "  -h, --help      this text\n\n"
		     "semantics: who may push and pop (mpmc: many and many), and the order values leave in. push, pop:\n"
		     "progress while another thread is stopped at the worst place. EMPTY/FULL: strict answers are exact,\n"
		     "weak ones may be wrong while another operation is under way. nodes: where a linked queue's\n"
		     "memory comes from. A narrow terminal drops the last columns.\n"
		     "What lfbench check finds is kept in $LFBENCH_VERDICTS (default $XDG_STATE_HOME/lfbench/verdicts.tsv,\n"
		     "~/.local/state if that is not set); it can be deleted.\n\n"
		     "Examples:\n  lfbench list\n  lfbench list ./my_queue.so\n");
}

static const struct lfb_table_column columns[] = {
	{ .title = "backend" },
	{ .title = "library", .shrink = true },
	{ .title = "semantics" },
	{ .title = "capacity", .rank = 3 },
	{ .title = "push" },
	{ .title = "pop" },
	{ .title = "EMPTY/FULL", .rank = 5 },
	{ .title = "answers" },
	{ .title = "progress" },
	{ .title = "nodes", .rank = 4 },
	{ .title = "answers checked", .shrink = true, .rank = 6 },
	{ .title = "progress probed", .shrink = true, .rank = 7 },
	{ .title = "what it is", .shrink = true, .rank = 8 },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* What all lines are made with. */
struct list {
	const struct lfb_paths *paths;
	struct lfb_verdicts verdicts;
	struct lfb_table *table;
	FILE *faults; /* lines below the table */
};

/* "drops: answers refuted, 2026-11-29: VWit": too long for a column, and the last thing to be cut off. */
static void add_fault(const struct list *list, const char *backend, const char *claims, const struct lfb_kept_verdict *verdict)
{
	char found[CLAIMS_TEXT_BYTES];

	if (!claims_are_bad(verdict))
		return;
	render_safe(list->faults, backend);
	(void)fprintf(list->faults, ": %s %s, ", claims, claims_state(verdict));
	render_safe(list->faults, claims_found_text(verdict, found));
	(void)fputc('\n', list->faults);
}

static void add_backend(const struct list *list, const struct lfb_backend_info *info)
{
	const bool reference = info->claims.reference;
	const struct lfb_kept_verdict *const verdict = claims_answers(&list->verdicts, info->build_id);
	const struct lfb_kept_verdict *const progress = claims_progress(&list->verdicts, info->build_id);
	char library[128], semantics[64], answers[32], found[CLAIMS_TEXT_BYTES], probed[CLAIMS_TEXT_BYTES];
	const char *const cells[COLUMNS] = {
		info->name,
		library,
		reference ? "reference" : lfb_semantics_text(&info->claims, semantics, sizeof(semantics)),
		reference ? "" : info->claims.bounded ? "bounded" : "unbounded",
		reference ? "" : lfb_progress_names[info->claims.push],
		reference ? "" : lfb_progress_names[info->claims.pop],
		reference ? "" : answers,
		reference ? "" : claims_state(verdict),
		reference ? "" : claims_state(progress),
		lfb_alloc_names[info->alloc],
		claims_are_bad(verdict) ? "" : claims_found_text(verdict, found),
		claims_are_bad(progress) ? "" : claims_found_text(progress, probed),
		info->summary,
	};

	(void)snprintf(library, sizeof(library), "%s %s", info->library, info->version);
	(void)snprintf(answers, sizeof(answers), "%s/%s", lfb_answer_names[info->claims.empty], lfb_answer_names[info->claims.full]);
	lfb_table_add(list->table, claims_are_bad(verdict) || claims_are_bad(progress) ? LFB_STYLE_BAD : LFB_STYLE_PLAIN, cells, -1);
	add_fault(list, info->name, "answers", verdict);
	add_fault(list, info->name, "progress", progress);
}

/* One line for a backend; what cannot be used says why. Returns whether it can. */
static bool add(const struct list *list, const char *name, struct lfb_error *error)
{
	struct lfb_inspection inspection;
	char path[PATH_MAX];

	if (lfb_backend_path(list->paths, name, false, path, error) != 0)
		return false;
	if (lfb_inspect(path, &inspection) != 0) {
		(void)lfb_fail(error, 0, "%s: no process could be started to look at it", name);
		return false;
	}
	if (inspection.status != LFB_INSPECT_OK) {
		(void)lfb_fail(error, 0, "%s: %s", name, inspection.reason);
		return false;
	}
	add_backend(list, &inspection.info);
	return true;
}

/* A table of all that can be used; the others are complained of first. Returns the exit status. */
static int show(const struct lfb_paths *paths, char *const *names)
{
	const struct lfb_medium medium = render_medium(stdout, LFB_WHEN_AUTO, false);
	char *faults = NULL;
	size_t bytes = 0;
	struct list list = { .paths = paths, .table = lfb_table_new(columns, COLUMNS, &medium), .faults = open_memstream(&faults, &bytes) };
	struct lfb_error error;
	int code = 0;

	if (list.table == NULL || list.faults == NULL)
		return render_error("list", "out of memory");
	claims_read("list", &list.verdicts);
	for (; *names != NULL; names++)
		if (!add(&list, *names, &error))
			code = render_error("list", error.text);
	if (lfb_table_write(list.table, stdout) != 0)
		code = 2;
	if (fclose(list.faults) == 0 && bytes > 0)
		(void)printf("\n%s", faults);
	free(faults);
	lfb_table_free(list.table);
	lfb_verdicts_free(&list.verdicts);
	return code;
}

/* Backends that were not built, from the file the build wrote: name, package, what is missing. */
static void print_unavailable(const struct lfb_paths *paths)
{
	char path[PATH_MAX + 32], line[512];
	FILE *file;
	bool any = false;

	(void)snprintf(path, sizeof(path), "%s/unavailable.tsv", paths->backends);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *rest = NULL;
		const char *const name = strtok_r(line, "\t\n", &rest), *const package = strtok_r(NULL, "\t\n", &rest);

		if (name == NULL || package == NULL)
			continue;
		if (!any)
			(void)printf("\nNot built, because their library is missing:\n");
		any = true;
		(void)printf("  ");
		render_safe(stdout, name);
		(void)printf(": install the package ");
		render_safe(stdout, package);
		(void)printf(" and run ./scripts/bench again\n");
	}
	if (file != NULL)
		(void)fclose(file);
}

static void print_workloads(void)
{
	(void)printf("\nWorkloads:\n");
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++)
		(void)printf("  %-19s %s\n", w->name, w->summary);
}

static int show_all(const struct lfb_paths *paths, bool names_only)
{
	struct lfb_error error;
	char **const names = lfb_backend_names(paths, &error);
	int code = 0;

	if (names == NULL)
		return render_error("list", error.text);
	for (size_t i = 0; names_only && names[i] != NULL; i++)
		(void)printf("%s\n", names[i]);
	if (!names_only) {
		code = show(paths, names);
		print_unavailable(paths);
		print_workloads();
	}
	lfb_backend_names_free(names);
	return code;
}

int cmd_list(int argc, char **argv)
{
	static const struct option longs[] = { { "names", no_argument, NULL, 'n' }, { "help", no_argument, NULL, 'h' }, { 0 } };
	struct lfb_paths paths;
	struct lfb_error error;
	bool names_only = false;
	int found;

	optind = 0;
	opterr = 0;
	while ((found = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (found == 'h') {
			print_help();
			return 0;
		}
		if (found != 'n') {
			return render_unknown_option("list", longs, argv[optind - 1]);
		}
		names_only = true;
	}
	if (lfb_paths_find(&paths, &error) != 0)
		return render_error("list", error.text);
	return argv[optind] != NULL ? show(&paths, argv + optind) : show_all(&paths, names_only);
}
