/*
 * test_trial_threads.c - the crew of a trial: which loops its threads run and with what orders,
 * when it starts and ends, and threads that cannot attach, are interrupted, or never come back.
 */
#include "unit.h"

#include "spy.h"
#include "trial_fixture.h"

/* Which loops the threads of a workload ran, all in the given way of waiting. */
static void ran(const char *workload, bool audit, uint64_t loops, enum lfb_wait wait)
{
	spy_on(&ops);
	run(100, audit);
	assert_int_equal(result.status, LFB_STATUS_OK);
	if (spy.ran[wait] != loops)
		fail_msg("%s ran %#lx of wait %d", workload, spy.ran[wait], (int)wait);
	for (int other = 0; other < LFB_WAITS; other++)
		if (other != (int)wait)
			assert_int_equal(spy.ran[other], 0);
}

#define LOOP(kind) (UINT64_C(1) << (kind))

static void loops_of_each_role(void **state)
{
	static const enum lfb_wait waits[] = { LFB_WAIT_SPIN, LFB_WAIT_YIELD, LFB_WAIT_BLOCK, LFB_WAIT_BACKOFF, LFB_WAIT_PARK };

	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++) {
		prepare("producer_consumer", 2, 3, FAULT_NONE, 0);
		plugin.info.claims.reference = true; /* nothing is pushed, so nothing can be verified */
		shape.wait = waits[i];
		ran("producer_consumer", false, LOOP(LFB_PRODUCE) | LOOP(LFB_CONSUME), waits[i]);
		ran("producer_consumer", true, LOOP(LFB_PRODUCE) | LOOP(LFB_CONSUME_AUDIT), waits[i]);
		shape.batch = 4;
		ran("producer_consumer", false, LOOP(LFB_PRODUCE_BATCH) | LOOP(LFB_CONSUME_BATCH), waits[i]);
		ran("producer_consumer", true, LOOP(LFB_PRODUCE_BATCH) | LOOP(LFB_CONSUME_BATCH_AUDIT), waits[i]);
		prepare("pairs", 2, 2, FAULT_NONE, 0);
		plugin.info.claims.reference = true;
		shape.wait = waits[i];
		ran("pairs", false, LOOP(LFB_PAIRS), waits[i]);
		ran("pairs", true, LOOP(LFB_PAIRS_AUDIT), waits[i]);
		prepare("ping_pong", 1, 1, FAULT_NONE, 0);
		plugin.info.claims.reference = true;
		shape.wait = waits[i];
		ran("ping_pong", false, LOOP(LFB_PING) | LOOP(LFB_PONG), waits[i]);
		ran("ping_pong", true, LOOP(LFB_PING_AUDIT) | LOOP(LFB_PONG_AUDIT), waits[i]);
	}
}

/* The latency pass has loops of its own, but for the audit and for pong, which only sends back. */
static void loops_of_the_latency_pass(void **state)
{
	static struct lfb_timebase timebase = { .mult = 1 };

	(void)state;
	prepare("producer_consumer", 2, 3, FAULT_NONE, 0);
	plugin.info.claims.reference = true;
	setup.timebase = &timebase;
	ran("producer_consumer", false, LOOP(LFB_PRODUCE_CLOSED) | LOOP(LFB_CONSUME_CLOSED), LFB_WAIT_YIELD);
	ran("producer_consumer", true, LOOP(LFB_PRODUCE) | LOOP(LFB_CONSUME_AUDIT), LFB_WAIT_YIELD);
	shape.rate_per_s = 1000;
	ran("producer_consumer", false, LOOP(LFB_PRODUCE_OPEN) | LOOP(LFB_CONSUME_OPEN), LFB_WAIT_YIELD);
	shape.rate_per_s = 0;
	shape.batch = 4;
	ran("producer_consumer", false, LOOP(LFB_PRODUCE_BATCH_CLOSED) | LOOP(LFB_CONSUME_BATCH_CLOSED), LFB_WAIT_YIELD);
	prepare("pairs", 2, 2, FAULT_NONE, 0);
	plugin.info.claims.reference = true;
	setup.timebase = &timebase;
	ran("pairs", false, LOOP(LFB_PAIRS_CLOSED), LFB_WAIT_YIELD);
	prepare("ping_pong", 1, 1, FAULT_NONE, 0);
	plugin.info.claims.reference = true;
	setup.timebase = &timebase;
	ran("ping_pong", false, LOOP(LFB_PING_CLOSED) | LOOP(LFB_PONG), LFB_WAIT_YIELD);
}

/* Which way a loop that polls is told to wait: as the cell says, but in an audit, which is not timed, it yields. */
static void polling_is_told_how(void **state)
{
	static const struct {
		enum lfb_wait asked, timed, audited;
	} cases[] = {
		{ LFB_WAIT_SPIN, LFB_WAIT_SPIN, LFB_WAIT_YIELD },
		{ LFB_WAIT_BACKOFF, LFB_WAIT_BACKOFF, LFB_WAIT_YIELD },
		{ LFB_WAIT_YIELD, LFB_WAIT_YIELD, LFB_WAIT_YIELD },
		{ LFB_WAIT_PARK, LFB_WAIT_PARK, LFB_WAIT_PARK },
		{ LFB_WAIT_BLOCK, LFB_WAIT_BLOCK, LFB_WAIT_BLOCK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		prepare("pairs", 2, 2, FAULT_NONE, 0);
		plugin.info.claims.reference = true;
		setup.oversubscribed = true; /* the plan decides what that means for the wait, nobody else */
		shape.wait = cases[i].asked;
		ran("pairs", false, LOOP(LFB_PAIRS), cases[i].asked);
		assert_int_equal(spy.order[0].wait, cases[i].timed);
		ran("pairs", true, LOOP(LFB_PAIRS_AUDIT), cases[i].asked);
		assert_int_equal(spy.order[1].wait, cases[i].audited);
	}
}

/* Every thread's order: values of its own, an even share, queues and handles, and a log if it is audited. */
static void orders_of_each_thread(void **state)
{
	uint64_t items = 0, producers = 0;

	(void)state;
	prepare("producer_consumer", 3, 2, FAULT_NONE, 0);
	plugin.info.claims.reference = true;
	shape.batch = 5;
	spy_on(&ops);
	run(1000, true);
	assert_int_equal(result.status, LFB_STATUS_OK);
	assert_int_equal(spy.threads, 5);
	for (unsigned i = 0; i < spy.threads; i++) {
		const struct lfb_thread *const t = &spy.order[i];

		assert_ptr_equal(t->queue[0], faulty.last_queue);
		assert_null(t->queue[1]);
		assert_non_null(t->handle[0]);
		assert_int_equal((uintptr_t)t->handle[0] % LFB_LINE, 0);
		assert_int_equal(t->batch, 5);
		assert_int_equal(spy.producers_running[i], 3);
		assert_non_null(t->events[0]);
		assert_ptr_equal(t->events[0], spy.order[0].events[0]); /* one queue, one place to sleep at */
		assert_null(t->events[1]);
		assert_non_null(t->parking);
		for (unsigned j = 0; j < i; j++)
			assert_true(labs((char *)t->handle[0] - (char *)spy.order[j].handle[0]) >= LFB_LINE);
		if (t->log != NULL) { /* a consumer: any of them may have to take all */
			assert_true(t->log_slots > 1000);
			assert_int_equal(t->first_value, 0);
		} else {
			assert_int_equal(t->first_value & UINT64_C(0xFFFFFFFFFFFF), 1);
			producers |= UINT64_C(1) << (t->first_value >> LFB_VALUE_SHIFT);
			assert_in_range(t->items, 333, 334);
			items += t->items;
		}
	}
	assert_int_equal(items, 1000);
	assert_int_equal(producers, 7); /* 0, 1 and 2 */
}

static void orders_of_ping_and_pong(void **state)
{
	(void)state;
	prepare("ping_pong", 1, 1, FAULT_NONE, 0);
	plugin.info.claims.reference = true;
	spy_on(&ops);
	run(70, true);
	assert_int_equal(spy.threads, 2);
	assert_ptr_equal(spy.order[0].queue[0], spy.order[1].queue[0]); /* out on one ... */
	assert_ptr_equal(spy.order[0].queue[1], spy.order[1].queue[1]); /* ... and back on the other */
	assert_ptr_not_equal(spy.order[0].queue[0], spy.order[0].queue[1]);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(spy.order[i].items, 70);
		assert_non_null(spy.order[i].log);
		for (unsigned end = 0; end < 2; end++) {
			assert_non_null(spy.order[i].handle[end]);
			assert_ptr_equal(spy.order[0].events[end], spy.order[i].events[end]);
		}
		assert_ptr_not_equal(spy.order[i].events[0], spy.order[i].events[1]);
	}
}

/* From the first start to the last end, creating threads not included. */
static void the_duration(void **state)
{
	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	plugin.info.claims.reference = true;
	spy_on(&ops);
	spy.sleep_ms = 30;
	run(10, false);
	assert_true(result.duration_ns >= 30000000);
	assert_true(result.thread[0].duration_ns >= 30000000 && result.thread[0].duration_ns <= result.duration_ns);
	assert_true(result.thread[1].duration_ns >= 30000000 && result.thread[1].duration_ns <= result.duration_ns);
	assert_true(result.duration_ns < SECOND_NS);
}

/* Whichever thread it is that cannot attach: no thread works, all others detach. */
static void threads_that_cannot_attach(void **state)
{
	(void)state;
	for (unsigned nth = 1; nth <= 4; nth++) {
		prepare("producer_consumer", 2, 2, FAULT_NONE, 0);
		faulty.attach_fails_at = nth;
		run(100, false);
		ended(LFB_STATUS_RESOURCE, "a thread cannot attach");
		prepare("ping_pong", 1, 1, FAULT_NONE, 0); /* two threads times two queues */
		faulty.attach_fails_at = nth;
		run(100, false);
		ended(LFB_STATUS_RESOURCE, "a thread cannot attach");
	}
	/* The host, which looks at what is left. */
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	faulty.attach_fails_at = 3;
	run(100, false);
	ended(LFB_STATUS_RESOURCE, "the host thread cannot attach");
}

static void pinned_threads(void **state)
{
	const unsigned nowhere[] = { 65000, 65000 };

	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	setup.cpus = nowhere;
	run(100, false);
	ended(LFB_STATUS_OK, "");
	assert_true(result.unpinned); /* noted, and not fatal */
}

static void interruption(void **state)
{
	const double start_s = unit_now_s();
	timer_t timer;

	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_SLOW, 0);
	setup.interrupted = &interrupted;
	shape.capacity = 1;
	timer = signals_from(100, 0);
	run(1000000, false);
	(void)timer_delete(timer);
	ended(LFB_STATUS_INTERRUPTED, "interrupted");
	/* A signal nobody asked about does nothing. */
	prepare("producer_consumer", 1, 1, FAULT_SLOW, 0);
	timer = signals_from(20, 20);
	run(200, false);
	(void)timer_delete(timer);
	ended(LFB_STATUS_OK, "");
	assert_true(unit_now_s() - start_s < 10);
}

/* The signal came before the host slept, as while the arena was made ready: it is not slept through. */
static void interrupted_before_it_began(void **state)
{
	const double start_s = unit_now_s();

	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_SLOW, 0);
	setup.interrupted = &interrupted;
	setup.timeout_ns = 3 * SECOND_NS;
	shape.capacity = 1;
	interrupted = SIGINT;
	run(1000000, false);
	ended(LFB_STATUS_INTERRUPTED, "interrupted");
	assert_true(unit_now_s() - start_s < 2);
}

/* In a process of its own: the thread that hangs stays. */
static int hang(void *context)
{
	const bool *const with_signals = (const bool *)context;

	prepare("producer_consumer", 1, 1, FAULT_HANG, 10);
	setup.timeout_ns = SECOND_NS / 10;
	if (*with_signals) {
		setup.interrupted = &interrupted;
		(void)signals_from(20, 300);
	}
	run(1000, false);
	return result.hung && result.status == LFB_STATUS_TIMEOUT && strstr(result.reason, "did not come back") != NULL
		       ? 0
		       : 1;
}

/* Neither is joined; signals that go on do not make the host join it either. Both at once, since it takes a while. */
static void a_thread_that_hangs(void **state)
{
	bool quiet = false, with_signals = true;
	const pid_t one = unit_start_child(hang, &quiet, 10), other = unit_start_child(hang, &with_signals, 10);

	(void)state;
	assert_int_equal(unit_end_child(one), 0);
	assert_int_equal(unit_end_child(other), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_of_each_role),
		cmocka_unit_test(loops_of_the_latency_pass),
		cmocka_unit_test(polling_is_told_how),
		cmocka_unit_test(orders_of_each_thread),
		cmocka_unit_test(orders_of_ping_and_pong),
		cmocka_unit_test(the_duration),
		cmocka_unit_test(threads_that_cannot_attach),
		cmocka_unit_test(pinned_threads),
		cmocka_unit_test(interruption),
		cmocka_unit_test(interrupted_before_it_began),
		cmocka_unit_test(a_thread_that_hangs),
	};

	return cmocka_run_group_tests(tests, map, unmap);
}
