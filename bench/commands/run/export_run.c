/* export_run.c - see export_run.h. */
#include "commands/run/export_run.h"

#include "results/csv_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* NAME.suffix beside NAME.csv. */
static int name_target(struct export_run *run, size_t i, const char *csv_path, struct lfb_error *error)
{
	struct export_target *const target = &run->targets[i];
	const size_t length = strlen(csv_path);
	const size_t stem = length > 4 && strcmp(csv_path + length - 4, ".csv") == 0 ? length - 4 : length;

	if (target->path != NULL)
		return 0;
	if (snprintf(run->paths[i], PATH_MAX, "%.*s%s", (int)stem, csv_path, export_suffixes[target->format]) >=
	    PATH_MAX)
		return lfb_fail(error, -ENAMETOOLONG, "--export %s: the file name is too long",
				export_format_names[target->format]);
	target->path = run->paths[i];
	return 0;
}

int export_run_prepare(struct export_run *run, const struct lfb_options *options, const struct run_files *files,
		       struct lfb_error *error)
{
	const char *const taken[] = { files->csv_path, files->detail_path, files->hist_path, files->env_path, NULL };
	int rc = 0;

	run->count = options->export_count;
	if (run->count == 0)
		return 0;
	if (!files->companions)
		return lfb_fail(error, -EINVAL,
				"exports are made of the results file, and there is none with --out %s; name a file",
				files->csv_path);
	memcpy(run->targets, options->exports, run->count * sizeof(run->targets[0]));
	for (size_t i = 0; rc == 0 && i < run->count; i++) {
		rc = name_target(run, i, files->csv_path, error);
		run->to_stdout |= rc == 0 && strcmp(run->targets[i].path, "-") == 0;
	}
	return rc == 0 ? export_check_targets(run->targets, run->count, taken, error) : rc;
}

/* The architecture as Go calls it, where that is another name than the kernel's. */
static const char *go_arch(const char *machine)
{
	static const struct {
		const char *machine, *go;
	} names[] = { { "x86_64", "amd64" }, { "aarch64", "arm64" }, { "i686", "386" }, { "armv7l", "arm" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].machine, machine) == 0)
			return names[i].go;
	return machine;
}

static int fill(struct export_list *list, const struct run_files *files, const struct lfb_env *env,
		struct lfb_error *error)
{
	const struct lfb_fact *const model = lfb_env_find(env, "cpu_model");
	struct lfb_csv_error csv_error;
	struct utsname system;
	struct lfb_rows rows;
	int rc = lfb_csv_read_file(files->csv_path, NULL, &rows, &csv_error);

	if (rc != 0)
		return lfb_fail(error, rc, "%.200s, line %llu: %s", files->csv_path, (unsigned long long)csv_error.line,
				csv_error.text);
	list->producer = strdup("lfbench run");
	list->arch = uname(&system) == 0 ? strdup(go_arch(system.machine)) : NULL;
	list->cpu_model = model != NULL && strcmp(model->value, "unknown") != 0 ? strdup(model->value) : NULL;
	rc = export_add_rows(list, &rows);
	lfb_rows_free(&rows);
	return rc == 0 ? 0
		       : lfb_fail(error, rc, "the results cannot be exported: %s",
				  rc == -E2BIG ? "more cells than anyone would read" : "out of memory");
}

static bool in_actions(void)
{
	const char *const actions = getenv("GITHUB_ACTIONS");

	return actions != NULL && strcmp(actions, "true") == 0;
}

int export_run_write(const struct export_run *run, const struct run_files *files, const struct lfb_env *env,
		     struct lfb_error *error)
{
	struct export_list list = { 0 };
	int rc;

	if (!files->companions || (run->count == 0 && !in_actions()))
		return 0;
	rc = fill(&list, files, env, error);
	if (rc == 0)
		rc = export_write_targets(&list, run->targets, run->count, NULL, error);
	if (rc == 0)
		rc = export_github(&list, run->to_stdout ? stderr : stdout, error);
	export_free(&list);
	return rc;
}
