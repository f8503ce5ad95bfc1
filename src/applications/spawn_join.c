/*
 * spawn_join.c - the workload spawn_join: what does it cost to have an empty task done by another thread and to wait
 * for it? By a thread made for it and joined, or by a worker that gets it through the queue.
 *
 * DESIGN. One task of each spawner at a time. executor=pool: the spawner pushes the task and waits, in the cell's way of waiting, until
 * a worker has put the task's answer into the spawner's mailbox. executor=spawn: it creates a thread, which puts the
 * answer there, and joins it. Either is timed by the spawner, from before the push or the creation until the answer is
 * there or the thread joined; the time of a trial is the largest sum of a spawner, and an operation of its row is a task.
 *
 * Either way the loop is the backend's own (LFB_FEED, LFB_SERVE). With executor=spawn what goes through the queue is the
 * answer of a task that is done, outside its time, so that the trial is verified like any other: a task not done is a value lost.
 */
#include "applications/applications.h"
#include "machine/clock.h"
#include "statistics/histogram.h"
#include "trial/parking.h"
#include "machine/quiet_threads.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Pauses before a wait that yields or sleeps does so. */
#define SPINS 64u

/* Of one spawner. */
struct spawner {
	struct spawn_join *app;
	uint32_t producer;
	uint64_t items, fed;
	uint64_t asked_ns, sum_ns, worst_ns;
	uint64_t task;     /* that is being done; 0: none */
	uint64_t wrong;    /* answers that were of another task */
	uint64_t unmade;   /* threads that could not be created */
	int make_error;
	uint64_t answer __attribute__((aligned(LFB_LINE)));   /* of the task; published by `answers` */
	uint32_t answers;  /* given so far; slept on */
	uint32_t sleeping;
} __attribute__((aligned(LFB_LINE)));

struct spawn_join {
	const struct lfb_app_setup *setup;
	const lfb_loop *loops;
	struct spawner *spawner;
	bool spawns;
	uint32_t off __attribute__((aligned(LFB_LINE)));
};

static void close_app(void *state)
{
	struct spawn_join *const app = (struct spawn_join *)state;

	free(app->spawner);
	free(app);
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	struct spawn_join *const app = (struct spawn_join *)aligned_alloc(LFB_LINE, sizeof(*app));

	(void)reason;
	(void)reason_bytes;
	if (app == NULL)
		return -ENOMEM;
	memset(app, 0, sizeof(*app));
	app->setup = setup;
	app->spawns = setup->shape->param[LFB_PARAM_executor] == LFB_EXECUTOR_SPAWN;
	app->spawner = (struct spawner *)aligned_alloc(LFB_LINE, setup->producing * sizeof(app->spawner[0]));
	if (app->spawner == NULL) {
		close_app(app);
		return -ENOMEM;
	}
	memset(app->spawner, 0, setup->producing * sizeof(app->spawner[0]));
	*state = app;
	return 0;
}

/* The answer shows which task it was made for. */
static uint64_t do_task(uint64_t task)
{
	return lfb_mix(task);
}

/*
 * Put the answer into the mailbox. Sequentially consistent, as are the two accesses in sleep_for_answer: either this sees the sleeper,
 * or the sleeper sees the new count before it sleeps. The count also publishes the answer.
 */
static void answer(struct spawner *s, uint64_t task)
{
	s->answer = do_task(task);
	(void)__atomic_fetch_add(&s->answers, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&s->sleeping, __ATOMIC_SEQ_CST) != 0)
		lfb_futex_parking.wake(&s->answers, 1);
}

static void sleep_for_answer(struct spawner *s, uint32_t seen)
{
	__atomic_store_n(&s->sleeping, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&s->answers, __ATOMIC_SEQ_CST) == seen)
		lfb_futex_parking.sleep(&s->answers, seen);
	__atomic_store_n(&s->sleeping, 0, __ATOMIC_RELAXED);
}

/* Until there have been more answers than `seen`. false: called off. Acquire: pairs with the count in `answer`. */
static bool await_answer(struct spawner *s, enum lfb_wait wait, uint32_t seen)
{
	for (unsigned tries = 0; __atomic_load_n(&s->answers, __ATOMIC_ACQUIRE) == seen; tries += tries < SPINS) {
		if (__atomic_load_n(&s->app->off, __ATOMIC_RELAXED))
			return false;
		if (wait == LFB_WAIT_SPIN || wait == LFB_WAIT_BACKOFF || tries < SPINS)
			lfb_pause();
		else if (wait == LFB_WAIT_YIELD)
			(void)sched_yield();
		else
			sleep_for_answer(s, seen);
	}
	return !__atomic_load_n(&s->app->off, __ATOMIC_RELAXED);
}

/* Of a worker: do the task, and tell its spawner. A value that nobody pushed is left to the verification. */
static bool serve_task(struct lfb_thread *t, uint64_t value)
{
	const struct spawn_join *const app = (const struct spawn_join *)t->application;
	const uint64_t producer = value >> LFB_VALUE_SHIFT;

	if (producer < app->setup->producing)
		answer(&app->spawner[producer], value);
	return true;
}

/* executor=spawn: the task was done before it came here. */
static bool serve_nothing(struct lfb_thread *t, uint64_t value)
{
	(void)t;
	(void)value;
	return true;
}

/* The task is over: its time, and its answer. */
static void end_task(struct spawner *s, struct lfb_thread *t)
{
	const uint64_t took_ns = lfb_clock_now_ns() - s->asked_ns;

	s->sum_ns += took_ns;
	if (took_ns > s->worst_ns)
		s->worst_ns = took_ns;
	if (t->latency != NULL)
		lfb_histogram_record(t->service, took_ns);
	s->wrong += s->answer != do_task(s->task);
	s->task = 0;
}

static uint64_t next_task(struct spawner *s)
{
	s->task = lfb_app_value(s->producer, s->fed++);
	s->asked_ns = lfb_clock_now_ns();
	return s->task;
}

/* executor=pool. The loop pushes what this returns, and comes back for the next: there the task ends. */
static bool feed_pool(struct lfb_thread *t, uint64_t *value)
{
	struct spawner *const s = (struct spawner *)t->application;

	if (s->task != 0) {
		if (!await_answer(s, (enum lfb_wait)s->app->setup->shape->wait, (uint32_t)(s->fed - 1)))
			return false;
		end_task(s, t);
	}
	if (s->fed == s->items)
		return false;
	*value = next_task(s);
	return true;
}

static void *spawned_main(void *argument)
{
	struct spawner *const s = (struct spawner *)argument;

	answer(s, s->task);
	return NULL;
}

/* executor=spawn. The value is pushed when its task is done. */
static bool feed_spawn(struct lfb_thread *t, uint64_t *value)
{
	struct spawner *const s = (struct spawner *)t->application;
	pthread_t thread;
	int rc;

	if (s->fed == s->items || __atomic_load_n(&s->app->off, __ATOMIC_RELAXED))
		return false;
	*value = next_task(s);
	rc = lfb_quiet_thread(&thread, spawned_main, s);
	if (rc == 0) {
		(void)pthread_join(thread, NULL);
	} else {
		s->unmade++;
		s->make_error = rc;
		answer(s, s->task); /* so that the trial comes to its end, which judge will not accept */
	}
	end_task(s, t);
	return true;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct spawn_join *const app = (struct spawn_join *)state;

	app->loops = loops;
	order->application = app;
	order->serve = app->spawns ? serve_nothing : serve_task;
	if (role != 0)
		return 0;
	app->spawner[nth].app = app;
	app->spawner[nth].producer = nth;
	app->spawner[nth].items = order->items;
	order->application = &app->spawner[nth];
	order->feed = app->spawns ? feed_spawn : feed_pool;
	return 0;
}

void lfb_spawn_join_ask(struct lfb_thread *order)
{
	((struct spawner *)order->application)->app->loops[LFB_FEED](order);
}

/* The counts move on, so nobody falls asleep who has not seen `off`. */
static void call_off(void *state)
{
	struct spawn_join *const app = (struct spawn_join *)state;

	__atomic_store_n(&app->off, 1, __ATOMIC_RELAXED);
	for (uint32_t p = 0; p < app->setup->producing; p++) {
		(void)__atomic_fetch_add(&app->spawner[p].answers, 1, __ATOMIC_RELEASE);
		lfb_futex_parking.wake(&app->spawner[p].answers, UINT32_MAX);
	}
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	const struct spawn_join *const app = (const struct spawn_join *)state;

	for (uint32_t p = 0; p < app->setup->producing; p++) {
		const struct spawner *const s = &app->spawner[p];

		if (s->unmade > 0)
			(void)snprintf(reason, reason_bytes, "%llu threads could not be created: %s", (unsigned long long)s->unmade,
				       strerror(-s->make_error));
		else if (s->wrong > 0 || s->answers != (uint32_t)s->items)
			(void)snprintf(reason, reason_bytes, "spawner%u: %llu answers to %llu tasks, %llu of them wrong", p,
				       (unsigned long long)s->answers, (unsigned long long)s->items, (unsigned long long)s->wrong);
		else
			continue;
		return -EBADMSG;
	}
	return 0;
}

/* A task is an operation: its push and pop are part of it, or, with executor=spawn, not in the time at all. */
static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct spawn_join *const app = (const struct spawn_join *)state;

	*ops = *items;
	*duration_ns = 0;
	for (uint32_t p = 0; p < app->setup->producing; p++)
		if (app->spawner[p].sum_ns > *duration_ns)
			*duration_ns = app->spawner[p].sum_ns;
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct spawn_join *const app = (const struct spawn_join *)state;

	for (uint32_t p = 0; p < app->setup->producing; p++) {
		const struct spawner *const s = &app->spawner[p];
		char name[32];

		(void)snprintf(name, sizeof(name), "spawner%u", p);
		if (s->items == 0)
			continue;
		put(name, "task_mean", "ns", (double)s->sum_ns / (double)s->items, context);
		put(name, "task_max", "ns", (double)s->worst_ns, context);
	}
}

const struct lfb_application lfb_app_spawn_join = {
	.open = open_app,
	.brief = brief,
	.call_off = call_off,
	.judge = judge,
	.measure = measure,
	.figures = figures,
	.close = close_app,
};
