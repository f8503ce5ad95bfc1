/*
 * test_work.c - work beside the queue: its table has the mean that was asked for, the shape of its
 * distribution, and is the same each time it is made. No time is measured: that is the machine's business.
 */
#include "unit.h"

#include "trial/work.h"

#include <errno.h>
#include <math.h>

static double mean_of(const struct lfb_work *work)
{
	double sum = 0;

	for (unsigned i = 0; i < LFB_WORK_ITEMS; i++)
		sum += lfb_work_ns(work, i);
	return sum / LFB_WORK_ITEMS;
}

static const enum lfb_work_dist dists[] = { LFB_WORK_CONSTANT, LFB_WORK_EXPONENTIAL, LFB_WORK_BIMODAL };

/* Each length is a whole number of rounds, and half a round is what may be off at most. */
static void the_mean_is_exact(void **state)
{
	static const uint64_t means_ns[] = { 20, 100, 1000, 25000, 1000000 };

	(void)state;
	for (size_t d = 0; d < COUNT(dists); d++) {
		for (size_t m = 0; m < COUNT(means_ns); m++) {
			struct lfb_work work;
			double off_ns;

			assert_int_equal(lfb_work_make(&work, means_ns[m], dists[d]), 0);
			off_ns = fabs(mean_of(&work) - (double)means_ns[m]);
			if (off_ns > 0.5 / lfb_work_rounds_per_ns() + 1e-6 * (double)means_ns[m])
				fail_msg("distribution %d of %llu ns: %f off", (int)dists[d], (unsigned long long)means_ns[m], off_ns);
			lfb_work_free(&work);
		}
	}
}

static void the_same_every_time(void **state)
{
	(void)state;
	for (size_t d = 0; d < COUNT(dists); d++) {
		struct lfb_work one, other;

		assert_int_equal(lfb_work_make(&one, 700, dists[d]), 0);
		assert_int_equal(lfb_work_make(&other, 700, dists[d]), 0);
		assert_ptr_not_equal(one.rounds, other.rounds);
		assert_memory_equal(one.rounds, other.rounds, LFB_WORK_ITEMS * sizeof(one.rounds[0]));
		lfb_work_free(&one);
		lfb_work_free(&other);
	}
}

static void constant(void **state)
{
	struct lfb_work work;

	(void)state;
	assert_int_equal(lfb_work_make(&work, 500, LFB_WORK_CONSTANT), 0);
	for (unsigned i = 1; i < LFB_WORK_ITEMS; i++)
		assert_int_equal(work.rounds[i], work.rounds[0]);
	lfb_work_free(&work);
}

/* Two lengths, the long one 91 times the short one; 1 in 10 is long, give or take 5 sigma of as many draws. */
static void bimodal(void **state)
{
	const double sigma = sqrt(0.1 * 0.9 / LFB_WORK_ITEMS);
	struct lfb_work work;
	uint32_t low, high;
	unsigned longs = 0;

	(void)state;
	assert_int_equal(lfb_work_make(&work, 100000, LFB_WORK_BIMODAL), 0);
	low = high = work.rounds[0];
	for (unsigned i = 0; i < LFB_WORK_ITEMS; i++) {
		low = work.rounds[i] < low ? work.rounds[i] : low;
		high = work.rounds[i] > high ? work.rounds[i] : high;
	}
	for (unsigned i = 0; i < LFB_WORK_ITEMS; i++) {
		assert_true(work.rounds[i] == low || work.rounds[i] == high);
		longs += work.rounds[i] == high;
	}
	assert_true(fabs((double)high / low - 91) < 0.1);
	assert_true(fabs((double)longs / LFB_WORK_ITEMS - 0.1) < 5 * sigma);
	lfb_work_free(&work);
}

/* P(x > k mean) is exp(-k), as close as the number of draws allows. */
static void exponential(void **state)
{
	struct lfb_work work;

	(void)state;
	assert_int_equal(lfb_work_make(&work, 10000, LFB_WORK_EXPONENTIAL), 0);
	for (unsigned k = 1; k <= 4; k++) {
		const double share = exp(-(double)k), sigma = sqrt(share * (1 - share) / LFB_WORK_ITEMS);
		unsigned longer = 0;

		for (unsigned i = 0; i < LFB_WORK_ITEMS; i++)
			longer += lfb_work_ns(&work, i) > k * 10000.0;
		assert_true(fabs((double)longer / LFB_WORK_ITEMS - share) < 5 * sigma);
	}
	lfb_work_free(&work);
}

static void none_and_too_much(void **state)
{
	struct lfb_work work = { .mean_ns = 5, .rounds = (uint32_t *)8 };

	(void)state;
	assert_int_equal(lfb_work_make(&work, 0, LFB_WORK_BIMODAL), 0);
	assert_null(work.rounds);
	lfb_work_do(&work, 3); /* nothing, at once */
	assert_true(lfb_work_ns(&work, 3) == 0);
	lfb_work_free(&work);
	/* Lengths that do not fit are as long as fits, and do not wrap round to short ones. */
	assert_int_equal(lfb_work_make(&work, UINT64_MAX, LFB_WORK_CONSTANT), 0);
	for (unsigned i = 0; i < LFB_WORK_ITEMS; i++)
		assert_int_equal(work.rounds[i], UINT32_MAX);
	lfb_work_free(&work);
	lfb_work_free(&work); /* twice is once */
	/* Items beyond the table start it anew. */
	assert_int_equal(lfb_work_make(&work, 100, LFB_WORK_EXPONENTIAL), 0);
	for (unsigned i = 0; i < 100; i++)
		assert_true(lfb_work_ns(&work, i) == lfb_work_ns(&work, UINT64_MAX - LFB_WORK_ITEMS + 1 + i));
	for (unsigned i = 0; i < 1000; i++)
		lfb_work_do(&work, i);
	lfb_work_free(&work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mean_is_exact), cmocka_unit_test(the_same_every_time), cmocka_unit_test(constant),
		cmocka_unit_test(bimodal),	     cmocka_unit_test(exponential),	    cmocka_unit_test(none_and_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
