/* check_options.h - the options of `lfbench check`. */
#ifndef LFBENCH_BENCH_CHECK_OPTIONS_H
#define LFBENCH_BENCH_CHECK_OPTIONS_H

#include "plan/options.h"

#define CHECK_SHAPES_MAX 32
#define CHECK_BOUND_DEFAULT UINT64_C(10000)

struct check_options {
	char *const *backends; /* NULL-terminated */
	uint64_t seed;
	uint64_t rounds; /* 0: by the budget */
	uint64_t budget_ns;
	uint64_t schedules; /* 0: none */
	uint64_t depth;
	bool single_step;
	bool shapes[CHECK_SHAPES_MAX];
	bool shapes_given, budget_given, help, ascii;
	bool histories, progress; /* what to check */
	bool all_points, by_signal;
	bool probe_given; /* --all-points, --bound or --stop-by was */
	uint64_t bound;
	const char *save, *replay;
	enum lfb_when color, show_progress;
};

/* Returns 0, or the exit status after saying what is wrong. */
int check_options_parse(int argc, char **argv, struct check_options *options);
void check_options_print_help(void);

#endif
