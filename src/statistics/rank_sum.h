/*
 * rank_sum.h - two independent samples: by how much the second is shifted against the first, with an interval, and how
 * likely chance alone would shift it as far.
 *
 * DESIGN. Nothing is assumed of the distribution, but that both samples come from the same one, shifted. Of all pairs (one value of
 * each sample) those in which the second is larger by more than a bound are counted: Mann and Whitney's U ("On a Test of Whether
 * One of Two Random Variables is Stochastically Larger than the Other", Ann. Math. Statist. 18, 1947), whose distribution under
 * "shifted by that bound" is known exactly. The estimate is the median of the differences of all pairs (Hodges and Lehmann,
 * "Estimates of Location Based on Rank Tests", Ann. Math. Statist. 34, 1963), and the interval runs between the
 * order statistics of these differences that the same distribution says (Lehmann, "Nonparametrics", 1975, chapter 2). Of
 * logarithms the shift is that of a ratio.
 *
 * Ties: a pair in which neither is larger counts against what is to be shown, which makes p larger, never smaller.
 * The differences are counted and not stored, so that time and memory grow with m + n.
 *
 * All functions are reentrant. Values must be finite.
 */
#ifndef LFBENCH_RANK_SUM_H
#define LFBENCH_RANK_SUM_H

#include <stdbool.h>
#include <stddef.h>

/* Two samples, neither of them empty; sorted by rank_sum_sort. */
struct rank_sum_pair {
	double *first, *second;
	size_t m, n;
};

/* How U is distributed for samples of m and n values when there is no shift. Start with { 0 }; free with rank_sum_table_free. */
struct rank_sum_table {
	size_t m, n;
	double *at_most; /* P(U <= u), u = 0 .. m * n; NULL: the normal approximation */
};

/* Up to this many pairs, all of it is computed exactly; beyond, approximated by the normal distribution. */
#define RANK_SUM_EXACT_PAIRS 2500u

/*
 * Fill the table for samples of m and n values, both at least 1. The counts are made by the recurrence of Mann and Whitney, as
 * probabilities, of which all are positive, so nothing cancels. Returns 0 or -ENOMEM. A table that holds m and n already is kept.
 */
int rank_sum_table_make(struct rank_sum_table *table, size_t m, size_t n);
void rank_sum_table_free(struct rank_sum_table *table);

/* P(U <= u) and P(U >= u). */
double rank_sum_at_most(const struct rank_sum_table *table, double u);
double rank_sum_at_least(const struct rank_sum_table *table, double u);

/* Sort both samples in place; what follows needs it. */
void rank_sum_sort(const struct rank_sum_pair *pair);

/* The shift: the median of second - first over all pairs. */
double rank_sum_shift(const struct rank_sum_pair *pair);

/*
 * The interval that holds the shift with a probability of at least `confidence` (0..1), into *low and *high; *achieved
 * is that probability. Returns false, and sets nothing, where the samples are too small for it: 3 and 3 are enough for 0.9, 4 and 4
 * for 0.95.
 */
bool rank_sum_interval(const struct rank_sum_pair *pair, const struct rank_sum_table *table, double confidence, double *low,
		       double *high, double *achieved);

/* One-sided: how likely samples as far apart are, if the second is shifted by no more (no less) than `bound`. */
double rank_sum_p_above(const struct rank_sum_pair *pair, const struct rank_sum_table *table, double bound);
double rank_sum_p_below(const struct rank_sum_pair *pair, const struct rank_sum_table *table, double bound);

/* The smallest p that two samples of n values can have, one-sided: 1 / C(2n, n). */
double rank_sum_p_least(size_t n);

#endif
