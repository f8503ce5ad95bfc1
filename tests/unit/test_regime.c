/* test_regime.c - which CPUs are paired, and when two readings disagree; on made-up lists and readings. */
#include "two_usable.h"

#include "machine/regime.h"

#include <errno.h>
#include <math.h>

static struct lfb_regime choose(const unsigned *cpus, unsigned count)
{
	struct lfb_regime regime;

	lfb_regime_choose(cpus, count, &regime);
	return regime;
}

#define CHOOSE(...)                                                                                                    \
	choose((const unsigned[]){ __VA_ARGS__ }, sizeof((const unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned))

static void assert_pair(const struct lfb_regime *regime, unsigned index, unsigned a, unsigned b)
{
	assert_true(index < regime->pairs);
	assert_int_equal(regime->cpu[index][0], a);
	assert_int_equal(regime->cpu[index][1], b);
}

static void neighbours_in_the_list(void **state)
{
	struct lfb_regime regime = CHOOSE(0, 1);

	(void)state;
	assert_int_equal(regime.pairs, 1);
	assert_pair(&regime, 0, 0, 1);
	regime = CHOOSE(7, 2, 300);
	assert_int_equal(regime.pairs, 2);
	assert_pair(&regime, 0, 7, 2);
	assert_pair(&regime, 1, 2, 300);
}

static void a_cpu_counts_once(void **state)
{
	struct lfb_regime regime = CHOOSE(3, 3, 5, 3, 5, 3);

	(void)state;
	assert_int_equal(regime.pairs, 1);
	assert_pair(&regime, 0, 3, 5);
	assert_int_equal(CHOOSE(4, 4, 4, 4).pairs, 0);
	assert_int_equal(CHOOSE(0).pairs, 0);
	assert_int_equal(choose(NULL, 0).pairs, 0);
	/* What is no CPU is not there. */
	regime = CHOOSE(1, UINT32_MAX, LFB_CPUS_MAX, 2);
	assert_int_equal(regime.pairs, 1);
	assert_pair(&regime, 0, 1, 2);
}

/* All neighbours up to eight pairs, beyond that eight from the first to the last. */
static void many_cpus(void **state)
{
	static unsigned cpus[LFB_CPUS_MAX];
	struct lfb_regime regime;

	(void)state;
	for (unsigned i = 0; i < LFB_CPUS_MAX; i++)
		cpus[i] = i;
	for (unsigned count = 2; count <= 9; count++) {
		regime = choose(cpus, count);
		assert_int_equal(regime.pairs, count - 1);
		for (unsigned i = 0; i < regime.pairs; i++)
			assert_pair(&regime, i, i, i + 1);
	}
	for (unsigned count = 10; count < 600; count++) {
		regime = choose(cpus, count);
		assert_int_equal(regime.pairs, LFB_REGIME_PAIRS);
		assert_pair(&regime, 0, 0, 1);
		assert_pair(&regime, LFB_REGIME_PAIRS - 1, count - 2, count - 1);
		for (unsigned i = 1; i < LFB_REGIME_PAIRS; i++) {
			assert_int_equal(regime.cpu[i][1], regime.cpu[i][0] + 1);
			assert_true(regime.cpu[i][0] > regime.cpu[i - 1][0]);
		}
	}
	regime = choose(cpus, 128);
	assert_pair(&regime, 1, 18, 19); /* 126 / 7 */
	regime = choose(cpus, LFB_CPUS_MAX);
	assert_pair(&regime, LFB_REGIME_PAIRS - 1, LFB_CPUS_MAX - 2, LFB_CPUS_MAX - 1);
}

/* A reading with these medians. */
static struct lfb_regime_reading reading(unsigned pairs, const double *medians)
{
	struct lfb_regime_reading out = { .pairs = pairs };

	for (unsigned i = 0; i < pairs; i++)
		out.pair[i] = (struct lfb_probe){ medians[i] / 2, medians[i] };
	return out;
}

#define READING(...) reading(sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double), (const double[]){ __VA_ARGS__ })

static bool changed(struct lfb_regime_reading before, struct lfb_regime_reading after)
{
	const bool result = lfb_regime_changed(&before, &after);

	assert_int_equal(lfb_regime_changed(&after, &before), result); /* either way */
	return result;
}

static void readings_that_disagree(void **state)
{
	(void)state;
	assert_false(changed(READING(400), READING(400)));
	assert_false(changed(READING(400), READING(400 * LFB_REGIME_FACTOR)));
	assert_true(changed(READING(400), READING(400 * LFB_REGIME_FACTOR + 1)));
	assert_true(changed(READING(600), READING(131)));
	assert_false(changed(READING(40), READING(40 + LFB_REGIME_STEP_NS))); /* near CPUs: a disturbed batch */
	assert_true(changed(READING(40), READING(40 + LFB_REGIME_STEP_NS + 1)));
	/* One pair is enough, whatever the others say. */
	assert_true(changed(READING(400, 400, 400), READING(400, 800, 400)));
	assert_false(changed(READING(400, 100, 250), READING(410, 110, 240)));
}

static void what_was_not_measured_says_nothing(void **state)
{
	const struct lfb_regime_reading none = { .pairs = 0 };

	(void)state;
	assert_false(changed(READING(NAN), READING(400)));
	assert_false(changed(READING(NAN), READING(NAN)));
	assert_true(changed(READING(NAN, 100), READING(400, 300)));
	assert_false(changed(none, READING(400)));
	assert_false(changed(none, none));
}

static void one_figure_for_a_reading(void **state)
{
	const struct lfb_regime_reading none = { .pairs = 0 }, failed = READING(NAN, NAN),
					three = READING(130, 600, 140), partly = READING(130, NAN, 600);

	(void)state;
	assert_true(lfb_regime_ns(&three) == 140);
	assert_true(lfb_regime_ns(&partly) == 365); /* a comparison that NAN does not pass */
	assert_true(isnan(lfb_regime_ns(&none)));
	assert_true(isnan(lfb_regime_ns(&failed)));
}

static void this_machine(void **state)
{
	const struct two_usable cpus = two_usable();
	const struct lfb_regime regime = CHOOSE(cpus.a, cpus.b);
	struct lfb_regime_reading found = { 0 };
	int rc = -1;

	(void)state;
	for (int tries = 0; tries < TRIES && rc != 0; tries++)
		rc = lfb_regime_probe(&regime, &found);
	assert_int_equal(rc, 0);
	assert_int_equal(found.pairs, 1);
	assert_true(found.pair[0].min_ns > 0);
	assert_float_equal(lfb_regime_ns(&found), found.pair[0].median_ns, 0);
}

static void pairs_that_cannot_be_probed(void **state)
{
	const struct lfb_regime nothing = { .pairs = 0 };
	struct lfb_regime regime = CHOOSE(LFB_CPUS_MAX - 2, LFB_CPUS_MAX - 1);
	struct lfb_regime_reading found;

	(void)state;
	assert_int_equal(lfb_regime_probe(&regime, &found), -EINVAL);
	assert_int_equal(found.pairs, 1);
	assert_true(isnan(found.pair[0].min_ns));
	assert_true(isnan(found.pair[0].median_ns));
	assert_int_equal(lfb_regime_probe(&nothing, &found), 0);
	assert_int_equal(found.pairs, 0);
}

/* One that cannot be had does not hide those that can. */
static void some_pairs_can_be_probed(void **state)
{
	const struct two_usable cpus = two_usable();
	const struct lfb_regime regime = CHOOSE(LFB_CPUS_MAX - 1, cpus.a, cpus.b);
	struct lfb_regime_reading found = { 0 };
	int rc = -1;

	(void)state;
	assert_int_equal(regime.pairs, 2);
	for (int tries = 0; tries < TRIES && rc != 0; tries++)
		rc = lfb_regime_probe(&regime, &found);
	assert_int_equal(rc, 0);
	assert_true(isnan(found.pair[0].median_ns));
	assert_true(found.pair[1].median_ns > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_in_the_list),
		cmocka_unit_test(a_cpu_counts_once),
		cmocka_unit_test(many_cpus),
		cmocka_unit_test(readings_that_disagree),
		cmocka_unit_test(what_was_not_measured_says_nothing),
		cmocka_unit_test(one_figure_for_a_reading),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(pairs_that_cannot_be_probed),
		cmocka_unit_test(some_pairs_can_be_probed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
