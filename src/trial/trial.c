/* trial.c - see trial.h. The threads are in trial_threads.c; here is what surrounds them. */
#include "trial/trial.h"

#include "machine/allocator.h"
#include "trial/arena.h"
#include "trial/trial_threads.h"
#include "trial/verify.h"

#include <lfbench/nodes.h>

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

const char *const lfb_status_names[LFB_STATUSES + 1] = { "ok",       "invalid",     "crashed",      "timeout",
							 "resource", "unsupported", "incompatible", "interrupted", NULL };

/* Arena for what a backend does not declare: struct q, a mutex, rounding. */
#define ARENA_FIXED_BYTES ((size_t)256 << 10)
/* Slot of a backend that does not say: a cache line per item. */
#define SLOT_BYTES_DEFAULT 64u

/* Rings round up to a power of two: twice the slots at most. */
#define CAPACITY_ROUNDING 2u

static size_t padded(size_t bytes)
{
	return (bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);
}

/* At most, of any of its queues: of two queues or more each has one, but for the last of a diamond; tasks that submit make workers push. */
static uint32_t pushers_of_a_queue(const struct lfb_shape *shape)
{
	if (shape->workload->queues != 1)
		return shape->workload->by_stages && shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND ? 2 : 1;
	return shape->param[LFB_PARAM_nested] > 0 ? shape->producers + shape->consumers : shape->producers;
}

struct lfb_cell lfb_trial_cell(const struct lfb_shape *shape, uint64_t items)
{
	return (struct lfb_cell){
		.size = sizeof(struct lfb_cell),
		.producers = pushers_of_a_queue(shape),
		.consumers = shape->workload->queues != 1 ? 1 : shape->consumers,
		.batch = shape->batch,
		.capacity = shape->capacity,
		.items = items * (1 + shape->param[LFB_PARAM_nested]),
	};
}

size_t lfb_trial_arena_bytes(const struct lfb_shape *shape, const struct lfb_plugin *plugin, uint64_t items)
{
	const struct lfb_cell cell = lfb_trial_cell(shape, items);
	const size_t threads = lfb_workload_threads(shape->workload, shape->producers, shape->consumers) + 1;
	const size_t slot_bytes = plugin->info.slot_bytes > 0 ? plugin->info.slot_bytes : SLOT_BYTES_DEFAULT;
	const size_t slots = plugin->info.claims.bounded ? (size_t)shape->capacity * CAPACITY_ROUNDING + 4 : 0;
	size_t queue_bytes = ARENA_FIXED_BYTES + slots * slot_bytes;

	if (plugin->info.alloc == LFB_ALLOC_POOL) {
		const size_t nodes = lfb_nodes_needed(&cell);

		queue_bytes += nodes * plugin->info.node_bytes + nodes / LFB_MAGAZINE_NODES * sizeof(void *);
	}
	/* Two handles for every thread, and one per queue for the host, see lfb_crew_create. */
	return lfb_shape_queues(shape) * queue_bytes + (2 * threads + LFB_QUEUES_MAX) * padded(plugin->ops->handle_bytes);
}

/* Everything of one trial that must be given back. */
struct trial {
	struct lfb_trial_setup *setup;
	struct lfb_trial_result *result;
	bool audit;
	uint64_t items;
	uint32_t producing; /* threads with values of their own */
	uint64_t *produced; /* values each of them was told to push */
	void *queues[LFB_QUEUES_MAX];
	struct lfb_latency_trial latency;
	struct lfb_recording_trial recording;
	struct lfb_app_setup app_setup;
	struct lfb_crew_work work;
	struct lfb_crew *crew;
	uint64_t malloc_before_bytes; /* in use without the queue's */
};

static void fail(struct trial *t, enum lfb_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void fail(struct trial *t, enum lfb_status status, const char *format, ...)
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
			fail(t, LFB_STATUS_UNSUPPORTED, "%s", report.reason[0] != '\0' ? report.reason : "the backend says so");
		else if (rc != 0)
			fail(t, LFB_STATUS_RESOURCE, "the queue cannot be created: %s", strerror(rc < 0 ? -rc : rc));
		else if (t->queues[i] == NULL)
			fail(t, LFB_STATUS_INVALID, "q_create said that all is well, but left no queue");
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

/* One pop by the host. If a sample is logged and it says EMPTY, that belongs to it. */
static bool drain_one(struct trial *t, unsigned i, void *handle)
{
	const struct lfb_recording_plan *const plan = t->setup->recording;
	const uint64_t call = plan != NULL ? lfb_stamp_call(plan->time.use_counter) : 0;
	uint64_t value;

	if (t->setup->plugin->ops->pop(t->queues[i], handle, &value))
		return true;
	if (plan != NULL)
		lfb_recording_drained(&t->recording, call, lfb_stamp_return(plan->time.use_counter));
	return false;
}

/* Items still in queue `i` after all threads have left; more than were pushed means it invents them. */
static uint64_t drain(struct trial *t, unsigned i)
{
	const struct lfb_ops *const ops = t->setup->plugin->ops;
	void *const handle = lfb_crew_host_handle(t->crew, i);
	uint64_t left = 0;

	if (ops->attach(t->queues[i], handle) != 0) {
		fail(t, LFB_STATUS_RESOURCE, "the host thread cannot attach to the queue");
		return 0;
	}
	while (left <= t->items && drain_one(t, i, handle))
		left++;
	ops->detach(t->queues[i], handle);
	return left;
}

/* Count and hash of what went through queue `i` of a trial that ran to its end, in which `left` values stayed. */
static void check_sums(struct trial *t, unsigned i, const struct lfb_app_traffic *expected, uint64_t left)
{
	const struct lfb_traffic traffic = lfb_crew_traffic(t->crew, (int)i);
	const uint64_t items = expected->pushed;

	if (left > 0)
		fail(t, LFB_STATUS_INVALID, "%" PRIu64 " of %" PRIu64 " values stayed in the queue, which had said EMPTY", left, items);
	else if (traffic.popped < items)
		fail(t, LFB_STATUS_INVALID, "%" PRIu64 " of %" PRIu64 " values lost", items - traffic.popped, items);
	else if (traffic.popped > items)
		fail(t, LFB_STATUS_INVALID, "%" PRIu64 " values popped, only %" PRIu64 " were pushed", traffic.popped, items);
	else if (traffic.hash != expected->hash)
		fail(t, LFB_STATUS_INVALID, "the count is right but values are not: some were changed, repeated or exchanged");
}

/*
 * A trial that was called off: a queue that lost a value makes somebody wait for it for
 * ever, and then that is the cause to name; one that was only slow has lost nothing.
 */
static void check_called_off(struct trial *t)
{
	for (unsigned i = 0; i < lfb_shape_queues(t->setup->shape); i++) {
		const struct lfb_traffic traffic = lfb_crew_traffic(t->crew, (int)i);
		const uint64_t left = drain(t, i);

		if (traffic.popped + left < traffic.pushed)
			fail(t, LFB_STATUS_INVALID, "%" PRIu64 " of %" PRIu64 " values lost; threads waited for them until the time limit",
			     traffic.pushed - traffic.popped - left, traffic.pushed);
	}
}

static void check_audit(struct trial *t, const struct lfb_pushed *pushed, unsigned i)
{
	const enum lfb_order order = t->setup->plugin->info.claims.order;
	const bool joined = t->setup->shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND; /* of one source, on two ways */
	const bool ordered = (order == LFB_ORDER_FIFO || order == LFB_ORDER_PER_PRODUCER) && !joined;
	struct lfb_popped *popped = NULL;
	uint32_t poppers = 0;
	char reason[200];
	int rc = lfb_crew_logs(t->crew, (int)i, &popped, &poppers);

	if (rc == 0)
		rc = lfb_verify_audit(pushed, popped, poppers, ordered, reason, sizeof(reason));
	free(popped);
	if (rc == -EBADMSG)
		fail(t, LFB_STATUS_INVALID, "%s", reason);
	else if (rc != 0)
		fail(t, LFB_STATUS_RESOURCE, "no memory to audit the trial");
}

/* FULL from an unbounded queue means that there was no memory for a node, however the trial ended. */
static void check_memory(struct trial *t)
{
	uint64_t push_full = 0;

	for (unsigned i = 0; i < t->result->threads; i++)
		push_full += t->result->thread[i].push_full;
	if (!t->setup->plugin->info.claims.bounded && push_full > 0)
		fail(t, LFB_STATUS_RESOURCE, "the unbounded queue ran out of memory: try fewer --items or a shorter --duration");
}

/* What the application says of its own doings. */
static void judge(struct trial *t)
{
	char reason[200] = "";

	int rc = 0;

	if (t->work.app != NULL && t->work.app->judge != NULL && t->result->status == LFB_STATUS_OK)
		rc = t->work.app->judge(t->work.app_state, reason, sizeof(reason));
	if (rc != 0)
		fail(t, rc == -EBADMSG ? LFB_STATUS_INVALID : LFB_STATUS_RESOURCE, "%s", reason);
}

/* The sample: it says in which way a queue is wrong, where the sums only say that it is. */
static void check_history(struct trial *t)
{
	char reason[sizeof(t->result->reason)] = "";

	if (t->work.recording != NULL && lfb_recording_judge(&t->recording, &t->result->history_ops, reason, sizeof(reason)) != 0)
		fail(t, LFB_STATUS_INVALID, "%s", reason);
}

static void verify(struct trial *t)
{
	const struct lfb_pushed pushed = { .items = t->produced, .producers = t->producing };
	struct lfb_app_traffic all;

	if (t->setup->plugin->info.claims.reference)
		return;
	all = (struct lfb_app_traffic){ .pushed = t->items, .hash = lfb_verify_expected_hash(&pushed) };
	for (unsigned i = 0; i < lfb_shape_queues(t->setup->shape); i++) {
		struct lfb_app_traffic expected = all;
		uint64_t left;

		if (t->work.app != NULL && t->work.app->expect != NULL)
			t->work.app->expect(t->work.app_state, i, &expected);
		/* An exact audit is of all values: of a queue that gets only some of them there is the sum. */
		if (t->audit && t->result->status == LFB_STATUS_OK && expected.pushed == all.pushed && expected.hash == all.hash)
			check_audit(t, &pushed, i);
		left = drain(t, i);
		check_history(t);
		check_sums(t, i, &expected, left);
	}
	judge(t);
}

/* Bytes that malloc has given out and not got back. */
static uint64_t malloc_used_bytes(void)
{
	return mallinfo2().uordblks;
}

/*
 * What the queue still holds although it is empty: nodes it keeps for later, and nodes that wait for readers.
 * The harness's own memory is taken before and after the queue's, and left out.
 */
static void measure_retained(struct trial *t)
{
	const uint64_t used_bytes = malloc_used_bytes();

	if (t->setup->shape->pass != LFB_PASS_CONTENTION || t->setup->plugin->info.alloc != LFB_ALLOC_MALLOC || !lfb_allocator_is_glibc())
		return;
	t->result->retained_known = true;
	t->result->retained_bytes = used_bytes > t->malloc_before_bytes ? used_bytes - t->malloc_before_bytes : 0;
}

/* The threads' histograms as one, kept in the result. */
static void keep_histograms(struct trial *t)
{
	struct lfb_trial_result *const result = t->result;

	if (t->work.latency == NULL || result->status != LFB_STATUS_OK || (t->work.app != NULL && t->work.app->histogram != NULL))
		return;
	result->sample_shift = t->latency.plan.sample_shift;
	result->service = (struct lfb_histogram *)malloc(sizeof(*result->service));
	if (t->setup->shape->rate_per_s > 0)
		result->response = (struct lfb_histogram *)malloc(sizeof(*result->response));
	if (result->service == NULL || (t->setup->shape->rate_per_s > 0 && result->response == NULL)) {
		fail(t, LFB_STATUS_RESOURCE, "no memory for the histograms of the trial");
		return;
	}
	lfb_latency_service(&t->latency, result->service);
	if (result->response == NULL)
		return;
	lfb_latency_response(&t->latency, result->response);
	result->scheduled_ns = lfb_latency_scheduled_ns(&t->latency, t->items);
}

static void keep_figure(const char *thread, const char *metric, const char *unit, double value, void *context)
{
	struct lfb_trial_result *const result = (struct lfb_trial_result *)context;
	struct lfb_trial_figure *grown, *figure;

	grown = (struct lfb_trial_figure *)realloc(result->figure, (result->figures + 1) * sizeof(grown[0]));
	if (grown == NULL)
		return; /* a figure less; the trial is none the worse */
	result->figure = grown;
	figure = &grown[result->figures++];
	(void)snprintf(figure->thread, sizeof(figure->thread), "%s", thread);
	(void)snprintf(figure->metric, sizeof(figure->metric), "%s", metric);
	(void)snprintf(figure->unit, sizeof(figure->unit), "%s", unit);
	figure->value = value;
}

/* A copy of a histogram that is about to go with its owner. */
static struct lfb_histogram *histogram_copy(const struct lfb_histogram *of)
{
	struct lfb_histogram *const copy = (struct lfb_histogram *)malloc(sizeof(*copy));

	if (copy != NULL)
		memcpy(copy, of, sizeof(*copy));
	return copy;
}

static void keep_own_histograms(struct trial *t)
{
	struct lfb_trial_result *const result = t->result;
	const struct lfb_histogram *h;
	const char *name;

	while (result->own_histograms < LFB_APP_HISTOGRAMS_MAX &&
	       (h = t->work.app->histogram(t->work.app_state, result->own_histograms, &name)) != NULL) {
		struct lfb_trial_histogram *const own = &result->own[result->own_histograms];

		own->histogram = histogram_copy(h);
		if (own->histogram == NULL || (result->own_histograms == 0 && (result->service = histogram_copy(h)) == NULL)) {
			free(own->histogram);
			own->histogram = NULL;
			fail(t, LFB_STATUS_RESOURCE, "no memory for the histograms of the trial");
			return;
		}
		(void)snprintf(own->name, sizeof(own->name), "%s", name);
		result->own_histograms++;
	}
}

/* What an application has measured beside what every trial has. */
static void keep_application(struct trial *t)
{
	const struct lfb_application *const app = t->work.app;
	struct lfb_trial_result *const result = t->result;

	result->ops = result->items * lfb_workload_ops_per_item(t->setup->shape->workload, t->setup->shape->consumers);
	if (app == NULL || result->status != LFB_STATUS_OK)
		return;
	if (app->measure != NULL)
		app->measure(t->work.app_state, &result->items, &result->ops, &result->duration_ns);
	if (app->figures != NULL)
		app->figures(t->work.app_state, keep_figure, result);
	if (app->histogram != NULL && t->work.latency != NULL)
		keep_own_histograms(t);
}

/* Let the crew work, and see how it ended. */
static void work(struct trial *t)
{
	const enum lfb_crew_end end = lfb_crew_run(t->crew);
	struct lfb_trial_result *const result = t->result;
	uint64_t before_bytes;

	result->hung = end == LFB_CREW_HUNG;
	if (end == LFB_CREW_FAILED) {
		fail(t, LFB_STATUS_RESOURCE, "%s", lfb_crew_error(t->crew));
		return;
	}
	if (result->hung) {
		fail(t, LFB_STATUS_TIMEOUT, "a thread did not come back from the queue within the time limit");
		return;
	}
	before_bytes = malloc_used_bytes();
	lfb_crew_results(t->crew, result);
	t->malloc_before_bytes += malloc_used_bytes() - before_bytes;
	check_memory(t);
	switch (end) {
	case LFB_CREW_INTERRUPTED:
		fail(t, LFB_STATUS_INTERRUPTED, "interrupted");
		break;
	case LFB_CREW_TIMEOUT:
		if (!t->setup->plugin->info.claims.reference)
			check_called_off(t);
		fail(t, LFB_STATUS_TIMEOUT, "not done within the time limit; nothing was lost. Try a longer --timeout");
		break;
	default:
		verify(t);
		measure_retained(t);
		keep_application(t);
		keep_histograms(t);
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
		fail(t, rc == -ENOTSUP ? LFB_STATUS_UNSUPPORTED : LFB_STATUS_RESOURCE, "%s", reason[0] != '\0' ? reason : strerror(-rc));
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
	t->malloc_before_bytes = malloc_used_bytes();
	create_queues(t);
	if (t->result->status == LFB_STATUS_OK) {
		const uint64_t before_bytes = malloc_used_bytes();

		if (lfb_crew_create(t->setup, &t->work, &t->crew) != 0) {
			fail(t, LFB_STATUS_RESOURCE, "no memory for the threads of the trial");
		} else {
			t->malloc_before_bytes += malloc_used_bytes() - before_bytes;
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
		fail(t, LFB_STATUS_RESOURCE, "out of memory");
	else if (lfb_arena_prepare(&setup->arena, setup->arena_reserved_bytes, arena_bytes) != 0)
		fail(t, LFB_STATUS_RESOURCE, "the queue's memory (%zu MiB) is not there: try fewer --items or a smaller --capacity",
		     arena_bytes >> 20);
	else if (prepare_work(t) != 0)
		fail(t, LFB_STATUS_RESOURCE, "no memory for the time stamps of %" PRIu64 " items: try fewer --items", t->items);
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

void lfb_trial_result_free(struct lfb_trial_result *result)
{
	free(result->thread);
	free(result->service);
	free(result->response);
	for (unsigned i = 0; i < result->own_histograms; i++)
		free(result->own[i].histogram);
	free(result->figure);
	result->figure = NULL;
	result->figures = result->own_histograms = 0;
	result->thread = NULL;
	result->service = result->response = NULL;
	result->threads = 0;
}
