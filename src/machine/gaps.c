/* gaps.c - see gaps.h. */
#include "machine/gaps.h"

#include "machine/clock.h"
#include "machine/quiet_threads.h"
#include "statistics/stats.h"
#include "machine/topology.h"

#include <lfbench/arch.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SHORTEST_NS UINT64_C(1000)
#define THRESHOLD_NS UINT64_C(1000)
#define THRESHOLD_STEPS 10u
/* Steps from which the usual one is taken. */
#define PILOT_STEPS 255u
/* From the gate to the beginning of the watch: by then all have left the gate, and the caller sleeps. */
#define SETTLE_NS UINT64_C(300000)

/*
 * Where watchers wait for each other, asleep: creating a thread and pinning it is a disturbance too. The last
 * one opens it, by which time the caller has nothing left to do but to sleep.
 */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned awaited; /* watchers that have not arrived yet */
	bool cancelled;
};

/* One watching thread. Written by itself only, read after it was joined. */
struct watcher {
	pthread_t thread;
	unsigned cpu;
	uint64_t duration_ns;
	struct gate *gate;
	bool pinned;
	struct lfb_gap_count count;
	uint64_t watched_ns;
};

uint64_t lfb_gap_threshold_ns(uint64_t usual_ns)
{
	if (usual_ns > UINT64_MAX / THRESHOLD_STEPS)
		return UINT64_MAX;
	return usual_ns * THRESHOLD_STEPS > THRESHOLD_NS ? usual_ns * THRESHOLD_STEPS : THRESHOLD_NS;
}

void lfb_gap_add(struct lfb_gap_count *count, uint64_t step_ns)
{
	const uint64_t gap_ns = step_ns - count->usual_ns;

	count->gaps++;
	count->lost_ns += gap_ns;
	if (gap_ns > count->largest_ns)
		count->largest_ns = gap_ns;
}

struct lfb_gaps lfb_gap_result(const struct lfb_gap_count *count, uint64_t watched_ns)
{
	return (struct lfb_gaps){
		.per_s = (double)count->gaps * 1e9 / (double)watched_ns,
		.largest_ns = (double)count->largest_ns,
		.share = (double)count->lost_ns / (double)watched_ns,
	};
}

static uint64_t usual_step_ns(void)
{
	double steps[PILOT_STEPS];
	uint64_t last_ns = lfb_clock_now_ns();

	for (unsigned i = 0; i < PILOT_STEPS; i++) {
		const uint64_t now_ns = lfb_clock_now_ns();

		steps[i] = (double)(now_ns - last_ns);
		last_ns = now_ns;
	}
	return (uint64_t)lfb_median(steps, PILOT_STEPS);
}

/* Read the clock in a loop, from start_ns on. */
static void watch(struct watcher *watcher, uint64_t start_ns)
{
	struct lfb_gap_count count = { .usual_ns = usual_step_ns() };
	const uint64_t threshold_ns = lfb_gap_threshold_ns(count.usual_ns);
	uint64_t last_ns = lfb_clock_now_ns(), now_ns;

	while (last_ns < start_ns)
		last_ns = lfb_clock_now_ns();
	start_ns = last_ns;
	do {
		now_ns = lfb_clock_now_ns();
		if (LFB_UNLIKELY(now_ns - last_ns >= threshold_ns))
			lfb_gap_add(&count, now_ns - last_ns);
		last_ns = now_ns;
	} while (now_ns - start_ns < watcher->duration_ns);
	watcher->count = count;
	watcher->watched_ns = now_ns - start_ns;
}

/* Wait for the others. Returns whether to watch. */
static bool pass(struct gate *gate)
{
	bool cancelled;

	(void)pthread_mutex_lock(&gate->lock);
	if (--gate->awaited == 0)
		(void)pthread_cond_broadcast(&gate->changed);
	while (gate->awaited > 0 && !gate->cancelled)
		(void)pthread_cond_wait(&gate->changed, &gate->lock);
	cancelled = gate->cancelled;
	(void)pthread_mutex_unlock(&gate->lock);
	return !cancelled;
}

static void cancel(struct gate *gate)
{
	(void)pthread_mutex_lock(&gate->lock);
	gate->cancelled = true;
	(void)pthread_cond_broadcast(&gate->changed);
	(void)pthread_mutex_unlock(&gate->lock);
}

static void *watcher_main(void *argument)
{
	struct watcher *const watcher = argument;

	watcher->pinned = lfb_thread_pin(watcher->cpu) == 0;
	if (pass(watcher->gate) && watcher->pinned)
		watch(watcher, lfb_clock_now_ns() + SETTLE_NS);
	return NULL;
}

/* Create the threads and join them. Returns 0 or -EAGAIN. */
static int run_watchers(struct watcher *watchers, unsigned count, struct gate *gate)
{
	unsigned created = 0;

	while (created < count && lfb_quiet_thread(&watchers[created].thread, watcher_main, &watchers[created]) == 0)
		created++;
	if (created < count)
		cancel(gate);
	for (unsigned i = 0; i < created; i++)
		(void)pthread_join(watchers[i].thread, NULL);
	return created == count ? 0 : -EAGAIN;
}

int lfb_gaps_measure(const unsigned *cpus, unsigned count, uint64_t duration_ns, struct lfb_gaps *out)
{
	struct gate gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .awaited = count };
	struct watcher *watchers;
	int rc;

	if (duration_ns < SHORTEST_NS || duration_ns > LFB_GAPS_LONGEST_NS || count > LFB_CPUS_MAX)
		return -EINVAL;
	watchers = calloc(count > 0 ? count : 1, sizeof(watchers[0]));
	if (watchers == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++)
		watchers[i] = (struct watcher){ .cpu = cpus[i], .duration_ns = duration_ns, .gate = &gate };
	rc = run_watchers(watchers, count, &gate);
	for (unsigned i = 0; rc == 0 && i < count; i++)
		out[i] = watchers[i].pinned ? lfb_gap_result(&watchers[i].count, watchers[i].watched_ns)
					    : (struct lfb_gaps){ NAN, NAN, NAN };
	(void)pthread_cond_destroy(&gate.changed);
	(void)pthread_mutex_destroy(&gate.lock);
	free(watchers);
	return rc;
}
