/* gate_options.h - the arguments of `lfbench gate`. */
#ifndef GATE_OPTIONS_H
#define GATE_OPTIONS_H

#include "export/export.h"
#include "gate/builds.h"
#include "gate/cells.h"
#include "gate/decide.h"
#include "gate/program.h"

struct gate_options {
	struct gate_sides sides;
	struct gate_program program; /* commands NULL: objects are compared */
	struct lfb_options shapes;   /* as of lfbench run: workloads and their settings */
	struct gate_metrics metrics;
	struct gate_rule rule;
	uint64_t budget_ns, seed, collect;
	bool seed_given, strict, allow_unlike, self_check, force, ascii;
	enum lfb_when color, progress;
	const char *out;
	struct export_target exports[EXPORT_TARGETS_MAX];
	size_t export_count;
	char *shape_words[64]; /* as given to `shapes`, which refers to them */
	int shape_word_count;
	char self_names[256];
	char self[PATH_MAX]; /* folder of this installation's backends, for --self-check */
};

/* Returned by gate_options_parse where there is something to do; anything else is an exit status. */
#define GATE_OPTIONS_RUN (-1)

/* Parse; prints the help, or what is wrong. */
int gate_options_parse(struct gate_options *options, int argc, char **argv);
void gate_options_free(struct gate_options *options);

#endif
