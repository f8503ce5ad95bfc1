/*
 * trial.h - one timed run: create the queue, start the threads, let them all go at
 * once, take the time, join, drain, and judge whether the queue behaved.
 *
 * DESIGN. Threads are made for each trial and wait at a gate; the last to arrive
 * opens it, so the host thread sleeps from then on: on a machine with as many CPUs
 * as threads it would otherwise compete with them. Each thread takes one time stamp
 * before its loop and one after; the duration is the last end minus the first start.
 * Creating threads, attaching, allocating and page faults lie outside.
 */
#ifndef LFBENCH_TRIAL_H
#define LFBENCH_TRIAL_H

#include "applications/application.h"
#include "plan/cell.h"
#include "trial/latency.h"
#include "trial/recording.h"
#include "machine/usage.h"

#include <signal.h>

/* How a trial or a launch ended; the words in the status column. */
enum lfb_status {
	LFB_STATUS_OK,
	LFB_STATUS_INVALID,
	LFB_STATUS_CRASHED,
	LFB_STATUS_TIMEOUT,
	LFB_STATUS_RESOURCE,
	LFB_STATUS_UNSUPPORTED,
	LFB_STATUS_INCOMPATIBLE,
	LFB_STATUS_INTERRUPTED,
	LFB_STATUSES
};

extern const char *const lfb_status_names[LFB_STATUSES + 1];

/* What stays the same over the trials of a launch. */
struct lfb_trial_setup {
	const struct lfb_plugin *plugin;
	const struct lfb_shape *shape;
	struct lfb_arena arena;
	size_t arena_reserved_bytes;
	const unsigned *cpus;   /* one per thread, or NULL: not pinned */
	bool oversubscribed;    /* more threads than CPUs: spinning yields */
	uint64_t timeout_ns;
	const volatile sig_atomic_t *interrupted; /* set by a signal handler; may be NULL */
	const struct lfb_timebase *timebase; /* latency pass only */
	const struct lfb_recording_plan *recording; /* log a sample; NULL: do not */
	struct lfb_recording_sink *sink;     /* who reads it judges it; NULL: it is judged here */
	uint64_t seed;                       /* of random arrivals */
	uint64_t duration_ns;                /* asked for, or expected; 0: an untimed trial */
};

/* One thread's part. */
struct lfb_thread_result {
	const char *role;
	bool pushes, pops; /* what the role does at all */
	uint64_t pushed, popped, hash, push_full, pop_empty, duration_ns;
	uint64_t parks, wakes; /* wait=park */
	uint64_t drops;
	struct lfb_usage usage;
	struct lfb_counters counters; /* counting flavour only */
};

/* A figure of an application's own. */
struct lfb_trial_figure {
	char thread[32];
	char metric[40];
	char unit[24];
	double value;
};

/* A histogram of an application's own. */
struct lfb_trial_histogram {
	char name[24];
	struct lfb_histogram *histogram;
};

struct lfb_trial_result {
	enum lfb_status status;
	char reason[256];
	uint64_t items;
	uint64_t ops; /* successful pushes plus pops */
	uint64_t duration_ns;
	uint64_t capacity_effective;
	bool unpinned; /* a thread could not be pinned to its CPU */
	bool hung;     /* threads are still in the queue: touch nothing, end the process */
	unsigned threads;
	struct lfb_thread_result *thread; /* `threads` of them */
	/* Latency pass only: all consumers together; NULL otherwise. */
	struct lfb_histogram *service;
	struct lfb_histogram *response; /* open loop */
	uint32_t sample_shift;      /* of each 2^sample_shift values one was sampled */
	double scheduled_ns;        /* open loop: when the last item was due */
	/* Applications only */
	struct lfb_trial_histogram own[LFB_APP_HISTOGRAMS_MAX]; /* service is a copy of the first */
	unsigned own_histograms;
	struct lfb_trial_figure *figure;
	size_t figures;
	uint64_t unrecorded_ns; /* duration of the same trial without a log; 0: there is none */
	uint64_t history_ops; /* operations of a sample that were judged and not refuted; 0: none */
	/* Contention pass only: what malloc has given to the queue and not got back once all is drained. */
	bool retained_known;
	uint64_t retained_bytes;
};

/* Upper bound of a trial's items, so that a value has room for its producer. */
#define LFB_ITEMS_MAX (UINT64_C(1) << 40)

/*
 * Run one trial of `items` items; `audit` uses the loops that keep every value, and checks
 * each. Always fills `result`, to be freed with lfb_trial_result_free.
 */
void lfb_trial_run(struct lfb_trial_setup *setup, uint64_t items, bool audit, struct lfb_trial_result *result);
void lfb_trial_result_free(struct lfb_trial_result *result);

/* What a backend is told when its queues are made for so many items; arena and report are still to be set. */
struct lfb_cell lfb_trial_cell(const struct lfb_shape *shape, uint64_t items);

/* Arena bytes a trial of that many items takes. */
size_t lfb_trial_arena_bytes(const struct lfb_shape *shape, const struct lfb_plugin *plugin, uint64_t items);

#endif
