/*
 * test_latency.c - what the host prepares for the loops of a latency trial: how many values are sampled, the
 * schedule of an open loop, and that every stamp has its place.
 */
#include "unit.h"

#include "statistics/histogram.h"
#include "trial/latency.h"
#include "machine/ticks.h"
#include "plan/workload.h"

#include <lfbench/loop_latency.h>
#include <math.h>

static struct lfb_latency_trial trial;
static struct lfb_timebase timebase;

static struct lfb_shape shape_of(uint64_t rate_per_s, enum lfb_arrival arrival)
{
	return (struct lfb_shape){ .workload = &lfb_workloads[0], .producers = 1, .consumers = 1, .rate_per_s = rate_per_s, .arrival = arrival };
}

static void prepare(uint64_t rate_per_s, enum lfb_arrival arrival, const uint64_t *produced, uint32_t producers)
{
	const struct lfb_shape shape = shape_of(rate_per_s, arrival);

	lfb_timebase_use_clock(&timebase);
	assert_int_equal(lfb_latency_prepare(&trial, &shape, &timebase, produced, producers, producers + 1, 7), 0);
}

/* All of few, one in 64 of many, and never more than a million, so that memory has a bound. */
static void how_many_are_sampled(void **state)
{
	(void)state;
	assert_int_equal(lfb_latency_sample_shift(1), 0);
	assert_int_equal(lfb_latency_sample_shift(UINT64_C(1) << 16), 0);
	for (uint64_t items = 1; items < UINT64_C(1) << 41; items += items / 3 + 1) {
		const uint32_t shift = lfb_latency_sample_shift(items);

		assert_true(items >> shift <= UINT64_C(1) << 20);
		assert_true(shift <= 6 || items >> (shift - 1) > UINT64_C(1) << 20);
		assert_true(shift == 0 || items >> (shift - 1) > UINT64_C(1) << 16);
	}
}

/* In each window of 2^shift values exactly one, not always at the same place. */
static void one_of_each_window(void **state)
{
	struct lfb_latency_plan plan = { .sample_shift = 4 };
	unsigned places[16] = { 0 };

	(void)state;
	for (uint64_t window = 0; window < 4096; window++) {
		unsigned sampled = 0;

		for (uint64_t i = 0; i < 16; i++) {
			const uint64_t value = UINT64_C(5) << LFB_VALUE_SHIFT | (window * 16 + i + 1);

			assert_int_equal(lfb_number(value), window * 16 + i);
			sampled += lfb_is_sampled(&plan, value);
			places[i] += lfb_is_sampled(&plan, value);
		}
		assert_int_equal(sampled, 1);
	}
	for (unsigned i = 0; i < 16; i++) /* 256 expected each; binomial, 6 sigma is 93 */
		assert_in_range(places[i], 163, 349);
	plan.sample_shift = 0;
	assert_true(lfb_is_sampled(&plan, 1) && lfb_is_sampled(&plan, 2));
}

/* Every value that is sampled has a slot of its own, for every producer. */
static void every_stamp_has_its_place(void **state)
{
	static const uint64_t produced[] = { 70000, 69999, 1 };

	(void)state;
	prepare(0, LFB_ARRIVAL_FIXED, produced, COUNT(produced));
	assert_true(trial.plan.sample_shift > 0);
	for (uint64_t p = 0; p < COUNT(produced); p++) {
		for (uint64_t i = 0; i < produced[p]; i++) {
			const uint64_t value = p << LFB_VALUE_SHIFT | (i + 1);

			if (lfb_is_sampled(&trial.plan, value)) {
				const uint64_t slot = i >> trial.plan.sample_shift;

				assert_true(slot < trial.plan.sent[p].slots);
				assert_int_equal(trial.plan.sent[p].ticks[slot], 0);
				trial.plan.sent[p].ticks[slot] = value;
			}
		}
	}
	lfb_latency_free(&trial);
}

/* A stamp is found again, and a value that nobody can have pushed does no harm. */
static void from_push_to_pop(void **state)
{
	static const uint64_t produced[] = { 10, 10 };
	struct lfb_shared shared = { .abort = 0 };
	struct lfb_thread thread = { .shared = &shared };

	(void)state;
	prepare(0, LFB_ARRIVAL_FIXED, produced, COUNT(produced));
	lfb_latency_brief(&trial, 0, &thread);
	lfb_stamp_at(&thread, UINT64_C(1) << LFB_VALUE_SHIFT | 3, 1000);
	lfb_time_sampled(&thread, UINT64_C(1) << LFB_VALUE_SHIFT | 3, 1500);
	lfb_time_sampled(&thread, UINT64_C(2) << LFB_VALUE_SHIFT | 3, 1500); /* no such producer */
	lfb_time_sampled(&thread, UINT64_C(1) << LFB_VALUE_SHIFT | 4000, 1500); /* nor such a value */
	lfb_time_sampled(&thread, 0, 1500);
	assert_int_equal(lfb_histogram_count(thread.service), 1);
	assert_int_equal(thread.service->max, 500);
	/* the other CPU's clock is behind: no time passed, rather than 584 years */
	lfb_stamp_at(&thread, 1, 2000);
	lfb_time_sampled(&thread, 1, 1990);
	assert_int_equal(thread.service->min, 0);
	assert_int_equal(thread.service->max, 500);
	lfb_latency_free(&trial);
}

static void fixed_arrivals(void **state)
{
	static const uint64_t produced[] = { 500, 500 };

	(void)state;
	prepare(1000000, LFB_ARRIVAL_FIXED, produced, COUNT(produced));
	for (uint64_t n = 0; n < 1000; n++)
		assert_int_equal(lfb_due_ticks(&trial.plan, n), n * 1000);
	assert_true(fabs(lfb_latency_scheduled_ns(&trial, 1000) - 999000) < 1e-3);
	/* far out a double still tells nanoseconds apart: an hour at a million a second */
	assert_int_equal(lfb_due_ticks(&trial.plan, UINT64_C(3600000000)) - lfb_due_ticks(&trial.plan, UINT64_C(3599999999)), 1000);
	lfb_latency_free(&trial);
}

/* Rising, of the right mean, as spread as an exponential distribution, and going on where the table ends. */
static void poisson_arrivals(void **state)
{
	static double arrivals[LFB_ARRIVALS], again[LFB_ARRIVALS];
	double squares = 0, below = 0;

	(void)state;
	lfb_latency_arrivals(42, arrivals);
	lfb_latency_arrivals(42, again);
	assert_memory_equal(arrivals, again, sizeof(arrivals));
	assert_true(arrivals[0] == 0);
	for (uint32_t i = 1; i < LFB_ARRIVALS; i++) {
		const double gap = arrivals[i] - arrivals[i - 1];

		assert_true(gap >= 0);
		squares += gap * gap;
		below += gap < 1;
	}
	/* E[gap^2] = 2 and P(gap < 1) = 1 - 1/e; 6 standard errors. */
	assert_true(fabs(squares / LFB_ARRIVALS - 2) < 6 * sqrt(20.0 / LFB_ARRIVALS));
	assert_true(fabs(below / LFB_ARRIVALS - (1 - exp(-1))) < 6 * sqrt(0.2325 / LFB_ARRIVALS));
	lfb_latency_arrivals(43, again);
	assert_memory_not_equal(arrivals, again, sizeof(arrivals));
}

static void the_table_starts_again(void **state)
{
	static const uint64_t produced[] = { 200000 };
	uint64_t last = 0;

	(void)state;
	prepare(1000000, LFB_ARRIVAL_POISSON, produced, 1);
	for (uint64_t n = 0; n < 3 * LFB_ARRIVALS; n++) {
		const uint64_t due = lfb_due_ticks(&trial.plan, n);

		assert_true(due >= last);
		last = due;
	}
	assert_int_equal(lfb_due_ticks(&trial.plan, 2 * LFB_ARRIVALS), 2000 * (uint64_t)LFB_ARRIVALS);
	lfb_latency_free(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_many_are_sampled),	     cmocka_unit_test(one_of_each_window),
		cmocka_unit_test(every_stamp_has_its_place), cmocka_unit_test(from_push_to_pop),
		cmocka_unit_test(fixed_arrivals),	     cmocka_unit_test(poisson_arrivals),
		cmocka_unit_test(the_table_starts_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
