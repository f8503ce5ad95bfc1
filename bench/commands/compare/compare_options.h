/* compare_options.h - the arguments of `lfbench compare`. */
#ifndef COMPARE_OPTIONS_H
#define COMPARE_OPTIONS_H

#include "compare/compare_judge.h"
#include "export/export.h"
#include "plan/options.h"

#define COMPARE_NAMES_MAX 64u

struct compare_options {
	struct compare_rule rule;
	bool metrics[COMPARE_METRICS];
	bool strict, history, ascii;
	enum lfb_when color;
	const char *baseline; /* folder; NULL: the first file is the base */
	const char *backends[COMPARE_NAMES_MAX + 1], *workloads[COMPARE_NAMES_MAX + 1]; /* ended by NULL; none: all */
	char *words[2];	      /* what these point into */
	struct export_target exports[EXPORT_TARGETS_MAX];
	size_t export_count;
	char **paths; /* of argv */
	int path_count;
};

/* Returned by compare_options_parse where there is something to do; anything else is an exit status. */
#define COMPARE_OPTIONS_RUN (-1)

/* Parse; prints the help, or what is wrong. compare_options_free after it in any case. */
int compare_options_parse(struct compare_options *options, int argc, char **argv);
void compare_options_free(struct compare_options *options);

#endif
