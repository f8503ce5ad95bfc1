/*
 * history_cost_launch.c - one launch of history_cost: trials with and without a log, in turns, on the same memory.
 *
 * The load is that of `pairs` with two threads: each pushes a value and pops one, so that both ends are contended by all threads. A block is
 * ABBA or BAAB by a coin, so that a drift within it cancels. The plain trials are those that `lfbench run` times. A trial's time is from
 * the first start to the last end; that of a script is taken around its crew, where creating two threads is a hundredth of it.
 */
#include "history_cost.h"

#include "machine/affinity.h"
#include "trial/arena.h"
#include "check/record_crew.h"
#include "machine/clock.h"
#include "plan/names.h"
#include "statistics/stats.h"
#include "trial/trial.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_RESERVED_BYTES ((size_t)1 << 32)
#define THREADS 2u
#define CAPACITY 1023u
#define LIMIT_NS UINT64_C(20000000000)
/* Long enough for the threads to be at it together for nearly all of it. */
#define ITEMS UINT64_C(262144)
#define SAMPLE_PART 32u

struct launch {
	struct lfb_plugin plugin;
	struct lfb_shape shape;
	struct lfb_trial_setup setup;
	struct lfb_recording_plan plan;
	struct lfb_recorder recorder;
	struct lfb_script script;
	unsigned cpus[THREADS];
	uint64_t items;
	enum history_way way;
	struct lfb_rng rng;
};

static int fail_trial(const struct lfb_trial_result *result, struct lfb_error *error)
{
	return lfb_fail(error, -EBADMSG, "a trial is %s: %s", lfb_status_names[result->status], result->reason);
}

static int run_trial(struct launch *l, bool logs, uint64_t *ns, struct lfb_error *error)
{
	struct lfb_trial_result result;
	int rc = 0;

	l->setup.recording = logs ? &l->plan : NULL;
	l->setup.seed = lfb_rng_next(&l->rng);
	lfb_trial_run(&l->setup, l->items, false, &result);
	if (result.status != LFB_STATUS_OK)
		rc = fail_trial(&result, error);
	else if (logs && result.history_ops == 0)
		rc = lfb_fail(error, -ENOMEM, "a history could not be judged");
	*ns = result.duration_ns;
	lfb_trial_result_free(&result);
	return rc;
}

/* Each thread: push, pop, and so on; so many operations as a trial has. */
static int write_script(struct launch *l)
{
	struct lfb_script *const script = &l->script;
	const uint64_t each = l->items / THREADS;

	memset(script, 0, sizeof(*script));
	script->threads = script->producers = script->consumers = THREADS;
	script->capacity = CAPACITY;
	script->items = l->items;
	for (unsigned t = 0; t < THREADS; t++) {
		struct lfb_script_thread *const part = &script->thread[t];

		part->count = part->room = 2 * each;
		part->slots = 4 * each;
		part->produces = part->consumes = true;
		part->steps = (struct lfb_history_step *)calloc(part->count, sizeof(part->steps[0]));
		if (part->steps == NULL)
			return -ENOMEM;
		for (uint64_t i = 0; i < part->count; i++)
			part->steps[i] = (struct lfb_history_step){ .what = i % 2 == 0 ? LFB_STEP_PUSH : LFB_STEP_POP, .count = 1, .times = 1 };
	}
	return 0;
}

static int make_queue(struct launch *l, void **queue)
{
	struct lfb_report report = { .capacity_effective = 0 };
	struct lfb_cell cell = lfb_trial_cell(&l->shape, l->items);
	const size_t bytes = lfb_trial_arena_bytes(&l->shape, &l->plugin, l->items) + LFB_CHECK_HANDLES * (size_t)(l->plugin.ops->handle_bytes + LFB_LINE);

	if (lfb_arena_prepare(&l->setup.arena, ARENA_RESERVED_BYTES, bytes) != 0)
		return -ENOMEM;
	cell.arena = &l->setup.arena;
	cell.report = &report;
	return l->plugin.ops->create(&cell, queue);
}

/* The same operations by the loop of `lfbench check`. */
static int run_script(struct launch *l, uint64_t *ns, struct lfb_error *error)
{
	struct lfb_check_crew *crew = NULL;
	void *queue = NULL;
	int rc = make_queue(l, &queue);

	l->recorder.arena = l->setup.arena;
	if (rc == 0)
		rc = lfb_check_crew_create(&l->recorder, &l->script, queue, lfb_rng_next(&l->rng), &crew);
	if (rc != 0)
		return lfb_fail(error, rc, "no queue, or no memory for its log");
	*ns = lfb_clock_now_ns();
	rc = lfb_check_crew_run(crew, error);
	*ns = lfb_clock_now_ns() - *ns;
	lfb_check_crew_free(crew);
	l->plugin.ops->destroy(queue);
	return rc;
}

static int run_slice(struct launch *l, bool logs, double *sum_ns, struct lfb_error *error)
{
	uint64_t ns = 0;
	const int rc = logs && l->way == WAY_SCRIPT ? run_script(l, &ns, error) : run_trial(l, logs, &ns, error);

	*sum_ns += (double)ns;
	return rc;
}

static int run_block(struct launch *l, double *logged_ns, double *plain_ns, struct lfb_error *error)
{
	const bool logged_outside = lfb_rng_below(&l->rng, 2) == 0;
	const double slice_ops = 2 * 2 * (double)l->items;
	int rc = 0;

	*logged_ns = *plain_ns = 0;
	for (int slice = 0; slice < 4 && rc == 0; slice++) {
		const bool outside = slice == 0 || slice == 3, logs = outside == logged_outside;

		rc = run_slice(l, logs, logs ? logged_ns : plain_ns, error);
	}
	*logged_ns /= slice_ops;
	*plain_ns /= slice_ops;
	return rc;
}

static int run_blocks(struct launch *l, unsigned blocks, struct history_figures *figures, struct lfb_error *error)
{
	double ratio[HISTORY_BLOCKS_MAX], logged_ns[HISTORY_BLOCKS_MAX], plain_ns[HISTORY_BLOCKS_MAX];
	int rc = run_block(l, &logged_ns[0], &plain_ns[0], error); /* to warm up */

	for (unsigned i = 0; i < blocks && rc == 0; i++) {
		rc = run_block(l, &logged_ns[i], &plain_ns[i], error);
		ratio[i] = lfb_log_ratio(logged_ns[i], plain_ns[i]);
	}
	if (rc != 0)
		return rc;
	figures->log_ratio = lfb_median(ratio, blocks);
	figures->logged_ns = lfb_median(logged_ns, blocks);
	figures->plain_ns = lfb_median(plain_ns, blocks);
	return 0;
}

/* As many CPUs as threads, or no pinning. */
static const unsigned *choose_cpus(struct launch *l)
{
	struct lfb_cpu_list cpus = { NULL, 0 };
	const bool enough = lfb_affinity_read(&cpus) == 0 && cpus.count >= THREADS;

	for (unsigned i = 0; enough && i < THREADS; i++)
		l->cpus[i] = cpus.cpus[i];
	lfb_cpu_list_clear(&cpus);
	return enough ? l->cpus : NULL;
}

static void describe(struct launch *l)
{
	l->shape.workload = &lfb_workloads[lfb_name_find(lfb_workload_names, "pairs")];
	lfb_shape_preset(&l->shape);
	l->shape.producers = l->shape.consumers = THREADS;
	l->shape.capacity = CAPACITY;
	l->shape.batch = 1;
	l->shape.wait = LFB_WAIT_YIELD; /* as the script's loop */
	l->shape.pass = LFB_PASS_THROUGHPUT;
	l->items = ITEMS;
	l->setup = (struct lfb_trial_setup){
		.plugin = &l->plugin,
		.shape = &l->shape,
		.arena_reserved_bytes = ARENA_RESERVED_BYTES,
		.cpus = choose_cpus(l),
		.timeout_ns = LIMIT_NS,
	};
}

int history_launch(const char *path, enum history_way way, uint64_t seed, unsigned blocks, struct history_figures *figures, struct lfb_error *error)
{
	struct launch *const l = (struct launch *)calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	l->way = way;
	lfb_rng_seed(&l->rng, seed);
	rc = lfb_plugin_open(path, &l->plugin, error);
	if (rc == 0) {
		describe(l);
		lfb_recording_plan_init(&l->plan);
		l->plan.samples = way == WAY_SAMPLE ? ITEMS / SAMPLE_PART : ITEMS;
		l->recorder = (struct lfb_recorder){ .plugin = &l->plugin, .time = l->plan.time, .limit_ns = LIMIT_NS, .grace_ns = LIMIT_NS };
		rc = lfb_arena_map(&l->setup.arena, ARENA_RESERVED_BYTES);
		if (rc == 0)
			rc = write_script(l);
		if (rc != 0)
			(void)lfb_fail(error, rc, "out of memory");
	}
	if (rc == 0)
		rc = run_blocks(l, blocks, figures, error);
	return rc; /* the process ends: nothing is given back */
}
