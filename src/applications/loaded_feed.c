/* loaded_feed.c - the producers' side, see loaded.h. */
#include "loaded.h"

#include "machine/clock.h"
#include "trial/parking.h"

#include <lfbench/loop_latency.h>
#include <sched.h>

/* Items between two looks at the clock at most, and how far apart looks may be before there are more of them. */
#define STRIDE_MAX 64u
#define LOOK_FAR_NS UINT64_C(10000)
/* A number has this much room in a value. */
#define NUMBERS_MAX (UINT64_C(1) << 40)

/* stop=time: reading the clock costs as much as a fast queue, so not for every item; but the end is not missed by much. */
static bool time_is_over(struct loaded_producer *p)
{
	uint64_t now_ns;

	if (p->until_ns != 0 && p->fed < p->next_look)
		return false;
	now_ns = lfb_clock_now_ns();
	if (p->until_ns == 0) {
		p->until_ns = now_ns + p->app->time_ns;
		p->stride = 1;
	} else if (p->until_ns > now_ns && p->until_ns - now_ns < LOOK_FAR_NS) {
		p->stride = 1;
	} else if (p->stride < STRIDE_MAX && p->app->work_push.mean_ns == 0) {
		p->stride *= 2;
	}
	p->next_look = p->fed + p->stride;
	return now_ns >= p->until_ns;
}

static bool has_more(struct loaded_producer *p)
{
	if (p->app->time_ns == 0)
		return p->fed < p->items;
	return p->fed < NUMBERS_MAX && !time_is_over(p);
}

/* The work of the items up to the one numbered `end`. */
static void work_until(struct loaded_producer *p, uint64_t end)
{
	for (; p->worked < end; p->worked++)
		lfb_work_do(&p->app->work_push, loaded_item(p->app, p->index, p->worked));
}

/* Before an item its own work; in bursts, when one is complete, that of all its items. */
static void work(struct loaded_producer *p)
{
	const uint64_t burst = p->app->burst;

	if (burst == 0)
		work_until(p, p->fed + 1);
	else if (p->fed - p->worked == burst)
		work_until(p, p->fed);
}

/* Closed loop: a sample; there are places for as many stamps as items were planned. */
static void stamp(struct lfb_thread *t, uint64_t value, uint64_t now)
{
	const struct lfb_latency_plan *const l = t->latency;

	if (lfb_number(value) >> l->sample_shift < l->sent[value >> LFB_VALUE_SHIFT].slots)
		lfb_stamp_at(t, value, now);
}

/* Open loop: until the item is due, as in lfb_produce_open_body. Returns the time, or 0: called off. */
static uint64_t wait_until_due(struct lfb_thread *t, struct loaded_producer *p, uint64_t value)
{
	const struct lfb_latency_plan *const l = t->latency;
	uint64_t due, now;

	if (p->schedule_ticks == 0)
		p->schedule_ticks = lfb_schedule_start(t);
	due = p->schedule_ticks + lfb_due_ticks(l, lfb_number(value) * l->producers + p->index);
	while ((int64_t)((now = lfb_ticks_before(&l->time)) - due) < 0) {
		if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
			return 0;
		if (t->wait == LFB_WAIT_SPIN || t->wait == LFB_WAIT_BACKOFF)
			lfb_pause();
		else
			(void)sched_yield();
	}
	return now;
}

/* What the latency pass adds. false: called off. */
static bool take_time(struct lfb_thread *t, struct loaded_producer *p, uint64_t value)
{
	uint64_t now;

	if (p->app->setup.shape->rate_per_s > 0) {
		now = wait_until_due(t, p, value);
		if (now == 0)
			return false;
		if (lfb_is_sampled(t->latency, value))
			stamp(t, value, now);
	} else if (lfb_is_sampled(t->latency, value)) {
		stamp(t, value, lfb_ticks_before(&t->latency->time));
	}
	return true;
}

/* Wait until every item has been marked done, and note what was then. */
static void join(struct loaded *app)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	uint32_t joined;

	/* Acquire: pairs with the release in lfb_loaded_done; after it, what all have counted is visible. */
	while ((joined = __atomic_load_n(&app->joined, __ATOMIC_ACQUIRE)) == LOADED_NOT_YET)
		lfb_futex_parking.sleep(&app->joined, LOADED_NOT_YET);
	app->join_wait_ns = lfb_clock_now_ns() - start_ns;
	if (joined != LOADED_JOINED)
		return;
	for (uint32_t p = 0; p < app->setup.producing; p++)
		app->joined_pushed += app->producer[p].fed;
	for (uint32_t c = 0; c < app->consumers; c++)
		app->joined_done += app->consumer[c].done;
}

/* Once per producer, when its last item has been pushed. */
static void finish(struct loaded_producer *p)
{
	struct loaded *const app = p->app;

	p->finished = true;
	work_until(p, p->fed);
	/* Acquire-release: a sentinel of the last one is pushed after all that the others have pushed. */
	p->last = __atomic_sub_fetch(&app->feeding, 1, __ATOMIC_ACQ_REL) == 0;
	if (app->join)
		lfb_loaded_done(app);
}

/* After the items: sentinels, from whoever is last; then the first producer joins. false: nothing more to push. */
static bool feed_end(struct loaded_producer *p, uint64_t *value)
{
	struct loaded *const app = p->app;

	if (!p->finished)
		finish(p);
	if (app->sentinels && p->last && p->sentinels < app->consumers) {
		*value = lfb_app_value(app->setup.producing, p->sentinels++);
		return true;
	}
	if (app->join && p->index == 0)
		join(app);
	return false;
}

bool lfb_loaded_feed(struct lfb_thread *t, uint64_t *value)
{
	struct loaded_producer *const p = (struct loaded_producer *)t->application;
	struct loaded *const app = p->app;

	if (!has_more(p))
		return feed_end(p, value);
	work(p);
	if (app->payload.bytes > 0 && !lfb_payload_send(t, p, p->fed))
		return false;
	*value = lfb_app_value(p->index, p->fed);
	if (t->latency != NULL && !take_time(t, p, *value))
		return false;
	if (app->join) /* relaxed: it cannot be the last while this producer has not finished */
		(void)__atomic_fetch_add(&app->unfinished, 1, __ATOMIC_RELAXED);
	p->fed++;
	return true;
}

/* This producer's part of what is in the queue before the clock starts: all of its items at most. */
static uint64_t prefill_share(const struct loaded_producer *p)
{
	const uint64_t prefill = p->app->setup.shape->param[LFB_PARAM_prefill];
	const uint32_t producers = p->app->setup.producing;
	const uint64_t share = prefill / producers + (p->index < prefill % producers);

	return share < p->items ? share : p->items;
}

void lfb_loaded_warm(struct lfb_thread *order)
{
	struct loaded_producer *const p = order->feed != NULL ? (struct loaded_producer *)order->application : NULL;
	struct lfb_thread one = *order;

	for (uint64_t left = p != NULL ? prefill_share(p) : 0; left > 0; left--) {
		if (p->app->payload.bytes > 0 && !lfb_payload_send(order, p, p->fed))
			return;
		one.single = lfb_app_value(p->index, p->fed);
		p->app->try_push(&one);
		if (one.pushed == 0) { /* full: it is pushed when consumers have made room */
			if (p->app->payload.bytes > 0)
				lfb_payload_take_back(p, p->fed);
			break;
		}
		p->fed++;
	}
	if (p == NULL)
		return;
	p->prefilled = p->worked = p->fed;
	if (p->app->join)
		(void)__atomic_fetch_add(&p->app->unfinished, p->prefilled, __ATOMIC_RELAXED);
}
