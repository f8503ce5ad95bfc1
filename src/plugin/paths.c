/* paths.c - see paths.h. */
#include "plugin/paths.h"

#include "plan/names.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POOL_SUFFIX ".pool.so"
#define COUNT_SUFFIX ".count.so"
#define SCHED_SUFFIX ".sched.so"
#define SUFFIX ".so"

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* out = a + b + c. false: does not fit. */
static bool join(char out[PATH_MAX], const char *a, const char *b, const char *c)
{
	const int n = snprintf(out, PATH_MAX, "%s%s%s", a, b, c);

	return n >= 0 && n < PATH_MAX;
}

int lfb_paths_find(struct lfb_paths *paths, struct lfb_error *error)
{
	/* Where the two folders are, seen from the folder of the program. */
	static const char *const bases[] = { "/..", "/../" LFB_LIBDIR "/lfbench" };
	const char *const backends = getenv("LFBENCH_BACKEND_DIR");
	char program[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (n < 0)
		return lfb_fail(error, -errno, "cannot tell where this program is (/proc/self/exe: %s)", strerror(errno));
	program[n] = '\0';
	*strrchr(program, '/') = '\0';
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		if (!join(paths->backends, program, bases[i], "/backends") || !join(paths->bench, program, bases[i], "/bench"))
			return lfb_fail(error, -ENAMETOOLONG, "the path of this program is too long");
		if (access(paths->backends, X_OK) == 0)
			break;
	}
	if (backends != NULL && backends[0] != '\0' && !join(paths->backends, backends, "", ""))
		return lfb_fail(error, -ENAMETOOLONG, "LFBENCH_BACKEND_DIR is too long");
	return 0;
}

bool lfb_report_dir(char out[PATH_MAX])
{
	static const char *const bases[] = { "/..", "/../" LFB_DATADIR "/lfbench" };
	const char *const chosen = getenv("LFBENCH_REPORT_DIR");
	char program[PATH_MAX], file[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (chosen != NULL && chosen[0] != '\0')
		return join(out, chosen, "", "") && join(file, out, "/report.js", "") && access(file, R_OK) == 0;
	if (n < 0)
		return false;
	program[n] = '\0';
	*strrchr(program, '/') = '\0';
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (join(out, program, bases[i], "/report") && join(file, out, "/report.js", "") && access(file, R_OK) == 0)
			return true;
	return false;
}

bool lfb_backend_is_file(const char *argument)
{
	return strchr(argument, '/') != NULL || ends_with(argument, SUFFIX);
}

static int file_backend_path(const char *argument, bool pool, char out[PATH_MAX], struct lfb_error *error)
{
	/* dlopen searches the library path for a name without '/'. */
	const char *const here = strchr(argument, '/') != NULL ? "" : "./";

	if (access(argument, R_OK) != 0)
		return lfb_fail(error, -ENOENT, "backend '%s': %s", argument, strerror(errno));
	if (pool && !ends_with(argument, POOL_SUFFIX) && join(out, here, argument, "")) {
		char *const end = out + strlen(out) - (ends_with(out, SUFFIX) ? strlen(SUFFIX) : 0);

		if ((size_t)(out + PATH_MAX - end) > strlen(POOL_SUFFIX)) {
			memcpy(end, POOL_SUFFIX, sizeof(POOL_SUFFIX));
			if (access(out, R_OK) == 0)
				return 0;
		}
	}
	if (!join(out, here, argument, ""))
		return lfb_fail(error, -ENAMETOOLONG, "backend '%s': the path is too long", argument);
	return 0;
}

static int unknown_backend(const struct lfb_paths *paths, const char *argument, struct lfb_error *error)
{
	char **const names = lfb_backend_names(paths, error);
	const char *nearest;

	if (names == NULL)
		return -ENOENT;
	nearest = lfb_name_nearest((const char *const *)names, argument);
	if (nearest != NULL)
		(void)lfb_fail(error, 0, "unknown backend '%s'; did you mean '%s'? ('lfbench list' shows all)", argument, nearest);
	else
		(void)lfb_fail(error, 0, "unknown backend '%s'; 'lfbench list' shows all, a file is given as ./NAME.so", argument);
	lfb_backend_names_free(names);
	return -ENOENT;
}

int lfb_backend_path(const struct lfb_paths *paths, const char *argument, bool pool, char out[PATH_MAX],
		     struct lfb_error *error)
{
	char base[PATH_MAX];

	if (lfb_backend_is_file(argument))
		return file_backend_path(argument, pool, out, error);
	if (argument[0] == '\0' || argument[0] == '.' || !join(base, paths->backends, "/", argument))
		return unknown_backend(paths, argument, error);
	if (pool && join(out, base, POOL_SUFFIX, "") && access(out, R_OK) == 0)
		return 0;
	if (join(out, base, SUFFIX, "") && access(out, R_OK) == 0 && !ends_with(out, POOL_SUFFIX))
		return 0;
	return unknown_backend(paths, argument, error);
}

/* NAME`suffix` beside the object NAME.so. false: it is not there. */
static bool flavour_path(const char *path, const char *suffix, char out[PATH_MAX])
{
	int length;

	if (!ends_with(path, SUFFIX))
		return false;
	length = snprintf(out, PATH_MAX, "%.*s%s", (int)(strlen(path) - strlen(SUFFIX)), path, suffix);
	return length > 0 && length < PATH_MAX && access(out, R_OK) == 0;
}

bool lfb_counting_path(const char *path, char out[PATH_MAX])
{
	return flavour_path(path, COUNT_SUFFIX, out);
}

bool lfb_scheduling_path(const char *path, char out[PATH_MAX])
{
	return flavour_path(path, SCHED_SUFFIX, out);
}

static int is_backend(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, SUFFIX) && !ends_with(entry->d_name, POOL_SUFFIX) &&
	       !ends_with(entry->d_name, COUNT_SUFFIX) && !ends_with(entry->d_name, SCHED_SUFFIX);
}

char **lfb_backend_names(const struct lfb_paths *paths, struct lfb_error *error)
{
	struct dirent **entries = NULL;
	const int count = scandir(paths->backends, &entries, is_backend, alphasort);
	char **names = NULL;

	if (count < 0) {
		(void)lfb_fail(error, 0, "no backends in %s: %s. Build first (./scripts/bench), or set LFBENCH_BACKEND_DIR",
			       paths->backends, strerror(errno));
		return NULL;
	}
	names = (char **)calloc((size_t)count + 1, sizeof(names[0]));
	for (int i = 0; i < count; i++) {
		if (names != NULL)
			names[i] = strndup(entries[i]->d_name, strlen(entries[i]->d_name) - strlen(SUFFIX));
		free(entries[i]);
	}
	free(entries);
	if (names == NULL)
		(void)lfb_fail(error, 0, "out of memory");
	return names;
}

void lfb_backend_names_free(char **names)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		free(names[i]);
	free(names);
}
