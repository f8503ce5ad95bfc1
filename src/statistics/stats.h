/*
 * stats.h - medians with exact intervals, and the random numbers of the suite.
 *
 * The distribution of run times is skewed and has outliers on the slow side only,
 * so nothing here assumes a shape: medians, order statistics, and for ratios the
 * logarithm, in which "twice" and "half" are equally far from "same".
 *
 * All functions are reentrant and keep no state. Values must not be NaN.
 */
#ifndef LFBENCH_STATS_H
#define LFBENCH_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sort ascending, in place. */
void lfb_sort(double *values, size_t n);

/* The median: the middle value, or the mean of the two middle ones. Sorts in place. NaN if n is 0. */
double lfb_median(double *values, size_t n);

/*
 * The p-quantile of `sorted`, 0 <= p <= 1, linear between neighbours (type 7 of Hyndman
 * and Fan 1996, what R and NumPy do by default). NaN if n is 0 or p is out of range.
 */
double lfb_quantile(const double *sorted, size_t n, double p);

/*
 * The interval [low, high] that holds the median of whatever `sorted` was drawn from
 * with a probability of at least `confidence` (0..1, as 0.95), for any distribution.
 *
 * The number of values below the true median is binomial(n, 1/2), so the k-th smallest
 * and the k-th largest value enclose it with probability 1 - 2 P(X < k); k is the
 * largest for which that is enough. *achieved is that probability.
 *
 * Returns false, and sets nothing, where even smallest and largest do not reach
 * `confidence`: n < 6 at 0.95, n < 8 at 0.99. Values must be independent: medians of
 * launches, not the trials within one.
 */
bool lfb_median_interval(const double *sorted, size_t n, double confidence, double *low, double *high,
			 double *achieved);

/*
 * The k of lfb_median_interval for n values: 0 where there is no interval. *achieved is the
 * probability with which the interval holds the median, 0 where there is none.
 */
size_t lfb_median_rank(size_t n, double confidence, double *achieved);

/*
 * The two-sided sign test: the probability that of positive + negative differences, each as
 * likely to be of either sign, the signs are as unequal as this or more. 1 where there are none.
 * The smallest it can be is 2^(1-n): six of six are 0.031.
 */
double lfb_sign_test(size_t positive, size_t negative);

/* Below this many values nothing can be said to lie outside. */
#define LFB_OUTLIER_VALUES_MIN 6
/* What deviates by no more than this part of the median is no outlier, however close the others are. */
#define LFB_OUTLIER_LEAST 0.05

/*
 * How many of `values`, which must be positive and are overwritten, lie outside: their logarithm
 * further from the median of the logarithms than lfb_outlier_threshold(n) times 1.4826 times the
 * median absolute deviation (the identifier of Hampel; Davies and Gather, "The Identification of
 * Multiple Outliers", JASA 88, 1993). Up to half of the values may be wild without hiding each other.
 */
size_t lfb_outliers_count(double *values, size_t n);

/*
 * The threshold, 3.7 + 13/n. A fixed one (3.5 is usual) calls something an outlier in every
 * fourth clean sample of six, because the deviation of six values is itself uncertain; with this one it
 * is one clean (normal) sample in twenty to forty, for n from 6 to 200 (simulated).
 */
double lfb_outlier_threshold(size_t n);

/* ln(numerator / denominator); NaN unless both are positive and finite. exp() leads back. */
double lfb_log_ratio(double numerator, double denominator);

/*
 * A pseudo-random sequence: xoshiro256** of Blackman and Vigna ("Scrambled Linear
 * Pseudorandom Number Generators", 2021), seeded through SplitMix64 (Steele, Lea and
 * Flood, OOPSLA 2014). The same seed gives the same sequence on every machine.
 * Not for secrets. One struct per thread.
 */
struct lfb_rng {
	uint64_t state[4];
};

/* Start the sequence of `seed`; every seed is a good one, 0 too. */
void lfb_rng_seed(struct lfb_rng *rng, uint64_t seed);
/* 64 random bits. */
uint64_t lfb_rng_next(struct lfb_rng *rng);
/* A number in [0, bound), each equally likely; 0 if bound is 0. */
uint64_t lfb_rng_below(struct lfb_rng *rng, uint64_t bound);
/* Put `index[0..n)` into a random order, each equally likely (Fisher and Yates). */
void lfb_rng_shuffle(struct lfb_rng *rng, size_t *index, size_t n);

#endif
