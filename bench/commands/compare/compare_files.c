/* compare_files.c - see compare_files.h. */
#include "commands/compare/compare_files.h"

#include "compare/compare.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && strcmp(text + length - end_length, end) == 0;
}

bool compare_is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int add(struct compare_paths *paths, char *path)
{
	char **const longer = path != NULL ? (char **)reallocarray(paths->path, paths->count + 1, sizeof(longer[0])) : NULL;

	if (longer == NULL) {
		free(path);
		return -ENOMEM;
	}
	paths->path = longer;
	longer[paths->count++] = path;
	return paths->count < COMPARE_FILES_MAX ? 0 : -E2BIG;
}

static int is_result(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, ".csv") && !ends_with(entry->d_name, ".detail.csv") &&
	       !ends_with(entry->d_name, ".hist.csv");
}

static int add_folder(struct compare_paths *paths, const char *folder)
{
	struct dirent **entries;
	const int count = scandir(folder, &entries, is_result, alphasort);
	int rc = count < 0 ? -errno : 0;

	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (rc == 0)
			rc = asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0 ? -ENOMEM : add(paths, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return rc;
}

int compare_paths_add(struct compare_paths *paths, const char *path, struct lfb_error *error)
{
	const size_t before = paths->count;
	int rc;

	if (!compare_is_folder(path)) {
		rc = add(paths, strdup(path));
	} else {
		rc = add_folder(paths, path);
		if (rc == 0 && paths->count == before)
			return lfb_fail(error, -ENOENT, "%.200s: there is no results file (*.csv) in this folder", path);
	}
	if (rc == -E2BIG)
		return lfb_fail(error, rc, "%.200s: more than %u files; name some of them", path, COMPARE_FILES_MAX);
	return rc == 0 ? 0 : lfb_fail(error, rc, "%.200s: %s", path, strerror(-rc));
}

void compare_paths_free(struct compare_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->path[i]);
	free(paths->path);
	memset(paths, 0, sizeof(*paths));
}
