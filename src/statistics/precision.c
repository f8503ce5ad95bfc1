/* precision.c - see precision.h. */
#include "statistics/precision.h"

#include "statistics/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From here on the span is computed from the normal approximation of k, which is then as good as exact. */
#define EXACT_BELOW 500u
/* Two-sided 95 % of the normal distribution. */
#define NORMAL_95 1.96

double lfb_precision_half_width(double low, double high, double median)
{
	/* Divided first: what is near the largest double must not overflow. */
	return (high / median - low / median) / 2;
}

/* The part of the distribution that the interval of n values is expected to span; 1: there is none. */
static double span_of(uint64_t n)
{
	const double values = (double)n;
	double achieved;
	size_t k;

	if (n >= EXACT_BELOW)
		return (NORMAL_95 * sqrt(values) + 2) / (values + 1);
	k = lfb_median_rank((size_t)n, LFB_PRECISION_CONFIDENCE, &achieved);
	return k == 0 ? 1 : (values + 1 - 2 * (double)k) / (values + 1);
}

/* Width of the logarithms per part of the distribution, as the pilot's interval shows it. NaN: it shows none. */
static double sparsity_of(const double *pilot, size_t n)
{
	double *const sorted = n > 0 ? reallocarray(NULL, n, sizeof(*sorted)) : NULL;
	double low, high, achieved, sparsity = NAN;
	bool believable = true;

	if (sorted == NULL)
		return NAN;
	memcpy(sorted, pilot, n * sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		believable = believable && sorted[i] > 0 && isfinite(sorted[i]);
	if (believable) {
		lfb_sort(sorted, n);
		if (lfb_median_interval(sorted, n, LFB_PRECISION_CONFIDENCE, &low, &high, &achieved))
			sparsity = lfb_log_ratio(high, low) / span_of(n);
	}
	free(sorted);
	return sparsity;
}

/* The fewest launches, from EXACT_BELOW on, whose span is at most `span`. */
static double launches_for(double span)
{
	const double root = (NORMAL_95 + sqrt(NORMAL_95 * NORMAL_95 + 8 * span)) / (2 * span);

	return ceil(root * root);
}

uint64_t lfb_precision_launches(const double *pilot, size_t n, double target_relative, uint64_t cap)
{
	const double sparsity = sparsity_of(pilot, n) * LFB_PRECISION_SAFETY;
	double span, wanted;

	if (isnan(sparsity) || !(target_relative > 0))
		return cap;
	/* The half-width target as a width of logarithms, and the part of the distribution that has it. */
	span = 2 * log1p(target_relative) / sparsity;
	for (uint64_t launches = LFB_PRECISION_LAUNCHES_MIN; launches < EXACT_BELOW && launches < cap; launches++)
		if (span_of(launches) <= span)
			return launches;
	if (cap <= EXACT_BELOW)
		return cap;
	wanted = launches_for(span);
	return wanted < (double)cap ? (uint64_t)wanted : cap;
}
