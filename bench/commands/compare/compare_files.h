/* compare_files.h - which files are compared: those that were named, or what a folder has. */
#ifndef COMPARE_FILES_H
#define COMPARE_FILES_H

#include "text/error.h"

#include <stdbool.h>
#include <stddef.h>

struct compare_paths {
	char **path;
	size_t count;
};

bool compare_is_folder(const char *path);

/*
 * Add a file; or of a folder all NAME.csv in it, by name, but for the companions of others. Returns 0; -E2BIG for more
 * files than a comparison takes; -ENOMEM or -errno, with a sentence. Free with compare_paths_free, also after a failure.
 */
int compare_paths_add(struct compare_paths *paths, const char *path, struct lfb_error *error);
void compare_paths_free(struct compare_paths *paths);

#endif
