/*
 * application.h - what a workload does beyond moving values: the functions that its loops call, what it
 * knows about how the values should have gone, and figures of its own.
 *
 * DESIGN. A trial (trial.c) is the same for all workloads: queues, threads, gate, clock, joining, count and
 * hash. An application is asked at fixed points; it keeps everything of one trial in `state`. Its threads
 * either run a loop of the backend (LFB_FEED, LFB_SERVE, LFB_RELAY ...) which calls the functions that `brief` put
 * into struct lfb_thread, or a function of its own (lfb_role.program), which may call loops of the
 * backend through `setup->plugin->ops->loops`. Values are made by lfb_app_value: producer and number, each number
 * from 1 at most once; with them every trial is verified like those of the plain workloads.
 */
#ifndef LFBENCH_APPLICATION_H
#define LFBENCH_APPLICATION_H

#include "plan/cell.h"
#include "trial/latency.h"
#include "plugin/plugin.h"

/* What a trial tells its application. Valid until `close`. */
struct lfb_app_setup {
	const struct lfb_plugin *plugin;
	const struct lfb_shape *shape;
	uint64_t items;           /* of all producing threads */
	const uint64_t *produced; /* of each producing thread */
	uint32_t producing;       /* how many those are */
	bool audit;               /* nothing may be dropped, all values end up in the logs */
	uint64_t duration_ns;     /* of a trial, as asked for or expected; 0: an untimed one, which stops by count */
	uint64_t timeout_ns;      /* of this trial */
	uint64_t seed;
	const struct lfb_arena *arena; /* the queues' memory, for who forks: MADV_DONTFORK, or its pages are copied at the first write */
	const struct lfb_timebase *timebase; /* latency pass only; NULL: take no time stamps */
	struct lfb_latency_trial *latency;   /* likewise: stamps and histograms per thread, see latency.h */
};

/* What is expected to have gone through a queue, and what did. */
struct lfb_app_traffic {
	uint64_t pushed; /* values that entered the queue */
	uint64_t hash;   /* sum of lfb_mix over them */
};

typedef void (*lfb_app_figure_fn)(const char *thread, const char *metric, const char *unit, double value, void *context);

struct lfb_application {
	/* Whether this shape needs it at all; NULL: every one does. Then the workload's roles run their `fed` loops. */
	bool (*wanted)(const struct lfb_shape *shape);
	/* Make `state`. Returns 0, or -errno with a sentence; -ENOTSUP: this cell cannot be run here. */
	int (*open)(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes);
	/*
	 * Give the nth thread of `role` its part: order->application, feed, serve, overflow ... `loops` are the backend's
	 * for this cell's way of waiting: loops[kind]. Returns 0 or -errno.
	 */
	int (*brief)(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order);
	/* In the thread, before the gate opens, off the clock; may push (prefill). NULL: nothing. */
	void (*warm)(struct lfb_thread *order);
	/* Threads may sleep in waits of the application's own: end those, from any thread, also before they began. NULL: none. */
	void (*call_off)(void *state);
	/* What went into `queue`, from what the application itself gave out. NULL: all items, through every queue. */
	void (*expect)(const void *state, unsigned queue, struct lfb_app_traffic *traffic);
	/*
	 * After all threads are joined: did the program do what it should? Returns 0; -EBADMSG with a sentence; or
	 * another -errno, when something ran out. NULL: nothing to say.
	 */
	int (*judge)(void *state, char *reason, size_t reason_bytes);
	/* Operations and items of the trial, where they are not those of the plain workload; duration_ns may be replaced. NULL: they are. */
	void (*measure)(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns);
	/* Latencies: the nth histogram and its name for NAME.hist.csv; the first is that of the lat_ columns. NULL: no more. */
	const struct lfb_histogram *(*histogram)(const void *state, unsigned nth, const char **name);
	/* Figures for NAME.detail.csv. NULL: none. */
	void (*figures)(const void *state, lfb_app_figure_fn put, void *context);
	void (*close)(void *state);
};

/* Histograms of one application at most. */
#define LFB_APP_HISTOGRAMS_MAX 4

/* The value of a producing thread's nth item, n from 0. */
static inline uint64_t lfb_app_value(uint32_t producer, uint64_t n)
{
	return (uint64_t)producer << LFB_VALUE_SHIFT | (n + 1);
}

#endif
