/* affinity.h - the CPUs the calling thread may run on. Sets grow with the machine: no limit of 1024 CPUs. */
#ifndef LFBENCH_AFFINITY_H
#define LFBENCH_AFFINITY_H

#include "machine/cpu_list.h"

/* Sorted upwards, never empty. `out` is set on success only; the caller clears it. Returns 0 or -errno. */
int lfb_affinity_read(struct lfb_cpu_list *out);

#endif
