/* commands.c - the table of subcommands: the one place that lists them. */
#include "commands/commands.h"

#include <stddef.h>

const struct command commands[] = {
	{ "list", cmd_list, "backends and workloads, what they claim, and what is missing" },
	{ "plan", cmd_plan, "what a run would do: cells, order, seed, time; runs nothing" },
	{ "run", cmd_run, "run a sweep and write the results file" },
	{ "show", cmd_show, "print a results file as tables" },
	{ "check", cmd_check, "say whether a queue does what it claims, by the order of its operations" },
	{ "gate", cmd_gate, "say whether one build of a queue is slower than another" },
	{ "compare", cmd_compare, "compare stored results: which cells became slower, and how they did over time" },
	{ "merge", cmd_merge, "join results files: shards of a run, or runs of several days" },
	{ "latency", cmd_latency, "print the latency histograms of a run, and write them for a plotter" },
	{ "report", cmd_report, "write an HTML page: which queue, how sure, why, and what machine it was" },
	{ "plot", cmd_plot, "draw a chart of the report as an SVG" },
	{ "doctor", cmd_doctor, "look at this machine, and say what it means for the results" },
	{ NULL, NULL, NULL },
};
