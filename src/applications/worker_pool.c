/*
 * worker_pool.c - the workload worker_pool: submitters hand tasks to workers through the queue and get futures,
 * which they wait for and whose results they check. Here is what surrounds a trial; worker_pool.h has the design.
 *
 * What is promised and judged: every future ends; it carries the result of its own task, or the failure of a
 * task that was to fail, or that its task was cancelled, which happens only with shutdown=cancel; of what was cancelled
 * nothing has run; each value that came out of the queue was that of a task that waited to be run.
 */
#include "worker_pool.h"

#include "applications/applications.h"
#include "machine/cpu_list.h"
#include "machine/topology.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t at_least_one(uint64_t n)
{
	return n > 0 ? n : 1;
}

/* Tasks that each submitter may have outstanding. */
static uint64_t window_of(const struct lfb_pool *pool)
{
	const uint64_t tasks = 1 + (uint64_t)pool->nested;
	const uint64_t fit = pool->spawns ? LFB_POOL_THREADS_MAX / (pool->producers * tasks) : LFB_POOL_FUTURES_MAX / tasks;

	return at_least_one(fit < LFB_POOL_WINDOW ? fit : LFB_POOL_WINDOW);
}

static void *zeroed(size_t count, size_t bytes)
{
	void *const memory = aligned_alloc(LFB_LINE, count * bytes);

	if (memory != NULL)
		memset(memory, 0, count * bytes);
	return memory;
}

/* The CPUs of this process, for spawned threads, whose submitter may be pinned to one. No set: they stay where it is. */
static void keep_cpus(struct lfb_pool *pool)
{
	pool->cpus_bytes = CPU_ALLOC_SIZE(LFB_CPUS_MAX);
	pool->cpus = CPU_ALLOC(LFB_CPUS_MAX);
	if (pool->cpus != NULL && sched_getaffinity(0, pool->cpus_bytes, pool->cpus) != 0) {
		CPU_FREE(pool->cpus);
		pool->cpus = NULL;
	}
}

static void close_pool(void *state)
{
	struct lfb_pool *const pool = (struct lfb_pool *)state;

	lfb_work_free(&pool->work);
	free(pool->submitters);
	free(pool->workers);
	free(pool->tasks);
	free(pool->histograms);
	if (pool->cpus != NULL)
		CPU_FREE(pool->cpus);
	free(pool);
}

static int take_memory(struct lfb_pool *pool)
{
	const uint64_t tasks = pool->producers * pool->window * (1 + pool->nested);

	pool->submitters = (struct lfb_pool_submitter *)zeroed(pool->producers, sizeof(pool->submitters[0]));
	pool->workers = (struct lfb_pool_worker *)zeroed(pool->consumers, sizeof(pool->workers[0]));
	pool->tasks = (struct lfb_pool_task *)zeroed(tasks, sizeof(pool->tasks[0]));
	if (pool->submitters == NULL || pool->workers == NULL || pool->tasks == NULL)
		return -ENOMEM;
	if (pool->setup->timebase != NULL) {
		pool->histograms = (struct lfb_histogram *)malloc(2 * sizeof(pool->histograms[0]));
		if (pool->histograms == NULL)
			return -ENOMEM;
	}
	for (uint64_t i = 0; i < tasks; i++)
		pool->tasks[i].pool = pool;
	for (uint32_t p = 0; p < pool->producers; p++) {
		pool->submitters[p].pool = pool;
		pool->submitters[p].index = p;
		pool->submitters[p].items = pool->setup->produced[p];
		pool->submitters[p].tasks = pool->tasks + p * pool->window * (1 + pool->nested);
	}
	return 0;
}

static int open_pool(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	const struct lfb_shape *const shape = setup->shape;
	struct lfb_pool *const pool = (struct lfb_pool *)zeroed(1, sizeof(*pool));

	if (pool == NULL)
		goto no_memory;
	pool->setup = setup;
	pool->producers = pool->submitting = setup->producing;
	pool->consumers = shape->consumers;
	pool->nested = (uint32_t)shape->param[LFB_PARAM_nested];
	pool->fail_every = shape->param[LFB_PARAM_fail_every];
	pool->spawns = shape->param[LFB_PARAM_executor] == LFB_EXECUTOR_SPAWN;
	pool->cancels = shape->param[LFB_PARAM_shutdown] == LFB_SHUTDOWN_CANCEL;
	pool->window = window_of(pool);
	if (take_memory(pool) != 0 ||
	    lfb_work_make(&pool->work, shape->param[LFB_PARAM_work_pop], (enum lfb_work_dist)shape->param[LFB_PARAM_work_dist]) != 0)
		goto no_memory;
	if (pool->spawns && shape->pin != NULL && strcmp(shape->pin, "none") != 0)
		keep_cpus(pool);
	*state = pool;
	return 0;

no_memory:
	if (pool != NULL)
		close_pool(pool);
	(void)snprintf(reason, reason_bytes, "no memory for the futures of %" PRIu32 " submitters: try fewer --producers", setup->producing);
	return -ENOMEM;
}

static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct lfb_pool *const pool = (struct lfb_pool *)state;

	if (role == 0) {
		pool->submitters[nth].order = order;
		pool->submitters[nth].feed = loops[LFB_FEED];
		order->application = &pool->submitters[nth];
		order->feed = lfb_pool_feed;
		return 0;
	}
	pool->workers[nth].pool = pool;
	pool->workers[nth].order = order;
	pool->workers[nth].serve = loops[LFB_SERVE];
	pool->workers[nth].try_push = loops[LFB_TRY_PUSH];
	pool->workers[nth].try_pop = loops[LFB_TRY_POP];
	order->application = &pool->workers[nth];
	order->serve = lfb_pool_serve;
	return 0;
}

/* What has been pushed of a trial that was given up. */
static void expect_pushed(const struct lfb_pool *pool, struct lfb_app_traffic *traffic)
{
	*traffic = (struct lfb_app_traffic){ .pushed = 0 };
	for (uint32_t p = 0; p < pool->producers; p++) {
		traffic->pushed += pool->submitters[p].order->pushed;
		for (uint64_t n = 0; n < pool->submitters[p].order->pushed; n++)
			traffic->hash += lfb_mix(lfb_app_value(p, n));
	}
}

/* Beside the tasks of the submitters, the sub-tasks that workers have pushed. */
static void expect(const void *state, unsigned queue, struct lfb_app_traffic *traffic)
{
	const struct lfb_pool *const pool = (const struct lfb_pool *)state;

	(void)queue;
	if (pool->given_up)
		expect_pushed(pool, traffic);
	for (uint32_t i = 0; i < pool->consumers; i++) {
		traffic->pushed += pool->workers[i].nested_pushed;
		traffic->hash += pool->workers[i].nested_hash;
	}
}

/* What all submitters, or all workers, have counted. */
struct sums {
	uint64_t submitted, done, failed, cancelled, wrong;
	const struct lfb_pool_wrong *first_wrong;
	uint64_t tasks, strays;
};

static struct sums sums_of(const struct lfb_pool *pool)
{
	struct sums sums = { .submitted = 0 };

	for (uint32_t p = 0; p < pool->producers; p++) {
		const struct lfb_pool_submitter *const s = &pool->submitters[p];

		sums.submitted += s->submitted;
		sums.done += s->done;
		sums.failed += s->failed;
		sums.cancelled += s->cancelled;
		sums.wrong += s->wrong.count;
		if (s->wrong.count > 0 && sums.first_wrong == NULL)
			sums.first_wrong = &s->wrong;
	}
	for (uint32_t i = 0; i < pool->consumers; i++) {
		sums.tasks += pool->workers[i].tasks;
		sums.strays += pool->workers[i].strays;
	}
	return sums;
}

static int judge(void *state, char *reason, size_t reason_bytes)
{
	static const char *const ends[] = { "new", "pending", "running", "done", "failed", "cancelled" };
	const struct lfb_pool *const pool = (const struct lfb_pool *)state;
	const struct sums s = sums_of(pool);
	const uint64_t ended = s.done + s.failed + s.cancelled, run = pool->spawns ? s.submitted : s.done + s.failed;

	if (pool->not_spawned > 0) {
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " tasks got no thread of their own: %s. Try fewer --producers or --nested",
			       pool->not_spawned, strerror(-pool->spawn_error));
		return -EAGAIN;
	}
	if (s.strays > 0)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " values came to a worker that are of no task waiting to be run", s.strays);
	else if (s.wrong > 0)
		(void)snprintf(reason, reason_bytes,
			       "%" PRIu64 " futures say the wrong thing: task %" PRIu64 " of submitter %" PRIu32 " is %s, with another result or against its orders",
			       s.wrong, lfb_pool_number(s.first_wrong->value) + 1, lfb_pool_producer(s.first_wrong->value), ends[s.first_wrong->state]);
	else if (pool->late > 0)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " tasks were run after the pool had been shut down", pool->late);
	else if (s.submitted != pool->setup->items || ended != s.submitted)
		(void)snprintf(reason, reason_bytes, "of %" PRIu64 " tasks %" PRIu64 " were submitted and %" PRIu64 " futures have ended",
			       pool->setup->items, s.submitted, ended);
	else if (s.tasks != run)
		(void)snprintf(reason, reason_bytes, "futures tell of %" PRIu64 " tasks, the workers of %" PRIu64, run, s.tasks);
	else
		return 0;
	return -EBADMSG;
}

/* Sub-tasks go through the queue too. */
static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct lfb_pool *const pool = (const struct lfb_pool *)state;

	(void)items;
	(void)duration_ns;
	for (uint32_t i = 0; i < pool->consumers; i++)
		*ops += 2 * pool->workers[i].nested_pushed;
}

/* The submitters have recorded both, where other workloads have service and response. */
static const struct lfb_histogram *histogram(const void *state, unsigned nth, const char **name)
{
	static const char *const names[] = { "done", "start" };
	const struct lfb_pool *const pool = (const struct lfb_pool *)state;

	if (nth >= sizeof(names) / sizeof(names[0]) || pool->histograms == NULL)
		return NULL;
	(nth == 0 ? lfb_latency_service : lfb_latency_response)(pool->setup->latency, &pool->histograms[nth]);
	*name = names[nth];
	return &pool->histograms[nth];
}

static void worker_figures(const struct lfb_pool *pool, uint32_t nth, lfb_app_figure_fn put, void *context)
{
	const struct lfb_pool_worker *const w = &pool->workers[nth];
	char name[32];

	(void)snprintf(name, sizeof(name), "worker%" PRIu32, pool->producers + nth); /* as trial.c's own figures name it */
	if (pool->spawns) {
		put(name, "collected", "tasks", (double)w->tasks, context);
		return;
	}
	put(name, "tasks", "tasks", (double)w->tasks, context);
	put(name, "busy", "ns", (double)w->busy_ns, context);
	if (w->duration_ns > 0)
		put(name, "utilisation", "", (double)w->busy_ns / (double)w->duration_ns, context);
	if (pool->nested == 0)
		return;
	put(name, "subtasks", "tasks", (double)w->subtasks, context);
	put(name, "subtasks_own", "tasks", (double)w->own_subtasks, context);
	put(name, "helped", "tasks", (double)w->helped, context);
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct lfb_pool *const pool = (const struct lfb_pool *)state;
	const struct sums s = sums_of(pool);

	put("", "tasks_done", "tasks", (double)s.done, context);
	put("", "tasks_failed", "tasks", (double)s.failed, context);
	put("", "tasks_cancelled", "tasks", (double)s.cancelled, context);
	put("", "window", "tasks", (double)pool->window, context);
	if (pool->spawns)
		put("", "threads_spawned", "threads", (double)pool->spawned, context);
	for (uint32_t i = 0; i < pool->consumers; i++)
		worker_figures(pool, i, put, context);
}

/* Every wait looks at the flag, and no sleep is longer than LFB_FUTURE_SLEEP_NS. */
static void call_off(void *state)
{
	lfb_pool_give_up((struct lfb_pool *)state);
}

const struct lfb_application lfb_app_worker_pool = {
	.open = open_pool,
	.brief = brief,
	.call_off = call_off,
	.expect = expect,
	.judge = judge,
	.measure = measure,
	.histogram = histogram,
	.figures = figures,
	.close = close_pool,
};
