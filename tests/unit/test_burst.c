/* burst: bursts filled and drained, verified over all rounds; a faulty queue is found out, a lost value ends in no hang. */
#include "unit.h"

#include "trial_fixture.h"

static void bursts(enum fault fault, uint64_t at, uint32_t producers, uint32_t consumers, uint64_t size)
{
	prepare("burst", producers, consumers, fault, at);
	shape.param[LFB_PARAM_burst] = size;
	setup.timeout_ns = fault == FAULT_NONE ? LONG_NS : SECOND_NS / 5;
}

static double figure(const char *metric)
{
	for (size_t i = 0; i < result.figures; i++)
		if (strcmp(result.figure[i].metric, metric) == 0)
			return result.figure[i].value;
	fail_msg("no figure %s", metric);
	return 0;
}

static void test_bursts(void **state)
{
	static const struct { uint32_t producers, consumers; uint64_t size, items, bursts; } of[] = {
		{ 1, 1, 10, 100, 10 }, { 1, 1, 10, 101, 11 }, { 3, 2, 6, 60, 10 }, { 3, 1, 1, 9, 9 }, { 1, 4, 64, 64, 1 },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(of); i++)
		for (int audit = 0; audit <= 1; audit++) {
			bursts(FAULT_NONE, 0, of[i].producers, of[i].consumers, of[i].size);
			run(of[i].items, audit);
			ended(LFB_STATUS_OK, "");
			assert_int_equal((int)figure("bursts"), (int)of[i].bursts);
			assert_int_equal(result.ops, 2 * of[i].items);
		}
}

static void test_never_more_than_the_capacity(void **state)
{
	(void)state;
	bursts(FAULT_NONE, 0, 2, 2, 1000);
	run(1000, false);
	ended(LFB_STATUS_OK, "");
	assert_int_equal((int)figure("burst"), 64);
	for (unsigned i = 0; i < result.threads; i++)
		assert_int_equal(result.thread[i].push_full, 0);
}

static void test_parked(void **state)
{
	(void)state;
	bursts(FAULT_NONE, 0, 2, 2, 16);
	shape.wait = LFB_WAIT_PARK;
	run(500, false);
	ended(LFB_STATUS_OK, "");
}

static void test_faults(void **state)
{
	(void)state;
	bursts(FAULT_LOSE, 50, 2, 2, 16);
	run(500, false);
	ended(LFB_STATUS_INVALID, "1 of ");
	bursts(FAULT_LOSE, 50, 2, 2, 16);
	shape.wait = LFB_WAIT_PARK; /* who sleeps at the barrier is woken */
	run(500, false);
	ended(LFB_STATUS_INVALID, "1 of ");
	bursts(FAULT_CANCEL, 50, 1, 1, 16);
	run(500, false);
	ended(LFB_STATUS_INVALID, "values are not");
	bursts(FAULT_REPEAT, 50, 1, 1, 16);
	run(500, false);
	ended(LFB_STATUS_INVALID, "");
	bursts(FAULT_REORDER, 50, 1, 1, 16);
	run(500, true); /* the log goes on from one burst to the next */
	ended(LFB_STATUS_INVALID, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_never_more_than_the_capacity),
		cmocka_unit_test(test_parked),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, map, unmap);
}
