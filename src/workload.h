/*
 * workload.h - the ways of driving a queue: which loops run on how many threads,
 * and from which queue each takes its values. One table, workload.c.
 */
#ifndef LFBENCH_WORKLOAD_H
#define LFBENCH_WORKLOAD_H

#include <lfbench/backend.h>

#define LFB_ROLES_MAX 2
#define LFB_QUEUES_MAX 2

/* What gives a role its number of threads. */
enum lfb_role_count { LFB_COUNT_PRODUCERS, LFB_COUNT_CONSUMERS, LFB_COUNT_THREADS, LFB_COUNT_ONE };

struct lfb_role {
	const char *name; /* of the threads, in detail files and messages */
	enum lfb_role_count count;
	enum lfb_loop_kind loop, audit, batch, batch_audit; /* LFB_LOOP_KINDS: not offered */
	enum lfb_loop_kind closed, batch_closed, open;      /* of the latency pass */
	int out, back;    /* the queues in thread->queue[0] and [1]; back -1: none */
	bool produces;    /* makes values of its own (thread->first_value, items) */
	int pushes_to;    /* queue it pushes to, or -1 */
	int pops_from;    /* queue whose values it pops, or -1 */
};

struct lfb_workload {
	const char *name;
	const char *summary;
	bool by_threads;      /* shaped by --threads instead of --producers and --consumers */
	uint32_t threads_min, threads_max; /* by_threads only */
	unsigned queues;
	unsigned roles;
	struct lfb_role role[LFB_ROLES_MAX];
};

/* All workloads, ended by one without a name, and their names for lfb_name_find. */
extern const struct lfb_workload lfb_workloads[];
extern const char *const lfb_workload_names[];

/* How many threads take `role` at this shape. */
uint32_t lfb_role_threads(const struct lfb_role *role, uint32_t producers, uint32_t consumers);

/* Threads of the whole workload at this shape. */
uint32_t lfb_workload_threads(const struct lfb_workload *workload, uint32_t producers, uint32_t consumers);

/* Operations (pushes plus pops) that move one item through the workload. */
unsigned lfb_workload_ops_per_item(const struct lfb_workload *workload);

#endif
