/*
 * nth_by_count.h - the k-th smallest of numbers that are too many to be stored but are quickly counted: all differences, or all means,
 * of the pairs of some values.
 *
 * DESIGN. Bisection on the value: "how many are at most x" takes one pass over the sorted values, and fifty such passes are nothing beside
 * writing down and sorting a square of them.
 */
#ifndef LFBENCH_NTH_BY_COUNT_H
#define LFBENCH_NTH_BY_COUNT_H

/* Numbers closer than this are the same: logarithms of times are not known better. */
#define LFB_NTH_RESOLUTION 1e-12

/* How many of the numbers are at most `limit`. */
typedef double (*lfb_count_fn)(const void *values, double limit);

/* The k-th smallest, k from 1, of numbers of which none is at most `low` and all are at most `high`. */
double lfb_nth_by_count(lfb_count_fn count, const void *values, double k, double low, double high);

/* The median of `total` such numbers: the middle one, or the mean of the two middle ones. */
double lfb_median_by_count(lfb_count_fn count, const void *values, double total, double low, double high);

#endif
