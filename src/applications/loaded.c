/* loaded.c - producer_consumer with something to do: what it is made of and how it is judged, see loaded.h. */
#include "loaded.h"

#include "applications/applications.h"
#include "trial/parking.h"
#include "trial/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wanted(const struct lfb_shape *shape)
{
	for (int p = 0; p < LFB_PARAM_TOTAL; p++)
		if (p != LFB_PARAM_check && shape->param[p] != lfb_params[p].preset && lfb_param_fits((enum lfb_param)p, shape->workload->name))
			return true;
	return false;
}

/* Buffers even for 8 bytes, if it is to be a pointer. */
static bool has_buffers(const struct lfb_shape *shape)
{
	return shape->param[LFB_PARAM_payload] > sizeof(uint64_t) || shape->param[LFB_PARAM_by] != lfb_params[LFB_PARAM_by].preset;
}

/* A sentinel must come out behind every value of its own producer; of several producers, cell.c sees to it. */
static bool keeps_sentinels_last(enum lfb_order order)
{
	return order == LFB_ORDER_FIFO || order == LFB_ORDER_PER_PRODUCER;
}

/* What these settings cannot do together, or with this backend. */
static int refuse(const struct lfb_app_setup *setup, char *reason, size_t reason_bytes)
{
	const struct lfb_shape *const shape = setup->shape;
	const struct lfb_claims *const claims = &setup->plugin->info.claims;
	const uint32_t *const param = shape->param;
	const uint64_t prefill = param[LFB_PARAM_prefill];
	const uint64_t window = lfb_payload_window(shape->capacity, setup->producing, shape->consumers, param[LFB_PARAM_payload]);

	if (has_buffers(shape) && claims->reference)
		(void)snprintf(reason, reason_bytes, "a reference is no queue, what is pushed into it is not what comes out");
	else if (claims->bounded && prefill > shape->capacity)
		(void)snprintf(reason, reason_bytes, "prefill=%" PRIu64 " is more than the capacity %" PRIu64 " holds", prefill, shape->capacity);
	else if (has_buffers(shape) && prefill / setup->producing + 1 > window)
		(void)snprintf(reason, reason_bytes,
			       "prefill=%" PRIu64 " is more than the %" PRIu64 " payload buffers of each producer. Try a larger --capacity or a smaller --payload",
			       prefill, window);
	else if (prefill > 0 && lfb_shape_is_open(shape))
		(void)snprintf(reason, reason_bytes, "prefill: an open loop sends every item at its time");
	else if (param[LFB_PARAM_stop] == LFB_STOP_TIME && lfb_shape_is_open(shape))
		(void)snprintf(reason, reason_bytes, "stop=time: an open loop's rate and duration say how many items there are");
	else if (param[LFB_PARAM_stop] == LFB_STOP_SENTINEL && !keeps_sentinels_last(claims->order))
		(void)snprintf(reason, reason_bytes, "stop=sentinel: without a FIFO order a sentinel can overtake the values before it");
	else
		return 0;
	return -ENOTSUP;
}

static void close_app(void *state)
{
	struct loaded *const app = (struct loaded *)state;

	lfb_payload_close(&app->payload);
	lfb_work_free(&app->work_push);
	lfb_work_free(&app->work_pop);
	free(app->producer);
	free(app->consumer);
	free(app->fed);
	free(app);
}

/* Zeroed, on lines of its own. */
static void *lines(size_t bytes)
{
	void *const memory = aligned_alloc(LFB_LINE, bytes);

	return memory != NULL ? memset(memory, 0, bytes) : NULL;
}

static int make_threads(struct loaded *app)
{
	app->producer = (struct loaded_producer *)lines(app->setup.producing * sizeof(app->producer[0]));
	app->consumer = (struct loaded_consumer *)lines(app->consumers * sizeof(app->consumer[0]));
	app->fed = (uint64_t *)calloc(app->setup.producing, sizeof(app->fed[0]));
	if (app->producer == NULL || app->consumer == NULL || app->fed == NULL)
		return -ENOMEM;
	for (uint32_t p = 0; p < app->setup.producing; p++) {
		app->producer[p].app = app;
		app->producer[p].index = p;
		app->producer[p].items = app->setup.produced[p];
	}
	for (uint32_t c = 0; c < app->consumers; c++)
		app->consumer[c].app = app;
	return 0;
}

static int make(struct loaded *app)
{
	const struct lfb_shape *const shape = app->setup.shape;
	const enum lfb_work_dist dist = (enum lfb_work_dist)shape->param[LFB_PARAM_work_dist];
	int rc = make_threads(app);

	if (rc == 0)
		rc = lfb_work_make(&app->work_push, shape->param[LFB_PARAM_work_push], dist);
	if (rc == 0)
		rc = lfb_work_make(&app->work_pop, shape->param[LFB_PARAM_work_pop], dist);
	if (rc == 0 && has_buffers(shape))
		rc = lfb_payload_open(app, shape->param[LFB_PARAM_payload], shape->param[LFB_PARAM_by] == LFB_BY_VALUE);
	return rc;
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	const uint32_t *const param = setup->shape->param;
	struct loaded *app;
	int rc = refuse(setup, reason, reason_bytes);

	if (rc != 0)
		return rc;
	app = (struct loaded *)lines(sizeof(*app));
	if (app == NULL)
		return -ENOMEM;
	app->setup = *setup;
	app->consumers = setup->shape->consumers;
	app->feeding = setup->producing;
	app->unfinished = setup->producing;
	app->burst = param[LFB_PARAM_burst];
	/* Trials that find out how many items to take, and audits, stop by count. */
	app->time_ns = param[LFB_PARAM_stop] == LFB_STOP_TIME && !setup->audit ? setup->duration_ns : 0;
	app->sentinels = param[LFB_PARAM_stop] == LFB_STOP_SENTINEL && !setup->audit;
	app->join = param[LFB_PARAM_join] == LFB_YES;
	rc = make(app);
	if (rc != 0) {
		(void)snprintf(reason, reason_bytes, "no memory for the items' work and payloads: try a smaller --capacity or --payload");
		close_app(app);
		return rc;
	}
	*state = app;
	return 0;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct loaded *const app = (struct loaded *)state;

	if (role == 0) {
		app->try_push = loops[LFB_TRY_PUSH];
		order->feed = lfb_loaded_feed;
		order->overflow = LFB_OVERFLOW_WAIT;
		order->application = &app->producer[nth];
	} else {
		order->serve = lfb_loaded_serve;
		order->application = &app->consumer[nth];
	}
	return 0;
}

/* Whoever is in the join leaves it; who has joined already does not mind. */
static void call_off(void *state)
{
	struct loaded *const app = (struct loaded *)state;
	uint32_t seen = LOADED_NOT_YET;

	(void)__atomic_compare_exchange_n(&app->joined, &seen, LOADED_CALLED_OFF, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	lfb_futex_parking.wake(&app->joined, UINT32_MAX);
}

static uint64_t sum_fed(const struct loaded *app)
{
	uint64_t fed = 0;

	for (uint32_t p = 0; p < app->setup.producing; p++)
		fed += app->producer[p].fed;
	return fed;
}

static void expect(const void *state, unsigned queue, struct lfb_app_traffic *traffic)
{
	const struct loaded *const app = (const struct loaded *)state;
	const struct lfb_pushed pushed = { .items = app->fed, .producers = app->setup.producing };

	(void)queue;
	if (app->time_ns > 0) { /* otherwise it is known beforehand, and stays what the trial says */
		for (uint32_t p = 0; p < app->setup.producing; p++)
			app->fed[p] = app->producer[p].fed;
		*traffic = (struct lfb_app_traffic){ .pushed = sum_fed(app), .hash = lfb_verify_expected_hash(&pushed) };
	}
	for (uint32_t c = 0; app->sentinels && c < app->consumers; c++) {
		traffic->pushed++;
		traffic->hash += lfb_mix(lfb_app_value(app->setup.producing, c));
	}
}

static int judge_join(const struct loaded *app, char *reason, size_t reason_bytes)
{
	if (!app->join || (app->joined == LOADED_JOINED && app->joined_done == app->joined_pushed && app->joined_done == sum_fed(app)))
		return 0;
	(void)snprintf(reason, reason_bytes, "join returned when %" PRIu64 " of %" PRIu64 " items were marked done", app->joined_done, sum_fed(app));
	return -EBADMSG;
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	const struct loaded *const app = (const struct loaded *)state;
	uint64_t mismatches = 0, without_sentinel = 0;

	for (uint32_t c = 0; c < app->consumers; c++) {
		mismatches += app->consumer[c].mismatches;
		without_sentinel += app->sentinels && app->consumer[c].sentinels != 1;
	}
	if (mismatches > 0)
		(void)snprintf(reason, reason_bytes, "the payload of %" PRIu64 " items was not what had been written", mismatches);
	else if (without_sentinel > 0)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " of %" PRIu32 " consumers left without a sentinel", without_sentinel, app->consumers);
	else
		return judge_join(app, reason, reason_bytes);
	return -EBADMSG;
}

static uint64_t sum_prefilled(const struct loaded *app)
{
	uint64_t prefilled = 0;

	for (uint32_t p = 0; p < app->setup.producing; p++)
		prefilled += app->producer[p].prefilled;
	return prefilled;
}

/* Sentinels are operations but no items; what was pushed before the clock started was popped under it. */
static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct loaded *const app = (const struct loaded *)state;

	(void)duration_ns;
	*items = sum_fed(app);
	*ops = 2 * (*items + (app->sentinels ? app->consumers : 0)) - sum_prefilled(app);
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct loaded *const app = (const struct loaded *)state;
	uint64_t slot_waits = 0;

	for (uint32_t p = 0; p < app->setup.producing; p++)
		slot_waits += app->producer[p].slot_waits;
	if (app->setup.shape->param[LFB_PARAM_prefill] > 0)
		put("", "prefilled", "items", (double)sum_prefilled(app), context);
	if (app->sentinels)
		put("", "sentinels", "items", (double)app->consumers, context);
	if (app->join)
		put("", "join_wait", "ns", (double)app->join_wait_ns, context);
	if (app->payload.bytes > 0) {
		put("", "slot_waits", "items", (double)slot_waits, context);
		put("", "payload_window", "items", (double)app->payload.window, context);
		put("", "payload_memory", "bytes", (double)app->payload.map_bytes, context);
	}
}

const struct lfb_application lfb_app_loaded = {
	.wanted = wanted,
	.open = open_app,
	.brief = brief,
	.warm = lfb_loaded_warm,
	.call_off = call_off,
	.expect = expect,
	.judge = judge,
	.measure = measure,
	.figures = figures,
	.close = close_app,
};
