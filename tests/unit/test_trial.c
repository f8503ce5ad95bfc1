/*
 * test_trial.c - one timed run: a queue which behaves is ok under every workload, each kind of
 * misbehaviour is named, and whatever was made is given back. The queue is in this program
 * (faulty.h). What the threads are told and how they end is in test_trial_threads.c.
 */
#include "unit.h"

#include "trial_fixture.h"

#include <errno.h>

static uint64_t sum_pushed(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < result.threads; i++)
		sum += result.thread[i].pushed;
	return sum;
}

static uint64_t sum_popped(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < result.threads; i++)
		sum += result.thread[i].popped;
	return sum;
}

static const struct {
	const char *workload;
	uint32_t producers, consumers, queues, threads;
} shapes[] = {
	{ "producer_consumer", 1, 1, 1, 2 },
	{ "producer_consumer", 3, 2, 1, 5 },
	{ "producer_consumer", 1, 4, 1, 5 },
	{ "pairs", 1, 1, 1, 1 },
	{ "pairs", 3, 3, 1, 3 },
	{ "ping_pong", 1, 1, 2, 2 },
};

/* Item counts that do not divide, that are fewer than the threads, that are one. */
static void a_queue_that_behaves_is_ok(void **state)
{
	static const uint64_t counts[] = { 1, 2, 7, 301 };

	(void)state;
	for (size_t s = 0; s < COUNT(shapes); s++) {
		for (size_t i = 0; i < 4 * COUNT(counts); i++) {
			const uint64_t items = counts[i / 4];

			prepare(shapes[s].workload, shapes[s].producers, shapes[s].consumers, FAULT_NONE, 0);
			shape.wait = i % 2 == 0 ? LFB_WAIT_SPIN : LFB_WAIT_YIELD;
			shape.capacity = i % 3 == 0 ? 1 : 64;
			setup.oversubscribed =
				shapes[s].threads > 2; /* spinning alone would take minutes on two CPUs */
			run(items, i / 2 % 2 == 0);
			ended(LFB_STATUS_OK, "");
			assert_string_equal(result.reason, "");
			assert_int_equal(result.items, items);
			assert_int_equal(result.threads, shapes[s].threads);
			assert_int_equal(sum_pushed(), items * shapes[s].queues);
			assert_int_equal(sum_popped(), items * shapes[s].queues);
			assert_int_equal(result.capacity_effective, shape.capacity);
			assert_true(result.duration_ns > 0 && result.duration_ns < LONG_NS);
			assert_false(result.unpinned);
			/* The host attaches as well, to see what is left in each queue. */
			assert_int_equal(faulty.attaches, (shapes[s].threads + 1) * shapes[s].queues);
		}
	}
}

static void batches_are_ok(void **state)
{
	static const uint32_t batches[] = { 2, 7, 256 };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(batches); i++) {
		prepare("producer_consumer", 2, 2, FAULT_NONE, 0);
		shape.batch = batches[i / 2];
		run(1001, i % 2 == 0);
		ended(LFB_STATUS_OK, "");
		assert_int_equal(sum_popped(), 1001);
		assert_int_equal(faulty.last_cell.batch, batches[i / 2]);
	}
}

static void who_pushed_and_who_popped(void **state)
{
	(void)state;
	prepare("producer_consumer", 2, 1, FAULT_NONE, 0);
	run(5, false);
	ended(LFB_STATUS_OK, "");
	assert_string_equal(result.thread[0].role, "producer");
	assert_string_equal(result.thread[2].role, "consumer");
	assert_int_equal(result.thread[0].pushed, 3); /* the first take what does not divide */
	assert_int_equal(result.thread[1].pushed, 2);
	assert_int_equal(result.thread[2].popped, 5);
	assert_true(result.thread[0].pushes && !result.thread[0].pops);
	assert_true(result.thread[2].pops && !result.thread[2].pushes);
	assert_int_equal(faulty.last_cell.producers, 2);
	assert_int_equal(faulty.last_cell.consumers, 1);
	assert_int_equal(faulty.last_cell.items, 5);
	assert_int_equal(faulty.last_cell.capacity, 64);
	prepare("ping_pong", 1, 1, FAULT_NONE, 0);
	run(50, true);
	ended(LFB_STATUS_OK, "");
	assert_int_equal(result.thread[0].pushed, 50);
	assert_int_equal(result.thread[0].popped, 50);
	assert_int_equal(result.thread[1].pushed, 50);
	assert_true(result.thread[1].pushes && result.thread[1].pops);
}

/* Full and empty answers are counted where they were given. */
static void failed_operations_are_counted(void **state)
{
	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_FULL, 10);
	run(1000, false);
	ended(LFB_STATUS_OK, "");
	assert_true(result.thread[0].push_full >= 1);
	assert_int_equal(result.thread[0].pop_empty, 0);
	assert_true(result.thread[1].pop_empty >= 1); /* the last look */
	/* The same of a queue that claims to have no limit is a queue that ran out of memory. */
	prepare("producer_consumer", 1, 1, FAULT_FULL, 10);
	plugin.info.claims.bounded = false;
	plugin.info.slot_bytes = 0;
	run(1000, false);
	ended(LFB_STATUS_RESOURCE, "out of memory");
}

/* Every trial finds the same addresses, whatever ran before it, and handles that are zeroed anew. */
static void trials_start_alike(void **state)
{
	void *queue = NULL;

	(void)state;
	for (unsigned round = 0; round < 6; round++) {
		prepare(round % 2 == 0 ? "producer_consumer" : "pairs", 2, 2, FAULT_NONE, 0);
		shape.capacity = 64 << round;
		run(100 << (2 * round), round == 3);
		ended(LFB_STATUS_OK, "");
		if (round > 0)
			assert_ptr_equal(faulty.last_queue, queue);
		queue = faulty.last_queue;
	}
}

struct expectation {
	enum fault fault;
	const char *audit, *timed; /* what the two kinds of trials say; NULL: nothing is wrong */
};

static const struct expectation expectations[] = {
	{ FAULT_LOSE, "1 values lost, the first is value", "1 of 3000 values lost" },
	{ FAULT_REPEAT, "was popped twice", "3001 values popped, only 3000 were pushed" },
	{ FAULT_REPLACE, "was popped twice", "the count is right but values are not" },
	{ FAULT_INVENT, "which was never pushed", "the count is right but values are not" },
	{ FAULT_ZERO, "popped 0, which was never pushed", "the count is right but values are not" },
	{ FAULT_CANCEL, "popped twice", "the count is right but values are not" },
	{ FAULT_WITHHOLD, "1 values lost", "1 of 3000 values stayed in the queue, which had said EMPTY" },
	{ FAULT_REORDER, "order: thread 0 popped value", NULL }, /* a sum has no order: that is what the audit is for */
};

static void misbehaviour_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(expectations); i++) {
		const struct expectation *const e = &expectations[i / 2];
		const bool audit = i % 2 == 0;
		const char *const reason = audit ? e->audit : e->timed;

		prepare("producer_consumer", 1, 1, e->fault, 700);
		run(3000, audit);
		ended(reason != NULL ? LFB_STATUS_INVALID : LFB_STATUS_OK, reason != NULL ? reason : "");
	}
}

/* The first and the last operation are no exceptions; neither are many threads or batches. */
static void misbehaviour_anywhere(void **state)
{
	static const enum fault faults[] = { FAULT_LOSE, FAULT_REPEAT, FAULT_INVENT, FAULT_ZERO };
	static const uint64_t places[] = { 1, 2, 299, 300 };

	(void)state;
	for (size_t f = 0; f < COUNT(faults); f++) {
		for (size_t i = 0; i < 4 * COUNT(places); i++) {
			prepare("producer_consumer", 1 + i % 2, 2 - i % 2, faults[f], places[i / 4]);
			shape.batch = i % 2 == 0 ? 1 : 16;
			run(300, i / 2 % 2 == 0);
			ended(LFB_STATUS_INVALID, "");
		}
	}
}

static void misbehaviour_of_either_way_of_ping_pong(void **state)
{
	(void)state;
	for (unsigned audit = 0; audit < 2; audit++) {
		prepare("ping_pong", 1, 1, FAULT_INVENT, 20); /* on both queues at their 20th pop */
		run(100, audit);
		ended(LFB_STATUS_INVALID, audit ? "never pushed" : "the count is right but values are not");
	}
}

/* Order is only asked of those who promise it, and a reference is asked nothing. */
static void only_what_was_claimed(void **state)
{
	static const enum lfb_order unordered[] = { LFB_ORDER_NONE, LFB_ORDER_LIFO };

	(void)state;
	for (size_t i = 0; i < COUNT(unordered); i++) {
		prepare("producer_consumer", 1, 1, FAULT_REORDER, 20);
		plugin.info.claims.order = unordered[i];
		run(1000, true);
		ended(LFB_STATUS_OK, "");
	}
	prepare("producer_consumer", 1, 1, FAULT_REORDER, 20);
	plugin.info.claims.order = LFB_ORDER_PER_PRODUCER;
	run(1000, true);
	ended(LFB_STATUS_INVALID, "order:");
	for (unsigned audit = 0; audit < 2; audit++) {
		prepare("producer_consumer", 1, 1, FAULT_INVENT, 20);
		plugin.info.claims.reference = true;
		run(1000, audit);
		ended(LFB_STATUS_OK, "");
	}
}

/* A value that is lost makes a thread wait for it for ever: the loss is the cause, not the time. */
static void a_loss_that_looks_like_a_hang(void **state)
{
	static const char *const workloads[] = { "pairs", "ping_pong" };

	(void)state;
	for (size_t i = 0; i < COUNT(workloads); i++) {
		prepare(workloads[i], 1, 1, FAULT_LOSE, 1);
		setup.timeout_ns = SECOND_NS / 3;
		run(1000, false);
		ended(LFB_STATUS_INVALID, "values lost; threads waited for them until the time limit");
	}
}

static void too_slow(void **state)
{
	double start_s = unit_now_s();

	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_SLOW, 0);
	setup.timeout_ns = SECOND_NS / 5;
	shape.capacity = 1;
	run(1000000, false);
	/* Called off while values are on their way: no false accusation. A thread leaves at its next wait. */
	if (result.status != LFB_STATUS_TIMEOUT && !result.hung)
		fail_msg("%s: %s", lfb_status_names[result.status], result.reason);
	assert_true(unit_now_s() - start_s < 5);
	ended(LFB_STATUS_TIMEOUT, "nothing was lost");
}

static void queues_that_cannot_be_created(void **state)
{
	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	faulty.create_fails_at = 1;
	faulty.create_error = -ENOMEM;
	run(100, false);
	ended(LFB_STATUS_RESOURCE, "the queue cannot be created: Cannot allocate memory");
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	faulty.create_fails_at = 1;
	faulty.create_error = -ENOTSUP;
	faulty.reason = "only on Tuesdays";
	run(100, false);
	ended(LFB_STATUS_UNSUPPORTED, "only on Tuesdays");
	faulty.creates = 0;
	faulty.reason = NULL;
	run(100, false);
	ended(LFB_STATUS_UNSUPPORTED, "the backend says so");
	/* The second queue: the first one is destroyed. */
	prepare("ping_pong", 1, 1, FAULT_NONE, 0);
	faulty.create_fails_at = 2;
	faulty.create_error = -EPERM;
	run(100, true);
	ended(LFB_STATUS_RESOURCE, "Operation not permitted");
	assert_int_equal(faulty.destroys, 1);
	assert_int_equal(faulty.attaches, 0);
}

static void memory_that_is_not_there(void **state)
{
	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	setup.arena_reserved_bytes = 1;
	shape.capacity = 1u << 30;
	run(100, false);
	ended(LFB_STATUS_RESOURCE, "MiB) is not there");
	assert_int_equal(faulty.creates, 0);
}

/* The arena that a trial asks for holds what the trial puts into it, for handles of any size. */
static void large_handles(void **state)
{
	static const uint32_t sizes[] = { 1, 4096, 1u << 20 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes) * COUNT(shapes); i++) {
		const size_t s = i % COUNT(shapes);

		prepare(shapes[s].workload, shapes[s].producers, shapes[s].consumers, FAULT_NONE, 0);
		if (ops.handle_bytes < sizes[i / COUNT(shapes)])
			ops.handle_bytes = sizes[i / COUNT(shapes)];
		run(100, true);
		ended(LFB_STATUS_OK, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_queue_that_behaves_is_ok),
		cmocka_unit_test(batches_are_ok),
		cmocka_unit_test(who_pushed_and_who_popped),
		cmocka_unit_test(failed_operations_are_counted),
		cmocka_unit_test(trials_start_alike),
		cmocka_unit_test(misbehaviour_is_named),
		cmocka_unit_test(misbehaviour_anywhere),
		cmocka_unit_test(misbehaviour_of_either_way_of_ping_pong),
		cmocka_unit_test(only_what_was_claimed),
		cmocka_unit_test(a_loss_that_looks_like_a_hang),
		cmocka_unit_test(too_slow),
		cmocka_unit_test(queues_that_cannot_be_created),
		cmocka_unit_test(memory_that_is_not_there),
		cmocka_unit_test(large_handles),
	};

	return cmocka_run_group_tests(tests, map, unmap);
}
