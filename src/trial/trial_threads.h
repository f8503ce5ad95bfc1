/*
 * trial_threads.h - the crew of a trial: its threads from creation to join.
 *
 * Made for one trial and used by one host thread. After lfb_crew_run said
 * LFB_CREW_HUNG nothing of it may be touched again; the process should end.
 */
#ifndef LFBENCH_TRIAL_THREADS_H
#define LFBENCH_TRIAL_THREADS_H

#include "applications/application.h"
#include "trial/trial.h"
#include "trial/verify.h"

struct lfb_crew;

enum lfb_crew_end {
	LFB_CREW_DONE,
	LFB_CREW_FAILED,      /* could not start; lfb_crew_error says why */
	LFB_CREW_TIMEOUT,     /* called off at the time limit, all threads are back */
	LFB_CREW_INTERRUPTED, /* called off by a signal, all threads are back */
	LFB_CREW_HUNG,        /* called off, and not all came back */
};

/* What a crew is to do. */
struct lfb_crew_work {
	void *const *queues;      /* LFB_QUEUES_MAX of them */
	const uint64_t *produced; /* values of each producing thread, in thread order */
	uint64_t items;
	bool audit;
	struct lfb_latency_trial *latency; /* NULL: no time stamps */
	struct lfb_recording_trial *recording; /* NULL: nothing is logged */
	const struct lfb_application *app; /* NULL: the loops do nothing but move values */
	void *app_state;
};

/* Returns 0 or -ENOMEM. `work` and what it points to must outlive the crew. */
int lfb_crew_create(struct lfb_trial_setup *setup, const struct lfb_crew_work *work, struct lfb_crew **out);
void lfb_crew_free(struct lfb_crew *crew);

/* Start the threads, let them work, join them. */
enum lfb_crew_end lfb_crew_run(struct lfb_crew *crew);
const char *lfb_crew_error(const struct lfb_crew *crew);

/* What the threads counted: durations and per-thread figures into `result`. */
void lfb_crew_results(const struct lfb_crew *crew, struct lfb_trial_result *result);

/* What went through one queue, as its threads counted it. */
struct lfb_traffic {
	uint64_t pushed, popped;
	uint64_t hash; /* of the values popped or given up */
};

struct lfb_traffic lfb_crew_traffic(const struct lfb_crew *crew, int queue);

/* The audit logs of the threads that popped from `queue`; *out is the caller's to free. Returns 0 or -ENOMEM. */
int lfb_crew_logs(const struct lfb_crew *crew, int queue, struct lfb_popped **out, uint32_t *count);

/* Zeroed handle memory for the host thread, to drain `queue` with. */
void *lfb_crew_host_handle(struct lfb_crew *crew, unsigned queue);

#endif
