/*
 * precision.h - how many launches it takes for a median that is as precise as asked for.
 *
 * DESIGN. Two stages (after Stein, "A Two-Sample Test for a Linear Hypothesis Whose Power is
 * Independent of the Variance", 1945). A pilot of a few launches says how much launches differ, and
 * from that how many are needed; then that many FRESH launches are made, and the figure and
 * its interval are of these alone. Adding launches until an interval is narrow enough would stop at
 * intervals that are narrow by chance, which hold the median less often than they say. With
 * the number fixed before the first fresh launch the order-statistic interval is as exact as ever: the pilot can
 * waste launches or ask for too few, but it cannot make the interval lie.
 *
 * The number. The interval of n launches spans the middle (n + 1 - 2k) / (n + 1) of their
 * distribution, k as in lfb_median_interval, and around the median a distribution is about even: the
 * logarithms' width per part of the distribution, the sparsity, is read off the pilot's own interval and
 * scaled to the span that n launches will have. A small pilot knows its sparsity only roughly,
 * so LFB_PRECISION_SAFETY is on top; how often the target is then met is measured by
 * build/bench/precision_coverage and published in docs/statistics.md.
 */
#ifndef LFBENCH_PRECISION_H
#define LFBENCH_PRECISION_H

#include <stddef.h>
#include <stdint.h>

/* The confidence of the interval that is to be narrow enough. */
#define LFB_PRECISION_CONFIDENCE 0.95
/* Fewest launches of a pilot, and of the second stage: with fewer there is no interval. */
#define LFB_PRECISION_LAUNCHES_MIN 6
/* By what the spread seen in a pilot is multiplied. */
#define LFB_PRECISION_SAFETY 1.1

/*
 * Launches of the second stage: the smallest number, at least LFB_PRECISION_LAUNCHES_MIN, whose
 * interval is expected to have a half-width of at most `target_relative` (0.02 for 2 %) of the
 * median, and `cap` where that is not reached by then. `pilot` are the medians of the pilot's n launches,
 * in any order. Where they say nothing (n below the minimum, a value that is not positive
 * and finite, a target that is not positive, no memory): `cap`. Never more than `cap`. Reentrant.
 */
uint64_t lfb_precision_launches(const double *pilot, size_t n, double target_relative, uint64_t cap);

/* The relative half-width of an interval, the figure the target is about: (high - low) / 2 / median. */
double lfb_precision_half_width(double low, double high, double median);

#endif
