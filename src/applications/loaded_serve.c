/* loaded_serve.c - the consumers' side, see loaded.h. */
#include "loaded.h"

#include "trial/parking.h"

#include <lfbench/loop_latency.h>

void lfb_loaded_done(struct loaded *app)
{
	/* Acquire-release: who takes the last one away has seen what all before it counted. */
	if (__atomic_sub_fetch(&app->unfinished, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	/* Release: pairs with the acquire in join. */
	__atomic_store_n(&app->joined, LOADED_JOINED, __ATOMIC_RELEASE);
	lfb_futex_parking.wake(&app->joined, UINT32_MAX);
}

/* Not of what was in the queue before the clock started. */
static void take_time(struct lfb_thread *t, const struct loaded *app, uint64_t value)
{
	const uint64_t producer = value >> LFB_VALUE_SHIFT;

	if (producer >= app->setup.producing || lfb_number(value) < app->producer[producer].prefilled)
		return;
	if (app->setup.shape->rate_per_s > 0)
		lfb_time_due(t, value);
	else if (lfb_is_sampled(t->latency, value))
		lfb_time_sampled(t, value, lfb_ticks_after(&t->latency->time));
}

bool lfb_loaded_serve(struct lfb_thread *t, uint64_t value)
{
	struct loaded_consumer *const c = (struct loaded_consumer *)t->application;
	struct loaded *const app = c->app;

	if (app->sentinels && value >> LFB_VALUE_SHIFT == app->setup.producing) {
		c->sentinels++;
		return false;
	}
	if (t->latency != NULL)
		take_time(t, app, value);
	if (app->payload.bytes > 0)
		lfb_payload_receive(c, value);
	lfb_work_do(&app->work_pop, loaded_item(app, value >> LFB_VALUE_SHIFT, lfb_number(value)));
	c->done++;
	if (app->join)
		lfb_loaded_done(app);
	return true;
}
