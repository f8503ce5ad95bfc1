/* side.c - one build on the stage: loaded from a private copy, its queues made for a slice, its threads told what to do, what came of it checked. */
#include "stage_parts.h"

#include "statistics/histogram.h"
#include "object.h"
#include "trial/parking.h"
#include "machine/ticks.h"
#include "trial/verify.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const arm_names[GATE_ARMS] = { "base", "head" };

static int open_side(struct gate_side *side, enum gate_arm arm, const char *path, struct lfb_error *error)
{
	struct lfb_error why = { "" };
	char name[64];
	const int copy = gate_object_copy(path);
	int rc;

	if (copy < 0)
		return lfb_fail(error, copy, "%s %.200s cannot be copied: %s", arm_names[arm], path, strerror(-copy));
	/* The copy stays open: the loader knows an object by its name, which no other may get. */
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
	rc = lfb_plugin_open(name, &side->plugin, &why);
	if (rc != 0) {
		close(copy);
		return lfb_fail(error, rc, "%s %.200s: %.200s", arm_names[arm], path, why.text);
	}
	side->open = true;
	return 0;
}

/* Where the code of an object begins. */
static const void *loaded_at(const struct gate_side *side)
{
	Dl_info info;

	return dladdr((const void *)side->plugin.ops, &info) != 0 ? info.dli_fbase : NULL;
}

/* Belt and braces beside gate_object_check: loops at one address are one build. */
static int check_apart(const struct gate_stage *stage, struct lfb_error *error)
{
	const struct gate_side *const base = &stage->sides[GATE_BASE], *const head = &stage->sides[GATE_HEAD];

	if (base->plugin.ops == head->plugin.ops || base->plugin.ops->loops == head->plugin.ops->loops || loaded_at(base) == loaded_at(head))
		return lfb_fail(error, -EXDEV, "both builds were loaded as one object; compare whole programs with --program-base and --program-head");
	return 0;
}

static lfb_loop loop_of(const struct gate_stage *stage, const struct lfb_role *role, const struct lfb_ops *ops)
{
	const struct lfb_shape *const shape = &stage->plan->shape;
	const bool batch = shape->batch > 1;
	const bool timed = stage->plan->metric != GATE_THROUGHPUT;
	const enum lfb_loop_kind kind = timed ? (batch ? role->batch_closed : role->closed) : batch ? role->batch : role->loop;

	return kind == LFB_LOOP_KINDS ? NULL : ops->loops[kind][shape->wait];
}

/* Which role each thread has; it is the same for both arms. */
static void assign_roles(struct gate_stage *stage)
{
	const struct lfb_shape *const shape = &stage->plan->shape;
	uint32_t index = 0;

	for (unsigned r = 0; r < shape->workload->roles; r++) {
		const struct lfb_role *const role = &shape->workload->role[r];
		const uint32_t threads = lfb_role_threads(role, shape->producers, shape->consumers);

		for (uint32_t nth = 0; nth < threads && index < stage->count; nth++)
			stage->members[index++].role = role;
		stage->producing += role->produces ? threads : 0;
	}
}

static int check_loops(const struct gate_stage *stage, struct lfb_error *error)
{
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		for (uint32_t i = 0; i < stage->count; i++)
			if (loop_of(stage, stage->members[i].role, stage->sides[arm].plugin.ops) == NULL)
				return lfb_fail(error, -ENOTSUP, "%s has no loop for this way of waiting, or for batches", arm_names[arm]);
	return 0;
}

static int take_handles(struct gate_stage *stage, struct lfb_error *error)
{
	size_t bytes = 0;

	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		bytes = stage->sides[arm].plugin.ops->handle_bytes > bytes ? stage->sides[arm].plugin.ops->handle_bytes : bytes;
	stage->handle_stride = (bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);
	if (stage->handle_stride == 0)
		stage->handle_stride = LFB_LINE;
	/* Two for each thread, and one per queue for the host to drain with. */
	stage->handles = aligned_alloc(LFB_LINE, (2 * (size_t)stage->count + GATE_QUEUES_MAX) * stage->handle_stride);
	return stage->handles != NULL ? 0 : lfb_fail(error, -ENOMEM, "out of memory");
}

int gate_sides_open(struct gate_stage *stage, struct lfb_error *error)
{
	const enum gate_arm first = stage->plan->loaded_first == GATE_HEAD ? GATE_HEAD : GATE_BASE;
	const enum gate_arm second = first == GATE_BASE ? GATE_HEAD : GATE_BASE;
	int rc;

	if (lfb_shape_queues(&stage->plan->shape) > GATE_QUEUES_MAX || stage->count > GATE_THREADS_MAX)
		return lfb_fail(error, -ENOTSUP, "two builds take turns in at most %u threads and %u queues", GATE_THREADS_MAX, GATE_QUEUES_MAX);
	if (stage->plan->metric != GATE_THROUGHPUT)
		lfb_timebase_init(&stage->timebase);
	rc = open_side(&stage->sides[first], first, stage->plan->paths[first], error);
	if (rc == 0)
		rc = open_side(&stage->sides[second], second, stage->plan->paths[second], error);
	if (rc == 0)
		rc = check_apart(stage, error);
	if (rc != 0)
		return rc;
	assign_roles(stage);
	rc = check_loops(stage, error);
	return rc == 0 ? take_handles(stage, error) : rc;
}

void gate_sides_close(struct gate_stage *stage)
{
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		if (stage->sides[arm].open)
			lfb_plugin_close(&stage->sides[arm].plugin);
	free(stage->handles);
}

void gate_side_share_items(struct gate_stage *stage, uint64_t items)
{
	const struct lfb_pushed pushed = { .items = stage->produced, .producers = stage->producing };

	stage->items = items;
	for (uint32_t p = 0; p < stage->producing; p++)
		stage->produced[p] = items / stage->producing + (p < items % stage->producing);
	stage->hash = lfb_verify_expected_hash(&pushed);
}

static void *handle_of(const struct gate_stage *stage, uint32_t thread, unsigned end)
{
	return stage->handles + ((size_t)thread * 2 + end) * stage->handle_stride;
}

static int make_queues(struct gate_stage *stage, struct lfb_error *error)
{
	const struct lfb_shape *const shape = &stage->plan->shape;
	struct gate_side *const side = &stage->sides[stage->arm];
	struct lfb_report report = { 0, "" };
	struct lfb_cell cell = lfb_trial_cell(shape, stage->items);

	stage->arena.used_bytes = 0;
	cell.arena = &stage->arena;
	cell.report = &report;
	for (unsigned i = 0; i < lfb_shape_queues(shape); i++) {
		const int rc = side->plugin.ops->create(&cell, &stage->queues[i]);

		report.reason[sizeof(report.reason) - 1] = '\0';
		if (rc != 0 || stage->queues[i] == NULL)
			return lfb_fail(error, rc == -ENOTSUP ? -ENOTSUP : rc == 0 ? -EBADMSG : -ENOMEM, "%s: the queue cannot be created: %s",
					arm_names[stage->arm], report.reason[0] != '\0' ? report.reason : strerror(rc < 0 ? -rc : rc));
	}
	side->capacity = report.capacity_effective;
	side->made = true;
	return 0;
}

/* Of two queues that hold unlike numbers of items one waits more than the other: that is no slowdown of the code. */
static int check_alike(const struct gate_stage *stage, struct lfb_error *error)
{
	const struct gate_side *const base = &stage->sides[GATE_BASE], *const head = &stage->sides[GATE_HEAD];

	if (base->made && head->made && base->capacity != head->capacity)
		return lfb_fail(error, -ENOTSUP, "the queues are unlike: base holds %" PRIu64 " items, head %" PRIu64, base->capacity, head->capacity);
	return 0;
}

/* Orders are made anew for each slice: loops change them. */
static void brief(struct gate_stage *stage, struct gate_member *m, uint32_t *producer)
{
	const struct gate_side *const side = &stage->sides[stage->arm];
	const int ends[2] = { m->role->out, m->role->back };

	memset(&m->order, 0, sizeof(m->order));
	m->loop = loop_of(stage, m->role, side->plugin.ops);
	for (int end = 0; end < 2; end++) {
		if (ends[end] < 0)
			continue;
		m->order.queue[end] = stage->queues[ends[end]];
		m->order.handle[end] = handle_of(stage, m->index, (unsigned)end);
		m->order.events[end] = &stage->events[ends[end]];
	}
	m->order.shared = &stage->shared[ends[0]];
	m->order.shared_out = ends[1] >= 0 ? &stage->shared[ends[1]] : NULL;
	m->order.batch = stage->plan->shape.batch;
	m->order.wait = stage->plan->shape.wait;
	m->order.parking = &lfb_futex_parking;
	m->order.index = m->index;
	m->order.items = stage->items;
	if (m->role->pushes_to >= 0)
		stage->shared[m->role->pushes_to].producers_running++;
	if (m->role->produces) {
		m->order.first_value = (uint64_t)*producer << LFB_VALUE_SHIFT | 1;
		m->order.items = stage->produced[(*producer)++];
	}
}

int gate_side_start(struct gate_stage *stage, bool latencies, struct lfb_error *error)
{
	uint32_t producer = 0;
	int rc = make_queues(stage, error);

	if (rc == 0)
		rc = check_alike(stage, error);
	if (rc == 0 && latencies && lfb_latency_prepare(&stage->latency, &stage->plan->shape, &stage->timebase, stage->produced, stage->producing,
							stage->count, 0) != 0)
		rc = lfb_fail(error, -ENOMEM, "no memory for the latencies");
	if (rc != 0)
		return rc;
	memset(stage->shared, 0, sizeof(stage->shared));
	memset(stage->events, 0, sizeof(stage->events));
	memset(stage->handles, 0, (2 * (size_t)stage->count + GATE_QUEUES_MAX) * stage->handle_stride);
	for (uint32_t i = 0; i < stage->count; i++) {
		brief(stage, &stage->members[i], &producer);
		if (latencies)
			lfb_latency_brief(&stage->latency, i, &stage->members[i].order);
	}
	return 0;
}

/* Items still in queue `i` after all threads have left. */
static uint64_t drain(const struct gate_stage *stage, unsigned i)
{
	const struct lfb_ops *const ops = stage->sides[stage->arm].plugin.ops;
	void *const handle = handle_of(stage, stage->count, i);
	uint64_t left = 0, value;

	if (ops->attach(stage->queues[i], handle) != 0)
		return 0;
	while (left <= stage->items && ops->pop(stage->queues[i], handle, &value))
		left++;
	ops->detach(stage->queues[i], handle);
	return left;
}

/* Count and sum of what went through queue `i`. */
static int check_queue(const struct gate_stage *stage, unsigned i, struct lfb_error *error)
{
	const char *const arm = arm_names[stage->arm];
	uint64_t popped = 0, hash = 0, left;

	for (uint32_t k = 0; k < stage->count; k++) {
		if (stage->members[k].role->pops_from != (int)i)
			continue;
		popped += stage->members[k].order.popped;
		hash += stage->members[k].order.hash;
	}
	left = drain(stage, i);
	if (left > 0)
		return lfb_fail(error, -EBADMSG, "%s: %" PRIu64 " of %" PRIu64 " values stayed in the queue, which had said EMPTY", arm, left, stage->items);
	if (popped != stage->items)
		return lfb_fail(error, -EBADMSG, "%s: %" PRIu64 " values pushed, %" PRIu64 " popped", arm, stage->items, popped);
	if (hash != stage->hash)
		return lfb_fail(error, -EBADMSG, "%s: the count is right but values are not: some were changed, repeated or exchanged", arm);
	return 0;
}

int gate_side_finish(struct gate_stage *stage, struct lfb_histogram *latencies, struct lfb_error *error)
{
	const struct gate_side *const side = &stage->sides[stage->arm];
	const unsigned queues = lfb_shape_queues(&stage->plan->shape);
	int rc = 0;

	if (stage->attach_failed)
		rc = lfb_fail(error, -ENOMEM, "%s: a thread cannot attach to the queue", arm_names[stage->arm]);
	for (unsigned i = 0; rc == 0 && !side->plugin.info.claims.reference && i < queues; i++)
		rc = check_queue(stage, i, error);
	for (unsigned i = 0; i < queues; i++)
		side->plugin.ops->destroy(stage->queues[i]);
	if (latencies != NULL) {
		static struct lfb_histogram slice; /* too large for a stack; one stage per process */

		lfb_latency_service(&stage->latency, &slice);
		lfb_histogram_merge(latencies, &slice);
		lfb_latency_free(&stage->latency);
	}
	return rc;
}
