/* logger.c - the workload logger: its two sides of the queue, and the trial's questions. See logger.h. */
#include "logger.h"

#include "applications/applications.h"

#include <lfbench/loop_latency.h>

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Slots per thread: as many lines as can be under way, within this much memory for all threads. */
#define WINDOW_MIN 4u
#define WINDOW_MAX 1024u
#define MEMORY_MAX ((uint64_t)64 << 20)
#define PAUSES_BEFORE_YIELD 64u

/* Wait until the slot is free again. Acquire: pairs with the writer's release in give_back. false: called off. */
static bool await_slot(struct lfb_thread *t, struct logger_thread *me, struct logger_slot *slot)
{
	for (unsigned tries = 0; __atomic_load_n(&slot->line, __ATOMIC_ACQUIRE) != LOGGER_SLOT_FREE; tries++) {
		me->slot_waits += tries == 0;
		if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
			return false;
		if (tries < PAUSES_BEFORE_YIELD)
			lfb_pause();
		else
			(void)sched_yield();
	}
	return true;
}

/* Release: pairs with the acquire in await_slot; the text may be overwritten. */
static void give_back(const struct logger *app, uint64_t value)
{
	__atomic_store_n(&lfb_logger_slot(app, (uint32_t)(value >> LFB_VALUE_SHIFT), lfb_number(value))->line, LOGGER_SLOT_FREE, __ATOMIC_RELEASE);
}

/* The last thread of all sends the sentinel, which is never dropped. */
static bool feed_end(struct lfb_thread *t, struct logger_thread *me, uint64_t *value)
{
	struct logger *const app = me->app;

	if (me->finished)
		return false;
	me->finished = true;
	/* Acquire-release: what all have fed and dropped goes with the sentinel. */
	if (__atomic_sub_fetch(&app->feeding, 1, __ATOMIC_ACQ_REL) > 0)
		return false;
	t->overflow = LFB_OVERFLOW_WAIT;
	*value = lfb_app_value(app->setup.producing, 0);
	return true;
}

static bool feed(struct lfb_thread *t, uint64_t *value)
{
	struct logger_thread *const me = (struct logger_thread *)t->application;
	struct logger *const app = me->app;
	struct logger_slot *slot;

	if (me->fed == me->items)
		return feed_end(t, me, value);
	slot = lfb_logger_slot(app, me->index, me->fed);
	if (!await_slot(t, me, slot))
		return false;
	lfb_logger_text(app, me->index, me->fed, slot->text);
	/* Release: pairs with the acquire in serve, though the queue itself publishes it too. */
	__atomic_store_n(&slot->line, me->fed + 1, __ATOMIC_RELEASE);
	*value = lfb_app_value(me->index, me->fed++);
	if (t->latency != NULL)
		lfb_stamp(t, *value, LFB_LOOK_CLOSED);
	return true;
}

/* By the thread that found the queue full: its newest line, or the oldest of anybody's. */
static void dropped(struct lfb_thread *t, uint64_t value)
{
	struct logger *const app = ((struct logger_thread *)t->application)->app;

	if (value >> LFB_VALUE_SHIFT < app->setup.producing)
		give_back(app, value);
	(void)__atomic_fetch_add(&app->dropped, 1, __ATOMIC_RELAXED);
}

/* What was dropped is told once, where it would have been. */
static void tell_drops(struct logger *app)
{
	const uint64_t drops = __atomic_load_n(&app->dropped, __ATOMIC_RELAXED);
	char text[64];

	if (drops == app->drops_told)
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64 " lines dropped", drops - app->drops_told);
	app->drops_told = drops;
	(void)lfb_term_log_line(&app->log, text);
	lfb_logger_sink_line(&app->sink);
}

static void write_line(struct logger *app, uint32_t thread, uint64_t n)
{
	const struct logger_slot *const slot = lfb_logger_slot(app, thread, n);

	/* Acquire: pairs with the release in feed. */
	if (__atomic_load_n(&slot->line, __ATOMIC_ACQUIRE) != n + 1 || !lfb_logger_text_is(app, thread, n, slot->text)) {
		app->wrong++;
		return;
	}
	app->disordered += app->ordered && n < app->last[thread];
	app->last[thread] = n + 1;
	app->line_bytes_written += strlen(slot->text);
	(void)lfb_term_log_line(&app->log, slot->text);
	lfb_logger_sink_line(&app->sink);
}

/* Whether the writer may go: the sentinel has come, and with it the knowledge of how many lines there are. */
static bool is_complete(const struct logger *app)
{
	uint64_t fed = 0;

	if (!app->sentinel_seen)
		return false;
	for (uint32_t i = 0; i < app->setup.producing; i++)
		fed += app->thread[i].fed;
	return app->written + __atomic_load_n(&app->dropped, __ATOMIC_RELAXED) >= fed;
}

static bool serve(struct lfb_thread *t, uint64_t value)
{
	struct logger *const app = (struct logger *)t->application;
	const uint64_t thread = value >> LFB_VALUE_SHIFT;

	tell_drops(app);
	if (thread == app->setup.producing) {
		app->sentinel_seen = true;
	} else if (thread > app->setup.producing || lfb_number(value) >= app->setup.produced[thread]) {
		app->wrong++; /* nobody's */
	} else {
		write_line(app, (uint32_t)thread, lfb_number(value));
		app->written++;
		if (t->latency != NULL && lfb_is_sampled(t->latency, value))
			lfb_time_sampled(t, value, lfb_ticks_after(&t->latency->time));
		give_back(app, value);
	}
	return !is_complete(app);
}

static void call_off(void *state)
{
	lfb_logger_sink_call_off(&((struct logger *)state)->sink);
}

static void close_app(void *state)
{
	struct logger *const app = (struct logger *)state;

	lfb_term_log_close(&app->log);
	lfb_logger_sink_close(&app->sink);
	if (app->slots != NULL)
		(void)munmap(app->slots, app->slots_bytes);
	free(app->thread);
	free(app->last);
	free(app);
}

static int take_memory(struct logger *app)
{
	const uint32_t threads = app->setup.producing;
	uint64_t window;

	app->slot_bytes = (sizeof(struct logger_slot) + 2 * app->line_bytes + LFB_LINE) & ~(size_t)(LFB_LINE - 1);
	window = MEMORY_MAX / app->slot_bytes / threads;
	app->window = window < WINDOW_MIN ? WINDOW_MIN : window > WINDOW_MAX ? WINDOW_MAX : window;
	app->slots_bytes = app->slot_bytes * app->window * threads;
	app->slots = (unsigned char *)mmap(NULL, app->slots_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (app->slots == MAP_FAILED) {
		app->slots = NULL;
		return -ENOMEM;
	}
	app->thread = (struct logger_thread *)aligned_alloc(LFB_LINE, threads * sizeof(app->thread[0]));
	app->last = (uint64_t *)calloc(threads, sizeof(app->last[0]));
	if (app->thread == NULL || app->last == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < threads; i++)
		app->thread[i] = (struct logger_thread){ .app = app, .index = i, .items = app->setup.produced[i] };
	return 0;
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	const enum lfb_order order = setup->plugin->info.claims.order;
	struct logger *const app = (struct logger *)aligned_alloc(LFB_LINE, sizeof(*app));
	int rc;

	if (app == NULL)
		return -ENOMEM;
	memset(app, 0, sizeof(*app));
	app->setup = *setup;
	app->sink.fd = -1;
	app->line_bytes = setup->shape->param[LFB_PARAM_line];
	app->feeding = setup->producing;
	app->ordered = order == LFB_ORDER_FIFO || order == LFB_ORDER_PER_PRODUCER;
	rc = take_memory(app);
	if (rc == 0)
		rc = lfb_logger_sink_open(app, reason, reason_bytes);
	if (rc != 0)
		close_app(app);
	else
		*state = app;
	return rc;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct logger *const app = (struct logger *)state;

	(void)loops;
	if (role == 1) {
		order->application = app;
		order->serve = serve;
		return 0;
	}
	order->application = &app->thread[nth];
	order->feed = feed;
	order->dropped = dropped;
	order->overflow = app->setup.audit ? LFB_OVERFLOW_WAIT : (uint32_t)app->setup.shape->param[LFB_PARAM_overflow];
	return 0;
}

/* The lines, and the sentinel behind them. */
static void expect(const void *state, unsigned queue, struct lfb_app_traffic *traffic)
{
	const struct logger *const app = (const struct logger *)state;

	(void)queue;
	traffic->pushed++;
	traffic->hash += lfb_mix(lfb_app_value(app->setup.producing, 0));
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	struct logger *const app = (struct logger *)state;
	const int rc = lfb_logger_sink_finish(&app->sink);

	if (app->wrong > 0 || app->disordered > 0)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " lines were not what was logged, %" PRIu64 " were out of order", app->wrong, app->disordered);
	else if (app->written + app->dropped != app->setup.items)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " lines logged, %" PRIu64 " written, %" PRIu64 " dropped", app->setup.items, app->written,
			       app->dropped);
	else if (!app->sentinel_seen)
		(void)snprintf(reason, reason_bytes, "the writer left without having seen the sentinel");
	else if (app->sink.bytes < app->line_bytes_written) /* a space where a row ends makes room for its line end: never fewer */
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " bytes of text became %" PRIu64 " bytes of output: lines were cut", app->line_bytes_written,
			       app->sink.bytes);
	else if (rc == -EBADMSG)
		(void)snprintf(reason, reason_bytes, "the log file does not hold what was written to it");
	else if (rc != 0)
		(void)snprintf(reason, reason_bytes, "the log cannot be written: %s", strerror(-rc));
	else
		return 0;
	return rc != 0 && rc != -EBADMSG && app->wrong == 0 ? rc : -EBADMSG;
}

/* Dropped lines moved nothing through the queue, or only half of the way. */
static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct logger *const app = (const struct logger *)state;

	(void)duration_ns;
	*items = app->written > 0 ? app->written : 1;
	*ops = 2 * *items;
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct logger *const app = (const struct logger *)state;
	uint64_t slot_waits = 0;

	for (uint32_t i = 0; i < app->setup.producing; i++)
		slot_waits += app->thread[i].slot_waits;
	put("", "lines_written", "lines", (double)app->written, context);
	put("", "lines_dropped", "lines", (double)app->dropped, context);
	put("", "text", "bytes", (double)app->line_bytes_written, context);
	put("", "output", "bytes", (double)app->sink.bytes, context);
	put("", "rows_wrapped", "rows", (double)app->log.wrapped, context);
	put("", "redraws", "times", (double)app->log.redraws, context);
	put("", "slot_waits", "times", (double)slot_waits, context);
}

const struct lfb_application lfb_app_logger = {
	.open = open_app,
	.brief = brief,
	.call_off = call_off,
	.expect = expect,
	.judge = judge,
	.measure = measure,
	.figures = figures,
	.close = close_app,
};
