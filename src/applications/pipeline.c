/*
 * pipeline.c - the workload pipeline: stages in a line, or a diamond, with a queue between each two.
 *
 * DESIGN. Every thread is a loop of the backend: the source feeds, a stage relays from its queue to the next one, the
 * sink serves. Queue i lies between stage i and stage i + 1. In a diamond the source splits its items over two branches in
 * turn (even numbers to queue 0, odd ones to queue 1), which both push to queue 2. What a stage does with an item is
 * calibrated work; a stage's lengths are those of its neighbour shifted, so that an item is not long everywhere.
 *
 * A line of FIFO queues is a FIFO queue, and so is each way through a diamond: the sink checks that.
 */
#include "applications/applications.h"
#include "machine/clock.h"
#include "trial/work.h"

#include <lfbench/loop_latency.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Items by which the work of a stage is shifted against that of the stage before it. */
#define WORK_SHIFT 997u

enum pipeline_role { SOURCE, STAGE, SINK };

/* Of one thread. Only it writes here while it runs. */
struct stage {
	struct pipeline *app;
	uint32_t number;   /* 0: the source */
	uint64_t expected; /* items that pass here */
	uint64_t items;    /* that have */
	uint64_t first_ns, last_ns;
	double work_ns;
	uint64_t seen[2];   /* sink: the last number that came, plus 1, of each way */
	uint64_t disordered;
} __attribute__((aligned(LFB_LINE)));

struct pipeline {
	uint64_t items;
	uint32_t stages;
	bool diamond, ordered;
	struct lfb_work push, pop;
	struct stage *stage;
};

struct lfb_place lfb_pipeline_place(unsigned role, uint32_t nth, uint32_t consumers, bool diamond)
{
	const int last = (int)consumers - 1, own = (int)nth;
	const int next = diamond ? last : own + 1;

	switch (role) {
	case SOURCE:
		if (diamond)
			return (struct lfb_place){ .fed = LFB_SPLIT, .out = 0, .back = 1, .pushes_to = -1, .pops_from = -1 };
		return (struct lfb_place){ .fed = LFB_FEED, .out = 0, .back = -1, .pushes_to = 0, .pops_from = -1 };
	case STAGE:
		return (struct lfb_place){ .fed = LFB_RELAY, .out = own, .back = next, .pushes_to = next, .pops_from = own };
	default:
		return (struct lfb_place){ .fed = LFB_SERVE, .out = last, .back = -1, .pushes_to = -1, .pops_from = last };
	}
}

static void close_app(void *state)
{
	struct pipeline *const app = (struct pipeline *)state;

	lfb_work_free(&app->push);
	lfb_work_free(&app->pop);
	free(app->stage);
	free(app);
}

static int prepare(struct pipeline *app, const struct lfb_app_setup *setup)
{
	const struct lfb_shape *const shape = setup->shape;
	const enum lfb_work_dist dist = (enum lfb_work_dist)shape->param[LFB_PARAM_work_dist];
	const enum lfb_order order = setup->plugin->info.claims.order;
	int rc;

	app->items = setup->items;
	app->stages = shape->consumers + 1;
	app->diamond = shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND;
	app->ordered = order == LFB_ORDER_FIFO || order == LFB_ORDER_PER_PRODUCER;
	app->stage = (struct stage *)aligned_alloc(LFB_LINE, app->stages * sizeof(app->stage[0]));
	if (app->stage == NULL)
		return -ENOMEM;
	memset(app->stage, 0, app->stages * sizeof(app->stage[0]));
	rc = lfb_work_make(&app->push, shape->param[LFB_PARAM_work_push], dist);
	return rc != 0 ? rc : lfb_work_make(&app->pop, shape->param[LFB_PARAM_work_pop], dist);
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	struct pipeline *const app = (struct pipeline *)calloc(1, sizeof(*app));
	int rc;

	(void)reason;
	(void)reason_bytes;
	if (app == NULL)
		return -ENOMEM;
	rc = prepare(app, setup);
	if (rc != 0)
		close_app(app);
	else
		*state = app;
	return rc;
}

/* Items on one way of a diamond: the first way gets the odd one. */
static uint64_t branch_items(const struct pipeline *app, unsigned branch)
{
	return app->items / 2 + (branch == 0 ? app->items % 2 : 0);
}

/* Rates and shares of a stage are over the time from its first item to its last. */
static void pass(struct stage *s)
{
	if (s->items == 0)
		s->first_ns = lfb_clock_now_ns();
	if (++s->items == s->expected)
		s->last_ns = lfb_clock_now_ns();
}

static void work(struct stage *s, const struct lfb_work *work, uint64_t number)
{
	const uint64_t n = number + (uint64_t)s->number * WORK_SHIFT;

	lfb_work_do(work, n);
	s->work_ns += lfb_work_ns(work, n);
}

static bool feed(struct lfb_thread *t, uint64_t *value)
{
	struct stage *const s = (struct stage *)t->application;

	if (s->items == s->expected)
		return false;
	*value = lfb_app_value(0, s->items);
	pass(s);
	if (s->app->push.rounds != NULL)
		work(s, &s->app->push, lfb_number(*value));
	if (t->latency != NULL)
		lfb_stamp(t, *value, LFB_LOOK_CLOSED);
	return true;
}

static bool relay(struct lfb_thread *t, uint64_t value)
{
	struct stage *const s = (struct stage *)t->application;

	pass(s);
	if (s->app->pop.rounds != NULL)
		work(s, &s->app->pop, lfb_number(value));
	return true;
}

/* In a diamond only items that took the same way keep their order. */
static void check_order(struct stage *s, uint64_t value)
{
	uint64_t *const seen = &s->seen[s->app->diamond ? lfb_number(value) % 2 : 0];

	s->disordered += lfb_number(value) + 1 <= *seen;
	*seen = lfb_number(value) + 1;
}

static bool sink(struct lfb_thread *t, uint64_t value)
{
	struct stage *const s = (struct stage *)t->application;

	if (t->latency != NULL && lfb_is_sampled(t->latency, value))
		lfb_time_sampled(t, value, lfb_ticks_after(&t->latency->time));
	check_order(s, value);
	return relay(t, value);
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct pipeline *const app = (struct pipeline *)state;
	const uint32_t number = role == SOURCE ? 0 : role == STAGE ? nth + 1 : app->stages - 1;
	struct stage *const s = &app->stage[number];

	(void)loops;
	s->app = app;
	s->number = number;
	s->expected = role == STAGE && app->diamond ? branch_items(app, nth) : app->items;
	order->application = s;
	order->feed = role == SOURCE ? feed : NULL;
	order->serve = role == SINK ? sink : relay;
	return 0;
}

/* Through the two branches of a diamond goes every other item. */
static void expect(const void *state, unsigned queue, struct lfb_app_traffic *traffic)
{
	const struct pipeline *const app = (const struct pipeline *)state;

	if (!app->diamond || queue > 1)
		return;
	*traffic = (struct lfb_app_traffic){ 0, 0 };
	for (uint64_t n = queue; n < app->items; n += 2) {
		traffic->pushed++;
		traffic->hash += lfb_mix(lfb_app_value(0, n));
	}
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	const struct pipeline *const app = (const struct pipeline *)state;
	const uint64_t disordered = app->stage[app->stages - 1].disordered;

	if (!app->ordered || disordered == 0)
		return 0;
	(void)snprintf(reason, reason_bytes, "%llu items reached the sink before one that was sent earlier on the same way",
		       (unsigned long long)disordered);
	return -EBADMSG;
}

/* An item goes through every queue of a line, and through 2 of a diamond's 3. */
static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct pipeline *const app = (const struct pipeline *)state;

	(void)duration_ns;
	*ops = *items * 2 * (app->diamond ? 2 : app->stages - 1);
}

/* As the trial names the thread. */
static const char *stage_name(const struct pipeline *app, const struct stage *s, char *out, size_t out_bytes)
{
	const char *const role = s->number == 0 ? "source" : s->number == app->stages - 1 ? "sink" : "stage";

	(void)snprintf(out, out_bytes, "%s%u", role, s->number);
	return out;
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct pipeline *const app = (const struct pipeline *)state;

	for (uint32_t i = 0; i < app->stages; i++) {
		const struct stage *const s = &app->stage[i];
		const double active_ns = s->last_ns > s->first_ns ? (double)(s->last_ns - s->first_ns) : 0;
		char name[32];

		put(stage_name(app, s, name, sizeof(name)), "items", "items", (double)s->items, context);
		if (active_ns > 0 && s->items > 1)
			put(name, "interval", "ns/item", active_ns / (double)(s->items - 1), context);
		if (active_ns > 0 && (i == 0 ? &app->push : &app->pop)->rounds != NULL)
			put(name, "work_share", "ratio", s->work_ns / active_ns, context);
	}
}

const struct lfb_application lfb_app_pipeline = {
	.open = open_app,
	.brief = brief,
	.expect = expect,
	.judge = judge,
	.measure = measure,
	.figures = figures,
	.close = close_app,
};
