/*
 * paths.h - where the backends and the benchmark binaries are: beside the running
 * program in a build tree, under LIBDIR/lfbench when installed.
 */
#ifndef LFBENCH_PATHS_H
#define LFBENCH_PATHS_H

#include "text/error.h"

#include <limits.h>
#include <stdbool.h>

struct lfb_paths {
	char backends[PATH_MAX]; /* folder of NAME.so */
	char bench[PATH_MAX];    /* folder of the benchmark binaries */
};

/* From /proc/self/exe; $LFBENCH_BACKEND_DIR replaces the folder of backends. Returns 0 or -errno. */
int lfb_paths_find(struct lfb_paths *paths, struct lfb_error *error);

/*
 * The folder of the report's web front end, which is only there where it was built: $LFBENCH_REPORT_DIR, beside the program in a build
 * tree, or under DATADIR/lfbench when installed. Returns false if there is none.
 */
bool lfb_report_dir(char out[PATH_MAX]);

/* Whether a --backend argument names a file (has a '/' or ends in .so) rather than a backend. */
bool lfb_backend_is_file(const char *argument);

/*
 * Path of the shared object for a --backend argument; `pool` asks for the flavour with
 * pooled nodes (NAME.pool.so), and falls back to NAME.so when there is none, as for a
 * ring. Returns 0, or -ENOENT with a hint at the nearest name.
 */
int lfb_backend_path(const struct lfb_paths *paths, const char *argument, bool pool, char out[PATH_MAX],
		     struct lfb_error *error);

/* Path of the counting flavour beside the object `path` (NAME.count.so beside NAME.so). false: there is none. */
bool lfb_counting_path(const char *path, char out[PATH_MAX]);

/* Likewise of the scheduling flavour (NAME.sched.so). */
bool lfb_scheduling_path(const char *path, char out[PATH_MAX]);

/*
 * Names of the installed backends (NAME of each NAME.so, without their other flavours), sorted,
 * NULL-terminated; free with lfb_backend_names_free. NULL on failure.
 */
char **lfb_backend_names(const struct lfb_paths *paths, struct lfb_error *error);
void lfb_backend_names_free(char **names);

#endif
