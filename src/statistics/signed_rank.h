/*
 * signed_rank.h - one sample of differences: where its centre is, with an interval, and how likely chance alone would put it as far.
 *
 * DESIGN. Of the values it is assumed that they are independent and spread alike to either side of their centre, and nothing else: no
 * normal distribution, and a wild value counts as one value. The test is Wilcoxon's signed-rank test ("Individual Comparisons by Ranking
 * Methods", Biometrics Bulletin 1, 1945); the estimate is the median of the means of all pairs, each value with itself among them, and the interval runs
 * between two of these means (Hodges and Lehmann, "Estimates of Location Based on Rank Tests", Ann. Math. Statist. 34, 1963).
 * Where values are normal this is 95.5 % as good as the mean and the t test; the median and the sign test are 63.7 % as good.
 *
 * Ties: equal distances share their ranks, and the test is exact for the ranks they share. A value at the bound itself speaks for nobody.
 * All functions are reentrant. Values must be finite.
 */
#ifndef LFBENCH_SIGNED_RANK_H
#define LFBENCH_SIGNED_RANK_H

#include <stdbool.h>
#include <stddef.h>

/* Up to this many values everything is computed exactly; beyond, approximated by the normal distribution. */
#define SIGNED_RANK_EXACT 100u

/*
 * One-sided: how likely values as far above (below) the bound are, if their centre is at the bound or on its other side. 1 where there are none,
 * or no memory for ranking them.
 */
double signed_rank_p_above(const double *d, size_t n, double bound);
double signed_rank_p_below(const double *d, size_t n, double bound);

/* The smallest p that n values can have: all on one side. */
double signed_rank_p_least(size_t n);

/* The centre of values that are sorted; NaN where n is 0. */
double signed_rank_centre(const double *sorted, size_t n);

/*
 * The interval that holds the centre of what `sorted` was drawn from with a probability of at least `confidence` (0..1), into *low and *high;
 * *achieved is that probability. Returns false, and sets nothing, where n is too small for it (6 are enough for 0.95), or without memory.
 */
bool signed_rank_interval(const double *sorted, size_t n, double confidence, double *low, double *high, double *achieved);

#endif
