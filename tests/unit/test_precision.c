/* test_precision.c - how many launches a precision takes, and that the interval of fresh ones holds as promised. */
#include "unit.h"

#include "statistics/precision.h"
#include "statistics/stats.h"

#include <math.h>

static void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.9g is not within %g of %.9g", a, tolerance, b);
}

static void half_width(void **state)
{
	(void)state;
	near(lfb_precision_half_width(98, 102, 100), 0.02, 1e-12);
	near(lfb_precision_half_width(90, 150, 100), 0.3, 1e-12);
	near(lfb_precision_half_width(1e308, 1.7e308, 1.2e308), 0.35 / 1.2, 1e-9); /* no overflow */
}

/* What says nothing takes as many as there may be. */
static void knows_what_it_cannot_know(void **state)
{
	const double six[] = { 10, 11, 12, 13, 14, 15 };
	const double bad[][6] = {
		{ 10, 11, 0, 13, 14, 15 },
		{ 10, 11, -1, 13, 14, 15 },
		{ 10, 11, NAN, 13, 14, 15 },
		{ 10, 11, INFINITY, 13, 14, 15 },
	};

	(void)state;
	assert_int_equal(lfb_precision_launches(six, 5, 0.02, 77), 77);
	assert_int_equal(lfb_precision_launches(NULL, 0, 0.02, 77), 77);
	assert_int_equal(lfb_precision_launches(six, 6, 0, 77), 77);
	assert_int_equal(lfb_precision_launches(six, 6, -1, 77), 77);
	assert_int_equal(lfb_precision_launches(six, 6, NAN, 77), 77);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(lfb_precision_launches(bad[i], 6, 0.02, 77), 77);
}

static void stays_within_bounds(void **state)
{
	const double same[] = { 10, 10, 10, 10, 10, 10 }, wild[] = { 1e-300, 1, 1, 1, 1, 1e300 };
	const double six[] = { 15, 11, 12, 13, 14, 10 };

	(void)state;
	assert_int_equal(lfb_precision_launches(same, 6, 0.02, 100), LFB_PRECISION_LAUNCHES_MIN);
	assert_int_equal(lfb_precision_launches(same, 6, 0.02, 3), 3);
	assert_int_equal(lfb_precision_launches(wild, 6, 1e-9, 100), 100);
	assert_int_equal(lfb_precision_launches(wild, 6, 1e-300, UINT64_MAX), UINT64_MAX);
	assert_int_equal(lfb_precision_launches(six, 6, INFINITY, 100), LFB_PRECISION_LAUNCHES_MIN);
	near(six[0], 15, 0); /* the pilot is left as it was */
}

/* A narrower target or a wider pilot never takes fewer; a quarter of the width takes about 16 times as many. */
static void follows_the_spread(void **state)
{
	const double six[] = { 100, 101, 102, 103, 104, 105 };
	double wide[6];
	uint64_t before = 0, more;

	(void)state;
	for (double target = 0.1; target > 1e-5; target *= 0.9) {
		const uint64_t launches = lfb_precision_launches(six, 6, target, UINT64_MAX);

		assert_true(launches + 3 >= before); /* the ranks are whole: 500 on, an approximation takes over */
		before = launches;
	}
	before = lfb_precision_launches(six, 6, 0.004, UINT64_MAX);
	more = lfb_precision_launches(six, 6, 0.001, UINT64_MAX);
	near((double)more / (double)before, 16, 1);
	for (size_t i = 0; i < COUNT(wide); i++)
		wide[i] = pow(six[i] / 100, 2);
	assert_true(lfb_precision_launches(wide, 6, 0.004, UINT64_MAX) > 3 * before);
}

/* What was found is just enough: with the spread of the pilot, the interval of so many spans the target. */
static void is_just_enough(void **state)
{
	const double low = 100, high = 110;
	const double six[] = { low, 102, 104, 106, 108, high };
	const double sparsity = log(high / low) / (5.0 / 7) * LFB_PRECISION_SAFETY;
	const uint64_t n = lfb_precision_launches(six, 6, 0.02, 10000);
	double achieved;

	(void)state;
	assert_in_range(n, 7, 499);
	near((n + 1.0 - 2 * (double)lfb_median_rank(n, 0.95, &achieved)) / (n + 1.0) * sparsity / 2, log1p(0.02), 0.002);
	assert_true((n + 1.0 - 2 * (double)lfb_median_rank(n, 0.95, &achieved)) / (n + 1.0) * sparsity / 2 <= log1p(0.02));
	assert_true(((double)n - 2 * (double)lfb_median_rank(n - 1, 0.95, &achieved)) / (double)n * sparsity / 2 >
		    log1p(0.02));
}

/* Two regimes, the near one with two thirds of the launches; its median is 1. */
static double draw(struct lfb_rng *rng)
{
	const double u = (double)(lfb_rng_next(rng) >> 11) * 0x1p-53, v = (double)(lfb_rng_next(rng) >> 11) * 0x1p-53;

	/* The near regime is even in 0.925..1.025: 3/4 of it, which is half of all, lie below 1. */
	return u < 2.0 / 3 ? 0.925 + 0.1 * v : 4 + v;
}

/* The whole procedure, seeded: the interval of the fresh launches holds the median as often as theory has it. */
static void two_stages_cover(void **state)
{
	enum { ROUNDS = 4000, CAP = 60 };
	struct lfb_rng rng;
	unsigned held = 0;
	double promised = 0;

	(void)state;
	lfb_rng_seed(&rng, 42);
	for (unsigned round = 0; round < ROUNDS; round++) {
		double launches[CAP], low, high, achieved;
		uint64_t n;

		for (size_t i = 0; i < 6; i++)
			launches[i] = draw(&rng);
		n = lfb_precision_launches(launches, 6, 0.03, CAP);
		assert_in_range(n, LFB_PRECISION_LAUNCHES_MIN, CAP);
		for (size_t i = 0; i < n; i++)
			launches[i] = draw(&rng);
		lfb_sort(launches, n);
		assert_true(lfb_median_interval(launches, n, LFB_PRECISION_CONFIDENCE, &low, &high, &achieved));
		held += low <= 1 && 1 <= high;
		promised += achieved / ROUNDS;
	}
	assert_true(promised >= 0.95);
	/* Four standard deviations around what was promised. */
	near((double)held / ROUNDS, promised, 4 * sqrt(promised * (1 - promised) / ROUNDS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_width),	      cmocka_unit_test(knows_what_it_cannot_know),
		cmocka_unit_test(stays_within_bounds), cmocka_unit_test(follows_the_spread),
		cmocka_unit_test(is_just_enough),      cmocka_unit_test(two_stages_cover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
