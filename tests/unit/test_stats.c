/* test_stats.c - medians, intervals with their exact coverage, and random numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "statistics/stats.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.17g is not within %g of %.17g", a, tolerance, b);
}

static void median_of_odd_and_even(void **state)
{
	double one[] = { 7 }, odd[] = { 9, 1, 5 }, even[] = { 4, 1, 3, 2 }, huge[] = { 1.7e308, 1.7e308 };

	(void)state;
	near(lfb_median(one, 1), 7, 0);
	near(lfb_median(odd, 3), 5, 0);
	near(odd[0], 1, 0); /* sorted in place */
	near(lfb_median(even, 4), 2.5, 0);
	near(lfb_median(huge, 2), 1.7e308, 1e293); /* no overflow */
	assert_true(isnan(lfb_median(NULL, 0)));
}

static void quantiles(void **state)
{
	const double sorted[] = { 10, 20, 30, 40 };

	(void)state;
	near(lfb_quantile(sorted, 4, 0), 10, 0);
	near(lfb_quantile(sorted, 4, 1), 40, 0);
	near(lfb_quantile(sorted, 4, 0.5), 25, 1e-12);
	near(lfb_quantile(sorted, 4, 0.25), 17.5, 1e-12);
	near(lfb_quantile(sorted, 1, 0.9), 10, 0);
	assert_true(isnan(lfb_quantile(sorted, 0, 0.5)));
	assert_true(isnan(lfb_quantile(sorted, 4, 1.1)));
	assert_true(isnan(lfb_quantile(sorted, 4, -0.1)));
	assert_true(isnan(lfb_quantile(sorted, 4, NAN)));
}

/* P(X < k), X ~ binomial(n, 1/2), by counting all 2^n outcomes. */
static double brute_force_below(unsigned n, unsigned k)
{
	uint64_t outcomes = 0;

	for (uint32_t heads = 0; heads < UINT32_C(1) << n; heads++)
		outcomes += (unsigned)__builtin_popcount(heads) < k;
	return (double)outcomes / (double)(UINT32_C(1) << n);
}

/* For every small n: the widest k that keeps the coverage, and exactly that coverage. */
static void interval_covers_as_counted(void **state)
{
	const double confidences[] = { 0.5, 0.8, 0.9, 0.95, 0.99, 0.999 };
	double sorted[16];

	(void)state;
	for (unsigned i = 0; i < COUNT(sorted); i++)
		sorted[i] = i + 1;
	for (unsigned n = 0; n <= COUNT(sorted); n++) {
		for (unsigned c = 0; c < COUNT(confidences); c++) {
			double low = -1, high = -1, achieved = -1;
			int k = 0;

			while (k + 1 <= (int)n / 2 && 1 - 2 * brute_force_below(n, (unsigned)k + 1) >= confidences[c])
				k++;
			assert_int_equal(lfb_median_interval(sorted, n, confidences[c], &low, &high, &achieved), k > 0);
			near(low, k > 0 ? k : -1, 0);
			near(high, k > 0 ? (int)n + 1 - k : -1, 0);
			near(achieved, k > 0 ? 1 - 2 * brute_force_below(n, (unsigned)k) : -1, 1e-12);
		}
	}
}

static void interval_takes_six(void **state)
{
	const double sorted[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	double low, high, achieved;

	(void)state;
	assert_false(lfb_median_interval(sorted, 5, 0.95, &low, &high, &achieved));
	assert_true(lfb_median_interval(sorted, 6, 0.95, &low, &high, &achieved));
	near(low, 1, 0);
	near(high, 6, 0);
	near(achieved, 0.96875, 1e-15);
	assert_false(lfb_median_interval(sorted, 7, 0.99, &low, &high, &achieved));
	assert_true(lfb_median_interval(sorted, 8, 0.99, &low, &high, &achieved));
	assert_false(lfb_median_interval(sorted, 8, 1, &low, &high, &achieved));
	assert_false(lfb_median_interval(sorted, 8, 0, &low, &high, &achieved));
	assert_false(lfb_median_interval(sorted, 8, NAN, &low, &high, &achieved));
}

/* 2^-n underflows from n = 1075 on. There k is about n/2 - 0.98 sqrt(n). */
static void interval_of_many(void **state)
{
	static double sorted[100001];
	double low, high, achieved;

	(void)state;
	for (unsigned i = 0; i < COUNT(sorted); i++)
		sorted[i] = i + 1;
	assert_true(lfb_median_interval(sorted, COUNT(sorted), 0.95, &low, &high, &achieved));
	near(low, 50001 - 0.98 * sqrt(1e5), 2);
	near(low + high, COUNT(sorted) + 1, 0);
	assert_true(achieved >= 0.95 && achieved < 0.9501 + 0.0052);
}

/* The promise itself: of many samples of a skewed distribution, so many intervals hold the median. */
static void interval_holds_the_median(void **state)
{
	const unsigned rounds = 20000;
	struct lfb_rng rng;
	unsigned held = 0;

	(void)state;
	lfb_rng_seed(&rng, 1);
	for (unsigned round = 0; round < rounds; round++) {
		double values[9], low, high, achieved;

		for (unsigned i = 0; i < COUNT(values); i++)
			values[i] = -log(((double)(lfb_rng_next(&rng) >> 11) + 1) * 0x1p-53); /* exponential */
		lfb_sort(values, COUNT(values));
		assert_true(lfb_median_interval(values, COUNT(values), 0.95, &low, &high, &achieved));
		held += low <= log(2) && log(2) <= high;
	}
	/* n = 9: k = 2, 1 - 2 * 10/512. Five standard deviations around it. */
	near((double)held / rounds, 1 - 20.0 / 512, 5 * sqrt(0.96 * 0.04 / rounds));
}

static void log_ratios(void **state)
{
	(void)state;
	near(exp(lfb_log_ratio(3, 2)), 1.5, 1e-12);
	near(lfb_log_ratio(2, 1), -lfb_log_ratio(1, 2), 1e-15);
	assert_true(isnan(lfb_log_ratio(0, 1)));
	assert_true(isnan(lfb_log_ratio(1, -1)));
	assert_true(isnan(lfb_log_ratio(NAN, 1)));
	assert_true(isnan(lfb_log_ratio(INFINITY, 1)));
}

/*
 * SplitMix64 from seed 1234567 is known (Vigna's page); the first word of xoshiro256** is
 * rotl(s[1] * 5, 7) * 9 of the state it gives.
 */
static void known_sequence(void **state)
{
	struct lfb_rng rng, again;
	uint64_t expected;

	(void)state;
	lfb_rng_seed(&rng, 1234567);
	assert_true(rng.state[0] == UINT64_C(6457827717110365317));
	assert_true(rng.state[1] == UINT64_C(3203168211198807973));
	assert_true(rng.state[2] == UINT64_C(9817491932198370423));
	assert_true(rng.state[3] == UINT64_C(4593380528125082431));
	expected = rng.state[1] * 5;
	expected = (expected << 7 | expected >> 57) * 9;
	again = rng;
	assert_true(lfb_rng_next(&rng) == expected);
	assert_true(lfb_rng_next(&again) == expected);
	lfb_rng_seed(&again, 1234568);
	assert_true(lfb_rng_next(&again) != expected);
}

/* The reference sequence of xoshiro256** from the state 1, 2, 3, 4. */
static void known_xoshiro(void **state)
{
	struct lfb_rng rng = { { 1, 2, 3, 4 } };
	const uint64_t expected[] = { 11520, 0, 1509978240, UINT64_C(1215971899390074240) };

	(void)state;
	for (unsigned i = 0; i < COUNT(expected); i++)
		assert_true(lfb_rng_next(&rng) == expected[i]);
}

static void below_is_even(void **state)
{
	unsigned seen[7] = { 0 };
	struct lfb_rng rng;
	double chi_square = 0;

	(void)state;
	lfb_rng_seed(&rng, 0);
	assert_int_equal(lfb_rng_below(&rng, 0), 0);
	assert_int_equal(lfb_rng_below(&rng, 1), 0);
	for (unsigned i = 0; i < 70000; i++) {
		const uint64_t value = lfb_rng_below(&rng, 7);

		assert_true(value < 7);
		seen[value]++;
	}
	for (unsigned i = 0; i < 7; i++)
		chi_square += (seen[i] - 10000.0) * (seen[i] - 10000.0) / 10000.0;
	assert_true(chi_square < 27.9); /* 6 degrees of freedom, p = 1e-4 */
}

/* With a bound of 3/4 of 2^64 a plain remainder would hit the lower third twice as often. */
static void below_has_no_bias(void **state)
{
	const uint64_t bound = UINT64_C(3) << 62;
	struct lfb_rng rng;
	unsigned low = 0;

	(void)state;
	lfb_rng_seed(&rng, 5);
	for (unsigned i = 0; i < 30000; i++)
		low += lfb_rng_below(&rng, bound) < bound / 3;
	near(low, 10000, 5 * sqrt(30000.0 * 2 / 9));
}

/* Each of the 24 orders of four things comes up equally often. */
static void shuffle_is_fair(void **state)
{
	unsigned seen[256] = { 0 };
	struct lfb_rng rng;
	unsigned orders = 0;

	(void)state;
	lfb_rng_seed(&rng, 11);
	for (unsigned round = 0; round < 24000; round++) {
		size_t index[] = { 0, 1, 2, 3 };

		lfb_rng_shuffle(&rng, index, COUNT(index));
		seen[index[0] << 6 | index[1] << 4 | index[2] << 2 | index[3]]++;
	}
	for (unsigned i = 0; i < COUNT(seen); i++) {
		if (seen[i] == 0)
			continue;
		orders++;
		near(seen[i], 1000, 5 * sqrt(1000));
	}
	assert_int_equal(orders, 24);
	lfb_rng_shuffle(&rng, NULL, 0);
}

/* Against tables of the binomial distribution. */
static void sign_test(void **state)
{
	(void)state;
	near(lfb_sign_test(0, 0), 1, 0);
	near(lfb_sign_test(1, 0), 1, 0);
	near(lfb_sign_test(6, 0), 2.0 / 64, 1e-12);
	near(lfb_sign_test(0, 6), 2.0 / 64, 1e-12);
	near(lfb_sign_test(9, 1), 2 * 11.0 / 1024, 1e-12);
	near(lfb_sign_test(5, 5), 1, 0);
	near(lfb_sign_test(5, 4), 1, 1e-12);
	near(lfb_sign_test(2000, 1000) < 1e-60, 1, 0); /* no underflow on the way */
	assert_true(lfb_sign_test(2000, 1900) > 0.1);
}

static void outliers(void **state)
{
	double five[] = { 1, 1, 1, 1, 100 }, six[] = { 10, 10.4, 10.1, 9.9, 10.2, 14 };
	double same[] = { 10, 10, 10, 10, 10, 10.4 }, more[] = { 10, 10, 10, 10, 10, 10.6 };
	double two[] = { 10, 10.1, 10.2, 9.9, 1, 100, 10.05, 9.95 };
	double spread[] = { 5, 6, 8, 10, 13, 17 };

	(void)state;
	assert_int_equal(lfb_outliers_count(NULL, 0), 0);
	assert_int_equal(lfb_outliers_count(five, 5), 0); /* too few to say */
	assert_int_equal(lfb_outliers_count(six, 6), 1);
	assert_int_equal(lfb_outliers_count(same, 6), 0); /* the others alike to the digit, this one by 4 % */
	assert_int_equal(lfb_outliers_count(more, 6), 1);
	assert_int_equal(lfb_outliers_count(two, 8), 2); /* they do not hide each other, nor on which side they are */
	assert_int_equal(lfb_outliers_count(spread, 6), 0);
}

/* In at most about one clean sample of twenty something is called an outlier, whatever its size; in some, it is. */
static void outliers_are_rare(void **state)
{
	static const size_t sizes[] = { 6, 7, 10, 20, 100 };
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 9);
	for (size_t s = 0; s < COUNT(sizes); s++) {
		const unsigned rounds = 4000;
		unsigned wrong = 0;
		double values[100];

		for (unsigned round = 0; round < rounds; round++) {
			for (size_t i = 0; i < sizes[s]; i++) {
				const double u = ((double)(lfb_rng_next(&rng) >> 11) + 0.5) * 0x1p-53;
				const double v = (double)(lfb_rng_next(&rng) >> 11) * 0x1p-53;

				values[i] = exp(0.5 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
			}
			wrong += lfb_outliers_count(values, sizes[s]) > 0;
		}
		near((double)wrong / rounds, 0.045, 0.025);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_of_odd_and_even),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(interval_covers_as_counted),
		cmocka_unit_test(interval_takes_six),
		cmocka_unit_test(interval_of_many),
		cmocka_unit_test(interval_holds_the_median),
		cmocka_unit_test(log_ratios),
		cmocka_unit_test(known_sequence),
		cmocka_unit_test(known_xoshiro),
		cmocka_unit_test(below_is_even),
		cmocka_unit_test(below_has_no_bias),
		cmocka_unit_test(shuffle_is_fair),
		cmocka_unit_test(sign_test),
		cmocka_unit_test(outliers),
		cmocka_unit_test(outliers_are_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
