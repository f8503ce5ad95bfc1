/*
 * worker_pool_submit.c - the submitters: hand out tasks, wait for the oldest future when the window is full, check
 * each result, shut the pool down; and the executor that makes a thread for every task.
 */
#include "worker_pool.h"

#include "applications/applications.h"
#include "machine/quiet_threads.h"

static struct lfb_pool_task *place_of(const struct lfb_pool_submitter *s, uint64_t number)
{
	return &s->tasks[number % s->pool->window * (1 + s->pool->nested)];
}

/* --- a thread for each task */

/* Who made the thread may be pinned to one CPU, and the thread with it. */
static void *spawned_main(void *argument)
{
	struct lfb_pool_task *const task = (struct lfb_pool_task *)argument;

	if (task->pool->cpus != NULL)
		(void)sched_setaffinity(0, task->pool->cpus_bytes, task->pool->cpus);
	lfb_pool_run_here(NULL, task);
	return NULL;
}

bool lfb_pool_spawn(struct lfb_pool_task *task)
{
	const int rc = lfb_quiet_thread(&task->thread, spawned_main, task);

	task->spawned = rc == 0;
	(void)__atomic_add_fetch(rc == 0 ? &task->pool->spawned : &task->pool->not_spawned, 1, __ATOMIC_RELAXED);
	if (rc != 0)
		__atomic_store_n(&task->pool->spawn_error, rc, __ATOMIC_RELAXED);
	return task->spawned;
}

void lfb_pool_join(struct lfb_pool_task *task)
{
	if (task->spawned)
		(void)pthread_join(task->thread, NULL);
	task->spawned = false;
}

uint64_t lfb_pool_spawn_subtasks(struct lfb_pool_task *task)
{
	const uint64_t value = lfb_future_value(&task->future);
	struct lfb_pool_task *const sub = task + 1;
	uint64_t sum = 0;

	for (uint32_t k = 0; k < task->pool->nested; k++) {
		lfb_future_submit(&sub[k].future, lfb_pool_sub_value(task->pool, value, k));
		if (!lfb_pool_spawn(&sub[k]))
			lfb_pool_run_here(NULL, &sub[k]);
	}
	for (uint32_t k = 0; k < task->pool->nested; k++) {
		lfb_pool_join(&sub[k]);
		sum += sub[k].future.result;
	}
	return sum;
}

/* --- futures */

static void wrong(struct lfb_pool_submitter *s, uint64_t value, enum lfb_future_state state)
{
	if (s->wrong.count++ > 0)
		return;
	s->wrong.value = value;
	s->wrong.state = state;
}

/* Whether the future tells what became of its task, and that is what should have become of it. */
static void check(struct lfb_pool_submitter *s, const struct lfb_pool_task *task, enum lfb_future_state state)
{
	const uint64_t value = lfb_future_value(&task->future), result = task->future.result;
	const bool fails = lfb_pool_fails(s->pool, value);
	bool right;

	if (state == LFB_FUTURE_CANCELLED) {
		s->cancelled++;
		right = s->pool->cancels && result == 0;
	} else if (state == LFB_FUTURE_FAILED) {
		s->failed++;
		right = fails && result == lfb_pool_error(value);
	} else {
		s->done++;
		right = !fails && result == lfb_pool_full_answer(s->pool, value);
	}
	if (!right)
		wrong(s, value, state);
}

/* Stamps of two CPUs may disagree by a little: never below 0. */
static void record(const struct lfb_timebase *time, struct lfb_histogram *histogram, uint64_t from_ticks, uint64_t to_ticks)
{
	lfb_histogram_record(histogram, to_ticks > from_ticks ? lfb_ticks_ns(time, to_ticks - from_ticks) : 0);
}

/* Wait for the oldest future. false: given up. */
static bool collect(struct lfb_pool_submitter *s)
{
	struct lfb_pool_task *const task = place_of(s, s->collected);
	const struct lfb_timebase *const time = s->pool->setup->timebase;
	const enum lfb_future_state state = lfb_future_wait(&task->future, s->order->wait, &s->pool->given_up);

	if (!lfb_future_ended(state))
		return false;
	lfb_pool_join(task);
	check(s, task, state);
	if (time != NULL && state != LFB_FUTURE_CANCELLED) {
		record(time, s->order->service, task->submit_ticks, task->done_ticks);
		record(time, s->order->response, task->submit_ticks, task->start_ticks);
	}
	s->collected++;
	return true;
}

static struct lfb_pool_task *submit(struct lfb_pool_submitter *s)
{
	struct lfb_pool_task *const task = place_of(s, s->submitted);
	const struct lfb_timebase *const time = s->pool->setup->timebase;

	task->submit_ticks = time != NULL ? lfb_ticks_before(time) : 0;
	lfb_future_submit(&task->future, lfb_app_value(s->index, s->submitted++));
	return task;
}

void lfb_pool_shut_down(struct lfb_pool *pool)
{
	for (uint32_t p = 0; p < pool->producers; p++)
		for (uint64_t i = 0; i < pool->window; i++)
			(void)lfb_future_cancel(&place_of(&pool->submitters[p], i)->future);
	/* Release: pairs with the acquire in lfb_pool_start. */
	__atomic_store_n(&pool->closed, 1, __ATOMIC_RELEASE);
}

/* The last submitter to end shuts the pool down. Acquire-release: it sees what all the others have submitted. */
static void end_submission(struct lfb_pool_submitter *s)
{
	if (s->ended)
		return;
	s->ended = true;
	if (__atomic_sub_fetch(&s->pool->submitting, 1, __ATOMIC_ACQ_REL) == 0 && s->pool->cancels)
		lfb_pool_shut_down(s->pool);
}

/* Submit the next task as soon as the window has room; when there is none any more, wait for all that are out. */
static bool feed_pool(struct lfb_pool_submitter *s, uint64_t *value)
{
	if (s->submitted < s->items) {
		if (s->submitted - s->collected == s->pool->window && !collect(s))
			return false;
		/* A task that has given up has ended, but its sub-tasks may not have: their places are not free. */
		if (lfb_pool_given_up(s->pool))
			return false;
		*value = lfb_future_value(&submit(s)->future);
		return true;
	}
	end_submission(s);
	while (s->collected < s->submitted && collect(s))
		;
	return false;
}

/* Keep the window full of threads; what goes through the queue is that the oldest has ended. */
static bool feed_spawned(struct lfb_pool_submitter *s, uint64_t *value)
{
	while (s->submitted < s->items && s->submitted - s->collected < s->pool->window && !lfb_pool_given_up(s->pool)) {
		struct lfb_pool_task *const task = submit(s);

		if (!lfb_pool_spawn(task))
			lfb_pool_run_here(NULL, task); /* the trial will be refused, but it ends */
	}
	if (s->submitted == s->items)
		end_submission(s);
	if (s->collected == s->submitted)
		return false;
	*value = lfb_future_value(&place_of(s, s->collected)->future);
	return collect(s);
}

bool lfb_pool_feed(struct lfb_thread *thread, uint64_t *value)
{
	struct lfb_pool_submitter *const s = (struct lfb_pool_submitter *)thread->application;

	return s->pool->spawns ? feed_spawned(s, value) : feed_pool(s, value);
}

/* Of a trial that was given up threads may be left. */
void lfb_pool_submit(struct lfb_thread *thread)
{
	struct lfb_pool_submitter *const s = (struct lfb_pool_submitter *)thread->application;

	s->feed(thread);
	for (; s->pool->spawns && s->collected < s->submitted; s->collected++)
		lfb_pool_join(place_of(s, s->collected));
}
