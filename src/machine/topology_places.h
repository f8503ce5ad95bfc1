/*
 * topology_places.h - what topology.c finds out about each CPU and place.c sorts by.
 * Internal to the two.
 */
#ifndef LFBENCH_TOPOLOGY_PLACES_H
#define LFBENCH_TOPOLOGY_PLACES_H

#include "machine/cpu_list.h"

enum lfb_level { LFB_LEVEL_PACKAGE, LFB_LEVEL_NUMA, LFB_LEVEL_L3, LFB_LEVEL_CORE, LFB_LEVEL_PU, LFB_LEVELS };

struct lfb_place {
	unsigned cpu;		   /* the kernel's number */
	unsigned nth;		   /* in hwloc's order: nearer numbers share more */
	unsigned rank[LFB_LEVELS]; /* at each level, counted from 0 within the level above */
};

struct lfb_topology {
	struct lfb_place *places; /* in hwloc's order */
	size_t count;
	struct lfb_cpu_list usable;   /* sorted upwards */
	unsigned objects[LFB_LEVELS]; /* that the CPUs are on; 0: not known */
};

#endif
