/* builds.c - see builds.h. */
#include "builds.h"

#include "plugin/inspect.h"
#include "plan/names.h"
#include "object.h"
#include "plugin/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const side_names[GATE_ARMS] = { "--base", "--head" };

static int is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) != 0 ? -errno : S_ISDIR(status.st_mode) != 0;
}

/* Whether `name` is one of those in "a,b". */
static bool is_listed(const char *list, const char *name)
{
	const size_t length = strlen(name);

	for (const char *at = list; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

static struct gate_build *add_build(struct gate_builds *builds)
{
	struct gate_build *const longer = realloc(builds->builds, (builds->count + 1) * sizeof(*longer));

	if (longer == NULL)
		return NULL;
	builds->builds = longer;
	memset(&longer[builds->count], 0, sizeof(*longer));
	return &longer[builds->count++];
}

static int add_layout(struct gate_build *build, char (*path)[PATH_MAX])
{
	struct gate_paths *const longer = realloc(build->paths, (build->layouts + 1) * sizeof(*longer));

	if (longer == NULL)
		return -ENOMEM;
	build->paths = longer;
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		memcpy(longer[build->layouts].path[arm], path[arm], PATH_MAX);
	build->layouts++;
	return 0;
}

/* What one side's file says of itself. */
static int inspect(const char *path, enum gate_arm arm, struct lfb_backend_info *info, struct lfb_error *error)
{
	struct lfb_inspection inspection;
	const int rc = lfb_inspect(path, &inspection);

	if (rc != 0)
		return lfb_fail(error, rc, "%s %.200s cannot be inspected: %s", side_names[arm], path, strerror(-rc));
	if (inspection.status == LFB_INSPECT_CRASHED || inspection.status == LFB_INSPECT_TIMEOUT)
		return lfb_fail(error, -EBADMSG, "%s %.150s: %.250s", side_names[arm], path, inspection.reason);
	if (inspection.status != LFB_INSPECT_OK)
		return lfb_fail(error, -ENOEXEC, "%s %.150s: %.250s", side_names[arm], path, inspection.reason);
	if (inspection.info.counting)
		return lfb_fail(error, -ENOEXEC, "%s %.200s is of the counting flavour, which is never timed; give NAME.so", side_names[arm], path);
	*info = inspection.info;
	return 0;
}

/* Differences that a ratio would hide. */
static void find_unlike(struct gate_build *build)
{
	const struct lfb_backend_info *const base = &build->info[GATE_BASE], *const head = &build->info[GATE_HEAD];

	if (strcmp(base->loops_rev, head->loops_rev) != 0)
		(void)snprintf(build->unlike, sizeof(build->unlike), "its measured loops are of revision %s and %s", base->loops_rev, head->loops_rev);
	else if (strcmp(base->built_with, head->built_with) != 0)
		(void)snprintf(build->unlike, sizeof(build->unlike), "it was built with %s and with %s", base->built_with, head->built_with);
}

static int complete(struct gate_build *build, struct lfb_error *error)
{
	int rc = 0;

	for (enum gate_arm arm = 0; rc == 0 && arm < GATE_ARMS; arm++)
		rc = inspect(build->paths[0].path[arm], arm, &build->info[arm], error);
	if (rc != 0)
		return rc;
	find_unlike(build);
	build->identical = true;
	for (size_t i = 0; build->identical && i < build->layouts; i++)
		build->identical = gate_object_same(build->paths[i].path[GATE_BASE], build->paths[i].path[GATE_HEAD]) == 1;
	(void)snprintf(build->name, sizeof(build->name), "%s", build->info[GATE_BASE].name);
	return 0;
}

static int find_files(const struct gate_sides *sides, struct gate_builds *builds, struct lfb_error *error)
{
	struct gate_build *const build = add_build(builds);
	char path[GATE_ARMS][PATH_MAX];
	const struct lfb_paths nowhere = { "", "" };
	int rc = build == NULL ? -ENOMEM : 0;

	for (enum gate_arm arm = 0; rc == 0 && arm < GATE_ARMS; arm++) {
		char file[PATH_MAX];

		/* With a '/' it is a file, whatever its name ends in. */
		if (snprintf(file, sizeof(file), "%s%s", strchr(sides->path[arm], '/') != NULL ? "" : "./", sides->path[arm]) >= (int)sizeof(file))
			return lfb_fail(error, -ENAMETOOLONG, "%s: the path is too long", side_names[arm]);
		rc = lfb_backend_path(&nowhere, file, sides->pool, path[arm], error);
	}
	if (rc == 0)
		rc = add_layout(build, path);
	if (rc == 0)
		rc = complete(build, error);
	else if (rc == -ENOMEM)
		return lfb_fail(error, rc, "out of memory");
	if (rc == 0 && strcmp(build->info[GATE_BASE].name, build->info[GATE_HEAD].name) != 0)
		return lfb_fail(error, -EINVAL, "--base is the backend '%s', --head is '%s': give two builds of one backend",
				build->info[GATE_BASE].name, build->info[GATE_HEAD].name);
	return rc;
}

/* "folder/layouts/K", K from 1; folder itself for 0. */
static bool layout_folder(const char *folder, size_t layout, struct lfb_paths *out)
{
	const int n = layout == 0 ? snprintf(out->backends, sizeof(out->backends), "%s", folder)
				  : snprintf(out->backends, sizeof(out->backends), "%s/layouts/%zu", folder, layout);

	return n > 0 && (size_t)n < sizeof(out->backends);
}

/* The object of one side in one layout. */
static bool find_layout(const char *folder, size_t layout, const char *name, bool pool, char out[PATH_MAX])
{
	struct lfb_paths paths = { "", "" };

	return layout_folder(folder, layout, &paths) && lfb_backend_path(&paths, name, pool, out, NULL) == 0;
}

static int find_layouts(const struct gate_sides *sides, struct gate_build *build, const char *name)
{
	char path[GATE_ARMS][PATH_MAX];
	int rc = 0;

	for (size_t layout = 0; rc == 0 && layout < GATE_LAYOUTS_MAX; layout++) {
		if (!find_layout(sides->path[GATE_BASE], layout, name, sides->pool, path[GATE_BASE]) ||
		    !find_layout(sides->path[GATE_HEAD], layout, name, sides->pool, path[GATE_HEAD]))
			break;
		rc = add_layout(build, path);
	}
	/* Too few to be a sample of where code lands: then it is not sampled, and the verdict says so. */
	if (build->layouts < GATE_LAYOUTS_MIN && build->layouts > 1)
		build->layouts = 1;
	return rc;
}

static void note_alone(struct gate_builds *builds, const char *name, enum gate_arm only)
{
	const size_t used = strlen(builds->alone);

	(void)snprintf(builds->alone + used, sizeof(builds->alone) - used, "%s%s (only in %s)", used > 0 ? ", " : "", name, side_names[only]);
}

static bool is_in(char **names, const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static int pair_up(const struct gate_sides *sides, char **names[GATE_ARMS], struct gate_builds *builds, struct lfb_error *error)
{
	int rc = 0;

	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		for (char **name = names[arm]; *name != NULL; name++)
			if (!is_in(names[1 - arm], *name) && (sides->names == NULL || is_listed(sides->names, *name)))
				note_alone(builds, *name, arm);
	for (char **name = names[GATE_BASE]; rc == 0 && *name != NULL; name++) {
		struct gate_build *build;

		if (!is_in(names[GATE_HEAD], *name) || (sides->names != NULL && !is_listed(sides->names, *name)))
			continue;
		build = add_build(builds);
		rc = build == NULL ? lfb_fail(error, -ENOMEM, "out of memory") : find_layouts(sides, build, *name);
		if (rc == 0)
			rc = complete(build, error);
	}
	return rc;
}

/* Every name asked for is in one of the folders. */
static int check_names(const struct gate_sides *sides, char **names[GATE_ARMS], struct lfb_error *error)
{
	char *const copy = strdup(sides->names != NULL ? sides->names : "");
	char *rest = NULL;
	int rc = copy == NULL ? lfb_fail(error, -ENOMEM, "out of memory") : 0;

	for (char *name = copy; rc == 0 && (name = strtok_r(name, ",", &rest)) != NULL; name = NULL) {
		if (is_in(names[GATE_BASE], name) || is_in(names[GATE_HEAD], name))
			continue;
		rc = lfb_fail(error, -ENOENT, "--backend: neither folder has a '%.100s.so'", name);
	}
	free(copy);
	return rc;
}

static int find_folders(const struct gate_sides *sides, struct gate_builds *builds, struct lfb_error *error)
{
	char **names[GATE_ARMS] = { NULL, NULL };
	int rc = 0;

	for (enum gate_arm arm = 0; rc == 0 && arm < GATE_ARMS; arm++) {
		struct lfb_paths paths = { "", "" };

		if (!layout_folder(sides->path[arm], 0, &paths))
			rc = lfb_fail(error, -ENAMETOOLONG, "%s: the path is too long", side_names[arm]);
		else if ((names[arm] = lfb_backend_names(&paths, error)) == NULL)
			rc = -ENOENT;
	}
	if (rc == 0)
		rc = check_names(sides, names, error);
	if (rc == 0)
		rc = pair_up(sides, names, builds, error);
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		if (names[arm] != NULL)
			lfb_backend_names_free(names[arm]);
	if (rc == 0 && builds->count == 0)
		return lfb_fail(error, -ENOENT, "no backend (NAME.so) is in both %.150s and %.150s; nothing to compare", sides->path[GATE_BASE],
				sides->path[GATE_HEAD]);
	return rc;
}

int gate_builds_find(const struct gate_sides *sides, struct gate_builds *builds, struct lfb_error *error)
{
	int folder[GATE_ARMS];

	memset(builds, 0, sizeof(*builds));
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		folder[arm] = is_folder(sides->path[arm]);
		if (folder[arm] < 0)
			return lfb_fail(error, folder[arm], "%s %.200s: %s", side_names[arm], sides->path[arm], strerror(-folder[arm]));
	}
	if (folder[GATE_BASE] != folder[GATE_HEAD])
		return lfb_fail(error, -EINVAL, "--base and --head are a file and a folder; give two files or two folders");
	return folder[GATE_BASE] ? find_folders(sides, builds, error) : find_files(sides, builds, error);
}

void gate_builds_free(struct gate_builds *builds)
{
	for (size_t i = 0; i < builds->count; i++)
		free(builds->builds[i].paths);
	free(builds->builds);
	memset(builds, 0, sizeof(*builds));
}
