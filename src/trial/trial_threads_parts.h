/*
 * trial_threads_parts.h - a crew and its members, for the files that trial_threads.c is made of: what each thread is told before the gate
 * (trial_briefing.c), and what is read from them after the join (trial_threads_results.c).
 */
#ifndef LFBENCH_TRIAL_THREADS_PARTS_H
#define LFBENCH_TRIAL_THREADS_PARTS_H

#include "trial/trial_threads.h"

#include <pthread.h>
#include <semaphore.h>

/* One thread: only itself writes here while it runs. */
struct member {
	struct lfb_thread order; /* first: it is aligned to LFB_LINE, and so is the member */
	struct lfb_crew *crew;
	const struct lfb_role *role;
	struct lfb_place place;
	lfb_loop loop;
	pthread_t thread;
	int cpu; /* -1: not pinned */
	int attach_error;
	bool unpinned;
	uint64_t start_ns, end_ns;
	size_t log_bytes;
	struct lfb_usage usage;
};

struct lfb_crew {
	struct lfb_shared shared[LFB_QUEUES_MAX]; /* by queue */
	struct lfb_queue_events events[LFB_QUEUES_MAX];
	uint32_t gate __attribute__((aligned(LFB_LINE)));
	uint32_t arrived __attribute__((aligned(LFB_LINE)));
	uint32_t left; /* threads that have finished */
	uint32_t attach_failed;
	uint32_t count;
	uint32_t created;
	struct lfb_trial_setup *setup;
	const struct lfb_crew_work *work;
	struct lfb_tally *tallies; /* counting flavour, in the contention pass */
	sem_t all_left;
	char error[160];
	struct member *members;
	lfb_loop loops[LFB_LOOP_KINDS]; /* of the backend, for the way of waiting */
	unsigned char *handles; /* two per thread, and the host's, one per queue */
	size_t handle_stride;
};

#define HANDLES_PER_THREAD 2u

/* The nth handle of a thread, zeroed memory for the backend to use. */
static inline void *lfb_crew_handle(const struct lfb_crew *crew, uint32_t thread, unsigned nth)
{
	return crew->handles + ((size_t)thread * HANDLES_PER_THREAD + nth) * crew->handle_stride;
}

#endif
