/*
 * worker_pool_work.c - the workers: run the tasks whose values they pop.
 *
 * DESIGN. A task may submit tasks of its own to the same pool and wait for them. If a worker just waited, all of
 * them would soon be waiting for tasks that nobody runs. So who waits helps: it pops and runs what comes, its own sub-task or
 * another's task (Cilk's and the fork-join pools' way; Blumofe & Leiserson, JACM 46(5), 1999, steal instead). What it
 * runs may wait and help in turn, so the stack grows, and so that it does not grow without end, the tasks at the
 * greatest depth run their sub-tasks themselves. These never wait; so each wait ends, by induction over the depth.
 * Likewise a sub-task that finds the queue full is run at once: nobody waits for room in a queue that it should empty.
 */
#include "worker_pool.h"

#include "applications/applications.h"
#include "machine/clock.h"

/* Tasks on the stack of one worker; some hundred bytes each. */
#define DEPTH_MAX 32u
/* A worker that finds nothing to help with looks again so soon: a queue may hide a value for a moment. */
#define HELP_SLEEP_NS 1000000u
/* Of a task's work, some hundred microseconds. */
#define ROUNDS_AT_ONCE 100000u

struct lfb_pool_task *lfb_pool_find(const struct lfb_pool *pool, uint64_t value)
{
	const uint32_t producer = lfb_pool_producer(value);
	const bool sub = producer >= pool->producers;
	const uint32_t p = sub ? producer - pool->producers : producer;
	uint64_t number = lfb_pool_number(value), k = 0;
	struct lfb_pool_task *task;

	if (p >= pool->producers || (sub && pool->nested == 0))
		return NULL;
	if (sub) {
		k = 1 + number % pool->nested;
		number /= pool->nested;
	}
	if (number >= pool->submitters[p].items)
		return NULL;
	task = &pool->submitters[p].tasks[number % pool->window * (1 + pool->nested) + k];
	return lfb_future_value(&task->future) == value ? task : NULL;
}

uint64_t lfb_pool_sub_value(const struct lfb_pool *pool, uint64_t task_value, uint32_t k)
{
	return lfb_app_value(pool->producers + lfb_pool_producer(task_value), lfb_pool_number(task_value) * pool->nested + k);
}

static bool is_sub(const struct lfb_pool *pool, uint64_t value)
{
	return lfb_pool_producer(value) >= pool->producers;
}

bool lfb_pool_fails(const struct lfb_pool *pool, uint64_t value)
{
	return pool->fail_every > 0 && !is_sub(pool, value) && (lfb_pool_number(value) + 1) % pool->fail_every == 0;
}

/* Any function will do whose result tells which task it is of, and is not 0. */
uint64_t lfb_pool_answer(uint64_t value)
{
	return lfb_mix(value) | 1;
}

uint64_t lfb_pool_error(uint64_t value)
{
	return ~lfb_mix(value) | 1;
}

uint64_t lfb_pool_full_answer(const struct lfb_pool *pool, uint64_t value)
{
	uint64_t sum = lfb_pool_answer(value);

	for (uint32_t k = 0; k < pool->nested; k++)
		sum += lfb_pool_answer(lfb_pool_sub_value(pool, value, k));
	return sum;
}

bool lfb_pool_start(struct lfb_pool_task *task)
{
	/* Acquire: pairs with the release in lfb_pool_shut_down; who sees it set sees everything cancelled. */
	const bool closed = __atomic_load_n(&task->pool->closed, __ATOMIC_ACQUIRE) != 0;

	if (!lfb_future_start(&task->future))
		return false;
	if (closed && !is_sub(task->pool, lfb_future_value(&task->future)))
		(void)__atomic_add_fetch(&task->pool->late, 1, __ATOMIC_RELAXED);
	return true;
}

void lfb_pool_run_here(struct lfb_pool_worker *worker, struct lfb_pool_task *task)
{
	if (lfb_pool_start(task))
		lfb_pool_run(worker, task);
}

/* The work of a task, in parts, so that a trial that is called off does not wait for it. */
static void work(const struct lfb_pool *pool, uint64_t number)
{
	uint32_t left = pool->work.rounds != NULL ? pool->work.rounds[number % LFB_WORK_ITEMS] : 0;

	for (; left > ROUNDS_AT_ONCE && !lfb_pool_given_up(pool); left -= ROUNDS_AT_ONCE)
		lfb_work_rounds(ROUNDS_AT_ONCE);
	lfb_work_rounds(left < ROUNDS_AT_ONCE ? left : ROUNDS_AT_ONCE);
}

/* For the task that should have come instead somebody waits. */
static void stray(struct lfb_pool_worker *w)
{
	w->strays++;
	lfb_pool_give_up(w->pool);
}

/* Find the task of a value and run it. */
static void execute(struct lfb_pool_worker *w, uint64_t value)
{
	struct lfb_pool_task *const task = lfb_pool_find(w->pool, value);

	if (task != NULL && lfb_pool_start(task))
		lfb_pool_run(w, task);
	else if (task == NULL || lfb_future_look(&task->future) != LFB_FUTURE_CANCELLED)
		stray(w);
}

static void keep_in_log(struct lfb_pool_worker *w, uint64_t value)
{
	if (w->log_count < w->log_slots)
		w->log[w->log_count++] = value;
}

/* Run one task of the queue, if there is one. */
static bool help(struct lfb_pool_worker *w)
{
	w->try_pop(&w->single);
	if (w->single.popped == 0)
		return false;
	w->helped++;
	w->helped_hash += w->single.hash;
	keep_in_log(w, w->single.single);
	execute(w, w->single.single);
	return true;
}

/* Through the queue if it has room and waiting for it is allowed here. */
static bool hand_over(struct lfb_pool_worker *w, uint64_t value)
{
	if (w->depth >= DEPTH_MAX)
		return false;
	w->single.single = value;
	w->try_push(&w->single);
	w->push_full += w->single.push_full;
	if (w->single.pushed == 0)
		return false;
	w->nested_pushed++;
	w->nested_hash += lfb_mix(value);
	return true;
}

/* The sub-tasks of a task: submit all, wait for all, helping. Their results added up; of a trial given up, of some. */
static uint64_t run_subtasks(struct lfb_pool_worker *w, struct lfb_pool_task *task)
{
	const uint64_t value = lfb_future_value(&task->future);
	struct lfb_pool_task *const sub = task + 1;
	uint64_t sum = 0;

	for (uint32_t k = 0; k < w->pool->nested; k++) {
		const uint64_t sub_value = lfb_pool_sub_value(w->pool, value, k);

		lfb_future_submit(&sub[k].future, sub_value);
		if (!hand_over(w, sub_value)) {
			w->own_subtasks++;
			lfb_pool_run_here(w, &sub[k]);
		}
	}
	for (uint32_t k = 0; k < w->pool->nested; k++) {
		for (unsigned pauses = 1; !lfb_future_ended(lfb_future_look(&sub[k].future)) && !lfb_pool_given_up(w->pool);) {
			if (help(w))
				pauses = 1;
			else
				lfb_future_wait_step(&sub[k].future, w->order->wait, &pauses, HELP_SLEEP_NS);
		}
		if (!lfb_future_ended(lfb_future_look(&sub[k].future)))
			return sum; /* given up: its result is nobody's yet */
		sum += sub[k].future.result;
	}
	return sum;
}

/* The task of its own, then its sub-tasks. */
static uint64_t compute(struct lfb_pool_worker *w, struct lfb_pool_task *task, uint64_t value)
{
	const struct lfb_pool *const pool = task->pool;
	uint64_t subtasks;

	if (pool->nested == 0 || is_sub(pool, value))
		return lfb_pool_answer(value);
	if (pool->spawns)
		return lfb_pool_answer(value) + lfb_pool_spawn_subtasks(task);
	w->depth++;
	subtasks = run_subtasks(w, task);
	w->depth--;
	return lfb_pool_answer(value) + subtasks;
}

static void count_run(struct lfb_pool_worker *w, uint64_t value)
{
	if (w == NULL)
		return;
	if (is_sub(w->pool, value))
		w->subtasks++;
	else
		w->tasks++;
}

void lfb_pool_run(struct lfb_pool_worker *w, struct lfb_pool_task *task)
{
	const struct lfb_timebase *const time = task->pool->setup->timebase;
	const uint64_t value = lfb_future_value(&task->future);
	const bool fails = lfb_pool_fails(task->pool, value);
	uint64_t result;

	if (time != NULL)
		task->start_ticks = lfb_ticks_before(time);
	count_run(w, value);
	work(task->pool, lfb_pool_number(value));
	result = fails ? lfb_pool_error(value) : compute(w, task, value);
	if (time != NULL)
		task->done_ticks = lfb_ticks_after(time);
	lfb_future_finish(&task->future, fails ? LFB_FUTURE_FAILED : LFB_FUTURE_DONE, result);
}

bool lfb_pool_serve(struct lfb_thread *thread, uint64_t value)
{
	struct lfb_pool_worker *const w = (struct lfb_pool_worker *)thread->application;
	uint64_t start_ns;

	keep_in_log(w, value);
	if (w->pool->spawns) { /* the task has been run; what is left is to collect it */
		w->tasks++;
		return true;
	}
	if (lfb_pool_given_up(w->pool))
		return !__atomic_load_n(&thread->shared->abort, __ATOMIC_RELAXED); /* the queue is still to be emptied, unless called off */
	start_ns = lfb_clock_now_ns();
	execute(w, value);
	w->busy_ns += lfb_clock_now_ns() - start_ns;
	return true;
}

/* LFB_SERVE does the popping; what helping has popped beside it is added at the end, and to the log at its time. */
void lfb_pool_work(struct lfb_thread *thread)
{
	struct lfb_pool_worker *const w = (struct lfb_pool_worker *)thread->application;
	const uint64_t start_ns = lfb_clock_now_ns();

	w->log = thread->log;
	w->log_slots = thread->log_slots;
	thread->log_slots = 0;
	w->single = *thread;
	w->single.wakes = 0;
	w->single.tallies = NULL;
	w->serve(thread);
	thread->log_slots = w->log_slots;
	thread->popped += w->helped;
	thread->hash += w->helped_hash;
	thread->pushed = w->nested_pushed;
	thread->push_full += w->push_full;
	thread->wakes += w->single.wakes;
	w->duration_ns = lfb_clock_now_ns() - start_ns;
}
