/* producer_consumer with work, payloads, prefill, sentinels and join; and what it says when these go wrong. */
#include "unit.h"

#include "applications/loaded.h"
#include "trial_fixture.h"

static void load(enum lfb_param param, uint64_t value)
{
	shape.param[param] = value;
}

static void setting(enum fault fault, uint64_t at, enum lfb_param param, uint64_t value)
{
	prepare("producer_consumer", 2, 2, fault, at);
	load(param, value);
}

static double figure(const char *metric)
{
	for (size_t i = 0; i < result.figures; i++)
		if (strcmp(result.figure[i].metric, metric) == 0)
			return result.figure[i].value;
	fail_msg("no figure %s", metric);
	return 0;
}

static void test_wanted_by_any_setting_of_its_own(void **state)
{
	(void)state;
	prepare("producer_consumer", 1, 1, FAULT_NONE, 0);
	assert_null(lfb_shape_application(&shape));
	load(LFB_PARAM_stages, 5); /* another workload's */
	assert_null(lfb_shape_application(&shape));
	load(LFB_PARAM_join, LFB_YES);
	assert_non_null(lfb_shape_application(&shape));
}

static void test_payload_pattern(void **state)
{
	unsigned char bytes[40];

	(void)state;
	for (size_t n = 1; n <= sizeof(bytes); n++) {
		lfb_payload_write(bytes, n, 77);
		assert_true(lfb_payload_matches(bytes, n, 77));
		for (size_t at = 0; at < n; at++) { /* every byte counts */
			bytes[at] ^= 1;
			assert_false(lfb_payload_matches(bytes, n, 77));
			bytes[at] ^= 1;
		}
		if (n >= 8)
			assert_false(lfb_payload_matches(bytes, n, 78));
	}
}

static void test_payload_window_is_bounded(void **state)
{
	(void)state;
	assert_int_equal(lfb_payload_window(8, 1, 2, 16), 11);
	assert_int_equal(lfb_payload_window(UINT64_MAX, 4096, 4096, 65536), 4);
	assert_true(lfb_payload_window(1 << 24, 1, 1, 65536) * lfb_payload_slot_bytes(65536) <= (size_t)64 << 20);
}

static void test_payloads_arrive(void **state)
{
	static const uint64_t by[] = { LFB_BY_VALUE, LFB_BY_POINTER };

	(void)state;
	for (unsigned i = 0; i < COUNT(by); i++) {
		setting(FAULT_NONE, 0, LFB_PARAM_payload, 100);
		load(LFB_PARAM_by, by[i]);
		shape.capacity = 4;
		run(2000, i == 0);
		ended(LFB_STATUS_OK, "");
	}
}

/* A consumer judges what it is given by the value: of one that was never sent there is no payload, and it reads nothing outside. */
static void test_payload_of_a_wrong_value(void **state)
{
	struct loaded_producer producer;
	struct loaded_consumer consumer;
	struct lfb_thread thread;
	struct lfb_shared shared;
	struct lfb_shape of = { .capacity = 4 };
	struct loaded app;

	(void)state;
	memset(&app, 0, sizeof(app));
	memset(&producer, 0, sizeof(producer));
	memset(&consumer, 0, sizeof(consumer));
	memset(&thread, 0, sizeof(thread));
	memset(&shared, 0, sizeof(shared));
	thread.shared = &shared;
	app.setup.shape = &of;
	app.setup.producing = app.consumers = 1;
	app.producer = &producer;
	app.consumer = &consumer;
	producer.app = consumer.app = &app;
	assert_int_equal(lfb_payload_open(&app, 100, true), 0);
	assert_true(lfb_payload_send(&thread, &producer, 0));
	lfb_payload_receive(&consumer, lfb_app_value(0, 0));
	assert_int_equal(consumer.mismatches, 0);
	lfb_payload_receive(&consumer, lfb_app_value(0, app.payload.window)); /* same buffer, another item */
	lfb_payload_receive(&consumer, lfb_app_value(1, 0));
	lfb_payload_receive(&consumer, UINT64_MAX);
	lfb_payload_receive(&consumer, 0);
	assert_int_equal(consumer.mismatches, 4);
	/* A buffer that has not been read is waited for, and the wait ends when it is called off. */
	assert_true(lfb_payload_send(&thread, &producer, 1));
	shared.abort = 1;
	assert_false(lfb_payload_send(&thread, &producer, 1 + app.payload.window));
	assert_int_equal(producer.slot_waits, 1);
	lfb_payload_take_back(&producer, 1);
	assert_true(lfb_payload_send(&thread, &producer, 1 + app.payload.window));
	lfb_payload_close(&app.payload);
}

static void test_prefill(void **state)
{
	(void)state;
#ifdef __SANITIZE_THREAD__ /* the queue in faulty.h wants all to be attached before anybody pushes */
	skip();
#endif
	setting(FAULT_NONE, 0, LFB_PARAM_prefill, 33);
	load(LFB_PARAM_payload, 16);
	run(500, false);
	ended(LFB_STATUS_OK, "");
	assert_int_equal((int)figure("prefilled"), 33);
	assert_int_equal(result.items, 500);
	assert_int_equal(result.ops, 1000 - 33);
	setting(FAULT_FULL, 5, LFB_PARAM_prefill, 33); /* it says FULL too early: what is missing follows later */
	run(500, true);
	ended(LFB_STATUS_OK, "");
	assert_true(figure("prefilled") < 33);
	setting(FAULT_NONE, 0, LFB_PARAM_prefill, 65);
	run(500, false);
	assert_int_equal(result.status, LFB_STATUS_UNSUPPORTED);
	unit_has(result.reason, "more than the capacity 64");
}

static void test_join(void **state)
{
	(void)state;
	setting(FAULT_NONE, 0, LFB_PARAM_join, LFB_YES);
	run(2000, false);
	ended(LFB_STATUS_OK, "");
	assert_true(figure("join_wait") >= 0);
	/* A value that is lost is never done: the join ends with the trial, which says why. */
	setting(FAULT_LOSE, 100, LFB_PARAM_join, LFB_YES);
	setup.timeout_ns = SECOND_NS / 5;
	run(2000, false);
	ended(LFB_STATUS_INVALID, "1 of 2000 values lost");
}

static void test_sentinels(void **state)
{
	(void)state;
	setting(FAULT_NONE, 0, LFB_PARAM_stop, LFB_STOP_SENTINEL);
	shape.consumers = 5;
	run(2000, false);
	ended(LFB_STATUS_OK, "");
	assert_int_equal((int)figure("sentinels"), 5);
	assert_int_equal(result.items, 2000);
	assert_int_equal(result.ops, 4010);
	setting(FAULT_LOSE, 2001, LFB_PARAM_stop, LFB_STOP_SENTINEL); /* a sentinel */
	run(2000, false);
	ended(LFB_STATUS_INVALID, "lost");
	setting(FAULT_CANCEL, 50, LFB_PARAM_stop, LFB_STOP_SENTINEL);
	run(2000, false);
	ended(LFB_STATUS_INVALID, "values are not");
}

static void test_stop_by_time(void **state)
{
	(void)state;
	setting(FAULT_NONE, 0, LFB_PARAM_stop, LFB_STOP_TIME);
	setup.duration_ns = SECOND_NS / 100;
	run(1, false); /* the number planned does not end it */
	ended(LFB_STATUS_OK, "");
	assert_true(result.items > 1);
	assert_int_equal(result.ops, 2 * result.items);
	setting(FAULT_NONE, 0, LFB_PARAM_stop, LFB_STOP_TIME);
	run(100, false); /* no time given: it does */
	ended(LFB_STATUS_OK, "");
	assert_int_equal(result.items, 100);
	setting(FAULT_REPEAT, 1, LFB_PARAM_stop, LFB_STOP_TIME);
	setup.duration_ns = SECOND_NS / 100;
	run(1, false);
	assert_int_equal(result.status, LFB_STATUS_INVALID);
}

/* Bursts that do not divide the items: the work of each is done all the same, and every item goes through. */
static void test_work(void **state)
{
	(void)state;
	setting(FAULT_NONE, 0, LFB_PARAM_burst, 7);
	load(LFB_PARAM_work_push, 100);
	load(LFB_PARAM_work_pop, 100);
	load(LFB_PARAM_work_dist, LFB_WORK_EXPONENTIAL);
	run(1000, true);
	ended(LFB_STATUS_OK, "");
	run(1000, false);
	ended(LFB_STATUS_OK, "");
	setting(FAULT_CANCEL, 50, LFB_PARAM_work_pop, 100);
	run(1000, false);
	ended(LFB_STATUS_INVALID, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted_by_any_setting_of_its_own),
		cmocka_unit_test(test_payload_pattern),
		cmocka_unit_test(test_payload_window_is_bounded),
		cmocka_unit_test(test_payloads_arrive),
		cmocka_unit_test(test_payload_of_a_wrong_value),
		cmocka_unit_test(test_prefill),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_sentinels),
		cmocka_unit_test(test_stop_by_time),
		cmocka_unit_test(test_work),
	};

	return cmocka_run_group_tests(tests, map, unmap);
}
