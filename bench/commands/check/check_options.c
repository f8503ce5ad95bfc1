/* check_options.c - see check_options.h. */
#include "commands/check/check_options.h"

#include "check/scheduler.h"
#include "check/script.h"
#include "machine/clock.h"
#include "plan/names.h"
#include "text/numbers.h"
#include "commands/show/render.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUDGET_DEFAULT_NS UINT64_C(5000000000)
#define BUDGET_MOST_NS UINT64_C(86400000000000)
#define ROUNDS_MOST UINT64_C(1000000)
#define BOUND_MOST 1000000
/* A new seed is short enough to be typed. */
#define SEED_BELOW UINT64_C(1000000000)
#define SCHEDULES_MOST UINT64_C(1000000000)
#define DEPTH_DEFAULT 3u

void check_options_print_help(void)
{
	(void)printf(
		"lfbench check - does a queue do what it claims?\n\n"
		"Usage: lfbench check BACKEND|FILE.so|all ... [options]\n"
		"       lfbench check BACKEND|FILE.so|all ... --schedules N [options]\n"
		"       lfbench check --replay FILE\n\n"
		"Threads push and pop under loads that are hard on a queue, and log when each operation was called and had\n"
		"returned; then the log is judged: is there any order of these operations in which a queue with such claims\n"
		"could have answered so? One verdict for each backend:\n\n"
		"  confirmed     every history was one that its claims allow; no proof, a fault may need more luck or other loads\n"
		"  refuted       one was not: the fewest operations that show it are printed, and the history is kept\n"
		"  inconclusive  nothing was wrong, but not enough could be seen: no history, no memory, interrupted\n"
		"  crashed       the process was ended by a signal, or by the backend\n"
		"  hung          a thread did not come back from the queue\n\n"
		"With --schedules, threads run one at a time instead, in orders drawn by the seed: what a machine makes once in a\n"
		"million hours is as likely as any. A seed then gives the same run again, step by step.\n\n"
		"Then its claims of progress are probed: with a thread stopped at each instruction of a push and of a pop, do the\n"
		"others still get items through? BLOCKING names the instruction; LOCK-FREE and WAIT-FREE are never more than\n"
		"not refuted. Memory that does not come back after such a stop is a leak.\n\n"
		"A backend runs in a process of its own, and is judged in this one. lfbench-check(1) says what each verdict\n"
		"does not prove; docs/check.md how histories are judged. What is found is kept in $LFBENCH_VERDICTS, and shown by\n"
		"list, show and report for that build.\n\nOptions:\n"
		"      --budget TIME    about so long for the histories of each backend (default 5s; with all, 10s, and 160s in all),\n"
		"                       and so long again for its progress (default 5s)\n"
		"      --rounds N       instead: N histories of each shape\n"
		"      --seed N         of the scripts that threads follow (default: a new one, which is printed)\n"
		"      --shape LIST     these loads only: pair, roomy, funnel, fan, many, crowd, refusals, reuse, stalls,\n"
		"                       stalled_reuse, bursts, mixed_bursts, batch, block (default: all that the claims allow)\n"
		"      --schedules N    run N small scripts, of two or three threads, one step at a time\n"
		"      --depth N        with --schedules: faults that need N events in a certain order, 1 to 16 (default 3)\n"
		"      --single-step    with --schedules: a step is an instruction, also where it could be an access to memory\n"
		"      --save DIR       where to keep histories that refute (default: the current folder)\n"
		"      --replay FILE    judge a history that was kept, and nothing else; - is standard input\n"
		"      --histories      check the histories only\n"
		"      --progress       probe the claims of progress only: stop a thread at each instruction of push and pop, and\n"
		"                       see whether the others still get items through\n"
		"      --all-points     of the probe: go on behind the first instruction that blocks, and count them all\n"
		"      --bound N        of the probe: wait-free is refuted by an operation that takes N instructions with another\n"
		"                       operation after each (default 10000)\n"
		"      --stop-by WAY    of the probe: auto (the trap flag, where there is one) or signal (default auto)\n"
		"      --show-progress WHEN  auto, always or never (default auto)\n"
		"      --color WHEN     auto, always or never; auto: on a terminal, unless NO_COLOR is set\n"
		"      --ascii          no characters beyond ASCII\n"
		"  -h, --help           this text\n\n"
		"Exit status: 0 if nothing was refuted, leaked, crashed or hung; 2 wrong usage, or a file that cannot be used; 4 a\n"
		"backend was refuted, leaked, crashed or hung; 128+N interrupted by signal N, after printing what is known.\n\n"
		"Examples:\n"
		"  lfbench check ck_ring_mpmc moodycamel\n"
		"  lfbench check ./my_queue.so --budget 60s\n"
		"  lfbench check all\n"
		"  lfbench check ./my_queue.so --progress --all-points\n"
		"  lfbench check ./my_queue.so --seed 7 --shape stalls --rounds 100   the same scripts again\n"
		"  lfbench check ./my_queue.so --schedules 10000\n"
		"  lfbench check ./my_queue.so --schedules 1 --seed 4711   one of them again\n"
		"  lfbench check --replay my_queue-stalls-7.hist\n");
}

static const struct option longs[] = {
	{ "budget", required_argument, NULL, 'b' },   { "rounds", required_argument, NULL, 'r' }, { "seed", required_argument, NULL, 's' },
	{ "shape", required_argument, NULL, 'S' },    { "save", required_argument, NULL, 'v' },	  { "replay", required_argument, NULL, 'R' },
	{ "progress", no_argument, NULL, 'P' },	      { "histories", no_argument, NULL, 'H' },	 { "all-points", no_argument, NULL, 'A' },
	{ "bound", required_argument, NULL, 'B' },    { "stop-by", required_argument, NULL, 'y' }, { "show-progress", required_argument, NULL, 'p' },
	{ "color", required_argument, NULL, 'c' },    { "ascii", no_argument, NULL, 'a' },	 { "help", no_argument, NULL, 'h' },
	{ "schedules", required_argument, NULL, 'n' }, { "depth", required_argument, NULL, 'd' }, { "single-step", no_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

/* Options that are only there or not. */
static bool take_flag(struct check_options *options, int found)
{
	bool *const flag = found == 'h' ? &options->help : found == 'a' ? &options->ascii : found == 'P' ? &options->progress :
			   found == 'H' ? &options->histories : found == 'A' ? &options->all_points : found == 't' ? &options->single_step : NULL;

	if (flag != NULL)
		*flag = true;
	return flag != NULL;
}

/* Refuse what was given to `what`. Returns the exit status. */
static int refuse(const char *what, const char *given)
{
	char text[400];

	(void)snprintf(text, sizeof(text), "%s, not '%.100s'; --help shows all", what, given);
	return render_error("check", text);
}

static int take_when(enum lfb_when *out, const char *option, const char *given)
{
	const int when = lfb_name_find(lfb_when_names, given);
	char what[64];

	(void)snprintf(what, sizeof(what), "--%s takes auto, always or never", option);
	if (when < 0)
		return refuse(what, given);
	*out = (enum lfb_when)when;
	return 0;
}

static int take_budget(struct check_options *options, const char *given)
{
	options->budget_given = true;
	if (lfb_parse_duration(given, &options->budget_ns, NULL) != 0 || options->budget_ns == 0 || options->budget_ns > BUDGET_MOST_NS)
		return refuse("--budget takes a time from 1ns to 24 hours, as 5s or 2m", given);
	return 0;
}

static int take_count(const char *option, uint64_t least, uint64_t most, uint64_t *out, const char *given)
{
	char what[100];

	(void)snprintf(what, sizeof(what), "--%s takes a number from %llu to %llu", option, (unsigned long long)least, (unsigned long long)most);
	return lfb_parse_count(given, out, NULL) != 0 || *out < least || *out > most ? refuse(what, given) : 0;
}

static int take_way(struct check_options *options, const char *given)
{
	static const char *const ways[] = { "auto", "signal", NULL };
	const int way = lfb_name_find(ways, given);

	if (way < 0)
		return refuse("--stop-by takes auto or signal", given);
	options->by_signal = way == 1;
	return 0;
}

static int take_shapes(struct check_options *options, const char *given)
{
	struct lfb_error error;
	struct lfb_list list;

	_Static_assert(CHECK_SHAPES_MAX >= 14, "room for every shape");
	if (lfb_parse_name_list(given, lfb_check_shape_names, &list, &error) != 0) {
		char text[600];

		(void)snprintf(text, sizeof(text), "--shape: %s", error.text);
		return render_error("check", text);
	}
	for (size_t i = 0; i < list.count; i++)
		options->shapes[list.values[i]] = true;
	options->shapes_given = true;
	return 0;
}

/* One option. Returns 0, or the exit status after saying what is wrong. */
static int take(struct check_options *options, int found, char **argv)
{
	options->probe_given |= found == 'A' || found == 'B' || found == 'y';
	if (take_flag(options, found))
		return 0;
	switch (found) {
	case 'b':
		return take_budget(options, optarg);
	case 'r':
		return take_count("rounds", 1, ROUNDS_MOST, &options->rounds, optarg);
	case 's':
		return take_count("seed", 0, UINT64_MAX, &options->seed, optarg);
	case 'S':
		return take_shapes(options, optarg);
	case 'n':
		return take_count("schedules", 1, SCHEDULES_MOST, &options->schedules, optarg);
	case 'd':
		return take_count("depth", 1, LFB_SCHEDULE_DEPTH_MAX, &options->depth, optarg);
	case 'B':
		return take_count("bound", 1, BOUND_MOST, &options->bound, optarg);
	case 'y':
		return take_way(options, optarg);
	case 'v':
		options->save = optarg;
		return 0;
	case 'R':
		options->replay = optarg;
		return 0;
	case 'p':
		return take_when(&options->show_progress, "show-progress", optarg);
	case 'c':
		return take_when(&options->color, "color", optarg);
	case ':':
		return refuse("an option needs a value", argv[optind - 1]);
	default:
		return render_unknown_option("check", longs, argv[optind - 1]);
	}
}

/* What has no meaning together. */
static int check_together(const struct check_options *options)
{
	if (options->schedules == 0 && (options->depth > 0 || options->single_step))
		return render_error("check", "--depth and --single-step are of --schedules; give that, too");
	if (options->schedules > 0 && (options->rounds > 0 || options->shapes_given))
		return render_error("check", "--rounds and --shape are of threads that run freely, and --schedules is of those that do not: leave one out");
	if (options->schedules > 0 && options->progress)
		return render_error("check", "--progress stops threads for good, and --schedules lets each go on: leave one out");
	return 0;
}

/* Without being told: all that there is, unless it was said how histories are to be made. */
static void choose_checks(struct check_options *options)
{
	options->depth = options->depth > 0 ? options->depth : DEPTH_DEFAULT;
	if (options->histories || options->progress)
		return;
	options->histories = true;
	options->progress = options->rounds == 0 && !options->shapes_given && options->schedules == 0;
}

/* What is of a check that is not made. */
static int check_used(const struct check_options *options)
{
	if (options->schedules > 0 && options->probe_given)
		return render_error("check", "--all-points, --bound and --stop-by are of the probe, which is not made with --schedules: leave them out");
	if (!options->progress && options->probe_given)
		return render_error("check", "--all-points, --bound and --stop-by are of the probe, which is not made with --histories, --rounds or --shape: "
					     "add --progress, or leave them out");
	if (!options->histories && (options->rounds > 0 || options->shapes_given))
		return render_error("check", "--rounds and --shape are of histories, and with --progress alone there are none: add --histories, or leave them out");
	return 0;
}

int check_options_parse(int argc, char **argv, struct check_options *options)
{
	int found, code = 0;

	memset(options, 0, sizeof(*options));
	options->budget_ns = BUDGET_DEFAULT_NS;
	options->seed = (lfb_clock_now_ns() ^ (uint64_t)getpid() << 20) % SEED_BELOW;
	options->save = ".";
	options->color = options->show_progress = LFB_WHEN_AUTO;
	options->bound = CHECK_BOUND_DEFAULT;
	optind = 0; /* GNU: start anew */
	opterr = 0;
	while (code == 0 && (found = getopt_long(argc, argv, ":h", longs, NULL)) != -1)
		code = take(options, found, argv);
	options->backends = argv + optind;
	if (code == 0 && !options->help && options->replay == NULL && optind == argc)
		code = render_error("check", "name a backend, a FILE.so, or all; 'lfbench list' shows what there is");
	if (code == 0 && options->replay != NULL && optind < argc)
		code = refuse("--replay judges a file and nothing else", argv[optind]);
	if (code == 0)
		code = check_together(options);
	choose_checks(options);
	return code != 0 || options->help || options->replay != NULL ? code : check_used(options);
}
