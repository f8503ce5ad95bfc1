/*
 * stop.c - the workload stop: workers serve a queue until they are asked to stop; how long until the last one has left?
 * Over and over, with the same workers.
 *
 * DESIGN. A request is a flag that each worker looks at after an item, and what wakes those who wait for one: workers that
 * poll or park are told that nothing will be pushed any more (the count by which their loops end), parked ones are
 * woken; workers that sleep in the backend's own pop get a sentinel each, since a queue that was closed cannot be opened again.
 * Who leaves because of the flag leaves its sentinel behind, for a worker of the next round to throw away.
 *
 * The bound: the flag and a worker's count of items are stored and loaded in one order that all agree on (sequential
 * consistency). Who looked at the flag before the request, and did not see it, had counted all its items but the next one; so of
 * what the stopper reads after its request, each worker's count grows by 1 at most. That is checked for every stop.
 *
 * What is in the queue after a stop stays there for the workers of the next round, and after the last round they empty it, so
 * every value is verified. The first stopper pushes the values of all of them, in their order.
 */
#include "stop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of busy workers: what an item takes, and items per worker and round. */
#define BUSY_WORK_NS 5000u
#define BUSY_ITEMS 16u

static void close_app(void *state)
{
	struct stop *const app = (struct stop *)state;

	lfb_work_free(&app->work);
	free(app->worker);
	free(app->times);
	free(app);
}

static int take_memory(struct stop *app)
{
	app->worker = (struct stop_worker *)aligned_alloc(LFB_LINE, app->workers * sizeof(app->worker[0]));
	app->times = (struct lfb_histogram *)malloc(sizeof(*app->times));
	if (app->worker == NULL || app->times == NULL)
		return -ENOMEM;
	memset(app->worker, 0, app->workers * sizeof(app->worker[0]));
	lfb_histogram_init(app->times);
	return lfb_work_make(&app->work, app->busy ? BUSY_WORK_NS : 0, LFB_WORK_CONSTANT);
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	struct stop *const app = (struct stop *)aligned_alloc(LFB_LINE, sizeof(*app));
	int rc;

	(void)reason;
	(void)reason_bytes;
	if (app == NULL)
		return -ENOMEM;
	memset(app, 0, sizeof(*app));
	app->setup = setup;
	app->workers = setup->shape->consumers;
	app->busy = setup->shape->param[LFB_PARAM_workers_are] == LFB_WORKERS_BUSY;
	app->blocks = setup->shape->wait == LFB_WAIT_BLOCK;
	app->items_per_round = app->busy ? (uint64_t)app->workers * BUSY_ITEMS : 1;
	rc = take_memory(app);
	if (rc != 0)
		close_app(app);
	else
		*state = app;
	return rc;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct stop *const app = (struct stop *)state;

	app->loops = loops;
	order->application = app;
	if (role == 0 && nth == 0)
		app->stopper = order;
	if (role != 0) {
		app->worker[nth].app = app;
		order->application = &app->worker[nth];
		order->serve = lfb_stop_serve;
	}
	return 0;
}

/* The words move on, so nobody falls asleep who has not seen `off`. */
static void call_off(void *state)
{
	struct stop *const app = (struct stop *)state;

	__atomic_store_n(&app->off, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&app->feeding.abort, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&app->serving.abort, 1, __ATOMIC_RELAXED);
	lfb_stop_advance(&app->rounds_begun);
	lfb_stop_advance(&app->here);
	lfb_stop_advance(&app->left);
}

static void expect(const void *state, unsigned queue, struct lfb_app_traffic *traffic)
{
	const struct stop *const app = (const struct stop *)state;

	(void)queue;
	traffic->pushed += app->sentinels;
	traffic->hash += app->sentinels_hash;
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	const struct stop *const app = (const struct stop *)state;

	if (app->worst_after <= 1)
		return 0;
	(void)snprintf(reason, reason_bytes, "a worker took %llu items after it had been asked to stop, 1 is allowed",
		       (unsigned long long)app->worst_after);
	return -EBADMSG;
}

/* Items and operations of the row are stops: what is pushed and popped between them is not in its time. */
static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct stop *const app = (const struct stop *)state;

	*items = *ops = app->stops;
	*duration_ns = app->sum_ns;
}

static const struct lfb_histogram *histogram(const void *state, unsigned nth, const char **name)
{
	*name = "stop";
	return nth == 0 ? ((const struct stop *)state)->times : NULL;
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct stop *const app = (const struct stop *)state;

	if (app->stops == 0)
		return;
	put("", "stops", "stops", (double)app->stops, context);
	put("", "stop_mean", "ns", (double)app->sum_ns / (double)app->stops, context);
	put("", "stop_p50", "ns", (double)lfb_histogram_value_at(app->times, 0.5), context);
	put("", "stop_max", "ns", (double)app->times->max, context);
	put("", "items_after", "items/stop", (double)app->sum_after / (double)app->stops, context);
	put("", "items_after_max", "items/worker", (double)app->worst_after, context);
	put("", "left_in_queue", "items/stop", (double)app->sum_left / (double)app->stops, context);
}

const struct lfb_application lfb_app_stop = {
	.open = open_app,
	.brief = brief,
	.call_off = call_off,
	.expect = expect,
	.judge = judge,
	.measure = measure,
	.histogram = histogram,
	.figures = figures,
	.close = close_app,
};
