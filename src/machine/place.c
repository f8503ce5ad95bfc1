/* place.c - see topology.h: which thread goes to which CPU. */
#include "plan/names.h"
#include "machine/topology.h"
#include "machine/topology_places.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_pin_names[LFB_PINS + 1] = { "none", "compact", "spread", "socket", "smt", "cpus", NULL };
const char *const lfb_pin_meanings[LFB_PINS + 1] = {
	"threads are not pinned, the kernel moves them",
	"neighbours first, one thread per core while cores last",
	"packages in turn, then NUMA nodes, L3 groups and cores",
	"one package full, cores before their second hardware threads, then the next",
	"the hardware threads of one core next to each other",
	"exactly these CPUs, in thread order: cpus:0+2+4-7",
	NULL,
};

/* The levels whose ranks a policy compares, first to last; what is equal stays in hwloc's order. */
struct order {
	enum lfb_level levels[LFB_LEVELS];
	unsigned count;
};

static const struct order orders[LFB_PINS] = {
	[LFB_PIN_COMPACT] = { { LFB_LEVEL_PU }, 1 },
	[LFB_PIN_SPREAD] = { { LFB_LEVEL_PU, LFB_LEVEL_CORE, LFB_LEVEL_L3, LFB_LEVEL_NUMA, LFB_LEVEL_PACKAGE }, 5 },
	/* As compact within a package; compact would take another package's cores before any second hardware thread. */
	[LFB_PIN_SOCKET] = { { LFB_LEVEL_PACKAGE, LFB_LEVEL_PU }, 2 },
	[LFB_PIN_SMT] = { { LFB_LEVEL_PACKAGE }, 0 },
};

static int by_order(const void *a, const void *b, void *context)
{
	const struct lfb_place *const left = a, *const right = b;
	const struct order *const order = context;

	for (unsigned i = 0; i < order->count; i++) {
		const unsigned level = order->levels[i];

		if (left->rank[level] != right->rank[level])
			return left->rank[level] < right->rank[level] ? -1 : 1;
	}
	return (left->nth > right->nth) - (left->nth < right->nth);
}

/* The first `threads` of the CPUs, starting again when they run out. */
static int deal(const struct lfb_cpu_list *cpus, unsigned threads, struct lfb_cpu_list *out)
{
	struct lfb_cpu_list dealt = { 0 };

	for (unsigned i = 0; i < threads; i++) {
		if (lfb_cpu_list_add(&dealt, cpus->cpus[i % cpus->count]) != 0) {
			lfb_cpu_list_clear(&dealt);
			return -ENOMEM;
		}
	}
	*out = dealt;
	return 0;
}

int lfb_cpus_place(const struct lfb_topology *topology, enum lfb_pin policy, unsigned threads, struct lfb_cpu_list *out)
{
	struct lfb_cpu_list cpus = { 0 };
	struct lfb_place *sorted;
	struct order order;
	int rc = 0;

	if (policy < LFB_PIN_NONE || policy >= LFB_PIN_CPUS)
		return -EINVAL;
	if (policy == LFB_PIN_NONE) {
		*out = cpus;
		return 0;
	}
	order = orders[policy];
	sorted = malloc(topology->count * sizeof(sorted[0]));
	if (sorted == NULL)
		return -ENOMEM;
	memcpy(sorted, topology->places, topology->count * sizeof(sorted[0]));
	qsort_r(sorted, topology->count, sizeof(sorted[0]), by_order, &order);
	for (size_t i = 0; rc == 0 && i < topology->count; i++)
		rc = lfb_cpu_list_add(&cpus, sorted[i].cpu);
	if (rc == 0)
		rc = deal(&cpus, threads, out);
	lfb_cpu_list_clear(&cpus);
	free(sorted);
	return rc;
}

int lfb_cpus_sample(const struct lfb_topology *topology, unsigned most, struct lfb_cpu_list *out)
{
	const bool all = topology->count <= most;
	const size_t count = all ? topology->count : most, pairs = count / 2;
	struct lfb_cpu_list sample = { 0 };

	for (size_t i = 0; i < count; i++) {
		/* Pair number i / 2 begins at this share of the way to the last pair. */
		const size_t start = all ? i : i / 2 * (topology->count - 2) / (pairs - 1) + i % 2;

		if (lfb_cpu_list_add(&sample, topology->places[start].cpu) != 0) {
			lfb_cpu_list_clear(&sample);
			return -ENOMEM;
		}
	}
	*out = sample;
	return 0;
}

/* Say which CPU cannot be had, and which can. */
static int refuse(const struct lfb_topology *topology, unsigned cpu, struct lfb_error *error)
{
	char *const usable = lfb_cpu_list_text(&topology->usable);

	(void)lfb_fail(error, -EINVAL, "CPU %u does not exist or may not be used by this process; usable: %.300s%s",
		       cpu, usable != NULL ? usable : "?", usable != NULL && strlen(usable) > 300 ? "..." : "");
	free(usable);
	return -EINVAL;
}

int lfb_cpus_take(const struct lfb_topology *topology, const struct lfb_cpu_list *wanted, unsigned threads,
		  struct lfb_cpu_list *out, struct lfb_error *error)
{
	if (wanted->count == 0)
		return lfb_fail(error, -EINVAL, "the list of CPUs is empty");
	for (size_t i = 0; i < wanted->count; i++)
		if (!lfb_cpu_list_has(&topology->usable, wanted->cpus[i]))
			return refuse(topology, wanted->cpus[i], error);
	return deal(wanted, threads, out);
}

static int unknown_policy(const char *text, struct lfb_error *error)
{
	char known[128];
	const char *const nearest = lfb_name_nearest(lfb_pin_names, text);

	lfb_names_join(lfb_pin_names, known, sizeof(known));
	return lfb_fail(error, -EINVAL, "'%.40s' is no placement%s%s%s; known: %s:LIST (as in cpus:0+2+4-7)", text,
			nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
			nearest != NULL ? "'?)" : "", known);
}

int lfb_pin_parse(const char *text, enum lfb_pin *policy, struct lfb_cpu_list *list, struct lfb_error *error)
{
	static const char prefix[] = "cpus:";
	struct lfb_cpu_list cpus = { 0 };
	int found;

	if (strncmp(text, prefix, sizeof(prefix) - 1) == 0) {
		const int rc = lfb_cpu_list_parse(text + sizeof(prefix) - 1, &cpus, error);

		if (rc != 0)
			return rc;
		found = LFB_PIN_CPUS;
	} else {
		found = lfb_name_find(lfb_pin_names, text);
		if (found < 0 || found == LFB_PIN_CPUS)
			return unknown_policy(text, error);
	}
	*policy = (enum lfb_pin)found;
	*list = cpus;
	return 0;
}
