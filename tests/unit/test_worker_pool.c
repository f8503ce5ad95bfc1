/*
 * test_worker_pool.c - futures, and the pool around them: driven by hand, one call after the other, for what must
 * not depend on who is faster; and as whole trials on the queue of faulty.h, right and wrong.
 */
#include "unit.h"

#include "trial_fixture.h"

#include "applications/applications.h"
#include "applications/worker_pool.h"

#include <errno.h>
#include <pthread.h>

/* --- futures */

static void a_future_goes_its_way_once(void **state)
{
	struct lfb_future f = { .word = LFB_FUTURE_NEW };

	(void)state;
	assert_false(lfb_future_start(&f));
	assert_false(lfb_future_cancel(&f));
	lfb_future_submit(&f, 7);
	assert_int_equal(lfb_future_value(&f), 7);
	assert_int_equal(lfb_future_look(&f), LFB_FUTURE_PENDING);
	assert_true(lfb_future_start(&f));
	assert_false(lfb_future_start(&f));
	assert_false(lfb_future_cancel(&f));
	lfb_future_finish(&f, LFB_FUTURE_FAILED, 99);
	assert_int_equal(lfb_future_look(&f), LFB_FUTURE_FAILED);
	assert_int_equal(f.result, 99);
	assert_false(lfb_future_start(&f));
	lfb_future_submit(&f, 8); /* reused: nothing is left of the last one */
	assert_int_equal(f.result, 0);
	assert_true(lfb_future_cancel(&f));
	assert_false(lfb_future_cancel(&f));
	assert_false(lfb_future_start(&f));
	assert_int_equal(lfb_future_look(&f), LFB_FUTURE_CANCELLED);
}

#define ROUNDS 2000

/* Two threads over an array of futures: one starts and finishes, one cancels; the third waits for each. */
static struct {
	struct lfb_future future[ROUNDS];
	unsigned started, cancelled;
	uint32_t wait, abort;
} race;

static void *starter(void *unused)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		if (!lfb_future_start(&race.future[i]))
			continue;
		race.started++;
		lfb_future_finish(&race.future[i], LFB_FUTURE_DONE, i + 1);
	}
	return unused;
}

static void *canceller(void *unused)
{
	for (unsigned i = ROUNDS; i-- > 0;)
		race.cancelled += lfb_future_cancel(&race.future[i]);
	return unused;
}

static void each_is_run_or_cancelled_and_the_waiter_learns_which(void **state)
{
	static const uint32_t waits[] = { LFB_WAIT_PARK, LFB_WAIT_YIELD, LFB_WAIT_BLOCK };
	pthread_t a, b;

	(void)state;
	for (size_t w = 0; w < COUNT(waits); w++) {
		unsigned done = 0;

		memset(&race, 0, sizeof(race));
		race.wait = waits[w];
		for (unsigned i = 0; i < ROUNDS; i++)
			lfb_future_submit(&race.future[i], i + 1);
		assert_int_equal(pthread_create(&a, NULL, starter, NULL), 0);
		assert_int_equal(pthread_create(&b, NULL, canceller, NULL), 0);
		for (unsigned i = 0; i < ROUNDS; i++) {
			const enum lfb_future_state end = lfb_future_wait(&race.future[i], race.wait, &race.abort);

			assert_true(end == LFB_FUTURE_DONE || end == LFB_FUTURE_CANCELLED);
			assert_int_equal(race.future[i].result, end == LFB_FUTURE_DONE ? i + 1 : 0);
			done += end == LFB_FUTURE_DONE;
		}
		assert_int_equal(pthread_join(a, NULL), 0);
		assert_int_equal(pthread_join(b, NULL), 0);
		assert_int_equal(race.started + race.cancelled, ROUNDS);
		assert_int_equal(done, race.started);
	}
}

static void *finish_later(void *argument)
{
	const struct timespec nap = { .tv_nsec = 2000000 };

	(void)nanosleep(&nap, NULL); /* most likely the other sleeps by then */
	lfb_future_finish((struct lfb_future *)argument, LFB_FUTURE_DONE, 5);
	return NULL;
}

/* With sleeps of 4 s, so that a lost wake-up shows. */
static int sleep_and_be_woken(void *unused)
{
	struct lfb_future f = { .word = LFB_FUTURE_NEW };
	pthread_t thread;

	(void)unused;
	for (int i = 0; i < 20; i++) {
		unsigned pauses = 1;

		lfb_future_submit(&f, 1);
		if (!lfb_future_start(&f) || pthread_create(&thread, NULL, finish_later, &f) != 0)
			return 1;
		while (!lfb_future_ended(lfb_future_look(&f)))
			lfb_future_wait_step(&f, LFB_WAIT_PARK, &pauses, UINT32_MAX);
		(void)pthread_join(thread, NULL);
	}
	return 0;
}

static void a_sleeper_is_woken(void **state)
{
	(void)state;
	assert_int_equal(unit_in_child(sleep_and_be_woken, NULL, 30), 0);
}

static void *call_it_off(void *argument)
{
	const struct timespec nap = { .tv_nsec = 2000000 };

	(void)nanosleep(&nap, NULL);
	__atomic_store_n((uint32_t *)argument, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void a_wait_ends_when_the_trial_is_called_off(void **state)
{
	struct lfb_future f = { .word = LFB_FUTURE_NEW };
	pthread_t thread;

	(void)state;
	for (uint32_t wait = LFB_WAIT_SPIN; wait < LFB_WAITS; wait++) {
		uint32_t abort = 0;

		lfb_future_submit(&f, 1);
		assert_int_equal(pthread_create(&thread, NULL, call_it_off, &abort), 0);
		assert_int_equal(lfb_future_wait(&f, wait, &abort), LFB_FUTURE_PENDING);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
}

/* --- the pool by hand: one submitter, one worker, and a queue that the test keeps */

#define ROOM 1024

static struct {
	struct lfb_shared shared;
	struct lfb_thread submitter, worker;
	uint64_t values[ROOM], head, tail, room;
	uint64_t produced[1];
	struct lfb_app_setup setup;
	struct lfb_shape shape;
	void *pool;
	char reason[200];
} hand;

static void push_by_hand(struct lfb_thread *t)
{
	t->pushed = hand.tail - hand.head < hand.room;
	t->push_full = t->pushed == 0;
	if (t->pushed > 0)
		hand.values[hand.tail++ % ROOM] = t->single;
}

static void pop_by_hand(struct lfb_thread *t)
{
	t->popped = hand.tail > hand.head;
	if (t->popped > 0)
		t->single = hand.values[hand.head++ % ROOM];
	t->hash = t->popped > 0 ? lfb_mix(t->single) : 0;
}

static void open_by_hand(uint64_t items, uint64_t nested, uint64_t fail_every, enum lfb_shutdown how)
{
	static const lfb_loop loops[LFB_LOOP_KINDS] = { [LFB_TRY_PUSH] = push_by_hand, [LFB_TRY_POP] = pop_by_hand };

	memset(&hand, 0, sizeof(hand));
	hand.room = ROOM;
	hand.produced[0] = items;
	hand.shape = (struct lfb_shape){ .consumers = 1, .producers = 1 };
	hand.shape.param[LFB_PARAM_nested] = nested;
	hand.shape.param[LFB_PARAM_fail_every] = fail_every;
	hand.shape.param[LFB_PARAM_shutdown] = how;
	hand.setup = (struct lfb_app_setup){ .shape = &hand.shape, .items = items, .produced = hand.produced, .producing = 1 };
	assert_int_equal(lfb_app_worker_pool.open(&hand.setup, &hand.pool, hand.reason, sizeof(hand.reason)), 0);
	hand.submitter.shared = hand.worker.shared = &hand.shared;
	hand.submitter.wait = hand.worker.wait = LFB_WAIT_YIELD;
	assert_int_equal(lfb_app_worker_pool.brief(hand.pool, 0, 0, loops, &hand.submitter), 0);
	assert_int_equal(lfb_app_worker_pool.brief(hand.pool, 1, 0, loops, &hand.worker), 0);
}

static struct lfb_pool *pool(void)
{
	return (struct lfb_pool *)hand.pool;
}

/* Submit up to `n` tasks; the values are in the queue. */
static void submit(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t value;

		assert_true(hand.submitter.feed(&hand.submitter, &value));
		hand.values[hand.tail++ % ROOM] = value;
	}
}

/* The worker takes all that is in the queue. */
static void serve_all(void)
{
	while (hand.head < hand.tail)
		assert_true(hand.worker.serve(&hand.worker, hand.values[hand.head++ % ROOM]));
}

static void submitter_ends(void)
{
	uint64_t value;

	assert_false(hand.submitter.feed(&hand.submitter, &value));
}

static void judged(int rc, const char *reason)
{
	assert_int_equal(lfb_app_worker_pool.judge(hand.pool, hand.reason, sizeof(hand.reason)), rc);
	if (rc != 0)
		unit_has(hand.reason, reason);
	lfb_app_worker_pool.close(hand.pool);
}

static void results_and_failures_reach_the_submitter(void **state)
{
	(void)state;
	open_by_hand(10, 0, 3, LFB_SHUTDOWN_WAIT);
	submit(10);
	serve_all();
	submitter_ends();
	assert_int_equal(pool()->submitters[0].done, 7);
	assert_int_equal(pool()->submitters[0].failed, 3);
	assert_int_equal(pool()->workers[0].tasks, 10);
	judged(0, "");
}

static void a_window_bounds_what_is_outstanding(void **state)
{
	(void)state;
	open_by_hand(3 * LFB_POOL_WINDOW, 0, 0, LFB_SHUTDOWN_WAIT);
	for (int i = 0; i < 3; i++) {
		submit(LFB_POOL_WINDOW);
		serve_all();
	}
	submitter_ends();
	assert_int_equal(pool()->submitters[0].done, 3 * LFB_POOL_WINDOW);
	judged(0, "");
}

static void a_shutdown_cancels_what_is_pending_and_nothing_of_it_runs(void **state)
{
	(void)state;
	open_by_hand(10, 0, 0, LFB_SHUTDOWN_CANCEL);
	submit(4);
	serve_all();
	submit(6);
	submitter_ends(); /* shuts down */
	serve_all();
	assert_int_equal(pool()->submitters[0].done, 4);
	assert_int_equal(pool()->submitters[0].cancelled, 6);
	assert_int_equal(pool()->workers[0].tasks, 4);
	judged(0, "");
}

static void a_task_run_after_the_shutdown_is_noticed(void **state)
{
	(void)state;
	open_by_hand(3, 0, 0, LFB_SHUTDOWN_CANCEL);
	submit(3);
	__atomic_store_n(&pool()->closed, 1, __ATOMIC_RELEASE); /* as a shutdown that forgot to cancel */
	serve_all();
	submitter_ends();
	judged(-EBADMSG, "3 tasks were run after the pool had been shut down");
}

static void a_cancelled_task_without_a_shutdown_is_noticed(void **state)
{
	(void)state;
	open_by_hand(3, 0, 0, LFB_SHUTDOWN_WAIT);
	submit(3);
	assert_true(lfb_future_cancel(&pool()->tasks[1].future));
	serve_all();
	submitter_ends();
	judged(-EBADMSG, "task 2 of submitter 0 is cancelled");
}

static void wrong_results_are_noticed(void **state)
{
	(void)state;
	open_by_hand(6, 0, 2, LFB_SHUTDOWN_WAIT);
	submit(6);
	serve_all();
	pool()->tasks[2].future.result++;
	submitter_ends();
	judged(-EBADMSG, "1 futures say the wrong thing: task 3 of submitter 0 is done");
	open_by_hand(6, 0, 2, LFB_SHUTDOWN_WAIT);
	submit(6);
	serve_all();
	pool()->tasks[3].future.result--; /* what it failed with */
	submitter_ends();
	judged(-EBADMSG, "task 4 of submitter 0 is failed");
	open_by_hand(6, 0, 2, LFB_SHUTDOWN_WAIT);
	submit(6);
	serve_all();
	pool()->tasks[0].future.word = LFB_FUTURE_FAILED;
	submitter_ends();
	judged(-EBADMSG, "task 1 of submitter 0 is failed");
}

/* Whatever comes out of a queue: none of it reads or writes where it should not. */
static void values_that_are_no_tasks_run_nothing(void **state)
{
	static const uint64_t strays[] = { 0,	  UINT64_MAX, 1 /* has been run */, 4 /* beyond the items */, UINT64_C(1) << 48,
					   UINT64_C(1) << 48 | 1, UINT64_C(2) << 48 | 1, UINT64_C(1) << 63, UINT64_C(0xFFFF) << 48 | 2 };

	(void)state;
	for (uint64_t nested = 0; nested <= 64; nested += 32) {
		open_by_hand(3, nested, 0, LFB_SHUTDOWN_WAIT);
		submit(3);
		serve_all();
		for (size_t i = 0; i < COUNT(strays); i++) {
			assert_true(hand.worker.serve(&hand.worker, strays[i]));
			assert_int_equal(pool()->given_up, 1); /* somebody would wait for ever */
			pool()->given_up = 0;
		}
		assert_int_equal(pool()->workers[0].strays, COUNT(strays));
		assert_int_equal(pool()->workers[0].tasks, 3);
		submitter_ends();
		judged(-EBADMSG, "9 values came to a worker");
	}
}

/* As a worker's program does before its loop. */
static void worker_begins(void)
{
	pool()->workers[0].single = hand.worker;
}

static void sub_tasks_are_run_while_their_task_waits(void **state)
{
	struct lfb_app_traffic traffic = { .pushed = 0 };

	(void)state;
	open_by_hand(1, 5, 0, LFB_SHUTDOWN_WAIT);
	worker_begins();
	submit(1);
	serve_all(); /* one worker: it would wait for ever if it did not help */
	submitter_ends();
	assert_int_equal(pool()->workers[0].subtasks, 5);
	assert_int_equal(pool()->workers[0].helped, 5);
	assert_int_equal(pool()->workers[0].own_subtasks, 0);
	lfb_app_worker_pool.expect(hand.pool, 0, &traffic);
	assert_int_equal(traffic.pushed, 5);
	assert_int_equal(traffic.hash, pool()->workers[0].helped_hash);
	judged(0, "");
}

static void a_full_queue_makes_a_task_run_its_sub_tasks_itself(void **state)
{
	(void)state;
	open_by_hand(4, 5, 0, LFB_SHUTDOWN_WAIT);
	worker_begins();
	hand.room = 0;
	submit(4);
	serve_all();
	submitter_ends();
	assert_int_equal(pool()->workers[0].own_subtasks, 20);
	assert_int_equal(pool()->workers[0].push_full, 20);
	judged(0, "");
}

/* Each task that helps meets another task, until the stack is deep enough. */
static void the_stack_of_a_worker_that_helps_is_bounded(void **state)
{
	(void)state;
	open_by_hand(LFB_POOL_WINDOW, 1, 0, LFB_SHUTDOWN_WAIT);
	worker_begins();
	submit(LFB_POOL_WINDOW);
	assert_true(hand.worker.serve(&hand.worker, hand.values[hand.head++]));
	assert_true(pool()->workers[0].own_subtasks > 0);
	assert_int_equal(pool()->workers[0].depth, 0);
	serve_all();
	submitter_ends();
	assert_int_equal(pool()->workers[0].tasks, LFB_POOL_WINDOW);
	assert_int_equal(pool()->workers[0].subtasks, LFB_POOL_WINDOW);
	judged(0, "");
}

/* --- whole trials */

static uint64_t popped(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < result.threads; i++)
		sum += result.thread[i].popped;
	return sum;
}

static double figure(const char *metric)
{
	for (size_t i = 0; i < result.figures; i++)
		if (strcmp(result.figure[i].metric, metric) == 0 && result.figure[i].thread[0] == '\0')
			return result.figure[i].value;
	return -1;
}

static void trials_with_every_setting_are_ok(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 48; i++) {
		const uint64_t items = i % 5 == 0 ? 1 : 200;

		prepare("worker_pool", 1 + i % 3, 1 + i % 2, FAULT_NONE, 0);
		shape.capacity = i % 4 == 0 ? 1 : 64;
		shape.wait = i % 8 < 4 ? LFB_WAIT_YIELD : LFB_WAIT_PARK;
		shape.param[LFB_PARAM_executor] = i / 2 % 4 == 3 ? LFB_EXECUTOR_SPAWN : LFB_EXECUTOR_POOL;
		shape.param[LFB_PARAM_nested] = i / 3 % 3 * 2;
		shape.param[LFB_PARAM_fail_every] = i % 7;
		shape.param[LFB_PARAM_shutdown] = i / 4 % 2 == 0 ? LFB_SHUTDOWN_WAIT : LFB_SHUTDOWN_CANCEL;
		run(items, i % 2 == 0);
		ended(LFB_STATUS_OK, "");
		assert_int_equal(figure("tasks_done") + figure("tasks_failed") + figure("tasks_cancelled"), items);
		assert_true(popped() >= items);
		assert_int_equal(popped() * 2, result.ops);
	}
}

static void faults_of_the_queue_are_found(void **state)
{
	static const enum fault faults[] = { FAULT_LOSE, FAULT_REPEAT, FAULT_REPLACE, FAULT_INVENT, FAULT_ZERO, FAULT_CANCEL };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(faults); i++) {
		prepare("worker_pool", 1, 1, faults[i / 2], 20);
		shape.param[LFB_PARAM_nested] = i % 2 * 2;
		setup.timeout_ns = SECOND_NS / 5; /* somebody may wait for a task that never runs */
		run(100, false);
		if (result.status != LFB_STATUS_INVALID)
			fail_msg("fault %d, nested %zu: %s: %s", (int)faults[i / 2], i % 2, lfb_status_names[result.status], result.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_future_goes_its_way_once),
		cmocka_unit_test(each_is_run_or_cancelled_and_the_waiter_learns_which),
		cmocka_unit_test(a_sleeper_is_woken),
		cmocka_unit_test(a_wait_ends_when_the_trial_is_called_off),
		cmocka_unit_test(results_and_failures_reach_the_submitter),
		cmocka_unit_test(a_window_bounds_what_is_outstanding),
		cmocka_unit_test(a_shutdown_cancels_what_is_pending_and_nothing_of_it_runs),
		cmocka_unit_test(a_task_run_after_the_shutdown_is_noticed),
		cmocka_unit_test(a_cancelled_task_without_a_shutdown_is_noticed),
		cmocka_unit_test(wrong_results_are_noticed),
		cmocka_unit_test(values_that_are_no_tasks_run_nothing),
		cmocka_unit_test(sub_tasks_are_run_while_their_task_waits),
		cmocka_unit_test(a_full_queue_makes_a_task_run_its_sub_tasks_itself),
		cmocka_unit_test(the_stack_of_a_worker_that_helps_is_bounded),
		cmocka_unit_test(trials_with_every_setting_are_ok),
		cmocka_unit_test(faults_of_the_queue_are_found),
	};

	return cmocka_run_group_tests(tests, map, unmap);
}
