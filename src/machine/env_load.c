/* env_load.c - facts about what else goes on, and about memory. See env_facts.h. */
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Load per usable CPU from which others are noticed, and from which they compete. */
#define LOAD_NOTE 0.2
#define LOAD_WARN 0.5

static void look_load(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const double cpus = view->topology != NULL ? (double)lfb_topology_usable(view->topology)->count : 1.0;
	double minute;
	char *text;

	if (lfb_sysfile_read(view->root, "/proc/loadavg", &text) != 0)
		return;
	if (sscanf(text, "%lf", &minute) == 1)
		lfb_fact_set(fact,
			     minute >= LOAD_WARN * cpus	  ? LFB_VERDICT_WARN
			     : minute >= LOAD_NOTE * cpus ? LFB_VERDICT_NOTE
							  : LFB_VERDICT_OK,
			     "%.2f over the last minute", minute);
	free(text);
}

/* Clock ticks of all CPUs together since boot. */
struct ticks {
	uint64_t all, stolen;
};

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal (guest time is in user). */
static bool read_ticks(const char *root, struct ticks *ticks)
{
	unsigned long long t[8];
	char *text;
	int found;

	if (lfb_sysfile_read(root, "/proc/stat", &text) != 0)
		return false;
	found = sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5],
		       &t[6], &t[7]);
	free(text);
	if (found != 8)
		return false;
	*ticks = (struct ticks){ .stolen = t[7] };
	for (int i = 0; i < 8; i++)
		ticks->all += t[i];
	return true;
}

static double stolen_percent(const struct ticks *from, const struct ticks *to)
{
	/* Counters of virtual machines have been seen to go back by a tick. */
	if (to->all <= from->all || to->stolen <= from->stolen)
		return 0.0;
	return 100.0 * (double)(to->stolen - from->stolen) / (double)(to->all - from->all);
}

static void sleep_ms(unsigned ms)
{
	const struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&pause, NULL);
}

/* Percent of the CPU time, now or since boot, from which steal time is more than rounding. */
#define STEAL_WARN 1.0

static enum lfb_verdict judge_steal(const struct lfb_env_view *view, const struct ticks *now, double worst)
{
	if (worst >= STEAL_WARN)
		return LFB_VERDICT_WARN;
	if (now->stolen > 0)
		return LFB_VERDICT_NOTE;
	/* 0 on a virtual machine is also what a host shows that does not report it. */
	return lfb_env_is_virtual(view) == 0 ? LFB_VERDICT_OK : LFB_VERDICT_UNKNOWN;
}

static void look_steal(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	static const struct ticks boot = { 0 };
	struct ticks before, now;
	double since_boot, recently = 0.0;
	char watched[64] = "";

	if (!read_ticks(view->root, &now))
		return;
	since_boot = stolen_percent(&boot, &now);
	if (view->watch_ms > 0) {
		before = now;
		sleep_ms(view->watch_ms);
		if (!read_ticks(view->root, &now))
			return;
		recently = stolen_percent(&before, &now);
		(void)snprintf(watched, sizeof(watched), ", %.1f %% over %u ms", recently, view->watch_ms);
	}
	lfb_fact_set(fact, judge_steal(view, &now, since_boot > recently ? since_boot : recently),
		     "%.2f %% of CPU time since boot%s", since_boot, watched);
}

/* Available memory below which a large arena may not fit. */
#define MEMORY_WARN_KB (512u * 1024u)

static void look_memory(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const double gib = 1024.0 * 1024.0;
	uint64_t total, available;
	char *text;

	if (lfb_sysfile_read(view->root, "/proc/meminfo", &text) != 0)
		return;
	if (lfb_sysfile_field_u64(text, "MemTotal", &total) == 0 &&
	    lfb_sysfile_field_u64(text, "MemAvailable", &available) == 0)
		lfb_fact_set(fact, available < MEMORY_WARN_KB ? LFB_VERDICT_WARN : LFB_VERDICT_OK,
			     "%.1f GiB, %.1f GiB available", (double)total / gib, (double)available / gib);
	free(text);
}

/* The choice in brackets of "always [madvise] never". */
static void look_huge_pages(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char chosen[32];
	char *text;
	const char *bracket;

	if (lfb_sysfile_read(view->root, "/sys/kernel/mm/transparent_hugepage/enabled", &text) != 0)
		return;
	bracket = strchr(text, '[');
	if (bracket != NULL && sscanf(bracket, "[%31[^]]]", chosen) == 1)
		lfb_fact_set(fact, strcmp(chosen, "always") == 0 ? LFB_VERDICT_NOTE : LFB_VERDICT_OK, "%s", chosen);
	free(text);
}

const struct lfb_env_kind lfb_env_load_kinds[] = {
	{
		.key = "load_average",
		.label = "load average",
		.group = LFB_FACTS_LOAD,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_load,
		.meaning = "Other processes take CPU time from the trials, or did a moment ago.",
		.advice = "See with top what it is, wait until it is done, and measure then.",
		.unknown = "Whether other processes are busy cannot be told.",
	},
	{
		.key = "steal",
		.label = "steal time",
		.group = LFB_FACTS_LOAD,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_steal,
		.meaning = "The host gives CPU time of this machine to others: trials have gaps that no queue caused.",
		.advice = "Use dedicated CPUs, or measure with more launches.",
		.unknown = "No steal time is seen, but a host that does not report it looks just the same.",
	},
	{
		.key = "memory",
		.label = "memory",
		.group = LFB_FACTS_LOAD,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_memory,
		.meaning =
			"The memory for a trial's queue and items may not be there: cells may end as status=resource.",
		.advice = "Close other programs, or use fewer --items.",
		.unknown = "Whether there is memory for large cells cannot be told.",
	},
	{
		.key = "huge_pages",
		.label = "transparent huge pages",
		.group = LFB_FACTS_LOAD,
		.look = look_huge_pages,
		.meaning = "The kernel may join pages of the queue's memory in the background, during a trial.",
		.advice = "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled",
		.unknown = "Machines with and without huge pages differ in their TLB misses.",
	},
	{ .key = NULL },
};
