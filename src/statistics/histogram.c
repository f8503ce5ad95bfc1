/* histogram.c - see histogram.h. */
#include "statistics/histogram.h"

#include "text/numbers.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>

#define LAST (LFB_HISTOGRAM_BUCKETS - 1u)
#define HALF (1u << LFB_HISTOGRAM_HALF_BITS)

/* A bucket is 2^this wide. The first doubling has 2 * HALF buckets, all of width 1. */
static unsigned width_bits(size_t bucket)
{
	return bucket < 2 * HALF ? 0 : (unsigned)(bucket >> LFB_HISTOGRAM_HALF_BITS) - 1;
}

uint64_t lfb_histogram_lowest(size_t bucket)
{
	const unsigned bits = width_bits(bucket);

	/* The reverse of lfb_histogram_bucket: bucket = (bits << HALF_BITS) + (value >> bits). */
	return ((uint64_t)bucket - ((uint64_t)bits << LFB_HISTOGRAM_HALF_BITS)) << bits;
}

uint64_t lfb_histogram_highest(size_t bucket)
{
	return lfb_histogram_lowest(bucket) + (UINT64_C(1) << width_bits(bucket)) - 1;
}

/* The highest value that a sample in this bucket can have had. The last one has no end of its own. */
static uint64_t highest_possible(const struct lfb_histogram *h, size_t bucket)
{
	const uint64_t highest = lfb_histogram_highest(bucket);

	return bucket == LAST || h->max < highest ? h->max : highest;
}

/* What HdrHistogram takes all samples of a bucket for, and by how much that may be wrong. */
static double middle(const struct lfb_histogram *h, size_t bucket, double *error_ns)
{
	const uint64_t width = UINT64_C(1) << width_bits(bucket);
	const double value = (double)(lfb_histogram_lowest(bucket) + width / 2);

	*error_ns = (double)(width / 2);
	if (bucket == LAST && (double)h->max - value > *error_ns)
		*error_ns = (double)h->max - value;
	return value;
}

void lfb_histogram_add(struct lfb_histogram *histogram, uint64_t value_ns, uint64_t count)
{
	uint64_t *const counted = &histogram->counts[lfb_histogram_bucket(value_ns)];

	if (count == 0)
		return;
	if (value_ns < histogram->min)
		histogram->min = value_ns;
	if (value_ns > histogram->max)
		histogram->max = value_ns;
	*counted = lfb_sum_u64(*counted, count);
}

void lfb_histogram_merge(struct lfb_histogram *into, const struct lfb_histogram *from)
{
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	for (size_t i = 0; i < LFB_HISTOGRAM_BUCKETS; i++)
		into->counts[i] = lfb_sum_u64(into->counts[i], from->counts[i]);
}

uint64_t lfb_histogram_count(const struct lfb_histogram *histogram)
{
	uint64_t count = 0;

	for (size_t i = 0; i < LFB_HISTOGRAM_BUCKETS; i++)
		count = lfb_sum_u64(count, histogram->counts[i]);
	return count;
}

double lfb_histogram_mean(const struct lfb_histogram *histogram, double *error_ns)
{
	double sum = 0, errors = 0, count = 0, error;

	for (size_t i = 0; i < LFB_HISTOGRAM_BUCKETS; i++) {
		const double here = (double)histogram->counts[i];

		sum += here * middle(histogram, i, &error);
		errors += here * error;
		count += here;
	}
	if (error_ns != NULL)
		*error_ns = count > 0 ? errors / count : NAN;
	return count > 0 ? sum / count : NAN;
}

double lfb_histogram_deviation(const struct lfb_histogram *histogram)
{
	const double mean = lfb_histogram_mean(histogram, NULL);
	double squares = 0, count = 0, error;

	for (size_t i = 0; i < LFB_HISTOGRAM_BUCKETS; i++) {
		const double here = (double)histogram->counts[i];
		const double off = middle(histogram, i, &error) - mean;

		if (here > 0)
			squares += here * off * off;
		count += here;
	}
	return count > 0 ? sqrt(squares / count) : NAN;
}

/*
 * How many of `count` samples the p-quantile must not be below: p * count, rounded up. The next smaller p, as
 * HdrHistogram does since 2.1.11: p is a decimal that binary cannot hold, and 0.07 * 100 is a bit more than 7.
 */
static uint64_t rank_of(double p, uint64_t count)
{
	const double rank = ceil(nextafter(p, 0) * (double)count);

	return rank < 1 ? 1 : (uint64_t)rank;
}

uint64_t lfb_histogram_value_at(const struct lfb_histogram *histogram, double p)
{
	const uint64_t count = lfb_histogram_count(histogram);
	uint64_t seen = 0, rank;
	size_t bucket;

	if (count == 0 || !(p >= 0 && p <= 1))
		return 0;
	rank = rank_of(p, count);
	for (bucket = 0; bucket < LAST; bucket++) {
		seen = lfb_sum_u64(seen, histogram->counts[bucket]);
		if (seen >= rank)
			break;
	}
	return highest_possible(histogram, bucket);
}

bool lfb_histogram_quantile(const struct lfb_histogram *histogram, double p, uint64_t *value_ns)
{
	/* 10000 * (1 - 0.999) is a bit less than 10 in binary; one part in 10^9 is no sample. */
	const double enough = LFB_HISTOGRAM_TAIL * (1 - 1e-9);

	if (!(p >= 0 && p < 1) || (double)lfb_histogram_count(histogram) * (1 - p) < enough)
		return false;
	*value_ns = lfb_histogram_value_at(histogram, p);
	return true;
}

bool lfb_histogram_next(const struct lfb_histogram *histogram, size_t *bucket, uint64_t *value_ns, uint64_t *count)
{
	for (; *bucket < LFB_HISTOGRAM_BUCKETS; ++*bucket) {
		if (histogram->counts[*bucket] == 0)
			continue;
		*value_ns = highest_possible(histogram, *bucket);
		*count = histogram->counts[(*bucket)++];
		return true;
	}
	return false;
}

/* HdrHistogram's numberOfSignificantValueDigits, which is also how many decimals it prints. */
#define DIGITS 3
/* percentileTicksPerHalfDistance: steps from 0 to 50 %, from 50 to 75 % and so on. */
#define STEPS_PER_HALVING 5.0

/* The level after `percent`: a fifth of the way on to where half of what is left is reached. */
static double next_level(double percent)
{
	const double halvings = floor(log2(100 / (100 - percent))) + 1;
	const double next = percent + 100 / (STEPS_PER_HALVING * exp2(halvings));

	/* So near to 100 that a double cannot tell the steps apart, with 10^14 samples and more. */
	return next > percent && next < 100 ? next : 100;
}

/* As HdrHistogram prints it: not cut at the largest sample. */
static double hgrm_value(const struct lfb_histogram *h, size_t bucket)
{
	const uint64_t highest = lfb_histogram_highest(bucket);

	return (double)(bucket == LAST && h->max > highest ? h->max : highest);
}

/* One line for each level that this bucket reaches. The last samples get only the line for 100 %, after all. */
static double write_levels(FILE *out, double value, uint64_t seen, uint64_t count, double level)
{
	const double percent = 100.0 * (double)seen / (double)count;

	while (level < 100 && percent >= level) {
		(void)fprintf(out, "%12.*f %2.12f %10" PRIu64 " %14.2f\n", DIGITS, value, level / 100, seen,
			      1 / (1 - level / 100));
		level = next_level(level);
		if (seen == count)
			break;
	}
	return level;
}

static void write_distribution(const struct lfb_histogram *h, uint64_t count, FILE *out)
{
	double level = 0, value = 0;
	uint64_t seen = 0;

	for (size_t i = 0; i < LFB_HISTOGRAM_BUCKETS; i++) {
		if (h->counts[i] == 0)
			continue;
		seen = lfb_sum_u64(seen, h->counts[i]);
		value = hgrm_value(h, i);
		level = write_levels(out, value, seen, count, level);
	}
	if (count > 0)
		(void)fprintf(out, "%12.*f %2.12f %10" PRIu64 "\n", DIGITS, value, 1.0, count);
}

int lfb_histogram_write_hgrm(const struct lfb_histogram *histogram, FILE *out)
{
	const uint64_t count = lfb_histogram_count(histogram);
	const double mean = count > 0 ? lfb_histogram_mean(histogram, NULL) : 0;
	const double deviation = count > 0 ? lfb_histogram_deviation(histogram) : 0;

	errno = 0;
	(void)fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
	write_distribution(histogram, count, out);
	(void)fprintf(out, "#[Mean    = %12.*f, StdDeviation   = %12.*f]\n", DIGITS, mean, DIGITS, deviation);
	(void)fprintf(out, "#[Max     = %12.*f, Total count    = %12" PRIu64 "]\n", DIGITS, (double)histogram->max,
		      count);
	(void)fprintf(out, "#[Buckets = %12u, SubBuckets     = %12u]\n", LFB_HISTOGRAM_DOUBLINGS, 2 * HALF);
	if (ferror(out))
		return errno != 0 ? -errno : -EIO;
	return 0;
}
