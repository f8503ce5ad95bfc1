/* cost_options.c - see cost_options.h. */
#include "cost_options.h"

#include "comparison.h"
#include "overhead.h"
#include "text/numbers.h"

#include <getopt.h>
#include <stdio.h>

int cost_usage(const char *program, const char *flag, const char *why)
{
	(void)fprintf(stderr, "lfbench: %s: %s. Try %s --help.\n", flag, why, program);
	return OVERHEAD_USAGE;
}

static int read_option(int option, const char *flag, const char *program, struct cost_options *options)
{
	uint64_t *const number = option == 'r' ? &options->replicates : &options->seed;
	struct lfb_error error;

	if (option == 'q') {
		options->quick = true;
		return 0;
	}
	if (option != 'r' && option != 's')
		return cost_usage(program, flag, "no such option, or it lacks its value");
	if (lfb_parse_count(optarg, number, &error) != 0)
		return cost_usage(program, option == 'r' ? "--replicates" : "--seed", error.text);
	if (options->replicates < REPLICATES_MIN || options->replicates > REPLICATES_MAX)
		return cost_usage(program, "--replicates", "must be 6 to 1000");
	return 0;
}

int cost_options_read(int argc, char **argv, const char *program, const char *help, struct cost_options *options)
{
	static const struct option flags[] = {
		{ "replicates", required_argument, NULL, 'r' },
		{ "quick", no_argument, NULL, 'q' },
		{ "seed", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option, rc = 0;

	opterr = 0; /* the messages are ours */
	while (rc == 0 && (option = getopt_long(argc, argv, "", flags, NULL)) != -1) {
		if (option == 'h') {
			(void)fputs(help, stdout);
			options->helped = true;
			return 0;
		}
		rc = read_option(option, argv[optind - 1], program, options);
	}
	if (options->quick)
		options->replicates = REPLICATES_MIN;
	return rc;
}
