/*
 * topology.h - the CPUs this process may use, how near they are to each other, and
 * which thread goes where.
 *
 * DESIGN. hwloc knows the machine. Once, at loading, every usable CPU gets its rank at
 * each level of the machine (which package, which NUMA node in the package, which
 * L3 group in the node, which core in the group, which hardware thread in the core).
 * A placement policy is then nothing but the order in which these ranks are compared,
 * so all policies are one table and one sort. hwloc's tree is not kept.
 */
#ifndef LFBENCH_TOPOLOGY_H
#define LFBENCH_TOPOLOGY_H

#include "machine/cpu_list.h"
#include "text/error.h"

#include <stdbool.h>

enum lfb_pin {
	LFB_PIN_NONE,	 /* not pinned */
	LFB_PIN_COMPACT, /* neighbours first, one hardware thread per core while cores last */
	LFB_PIN_SPREAD,	 /* packages in turn, in them NUMA nodes, L3 groups, cores; hardware threads last */
	LFB_PIN_SOCKET,	 /* a package filled, its second hardware threads too, before the next is begun */
	LFB_PIN_SMT,	 /* the hardware threads of one core next to each other */
	LFB_PIN_CPUS,	 /* an explicit list, "cpus:0+2+4-7" */
	LFB_PINS
};

/* By enum lfb_pin, ended by NULL; and what --help says of each. */
extern const char *const lfb_pin_names[LFB_PINS + 1];
extern const char *const lfb_pin_meanings[LFB_PINS + 1];

struct lfb_topology;

/* How many of each the usable CPUs are on. 0: not known. */
struct lfb_topology_counts {
	unsigned cpus;
	unsigned cores;
	unsigned packages;
	unsigned numa_nodes;
	unsigned l3_groups;
};

/*
 * Look at this machine: the CPUs that hwloc finds allowed and that the calling thread's affinity
 * has. Where hwloc cannot tell, the affinity's CPUs in the kernel's order, all counts but `cpus`
 * unknown. Returns 0, -ENOMEM, or -errno of sched_getaffinity. Free with lfb_topology_free.
 * A topology is never changed afterwards: any thread may read it.
 */
int lfb_topology_load(struct lfb_topology **out);

/*
 * For tests: a machine as hwloc's synthetic descriptions have it ("pack:2 core:8 pu:2"), of which
 * only the CPUs of the list `allowed` ("0-3+8"; NULL: all) may be used, as in a cpuset.
 * Returns 0, -EINVAL or -ENOMEM.
 */
int lfb_topology_load_synthetic(const char *description, const char *allowed, struct lfb_topology **out);

void lfb_topology_free(struct lfb_topology *topology);

/* The usable CPUs, sorted upwards; at least one. Lives as long as the topology. */
const struct lfb_cpu_list *lfb_topology_usable(const struct lfb_topology *topology);

void lfb_topology_count(const struct lfb_topology *topology, struct lfb_topology_counts *out);

/*
 * Read a --pin argument: a policy's name or "cpus:LIST". Checks the words only, not whether the
 * CPUs exist. `list` is set for LFB_PIN_CPUS, else empty; the caller clears it.
 * Returns 0, -EINVAL with a sentence in `error`, or -ENOMEM.
 */
int lfb_pin_parse(const char *text, enum lfb_pin *policy, struct lfb_cpu_list *list, struct lfb_error *error);

/*
 * CPUs for `threads` threads, in thread order, starting again at the first CPU when there are
 * more threads than CPUs; empty for LFB_PIN_NONE. `out` is set on success only; the caller clears it.
 * Returns 0, -ENOMEM, or -EINVAL for LFB_PIN_CPUS, which is lfb_cpus_take's.
 */
int lfb_cpus_place(const struct lfb_topology *topology, enum lfb_pin policy, unsigned threads,
		   struct lfb_cpu_list *out);

/*
 * A sample of the usable CPUs for measuring each against each: all of them if there are no more than `most`
 * (even, at least 4), else `most` / 2 pairs of neighbours, spread evenly from the first to the last. In
 * hwloc's order, in which those that share most are next to each other, so that both what is near and
 * what is far is among them. Returns 0 or -ENOMEM; `out` is set on success only, and the caller clears it.
 */
int lfb_cpus_sample(const struct lfb_topology *topology, unsigned most, struct lfb_cpu_list *out);

/*
 * As lfb_cpus_place, from an explicit list, which also starts again when it is too short. Every CPU of it has to
 * be usable, also those that no thread gets: else -EINVAL, and `error` names the CPU and the usable ones.
 */
int lfb_cpus_take(const struct lfb_topology *topology, const struct lfb_cpu_list *wanted, unsigned threads,
		  struct lfb_cpu_list *out, struct lfb_error *error);

/*
 * Bind the calling thread to one CPU, and look whether it took effect: after 0 the thread is
 * there and nowhere else. Returns 0, -errno of sched_setaffinity (-EINVAL: no such CPU, or not
 * allowed), or -EXDEV where the kernel accepted the call but put the thread elsewhere.
 */
int lfb_thread_pin(unsigned cpu);

#endif
