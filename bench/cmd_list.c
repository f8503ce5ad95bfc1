/*
 * cmd_list.c - `lfbench list`: which queues there are, what each claims, and which
 * package would bring the missing ones. Every object is inspected in its own process.
 */
#include "commands.h"

#include "inspect.h"
#include "names.h"
#include "paths.h"
#include "render.h"
#include "safe_text.h"
#include "workload.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
	(void)printf("lfbench list - backends and workloads\n\n"
		     "Usage: lfbench list [--names] [FILE.so ...]\n\n"
		     "Shows every backend with its library, its version and what it claims; a file is shown\n"
		     "the same way. Claims are \"declared\" until a check has confirmed them.\n\nOptions:\n"
		     "      --names     only the names of the backends, one a line\n"
		     "  -h, --help      this text\n\n"
		     "Columns: who may push and pop and in which order values leave; bounded or not; progress of\n"
		     "push and pop (blocking, lock_free, wait_free); whether EMPTY and FULL are exact (strict)\n"
		     "or may be said wrongly while another operation is under way (weak); where nodes come from.\n\n"
		     "Examples:\n  lfbench list\n  lfbench list ./my_queue.so\n");
}

static void print_cell(const char *text, int width)
{
	char safe[256];
	const int columns = (int)lfb_text_columns(lfb_safe_text(text, false, safe, sizeof(safe)), SIZE_MAX);

	(void)printf("%s%*s", safe, columns < width ? width - columns : 1, "");
}

static void print_backend(const struct lfb_backend_info *info)
{
	char text[128];

	print_cell(info->name, 19);
	(void)snprintf(text, sizeof(text), "%s %s", info->library, info->version);
	print_cell(text, 22);
	print_cell(info->claims.reference ? "reference" : lfb_semantics_text(&info->claims, text, sizeof(text)), 18);
	print_cell(info->claims.reference ? "-" : info->claims.bounded ? "bounded" : "unbounded", 11);
	(void)snprintf(text, sizeof(text), "%s/%s", lfb_progress_names[info->claims.push], lfb_progress_names[info->claims.pop]);
	print_cell(info->claims.reference ? "-" : text, 21);
	(void)snprintf(text, sizeof(text), "%s/%s", lfb_answer_names[info->claims.empty], lfb_answer_names[info->claims.full]);
	print_cell(info->claims.reference ? "-" : text, 14);
	print_cell(lfb_alloc_names[info->alloc], 7);
	print_cell(info->summary, 0);
	(void)printf("\n");
}

/* One line for a backend; what cannot be used says why. Returns whether it can. */
static bool show(const struct lfb_paths *paths, const char *name, struct lfb_error *error)
{
	struct lfb_inspection inspection;
	char path[PATH_MAX];

	if (lfb_backend_path(paths, name, false, path, error) != 0)
		return false;
	if (lfb_inspect(path, &inspection) != 0)
		(void)snprintf(inspection.reason, sizeof(inspection.reason), "no process could be started to look at it");
	else if (inspection.status == LFB_INSPECT_OK) {
		print_backend(&inspection.info);
		return true;
	}
	(void)lfb_fail(error, 0, "%s: %s", name, inspection.reason);
	return false;
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
		print_cell(name, 19);
		(void)printf("install the package ");
		print_cell(package, 0);
		(void)printf("and run ./scripts/bench again\n");
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

static void print_titles(void)
{
	(void)printf("%-19s%-22s%-18s%-11s%-21s%-14s%-7s%s\n", "backend", "library", "semantics", "", "progress push/pop", "EMPTY/FULL",
		     "nodes", "");
}

static int complain(const struct lfb_error *error)
{
	(void)fprintf(stderr, "lfbench list: ");
	render_safe(stderr, error->text);
	(void)fprintf(stderr, "\n");
	return 2;
}

static int show_files(const struct lfb_paths *paths, char **files)
{
	struct lfb_error error;
	int code = 0;

	print_titles();
	for (; *files != NULL; files++)
		if (!show(paths, *files, &error))
			code = complain(&error);
	return code;
}

static int show_all(const struct lfb_paths *paths, bool names_only)
{
	struct lfb_error error;
	char **const names = lfb_backend_names(paths, &error);
	int code = 0;

	if (names == NULL)
		return complain(&error);
	if (!names_only)
		print_titles();
	for (size_t i = 0; names[i] != NULL; i++) {
		if (names_only)
			(void)printf("%s\n", names[i]);
		else if (!show(paths, names[i], &error))
			code = complain(&error);
	}
	lfb_backend_names_free(names);
	if (!names_only) {
		print_unavailable(paths);
		print_workloads();
	}
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
	while ((found = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (found == 'h') {
			print_help();
			return 0;
		}
		if (found != 'n') {
			(void)fprintf(stderr, "lfbench list: 'lfbench list --help' shows the options\n");
			return 2;
		}
		names_only = true;
	}
	if (lfb_paths_find(&paths, &error) != 0)
		return complain(&error);
	return argv[optind] != NULL ? show_files(&paths, argv + optind) : show_all(&paths, names_only);
}
