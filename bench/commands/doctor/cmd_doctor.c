/*
 * cmd_doctor.c - `lfbench doctor`: what this machine and this build are good for, first in one
 * sentence, then fact by fact, each with what it means for the results and what to do; what the CPUs are
 * to each other, measured; and which columns of the results stay empty here.
 *
 * It reports; that a machine has flaws is no failure, so the exit status is 0 all the same.
 */
#include "commands/commands.h"

#include "commands/doctor/doctor_print.h"
#include "commands/doctor/doctor_probes.h"
#include "plan/names.h"
#include "text/numbers.h"
#include "commands/show/render.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* How long steal time is watched. */
#define WATCH_MS 200

struct options {
	bool json, quick, help;
	unsigned probes; /* 0: a report */
	enum lfb_when color;
};

static void print_help(void)
{
	(void)printf(
		"lfbench doctor - what results from this machine are worth, and what to change\n\n"
		"Usage: lfbench doctor [--quick] [--json] [--color WHEN]\n"
		"       lfbench doctor --probes N\n\n"
		"Looks at the CPUs and their caches, virtual machine, limits of this process, clocks, frequency,\n"
		"load, kernel, performance counters and the build of lfbench itself; then measures the round trip of\n"
		"a cache line and the offset of the clocks between CPUs, and the gaps in which a CPU was away. Takes\n"
		"about a second and changes nothing; measure while nothing else runs. Each fact is marked:\n\n"
		"  ok        nothing to say\n"
		"  note      colours the figures, and cannot or need not be changed\n"
		"  WARN      harms the figures\n"
		"  unknown   this machine does not tell, which is not the same as ok\n\n"
		"A run keeps the same facts in NAME.env.json beside its results, and repeats the measurements around\n"
		"every trial. docs/machine.md says more about them.\n\nOptions:\n"
		"      --quick         facts only, nothing is measured\n"
		"      --json          the report as JSON instead\n"
		"      --probes N      no report: probe neighbouring CPUs N times, as around trials, 20 ms apart; a\n"
		"                      line of CSV each, and in the end how much they differ\n"
		"      --color WHEN    auto, always or never; auto: on a terminal, unless NO_COLOR is set\n"
		"  -h, --help          this text\n\n"
		"Exit status: 0, also with warnings; 2 if the arguments are wrong, the output cannot be written, or\n"
		"there are no two CPUs for --probes.\n\n"
		"Examples:\n"
		"  lfbench doctor\n"
		"  lfbench doctor --json | jq '.facts.governor'\n"
		"  lfbench doctor --json | jq '.measured.round_trips'\n"
		"  lfbench doctor --probes 500 > probes.csv      does the host move these CPUs?\n"
		"  taskset -c 0 lfbench doctor                   what a process limited to one CPU is told\n");
}

static const struct option longs[] = {
	{ "quick", no_argument, NULL, 'q' },	    { "json", no_argument, NULL, 'j' },
	{ "probes", required_argument, NULL, 'p' }, { "color", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },	    { NULL, 0, NULL, 0 },
};

/* Refuse what was given to `what`. Returns the exit status. */
static int refuse(const char *what, const char *given)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%s, not '%.100s'; --help shows all", what, given);
	return render_error("doctor", text);
}

static int take_color(struct options *options, const char *given)
{
	const int when = lfb_name_find(lfb_when_names, given);

	if (when < 0)
		return refuse("--color takes auto, always or never", given);
	options->color = (enum lfb_when)when;
	return 0;
}

static int take_probes(struct options *options, const char *given)
{
	uint64_t count;

	if (lfb_parse_count(given, &count, NULL) != 0 || count < 2 || count > DOCTOR_PROBES_MOST)
		return refuse("--probes takes a number from 2 to 1000000", given);
	options->probes = (unsigned)count;
	return 0;
}

/* One option. Returns 0, or the exit status after saying what is wrong. */
static int take(struct options *options, int found, char **argv)
{
	switch (found) {
	case 'h':
		options->help = true;
		return 0;
	case 'q':
		options->quick = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'c':
		return take_color(options, optarg);
	case 'p':
		return take_probes(options, optarg);
	case ':':
		return render_error("doctor", optopt == 'p' ? "--probes needs a value: how many"
							    : "--color needs a value: auto, always or never");
	default:
		return render_unknown_option("doctor", longs, argv[optind - 1]);
	}
}

static int parse(int argc, char **argv, struct options *options)
{
	int found, code = 0;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while (code == 0 && (found = getopt_long(argc, argv, ":h", longs, NULL)) != -1)
		code = take(options, found, argv);
	if (code == 0 && optind < argc)
		code = refuse("it takes options only", argv[optind]);
	if (code == 0 && options->probes > 0 && (options->json || options->quick))
		code = render_error("doctor", "--probes is no report: it goes with neither --json nor --quick");
	return code;
}

static int print(const struct doctor_report *report, const struct options *options)
{
	const struct lfb_medium medium = render_medium(stdout, options->color, false);

	if (options->json) {
		if (doctor_write_json(report) != 0)
			return -EIO;
	} else {
		doctor_print(report, &medium);
	}
	return fflush(stdout) != 0 || ferror(stdout) ? -EIO : 0;
}

/* Measure, unless told not to or there is nothing to measure on. Returns 0 or -ENOMEM. */
static int measure(const struct options *options, struct doctor_report *report, struct doctor_measured *measured,
		   struct doctor_finding *findings)
{
	if (options->quick || report->topology == NULL)
		return 0;
	report->measured = measured;
	report->findings = findings;
	if (doctor_measure(report->topology, measured) != 0)
		return -ENOMEM;
	doctor_find(measured, findings);
	return 0;
}

static int report(const struct lfb_topology *topology, const struct options *options)
{
	static struct doctor_measured measured; /* some kilobytes */
	struct doctor_finding findings[DOCTOR_FINDINGS];
	struct doctor_empty empty[DOCTOR_EMPTIES];
	struct doctor_report report = { .topology = topology, .empty = empty };
	struct lfb_env *env = NULL;
	int rc = lfb_env_gather("", topology, WATCH_MS, &env);

	report.env = env;
	if (rc == 0)
		rc = measure(options, &report, &measured, findings);
	if (rc == 0) {
		report.empties = doctor_empty_columns(
			report.measured, topology != NULL ? lfb_topology_usable(topology)->count : 0, empty);
		rc = print(&report, options);
	}
	doctor_measured_clear(&measured);
	lfb_env_free(env);
	if (rc == -ENOMEM)
		return render_error("doctor", "out of memory; close other programs and try again");
	return rc != 0 ? render_error("doctor", "the output cannot be written; is the disk full?") : 0;
}

/* What the options ask for, on what is known of the CPUs. */
static int examine(const struct lfb_topology *topology, const struct options *options)
{
	if (options->probes == 0)
		return report(topology, options);
	if (topology == NULL)
		return render_error("doctor", "which CPUs there are cannot be told: nothing to probe");
	return doctor_probes(topology, options->probes);
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
	code = examine(topology, &options);
	lfb_topology_free(topology);
	return code;
}
