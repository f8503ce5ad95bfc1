/* env_topology.c - facts about CPUs, cores and what they share. See env_facts.h. */
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CPUs the kernel has online. Returns 0 or -errno. */
static int online_cpus(const struct lfb_env_view *view, struct lfb_cpu_list *out)
{
	char *text;
	int rc = lfb_sysfile_read(view->root, "/sys/devices/system/cpu/online", &text);

	if (rc != 0)
		return rc;
	rc = lfb_cpu_list_parse_kernel(text, out, NULL);
	free(text);
	return rc;
}

/* "4 (0-1+6-7)" */
static void set_list(struct lfb_fact *fact, enum lfb_verdict verdict, const struct lfb_cpu_list *list)
{
	char *const text = lfb_cpu_list_text(list);

	if (text != NULL)
		lfb_fact_set(fact, verdict, "%zu (%.200s%s)", list->count, text, strlen(text) > 200 ? "..." : "");
	free(text);
}

static void look_cpus_online(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	struct lfb_cpu_list list = { 0 };

	if (online_cpus(view, &list) == 0)
		set_list(fact, LFB_VERDICT_OK, &list);
	lfb_cpu_list_clear(&list);
}

/* Up to here, 2 producers and 2 consumers have to share CPUs. */
#define FEW_CPUS 4

static void look_cpus_usable(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const struct lfb_cpu_list *list;

	if (view->topology == NULL)
		return;
	list = lfb_topology_usable(view->topology);
	if (list->count == 1) {
		fact->meaning =
			"With one CPU no two threads ever run at the same time: what is measured is the scheduler.";
		fact->advice = "Give this process two CPUs or more.";
	}
	set_list(fact,
		 list->count == 1	  ? LFB_VERDICT_WARN
		 : list->count < FEW_CPUS ? LFB_VERDICT_NOTE
					  : LFB_VERDICT_OK,
		 list);
}

static void look_affinity(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	struct lfb_cpu_list online = { 0 };
	size_t usable;

	if (view->topology == NULL || online_cpus(view, &online) != 0)
		return;
	usable = lfb_topology_usable(view->topology)->count;
	if (usable < online.count)
		lfb_fact_set(fact, LFB_VERDICT_WARN, "%zu of %zu online CPUs", usable, online.count);
	else
		lfb_fact_set(fact, LFB_VERDICT_OK, "all online CPUs");
	lfb_cpu_list_clear(&online);
}

/* A count of the topology, of which more than `plain` are worth a note. */
static void set_count(struct lfb_fact *fact, unsigned count, unsigned plain)
{
	if (count > 0)
		lfb_fact_set(fact, count > plain ? LFB_VERDICT_NOTE : LFB_VERDICT_OK, "%u", count);
}

static struct lfb_topology_counts counts_of(const struct lfb_env_view *view)
{
	struct lfb_topology_counts counts = { 0 };

	if (view->topology != NULL)
		lfb_topology_count(view->topology, &counts);
	return counts;
}

static void look_packages(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	set_count(fact, counts_of(view).packages, 1);
}

static void look_numa(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	set_count(fact, counts_of(view).numa_nodes, 1);
}

/* Whether the kernel itself shows the caches of the first usable CPU. */
static bool kernel_shows_caches(const struct lfb_env_view *view)
{
	char path[96];
	uint64_t level;

	(void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cache/index0/level",
		       lfb_topology_usable(view->topology)->cpus[0]);
	return lfb_sysfile_u64(view->root, path, &level) == 0;
}

/*
 * Without the kernel hwloc asks CPUID, in which a hypervisor puts what it likes: two L3 caches of
 * 508 MiB were seen on two virtual CPUs.
 */
static void look_l3(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const unsigned count = counts_of(view).l3_groups;

	if (count > 0 && !kernel_shows_caches(view))
		lfb_fact_set(fact, LFB_VERDICT_UNKNOWN, "%u according to CPUID, none according to the kernel", count);
	else
		set_count(fact, count, 1);
}

static void look_cores(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	set_count(fact, counts_of(view).cores, LFB_CPUS_MAX);
}

/* The kernel's word, or else what the topology shows of the usable CPUs. */
static void look_smt(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const struct lfb_topology_counts counts = counts_of(view);
	uint64_t active;

	if (lfb_sysfile_u64(view->root, "/sys/devices/system/cpu/smt/active", &active) != 0) {
		if (counts.cores == 0)
			return;
		active = counts.cpus > counts.cores;
	}
	if (active)
		lfb_fact_set(fact, LFB_VERDICT_NOTE, "active");
	else
		lfb_fact_set(fact, LFB_VERDICT_OK, "not active");
}

const struct lfb_env_kind lfb_env_topology_kinds[] = {
	{
		.key = "cpus_online",
		.label = "CPUs online",
		.group = LFB_FACTS_MACHINE,
		.look = look_cpus_online,
		.unknown = "Whether this process may use the whole machine cannot be told.",
	},
	{
		.key = "packages",
		.label = "packages",
		.group = LFB_FACTS_MACHINE,
		.look = look_packages,
		.meaning =
			"Threads in two packages reach each other's cache lines several times slower than within one.",
		.advice = "Look at the column cpus when comparing; --pin compact stays within one package while it "
			  "lasts.",
		.unknown = "Placement cannot take packages into account.",
	},
	{
		.key = "numa_nodes",
		.label = "NUMA nodes",
		.group = LFB_FACTS_MACHINE,
		.look = look_numa,
		.meaning = "A queue's memory is on one node: threads on another one reach it more slowly.",
		.advice = "Look at the column cpus when comparing; --pin compact stays within one node while it lasts.",
		.unknown = "Placement cannot take NUMA nodes into account.",
	},
	{
		.key = "l3_groups",
		.label = "L3 caches",
		.group = LFB_FACTS_MACHINE,
		.look = look_l3,
		.meaning = "Threads under two L3 caches reach each other's cache lines several times slower than under "
			   "one.",
		.advice = "Look at the column cpus when comparing; --pin compact stays under one L3 while it lasts.",
		.unknown = "Which CPUs share a cache is not known for sure: --pin compact and spread may get it wrong.",
	},
	{
		.key = "cores",
		.label = "cores",
		.group = LFB_FACTS_MACHINE,
		.look = look_cores,
		.unknown = "Placement takes every CPU for a core of its own.",
	},
	{
		.key = "smt",
		.label = "SMT",
		.group = LFB_FACTS_MACHINE,
		.look = look_smt,
		.meaning = "Two hardware threads of one core share its first caches and its units: a pair of threads "
			   "is fast to each other there and slow in its own work.",
		.advice = "--pin compact and spread use one hardware thread per core while cores last; --pin smt does "
			  "not.",
		.unknown = "Two CPUs may or may not be halves of one core.",
	},
	{
		.key = "cpus_usable",
		.label = "CPUs usable",
		.group = LFB_FACTS_LIMITS,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_cpus_usable,
		.meaning = "Cells with more threads than CPUs are oversubscribed: they show how a queue behaves when "
			   "threads lose their CPU in the middle of an operation, not how it scales.",
		.advice = "Read rows flagged oversubscribed apart from the others.",
		.unknown = "Threads cannot be placed.",
	},
	{
		.key = "affinity",
		.label = "affinity",
		.group = LFB_FACTS_LIMITS,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_affinity,
		.meaning = "taskset, a cpuset or a container keeps this process off some CPUs; others may be busy on "
			   "these.",
		.advice = "Intended: carry on. Otherwise start lfbench without that limit.",
		.unknown = "Whether this process may use the whole machine cannot be told.",
	},
	{ .key = NULL },
};
