/* topology.c - see topology.h: finding the usable CPUs and ranking them. place.c orders them. */
#include "machine/topology.h"
#include "machine/affinity.h"
#include "machine/topology_places.h"

#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>

/* Which object of each level a CPU is in; only equality with the CPU before it matters. */
struct nest {
	unsigned key[LFB_LEVELS];
};

#define ABSENT UINT_MAX

static unsigned ancestor_index(hwloc_topology_t machine, hwloc_obj_type_t type, hwloc_obj_t pu)
{
	const hwloc_obj_t ancestor = hwloc_get_ancestor_obj_by_type(machine, type, pu);

	return ancestor != NULL ? ancestor->logical_index : ABSENT;
}

static struct nest nest_of(hwloc_topology_t machine, hwloc_obj_t pu)
{
	const unsigned core = ancestor_index(machine, HWLOC_OBJ_CORE, pu);
	const int node = pu->nodeset != NULL ? hwloc_bitmap_first(pu->nodeset) : -1;

	return (struct nest){ .key = {
				      [LFB_LEVEL_PACKAGE] = ancestor_index(machine, HWLOC_OBJ_PACKAGE, pu),
				      [LFB_LEVEL_NUMA] = node >= 0 ? (unsigned)node : ABSENT,
				      [LFB_LEVEL_L3] = ancestor_index(machine, HWLOC_OBJ_L3CACHE, pu),
				      /* Where cores are not known, every CPU passes for one. */
				      [LFB_LEVEL_CORE] = core != ABSENT ? core : pu->logical_index,
				      [LFB_LEVEL_PU] = pu->logical_index,
			      } };
}

/*
 * Append a CPU, ranked at each level within the level above: CPUs come in hwloc's order, in which
 * those of one object are neighbours, so comparing with the CPU before is enough.
 */
static void append(struct lfb_topology *topology, unsigned cpu, const struct nest *now, const struct nest *before)
{
	struct lfb_place *const place = &topology->places[topology->count];
	const struct lfb_place *const last = topology->count > 0 ? place - 1 : NULL;
	bool entered = last == NULL; /* another object at some level above */

	place->cpu = cpu;
	place->nth = (unsigned)topology->count;
	for (int level = 0; level < LFB_LEVELS; level++) {
		const bool other = last == NULL || now->key[level] != before->key[level];

		if (entered)
			place->rank[level] = 0;
		else
			place->rank[level] = last->rank[level] + other;
		entered = entered || other;
		if (now->key[level] != ABSENT)
			topology->objects[level] += other;
	}
	topology->count++;
}

/* Take the machine's CPUs that are in `allowed` (sorted; NULL: all), in hwloc's order. */
static int take_places(struct lfb_topology *topology, hwloc_topology_t machine, const struct lfb_cpu_list *allowed)
{
	const int pus = hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_PU);
	struct nest before = { { 0 } };

	topology->places = calloc(pus > 0 ? (size_t)pus : 1, sizeof(topology->places[0]));
	if (topology->places == NULL)
		return -ENOMEM;
	for (int i = 0; i < pus; i++) {
		const hwloc_obj_t pu = hwloc_get_obj_by_type(machine, HWLOC_OBJ_PU, (unsigned)i);
		struct nest now;

		if (allowed != NULL && !lfb_cpu_list_has(allowed, pu->os_index))
			continue;
		now = nest_of(machine, pu);
		append(topology, pu->os_index, &now, &before);
		before = now;
	}
	if (hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_CORE) <= 0)
		topology->objects[LFB_LEVEL_CORE] = 0;
	return topology->count > 0 ? 0 : -ENODEV;
}

static int by_number(const void *a, const void *b)
{
	const unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;

	return (left > right) - (left < right);
}

/* The sorted list of what is in places. */
static int list_usable(struct lfb_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		if (lfb_cpu_list_add(&topology->usable, topology->places[i].cpu) != 0)
			return -ENOMEM;
	qsort(topology->usable.cpus, topology->usable.count, sizeof(topology->usable.cpus[0]), by_number);
	return 0;
}

/* A new topology of the machine's CPUs that are in `allowed`. */
static int build(hwloc_topology_t machine, const struct lfb_cpu_list *allowed, struct lfb_topology **out)
{
	struct lfb_topology *const topology = calloc(1, sizeof(*topology));
	int rc = -ENOMEM;

	if (topology == NULL)
		return rc;
	rc = take_places(topology, machine, allowed);
	if (rc == 0)
		rc = list_usable(topology);
	if (rc != 0) {
		lfb_topology_free(topology);
		return rc;
	}
	*out = topology;
	return 0;
}

/* What is left without hwloc: the affinity's CPUs in their order, nothing known of their neighbours. */
static int build_from_affinity(const struct lfb_cpu_list *affinity, struct lfb_topology **out)
{
	struct lfb_topology *const topology = calloc(1, sizeof(*topology));

	if (topology == NULL)
		return -ENOMEM;
	topology->places = calloc(affinity->count, sizeof(topology->places[0]));
	if (topology->places == NULL)
		goto no_memory;
	topology->count = affinity->count;
	for (unsigned i = 0; i < topology->count; i++)
		topology->places[i] = (struct lfb_place){
			.cpu = affinity->cpus[i],
			.nth = i,
			.rank = { [LFB_LEVEL_CORE] = i },
		};
	if (list_usable(topology) != 0)
		goto no_memory;
	*out = topology;
	return 0;
no_memory:
	lfb_topology_free(topology);
	return -ENOMEM;
}

/* This machine as hwloc sees it, or NULL. */
static hwloc_topology_t load_machine(void)
{
	hwloc_topology_t machine;

	if (hwloc_topology_init(&machine) != 0)
		return NULL;
	/* HWLOC_XMLFILE and HWLOC_SYNTHETIC show another machine: no use for pinning on this one. */
	if (hwloc_topology_load(machine) == 0 && hwloc_topology_is_thissystem(machine))
		return machine;
	hwloc_topology_destroy(machine);
	return NULL;
}

int lfb_topology_load(struct lfb_topology **out)
{
	struct lfb_cpu_list affinity = { 0 };
	hwloc_topology_t machine;
	int rc = lfb_affinity_read(&affinity);

	if (rc != 0)
		return rc;
	machine = load_machine();
	rc = machine != NULL ? build(machine, &affinity, out) : -ENODEV;
	if (rc == -ENODEV)
		rc = build_from_affinity(&affinity, out);
	if (machine != NULL)
		hwloc_topology_destroy(machine);
	lfb_cpu_list_clear(&affinity);
	return rc;
}

/* Leave only the CPUs of `allowed` in the machine, the way a cpuset does. */
static int restrict_machine(hwloc_topology_t machine, const char *allowed)
{
	struct lfb_cpu_list list = { 0 };
	hwloc_bitmap_t set = NULL;
	int rc = lfb_cpu_list_parse(allowed, &list, NULL);

	if (rc != 0)
		return rc;
	set = hwloc_bitmap_alloc();
	if (set == NULL)
		rc = -ENOMEM;
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		rc = hwloc_bitmap_set(set, list.cpus[i]) != 0 ? -ENOMEM : 0;
	if (rc == 0 && hwloc_topology_restrict(machine, set, 0) != 0)
		rc = -EINVAL;
	hwloc_bitmap_free(set);
	lfb_cpu_list_clear(&list);
	return rc;
}

int lfb_topology_load_synthetic(const char *description, const char *allowed, struct lfb_topology **out)
{
	hwloc_topology_t machine;
	int rc = 0;

	if (hwloc_topology_init(&machine) != 0)
		return -ENOMEM;
	if (hwloc_topology_set_synthetic(machine, description) != 0 || hwloc_topology_load(machine) != 0)
		rc = -EINVAL;
	if (rc == 0 && allowed != NULL)
		rc = restrict_machine(machine, allowed);
	if (rc == 0)
		rc = build(machine, NULL, out);
	hwloc_topology_destroy(machine);
	return rc;
}

void lfb_topology_free(struct lfb_topology *topology)
{
	if (topology == NULL)
		return;
	free(topology->places);
	lfb_cpu_list_clear(&topology->usable);
	free(topology);
}

const struct lfb_cpu_list *lfb_topology_usable(const struct lfb_topology *topology)
{
	return &topology->usable;
}

void lfb_topology_count(const struct lfb_topology *topology, struct lfb_topology_counts *out)
{
	out->cpus = (unsigned)topology->count;
	out->cores = topology->objects[LFB_LEVEL_CORE];
	out->packages = topology->objects[LFB_LEVEL_PACKAGE];
	out->numa_nodes = topology->objects[LFB_LEVEL_NUMA];
	out->l3_groups = topology->objects[LFB_LEVEL_L3];
}
