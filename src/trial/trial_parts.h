/*
 * trial_parts.h - one trial while it lasts, for the files that trial.c is made of: what is checked after it (trial_checks.c), and what is kept of it
 * (trial_results.c).
 */
#ifndef LFBENCH_TRIAL_PARTS_H
#define LFBENCH_TRIAL_PARTS_H

#include "trial/trial.h"
#include "trial/trial_threads.h"

/* Everything of one trial that must be given back. */
struct trial {
	struct lfb_trial_setup *setup;
	struct lfb_trial_result *result;
	bool audit;
	uint64_t items;
	uint32_t producing; /* threads with values of their own */
	uint64_t *produced; /* values each of them was told to push */
	void *queues[LFB_QUEUES_MAX];
	struct lfb_latency_trial latency;
	struct lfb_recording_trial recording;
	struct lfb_app_setup app_setup;
	struct lfb_crew_work work;
	struct lfb_crew *crew;
	uint64_t malloc_before_bytes; /* in use without the queue's */
};

/* End it with that status and reason, unless there is one: the first is the cause. */
void lfb_trial_fail(struct trial *t, enum lfb_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Of a trial whose threads have come back: what is left in the queues, and whether everything is there, once and in order. */
void lfb_trial_verify(struct trial *t);
/*
 * The same of one that was called off: a queue that lost a value makes somebody wait for it for
 * ever, and then that is the cause to name; one that was only slow has lost nothing.
 */
void lfb_trial_check_called_off(struct trial *t);
/* FULL from an unbounded queue means that there was no memory for a node, however the trial ended. */
void lfb_trial_check_memory(struct trial *t);

/* Bytes that malloc has given out and not got back. */
uint64_t lfb_trial_malloc_used_bytes(void);
/*
 * What the queue still holds although it is empty: nodes it keeps for later, and nodes that wait for readers.
 * The harness's own memory is taken before and after the queue's, and left out.
 */
void lfb_trial_measure_retained(struct trial *t);
/* What an application has measured beside what every trial has. */
void lfb_trial_keep_application(struct trial *t);
/* The threads' histograms as one. */
void lfb_trial_keep_histograms(struct trial *t);

#endif
