/*
 * test_clock_offset.c - the interval that rounds of stamps leave for an offset, on made-up stamps; and
 * that on this machine it holds the offset of a clock of which it is known: CLOCK_MONOTONIC_RAW is
 * one clock for all CPUs, so 0.
 */
#include "two_usable.h"

#include "machine/clock_offset.h"
#include "machine/ticks.h"

#include <errno.h>
#include <math.h>

static const struct lfb_timebase ns_ticks = { .use_counter = 0, .shift = 0, .mult = 1 };

/* The interval after rounds in which B's clock is `ahead`, and the ball takes `there` and `back`. */
struct round {
	uint64_t at, there, back;
};

static int bound(uint64_t ahead, const struct round *rounds, size_t count, struct lfb_clock_offset *out)
{
	struct lfb_offset_rounds all;

	lfb_offset_rounds_start(&all);
	for (size_t i = 0; i < count; i++)
		lfb_offset_round(&all, rounds[i].at, rounds[i].at + rounds[i].there + ahead,
				 rounds[i].at + rounds[i].there + rounds[i].back);
	return lfb_offset_result(&all, &ns_ticks, out);
}

static void one_round(void **state)
{
	static const struct round rounds[] = { { 1000, 200, 100 } };
	struct lfb_clock_offset offset;

	(void)state;
	assert_int_equal(bound(0, rounds, 1, &offset), 0);
	assert_float_equal(offset.low_ns, -100, 0);
	assert_float_equal(offset.high_ns, 200, 0);
	assert_float_equal(lfb_clock_offset_bound(&offset), 200, 0);
	assert_int_equal(bound(5000, rounds, 1, &offset), 0);
	assert_float_equal(offset.low_ns, 4900, 0);
	assert_float_equal(offset.high_ns, 5200, 0);
	assert_int_equal(bound(-(uint64_t)5000, rounds, 1, &offset), 0);
	assert_float_equal(offset.low_ns, -5100, 0);
	assert_float_equal(offset.high_ns, -4800, 0);
	assert_float_equal(lfb_clock_offset_bound(&offset), 5100, 0);
}

/* The fastest way there bounds from above, the fastest way back from below, whichever rounds they are in. */
static void the_fastest_ways_bound(void **state)
{
	static const struct round rounds[] = { { 1000, 300, 90 }, { 3000, 70, 4000 }, { 9000, 500, 500 } };
	struct lfb_clock_offset offset;

	(void)state;
	assert_int_equal(bound(10, rounds, COUNT(rounds), &offset), 0);
	assert_float_equal(offset.low_ns, 10 - 90, 0);
	assert_float_equal(offset.high_ns, 10 + 70, 0);
}

/* Clocks that wrap around in the middle of a round, and clocks as far apart as can be. */
static void far_apart_and_wrapping(void **state)
{
	static const struct round rounds[] = { { UINT64_MAX - 50, 100, 100 } };
	struct lfb_clock_offset offset;

	(void)state;
	assert_int_equal(bound(7, rounds, 1, &offset), 0);
	assert_float_equal(offset.low_ns, -93, 0);
	assert_float_equal(offset.high_ns, 107, 0);
	assert_int_equal(bound(UINT64_C(1) << 62, rounds, 1, &offset), 0);
	assert_float_equal(offset.low_ns, 0x1p62, 1e6);
}

static void ticks_become_nanoseconds(void **state)
{
	const struct lfb_timebase half = { .use_counter = 1, .shift = 1, .mult = 1 }; /* 2 ticks a nanosecond */
	struct lfb_offset_rounds rounds;
	struct lfb_clock_offset offset;

	(void)state;
	lfb_offset_rounds_start(&rounds);
	lfb_offset_round(&rounds, 1000, 1100, 1400);
	assert_int_equal(lfb_offset_result(&rounds, &half, &offset), 0);
	assert_float_equal(offset.low_ns, -150, 0);
	assert_float_equal(offset.high_ns, 50, 0);
}

/* An offset that changes between two rounds by more than a round trip is none. */
static void contradiction(void **state)
{
	struct lfb_offset_rounds rounds;
	struct lfb_clock_offset offset = { -1, -2 };

	(void)state;
	lfb_offset_rounds_start(&rounds);
	lfb_offset_round(&rounds, 1000, 1100, 1200);
	lfb_offset_round(&rounds, 2000, 2600, 2200);
	assert_int_equal(lfb_offset_result(&rounds, &ns_ticks, &offset), -ERANGE);
	assert_float_equal(offset.low_ns, -1, 0);
}

/* Of three CPUs, one ahead and one behind: those two are the farthest apart, whatever comes first. */
static void several_cpus(void **state)
{
	static const struct lfb_clock_offset ahead = { 400, 500 }, behind = { -300, -200 }, within = { -10, 20 };
	struct lfb_clock_offset all = { 0, 0 };

	(void)state;
	lfb_clock_offset_add(&all, &ahead); /* the reference itself, at 0, is farther off than the lower bound */
	assert_float_equal(lfb_clock_offset_width(&all), 500, 0);
	lfb_clock_offset_add(&all, &within);
	assert_float_equal(lfb_clock_offset_width(&all), 510, 0);
	lfb_clock_offset_add(&all, &behind);
	assert_float_equal(lfb_clock_offset_width(&all), 800, 0);
	lfb_clock_offset_add(&all, &within);
	assert_float_equal(lfb_clock_offset_width(&all), 800, 0);
}

/* Measured until the machine lets it. */
static struct lfb_clock_offset measure(const struct lfb_timebase *timebase, struct two_usable cpus)
{
	struct lfb_clock_offset offset = { 0, 0 };
	int rc = -1;

	for (int tries = 0; tries < TRIES && rc != 0; tries++)
		rc = lfb_clock_offset_measure(timebase, cpus.a, cpus.b, &offset);
	assert_int_equal(rc, 0);
	return offset;
}

static void one_clock_for_all_cpus(void **state)
{
	const struct two_usable cpus = two_usable();
	struct lfb_timebase timebase;
	struct lfb_clock_offset offset;

	(void)state;
	lfb_timebase_use_clock(&timebase);
	offset = measure(&timebase, cpus);
	assert_true(offset.low_ns <= 0);
	assert_true(offset.high_ns >= 0);
}

static void the_clock_of_latencies(void **state)
{
	const struct two_usable cpus = two_usable();
	struct lfb_timebase timebase;
	struct lfb_clock_offset there, back;

	(void)state;
	lfb_timebase_init(&timebase);
	there = measure(&timebase, cpus);
	assert_true(there.low_ns <= there.high_ns);
	/* Seen from the other side it has the other sign, so the two intervals overlap when one is turned round. */
	back = measure(&timebase, (struct two_usable){ cpus.b, cpus.a });
	assert_true(-back.high_ns <= there.high_ns);
	assert_true(-back.low_ns >= there.low_ns);
}

static void among_several(void **state)
{
	const struct two_usable two = two_usable();
	const unsigned cpus[] = { two.a, two.b, two.a, two.b }, same[] = { two.a, two.a },
		       bad[] = { two.a, UINT32_MAX - 1 }, absent[] = { two.a, LFB_CPUS_MAX - 1 };
	double bound_ns = NAN;

	(void)state;
	for (int tries = 0; tries < TRIES && isnan(bound_ns); tries++)
		bound_ns = lfb_clock_offset_among(&ns_ticks, cpus, 4);
	assert_true(bound_ns >= 0);
	assert_true(isnan(lfb_clock_offset_among(&ns_ticks, cpus, 1)));
	assert_true(isnan(lfb_clock_offset_among(&ns_ticks, cpus, 0)));
	assert_true(isnan(lfb_clock_offset_among(&ns_ticks, same, 2)));
	assert_true(isnan(lfb_clock_offset_among(&ns_ticks, bad, 2)));
	assert_true(isnan(lfb_clock_offset_among(&ns_ticks, absent, 2)));
}

static void refused(void **state)
{
	const struct two_usable cpus = two_usable();
	struct lfb_clock_offset offset = { -1, -2 };

	(void)state;
	assert_int_equal(lfb_clock_offset_measure(&ns_ticks, cpus.a, cpus.a, &offset), -EINVAL);
	assert_int_equal(lfb_clock_offset_measure(&ns_ticks, UINT32_MAX, cpus.a, &offset), -EINVAL);
	assert_float_equal(offset.high_ns, -2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_round),
		cmocka_unit_test(the_fastest_ways_bound),
		cmocka_unit_test(far_apart_and_wrapping),
		cmocka_unit_test(ticks_become_nanoseconds),
		cmocka_unit_test(contradiction),
		cmocka_unit_test(several_cpus),
		cmocka_unit_test(one_clock_for_all_cpus),
		cmocka_unit_test(the_clock_of_latencies),
		cmocka_unit_test(among_several),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
