/*
 * plan_fixture.h - plans from a command line written as one text, over the backends of the build
 * or over a folder with two files that are none, which make cells as well.
 */
#ifndef LFBENCH_TESTS_UNIT_PLAN_FIXTURE_H
#define LFBENCH_TESTS_UNIT_PLAN_FIXTURE_H

#include "plan/plan.h"

static char folder[PATH_MAX];
static struct lfb_paths paths;
static struct lfb_options options;
static struct lfb_plan plan;
static struct lfb_error error;

/* A folder with two files that are no backends; or, with `real`, the backends of the build. */
static inline void use(bool real)
{
	char path[PATH_MAX];

	if (real) {
		unit_file("BUILD_DIR", "backends/mutex_ring.so", path);
		(void)snprintf(paths.backends, sizeof(paths.backends), "%s/backends", getenv("BUILD_DIR"));
	} else {
		(void)snprintf(paths.backends, sizeof(paths.backends), "%s", folder);
	}
}

static inline void touch(const char *name)
{
	char path[PATH_MAX + 64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static inline int make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/lfbench-plan-XXXXXX");
	assert_non_null(mkdtemp(folder));
	touch("alpha.so");
	touch("beta.so");
	return 0;
}

static inline int clean(void **state)
{
	char command[PATH_MAX + 16];

	(void)state;
	lfb_plan_free(&plan);
	lfb_options_free(&options);
	(void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
	return system(command);
}

static inline void parse(enum lfb_option_scope scope, const char *line)
{
	static char text[2048];
	char *argv[40] = { text }, *rest = NULL;
	int argc = 1;

	assert_true(strlen(line) + 9 < sizeof(text));
	(void)stpcpy(stpcpy(text, "program "), line);
	(void)strtok_r(text, " ", &rest);
	for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	lfb_options_free(&options);
	if (lfb_options_parse(&options, scope, argc, argv, &error) != 0)
		fail_msg("%s: %s", line, error.text);
}

static inline void make(const char *line)
{
	lfb_plan_free(&plan);
	parse(LFB_SCOPE_RUN, line);
	memset(&plan, 0x5A, sizeof(plan));
	if (lfb_plan_make(&options, &paths, &plan, &error) != 0)
		fail_msg("%s: %s", line, error.text);
}

static inline void refuses(const char *line, int code, const char *why)
{
	lfb_plan_free(&plan);
	parse(LFB_SCOPE_RUN, line);
	assert_int_equal(lfb_plan_make(&options, &paths, &plan, &error), code);
	unit_has(error.text, why);
	lfb_plan_free(&plan); /* also after a failure */
}

static inline void ids_are_distinct(void)
{
	for (size_t i = 0; i < plan.cell_count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(plan.cells[i].id, plan.cells[j].id) == 0)
				fail_msg("cells %zu and %zu of %s and %s are one", j, i, plan.cells[j].backend->label,
					 plan.cells[i].backend->label);
}

#endif
