/* rank_sum.c - see rank_sum.h. */
#include "statistics/rank_sum.h"

#include "statistics/nth_by_count.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * P(U = u) for i and 1..n values: the largest value, of all the i + j, is of the first sample with probability i / (i + j) and
 * then is beaten by none, or of the second and then beats all i. `rows` has n + 1 rows of `width`, of i - 1 values at first.
 */
static void add_one_of_first(double *rows, size_t width, size_t i, size_t n)
{
	for (size_t j = 1; j <= n; j++) {
		const double *const before = rows + (j - 1) * width; /* already of i */
		double *const row = rows + j * width;		     /* still of i - 1 */
		const double of_first = (double)i / (double)(i + j);

		for (size_t u = 0; u <= i * j; u++)
			row[u] = of_first * row[u] + (1 - of_first) * (u >= i ? before[u - i] : 0);
	}
}

/* P(U <= u) for u = 0 .. m * n, or NULL. */
static double *make_exact(size_t m, size_t n)
{
	/* U is distributed alike either way round, and rows are needed for the shorter sample only. */
	const size_t few = m < n ? m : n, many = m < n ? n : m, width = m * n + 1;
	double *const rows = (double *)calloc((few + 1) * width, sizeof(*rows));
	double *const last = rows != NULL ? rows + few * width : NULL;

	if (rows == NULL)
		return NULL;
	for (size_t j = 0; j <= few; j++)
		rows[j * width] = 1;
	for (size_t i = 1; i <= many; i++)
		add_one_of_first(rows, width, i, few);
	for (size_t u = 1; u < width; u++)
		last[u] += last[u - 1];
	memmove(rows, last, width * sizeof(*rows));
	return rows;
}

int rank_sum_table_make(struct rank_sum_table *table, size_t m, size_t n)
{
	if (table->m == m && table->n == n)
		return 0;
	rank_sum_table_free(table);
	if (m <= RANK_SUM_EXACT_PAIRS && n <= RANK_SUM_EXACT_PAIRS && m * n <= RANK_SUM_EXACT_PAIRS) {
		table->at_most = make_exact(m, n);
		if (table->at_most == NULL)
			return -ENOMEM;
	}
	table->m = m;
	table->n = n;
	return 0;
}

void rank_sum_table_free(struct rank_sum_table *table)
{
	free(table->at_most);
	memset(table, 0, sizeof(*table));
}

static double pairs_of(const struct rank_sum_table *table)
{
	return (double)table->m * (double)table->n;
}

double rank_sum_at_most(const struct rank_sum_table *table, double u)
{
	const double pairs = pairs_of(table);

	if (u < 0)
		return 0;
	if (u >= pairs)
		return 1;
	if (table->at_most != NULL)
		return fmin(table->at_most[(size_t)u], 1);
	/* With the correction for continuity; its tails are a little longer than the exact ones. */
	return erfc((pairs / 2 - u - 0.5) / sqrt(pairs * ((double)table->m + (double)table->n + 1) / 6)) / 2;
}

/* U is symmetric around half the pairs. */
double rank_sum_at_least(const struct rank_sum_table *table, double u)
{
	return rank_sum_at_most(table, pairs_of(table) - u);
}

void rank_sum_sort(const struct rank_sum_pair *pair)
{
	lfb_sort(pair->first, pair->m);
	lfb_sort(pair->second, pair->n);
}

/* How many of the differences second - first are at most `limit`; both are sorted, so neither index goes back. */
static double count_at_most(const void *values, double limit)
{
	const struct rank_sum_pair *const pair = values;
	double count = 0;
	size_t j = 0;

	for (size_t i = 0; i < pair->m; i++) {
		while (j < pair->n && pair->second[j] - pair->first[i] <= limit)
			j++;
		count += (double)j;
	}
	return count;
}

static double least_difference(const struct rank_sum_pair *pair)
{
	return pair->second[0] - pair->first[pair->m - 1];
}

static double largest_difference(const struct rank_sum_pair *pair)
{
	return pair->second[pair->n - 1] - pair->first[0];
}

static double find_difference(const struct rank_sum_pair *pair, double k)
{
	return lfb_nth_by_count(count_at_most, pair, k, least_difference(pair) - 1, largest_difference(pair));
}

double rank_sum_shift(const struct rank_sum_pair *pair)
{
	return lfb_median_by_count(count_at_most, pair, (double)pair->m * (double)pair->n, least_difference(pair) - 1, largest_difference(pair));
}

bool rank_sum_interval(const struct rank_sum_pair *pair, const struct rank_sum_table *table, double confidence, double *low,
		       double *high, double *achieved)
{
	const double tail = (1 - confidence) / 2 * (1 + 1e-9); /* 0.05 is not quite half of 1 - 0.9 */
	double least = 0, most = pairs_of(table) / 2;

	/* The largest k with P(U <= k - 1) <= tail: the k-th difference from either end. */
	while (most - least >= 1) {
		const double middle = ceil((least + most) / 2);

		if (rank_sum_at_most(table, middle - 1) <= tail)
			least = middle;
		else
			most = middle - 1;
	}
	if (!(least >= 1))
		return false;
	*low = find_difference(pair, least);
	*high = find_difference(pair, pairs_of(table) + 1 - least);
	*achieved = 1 - 2 * rank_sum_at_most(table, least - 1);
	return true;
}

double rank_sum_p_above(const struct rank_sum_pair *pair, const struct rank_sum_table *table, double bound)
{
	return rank_sum_at_least(table, pairs_of(table) - count_at_most(pair, bound + LFB_NTH_RESOLUTION));
}

double rank_sum_p_below(const struct rank_sum_pair *pair, const struct rank_sum_table *table, double bound)
{
	return rank_sum_at_least(table, count_at_most(pair, bound - LFB_NTH_RESOLUTION));
}

double rank_sum_p_least(size_t n)
{
	return exp(2 * lgamma((double)n + 1) - lgamma(2 * (double)n + 1));
}
