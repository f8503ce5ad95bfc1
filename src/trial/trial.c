/*
 * trial.c - see trial.h. The threads are in trial_threads.c; here is what surrounds them. How much memory a trial takes is in trial_sizes.c, what is
 * checked after it in trial_checks.c, and what is kept of it in trial_results.c.
 */
#include "trial/trial.h"

#include "trial/arena.h"
#include "trial/trial_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_status_names[LFB_STATUSES + 1] = { "ok",       "invalid",     "crashed",      "timeout",
							 "resource", "unsupported", "incompatible", "interrupted", NULL };

void lfb_trial_fail(struct trial *t, enum lfb_status status, const char *format, ...)
{
	va_list arguments;

	if (t->result->status != LFB_STATUS_OK)
		return; /* the first reason is the cause */
	t->result->status = status;
	va_start(arguments, format);
	(void)vsnprintf(t->result->reason, sizeof(t->result->reason), format, arguments);
	va_end(arguments);
}

/* Divide the items over the threads that produce; the first take what is left over. */
static int share_items(struct trial *t)
{
	const struct lfb_shape *const shape = t->setup->shape;

	t->producing = 0;
	for (unsigned r = 0; r < shape->workload->roles; r++)
		if (shape->workload->role[r].produces)
			t->producing += lfb_role_threads(&shape->workload->role[r], shape->producers, shape->consumers);
	t->produced = (uint64_t *)calloc(t->producing, sizeof(t->produced[0]));
	if (t->produced == NULL)
		return -ENOMEM;
	for (uint32_t p = 0; p < t->producing; p++)
		t->produced[p] = t->items / t->producing + (p < t->items % t->producing);
	return 0;
}

static void create_queues(struct trial *t)
{
	const struct lfb_shape *const shape = t->setup->shape;
	struct lfb_report report = { .capacity_effective = 0 };
	struct lfb_cell cell = lfb_trial_cell(shape, t->items);

	cell.arena = &t->setup->arena;
	cell.report = &report;
	for (unsigned i = 0; i < lfb_shape_queues(shape); i++) {
		const int rc = t->setup->plugin->ops->create(&cell, &t->queues[i]);

		report.reason[sizeof(report.reason) - 1] = '\0';
		if (rc == -ENOTSUP)
			lfb_trial_fail(t, LFB_STATUS_UNSUPPORTED, "%s", report.reason[0] != '\0' ? report.reason : "the backend says so");
		else if (rc != 0)
			lfb_trial_fail(t, LFB_STATUS_RESOURCE, "the queue cannot be created: %s", strerror(rc < 0 ? -rc : rc));
		else if (t->queues[i] == NULL)
			lfb_trial_fail(t, LFB_STATUS_INVALID, "q_create said that all is well, but left no queue");
		if (t->result->status != LFB_STATUS_OK) {
			t->queues[i] = rc == 0 ? t->queues[i] : NULL;
			return;
		}
	}
	t->result->capacity_effective = report.capacity_effective;
}

static void destroy_queues(struct trial *t)
{
	for (unsigned i = 0; i < LFB_QUEUES_MAX; i++)
		if (t->queues[i] != NULL)
			t->setup->plugin->ops->destroy(t->queues[i]);
}

/* Let the crew work, and see how it ended. */
static void work(struct trial *t)
{
	const enum lfb_crew_end end = lfb_crew_run(t->crew);
	struct lfb_trial_result *const result = t->result;
	uint64_t before_bytes;

	result->hung = end == LFB_CREW_HUNG;
	if (end == LFB_CREW_FAILED) {
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "%s", lfb_crew_error(t->crew));
		return;
	}
	if (result->hung) {
		lfb_trial_fail(t, LFB_STATUS_TIMEOUT, "a thread did not come back from the queue within the time limit");
		return;
	}
	before_bytes = lfb_trial_malloc_used_bytes();
	lfb_crew_results(t->crew, result);
	t->malloc_before_bytes += lfb_trial_malloc_used_bytes() - before_bytes;
	lfb_trial_check_memory(t);
	switch (end) {
	case LFB_CREW_INTERRUPTED:
		lfb_trial_fail(t, LFB_STATUS_INTERRUPTED, "interrupted");
		break;
	case LFB_CREW_TIMEOUT:
		if (!t->setup->plugin->info.claims.reference)
			lfb_trial_check_called_off(t);
		lfb_trial_fail(t, LFB_STATUS_TIMEOUT, "not done within the time limit; nothing was lost. Try a longer --timeout");
		break;
	default:
		lfb_trial_verify(t);
		lfb_trial_measure_retained(t);
		lfb_trial_keep_application(t);
		lfb_trial_keep_histograms(t);
	}
}

/* What the threads need beside the queue: made before it, so that what the queue takes can be told. */
static int prepare_work(struct trial *t)
{
	struct lfb_trial_setup *const setup = t->setup;
	const uint32_t threads = lfb_workload_threads(setup->shape->workload, setup->shape->producers, setup->shape->consumers);

	t->work = (struct lfb_crew_work){ .queues = t->queues, .produced = t->produced, .items = t->items, .audit = t->audit };
	if (setup->recording != NULL) {
		t->work.recording = &t->recording;
		return lfb_recording_prepare_shape(&t->recording, setup->recording, &setup->plugin->info.claims, setup->shape, t->produced, setup->seed);
	}
	if (t->audit || setup->timebase == NULL)
		return 0;
	t->work.latency = &t->latency;
	return lfb_latency_prepare(&t->latency, setup->shape, setup->timebase, t->produced, t->producing, threads, setup->seed);
}

/* The application's part, if the shape has one. */
static void open_application(struct trial *t)
{
	const struct lfb_trial_setup *const setup = t->setup;
	const struct lfb_application *const app = lfb_shape_application(setup->shape);
	char reason[200] = "";
	int rc;

	if (app == NULL)
		return;
	t->app_setup = (struct lfb_app_setup){
		.plugin = setup->plugin,
		.shape = setup->shape,
		.items = t->items,
		.produced = t->produced,
		.producing = t->producing,
		.audit = t->audit,
		.duration_ns = setup->duration_ns,
		.timeout_ns = setup->timeout_ns,
		.seed = setup->seed,
		.arena = &setup->arena,
		.timebase = t->work.latency != NULL ? setup->timebase : NULL,
		.latency = t->work.latency,
	};
	rc = app->open(&t->app_setup, &t->work.app_state, reason, sizeof(reason));
	if (rc != 0)
		lfb_trial_fail(t, rc == -ENOTSUP ? LFB_STATUS_UNSUPPORTED : LFB_STATUS_RESOURCE, "%s", reason[0] != '\0' ? reason : strerror(-rc));
	else
		t->work.app = app;
}

static void close_application(struct trial *t)
{
	if (t->work.app != NULL)
		t->work.app->close(t->work.app_state);
}

/* Queue, crew, work. Nothing is given back while threads hang in the queue: they still use it. */
static void run_crew(struct trial *t)
{
	t->malloc_before_bytes = lfb_trial_malloc_used_bytes();
	create_queues(t);
	if (t->result->status == LFB_STATUS_OK) {
		const uint64_t before_bytes = lfb_trial_malloc_used_bytes();

		if (lfb_crew_create(t->setup, &t->work, &t->crew) != 0) {
			lfb_trial_fail(t, LFB_STATUS_RESOURCE, "no memory for the threads of the trial");
		} else {
			t->malloc_before_bytes += lfb_trial_malloc_used_bytes() - before_bytes;
			work(t);
			if (t->result->hung)
				return;
			lfb_crew_free(t->crew);
		}
	}
	destroy_queues(t);
}

/* Everything but what threads that hang in the queue still use. */
static void run(struct trial *t)
{
	struct lfb_trial_setup *const setup = t->setup;
	const size_t arena_bytes = lfb_trial_arena_bytes(setup->shape, setup->plugin, t->items);

	if (share_items(t) != 0)
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "out of memory");
	else if (lfb_arena_prepare(&setup->arena, setup->arena_reserved_bytes, arena_bytes) != 0)
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "the queue's memory (%zu MiB) is not there: try fewer --items or a smaller --capacity",
		     arena_bytes >> 20);
	else if (prepare_work(t) != 0)
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "no memory for the time stamps of %" PRIu64 " items: try fewer --items", t->items);
	else
		open_application(t);
	if (t->result->status == LFB_STATUS_OK)
		run_crew(t);
	if (!t->result->hung)
		close_application(t);
}

void lfb_trial_run(struct lfb_trial_setup *setup, uint64_t items, bool audit, struct lfb_trial_result *result)
{
	struct trial *const t = (struct trial *)calloc(1, sizeof(*t));

	memset(result, 0, sizeof(*result));
	result->items = items;
	if (t == NULL) {
		result->status = LFB_STATUS_RESOURCE;
		(void)snprintf(result->reason, sizeof(result->reason), "out of memory");
		return;
	}
	*t = (struct trial){ .setup = setup, .result = result, .audit = audit, .items = items };
	run(t);
	if (result->hung)
		return; /* threads are in the queue and use all of this */
	lfb_latency_free(&t->latency);
	lfb_recording_free(&t->recording);
	free(t->produced);
	free(t);
}
