/* test_ticks.c - stamps go forward, ticks become nanoseconds exactly, and a time base is never a bad one. */
#include "unit.h"

#include "machine/clock.h"
#include "machine/ticks.h"

#include <math.h>
#include <sched.h>

/* The time bases there are on this machine. */
static struct lfb_timebase counter_or_clock, clock_only;

static int make_timebases(void **state)
{
	const int cpu = sched_getcpu();
	cpu_set_t set;

	(void)state;
	/* What two CPUs' counters differ by is not what is tested here. */
	CPU_ZERO(&set);
	if (cpu >= 0)
		CPU_SET(cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
	lfb_timebase_init(&counter_or_clock);
	lfb_timebase_use_clock(&clock_only);
	return 0;
}

static void stamps_never_go_back(void **state)
{
	const struct lfb_timebase *const bases[] = { &counter_or_clock, &clock_only };

	(void)state;
	for (size_t b = 0; b < COUNT(bases); b++) {
		uint64_t last = lfb_ticks_before(bases[b]);

		for (int i = 0; i < 100000; i++) {
			const uint64_t now = i % 2 == 0 ? lfb_ticks_after(bases[b]) : lfb_ticks_before(bases[b]);

			assert_true(now >= last);
			last = now;
		}
	}
}

static void clock_stamps_are_monotonic_raw(void **state)
{
	const uint64_t before = lfb_clock_now_ns();
	const uint64_t stamp = lfb_ticks_after(&clock_only);
	const uint64_t after = lfb_clock_now_ns();

	(void)state;
	assert_in_range(stamp, before, after);
	assert_int_equal(lfb_ticks_ns(&clock_only, 12345), 12345);
	assert_int_equal(lfb_ticks_ns(&clock_only, UINT64_MAX), UINT64_MAX);
}

/*
 * The clock is read inside the stamps, so what it sees is no longer than what they say, and the other way
 * round, whatever happens in between. Only the rate can make a difference; 1 in 100 is far beyond its error.
 */
static void counter_agrees_with_the_clock(void **state)
{
	uint64_t outer, inner, first, last, start, end;

	(void)state;
	first = lfb_ticks_before(&counter_or_clock);
	start = lfb_clock_now_ns();
	do
		end = lfb_clock_now_ns();
	while (end - start < 2000000);
	last = lfb_ticks_after(&counter_or_clock);
	outer = lfb_ticks_ns(&counter_or_clock, last - first);
	assert_true((double)outer > 0.99 * (double)(end - start));

	start = lfb_clock_now_ns();
	first = lfb_ticks_before(&counter_or_clock);
	do
		last = lfb_ticks_after(&counter_or_clock);
	while (lfb_ticks_ns(&counter_or_clock, last - first) < 2000000);
	end = lfb_clock_now_ns();
	inner = lfb_ticks_ns(&counter_or_clock, last - first);
	assert_true(0.99 * (double)inner < (double)(end - start));
}

static void invariant_counters_are_used(void **state)
{
	(void)state;
	assert_true(counter_or_clock.mult != 0 && counter_or_clock.shift <= 63);
	if (!counter_or_clock.use_counter)
		assert_true(counter_or_clock.mult == 1 && counter_or_clock.shift == 0);
	if (!LFB_TICKS_COUNTER || !lfb_clock_tsc_invariant())
		assert_int_equal(counter_or_clock.use_counter, 0);
}

/* 3 GHz: 3 ticks a nanosecond, over all the time that a run can take, and a product beyond 64 bits. */
static void ticks_become_ns_in_128_bits(void **state)
{
	const uint64_t days = UINT64_C(10) * 24 * 3600 * 1000000000u;
	struct lfb_timebase base;

	(void)state;
	if (!LFB_TICKS_COUNTER)
		skip();
	assert_true(lfb_timebase_use_counter(3000, 1000, &base));
	assert_int_equal(base.use_counter, 1);
	assert_in_range(lfb_ticks_ns(&base, 3000), 999, 1000);
	assert_in_range(lfb_ticks_ns(&base, 3 * days), days - days / 1000000000u, days + days / 1000000000u);
	assert_int_equal(lfb_ticks_ns(&base, 0), 0);
	/* 24 MHz, as on arm64 */
	assert_true(lfb_timebase_use_counter(24, 1000, &base));
	assert_in_range(lfb_ticks_ns(&base, 24000000), 999999999, 1000000001);
	base = (struct lfb_timebase){ .use_counter = 1, .shift = 63, .mult = UINT64_C(1) << 63 };
	assert_int_equal(lfb_ticks_ns(&base, UINT64_MAX), UINT64_MAX);
}

static void impossible_rates_are_refused(void **state)
{
	static const uint64_t rates[][2] = {
		{ 0, 0 }, { 0, 1000000 }, { 1000000, 0 }, { 1, 1000000 }, { UINT64_MAX, 1 }, { 1, UINT64_MAX },
	};
	const struct lfb_timebase untouched = { 7, 8, 9 };
	struct lfb_timebase base = untouched;

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		assert_false(lfb_timebase_use_counter(rates[i][0], rates[i][1], &base));
		assert_memory_equal(&base, &untouched, sizeof(base));
	}
}

/* The least over batches is not more than one long batch takes by the same stamps. */
static void cost_is_of_one_stamp(void **state)
{
	const struct lfb_timebase *const bases[] = { &counter_or_clock, &clock_only };
	const int reads = 10000;

	(void)state;
	for (size_t b = 0; b < COUNT(bases); b++) {
		const double cost_ns = lfb_ticks_cost_ns(bases[b]);
		const uint64_t start = lfb_ticks_before(bases[b]);
		uint64_t end = start;

		for (int i = 0; i < reads; i++)
			end = lfb_ticks_after(bases[b]);
		assert_true(cost_ns > 0.1);
		assert_true(cost_ns <= 1.5 * (double)lfb_ticks_ns(bases[b], end - start) / reads);
	}
}

/* Every difference is a multiple of the step, and the step is no more than what a stamp costs several times over. */
static void steps_divide_all_differences(void **state)
{
	const double step_ns = lfb_ticks_step_ns(&counter_or_clock);
	const double tick_ns = (double)counter_or_clock.mult / ldexp(1, (int)counter_or_clock.shift);
	const uint64_t step = (uint64_t)(step_ns / tick_ns + 0.5), start = lfb_ticks_before(&counter_or_clock);

	(void)state;
	assert_true(step >= 1 && fabs(step_ns - (double)step * tick_ns) < 1e-6 * step_ns);
	for (int i = 0; i < 1000; i++)
		assert_int_equal((lfb_ticks_after(&counter_or_clock) - start) % step, 0);
	assert_true(lfb_ticks_step_ns(&clock_only) >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_never_go_back),		 cmocka_unit_test(clock_stamps_are_monotonic_raw),
		cmocka_unit_test(counter_agrees_with_the_clock), cmocka_unit_test(invariant_counters_are_used),
		cmocka_unit_test(ticks_become_ns_in_128_bits),	 cmocka_unit_test(impossible_rates_are_refused),
		cmocka_unit_test(cost_is_of_one_stamp),		 cmocka_unit_test(steps_divide_all_differences),
	};

	return cmocka_run_group_tests(tests, make_timebases, NULL);
}
