/* trial_threads.c - see trial_threads.h and the design in trial.h. */
#include "trial/trial_threads_parts.h"

#include "machine/clock.h"
#include "machine/quiet_threads.h"
#include "machine/topology.h"
#include "trial/parking.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Tries at the gate before a thread gives up its CPU to one that has not arrived yet. */
#define GATE_SPINS 4096u
/* How long threads that were called off may take to come back. */
#define GRACE_NS UINT64_C(2000000000)
/* Longest time a signal may go unnoticed; a trial of the usual length is over before. */
#define LOOK_NS UINT64_C(200000000)

enum gate { GATE_SHUT, GATE_OPEN, GATE_CANCELLED };

/* Attach to the queue or queues; what was attached before a failure is detached again. */
static void attach(struct member *m)
{
	const struct lfb_ops *const ops = m->crew->setup->plugin->ops;

	for (int end = 0; end < 2 && m->order.queue[end] != NULL; end++) {
		m->attach_error = ops->attach(m->order.queue[end], m->order.handle[end]);
		if (m->attach_error != 0) {
			if (end == 1)
				ops->detach(m->order.queue[0], m->order.handle[0]);
			__atomic_store_n(&m->crew->attach_failed, 1, __ATOMIC_RELAXED);
			return;
		}
	}
}

static void detach(struct member *m)
{
	const struct lfb_ops *const ops = m->crew->setup->plugin->ops;

	for (int end = 0; end < 2 && m->order.queue[end] != NULL; end++)
		ops->detach(m->order.queue[end], m->order.handle[end]);
}

/*
 * Wait until all are here; the last to arrive opens the gate. Returns whether to work.
 * The acquire-release of `arrived` passes on each thread's attach_failed and preparations;
 * the acquire load of `gate` pairs with its release by whoever opens or cancels it.
 */
static bool pass_gate(struct lfb_crew *crew)
{
	if (__atomic_add_fetch(&crew->arrived, 1, __ATOMIC_ACQ_REL) == crew->count)
		__atomic_store_n(&crew->gate,
				 __atomic_load_n(&crew->attach_failed, __ATOMIC_RELAXED) ? GATE_CANCELLED : GATE_OPEN,
				 __ATOMIC_RELEASE);
	for (unsigned spins = 0;; spins++) {
		const uint32_t gate = __atomic_load_n(&crew->gate, __ATOMIC_ACQUIRE);

		if (gate != GATE_SHUT)
			return gate == GATE_OPEN;
		if (spins < GATE_SPINS)
			lfb_pause();
		else
			(void)sched_yield();
	}
}

/* Acquire-release: the host reads every member's results after the last one has left. */
static void leave(struct lfb_crew *crew)
{
	if (__atomic_add_fetch(&crew->left, 1, __ATOMIC_ACQ_REL) == crew->created)
		(void)sem_post(&crew->all_left);
}

static void *member_main(void *argument)
{
	struct member *const m = (struct member *)argument;
	struct lfb_crew *const crew = m->crew;
	struct lfb_usage_meter meter;

	m->unpinned = m->cpu >= 0 && lfb_thread_pin((unsigned)m->cpu) != 0;
	attach(m);
	if (m->attach_error == 0 && crew->work->app != NULL && crew->work->app->warm != NULL)
		crew->work->app->warm(&m->order);
	lfb_usage_open(&meter, crew->setup->shape->pass == LFB_PASS_CONTENTION && !crew->work->audit);
	if (pass_gate(crew)) {
		lfb_usage_start(&meter);
		m->start_ns = lfb_clock_now_ns();
		m->loop(&m->order);
		m->end_ns = lfb_clock_now_ns();
		lfb_usage_stop(&meter, &m->usage);
	}
	lfb_usage_close(&meter);
	if (m->attach_error == 0)
		detach(m);
	leave(crew);
	return NULL;
}

/* Threads take no signals: those are for the host thread, which sleeps. */
static int start_threads(struct lfb_crew *crew)
{
	int rc = 0;

	crew->created = crew->count;
	for (uint32_t i = 0; rc == 0 && i < crew->count; i++) {
		rc = lfb_quiet_thread(&crew->members[i].thread, member_main, &crew->members[i]);
		if (rc != 0) {
			/* The gate never opens by itself now: arrived stays below count. */
			crew->created = i;
			(void)snprintf(crew->error, sizeof(crew->error), "thread %u of %u cannot be created: %s", i + 1, crew->count,
				       strerror(-rc));
			__atomic_store_n(&crew->gate, GATE_CANCELLED, __ATOMIC_RELEASE);
		}
	}
	return rc;
}

static void join_threads(struct lfb_crew *crew)
{
	for (uint32_t i = 0; i < crew->created; i++)
		(void)pthread_join(crew->members[i].thread, NULL);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/*
 * Sleep until all have left. Returns 0, ETIMEDOUT, or EINTR once the interrupt flag is up, which
 * may be NULL. The flag is also looked at every LOOK_NS: a signal just before the sleep ends no sleep.
 */
static int await_all(struct lfb_crew *crew, uint64_t limit_ns, const volatile sig_atomic_t *interrupted)
{
	const uint64_t until_ns = monotonic_ns() + limit_ns;

	for (;;) {
		const uint64_t now_ns = monotonic_ns(), look_ns = now_ns + LOOK_NS;
		const uint64_t next_ns = interrupted != NULL && look_ns < until_ns ? look_ns : until_ns;
		const struct timespec next = { .tv_sec = (time_t)(next_ns / UINT64_C(1000000000)),
					       .tv_nsec = (long)(next_ns % UINT64_C(1000000000)) };

		if (interrupted != NULL && *interrupted)
			return EINTR;
		if (sem_clockwait(&crew->all_left, CLOCK_MONOTONIC, &next) == 0)
			return 0;
		if (now_ns >= until_ns)
			return ETIMEDOUT;
	}
}

/* Make every loop leave at its next wait, and wake those the backend has put to sleep. */
static void call_off(struct lfb_crew *crew)
{
	const struct lfb_ops *const ops = crew->setup->plugin->ops;

	/* All flags before the first sequence: a thread may look at the flag of one queue and sleep at another. */
	for (unsigned i = 0; i < LFB_QUEUES_MAX; i++)
		__atomic_store_n(&crew->shared[i].abort, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < LFB_QUEUES_MAX; i++) {
		lfb_event_broadcast(&crew->events[i].not_empty);
		lfb_event_broadcast(&crew->events[i].not_full);
	}
	if (crew->work->app != NULL && crew->work->app->call_off != NULL)
		crew->work->app->call_off(crew->work->app_state);
	for (uint32_t i = 0; ops->close != NULL && i < crew->count; i++)
		for (int end = 0; end < 2 && crew->members[i].order.queue[end] != NULL; end++)
			ops->close(crew->members[i].order.queue[end]);
}

enum lfb_crew_end lfb_crew_run(struct lfb_crew *crew)
{
	enum lfb_crew_end end = LFB_CREW_DONE;
	int rc;

	if (start_threads(crew) != 0) {
		join_threads(crew);
		return LFB_CREW_FAILED;
	}
	rc = await_all(crew, crew->setup->timeout_ns, crew->setup->interrupted);
	if (rc != 0) {
		end = rc == EINTR ? LFB_CREW_INTERRUPTED : LFB_CREW_TIMEOUT;
		call_off(crew);
		if (await_all(crew, GRACE_NS, NULL) != 0) /* no signal may cut this short: a join would hang */
			return LFB_CREW_HUNG;
	}
	join_threads(crew);
	if (crew->attach_failed) {
		(void)snprintf(crew->error, sizeof(crew->error), "a thread cannot attach to the queue");
		return LFB_CREW_FAILED;
	}
	return end;
}

const char *lfb_crew_error(const struct lfb_crew *crew)
{
	return crew->error;
}
