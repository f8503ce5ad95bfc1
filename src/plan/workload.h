/*
 * workload.h - the ways of driving a queue: which loops run on how many threads,
 * and from which queue each takes its values. One table, workload.c.
 */
#ifndef LFBENCH_WORKLOAD_H
#define LFBENCH_WORKLOAD_H

#include <lfbench/backend.h>

#define LFB_ROLES_MAX 3
#define LFB_QUEUES_MAX 16

struct lfb_application;

/* What gives a role its number of threads. MIDDLE: the consumers but one, which is the last stage. */
enum lfb_role_count { LFB_COUNT_PRODUCERS, LFB_COUNT_CONSUMERS, LFB_COUNT_THREADS, LFB_COUNT_ONE, LFB_COUNT_MIDDLE };

/* Where one thread of a role stands. */
struct lfb_place {
	enum lfb_loop_kind fed; /* its loop where the application is in use; LFB_LOOP_KINDS: the role's program */
	int out, back;    /* the queues in thread->queue[0] and [1]; back -1: none */
	int pushes_to;    /* queue it pushes to, or -1: none, or more than one */
	int pops_from;    /* queue whose values it pops, or -1 */
};

struct lfb_role {
	const char *name; /* of the threads, in detail files and messages */
	enum lfb_role_count count;
	enum lfb_loop_kind loop, audit, batch, batch_audit; /* LFB_LOOP_KINDS: not offered */
	enum lfb_loop_kind closed, batch_closed, open;      /* of the latency pass */
	int out, back;    /* the queues in thread->queue[0] and [1]; back -1: none */
	bool produces;    /* makes values of its own (thread->first_value, items) */
	int pushes_to;    /* queue it pushes to, or -1 */
	int pops_from;    /* queue whose values it pops, or -1 */
	enum lfb_loop_kind fed; /* the loop where the workload's application is in use; LFB_LOOP_KINDS: program */
	void (*program)(struct lfb_thread *thread); /* a function of the application's instead of a loop */
};

/* How many threads one side has. */
struct lfb_side {
	uint32_t preset; /* where no option says; 0: 1 */
	uint32_t max;    /* 0: any number */
};

struct lfb_workload {
	const char *name;
	const char *summary;
	bool by_threads;      /* shaped by --threads instead of --producers and --consumers */
	bool by_stages;       /* shaped by --stages and --topology: consumers are the stages behind the first */
	bool in_default_sweep;
	uint32_t threads_min, threads_max; /* by_threads only */
	struct lfb_side producers, consumers; /* not by_threads */
	uint64_t capacity_preset; /* 0: the one of all */
	uint32_t burst_preset;
	uint64_t items_max;   /* of an untimed trial; 0: any number */
	unsigned queues;      /* 0: as many as consumers */
	unsigned roles;
	struct lfb_role role[LFB_ROLES_MAX];
	/* Where the nth thread of a role stands; NULL: where the role says. */
	struct lfb_place (*place)(unsigned role, uint32_t nth, uint32_t consumers, bool diamond);
	const struct lfb_application *application; /* NULL: none */
};

/* All workloads, ended by one without a name, and their names for lfb_name_find. */
extern const struct lfb_workload lfb_workloads[];
extern const char *const lfb_workload_names[];

/* How many threads take `role` at this shape. */
uint32_t lfb_role_threads(const struct lfb_role *role, uint32_t producers, uint32_t consumers);

/* Threads of the whole workload at this shape. */
uint32_t lfb_workload_threads(const struct lfb_workload *workload, uint32_t producers, uint32_t consumers);

/* Queues of the whole workload at this shape. */
unsigned lfb_workload_queues(const struct lfb_workload *workload, uint32_t consumers);

/* Operations (pushes plus pops) that move one item through the workload. */
unsigned lfb_workload_ops_per_item(const struct lfb_workload *workload, uint32_t consumers);

#endif
