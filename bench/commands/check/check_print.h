/* check_print.h - the table of `lfbench check`, and below it what refuted whom. */
#ifndef LFBENCH_BENCH_CHECK_PRINT_H
#define LFBENCH_BENCH_CHECK_PRINT_H

#include "check/suite.h"
#include "commands/check/check_options.h"
#include "progress/progress.h"
#include "text/table.h"

#include <limits.h>

/* One backend and what was said of it. */
struct check_row {
	char label[80];
	char argument[PATH_MAX]; /* as lfbench check takes it */
	bool known;              /* `info` is */
	struct lfb_backend_info info;
	bool checked; /* its histories were: `result` */
	struct lfb_suite_result result;
	bool probed; /* its progress was */
	struct lfb_progress_result progress;
	char kept[PATH_MAX + 200]; /* file of the history; empty: none */
};

/* Print all rows of a run with such options. Returns 0 or -errno. */
int check_print(FILE *out, const struct check_row *rows, size_t count, const struct check_options *options, const struct lfb_medium *medium);

/* Print the verdict on a history from a file. Returns 0 or -EIO. */
int check_print_replay(FILE *out, const char *name, const struct lfb_history *history, const struct lfb_check_result *result,
		       const struct lfb_medium *medium);

#endif
