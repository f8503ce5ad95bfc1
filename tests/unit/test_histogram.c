/*
 * test_histogram.c - the layout against values worked out by hand, quantiles against sorted samples, merging
 * and what comes out of a file, and the text that HdrHistogram's plotter reads.
 */
#include "unit.h"

#include "statistics/histogram.h"
#include "statistics/stats.h"

#include <math.h>

#define LAST (LFB_HISTOGRAM_BUCKETS - 1)

static struct lfb_histogram *new_histogram(void)
{
	struct lfb_histogram *const h = malloc(sizeof(*h));

	assert_non_null(h);
	lfb_histogram_init(h);
	return h;
}

/* By hand, from the layout as published: sub-bucket count 2048, then 1024 for every doubling. */
static void layout_is_hdrhistograms(void **state)
{
	static const struct {
		uint64_t value;
		size_t bucket;
		uint64_t lowest, highest;
	} known[] = {
		{ 0, 0, 0, 0 },
		{ 1, 1, 1, 1 },
		{ 1023, 1023, 1023, 1023 },
		{ 1024, 1024, 1024, 1024 },
		{ 2047, 2047, 2047, 2047 },
		{ 2048, 2048, 2048, 2049 },
		{ 2049, 2048, 2048, 2049 },
		{ 2050, 2049, 2050, 2051 },
		{ 4095, 3071, 4094, 4095 },
		{ 4096, 3072, 4096, 4099 },
		{ 4100, 3073, 4100, 4103 },
		{ 8191, 4095, 8188, 8191 },
		{ 8192, 4096, 8192, 8199 },
		/* 10^9 = 1907 * 2^19 + 182,784: bucket 19 * 1024 + 1907 */
		{ 1000000000, 21363, UINT64_C(1907) << 19, (UINT64_C(1908) << 19) - 1 },
		/* 10 hours = 36 * 10^12 = 1047 * 2^35 + ...: bucket 35 * 1024 + 1047 */
		{ UINT64_C(36000000000000), 36887, UINT64_C(1047) << 35, (UINT64_C(1048) << 35) - 1 },
		{ LFB_HISTOGRAM_MAX, LAST, UINT64_C(2047) << 35, LFB_HISTOGRAM_MAX },
	};

	(void)state;
	assert_int_equal(LFB_HISTOGRAM_BUCKETS, 37888);
	for (size_t i = 0; i < COUNT(known); i++) {
		const size_t bucket = lfb_histogram_bucket(known[i].value);

		assert_int_equal(bucket, known[i].bucket);
		assert_int_equal(lfb_histogram_lowest(bucket), known[i].lowest);
		assert_int_equal(lfb_histogram_highest(bucket), known[i].highest);
	}
	assert_int_equal(lfb_histogram_bucket(LFB_HISTOGRAM_MAX + 1), LAST);
	assert_int_equal(lfb_histogram_bucket(UINT64_MAX), LAST);
}

/* Buckets join without gap or overlap, and none is wider than a thousandth of what is in it: 3 digits. */
static void buckets_cover_all_to_three_digits(void **state)
{
	(void)state;
	for (size_t b = 0; b < LFB_HISTOGRAM_BUCKETS; b++) {
		const uint64_t lowest = lfb_histogram_lowest(b), highest = lfb_histogram_highest(b);

		assert_int_equal(lowest, b == 0 ? 0 : lfb_histogram_highest(b - 1) + 1);
		assert_int_equal(lfb_histogram_bucket(lowest), b);
		assert_int_equal(lfb_histogram_bucket(highest), b);
		assert_true((highest - lowest) * 1000 < lowest || highest == lowest);
	}
	assert_int_equal(lfb_histogram_highest(LAST), LFB_HISTOGRAM_MAX);
	assert_true(LFB_HISTOGRAM_MAX > UINT64_C(10) * 3600 * 1000000000u);
}

static void both_ends_are_kept(void **state)
{
	struct lfb_histogram *const h = new_histogram();
	uint64_t value = 1;

	(void)state;
	assert_int_equal(lfb_histogram_count(h), 0);
	assert_int_equal(h->min, UINT64_MAX);
	assert_int_equal(h->max, 0);
	lfb_histogram_record(h, 0);
	lfb_histogram_record(h, UINT64_MAX);
	lfb_histogram_record(h, LFB_HISTOGRAM_MAX + 1);
	assert_int_equal(h->min, 0);
	assert_int_equal(h->max, UINT64_MAX);
	assert_int_equal(h->counts[0], 1);
	assert_int_equal(h->counts[LAST], 2);
	assert_int_equal(lfb_histogram_count(h), 3);
	assert_int_equal(lfb_histogram_value_at(h, 1), UINT64_MAX);
	assert_int_equal(lfb_histogram_value_at(h, 0.3), 0);
	assert_false(lfb_histogram_quantile(h, 0.5, &value));
	assert_int_equal(value, 1);
	free(h);
}

static int by_value(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* A value of any size up to 2^46: uniform in its logarithm. */
static uint64_t any_value(struct lfb_rng *rng)
{
	return (lfb_rng_next(rng) | UINT64_C(1) << 63) >> (18 + lfb_rng_below(rng, 46));
}

#define SAMPLES 20011u

/* The exact quantile is the sample of rank ceil(p n); the histogram's is not below it, and 1/1024 above at most. */
static void quantiles_have_three_digits(void **state)
{
	static const double levels[] = { 0, 0.001, 0.07, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999 };
	uint64_t *const values = malloc(SAMPLES * sizeof(*values));
	struct lfb_histogram *const h = new_histogram();
	struct lfb_rng rng;

	(void)state;
	assert_non_null(values);
	lfb_rng_seed(&rng, 20);
	for (size_t i = 0; i < SAMPLES; i++)
		lfb_histogram_record(h, values[i] = any_value(&rng));
	qsort(values, SAMPLES, sizeof(values[0]), by_value);
	assert_int_equal(h->min, values[0]);
	assert_int_equal(h->max, values[SAMPLES - 1]);
	assert_int_equal(lfb_histogram_value_at(h, 1), values[SAMPLES - 1]);
	for (size_t i = 0; i < COUNT(levels); i++) {
		const size_t rank = levels[i] > 0 ? (size_t)ceil(levels[i] * SAMPLES) : 1;
		const uint64_t exact = values[rank - 1];
		uint64_t value = 0;

		assert_true(lfb_histogram_quantile(h, levels[i], &value));
		assert_true(value >= exact);
		assert_true(value - exact <= exact / 1024);
	}
	free(values);
	free(h);
}

/* 100 samples 1..100: the rank of p is p * 100 exactly, however p looks in binary. */
static void ranks_are_decimal(void **state)
{
	struct lfb_histogram *const h = new_histogram();

	(void)state;
	for (uint64_t v = 1; v <= 100; v++)
		lfb_histogram_record(h, v);
	for (unsigned percent = 1; percent <= 100; percent++)
		assert_int_equal(lfb_histogram_value_at(h, percent / 100.0), percent);
	assert_int_equal(lfb_histogram_value_at(h, 0), 1);
	assert_int_equal(lfb_histogram_value_at(h, 0.501), 51);
	assert_int_equal(lfb_histogram_value_at(h, NAN), 0);
	assert_int_equal(lfb_histogram_value_at(h, 1.01), 0);
	free(h);
}

/* 10 / (1 - p) samples and not one less: 20 for the median, 100 for p90, 1000 for p99, 10000 for p99.9. */
static void few_samples_have_no_percentile(void **state)
{
	static const struct {
		double p;
		uint64_t takes;
	} known[] = { { 0, 10 }, { 0.5, 20 }, { 0.9, 100 }, { 0.99, 1000 }, { 0.999, 10000 }, { 0.9999, 100000 } };
	uint64_t value = 4711;

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct lfb_histogram *const h = new_histogram();

		lfb_histogram_add(h, 500, known[i].takes - 1);
		assert_false(lfb_histogram_quantile(h, known[i].p, &value));
		assert_int_equal(value, 4711);
		lfb_histogram_record(h, 500);
		assert_true(lfb_histogram_quantile(h, known[i].p, &value));
		assert_int_equal(value, 500);
		value = 4711;
		assert_false(lfb_histogram_quantile(h, 1, &value));
		assert_false(lfb_histogram_quantile(h, -0.1, &value));
		assert_false(lfb_histogram_quantile(h, NAN, &value));
		free(h);
	}
}

/* Parts merged are the same, byte for byte, as one histogram that saw everything. */
static void merging_is_exact(void **state)
{
	struct lfb_histogram *const whole = new_histogram(), *const merged = new_histogram(), *parts[3];
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 7);
	for (size_t i = 0; i < COUNT(parts); i++)
		parts[i] = new_histogram();
	for (size_t i = 0; i < SAMPLES; i++) {
		const uint64_t value = any_value(&rng);

		lfb_histogram_record(whole, value);
		lfb_histogram_record(parts[lfb_rng_below(&rng, 2)], value); /* the third stays empty */
	}
	for (size_t i = 0; i < COUNT(parts); i++)
		lfb_histogram_merge(merged, parts[i]);
	assert_memory_equal(merged, whole, sizeof(*whole));
	for (size_t i = 0; i < COUNT(parts); i++)
		free(parts[i]);
	free(merged);
	free(whole);
}

static void counts_stay_at_their_end(void **state)
{
	struct lfb_histogram *const h = new_histogram(), *const other = new_histogram();

	(void)state;
	lfb_histogram_add(h, 5, 0);
	assert_int_equal(h->min, UINT64_MAX);
	lfb_histogram_add(h, 5, UINT64_MAX);
	lfb_histogram_add(h, 5, 3);
	assert_int_equal(h->counts[5], UINT64_MAX);
	lfb_histogram_add(other, 5, 9);
	lfb_histogram_add(other, 70, 9);
	lfb_histogram_merge(h, other);
	assert_int_equal(h->counts[5], UINT64_MAX);
	assert_int_equal(lfb_histogram_count(h), UINT64_MAX);
	assert_int_equal(lfb_histogram_value_at(h, 0.5), 5);
	assert_int_equal(lfb_histogram_value_at(h, 1), 5); /* all that can be counted are 5 */
	free(h);
	free(other);
}

static void mean_is_within_its_error(void **state)
{
	struct lfb_histogram *const h = new_histogram();
	struct lfb_rng rng;
	double sum = 0, squares = 0, error = 0, mean, spread;

	(void)state;
	assert_true(isnan(lfb_histogram_mean(h, &error)));
	assert_true(isnan(error));
	assert_true(isnan(lfb_histogram_deviation(h)));
	lfb_histogram_record(h, 1);
	lfb_histogram_record(h, 2);
	assert_true(lfb_histogram_mean(h, &error) == 1.5 && error == 0);
	assert_true(lfb_histogram_deviation(h) == 0.5);
	/* the middle of 4096..4099 */
	lfb_histogram_init(h);
	lfb_histogram_record(h, 4099);
	assert_true(lfb_histogram_mean(h, &error) == 4098 && error == 2);
	lfb_histogram_init(h);
	lfb_rng_seed(&rng, 3);
	for (size_t i = 0; i < SAMPLES; i++) {
		const uint64_t value = any_value(&rng) >> 10;

		lfb_histogram_record(h, value);
		sum += (double)value;
		squares += (double)value * (double)value;
	}
	mean = lfb_histogram_mean(h, &error);
	spread = sqrt(squares / SAMPLES - sum / SAMPLES * (sum / SAMPLES));
	assert_true(fabs(mean - sum / SAMPLES) <= error);
	assert_true(error > 0 && error < mean / 2047);
	assert_true(fabs(lfb_histogram_deviation(h) / spread - 1) < 0.001);
	/* Beyond the range the middle of the last bucket is far from what was recorded, and said to be. */
	lfb_histogram_init(h);
	lfb_histogram_record(h, UINT64_C(1) << 60);
	mean = lfb_histogram_mean(h, &error);
	assert_true(fabs(mean - 0x1p60) <= error);
	free(h);
}

static void going_through_it_gives_it_back(void **state)
{
	struct lfb_histogram *const h = new_histogram(), *const again = new_histogram();
	struct lfb_rng rng;
	uint64_t value, count, last = 0;
	size_t bucket = 0;

	(void)state;
	assert_false(lfb_histogram_next(h, &bucket, &value, &count));
	lfb_rng_seed(&rng, 5);
	for (size_t i = 0; i < 1000; i++)
		lfb_histogram_record(h, any_value(&rng));
	lfb_histogram_record(h, LFB_HISTOGRAM_MAX + 12345);
	for (bucket = 0; lfb_histogram_next(h, &bucket, &value, &count);) {
		assert_true(value >= last && count > 0);
		last = value;
		lfb_histogram_add(again, value, count);
	}
	assert_memory_equal(again->counts, h->counts, sizeof(h->counts));
	assert_int_equal(again->max, h->max);
	free(h);
	free(again);
}

/* The text of the histogram, to be freed. */
static char *hgrm_of(const struct lfb_histogram *h)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(lfb_histogram_write_hgrm(h, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

/*
 * What HdrHistogram's own tests expect for 25, 50, 75 (HdrHistogramJS, Histogram.spec.ts), but for the
 * number of buckets, which says how far the range goes.
 */
static void hgrm_is_hdrhistograms(void **state)
{
	static const char expected[] = "       Value     Percentile TotalCount 1/(1-Percentile)\n"
				       "\n"
				       "      25.000 0.000000000000          1           1.00\n"
				       "      25.000 0.100000000000          1           1.11\n"
				       "      25.000 0.200000000000          1           1.25\n"
				       "      25.000 0.300000000000          1           1.43\n"
				       "      50.000 0.400000000000          2           1.67\n"
				       "      50.000 0.500000000000          2           2.00\n"
				       "      50.000 0.550000000000          2           2.22\n"
				       "      50.000 0.600000000000          2           2.50\n"
				       "      50.000 0.650000000000          2           2.86\n"
				       "      75.000 0.700000000000          3           3.33\n"
				       "      75.000 1.000000000000          3\n"
				       "#[Mean    =       50.000, StdDeviation   =       20.412]\n"
				       "#[Max     =       75.000, Total count    =            3]\n"
				       "#[Buckets =           36, SubBuckets     =         2048]\n";
	struct lfb_histogram *const h = new_histogram();
	char *text;

	(void)state;
	lfb_histogram_record(h, 25);
	lfb_histogram_record(h, 50);
	lfb_histogram_record(h, 75);
	text = hgrm_of(h);
	assert_string_equal(text, expected);
	free(text);
	free(h);
}

/* Read it as the plotter does (plotFiles.html): four fields are a point, the percentile is 1 - 1/x. */
static void hgrm_can_be_plotted(void **state)
{
	struct lfb_histogram *const h = new_histogram();
	double last = 0, last_left = 0, value, percentile, left;
	unsigned points = 0;
	unsigned long long seen;
	struct lfb_rng rng;
	char *text, *line, *rest;

	(void)state;
	lfb_rng_seed(&rng, 11);
	for (size_t i = 0; i < SAMPLES; i++)
		lfb_histogram_record(h, any_value(&rng));
	text = rest = hgrm_of(h);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '#' || sscanf(line, "%lf %lf %llu %lf", &value, &percentile, &seen, &left) != 4)
			continue;
		points++;
		assert_true(value >= last && left > last_left);
		assert_true(fabs(1 / (1 - percentile) - left) <= 0.005 + left * 1e-6);
		assert_true((double)seen >= percentile * SAMPLES - 1e-6);
		assert_true(value + 0.5 > (double)lfb_histogram_value_at(h, percentile));
		last = value;
		last_left = left;
	}
	assert_true(points > 50 && last_left > SAMPLES / 2);
	free(text);
	free(h);
}

/* Counts from a hostile file: the levels must come to an end, and each is said once. */
static void hgrm_ends_with_any_counts(void **state)
{
	static const uint64_t counts[][2] = {
		{ UINT64_MAX, 1 }, { UINT64_C(1) << 62, 1 }, { 1, UINT64_MAX }, { UINT64_C(1) << 53, 2 }, { 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct lfb_histogram *const h = new_histogram();
		char *text;

		lfb_histogram_add(h, 10, counts[i][0]);
		lfb_histogram_add(h, UINT64_MAX, counts[i][1]);
		text = hgrm_of(h);
		assert_true(strlen(text) < 100000);
		assert_null(strstr(text, "inf"));
		unit_has(text, " 1.000000000000 ");
		free(text);
		free(h);
	}
}

static void full_disks_are_noticed(void **state)
{
	FILE *const out = fopen("/dev/full", "w");
	struct lfb_histogram *const h = new_histogram();

	(void)state;
	if (out == NULL)
		skip();
	(void)setvbuf(out, NULL, _IONBF, 0);
	assert_true(lfb_histogram_write_hgrm(h, out) < 0);
	(void)fclose(out);
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_is_hdrhistograms),   cmocka_unit_test(buckets_cover_all_to_three_digits),
		cmocka_unit_test(both_ends_are_kept),	     cmocka_unit_test(quantiles_have_three_digits),
		cmocka_unit_test(ranks_are_decimal),	     cmocka_unit_test(few_samples_have_no_percentile),
		cmocka_unit_test(merging_is_exact),	     cmocka_unit_test(counts_stay_at_their_end),
		cmocka_unit_test(mean_is_within_its_error),  cmocka_unit_test(going_through_it_gives_it_back),
		cmocka_unit_test(hgrm_is_hdrhistograms),     cmocka_unit_test(hgrm_can_be_plotted),
		cmocka_unit_test(hgrm_ends_with_any_counts), cmocka_unit_test(full_disks_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
