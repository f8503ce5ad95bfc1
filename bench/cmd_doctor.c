/*
 * cmd_doctor.c - `lfbench doctor`: what this machine and this build are good for, first in one
 * sentence, then fact by fact, each with what it means for the results and what to do.
 *
 * It reports; that a machine has flaws is no failure, so the exit status is 0 all the same.
 * Values need no further cleaning for the terminal: env.h stores printable ASCII only.
 */
#include "commands.h"

#include "env.h"
#include "names.h"
#include "render.h"
#include "topology.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* How long steal time is watched. */
#define WATCH_MS 200
/* A mark and a label stand before every value. */
#define MARK_WIDTH 9
#define LABEL_WIDTH 24

struct options {
	bool json, help;
	enum lfb_when color;
};

static void print_help(void)
{
	(void)printf(
		"lfbench doctor - what results from this machine are worth, and what to change\n\n"
		"Usage: lfbench doctor [--json] [--color WHEN]\n\n"
		"Looks at the CPUs and their caches, virtual machine, limits of this process, clocks, frequency,\n"
		"load, kernel, performance counters and the build of lfbench itself; takes less than a second and\n"
		"changes nothing. Each fact is marked:\n\n"
		"  ok        nothing to say\n"
		"  note      colours the figures, and cannot or need not be changed\n"
		"  WARN      harms the figures\n"
		"  unknown   this machine does not tell, which is not the same as ok\n\n"
		"A run keeps the same facts in NAME.env.json beside its results.\n\nOptions:\n"
		"      --json          the facts as JSON instead\n"
		"      --color WHEN    auto, always or never; auto: on a terminal, unless NO_COLOR is set\n"
		"  -h, --help          this text\n\n"
		"Exit status: 0, also with warnings; 2 if the arguments are wrong or the output cannot be written.\n\n"
		"Examples:\n"
		"  lfbench doctor\n"
		"  lfbench doctor --json | jq '.facts.governor'\n"
		"  taskset -c 0 lfbench doctor      what a process limited to one CPU is told\n");
}

/* A mark per verdict. Colour only repeats the word. */
static const struct mark {
	const char *word;
	const char *color;
} marks[LFB_VERDICTS] = {
	[LFB_VERDICT_OK] = { "ok", "\033[32m" },
	[LFB_VERDICT_NOTE] = { "note", "\033[36m" },
	[LFB_VERDICT_WARN] = { "WARN", "\033[1;33m" },
	[LFB_VERDICT_UNKNOWN] = { "unknown", "\033[35m" },
};

/* Print `text` from column `column` on, broken between words at the medium's width, and a line end. */
static void print_wrapped(const char *text, int column, const struct lfb_medium *medium)
{
	/* Lines of more than 100 columns are hard to read, of less than 60 there is no room beside the labels. */
	const int width = medium->width < 60 ? 60 : medium->width > 100 ? 100 : (int)medium->width;
	int at = column;

	while (*text != '\0') {
		const int length = (int)strcspn(text, " ");

		if (at > column && at + 1 + length > width) {
			(void)printf("\n%*s", column, "");
			at = column;
		}
		at += printf("%s%.*s", at > column ? " " : "", length, text);
		text += length;
		text += strspn(text, " ");
	}
	(void)printf("\n");
}

static void print_line(enum lfb_verdict verdict, const char *label, const char *value, const struct lfb_medium *medium)
{
	const struct mark *const mark = &marks[verdict];

	(void)printf("  %s%-*s%s%-*s", medium->color ? mark->color : "", MARK_WIDTH, mark->word,
		     medium->color ? "\033[0m" : "", LABEL_WIDTH, label);
	print_wrapped(value, 2 + MARK_WIDTH + LABEL_WIDTH, medium);
}

static void print_explanation(const char *lead, const char *text, const struct lfb_medium *medium)
{
	const int indent = 2 + MARK_WIDTH;

	if (text == NULL)
		return;
	(void)printf("%*s%s", indent, "", lead);
	print_wrapped(text, indent + (int)strlen(lead), medium);
}

static void print_fact(const struct lfb_fact *fact, const struct lfb_medium *medium)
{
	print_line(fact->verdict, fact->label, fact->value, medium);
	print_explanation("", fact->meaning, medium);
	print_explanation("-> ", fact->advice, medium);
}

/* "3 warnings: virtual machine, load average, turbo" */
static size_t verdict_text(const struct lfb_env *env, char *out, size_t out_bytes)
{
	const unsigned warnings = lfb_env_count(env, LFB_VERDICT_WARN);
	size_t used = (size_t)snprintf(out, out_bytes, "%u warning%s", warnings, warnings == 1 ? "" : "s");
	const char *joint = ": ";

	for (size_t i = 0; i < env->count && used < out_bytes; i++) {
		if (env->facts[i].verdict != LFB_VERDICT_WARN)
			continue;
		used += (size_t)snprintf(out + used, out_bytes - used, "%s%s", joint, env->facts[i].label);
		joint = ", ";
	}
	return used;
}

static void print_verdict(const struct lfb_env *env, const struct lfb_medium *medium)
{
	static const char *const fit_for[LFB_FITNESSES] = {
		[LFB_FIT_ANY] = "figures from this machine are fit for comparing, also with another day's",
		[LFB_FIT_WITHIN_RUN] = "figures from this machine are fit for comparing within one run, not with "
				       "another day or another machine",
		[LFB_FIT_NONE] = "figures from this build are fit for nothing but testing lfbench itself",
	};
	char text[1024];
	const size_t used = verdict_text(env, text, sizeof(text));

	if (used < sizeof(text))
		(void)snprintf(text + used, sizeof(text) - used, "; %s.", fit_for[lfb_env_fitness(env)]);
	print_wrapped(text, 0, medium);
	(void)printf("Notes: %u, unknown: %u, ok: %u.\n", lfb_env_count(env, LFB_VERDICT_NOTE),
		     lfb_env_count(env, LFB_VERDICT_UNKNOWN), lfb_env_count(env, LFB_VERDICT_OK));
}

/* Which of the usual cells have a CPU for each thread. */
static void print_threads(size_t cpus, const struct lfb_medium *medium)
{
	static const unsigned sides[] = { 1, 2, 4, 8 };

	(void)printf("\nThreads (producers + consumers) on %zu usable CPU%s\n", cpus, cpus == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		const unsigned threads = 2 * sides[i];
		char label[48], value[160];

		(void)snprintf(label, sizeof(label), "%u + %u", sides[i], sides[i]);
		if (threads <= cpus)
			(void)snprintf(value, sizeof(value), "%u threads, each on a CPU of its own", threads);
		else
			(void)snprintf(value, sizeof(value), "%u threads: oversubscribed, rows carry that flag",
				       threads);
		print_line(threads <= cpus ? LFB_VERDICT_OK : LFB_VERDICT_NOTE, label, value, medium);
	}
	print_explanation("",
			  "Where threads outnumber CPUs, spinning queues wait for threads that are not running: "
			  "latencies are those of the scheduler, and blocking queues may win.",
			  medium);
}

static void print_report(const struct lfb_env *env, const struct lfb_topology *topology,
			 const struct lfb_medium *medium)
{
	int group = -1;

	print_verdict(env, medium);
	for (size_t i = 0; i < env->count; i++) {
		if ((int)env->facts[i].group != group) {
			group = (int)env->facts[i].group;
			(void)printf("\n%s\n", lfb_fact_group_names[group]);
		}
		print_fact(&env->facts[i], medium);
	}
	if (topology != NULL)
		print_threads(lfb_topology_usable(topology)->count, medium);
}

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "color", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Refuse what was given to `what`. Returns the exit status. */
static int refuse(const char *what, const char *given)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%s, not '%.100s'; --help shows all", what, given);
	return render_error("doctor", text);
}

/* Returns 0, or the exit status after saying what is wrong. */
static int parse(int argc, char **argv, struct options *options)
{
	int found, when;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (found) {
		case 'h':
			options->help = true;
			break;
		case 'j':
			options->json = true;
			break;
		case 'c':
			when = lfb_name_find(lfb_when_names, optarg);
			if (when < 0)
				return refuse("--color takes auto, always or never", optarg);
			options->color = (enum lfb_when)when;
			break;
		case ':':
			return render_error("doctor", "--color needs a value: auto, always or never");
		default:
			return render_unknown_option("doctor", longs, argv[optind - 1]);
		}
	}
	return optind < argc ? refuse("it takes options only", argv[optind]) : 0;
}

static int report(const struct lfb_topology *topology, const struct options *options)
{
	const struct lfb_medium medium = render_medium(stdout, options->color, false);
	struct lfb_env *env;
	int rc = lfb_env_gather("", topology, WATCH_MS, &env);

	if (rc != 0)
		return render_error("doctor", "out of memory; close other programs and try again");
	if (options->json)
		rc = lfb_env_write_json(env, stdout);
	else
		print_report(env, topology, &medium);
	lfb_env_free(env);
	if (rc != 0 || fflush(stdout) != 0 || ferror(stdout))
		return render_error("doctor", "the output cannot be written; is the disk full?");
	return 0;
}

int cmd_doctor(int argc, char **argv)
{
	struct options options = { .color = LFB_WHEN_AUTO };
	struct lfb_topology *topology = NULL;
	int code = parse(argc, argv, &options);

	if (code != 0)
		return code;
	if (options.help) {
		print_help();
		return 0;
	}
	/* Without a topology, what it would tell is unknown, and is shown so. */
	(void)lfb_topology_load(&topology);
	code = report(topology, &options);
	lfb_topology_free(topology);
	return code;
}
