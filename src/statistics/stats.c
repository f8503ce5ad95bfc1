/* stats.c - see stats.h. */
#include "statistics/stats.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
	const double a = *(const double *)left;
	const double b = *(const double *)right;

	return (a > b) - (a < b);
}

void lfb_sort(double *values, size_t n)
{
	if (n > 1)
		qsort(values, n, sizeof(values[0]), by_value);
}

double lfb_median(double *values, size_t n)
{
	if (n == 0)
		return NAN;
	lfb_sort(values, n);
	if (n % 2 == 1)
		return values[n / 2];
	/* Halved first: the sum of two large values may overflow. */
	return values[n / 2 - 1] / 2 + values[n / 2] / 2;
}

double lfb_quantile(const double *sorted, size_t n, double p)
{
	double place, fraction;
	size_t below;

	if (n == 0 || !(p >= 0 && p <= 1))
		return NAN;
	place = p * (double)(n - 1);
	below = (size_t)place;
	if (below + 1 >= n)
		return sorted[n - 1];
	fraction = place - (double)below;
	return sorted[below] * (1 - fraction) + sorted[below + 1] * fraction;
}

size_t lfb_median_rank(size_t n, double confidence, double *achieved)
{
	/* ln of P(X = i) for X ~ binomial(n, 1/2), from i = 0 on: in logarithms, since 2^-n underflows. */
	double log_term = -(double)n * log(2);
	double below = 0; /* P(X < k) */
	size_t k = 0;

	*achieved = 0;
	if (!(confidence > 0 && confidence < 1))
		return 0;
	while (k < n / 2) {
		const double more = below + exp(log_term);

		if (1 - 2 * more < confidence)
			break;
		below = more;
		*achieved = 1 - 2 * below;
		log_term += log((double)(n - k) / (double)(k + 1));
		k++;
	}
	return k;
}

bool lfb_median_interval(const double *sorted, size_t n, double confidence, double *low, double *high, double *achieved)
{
	double covered;
	const size_t k = lfb_median_rank(n, confidence, &covered);

	if (k == 0)
		return false;
	*low = sorted[k - 1];
	*high = sorted[n - k];
	*achieved = covered;
	return true;
}

double lfb_sign_test(size_t positive, size_t negative)
{
	const size_t n = positive + negative, fewer = positive < negative ? positive : negative;
	double log_term = -(double)n * log(2), tail = 0;

	for (size_t i = 0; i <= fewer; i++) {
		tail += exp(log_term);
		log_term += log((double)(n - i) / (double)(i + 1));
	}
	return tail >= 0.5 ? 1 : 2 * tail;
}

double lfb_outlier_threshold(size_t n)
{
	return 3.7 + 13 / (double)n;
}

size_t lfb_outliers_count(double *values, size_t n)
{
	double median, threshold;
	size_t count = 0;

	if (n < LFB_OUTLIER_VALUES_MIN)
		return 0;
	for (size_t i = 0; i < n; i++)
		values[i] = log(values[i]);
	median = lfb_median(values, n);
	for (size_t i = 0; i < n; i++)
		values[i] = fabs(values[i] - median);
	/* 1.4826: makes the median absolute deviation of a normal distribution its standard deviation. */
	threshold = lfb_outlier_threshold(n) * 1.4826 * lfb_median(values, n);
	if (threshold < log1p(LFB_OUTLIER_LEAST))
		threshold = log1p(LFB_OUTLIER_LEAST);
	for (size_t i = 0; i < n; i++)
		count += values[i] > threshold;
	return count;
}

double lfb_log_ratio(double numerator, double denominator)
{
	if (!(numerator > 0) || !(denominator > 0) || isinf(numerator) || isinf(denominator))
		return NAN;
	return log(numerator) - log(denominator);
}

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

void lfb_rng_seed(struct lfb_rng *rng, uint64_t seed)
{
	for (size_t i = 0; i < sizeof(rng->state) / sizeof(rng->state[0]); i++)
		rng->state[i] = splitmix64(&seed);
}

static uint64_t rotate_left(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

uint64_t lfb_rng_next(struct lfb_rng *rng)
{
	uint64_t *const s = rng->state;
	const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	const uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

uint64_t lfb_rng_below(struct lfb_rng *rng, uint64_t bound)
{
	/* 2^64 mod bound: results below it would appear once too often, so they are drawn again. */
	const uint64_t surplus = bound == 0 ? 0 : -bound % bound;
	uint64_t value;

	if (bound == 0)
		return 0;
	do
		value = lfb_rng_next(rng);
	while (value < surplus);
	return value % bound;
}

void lfb_rng_shuffle(struct lfb_rng *rng, size_t *index, size_t n)
{
	for (size_t left = n; left > 1; left--) {
		const size_t other = (size_t)lfb_rng_below(rng, left);
		const size_t kept = index[left - 1];

		index[left - 1] = index[other];
		index[other] = kept;
	}
}
