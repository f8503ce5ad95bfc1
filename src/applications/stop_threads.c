/* stop_threads.c - the stopper and the workers of the workload stop, see stop.c. */
#include "calls.h"
#include "machine/clock.h"
#include "stop.h"

#include <sched.h>
#include <time.h>

/* How long idle workers are left alone before the request, so that those who would sleep do. */
#define IDLE_NS 30000
/* Between two looks at how far the workers are. The stopper sleeps: else it would take the CPU of one of them. */
#define LOOK_NS 20000

/* --- workers */

static bool is_sentinel(const struct stop *app, uint64_t value)
{
	return value >> LFB_VALUE_SHIFT == app->setup->producing;
}

/* A sentinel of a round before, whose worker left without it, is no request. The two accesses that are seq_cst: see stop.c. */
bool lfb_stop_serve(struct lfb_thread *call, uint64_t value)
{
	struct stop_worker *const w = (struct stop_worker *)call->application;
	struct stop *const app = w->app;

	if (!is_sentinel(app, value)) {
		lfb_work_do(&app->work, w->served);
		__atomic_store_n(&w->served, w->served + 1, __ATOMIC_SEQ_CST);
	}
	return !__atomic_load_n(&app->stop, __ATOMIC_SEQ_CST);
}

void lfb_stop_work(struct lfb_thread *order)
{
	struct stop_worker *const w = (struct stop_worker *)order->application;
	struct stop *const app = w->app;
	struct lfb_thread call = lfb_call_of(order, &app->serving);

	for (uint32_t round = 1; lfb_stop_await(app, &app->rounds_begun, round) && !app->over; round++) {
		lfb_stop_advance(&app->here);
		lfb_call_log_on(order, &call);
		app->loops[LFB_SERVE](&call);
		w->left_ns = lfb_clock_now_ns();
		lfb_call_add_pops(order, &call);
		lfb_stop_advance(&app->left);
	}
}

/* --- the stopper */

static void nap(long duration_ns)
{
	const struct timespec duration = { .tv_nsec = duration_ns };

	(void)nanosleep(&duration, NULL);
}

static uint64_t served_by_all(const struct stop *app)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < app->workers; i++)
		sum += __atomic_load_n(&app->worker[i].served, __ATOMIC_SEQ_CST);
	return sum;
}

/* Push that many items more, of one producer after the other. false: called off. */
static bool push_items(struct stop *app, struct lfb_thread *order, uint64_t count)
{
	struct lfb_thread call = lfb_call_of(order, &app->feeding);

	while (count > 0) {
		const uint64_t left = app->setup->produced[app->producer] - app->producer_pushed;

		if (left == 0) {
			app->producer++;
			app->producer_pushed = 0;
			continue;
		}
		call.first_value = lfb_app_value(app->producer, app->producer_pushed);
		call.items = count < left ? count : left;
		app->feeding.producers_running = 2; /* never the last one: nothing is closed */
		app->loops[LFB_PRODUCE](&call);
		lfb_call_add_pushes(order, &call);
		app->pushed += call.pushed;
		app->producer_pushed += call.pushed;
		if (call.pushed < call.items)
			return false;
		count -= call.items;
	}
	return true;
}

/* Until `target` items have been served in all. false: called off. */
static bool await_served(const struct stop *app, uint64_t target)
{
	while (served_by_all(app) < target) {
		if (__atomic_load_n(&app->off, __ATOMIC_RELAXED))
			return false;
		nap(LOOK_NS);
	}
	return true;
}

/* Whether all workers have left; acquire: pairs with the release in lfb_stop_advance. */
static bool all_left(struct stop *app, uint32_t round)
{
	return (int32_t)(__atomic_load_n(&app->left, __ATOMIC_ACQUIRE) - round * app->workers) >= 0;
}

/*
 * One for each worker. Where there is no room, workers that are awake will pop and make some, or leave; when all have left, no more
 * are needed.
 */
static void push_sentinels(struct stop *app, struct lfb_thread *order, uint32_t round)
{
	struct lfb_thread call = lfb_call_of(order, &app->feeding);

	for (uint32_t i = 0; i < app->workers && !all_left(app, round) && !__atomic_load_n(&app->off, __ATOMIC_RELAXED);) {
		call.single = lfb_app_value(app->setup->producing, app->sentinels);
		app->loops[LFB_TRY_PUSH](&call);
		lfb_call_add_pushes(order, &call);
		if (call.pushed == 0) {
			(void)sched_yield();
			continue;
		}
		app->sentinels++;
		app->sentinels_hash += lfb_mix(call.single);
		i++;
	}
}

/*
 * Ask. Release: pairs with the acquire in lfb_all_produced of the workers' loops; it comes before the sequence of the event, so
 * who falls asleep with the new sequence has seen it.
 */
static void request(struct stop *app, struct lfb_thread *order, uint32_t round)
{
	__atomic_store_n(&app->stop, 1, __ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < app->workers; i++)
		app->worker[i].served_at_request = __atomic_load_n(&app->worker[i].served, __ATOMIC_SEQ_CST);
	__atomic_store_n(&app->serving.producers_running, 0, __ATOMIC_RELEASE);
	if (app->blocks)
		push_sentinels(app, order, round);
	else if (order->wait == LFB_WAIT_PARK)
		lfb_event_broadcast(&order->events[0]->not_empty);
}

/* All workers have left. */
static void add_stop(struct stop *app, uint64_t request_ns)
{
	uint64_t last_ns = request_ns;

	for (uint32_t i = 0; i < app->workers; i++) {
		const struct stop_worker *const w = &app->worker[i];
		const uint64_t after = w->served - w->served_at_request;

		if (w->left_ns > last_ns)
			last_ns = w->left_ns;
		app->sum_after += after;
		if (after > app->worst_after)
			app->worst_after = after;
	}
	lfb_histogram_record(app->times, last_ns - request_ns);
	app->sum_ns += last_ns - request_ns;
	app->sum_left += app->pushed - served_by_all(app);
	app->stops++;
}

/* Let the workers begin a round, and wait until all have. false: called off. */
static bool begin(struct stop *app, uint32_t round, uint32_t producers_running)
{
	__atomic_store_n(&app->stop, 0, __ATOMIC_RELAXED); /* published by the word */
	__atomic_store_n(&app->serving.producers_running, producers_running, __ATOMIC_RELAXED);
	lfb_stop_advance(&app->rounds_begun);
	return lfb_stop_await(app, &app->here, round * app->workers);
}

/* Bring the workers to where the request shall meet them. false: called off. */
static bool prepare(struct stop *app, struct lfb_thread *order)
{
	const uint64_t left = app->setup->items - app->pushed, served = served_by_all(app);
	const uint64_t count = app->items_per_round < left ? app->items_per_round : left;

	if (!push_items(app, order, count))
		return false;
	if (app->busy) /* in the middle of it, each at its second item or so */
		return await_served(app, served + (app->workers < count ? app->workers : count));
	if (!await_served(app, app->pushed))
		return false;
	nap(IDLE_NS);
	return true;
}

static bool play_round(struct stop *app, struct lfb_thread *order, uint32_t round)
{
	uint64_t request_ns;

	if (!begin(app, round, 1) || !prepare(app, order))
		return false;
	request_ns = lfb_clock_now_ns();
	request(app, order, round);
	if (!lfb_stop_await(app, &app->left, round * app->workers))
		return false;
	add_stop(app, request_ns);
	return true;
}

/* The last round, without a request: who finds the queue empty leaves. */
static bool empty_queue(struct stop *app, const struct lfb_thread *order, uint32_t round)
{
	if (app->blocks)
		app->setup->plugin->ops->close(order->queue[0]);
	return begin(app, round, 0) && lfb_stop_await(app, &app->left, round * app->workers);
}

void lfb_stop_ask(struct lfb_thread *order)
{
	struct stop *const app = (struct stop *)order->application;
	uint32_t round = 1;

	if (order != app->stopper)
		return;
	for (; app->pushed < app->setup->items; round++)
		if (!play_round(app, order, round))
			return;
	if (!empty_queue(app, order, round))
		return;
	app->over = true;
	lfb_stop_advance(&app->rounds_begun);
}
