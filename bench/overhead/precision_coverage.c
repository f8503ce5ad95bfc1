/*
 * precision_coverage.c - does `--precision` keep what it promises? The whole procedure, a pilot that fixes the
 * number of launches and fresh launches for the interval, is played through many times on populations
 * whose true median is known, and counted: how often the interval holds that median, and how often it
 * is as narrow as was asked for. docs/statistics.md shows a run of it.
 */
#include "precision_coverage.h"

#include "statistics/precision.h"
#include "results/row.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest of what can be asked for: keeps a run within minutes. */
#define LAUNCHES_MAX 10000u
#define ROUNDS_MAX 1000000u

struct setting {
	double target; /* relative half-width */
	uint64_t pilot, cap, rounds, seed;
};

/* What came out for one population. */
struct outcome {
	uint64_t held, met, capped;
	double promised; /* mean of the exact probability of each interval */
	double launches_median, launches_high; /* median and 90 % quantile */
};

static const struct option longs[] = {
	{ "target", required_argument, NULL, 't' }, { "pilot", required_argument, NULL, 'p' },
	{ "cap", required_argument, NULL, 'c' },    { "rounds", required_argument, NULL, 'r' },
	{ "seed", required_argument, NULL, 's' },   { "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf("precision_coverage - play --precision through on populations whose median is known\n\n"
		     "Usage: precision_coverage [options] [FILE.csv...]\n\n"
		     "Per population: launches of the second stage (median and 90 %% quantile), how often the cap\n"
		     "was reached, how often the interval held the true median, with a 95 %% interval, what its\n"
		     "theory promises, and how often its half-width was at most the target. Each FILE adds a\n"
		     "population: its launches, each by the median of its cell, drawn with replacement.\n\n"
		     "Options:\n"
		     "  --target PERCENT  half-width asked for (default 2)\n"
		     "  --pilot N         launches of the pilot (default 6)\n"
		     "  --cap N           most launches of the second stage (default 400)\n"
		     "  --rounds N        how often each population is played through (default 10000)\n"
		     "  --seed N          of the random numbers (default 1)\n"
		     "  -h, --help        this text\n");
}

static bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
	return lfb_u64_parse(text, out) && *out >= least && *out <= most;
}

/* Returns 0, or 1 for help, or -1. */
static int parse(int argc, char **argv, struct setting *setting)
{
	double percent;
	int found;
	bool good = true;

	while (good && (found = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		switch (found) {
		case 't':
			good = lfb_f64_parse(optarg, &percent) && percent > 0 && percent <= 100;
			setting->target = good ? percent / 100 : 0;
			break;
		case 'p':
			good = parse_number(optarg, LFB_PRECISION_LAUNCHES_MIN, LAUNCHES_MAX, &setting->pilot);
			break;
		case 'c':
			good = parse_number(optarg, LFB_PRECISION_LAUNCHES_MIN, LAUNCHES_MAX, &setting->cap);
			break;
		case 'r':
			good = parse_number(optarg, 1, ROUNDS_MAX, &setting->rounds);
			break;
		case 's':
			good = parse_number(optarg, 0, UINT64_MAX, &setting->seed);
			break;
		case 'h':
			return 1;
		default:
			return -1;
		}
		if (!good)
			(void)fprintf(stderr, "precision_coverage: a value is out of range; --help shows what is asked\n");
	}
	return good ? 0 : -1;
}

/* One round. `launches` has room for the pilot and for the cap. Returns the launches of the second stage. */
static uint64_t play(struct population *population, const struct setting *setting, struct lfb_rng *rng,
		     double *launches, struct outcome *outcome)
{
	double low = 0, high = 0, achieved = 0;
	uint64_t n;

	population->phase = 0;
	for (uint64_t i = 0; i < setting->pilot; i++)
		launches[i] = population->draw(population, rng);
	n = lfb_precision_launches(launches, setting->pilot, setting->target, setting->cap);
	for (uint64_t i = 0; i < n; i++)
		launches[i] = population->draw(population, rng);
	lfb_sort(launches, n);
	(void)lfb_median_interval(launches, n, LFB_PRECISION_CONFIDENCE, &low, &high, &achieved);
	outcome->held += low <= population->median && population->median <= high;
	outcome->met += lfb_precision_half_width(low, high, lfb_quantile(launches, n, 0.5)) <= setting->target;
	outcome->capped += n == setting->cap;
	outcome->promised += achieved / (double)setting->rounds;
	return n;
}

static int play_all(struct population *population, const struct setting *setting, struct outcome *outcome)
{
	const uint64_t room = setting->pilot > setting->cap ? setting->pilot : setting->cap;
	double *const launches = reallocarray(NULL, room, sizeof(*launches));
	double *const counts = reallocarray(NULL, setting->rounds, sizeof(*counts));
	struct lfb_rng rng;

	lfb_rng_seed(&rng, setting->seed);
	if (launches != NULL && counts != NULL) {
		for (uint64_t round = 0; round < setting->rounds; round++)
			counts[round] = (double)play(population, setting, &rng, launches, outcome);
		outcome->launches_median = lfb_median(counts, setting->rounds);
		outcome->launches_high = lfb_quantile(counts, setting->rounds, 0.9);
	}
	free(launches);
	free(counts);
	return launches != NULL && counts != NULL ? 0 : -1;
}

/* 95 % interval of a share: Wilson, "Probable Inference", JASA 1927. */
static void print_share(uint64_t count, uint64_t rounds)
{
	const double z = 1.96, n = (double)rounds, share = (double)count / n;
	const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
	const double half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n);

	(void)printf("  %5.1f %% (%4.1f-%5.1f)", 100 * share, 100 * (middle - half), 100 * (middle + half));
}

static int print_population(struct population population, const struct setting *setting)
{
	struct outcome outcome = { .held = 0 };

	if (play_all(&population, setting, &outcome) != 0) {
		(void)fputs("precision_coverage: out of memory\n", stderr);
		return 2;
	}
	(void)printf("%-24.24s %5.0f %5.0f %4.0f %%", population.name, outcome.launches_median, outcome.launches_high,
		     100 * (double)outcome.capped / (double)setting->rounds);
	print_share(outcome.held, setting->rounds);
	(void)printf("  %5.1f %%  %4.0f %%\n", 100 * outcome.promised,
		     100 * (double)outcome.met / (double)setting->rounds);
	return 0;
}

static int print_file(const char *path, const struct setting *setting)
{
	struct population population = { .name = "launches of the file", .draw = population_resample };
	double *values, *sorted;
	int rc = 2;

	if (population_read(path, &values, &population.value_count) != 0) {
		free(values);
		return 2;
	}
	sorted = values;
	population.median = lfb_median(sorted, population.value_count);
	population.values = sorted;
	rc = print_population(population, setting);
	free(values);
	return rc;
}

int main(int argc, char **argv)
{
	struct setting setting = { .target = 0.02, .pilot = 6, .cap = 400, .rounds = 10000, .seed = 1 };
	int code = parse(argc, argv, &setting);

	if (code != 0) {
		if (code > 0)
			print_help();
		return code > 0 ? 0 : 2;
	}
	(void)printf("target %g %%, pilot of %" PRIu64 ", at most %" PRIu64 " fresh launches, %" PRIu64
		     " rounds, seed %" PRIu64 "\n\n",
		     100 * setting.target, setting.pilot, setting.cap, setting.rounds, setting.seed);
	(void)printf("%-24s %5s %5s %6s  %20s  %7s  %6s\n", "population", "fresh", "90 %", "at cap", "held the median",
		     "promise", "target");
	for (size_t i = 0; populations[i].name != NULL && code == 0; i++)
		code = print_population(populations[i], &setting);
	for (int i = optind; i < argc && code == 0; i++)
		code = print_file(argv[i], &setting);
	return code;
}
