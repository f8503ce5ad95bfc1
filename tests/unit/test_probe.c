/*
 * test_probe.c - when a probe's figures have settled, and what they are then, on made-up batches; and
 * that it measures something on this machine. How long a round trip takes is nobody's business here.
 */
#include "two_usable.h"

#include "machine/probe.h"

#include <errno.h>

#define WINDOW ((int)LFB_PROBE_WINDOW)

/* Take in `count` batches. Returns how many it took to settle, 0: they did not. */
static int take(struct lfb_probe_batches *batches, const double *batch_ns, int count)
{
	for (int i = 0; i < count; i++)
		if (lfb_probe_batch(batches, batch_ns[i]))
			return i + 1;
	return 0;
}

static void steady_batches_settle_after_two_windows(void **state)
{
	static const double steady[] = { 100, 101, 99, 100, 102, 100, 98, 101, 100, 100, 100 };
	struct lfb_probe_batches batches = { 0 };
	struct lfb_probe probe;

	(void)state;
	assert_int_equal(take(&batches, steady, COUNT(steady)), 2 * WINDOW);
	assert_true(lfb_probe_enough(&batches));
	probe = lfb_probe_of(&batches);
	assert_float_equal(probe.median_ns, 100, 0);
	assert_float_equal(probe.min_ns, 98, 0);
}

/* CPUs that speed up: the slow beginning is out of the median, and out of what decides, once it is old. */
static void warming_up_takes_longer(void **state)
{
	static const double warming[] = {
		900, 800, 700, 600, 500, 400, 300, 200, 100, 100, 100, 100, 100, 100, 100, 100
	};
	struct lfb_probe_batches batches = { 0 };

	(void)state;
	/* Of the last ten, the older five have a median of 100 too once batches 7 to 16 are in. */
	assert_int_equal(take(&batches, warming, COUNT(warming)), 16);
	assert_float_equal(lfb_probe_of(&batches).median_ns, 100, 0);
}

static void a_step_of_three_percent_is_not_settled(void **state)
{
	struct lfb_probe_batches up = { 0 }, down = { 0 }, less = { 0 };

	(void)state;
	for (int i = 0; i < 2 * WINDOW; i++) {
		assert_false(lfb_probe_batch(&up, i < WINDOW ? 100 : 103.1));
		assert_false(lfb_probe_batch(&down, i < WINDOW ? 100 : 96.9));
		assert_int_equal(lfb_probe_batch(&less, i < WINDOW ? 100 : 102.9), i == 2 * WINDOW - 1);
	}
}

/* Two batches in which a CPU was away change neither the median nor when it settles. */
static void outliers_do_not_count(void **state)
{
	static const double disturbed[] = { 100, 100, 100, 4e6, 100, 100, 2e5, 100, 100, 100 };
	struct lfb_probe_batches batches = { 0 };

	(void)state;
	assert_int_equal(take(&batches, disturbed, COUNT(disturbed)), 2 * WINDOW);
	assert_float_equal(lfb_probe_of(&batches).median_ns, 100, 0);
	assert_float_equal(lfb_probe_of(&batches).min_ns, 100, 0);
}

static void too_few_batches(void **state)
{
	struct lfb_probe_batches batches = { 0 };

	(void)state;
	for (int i = 0; i < 2 * WINDOW - 1; i++) {
		assert_false(lfb_probe_batch(&batches, 10 - i));
		assert_false(lfb_probe_enough(&batches));
	}
	assert_float_equal(lfb_probe_of(&batches).median_ns, 6, 0); /* of 10 9 8 7 6 5 4 3 2 */
	assert_float_equal(lfb_probe_of(&batches).min_ns, 2, 0);
}

/* The fastest batch counts even when it has left the window. */
static void the_least_is_of_all(void **state)
{
	struct lfb_probe_batches batches = { 0 };

	(void)state;
	(void)lfb_probe_batch(&batches, 50);
	for (int i = 0; i < 40; i++)
		(void)lfb_probe_batch(&batches, 100 + i);
	assert_float_equal(lfb_probe_of(&batches).min_ns, 50, 0);
	assert_float_equal(lfb_probe_of(&batches).median_ns, 134.5, 0); /* 130 ... 139 */
}

static void this_machine(void **state)
{
	const struct two_usable cpus = two_usable();
	char *const before = affinity_text();
	struct lfb_probe probe = { 0, 0 };
	int rc = -1, tries = 0;
	char *after;

	(void)state;
	for (; tries < TRIES && rc != 0; tries++)
		rc = lfb_probe_round_trip(cpus.a, cpus.b, &probe);
	assert_int_equal(rc, 0);
	assert_true(probe.min_ns > 0);
	assert_true(probe.median_ns >= probe.min_ns);
	after = affinity_text();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void refused(void **state)
{
	const struct two_usable cpus = two_usable();
	struct lfb_probe probe = { -1, -2 };

	(void)state;
	assert_int_equal(lfb_probe_round_trip(cpus.a, cpus.a, &probe), -EINVAL);
	assert_int_equal(lfb_probe_round_trip(cpus.a, UINT32_MAX, &probe), -EINVAL);
	assert_float_equal(probe.min_ns, -1, 0); /* untouched */
	assert_float_equal(probe.median_ns, -2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady_batches_settle_after_two_windows),
		cmocka_unit_test(warming_up_takes_longer),
		cmocka_unit_test(a_step_of_three_percent_is_not_settled),
		cmocka_unit_test(outliers_do_not_count),
		cmocka_unit_test(too_few_batches),
		cmocka_unit_test(the_least_is_of_all),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
