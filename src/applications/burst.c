/*
 * burst.c - the workload burst: the producers fill the queue with a burst, then the consumers drain it, over and over.
 *
 * DESIGN. The two sides never work at once: all threads meet at a barrier between filling and draining. So the
 * fill shows what a push costs while nobody pops, the drain what a pop costs while nobody pushes, and neither is ever
 * told that the queue is full or, but at its end, empty. The loops are the backend's plain ones, called once per thread and round
 * with a part of the values. Each thread gives them a `shared` of its own: the count of running producers, by which those
 * loops tell that all is produced, is never 0 for a producer (nothing is closed) and always 0 for a consumer (EMPTY ends it).
 *
 * The last to arrive at the barrier reads the clock, so a phase lasts from when all were ready for it until its
 * last thread has done its part.
 */
#include "applications/applications.h"
#include "machine/clock.h"
#include "trial/parking.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BURST_PRESET 512u
/* Pauses at the barrier before the CPU is given up: about the time of a burst. */
#define BARRIER_SPINS 2000u

struct burst_thread {
	struct burst *app;
	const lfb_loop *loops;
	uint32_t nth;
	struct lfb_shared shared; /* for the loops */
};

struct burst {
	uint64_t items, size; /* of the trial, of a burst */
	uint32_t producers, threads;
	enum lfb_wait wait;
	bool audit;
	struct burst_thread *thread; /* producers first */
	/* Of the last to arrive at the barrier, who is alone then. */
	uint64_t phase_start_ns, fill_ns, drain_ns, rounds;
	bool over;
	uint32_t arrived __attribute__((aligned(LFB_LINE)));
	uint32_t phase __attribute__((aligned(LFB_LINE)));   /* even: filling; slept on */
	uint64_t pushed __attribute__((aligned(LFB_LINE)));  /* by all so far */
	uint64_t to_drain __attribute__((aligned(LFB_LINE))); /* of this burst: pushed and not yet popped */
};

static uint64_t size_of(const struct lfb_app_setup *setup)
{
	const struct lfb_shape *const shape = setup->shape;
	const uint64_t asked = shape->param[LFB_PARAM_burst] > 0 ? shape->param[LFB_PARAM_burst] : BURST_PRESET;

	/* All of it is in the queue before anybody pops. */
	return setup->plugin->info.claims.bounded && asked > shape->capacity ? shape->capacity : asked;
}

static void close_app(void *state)
{
	struct burst *const app = (struct burst *)state;

	free(app->thread);
	free(app);
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	const uint32_t threads = setup->shape->producers + setup->shape->consumers;
	struct burst *app;

	if (setup->shape->wait == LFB_WAIT_BLOCK) {
		(void)snprintf(reason, reason_bytes, "wait=block: a drain ends at EMPTY, which a blocking pop sleeps through. Try --wait park");
		return -ENOTSUP;
	}
	app = (struct burst *)aligned_alloc(LFB_LINE, sizeof(*app));
	if (app == NULL)
		return -ENOMEM;
	memset(app, 0, sizeof(*app));
	app->thread = (struct burst_thread *)aligned_alloc(LFB_LINE, threads * sizeof(app->thread[0]));
	if (app->thread == NULL) {
		close_app(app);
		return -ENOMEM;
	}
	memset(app->thread, 0, threads * sizeof(app->thread[0]));
	app->items = setup->items;
	app->size = size_of(setup);
	app->producers = setup->shape->producers;
	app->threads = threads;
	app->wait = setup->shape->wait;
	app->phase = 1; /* as if a burst had just been drained */
	app->audit = setup->audit;
	*state = app;
	return 0;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct burst *const app = (struct burst *)state;
	struct burst_thread *const own = &app->thread[role == 0 ? nth : app->producers + nth];

	own->app = app;
	own->loops = loops;
	own->nth = nth;
	order->application = own;
	return 0;
}

/*
 * The release pairs with the acquire in meet: who reads the new phase sees `abort`, and who does not falls asleep on one
 * that is over.
 */
static void call_off(void *state)
{
	struct burst *const app = (struct burst *)state;

	for (uint32_t i = 0; i < app->threads; i++)
		__atomic_store_n(&app->thread[i].shared.abort, 1, __ATOMIC_RELAXED);
	/* By 2: it is still the same kind of phase, and no longer the one that anybody sleeps for. */
	(void)__atomic_fetch_add(&app->phase, 2, __ATOMIC_RELEASE);
	lfb_futex_parking.wake(&app->phase, UINT32_MAX);
}

/* By the last to arrive, while all others wait. */
static void end_phase(struct burst *app, uint32_t phase)
{
	const uint64_t now_ns = lfb_clock_now_ns();

	if (phase % 2 == 0) {
		app->fill_ns += now_ns - app->phase_start_ns;
	} else {
		app->drain_ns += app->rounds > 0 ? now_ns - app->phase_start_ns : 0;
		app->over = app->pushed == app->items;
		app->rounds += !app->over;
	}
	app->phase_start_ns = now_ns;
}

/* One step of waiting for the others. */
static void wait_step(const struct burst *app, struct lfb_thread *t, uint32_t *phase, uint32_t seen, unsigned tries)
{
	if (tries < BARRIER_SPINS && (app->wait == LFB_WAIT_SPIN || app->wait == LFB_WAIT_BACKOFF || tries < BARRIER_SPINS / 8))
		lfb_pause();
	else if (app->wait == LFB_WAIT_PARK)
		t->parking->sleep(phase, seen);
	else
		(void)sched_yield();
}

/*
 * Until all threads are here. false: the trial was called off. The acquire-release of `arrived` hands everybody's work to the
 * last one, the release of `phase`, which the acquire load pairs with, hands that to all.
 */
static bool meet(struct burst *app, struct lfb_thread *t)
{
	const uint32_t seen = __atomic_load_n(&app->phase, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&app->arrived, 1, __ATOMIC_ACQ_REL) == app->threads) {
		end_phase(app, seen);
		__atomic_store_n(&app->arrived, 0, __ATOMIC_RELAXED);
		(void)__atomic_fetch_add(&app->phase, 1, __ATOMIC_RELEASE);
		if (app->wait == LFB_WAIT_PARK)
			t->parking->wake(&app->phase, UINT32_MAX);
		return !__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED);
	}
	for (unsigned tries = 0; __atomic_load_n(&app->phase, __ATOMIC_ACQUIRE) == seen && !__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED);
	     tries += tries < BARRIER_SPINS)
		wait_step(app, t, &app->phase, seen, tries);
	return !__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED);
}

/* What one call of a loop has counted, into what the thread has in all. `call` goes on counting parks and wakes itself. */
static void add(struct lfb_thread *sum, const struct lfb_thread *call)
{
	struct lfb_counters *const c = &sum->counters;
	const struct lfb_counters *const more = &call->counters;

	sum->push_full += call->push_full;
	sum->pop_empty += call->pop_empty;
	sum->parks = call->parks;
	sum->wakes = call->wakes;
	c->rmw += more->rmw;
	c->cas += more->cas;
	c->cas_failed += more->cas_failed;
	c->locks += more->locks;
	c->lock_contended += more->lock_contended;
	c->lock_wait_ns += more->lock_wait_ns;
	c->parks += more->parks;
	c->wakes += more->wakes;
	c->hidden |= more->hidden;
	c->depth_max = more->depth_max > c->depth_max ? more->depth_max : c->depth_max;
}

/* A producer's part of this burst: what does not divide goes round, so that all are done at about the same time. */
static uint64_t share_of(const struct burst *app, uint32_t nth, uint64_t left)
{
	const uint64_t turn = (nth + app->rounds) % app->producers;
	const uint64_t share = app->size / app->producers + (turn < app->size % app->producers);

	return share < left ? share : left;
}

static void fill(struct burst_thread *own, struct lfb_thread *t, struct lfb_thread *call)
{
	struct burst *const app = own->app;

	call->first_value = t->first_value + t->pushed;
	call->items = share_of(app, own->nth, t->items - t->pushed);
	if (call->items == 0)
		return;
	own->shared.producers_running = 2; /* not the last one: nothing is closed */
	own->loops[t->latency != NULL ? LFB_PRODUCE_CLOSED : LFB_PRODUCE](call);
	t->pushed += call->pushed;
	add(t, call);
	/* Relaxed: the barrier publishes them. */
	(void)__atomic_fetch_add(&app->pushed, call->pushed, __ATOMIC_RELAXED);
	(void)__atomic_fetch_add(&app->to_drain, call->pushed, __ATOMIC_RELAXED);
}

void lfb_burst_produce(struct lfb_thread *t)
{
	struct burst_thread *const own = (struct burst_thread *)t->application;
	struct lfb_thread call = *t;

	call.shared = &own->shared;
	while (meet(own->app, t) && !own->app->over) {
		fill(own, t, &call);
		if (!meet(own->app, t))
			break;
	}
}

static enum lfb_loop_kind drain_kind(const struct burst *app, const struct lfb_thread *t)
{
	if (app->audit)
		return LFB_CONSUME_AUDIT;
	return t->latency != NULL ? LFB_CONSUME_CLOSED : LFB_CONSUME;
}

/* Until EMPTY; then, until the others have emptied their hands too, look now and then whether it was too early to say so. */
static void drain(struct burst_thread *own, struct lfb_thread *t, struct lfb_thread *call)
{
	struct burst *const app = own->app;
	const lfb_loop loop = own->loops[drain_kind(app, t)];

	for (unsigned calls = 0; (int64_t)__atomic_load_n(&app->to_drain, __ATOMIC_RELAXED) > 0; calls++) {
		if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
			return;
		if (calls > 0 && app->wait != LFB_WAIT_SPIN)
			(void)sched_yield();
		for (unsigned i = 0; calls > 0 && i < 64; i++)
			lfb_pause();
		if (t->log != NULL) {
			call->log = t->log + (t->popped < t->log_slots ? t->popped : t->log_slots);
			call->log_slots = t->popped < t->log_slots ? t->log_slots - t->popped : 0;
		}
		loop(call);
		t->popped += call->popped;
		t->hash += call->hash;
		add(t, call);
		(void)__atomic_fetch_sub(&app->to_drain, call->popped, __ATOMIC_RELAXED);
	}
}

void lfb_burst_consume(struct lfb_thread *t)
{
	struct burst_thread *const own = (struct burst_thread *)t->application;
	struct lfb_thread call = *t;

	call.shared = &own->shared; /* nobody produces: the loop ends when the queue is empty */
	while (meet(own->app, t) && !own->app->over) {
		if (!meet(own->app, t))
			break;
		drain(own, t, &call);
	}
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct burst *const app = (const struct burst *)state;

	put("", "burst", "items", (double)app->size, context);
	put("", "bursts", "bursts", (double)app->rounds, context);
	put("", "fill", "ns/op", (double)app->fill_ns / (double)app->items, context);
	put("", "drain", "ns/op", (double)app->drain_ns / (double)app->items, context);
}

const struct lfb_application lfb_app_burst = {
	.open = open_app,
	.brief = brief,
	.call_off = call_off,
	.figures = figures,
	.close = close_app,
};
