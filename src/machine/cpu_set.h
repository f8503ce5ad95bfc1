/* cpu_set.h - which CPUs have been seen: a bit each, 8 KiB, no allocation. */
#ifndef LFBENCH_CPU_SET_H
#define LFBENCH_CPU_SET_H

#include "machine/cpu_list.h"

#include <stdint.h>
#include <string.h>

struct lfb_cpu_set {
	uint64_t bits[LFB_CPUS_MAX / 64];
};

static inline void lfb_cpu_set_clear(struct lfb_cpu_set *set)
{
	memset(set, 0, sizeof(*set));
}

/* Returns whether `cpu` is new to the set. A number that no CPU can have is never new. */
static inline bool lfb_cpu_set_add(struct lfb_cpu_set *set, unsigned cpu)
{
	const uint64_t bit = UINT64_C(1) << cpu % 64;

	if (cpu >= LFB_CPUS_MAX || (set->bits[cpu / 64] & bit) != 0)
		return false;
	set->bits[cpu / 64] |= bit;
	return true;
}

#endif
