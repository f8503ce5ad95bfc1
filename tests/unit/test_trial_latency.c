/*
 * test_trial_latency.c - trials of the latency pass: every workload, way of waiting and batch gives the samples
 * that it should, the values are verified as in any other trial, and an open loop keeps to its schedule.
 */
#include "unit.h"

#include "statistics/histogram.h"
#include "trial/launch_figures.h"
#include "machine/ticks.h"
#include "trial_fixture.h"

#include <math.h>

static struct lfb_timebase timebase;

static void prepare_latency(const char *workload, uint32_t producers, uint32_t consumers, enum fault fault, uint64_t at)
{
	prepare(workload, producers, consumers, fault, at);
	shape.pass = LFB_PASS_LATENCY;
	setup.timebase = &timebase;
	setup.seed = 1;
}

static const struct {
	const char *workload;
	uint32_t producers, consumers;
} shapes[] = {
	{ "producer_consumer", 1, 1 }, { "producer_consumer", 2, 2 }, { "pairs", 1, 1 }, { "pairs", 3, 3 }, { "ping_pong", 1, 1 },
};

/* So few items are all sampled: each is in the histogram once, though threads exchange them. */
static void closed_loops_time_every_item(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2 * COUNT(shapes); s++) {
		prepare_latency(shapes[s / 2].workload, shapes[s / 2].producers, shapes[s / 2].consumers, FAULT_NONE, 0);
		shape.wait = s % 2 == 0 ? LFB_WAIT_SPIN : LFB_WAIT_YIELD;
		setup.oversubscribed = shapes[s / 2].producers > 1;
		run(3001, false);
		ended(LFB_STATUS_OK, "");
		assert_non_null(result.service);
		assert_null(result.response);
		assert_int_equal(lfb_histogram_count(result.service), 3001);
		assert_true(result.service->min <= result.service->max && result.service->max < LONG_NS);
	}
}

static void batches_are_timed(void **state)
{
	(void)state;
	prepare_latency("producer_consumer", 2, 2, FAULT_NONE, 0);
	shape.batch = 7;
	run(3001, false);
	ended(LFB_STATUS_OK, "");
	assert_int_equal(lfb_histogram_count(result.service), 3001);
}

static void one_in_many(void **state)
{
	const uint64_t items = 200000;

	(void)state;
	prepare_latency("producer_consumer", 1, 1, FAULT_NONE, 0);
	run(items, false);
	ended(LFB_STATUS_OK, "");
	assert_int_equal(result.sample_shift, 2);
	/* The last window may be cut off before its sample. */
	assert_in_range(lfb_histogram_count(result.service), items / 4 - 1, items / 4 + 1);
}

/* The audit takes no times, and other passes neither. */
static void only_when_asked(void **state)
{
	(void)state;
	prepare_latency("pairs", 1, 1, FAULT_NONE, 0);
	run(100, true);
	ended(LFB_STATUS_OK, "");
	assert_null(result.service);
	prepare("pairs", 1, 1, FAULT_NONE, 0);
	run(100, false);
	ended(LFB_STATUS_OK, "");
	assert_null(result.service);
}

/* A queue that misbehaves while times are taken has none. */
static void wrong_values_are_noticed(void **state)
{
	static const enum fault faults[] = { FAULT_LOSE, FAULT_REPEAT, FAULT_INVENT };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(faults); i++) {
		prepare_latency("producer_consumer", 1, 1, faults[i / 2], 50);
		shape.rate_per_s = i % 2 == 0 ? 0 : 1000000;
		run(300, false);
		ended(LFB_STATUS_INVALID, "");
		assert_null(result.service);
		assert_null(result.response);
	}
}

/* Every item is answered for, from when it was due, and the trial takes as long as its schedule. */
static void open_loops(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		prepare_latency("producer_consumer", 1 + i % 2, 1, FAULT_NONE, 0);
		shape.rate_per_s = 50000;
		shape.arrival = i / 2 == 0 ? LFB_ARRIVAL_FIXED : LFB_ARRIVAL_POISSON;
		run(1000, false);
		ended(LFB_STATUS_OK, "");
		assert_int_equal(lfb_histogram_count(result.response), 1000);
		assert_int_equal(lfb_histogram_count(result.service), 1000);
		/* 1000 items at 50,000 a second: 20 ms, by chance a little less or more */
		assert_true(fabs(result.scheduled_ns - 20e6) < (i / 2 == 0 ? 1e5 : 4e6));
		assert_true((double)result.duration_ns > result.scheduled_ns);
		/* response counts from an earlier moment than service, so it is never less */
		assert_true(result.response->max >= result.service->max);
	}
}

/* A rate that nobody can keep is said to be one; a slow one is not. */
static void overload(void **state)
{
	(void)state;
	prepare_latency("producer_consumer", 1, 1, FAULT_NONE, 0);
	shape.rate_per_s = UINT64_C(100000000000);
	run(20000, false);
	ended(LFB_STATUS_OK, "");
	assert_true(lfb_figures_overloaded(&result));
	prepare_latency("producer_consumer", 1, 1, FAULT_NONE, 0);
	run(1000, false);
	ended(LFB_STATUS_OK, "");
	assert_false(lfb_figures_overloaded(&result)); /* a closed loop never is */
}

/* A producer that waits for the next send leaves when the trial is called off. */
static void an_open_loop_can_be_called_off(void **state)
{
	(void)state;
	prepare_latency("producer_consumer", 1, 1, FAULT_NONE, 0);
	shape.rate_per_s = 1;
	setup.timeout_ns = SECOND_NS / 5;
	run(100, false);
	assert_int_equal(result.status, LFB_STATUS_TIMEOUT);
	assert_false(result.hung);
}

static int start(void **state)
{
	lfb_timebase_init(&timebase);
	return map(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed_loops_time_every_item), cmocka_unit_test(batches_are_timed),
		cmocka_unit_test(one_in_many),			cmocka_unit_test(only_when_asked),
		cmocka_unit_test(wrong_values_are_noticed),	cmocka_unit_test(open_loops),
		cmocka_unit_test(overload),			cmocka_unit_test(an_open_loop_can_be_called_off),
	};

	return cmocka_run_group_tests(tests, start, unmap);
}
