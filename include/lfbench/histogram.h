/*
 * histogram.h - durations counted in buckets of 3 significant digits, in memory that does not grow.
 *
 * DESIGN. The layout that Gil Tene's HdrHistogram publishes (http://hdrhistogram.org), for 3 digits
 * and a unit of 1 ns; the code is our own. A value below 2048 has a bucket of its own. Each doubling
 * beyond has 1024 buckets of equal width: a value v with highest bit 10 + b lies in bucket
 * b * 1024 + (v >> b), which is at most 2^b wide, less than a thousandth of v. Powers of two reach
 * 2^46 ns, more than 19 hours, with 37,888 counts, 300 kB. Other layouts need a logarithm or a search;
 * this one needs the highest bit and a shift, so recording is a few instructions without a branch, and
 * most of what is recorded in one run meets the same few cache lines.
 *
 * Histograms of equal layout are merged by adding counts, exactly: nothing is lost that a single one
 * would have kept.
 *
 * What is computed of them (quantiles, mean) is the host's, not a plug-in's. Compiles as C11 and as
 * C++17, and needs no symbol of the host. One writer at a time.
 */
#ifndef LFBENCH_HISTOGRAM_H
#define LFBENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* HdrHistogram's names for the same: sub-bucket count 2048, half of it 1024, 36 buckets. */
#define LFB_HISTOGRAM_HALF_BITS 10u
#define LFB_HISTOGRAM_DOUBLINGS 36u
#define LFB_HISTOGRAM_BUCKETS ((LFB_HISTOGRAM_DOUBLINGS + 1u) << LFB_HISTOGRAM_HALF_BITS)
/* The largest value that is told from larger ones: 2^46 - 1 ns, 19.5 hours. */
#define LFB_HISTOGRAM_MAX ((UINT64_C(1) << (LFB_HISTOGRAM_HALF_BITS + LFB_HISTOGRAM_DOUBLINGS)) - 1u)

/* Large: not for a stack. Before lfb_histogram_init it must not be used. */
struct lfb_histogram {
	uint64_t min; /* UINT64_MAX while empty */
	uint64_t max; /* the true one, also beyond LFB_HISTOGRAM_MAX */
	uint64_t counts[LFB_HISTOGRAM_BUCKETS];
};

/* Empty it. Touches all of it, so that recording meets no page fault. */
static inline void lfb_histogram_init(struct lfb_histogram *histogram)
{
	histogram->min = UINT64_MAX;
	histogram->max = 0;
	for (size_t i = 0; i < LFB_HISTOGRAM_BUCKETS; i++)
		histogram->counts[i] = 0;
}

/* The bucket of a value. Values beyond LFB_HISTOGRAM_MAX are in the last one. */
static inline size_t lfb_histogram_bucket(uint64_t value_ns)
{
	const uint64_t value = value_ns < LFB_HISTOGRAM_MAX ? value_ns : LFB_HISTOGRAM_MAX;
	/* Highest bit of the value less 10; or'ed with 2047, so that there is one and it is 10 at least. */
	const unsigned shift = 63u - LFB_HISTOGRAM_HALF_BITS - (unsigned)__builtin_clzll(value | 2047u);

	return ((size_t)shift << LFB_HISTOGRAM_HALF_BITS) + (size_t)(value >> shift);
}

/* Count one sample. */
static inline void lfb_histogram_record(struct lfb_histogram *histogram, uint64_t value_ns)
{
	histogram->min = value_ns < histogram->min ? value_ns : histogram->min;
	histogram->max = value_ns > histogram->max ? value_ns : histogram->max;
	histogram->counts[lfb_histogram_bucket(value_ns)]++;
}

#ifdef __cplusplus
}
#endif

#endif
