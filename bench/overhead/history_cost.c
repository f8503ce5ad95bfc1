/*
 * history_cost - what logging a history costs a contended queue: the time of a trial that is logged, as a multiple of that of a plain one.
 *
 * Rows for `lfbench check`, which logs every operation, and for `lfbench run --check history`, which logs a sample. As in harness_overhead, a
 * replicate is a pair of launches, here of this program; the ratio is exp of the median over replicates of the log ratio, with
 * the interval of order statistics.
 */
#include "history_cost.h"

#include "run/child.h"
#include "machine/clock.h"
#include "text/numbers.h"
#include "cost_options.h"
#include "overhead.h"
#include "plugin/paths.h"
#include "ratio_table.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPLICATES_DEFAULT 8u
#define BLOCKS 3u
#define QUICK_BLOCKS 1u
#define LAUNCH_LIMIT_NS UINT64_C(120000000000)
/* The hidden argument of a launch, followed by path, way, seed and blocks. */
#define LAUNCH_OPTION "--launch"
#define TARGET 2.0

static const char *const backends_default[] = { "mutex_ring", "two_lock", "vyukov_mpmc", "ck_ring_mpmc", "ck_fifo_mpmc", "urcu_lfq", "moodycamel", NULL };
static const char *const way_names[WAYS] = { "check, every op", "run, every value", "run, 1 value in 32" };

static const char help[] =
	"Usage: history_cost [OPTION...] [BACKEND...]\n"
	"Compare trials of two threads that push and pop in turn, with and without a log of what they did,\n"
	"interleaved: as lfbench check logs it (every operation), and as lfbench run --check history does.\n"
	"\n"
	"  --replicates N  pairs of launches, 6..1000 (default 8)\n"
	"  --quick         a smoke run; its figures prove nothing\n"
	"  --seed N        seed of the order (default: the clock)\n"
	"  --help          print this\n"
	"\n"
	"A ratio of 2 says that the logged trial takes twice as long. The interval holds the median over\n"
	"replicates with 95 % confidence. BACKEND: some of those for many producers and consumers by default.\n"
	"\n"
	"Examples:\n"
	"  history_cost\n"
	"  history_cost --replicates 30 vyukov_mpmc\n"
	"\n"
	"Exit status: 0 measured (whether the target is met or not), 2 usage, 4 a launch failed.\n";

/* A launch: measures, and answers on the descriptor it was given, with a plain struct for the same program. */
static int launch_main(char **argv)
{
	struct history_figures figures;
	struct lfb_error error = { "" };
	uint64_t way, seed, blocks;
	FILE *out;

	/* From our own parent: digits. */
	if (lfb_parse_count(argv[3], &way, NULL) != 0 || way >= WAYS || lfb_parse_count(argv[4], &seed, NULL) != 0 ||
	    lfb_parse_count(argv[5], &blocks, NULL) != 0 || blocks < 1 || blocks > HISTORY_BLOCKS_MAX)
		return OVERHEAD_USAGE;
	if (history_launch(argv[2], (enum history_way)way, seed, (unsigned)blocks, &figures, &error) != 0) {
		(void)fprintf(stderr, "lfbench: history_cost: %s: %s\n", argv[2], error.text);
		return OVERHEAD_WRONG;
	}
	out = fdopen(LFB_CHILD_FIRST_FD, "w");
	return out == NULL || fwrite(&figures, sizeof(figures), 1, out) != 1 || fclose(out) != 0 ? OVERHEAD_USAGE : OVERHEAD_MEASURED;
}

static int launch(char *path, enum history_way way, uint64_t seed, unsigned blocks, struct history_figures *figures, struct lfb_error *error)
{
	static const volatile sig_atomic_t interrupted;
	char program[] = "/proc/self/exe", option[] = LAUNCH_OPTION, way_text[24], seed_text[24], blocks_text[24];
	char *const argv[] = { program, option, path, way_text, seed_text, blocks_text, NULL };
	struct lfb_child_result result;
	int rc;

	(void)snprintf(way_text, sizeof(way_text), "%u", (unsigned)way);
	(void)snprintf(seed_text, sizeof(seed_text), "%" PRIu64, seed);
	(void)snprintf(blocks_text, sizeof(blocks_text), "%u", blocks);
	rc = lfb_child_run(argv, LAUNCH_LIMIT_NS, &interrupted, &result, error);
	if (rc == 0 && (result.wait_status != 0 || result.stream[LFB_CHILD_ROWS].size != sizeof(*figures)))
		rc = lfb_fail(error, -EIO, "a launch failed (wait status %d)", result.wait_status);
	if (rc == 0)
		memcpy(figures, result.stream[LFB_CHILD_ROWS].bytes, sizeof(*figures));
	lfb_child_result_free(&result);
	return rc;
}

static int replicate(char *path, enum history_way way, unsigned blocks, struct lfb_rng *rng, struct outcome *o, struct lfb_error *error)
{
	struct history_figures pair[2];

	for (int i = 0; i < 2; i++) {
		/* Halved: the launch reads it as a count. */
		const int rc = launch(path, way, lfb_rng_next(rng) >> 1, blocks, &pair[i], error);

		if (rc != 0)
			return rc;
	}
	o->d[o->done] = (pair[0].log_ratio + pair[1].log_ratio) / 2;
	o->suite_ns[o->done] = (pair[0].logged_ns + pair[1].logged_ns) / 2;
	o->hand_ns[o->done] = (pair[0].plain_ns + pair[1].plain_ns) / 2;
	o->done++;
	return 0;
}

/* All ways of one backend, in turns; then their lines. */
static int measure(const struct cost_options *options, const struct lfb_paths *paths, const char *backend, struct lfb_rng *rng, struct outcome outcomes[WAYS],
		   struct lfb_error *error)
{
	char path[PATH_MAX];
	int rc = lfb_backend_path(paths, backend, false, path, error);

	memset(outcomes, 0, WAYS * sizeof(outcomes[0]));
	for (uint64_t i = 0; rc == 0 && i < options->replicates; i++)
		for (unsigned way = 0; rc == 0 && way < WAYS; way++)
			rc = replicate(path, (enum history_way)way, options->quick ? QUICK_BLOCKS : BLOCKS, rng, &outcomes[way], error);
	for (unsigned way = 0; rc == 0 && way < WAYS; way++) {
		const struct comparison row = { .name = backend, .against = way_names[way], .high = TARGET };

		outcomes[way].built = true;
		ratio_table_print_row(&row, &outcomes[way]);
	}
	(void)fflush(stdout);
	return rc;
}

int main(int argc, char **argv)
{
	static struct outcome outcomes[WAYS]; /* large */
	struct cost_options options = { .replicates = REPLICATES_DEFAULT, .seed = lfb_clock_now_ns() };
	struct lfb_error error = { "" };
	struct lfb_paths paths;
	struct lfb_rng rng;
	int status, rc;

	if (argc == 6 && strcmp(argv[1], LAUNCH_OPTION) == 0)
		return launch_main(argv);
	status = cost_options_read(argc, argv, "history_cost", help, &options);
	if (status != 0 || options.helped)
		return status;
	(void)printf("Time of a logged trial / time of a plain one; 2 threads push and pop in turn; seed %" PRIu64 "%s\n", options.seed,
		     options.quick ? "; --quick: these figures prove nothing" : "");
	(void)printf("%-13s %-22s %6s  %-14s %9s %9s %11s  %-10s %s\n%-13s %-22s %6s  %-14s %9s %9s\n", "backend", "logged by", "ratio",
		     "95 % interval", "logged", "plain", "replicates", "target", "verdict", "", "", "", "", "ns/op", "ns/op");
	lfb_rng_seed(&rng, options.seed);
	rc = lfb_paths_find(&paths, &error);
	for (const char *const *backend = optind < argc ? (const char *const *)(argv + optind) : backends_default; rc == 0 && *backend != NULL; backend++)
		rc = measure(&options, &paths, *backend, &rng, outcomes, &error);
	if (rc != 0)
		(void)fprintf(stderr, "lfbench: history_cost: %s.\n", error.text);
	return rc == -ENOENT ? OVERHEAD_USAGE : rc != 0 ? OVERHEAD_WRONG : OVERHEAD_MEASURED;
}
