/*
 * test_rank_sum.c - the distribution of U against published critical values and against counting every arrangement; shift and
 * interval against all differences written out; ties; the approximation; coverage by simulation.
 */
#include "unit.h"

#include "statistics/rank_sum.h"
#include "statistics/stats.h"

#include <math.h>

#define assert_close(actual, expected, tolerance)                                                                      \
	do {                                                                                                           \
		const double a_ = (actual), e_ = (expected);                                                           \
		if (!(fabs(a_ - e_) <= (tolerance)))                                                                   \
			fail_msg("%s is %.12g, expected %.12g", #actual, a_, e_);                                      \
	} while (0)

/* U of every choice of which of m + n ranks are the first sample's. */
static void count_arrangements(unsigned m, unsigned n, double *at_most)
{
	double total = 0;

	memset(at_most, 0, (m * n + 1) * sizeof(*at_most));
	for (uint32_t first = 0; first < UINT32_C(1) << (m + n); first++) {
		unsigned u = 0, seen = 0;

		if ((unsigned)__builtin_popcount(first) != m)
			continue;
		for (unsigned rank = 0; rank < m + n; rank++) {
			if ((first >> rank & 1) != 0)
				seen++;
			else
				u += seen;
		}
		at_most[u]++;
		total++;
	}
	for (unsigned u = 0; u <= m * n; u++)
		at_most[u] = at_most[u] / total + (u > 0 ? at_most[u - 1] : 0);
}

static void all_arrangements(void **state)
{
	struct rank_sum_table table = { 0 };
	double expected[65];

	(void)state;
	for (unsigned m = 1; m <= 8; m++)
		for (unsigned n = 1; n <= 8; n++) {
			count_arrangements(m, n, expected);
			assert_int_equal(rank_sum_table_make(&table, m, n), 0);
			for (unsigned u = 0; u <= m * n; u++) {
				assert_close(rank_sum_at_most(&table, u), expected[u], 1e-12);
				assert_close(rank_sum_at_least(&table, u), 1 - (u > 0 ? expected[u - 1] : 0), 1e-12);
			}
		}
	rank_sum_table_free(&table);
}

/* One-sided 0.025, as in any textbook's table: the largest u with P(U <= u) <= 0.025. */
static void published_critical_values(void **state)
{
	static const struct {
		size_t m, n;
		unsigned critical;
	} published[] = { { 4, 4, 0 }, { 5, 5, 2 }, { 8, 8, 13 }, { 10, 10, 23 }, { 12, 12, 37 }, { 20, 20, 127 }, { 5, 20, 20 }, { 7, 13, 20 } };
	struct rank_sum_table table = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(published); i++) {
		assert_int_equal(rank_sum_table_make(&table, published[i].m, published[i].n), 0);
		assert_true(rank_sum_at_most(&table, published[i].critical) <= 0.025);
		assert_true(rank_sum_at_most(&table, published[i].critical + 1) > 0.025);
	}
	rank_sum_table_free(&table);
}

/* Far into the tails: 1 / C(100, 50), which a sum of terms of both signs would lose. */
static void tails_do_not_cancel(void **state)
{
	struct rank_sum_table table = { 0 };

	(void)state;
	assert_int_equal(rank_sum_table_make(&table, 50, 50), 0);
	assert_non_null(table.at_most);
	assert_close(rank_sum_at_least(&table, 2500) / rank_sum_p_least(50), 1, 1e-9);
	rank_sum_table_free(&table);
}

static void shift_and_interval_are_of_all_differences(void **state)
{
	double first[] = { 5, 1, 9, 3, 12 }, second[] = { 7, 2, 30, 11, 4, 6 }, all[30], low, high, achieved;
	const struct rank_sum_pair pair = { first, second, 5, 6 };
	struct rank_sum_table table = { 0 };
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < pair.m; i++)
		for (size_t j = 0; j < pair.n; j++)
			all[count++] = second[j] - first[i];
	lfb_sort(all, count);
	rank_sum_sort(&pair);
	assert_int_equal(rank_sum_table_make(&table, pair.m, pair.n), 0);
	assert_close(rank_sum_shift(&pair), (all[14] + all[15]) / 2, 1e-11);
	/* The critical value of 5 and 6 is 3: the interval runs from the 4th to the 27th. */
	assert_true(rank_sum_interval(&pair, &table, 0.95, &low, &high, &achieved));
	assert_close(low, all[3], 1e-11);
	assert_close(high, all[26], 1e-11);
	assert_close(achieved, 1 - 2 * rank_sum_at_most(&table, 3), 1e-12);
	assert_true(achieved >= 0.95);
	rank_sum_table_free(&table);
}

static void too_few_have_no_interval(void **state)
{
	double first[] = { 1, 2, 3 }, second[] = { 4, 5, 6 }, low = -7, high, achieved;
	const struct rank_sum_pair pair = { first, second, 3, 3 };
	struct rank_sum_table table = { 0 };

	(void)state;
	assert_int_equal(rank_sum_table_make(&table, 3, 3), 0);
	assert_false(rank_sum_interval(&pair, &table, 0.95, &low, &high, &achieved));
	assert_true(low == -7);
	assert_true(rank_sum_interval(&pair, &table, 0.90, &low, &high, &achieved));
	assert_close(rank_sum_p_above(&pair, &table, 0), 1.0 / 20, 1e-12);
	assert_close(rank_sum_p_least(3), 1.0 / 20, 1e-12);
	assert_close(rank_sum_p_least(8), 1.0 / 12870, 1e-15);
	rank_sum_table_free(&table);
}

static void bound_moves_the_test(void **state)
{
	double first[] = { 1, 2, 3, 4, 5 }, second[] = { 101, 102, 103, 104, 105 };
	const struct rank_sum_pair pair = { first, second, 5, 5 };
	struct rank_sum_table table = { 0 };

	(void)state;
	assert_int_equal(rank_sum_table_make(&table, 5, 5), 0);
	assert_close(rank_sum_p_above(&pair, &table, 95), 1.0 / 252, 1e-12);
	assert_true(rank_sum_p_above(&pair, &table, 100) > 0.4);
	assert_close(rank_sum_p_above(&pair, &table, 200), 1, 1e-12);
	assert_close(rank_sum_p_below(&pair, &table, 105), 1.0 / 252, 1e-12);
	assert_close(rank_sum_p_below(&pair, &table, 0), 1, 1e-12);
	rank_sum_table_free(&table);
}

static void ties_count_against_what_is_to_be_shown(void **state)
{
	double first[] = { 3, 3, 3, 3, 3, 3 }, second[] = { 3, 3, 3, 3, 3, 3 }, low, high, achieved;
	const struct rank_sum_pair pair = { first, second, 6, 6 };
	struct rank_sum_table table = { 0 };

	(void)state;
	assert_int_equal(rank_sum_table_make(&table, 6, 6), 0);
	assert_close(rank_sum_p_above(&pair, &table, 0), 1, 1e-12);
	assert_close(rank_sum_p_below(&pair, &table, 0), 1, 1e-12);
	assert_true(rank_sum_interval(&pair, &table, 0.95, &low, &high, &achieved));
	assert_true(low == 0 && high == 0 && rank_sum_shift(&pair) == 0);
	rank_sum_table_free(&table);
}

static void approximation_continues_the_exact_one(void **state)
{
	struct rank_sum_table exact = { 0 }, approximate = { .m = 50, .n = 50 };

	(void)state;
	assert_int_equal(rank_sum_table_make(&exact, 50, 50), 0);
	for (double u = 700; u <= 1250; u += 10) {
		const double p = rank_sum_at_most(&exact, u);

		assert_close(rank_sum_at_most(&approximate, u), p, 0.001);
		if (p < 0.01) /* where it decides, it errs towards caution */
			assert_true(rank_sum_at_most(&approximate, u) > p);
	}
	assert_int_equal(rank_sum_table_make(&exact, 51, 50), 0);
	assert_null(exact.at_most);
	/* Where nothing could be stored: sizes whose product is past size_t. */
	assert_int_equal(rank_sum_table_make(&exact, SIZE_MAX / 2, 3), 0);
	assert_null(exact.at_most);
	rank_sum_table_free(&exact);
}

/* Skewed values, as run times are: the interval holds the true shift as often as it says. */
static void coverage(void **state)
{
	enum { TRIES = 4000, N = 8 };
	const double shift = 0.03;
	struct rank_sum_table table = { 0 };
	struct lfb_rng rng;
	unsigned covered = 0;

	(void)state;
	lfb_rng_seed(&rng, 20261123);
	assert_int_equal(rank_sum_table_make(&table, N, N), 0);
	for (int t = 0; t < TRIES; t++) {
		double first[N], second[N], low, high, achieved;
		const struct rank_sum_pair pair = { first, second, N, N };

		for (int i = 0; i < N; i++) {
			first[i] = -0.05 * log(((double)lfb_rng_below(&rng, 1000000) + 1) / 1e6);
			second[i] = shift - 0.05 * log(((double)lfb_rng_below(&rng, 1000000) + 1) / 1e6);
		}
		rank_sum_sort(&pair);
		assert_true(rank_sum_interval(&pair, &table, 0.95, &low, &high, &achieved));
		covered += low <= shift && shift <= high;
	}
	/* 0.950 is achieved: within five standard deviations */
	assert_in_range(covered, (unsigned)(0.935 * TRIES), (unsigned)(0.967 * TRIES));
	rank_sum_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_arrangements),
		cmocka_unit_test(published_critical_values),
		cmocka_unit_test(tails_do_not_cancel),
		cmocka_unit_test(shift_and_interval_are_of_all_differences),
		cmocka_unit_test(too_few_have_no_interval),
		cmocka_unit_test(bound_moves_the_test),
		cmocka_unit_test(ties_count_against_what_is_to_be_shown),
		cmocka_unit_test(approximation_continues_the_exact_one),
		cmocka_unit_test(coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
