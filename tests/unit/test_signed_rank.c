/*
 * test_signed_rank.c - the distribution of the signed ranks against published critical values and against every choice of signs; ties; centre and
 * interval against all means written out; the approximation; coverage by simulation.
 */
#include "unit.h"

#include "statistics/signed_rank.h"
#include "statistics/stats.h"

#include <math.h>

#define assert_close(actual, expected, tolerance)                                                                      \
	do {                                                                                                           \
		const double a_ = (actual), e_ = (expected);                                                           \
		if (!(fabs(a_ - e_) <= (tolerance)))                                                                   \
			fail_msg("%s is %.12g, expected %.12g", #actual, a_, e_);                                      \
	} while (0)

/* Twice the rank of a distance: those nearer, and half of those as near. */
static unsigned doubled_rank(const double *d, size_t n, size_t of)
{
	unsigned rank = 1;

	for (size_t i = 0; i < n; i++)
		rank += fabs(d[i]) < fabs(d[of]) ? 2 : fabs(d[i]) == fabs(d[of]) ? 1 : 0;
	return rank;
}

/* How many of all choices of signs have the positive ranks add up to as much as those of d, divided by all. */
static double count_signs(const double *d, size_t n)
{
	unsigned ranks[16], observed = 0, reached = 0;

	for (size_t i = 0; i < n; i++) {
		ranks[i] = doubled_rank(d, n, i);
		observed += d[i] > 0 ? ranks[i] : 0;
	}
	for (unsigned signs = 0; signs < 1u << n; signs++) {
		unsigned sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += (signs >> i & 1) != 0 ? ranks[i] : 0;
		reached += sum >= observed;
	}
	return reached / (double)(1u << n);
}

static void every_choice_of_signs(void **state)
{
	struct lfb_rng rng;
	double d[10], mirrored[10];

	(void)state;
	lfb_rng_seed(&rng, 3);
	for (unsigned run = 0; run < 400; run++) {
		const size_t n = 1 + run % COUNT(d);

		for (size_t i = 0; i < n; i++) {
			/* few different distances: many ties */
			d[i] = (1 + (double)lfb_rng_below(&rng, run % 2 == 0 ? 4 : 1u << 20)) * (lfb_rng_below(&rng, 3) == 0 ? -1 : 1);
			mirrored[i] = -d[i];
		}
		assert_close(signed_rank_p_above(d, n, 0), count_signs(d, n), 1e-12);
		assert_close(signed_rank_p_below(mirrored, n, 0), count_signs(d, n), 1e-12);
		/* only the distance from the bound matters */
		for (size_t i = 0; i < n; i++)
			d[i] += 1024;
		assert_close(signed_rank_p_above(d, n, 1024), signed_rank_p_below(mirrored, n, 0), 1e-12);
	}
}

/* n values 1 .. n of which the smallest are negative, so that their ranks add up to `w`. */
static double p_of_rank_sum(size_t n, size_t w)
{
	double d[SIGNED_RANK_EXACT];

	for (size_t i = n; i > 0; i--) {
		d[i - 1] = (double)i;
		if (i <= w) {
			d[i - 1] = -(double)i;
			w -= i;
		}
	}
	return signed_rank_p_above(d, n, 0);
}

/* One-sided, from the tables in Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods" (any other has them too). */
static void critical_values(void **state)
{
	(void)state;
	assert_close(p_of_rank_sum(5, 0), 1.0 / 32, 1e-12);
	assert_close(p_of_rank_sum(8, 5), 10.0 / 256, 1e-12);
	assert_close(p_of_rank_sum(10, 10), 43.0 / 1024, 1e-12);
	assert_true(p_of_rank_sum(12, 17) <= 0.05 && p_of_rank_sum(12, 18) > 0.05);
	assert_true(p_of_rank_sum(12, 9) <= 0.01 && p_of_rank_sum(12, 10) > 0.01);
	assert_true(p_of_rank_sum(20, 60) <= 0.05 && p_of_rank_sum(20, 61) > 0.05);
	assert_true(p_of_rank_sum(25, 76) <= 0.01 && p_of_rank_sum(25, 77) > 0.01);
	assert_close(signed_rank_p_least(5), 1.0 / 32, 1e-15);
}

static void nothing_to_say(void **state)
{
	const double at_the_bound[] = { 1, 1, 1 };

	(void)state;
	assert_true(signed_rank_p_above(NULL, 0, 0) == 1 && signed_rank_p_below(NULL, 0, 0) == 1);
	assert_true(signed_rank_p_above(at_the_bound, 3, 1) == 1 && signed_rank_p_below(at_the_bound, 3, 1) == 1);
	assert_true(isnan(signed_rank_centre(NULL, 0)));
}

/* All means of two values, each with itself too. */
static size_t write_means(const double *d, size_t n, double *means)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			means[count++] = (d[i] + d[j]) / 2;
	lfb_sort(means, count);
	return count;
}

static void draw(struct lfb_rng *rng, double *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const double u = (double)((lfb_rng_next(rng) >> 11) + 1) * 0x1p-53, v = (double)(lfb_rng_next(rng) >> 11) * 0x1p-53;

		d[i] = sqrt(-2 * log(u)) * cos(2 * M_PI * v);
	}
	lfb_sort(d, n);
}

static void centre_and_interval(void **state)
{
	/* How many means are cut off at either end, at 95 %: one more than the largest rank sum with P <= 0.025 in the tables. */
	static const struct {
		size_t n, cut;
	} table[] = { { 6, 1 }, { 8, 4 }, { 10, 9 }, { 12, 14 }, { 15, 26 }, { 20, 53 } };
	double d[20], means[210], low, high, achieved;
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 5);
	for (size_t t = 0; t < COUNT(table); t++) {
		const size_t n = table[t].n;
		size_t count;

		draw(&rng, d, n);
		count = write_means(d, n, means);
		assert_close(signed_rank_centre(d, n), lfb_quantile(means, count, 0.5), 1e-11);
		assert_true(signed_rank_interval(d, n, 0.95, &low, &high, &achieved));
		assert_close(low, means[table[t].cut - 1], 1e-11);
		assert_close(high, means[count - table[t].cut], 1e-11);
		assert_true(achieved >= 0.95 && achieved < 0.98);
	}
	assert_false(signed_rank_interval(d, 5, 0.95, &low, &high, &achieved));
	assert_false(signed_rank_interval(d, 0, 0.95, &low, &high, &achieved));
}

/* Of n distances without ties: the rank sums above the bound, against their mean and variance. */
static double by_normal(const double *d, size_t n, double bound)
{
	const double count = (double)n, mean = count * (count + 1) / 4, variance = mean * (2 * count + 1) / 6;
	double w = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; d[i] > bound && j < n; j++)
			w += fabs(d[j] - bound) <= fabs(d[i] - bound);
	}
	return 0.5 * erfc((w - 0.5 - mean) / sqrt(2 * variance));
}

/* Where it takes over, it is what it says, and close to the exact figure. */
static void approximation(void **state)
{
	double d[SIGNED_RANK_EXACT + 1], low[2], high[2], achieved;
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 9);
	for (double bound = -0.45; bound < 0.3; bound += 0.05) {
		draw(&rng, d, COUNT(d));
		assert_close(signed_rank_p_above(d, COUNT(d), bound), by_normal(d, COUNT(d), bound), 1e-12);
		assert_close(signed_rank_p_above(d, SIGNED_RANK_EXACT, bound), by_normal(d, SIGNED_RANK_EXACT, bound), 0.03 * by_normal(d, SIGNED_RANK_EXACT, bound) + 1e-4);
	}
	draw(&rng, d, COUNT(d));
	for (int i = 0; i < 2; i++)
		assert_true(signed_rank_interval(d, SIGNED_RANK_EXACT + (size_t)i, 0.95, &low[i], &high[i], &achieved));
	assert_close(low[0], low[1], 0.05);
	assert_close(high[0], high[1], 0.05);
}

/* The interval holds the centre, and p is below 0.05 where there is nothing, as often as they say. */
static void coverage(void **state)
{
	const unsigned runs = UNIT_SANITIZED ? 1000 : 10000;
	unsigned held = 0, alarms = 0;
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 11);
	for (unsigned run = 0; run < runs; run++) {
		double d[15], low, high, achieved;

		draw(&rng, d, COUNT(d));
		assert_true(signed_rank_interval(d, COUNT(d), 0.95, &low, &high, &achieved));
		held += low <= 0 && 0 <= high;
		alarms += signed_rank_p_above(d, COUNT(d), 0) <= 0.05;
	}
	assert_in_range(held, runs * 94 / 100, runs * 97 / 100);
	assert_in_range(alarms, runs * 35 / 1000, runs * 6 / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_choice_of_signs), cmocka_unit_test(critical_values), cmocka_unit_test(nothing_to_say),
		cmocka_unit_test(centre_and_interval),	 cmocka_unit_test(approximation),   cmocka_unit_test(coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
