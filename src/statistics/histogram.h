/*
 * histogram.h - what is computed of a histogram: quantiles, mean, merging, and the text that
 * HdrHistogram's plotter reads. <lfbench/histogram.h> has the layout and the recording.
 *
 * DESIGN. A histogram does not know its values, only in which bucket they are, so every figure has an
 * error of its own. Quantiles follow HdrHistogram: the highest value that the bucket may hold, at most
 * 1 part in 1024 above the true one and never below it; of the largest sample, which is kept, the true
 * value. How many samples a quantile takes is a rule of this suite: with fewer than 10 samples beyond
 * it, it is an accident which one it is.
 *
 * Counts that would overflow stay at UINT64_MAX. One thread at a time may use a histogram; all functions
 * look at all of its buckets (a few microseconds).
 */
#ifndef LFBENCH_SRC_HISTOGRAM_H
#define LFBENCH_SRC_HISTOGRAM_H

#include <lfbench/histogram.h>

#include <stdbool.h>
#include <stdio.h>

/* Samples that must lie beyond a quantile: p takes 10 / (1 - p) samples. */
#define LFB_HISTOGRAM_TAIL 10.0

/* The least and the largest value of a bucket, which is below LFB_HISTOGRAM_BUCKETS. */
uint64_t lfb_histogram_lowest(size_t bucket);
uint64_t lfb_histogram_highest(size_t bucket);

/* Count `count` samples of one value, as read from a file. */
void lfb_histogram_add(struct lfb_histogram *histogram, uint64_t value_ns, uint64_t count);

/* Add all samples of `from`: `into` is then what one histogram of all of them would be. */
void lfb_histogram_merge(struct lfb_histogram *into, const struct lfb_histogram *from);

/* How many samples there are. */
uint64_t lfb_histogram_count(const struct lfb_histogram *histogram);

/*
 * The mean, taking every sample for the middle of its bucket (HdrHistogram's "median equivalent value");
 * the mean of the samples themselves is at most *error_ns away (`error_ns` may be NULL), which is less
 * than 1 part in 2047. NaN, and *error_ns NaN, if there are no samples.
 */
double lfb_histogram_mean(const struct lfb_histogram *histogram, double *error_ns);

/* The standard deviation of the same values, of all samples there are. NaN if there are none. */
double lfb_histogram_deviation(const struct lfb_histogram *histogram);

/*
 * The p-quantile, 0 <= p <= 1: the smallest recorded value that at least p of the samples do not exceed,
 * as the highest value of its bucket, but not beyond the largest sample. 0 if there are no samples.
 * However few samples there are: what is published comes from lfb_histogram_quantile.
 */
uint64_t lfb_histogram_value_at(const struct lfb_histogram *histogram, double p);

/* The same, if there are 10 / (1 - p) samples. Else, and for p outside [0, 1), returns false and sets nothing. */
bool lfb_histogram_quantile(const struct lfb_histogram *histogram, double p, uint64_t *value_ns);

/*
 * Go through the buckets that are not empty: start with *bucket 0, until it returns false. *value_ns
 * is the highest value of the bucket but not beyond the largest sample, so that adding all of
 * these to another histogram gives the same counts and the same largest sample.
 */
bool lfb_histogram_next(const struct lfb_histogram *histogram, size_t *bucket, uint64_t *value_ns, uint64_t *count);

/*
 * Write the percentile distribution as HdrHistogram's outputPercentileDistribution does (.hgrm), with 5
 * steps per halving of what is left and a scaling ratio of 1: values in nanoseconds. Returns 0 or
 * -errno; an error may also show only when `out` is flushed.
 */
int lfb_histogram_write_hgrm(const struct lfb_histogram *histogram, FILE *out);

#endif
