/*
 * fan_in.c - the workload fan_in: N threads that each put one result into a small queue and end, and one that collects
 * all N; then they are joined. Over and over, with new threads each time.
 *
 * DESIGN. The threads of the crew stay for a whole trial, so the one-shot threads are others: the crew's first "thread"
 * makes them, one for each of the crew's, and joins them; the rest of the crew has left by then. A one-shot thread works
 * on the order of the crew's thread whose part it plays: its values, its figures, its CPUs. It has a handle of its own,
 * which the queue may use until it is destroyed, so no handle is used twice.
 *
 * creation=untimed: the threads attach and sleep at a gate; a round lasts from the opening of the gate, so with the
 * waking of the threads, until the collector has the last result. creation=timed: from before the first thread is made until
 * the last is joined and the last result collected. The time of a trial is the sum of its rounds.
 */
#include "applications/applications.h"
#include "calls.h"
#include "machine/clock.h"
#include "trial/parking.h"
#include "machine/quiet_threads.h"

#include <lfbench/loop_latency.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of the N, over all rounds. In a round only its one-shot thread writes here. */
struct shot {
	struct fan_in *app;
	struct lfb_thread *order; /* of the crew's thread */
	struct lfb_shared shared; /* so that its loop takes no push for the last one */
	void *handle;             /* of this round */
	pthread_t thread;
	cpu_set_t cpus;           /* of the crew's thread */
	bool made;                /* a thread, in this round */
} __attribute__((aligned(LFB_LINE)));

struct fan_in {
	const struct lfb_app_setup *setup;
	const lfb_loop *loops;
	struct shot *shot;
	uint32_t threads;
	bool timed;
	/* Of the thread that makes the others. */
	void *handles; /* of all one-shot threads of a trial */
	unsigned char *next_handle;
	size_t handle_stride;
	uint32_t round; /* the present one, from 1; the words below are compared with it */
	uint64_t sum_ns, make_ns, join_ns, worst_ns;
	uint64_t unmade;
	int make_error;
	/* Of the collector. */
	uint64_t collected_ns;
	/* Between the threads; each is slept on, but for the first two. */
	uint32_t off __attribute__((aligned(LFB_LINE))); /* the trial was called off */
	int attach_error;
	uint32_t ready __attribute__((aligned(LFB_LINE)));     /* one-shot threads at the gate, in all rounds */
	uint32_t gate __attribute__((aligned(LFB_LINE)));      /* rounds whose gate is open */
	uint32_t started __attribute__((aligned(LFB_LINE)));   /* rounds that the collector may begin */
	uint32_t collected __attribute__((aligned(LFB_LINE))); /* rounds that it has ended */
};

static void close_app(void *state)
{
	struct fan_in *const app = (struct fan_in *)state;

	free(app->handles);
	free(app->shot);
	free(app);
}

/* Handles are zeroed when they are first touched, by the kernel: a trial that ends early takes no memory for the rest. */
static int take_memory(struct fan_in *app, const struct lfb_app_setup *setup)
{
	const size_t bytes = setup->plugin->ops->handle_bytes;

	app->handle_stride = (bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);
	app->handles = calloc(setup->items + 1, app->handle_stride > 0 ? app->handle_stride : LFB_LINE);
	app->shot = (struct shot *)aligned_alloc(LFB_LINE, app->threads * sizeof(app->shot[0]));
	if (app->handles == NULL || app->shot == NULL)
		return -ENOMEM;
	app->next_handle = (unsigned char *)app->handles + (LFB_LINE - (uintptr_t)app->handles % LFB_LINE) % LFB_LINE;
	memset(app->shot, 0, app->threads * sizeof(app->shot[0]));
	return 0;
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	struct fan_in *const app = (struct fan_in *)aligned_alloc(LFB_LINE, sizeof(*app));

	if (app == NULL)
		return -ENOMEM;
	memset(app, 0, sizeof(*app));
	app->setup = setup;
	app->threads = setup->producing;
	app->timed = setup->shape->param[LFB_PARAM_creation] == LFB_CREATION_TIMED;
	if (take_memory(app, setup) != 0) {
		(void)snprintf(reason, reason_bytes, "no memory for %llu threads one after the other: try fewer --items",
			       (unsigned long long)setup->items);
		close_app(app);
		return -ENOMEM;
	}
	*state = app;
	return 0;
}

/* Sleep until the word has come to `target`; they go round. false: called off. Acquire: pairs with the release in advance. */
static bool await(const struct fan_in *app, uint32_t *word, uint32_t target)
{
	uint32_t seen;

	while ((int32_t)((seen = __atomic_load_n(word, __ATOMIC_ACQUIRE)) - target) < 0 &&
	       !__atomic_load_n(&app->off, __ATOMIC_RELAXED))
		lfb_futex_parking.sleep(word, seen);
	return !__atomic_load_n(&app->off, __ATOMIC_RELAXED);
}

static void advance(uint32_t *word)
{
	(void)__atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
	lfb_futex_parking.wake(word, UINT32_MAX);
}

/* The words move on, so nobody falls asleep who has not seen `off`. */
static void call_off(void *state)
{
	struct fan_in *const app = (struct fan_in *)state;

	__atomic_store_n(&app->off, 1, __ATOMIC_RELAXED);
	for (uint32_t p = 0; p < app->threads; p++)
		__atomic_store_n(&app->shot[p].shared.abort, 1, __ATOMIC_RELAXED);
	advance(&app->ready);
	advance(&app->gate);
	advance(&app->started);
	advance(&app->collected);
}

/* Without a value that can never be pushed the collector would wait for ever. */
static void give_up(struct fan_in *app, const struct lfb_thread *order, int error)
{
	const struct lfb_ops *const ops = app->setup->plugin->ops;

	__atomic_store_n(&app->attach_error, error, __ATOMIC_RELAXED);
	__atomic_store_n(&order->shared->abort, 1, __ATOMIC_RELAXED);
	call_off(app);
	lfb_event_broadcast(&order->events[0]->not_empty);
	lfb_event_broadcast(&order->events[0]->not_full);
	if (ops->close != NULL)
		ops->close(order->queue[0]);
}

/* Of the collector: the round ends with the last value of it. */
static bool serve(struct lfb_thread *call, uint64_t value)
{
	if (call->latency != NULL && lfb_is_sampled(call->latency, value))
		lfb_time_sampled(call, value, lfb_ticks_after(&call->latency->time));
	return call->popped < call->items;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct fan_in *const app = (struct fan_in *)state;

	app->loops = loops;
	order->application = app;
	if (role != 0) {
		order->serve = serve;
		return 0;
	}
	app->shot[nth].app = app;
	app->shot[nth].order = order;
	order->application = &app->shot[nth];
	return 0;
}

/* The crew's threads are pinned by now: who plays their parts will be where they are. */
static void warm(struct lfb_thread *order)
{
	struct shot *const s = (struct shot *)order->application;

	if (order->serve == NULL && sched_getaffinity(0, sizeof(s->cpus), &s->cpus) != 0)
		CPU_ZERO(&s->cpus);
}

/* Push the one value of this round. */
static void push(struct shot *s)
{
	struct lfb_thread *const order = s->order;
	struct lfb_thread call = lfb_call_of(order, &s->shared);

	call.handle[0] = s->handle;
	call.first_value = order->first_value + order->pushed;
	call.items = 1;
	s->shared.producers_running = 2; /* never the last one: nothing is closed */
	s->app->loops[order->latency != NULL ? LFB_PRODUCE_CLOSED : LFB_PRODUCE](&call);
	lfb_call_add_pushes(order, &call);
}

static void take_part(struct shot *s)
{
	struct fan_in *const app = s->app;
	const struct lfb_ops *const ops = app->setup->plugin->ops;
	const int rc = ops->attach(s->order->queue[0], s->handle);

	if (rc != 0)
		give_up(app, s->order, rc);
	if (s->made && !app->timed)
		advance(&app->ready);
	if (rc == 0 && (app->timed || !s->made || await(app, &app->gate, app->round)))
		push(s);
	if (rc == 0)
		ops->detach(s->order->queue[0], s->handle);
}

static void *shot_main(void *argument)
{
	struct shot *const s = (struct shot *)argument;

	if (!CPU_EQUAL(&s->cpus, &s->app->shot[0].cpus) && CPU_COUNT(&s->cpus) > 0)
		(void)sched_setaffinity(0, sizeof(s->cpus), &s->cpus);
	take_part(s);
	return NULL;
}

/* Threads of this round: where the items do not divide, the last round has fewer. */
static uint32_t threads_of_round(const struct fan_in *app)
{
	uint32_t n = 0;

	while (n < app->threads && app->setup->produced[n] >= app->round)
		n++;
	return n;
}

/* Returns how many of the `n` came to be. */
static uint32_t make_threads(struct fan_in *app, uint32_t n)
{
	uint32_t made = 0;

	for (uint32_t p = 0; p < n; p++) {
		struct shot *const s = &app->shot[p];
		int rc;

		s->made = true; /* read by the thread */
		rc = lfb_quiet_thread(&s->thread, shot_main, s);
		if (rc != 0) {
			s->made = false;
			app->unmade++;
			app->make_error = rc;
		} else {
			made++;
		}
	}
	return made;
}

/* The part of a thread that could not be made is played by the one that makes them; the trial will not count. */
static void join_threads(struct fan_in *app, uint32_t n)
{
	for (uint32_t p = 0; p < n; p++) {
		struct shot *const s = &app->shot[p];

		if (s->made)
			(void)pthread_join(s->thread, NULL);
		else if (!__atomic_load_n(&app->off, __ATOMIC_RELAXED))
			take_part(s);
	}
}

/* The time of a round that has ended. */
static void add_round(struct fan_in *app, uint64_t start_ns, uint64_t joined_ns)
{
	const uint64_t collected_ns = app->collected_ns;
	const uint64_t end_ns = app->timed && joined_ns > collected_ns ? joined_ns : collected_ns;
	const uint64_t took_ns = end_ns > start_ns ? end_ns - start_ns : 0;

	app->sum_ns += took_ns;
	if (took_ns > app->worst_ns)
		app->worst_ns = took_ns;
}

/* false: called off. */
static bool play_round(struct fan_in *app, uint32_t n, uint32_t *ready)
{
	uint64_t start_ns, join_start_ns, joined_ns;
	bool on;

	for (uint32_t p = 0; p < n; p++, app->next_handle += app->handle_stride)
		app->shot[p].handle = app->next_handle;
	advance(&app->started);
	start_ns = lfb_clock_now_ns();
	*ready += make_threads(app, n);
	app->make_ns += lfb_clock_now_ns() - start_ns;
	if (!app->timed && await(app, &app->ready, *ready))
		start_ns = lfb_clock_now_ns();
	advance(&app->gate);
	join_start_ns = lfb_clock_now_ns();
	join_threads(app, n);
	joined_ns = lfb_clock_now_ns();
	on = await(app, &app->collected, app->round);
	app->join_ns += joined_ns - join_start_ns;
	add_round(app, start_ns, joined_ns);
	return on;
}

void lfb_fan_in_produce(struct lfb_thread *order)
{
	struct shot *const own = (struct shot *)order->application;
	struct fan_in *const app = own->app;
	uint32_t ready = 0, n;

	if (own != &app->shot[0])
		return;
	for (app->round = 1; (n = threads_of_round(app)) > 0; app->round++)
		if (!play_round(app, n, &ready))
			break;
	app->round--;
}

void lfb_fan_in_collect(struct lfb_thread *order)
{
	struct fan_in *const app = (struct fan_in *)order->application;
	struct lfb_thread call = lfb_call_of(order, order->shared);
	uint64_t left = app->setup->items;

	for (uint32_t round = 1; left > 0 && await(app, &app->started, round); round++) {
		call.items = left < app->threads ? left : app->threads;
		lfb_call_log_on(order, &call);
		app->loops[LFB_SERVE](&call);
		app->collected_ns = lfb_clock_now_ns();
		lfb_call_add_pops(order, &call);
		left -= call.popped < left ? call.popped : left;
		advance(&app->collected);
	}
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	const struct fan_in *const app = (const struct fan_in *)state;

	if (app->unmade == 0)
		return 0;
	(void)snprintf(reason, reason_bytes, "%llu threads could not be created (%s). Try fewer --producers",
		       (unsigned long long)app->unmade, strerror(-app->make_error));
	return -EBADMSG;
}

static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	(void)items;
	(void)ops;
	*duration_ns = ((const struct fan_in *)state)->sum_ns;
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct fan_in *const app = (const struct fan_in *)state;
	const double items = (double)app->setup->items;

	if (app->round == 0 || items == 0)
		return;
	put("", "rounds", "rounds", app->round, context);
	put("", "round_mean", "ns", (double)app->sum_ns / app->round, context);
	put("", "round_max", "ns", (double)app->worst_ns, context);
	put("", "create", "ns/thread", (double)app->make_ns / items, context);
	put("", "join", "ns/thread", (double)app->join_ns / items, context);
}

const struct lfb_application lfb_app_fan_in = {
	.open = open_app,
	.brief = brief,
	.warm = warm,
	.call_off = call_off,
	.judge = judge,
	.measure = measure,
	.figures = figures,
	.close = close_app,
};
