/* env_speed.c - facts about clocks: those that are read, and the one the cores run by. See env_facts.h. */
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOCKSOURCES "/sys/devices/system/clocksource/clocksource0/available_clocksource"

/* Clock sources that cannot be read without a system call, or that tick too coarsely. */
static bool source_is_slow(const char *name)
{
	static const char *const slow[] = { "hpet", "acpi_pm", "jiffies", "pit", "xen", "refined-jiffies" };

	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		if (strcmp(name, slow[i]) == 0)
			return true;
	return false;
}

static void look_clock_source(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char name[64];

	if (lfb_clock_source(view->root, name, sizeof(name)) == 0)
		lfb_fact_set(fact, source_is_slow(name) ? LFB_VERDICT_WARN : LFB_VERDICT_OK, "%s", name);
}

/* Reads in the kernel take a few hundred nanoseconds, in the process 20 to 50. */
#define COST_NOTE_NS 150.0
#define COST_WARN_NS 1000.0

static void look_clock_cost(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const double cost_ns = lfb_clock_cost_ns();

	(void)view;
	lfb_fact_set(fact,
		     cost_ns >= COST_WARN_NS   ? LFB_VERDICT_WARN
		     : cost_ns >= COST_NOTE_NS ? LFB_VERDICT_NOTE
					       : LFB_VERDICT_OK,
		     "%.1f ns a read", cost_ns);
}

/* What the processor says, and whether the kernel believes it: it drops a counter that was seen to drift. */
static void look_tsc(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char *sources;

	if (!lfb_clock_tsc_invariant()) {
		lfb_fact_set(fact, LFB_VERDICT_NOTE, "no");
		fact->meaning = "Latencies are stamped by CLOCK_MONOTONIC_RAW instead, which costs more per stamp. Throughput "
				"is timed by it anyway.";
		return;
	}
	if (lfb_sysfile_read(view->root, CLOCKSOURCES, &sources) != 0) {
		lfb_fact_set(fact, LFB_VERDICT_UNKNOWN, "the processor says yes; the kernel's opinion is not known");
		return;
	}
	if (strncmp(sources, "tsc", 3) == 0 || strstr(sources, " tsc") != NULL ||
	    strstr(sources, "arch_sys_counter") != NULL)
		lfb_fact_set(fact, LFB_VERDICT_OK, "yes");
	else
		lfb_fact_set(fact, LFB_VERDICT_NOTE,
			     "the processor says yes; the kernel does not offer it as a clock source");
	free(sources);
}

static bool read_governor(const char *root, unsigned cpu, char **text)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor", cpu);
	return lfb_sysfile_read(root, path, text) == 0;
}

/* The governor of all usable CPUs, if it is one and the same. */
static void look_governor(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	static const unsigned first_cpu = 0;
	const unsigned *const cpus = view->topology != NULL ? lfb_topology_usable(view->topology)->cpus : &first_cpu;
	const size_t count = view->topology != NULL ? lfb_topology_usable(view->topology)->count : 1;
	char *first = NULL, *other = NULL;
	bool same = true;

	if (!read_governor(view->root, cpus[0], &first))
		return;
	for (size_t i = 1; i < count && same; i++) {
		free(other);
		other = NULL;
		same = read_governor(view->root, cpus[i], &other) && strcmp(first, other) == 0;
	}
	if (!same)
		lfb_fact_set(fact, LFB_VERDICT_WARN, "not the same on all CPUs: %s, %s", first,
			     other != NULL ? other : "unknown");
	else
		lfb_fact_set(fact, strcmp(first, "performance") == 0 ? LFB_VERDICT_OK : LFB_VERDICT_WARN, "%s", first);
	free(first);
	free(other);
}

/* Two drivers, two files, of opposite sense. */
static void look_turbo(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	uint64_t on;

	if (lfb_sysfile_u64(view->root, "/sys/devices/system/cpu/intel_pstate/no_turbo", &on) == 0)
		on = !on;
	else if (lfb_sysfile_u64(view->root, "/sys/devices/system/cpu/cpufreq/boost", &on) != 0)
		return;
	lfb_fact_set(fact, on ? LFB_VERDICT_NOTE : LFB_VERDICT_OK, "%s", on ? "on" : "off");
}

const struct lfb_env_kind lfb_env_speed_kinds[] = {
	{
		.key = "clock_source",
		.label = "clock source",
		.group = LFB_FACTS_SPEED,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_clock_source,
		.meaning = "Reading this clock is slow or coarse. Throughput takes two time stamps per thread and "
			   "trial, so it hardly suffers; short trials do.",
		.advice = "Keep trials longer than 10 ms; on real hardware find out why the kernel does not use tsc "
			  "(dmesg).",
		.unknown = "How the kernel keeps time is not shown; its cost below was measured.",
	},
	{
		.key = "clock_cost",
		.label = "clock cost",
		.group = LFB_FACTS_SPEED,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_clock_cost,
		.meaning = "Reading the clock probably needs a system call. Throughput takes two time stamps per "
			   "thread and trial, so it hardly suffers.",
		.advice = "Keep trials longer than 10 ms.",
		.unknown = "The cost of reading the clock is not known.",
	},
	{
		.key = "tsc_invariant",
		.label = "invariant TSC",
		.group = LFB_FACTS_SPEED,
		.look = look_tsc,
		.meaning = "The kernel may not trust the time stamp counter across CPUs. Latencies are stamped by it all the "
			   "same if it proves steady; the column tsc_skew_ns bounds their error. Throughput is timed by "
			   "CLOCK_MONOTONIC_RAW.",
		.unknown = "Whether the kernel trusts the time stamp counter is not shown. Latencies are stamped by it if it "
			   "proves steady; tsc_skew_ns bounds their error.",
	},
	{
		.key = "governor",
		.label = "frequency governor",
		.group = LFB_FACTS_SPEED,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_governor,
		.meaning = "The frequency follows the load, so the first trials and those that wait a lot run slower.",
		.advice = "sudo cpupower frequency-set -g performance",
		.unknown = "The frequency may change during a run without showing it (usual on virtual machines).",
	},
	{
		.key = "turbo",
		.label = "turbo",
		.group = LFB_FACTS_SPEED,
		.look = look_turbo,
		.meaning = "Few busy cores run faster than many, and cold ones faster than hot ones: scaling with "
			   "threads looks worse than the queue is.",
		.advice = "Compare cells of equal thread counts, or switch it off: echo 0 | sudo tee "
			  "/sys/devices/system/cpu/cpufreq/boost (Intel: echo 1 to ../intel_pstate/no_turbo).",
		.unknown = "Few busy cores may run faster than many.",
	},
	{ .key = NULL },
};
