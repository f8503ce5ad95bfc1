/*
 * harness_overhead - what the suite's hot loops cost more than loops written by hand.
 *
 * The proof behind every other figure: if the loop of a backend is as fast as one that
 * somebody wrote straight over the library, then what lfbench reports is the queue.
 * duet.h says how two loops are compared, comparison.h what comes of it.
 */
#include "machine/clock.h"
#include "comparison.h"
#include "duet_process.h"
#include "plan/names.h"
#include "text/numbers.h"
#include "overhead.h"
#include "statistics/stats.h"
#include "ratio_table.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --quick: enough for an interval, too little to conclude anything. */
#define QUICK_REPLICATES REPLICATES_MIN
#define QUICK_BLOCKS 3u

struct options {
	bool chosen[COMPARISONS];
	bool quick;
	uint64_t replicates; /* 0: as in the table */
	uint64_t seed;
	const char *csv_path;
};

struct work {
	const struct options *options;
	char folder[PATH_MAX]; /* of the objects */
	struct outcome outcomes[COMPARISONS];
	struct lfb_rng rng;
	FILE *csv;
	unsigned replicates, replicates_done; /* over all comparisons */
	uint64_t start_ns;
	bool live; /* stderr is a terminal: one line that is rewritten */
};

static const char help[] =
	"Usage: harness_overhead [OPTION...]\n"
	"Compare the suite's hot loops with loops written by hand over the same library, and\n"
	"`null` with the hash alone. One producer, one consumer, two pinned threads.\n"
	"\n"
	"  --only NAME[,NAME]  compare only: ck_ring_spsc, ck_ring_mpmc, mutex_ring, null\n"
	"  --replicates N      pairs of launches of each comparison, 6..1000 (default: 12 to 64)\n"
	"  --quick             a smoke run of a few seconds; its figures prove nothing\n"
	"  --csv FILE          also write the times of every block\n"
	"  --seed N            seed of the order of slices (default: the clock)\n"
	"  --help              print this\n"
	"\n"
	"A ratio of 1 is equal cost; 1.02 means that the suite's loop takes 2 % longer. The\n"
	"interval holds the median over replicates with 95 % confidence. In turns: one thread\n"
	"pushes 1000 items and pops them, and so on, so that the instructions alone are compared;\n"
	"with two threads it also matters which side waits for the other, and how often.\n"
	"It runs on the first two CPUs it may use: choose others with taskset.\n"
	"\n"
	"Examples:\n"
	"  harness_overhead                                all comparisons, about a minute\n"
	"  harness_overhead --only null,mutex_ring         two of them\n"
	"  taskset -c 2,4 harness_overhead --csv blocks.csv\n"
	"\n"
	"Exit status: 0 measured (whether the targets are met or not), 2 usage or an unusable\n"
	"file, 4 a slice lost or changed an item, or a launch crashed or hung, 77 fewer than two CPUs.\n";

static int usage(const char *flag, const char *why)
{
	(void)fprintf(stderr, "lfbench: %s: %s. Try harness_overhead --help.\n", flag, why);
	return OVERHEAD_USAGE;
}

static int read_only(const char *text, struct options *options)
{
	struct lfb_list list;
	struct lfb_error error;

	if (lfb_parse_name_list(text, comparison_names, &list, &error) != 0)
		return usage("--only", error.text);
	for (size_t i = 0; i < COMPARISONS; i++) {
		options->chosen[i] = false;
		for (size_t j = 0; j < list.count; j++)
			if (strcmp(comparisons[i].name, comparison_names[list.values[j]]) == 0)
				options->chosen[i] = true;
	}
	return 0;
}

static int read_number(const char *flag, const char *text, uint64_t *out)
{
	struct lfb_error error;

	return lfb_parse_count(text, out, &error) == 0 ? 0 : usage(flag, error.text);
}

static int read_option(int option, const char *flag, const char *text, struct options *options)
{
	int rc;

	switch (option) {
	case 'o':
		return read_only(text, options);
	case 'r':
		rc = read_number("--replicates", text, &options->replicates);
		if (rc == 0 && (options->replicates < REPLICATES_MIN || options->replicates > REPLICATES_MAX))
			return usage("--replicates", "must be 6 to 1000");
		return rc;
	case 'q':
		options->quick = true;
		return 0;
	case 'c':
		options->csv_path = text;
		return 0;
	case 's':
		return read_number("--seed", text, &options->seed);
	default:
		return usage(flag, "no such option, or it lacks its value");
	}
}

/* Returns 0, or the exit status; *helped is set when help was asked for and given. */
static int read_options(int argc, char **argv, struct options *options, bool *helped)
{
	static const struct option flags[] = {
		{ "only", required_argument, NULL, 'o' },
		{ "replicates", required_argument, NULL, 'r' },
		{ "quick", no_argument, NULL, 'q' },
		{ "csv", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0; /* the messages are ours */
	memset(options->chosen, true, sizeof(options->chosen));
	options->seed = lfb_clock_now_ns();
	while ((option = getopt_long(argc, argv, "", flags, NULL)) != -1) {
		int rc;

		if (option == 'h') {
			(void)fputs(help, stdout);
			*helped = true;
			return 0;
		}
		rc = read_option(option, argv[optind - 1], optarg, options);
		if (rc != 0)
			return rc;
	}
	if (optind < argc)
		return usage(argv[optind], "there are no arguments beside options");
	if (options->quick && options->replicates != 0)
		return usage("--quick", "contradicts --replicates");
	return 0;
}

/* The folder `overhead` beside this program. */
static bool find_folder(char out[PATH_MAX])
{
	char program[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int length;

	if (n <= 0)
		return false;
	program[n] = '\0';
	*strrchr(program, '/') = '\0';
	length = snprintf(out, PATH_MAX, "%s/overhead", program);
	return length > 0 && length < PATH_MAX;
}

/* Decide what will be done, before anything is. */
static void plan(struct work *work)
{
	const struct options *const options = work->options;

	for (size_t i = 0; i < COMPARISONS; i++) {
		struct outcome *const outcome = &work->outcomes[i];

		outcome->chosen = options->chosen[i];
		comparison_find(&comparisons[i], work->folder, outcome);
		outcome->blocks = options->quick ? QUICK_BLOCKS : comparisons[i].blocks;
		if (!outcome->chosen || !outcome->built)
			continue;
		outcome->wanted = comparisons[i].replicates;
		if (options->quick)
			outcome->wanted = QUICK_REPLICATES;
		else if (options->replicates != 0)
			outcome->wanted = (unsigned)options->replicates;
		work->replicates += outcome->wanted;
	}
}

static void show_progress(struct work *work, size_t nth)
{
	const struct comparison *const comparison = &comparisons[nth];
	const struct outcome *const outcome = &work->outcomes[nth];
	const uint64_t spent_ns = lfb_clock_now_ns() - work->start_ns;
	uint64_t left_ns;
	char text[32];

	work->replicates_done++;
	left_ns = spent_ns / work->replicates_done * (work->replicates - work->replicates_done);
	if (work->live)
		(void)fprintf(stderr, "\r[%u/%u] %s, %s; %s left\033[K%s", work->replicates_done, work->replicates,
			      comparison->name, comparison->against, lfb_duration_text(left_ns, text, sizeof(text)),
			      work->replicates_done == work->replicates ? "\r\033[K" : "");
	else if (outcome->done == outcome->wanted)
		(void)fprintf(stderr, "%s against %s: %u replicates of 2 launches, done after %s\n", comparison->name,
			      comparison->against, outcome->done, lfb_duration_text(spent_ns, text, sizeof(text)));
}

static int run_one(struct work *work, size_t nth, struct lfb_error *error)
{
	struct outcome *const outcome = &work->outcomes[nth];
	int rc = 0;

	if (outcome->items == 0)
		rc = comparison_calibrate(&comparisons[nth], work->folder, outcome, error);
	if (rc == 0)
		rc = comparison_replicate(&comparisons[nth], work->folder, lfb_rng_next(&work->rng), work->csv, outcome,
					  error);
	if (rc == 0)
		show_progress(work, nth);
	return rc;
}

/* Replicates outermost, so that a change of the machine meets all comparisons alike. */
static int run_all(struct work *work)
{
	struct lfb_error error = { "" };

	work->start_ns = lfb_clock_now_ns();
	for (unsigned replicate = 0; work->replicates_done < work->replicates; replicate++) {
		for (size_t i = 0; i < COMPARISONS; i++) {
			int rc;

			if (replicate >= work->outcomes[i].wanted)
				continue;
			rc = run_one(work, i, &error);
			if (rc == 0)
				continue;
			(void)fprintf(stderr, "%slfbench: %s against %s: %s. See the message above, if any.\n",
				      work->live ? "\n" : "", comparisons[i].name, comparisons[i].against, error.text);
			return rc == -EBADMSG ? OVERHEAD_WRONG : OVERHEAD_USAGE;
		}
	}
	return OVERHEAD_MEASURED;
}

static void print_table(struct work *work)
{
	ratio_table_print_head(work->options->seed, work->options->quick);
	for (size_t i = 0; i < COMPARISONS; i++)
		if (work->outcomes[i].chosen)
			ratio_table_print_row(&comparisons[i], &work->outcomes[i]);
}

/* Returns 0 or the exit status. */
static int open_csv(struct work *work)
{
	if (work->options->csv_path == NULL)
		return 0;
	work->csv = fopen(work->options->csv_path, "we");
	if (work->csv == NULL) {
		(void)fprintf(stderr, "lfbench: --csv %s: %s. Give a file that can be written.\n",
			      work->options->csv_path, strerror(errno));
		return OVERHEAD_USAGE;
	}
	comparison_csv_header(work->csv);
	return 0;
}

static int close_csv(struct work *work, int status)
{
	const bool failed = work->csv != NULL && ferror(work->csv) != 0;

	if (work->csv == NULL || (fclose(work->csv) == 0 && !failed))
		return status;
	(void)fprintf(stderr, "lfbench: --csv %s: not all could be written. Free some space and run again.\n",
		      work->options->csv_path);
	return status != 0 ? status : OVERHEAD_USAGE;
}

int main(int argc, char **argv)
{
	static struct work work; /* large */
	struct options options = { 0 };
	bool helped = false;
	int status;

	if (duet_process_requested(argc, argv))
		return duet_process_main(argv);
	status = read_options(argc, argv, &options, &helped);
	if (status != 0 || helped)
		return status;
	if (!stage_possible()) {
		(void)fprintf(stderr,
			      "lfbench: harness_overhead: it compares loops of two threads, each on a CPU of its "
			      "own, and may use only one. Run it where there are two.\n");
		return OVERHEAD_UNAVAILABLE;
	}
	work.options = &options;
	work.live = isatty(STDERR_FILENO) == 1;
	lfb_rng_seed(&work.rng, options.seed);
	if (!find_folder(work.folder))
		return usage("harness_overhead", "cannot tell where its objects are");
	plan(&work);
	status = open_csv(&work);
	if (status != 0)
		return status;
	status = run_all(&work);
	if (status == 0)
		print_table(&work);
	return close_csv(&work, status);
}
