/*
 * histogram_cost - what recording one latency sample costs, held against one clock read; and that the
 * memory does not grow with the samples.
 *
 * A loop of the latency pass cannot do without its clock reads. If recording costs less than one of them, the
 * histogram is not what disturbs the measurement. As in harness_overhead, a replicate is a pair of
 * launches, here of this program; the ratio is exp of the median over replicates of the log ratio, with the
 * interval of order statistics.
 */
#include "histogram_cost.h"

#include "run/child.h"
#include "machine/clock.h"
#include "statistics/histogram.h"
#include "text/numbers.h"
#include "cost_options.h"
#include "overhead.h"
#include "ratio_table.h"
#include "machine/ticks.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPLICATES_DEFAULT 24u
#define BLOCKS 12u
#define QUICK_BLOCKS 3u
#define LAUNCH_LIMIT_NS UINT64_C(60000000000)
/* The hidden argument of a launch, followed by seed and blocks. */
#define LAUNCH_OPTION "--launch"

#define SAMPLES_FEW UINT64_C(10000)
#define SAMPLES_MANY UINT64_C(100000000)

/* "suite" is recording here, "hand" reading the clock; the target is the suite's own: no more than one read. */
static const struct comparison comparison_of[MIXES] = {
	[MIX_CONSTANT] = { .name = "constant", .against = "one clock read", .high = 1 },
	[MIX_LOG_UNIFORM] = { .name = "50 ns..10 ms", .against = "one clock read", .high = 1 },
	[MIX_EVERYWHERE] = { .name = "every bucket", .against = "one clock read", .high = 1 },
};

static const char help[] =
	"Usage: histogram_cost [OPTION...]\n"
	"Compare what recording one latency sample costs (ticks into nanoseconds, then the histogram)\n"
	"with one clock read, interleaved, for three mixes of values; then record 10^4 and 10^8 samples\n"
	"and compare the memory in use.\n"
	"\n"
	"  --replicates N  pairs of launches, 6..1000 (default 24)\n"
	"  --quick         a smoke run; its figures prove nothing\n"
	"  --seed N        seed of values and order (default: the clock)\n"
	"  --help          print this\n"
	"\n"
	"A ratio below 1 says that recording is cheaper. The interval holds the median over replicates\n"
	"with 95 % confidence.\n"
	"\n"
	"Examples:\n"
	"  histogram_cost\n"
	"  taskset -c 1 histogram_cost --replicates 100\n"
	"\n"
	"Exit status: 0 measured (whether the target is met or not), 2 usage, 4 a launch failed.\n";

/* A launch: measures, and answers on the descriptor it was given, with plain structs for the same program. */
static int launch_main(char **argv)
{
	struct cost_figures figures[MIXES];
	uint64_t seed = 0, blocks = 0;
	FILE *out;

	/* From our own parent: digits. */
	if (lfb_parse_count(argv[2], &seed, NULL) != 0 || lfb_parse_count(argv[3], &blocks, NULL) != 0 || blocks < 1 ||
	    blocks > COST_BLOCKS_MAX || cost_launch(seed, (size_t)blocks, figures) != 0)
		return OVERHEAD_USAGE;
	out = fdopen(LFB_CHILD_FIRST_FD, "w");
	if (out == NULL || fwrite(figures, sizeof(figures), 1, out) != 1 || fclose(out) != 0)
		return OVERHEAD_USAGE;
	return OVERHEAD_MEASURED;
}

static int launch(uint64_t seed, unsigned blocks, struct cost_figures figures[MIXES], struct lfb_error *error)
{
	static const volatile sig_atomic_t interrupted;
	char program[] = "/proc/self/exe", option[] = LAUNCH_OPTION, seed_text[24], blocks_text[24];
	char *const argv[] = { program, option, seed_text, blocks_text, NULL };
	struct lfb_child_result result;
	int rc;

	(void)snprintf(seed_text, sizeof(seed_text), "%" PRIu64, seed);
	(void)snprintf(blocks_text, sizeof(blocks_text), "%u", blocks);
	rc = lfb_child_run(argv, LAUNCH_LIMIT_NS, &interrupted, &result, error);
	if (rc == 0 && (result.wait_status != 0 || result.stream[LFB_CHILD_ROWS].size != MIXES * sizeof(figures[0])))
		rc = lfb_fail(error, -EIO, "a launch failed (wait status %d)", result.wait_status);
	if (rc == 0)
		memcpy(figures, result.stream[LFB_CHILD_ROWS].bytes, MIXES * sizeof(figures[0]));
	lfb_child_result_free(&result);
	return rc;
}

static int replicate(unsigned blocks, struct lfb_rng *rng, struct outcome outcomes[MIXES], struct lfb_error *error)
{
	struct cost_figures pair[2][MIXES];

	for (int i = 0; i < 2; i++) {
		/* Halved: the launch reads it as a count. */
		const int rc = launch(lfb_rng_next(rng) >> 1, blocks, pair[i], error);

		if (rc != 0)
			return rc;
	}
	for (size_t mix = 0; mix < MIXES; mix++) {
		struct outcome *const o = &outcomes[mix];

		o->d[o->done] = (pair[0][mix].log_ratio + pair[1][mix].log_ratio) / 2;
		o->suite_ns[o->done] = (pair[0][mix].record_ns + pair[1][mix].record_ns) / 2;
		o->hand_ns[o->done] = (pair[0][mix].clock_ns + pair[1][mix].clock_ns) / 2;
		o->done++;
	}
	return 0;
}

static void print_costs(const struct cost_options *options, struct outcome outcomes[MIXES])
{
	struct lfb_timebase timebase;

	lfb_timebase_init(&timebase);
	(void)printf("Cost of recording one sample / cost of one clock read (%s); seed %" PRIu64 "%s\n",
		     timebase.use_counter ? "the processor's counter" : "CLOCK_MONOTONIC_RAW", options->seed,
		     options->quick ? "; --quick: these figures prove nothing" : "");
	(void)printf("%-13s %-22s %6s  %-14s %9s %9s %11s  %-10s %s\n", "values", "against", "ratio", "95 % interval",
		     "record", "read", "replicates", "target", "verdict");
	(void)printf("%-13s %-22s %6s  %-14s %9s %9s\n", "", "", "", "", "ns", "ns");
	for (size_t mix = 0; mix < MIXES; mix++) {
		outcomes[mix].built = true;
		ratio_table_print_row(&comparison_of[mix], &outcomes[mix]);
	}
}

static int print_memory(void)
{
	struct lfb_histogram *const histogram = (struct lfb_histogram *)malloc(sizeof(*histogram));
	uint64_t few, many;

	if (histogram == NULL)
	{
		(void)fputs("lfbench: histogram_cost: out of memory\n", stderr);
		return OVERHEAD_WRONG;
	}
	lfb_histogram_init(histogram);
	/* Twice: the first time brings in what reading the figure itself needs. */
	(void)cost_resident_bytes(histogram, SAMPLES_FEW);
	few = cost_resident_bytes(histogram, SAMPLES_FEW);
	many = cost_resident_bytes(histogram, SAMPLES_MANY);
	(void)printf("Memory: %zu bytes each. Resident after 10^4 samples %" PRIu64 " kB, after 10^8 %" PRIu64
		     " kB: %+" PRId64 " kB\n",
		     sizeof(*histogram), few / 1024, many / 1024, (int64_t)(many - few) / 1024);
	free(histogram);
	return OVERHEAD_MEASURED;
}

int main(int argc, char **argv)
{
	static struct outcome outcomes[MIXES]; /* large */
	struct cost_options options = { .replicates = REPLICATES_DEFAULT, .seed = lfb_clock_now_ns() };
	struct lfb_error error = { "" };
	struct lfb_rng rng;
	int status;

	if (argc == 4 && strcmp(argv[1], LAUNCH_OPTION) == 0)
		return launch_main(argv);
	status = cost_options_read(argc, argv, "histogram_cost", help, &options);
	if (status == 0 && !options.helped && optind < argc)
		status = cost_usage("histogram_cost", argv[optind], "there are no arguments beside options");
	if (status != 0 || options.helped)
		return status;
	lfb_rng_seed(&rng, options.seed);
	for (uint64_t i = 0; i < options.replicates; i++) {
		if (replicate(options.quick ? QUICK_BLOCKS : BLOCKS, &rng, outcomes, &error) != 0) {
			(void)fprintf(stderr, "lfbench: histogram_cost: %s.\n", error.text);
			return OVERHEAD_WRONG;
		}
	}
	print_costs(&options, outcomes);
	return print_memory();
}
