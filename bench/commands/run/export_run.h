/* export_run.h - what `lfbench run` writes for other tools, from its results file; see export.h for the formats. */
#ifndef LFBENCH_EXPORT_RUN_H
#define LFBENCH_EXPORT_RUN_H

#include "machine/env.h"
#include "export/export.h"
#include "plan/options.h"
#include "commands/run/run_files.h"

#include <limits.h>

struct export_run {
	struct export_target targets[EXPORT_TARGETS_MAX];
	char paths[EXPORT_TARGETS_MAX][PATH_MAX]; /* of those that were given none */
	size_t count;
	bool to_stdout; /* one of them goes there, so nothing else may */
};

/*
 * Before the first trial: name the files that were given no name, and see that all can be written. `options` must
 * outlive `run`. Returns 0 or -errno with a sentence.
 */
int export_run_prepare(struct export_run *run, const struct lfb_options *options, const struct run_files *files,
		       struct lfb_error *error);

/*
 * When the results file is final: write all of them; under GitHub Actions annotations and the step's summary, too.
 * Returns 0 or -errno with a sentence.
 */
int export_run_write(const struct export_run *run, const struct run_files *files, const struct lfb_env *env,
		     struct lfb_error *error);

#endif
