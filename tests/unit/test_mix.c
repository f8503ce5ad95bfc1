/*
 * test_mix.c - the value hash behind every verified figure: lfb_mix loses nothing (it has an
 * inverse), and a sum of it moves with errors that leave a plain sum as it was.
 */
#include "unit.h"

#include "statistics/stats.h"

#include <lfbench/backend.h>

/* A fold of the upper half onto the lower one undoes itself. */
static uint64_t fold(uint64_t word)
{
	return word ^ (word >> 32);
}

/* The inverse: the steps backwards, and the odd factor's inverse by Newton's method. */
static uint64_t unmix(uint64_t mixed)
{
	const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t inverse = factor; /* right in 3 bits, and in twice as many after each step */

	for (int step = 0; step < 5; step++)
		inverse *= 2 - factor * inverse;
	return fold(fold(mixed) * inverse);
}

static void has_an_inverse(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 1);
	for (unsigned i = 0; i < 200000; i++) {
		const uint64_t value = lfb_rng_next(&rng) >> lfb_rng_below(&rng, 64);

		assert_true(unmix(lfb_mix(value)) == value);
		assert_true(lfb_mix(unmix(value)) == value);
	}
	for (unsigned bit = 0; bit < 64; bit++)
		assert_true(unmix(lfb_mix(UINT64_C(1) << bit)) == UINT64_C(1) << bit);
	assert_true(lfb_mix(0) == 0);
	assert_true(unmix(lfb_mix(UINT64_MAX)) == UINT64_MAX);
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The values a trial really has: no two of them mix to the same, and none to 0. */
static void no_two_values_collide(void **state)
{
	enum { PRODUCERS = 64, EACH = 2000 };
	uint64_t *const mixed = malloc(sizeof(*mixed) * PRODUCERS * EACH);
	size_t n = 0;

	(void)state;
	assert_non_null(mixed);
	for (uint64_t p = 0; p < PRODUCERS; p++)
		for (uint64_t i = 1; i <= EACH; i++)
			mixed[n++] = lfb_mix(p << LFB_VALUE_SHIFT | i);
	qsort(mixed, n, sizeof(mixed[0]), compare);
	assert_true(mixed[0] != 0);
	for (size_t i = 1; i < n; i++)
		assert_true(mixed[i - 1] != mixed[i]);
	free(mixed);
}

static uint64_t value_of(uint64_t producer, uint64_t number)
{
	return producer << LFB_VALUE_SHIFT | number;
}

/* Whether the sum of the two mixes is the same for a wrong pair of values. */
static bool missed(uint64_t a, uint64_t b, uint64_t wrong_a, uint64_t wrong_b)
{
	const bool only_exchanged = (a == wrong_b && b == wrong_a) || (a == wrong_a && b == wrong_b);

	return !only_exchanged && lfb_mix(a) + lfb_mix(b) == lfb_mix(wrong_a) + lfb_mix(wrong_b);
}

static uint64_t random_value(struct lfb_rng *rng)
{
	return value_of(lfb_rng_below(rng, 64), 1000 + lfb_rng_below(rng, 1000000));
}

/* One value too high by as much as another is too low: the plain sum is right. */
static void cancelling_errors_change_the_sum(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 2);
	for (unsigned i = 0; i < 300000; i++) {
		const uint64_t a = random_value(&rng), b = random_value(&rng);
		/* by 1; by a few numbers; by a whole producer or several */
		const uint64_t errors[] = { 1, 1 + lfb_rng_below(&rng, 999),
					    (1 + lfb_rng_below(&rng, 63)) << LFB_VALUE_SHIFT };
		const uint64_t error = errors[i % COUNT(errors)];

		if (missed(a, b, a + error, b - error))
			fail_msg("%#lx and %#lx, off by %#lx", a, b, error);
	}
}

/* Torn values: two exchange their producers, or their halves, or a byte. */
static void exchanged_parts_change_the_sum(void **state)
{
	static const uint64_t parts[] = { UINT64_C(0xFFFF) << 48, UINT64_C(0xFFFFFFFF) << 32, UINT64_C(0xFF) };
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 3);
	for (unsigned i = 0; i < 300000; i++) {
		const uint64_t a = random_value(&rng), b = random_value(&rng);
		const uint64_t moved = (a ^ b) & parts[i % COUNT(parts)];

		if (missed(a, b, a ^ moved, b ^ moved))
			fail_msg("%#lx and %#lx exchange %#lx", a, b, moved);
	}
}

/* All small cases: two producers' values, of which the halves were exchanged. */
static void exchanged_producers_change_the_sum(void **state)
{
	(void)state;
	for (uint64_t m = 1; m < 300; m++) {
		for (uint64_t n = 1; n < 300; n++) {
			const uint64_t right = lfb_mix(value_of(0, m)) + lfb_mix(value_of(1, n));

			if (m != n)
				assert_true(right != lfb_mix(value_of(1, m)) + lfb_mix(value_of(0, n)));
		}
	}
}

/* A value in place of another: repeated, zero, all ones, torn (its halves from two others). */
static void a_wrong_value_changes_the_sum(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 4);
	for (unsigned i = 0; i < 100000; i++) {
		const uint64_t value = value_of(lfb_rng_below(&rng, 4096), 1 + lfb_rng_below(&rng, UINT64_C(1) << 40));

		assert_true(lfb_mix(value) != lfb_mix(value + 1));
		assert_true(lfb_mix(value) != lfb_mix(value ^ (UINT64_C(1) << lfb_rng_below(&rng, 64))));
		assert_true(lfb_mix(value) != lfb_mix(0));
		assert_true(lfb_mix(value) != lfb_mix(UINT64_MAX));
	}
}

/* Three values wrong by multiples of one error, which cancel in any linear sum. */
static void three_errors_change_the_sum(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 5);
	for (unsigned i = 0; i < 100000; i++) {
		/* In three ranges, so that no wrong value is another one's right value. */
		const uint64_t e = 1 + lfb_rng_below(&rng, 300), a = 1000 + lfb_rng_below(&rng, 100000),
			       b = 200000 + lfb_rng_below(&rng, 100000), c = 400000 + lfb_rng_below(&rng, 100000);

		assert_true(lfb_mix(a) + lfb_mix(b) + lfb_mix(c) !=
			    lfb_mix(a + e) + lfb_mix(b + e) + lfb_mix(c - 2 * e));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_an_inverse),
		cmocka_unit_test(no_two_values_collide),
		cmocka_unit_test(cancelling_errors_change_the_sum),
		cmocka_unit_test(exchanged_parts_change_the_sum),
		cmocka_unit_test(exchanged_producers_change_the_sum),
		cmocka_unit_test(a_wrong_value_changes_the_sum),
		cmocka_unit_test(three_errors_change_the_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
