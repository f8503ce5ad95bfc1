/* cost_options.h - the options that histogram_cost and history_cost share: --replicates, --quick, --seed and --help. */
#ifndef OVERHEAD_COST_OPTIONS_H
#define OVERHEAD_COST_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct cost_options {
	uint64_t replicates, seed; /* before: what they are without being given */
	bool quick;
	bool helped; /* help was asked for and given: there is nothing more to do */
};

/* Say what is wrong with an option or argument. Returns the exit status. */
int cost_usage(const char *program, const char *flag, const char *why);

/* Returns 0, with optind at the first argument, or the exit status after saying what is wrong. */
int cost_options_read(int argc, char **argv, const char *program, const char *help, struct cost_options *options);

#endif
