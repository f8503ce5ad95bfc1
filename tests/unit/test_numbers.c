/*
 * test_numbers.c - numbers, durations and lists as users write them: every form that is taken
 * and its exact value, and every form that is refused. What was built up from random digits is
 * read back; the expected value is known from how the text was made.
 */
#include "unit.h"

#include "plan/names.h"
#include "text/numbers.h"
#include "statistics/stats.h"

#include <errno.h>
#include <inttypes.h>

struct good {
	const char *text;
	uint64_t value;
};

static const struct good good_counts[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "007", 7 },
	{ "200000", 200000 },
	{ "200k", 200000 },
	{ "200K", 200000 },
	{ "1e6", 1000000 },
	{ "1E6", 1000000 },
	{ "1e+6", 1000000 },
	{ "1e06", 1000000 },
	{ "2e5", 200000 },
	{ "1.5k", 1500 },
	{ "1.5M", 1500000 },
	{ "1.000000001G", 1000000001 },
	{ "0.001k", 1 },
	{ "2.50e1", 25 },
	{ "1.5e1k", 15000 },
	{ "10.0", 10 },
	{ ".5k", 500 },
	{ "0e30", 0 },
	{ "0G", 0 },
	{ "18446744073709551615", UINT64_MAX },
	{ "18446744073709551.615k", UINT64_MAX },
	{ "1.8446744073709551615e19", UINT64_MAX },
	{ "18446744073G", UINT64_C(18446744073000000000) },
	{ "1e19", UINT64_C(10000000000000000000) },
};

static void counts(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		" 1",
		"1 ",
		"1\n",
		"-1",
		"+1",
		"x",
		"k",
		".",
		"e6",
		"1e",
		"1e+",
		"1e-1",
		"1ek",
		"1.5",
		"1..5",
		"1.5.5",
		"0.5",
		"1.2345k",
		"1kk",
		"1m",
		"1g",
		"1T",
		"1ki",
		"0x10",
		"1f",
		"nan",
		"inf",
		"1,5",
		"1_000",
		"1'000",
		"1e999",
		"1e31",
		"1e300000000000000000000",
		"1e20",
		"18446744073709551616",
		"18446744073709552k",
		"99999999999999999999999",
		"18446744073G1",
		"1\xc2\xa0k",
		"\xd9\xa1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good_counts); i++) {
		struct lfb_error error = { "" };
		uint64_t value = 77;

		if (lfb_parse_count(good_counts[i].text, &value, &error) != 0 || value != good_counts[i].value)
			fail_msg("'%s' is %" PRIu64 ", not %" PRIu64 " (%s)", good_counts[i].text, value, good_counts[i].value,
				 error.text);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct lfb_error error = { "" };
		uint64_t value;

		if (lfb_parse_count(bad[i], &value, &error) != -EINVAL)
			fail_msg("'%s' was taken as %" PRIu64, bad[i], value);
		unit_has(error.text, "not a whole number");
		if (strlen(bad[i]) > 0)
			unit_has(error.text, bad[i]);
		assert_int_equal(lfb_parse_count(bad[i], &value, NULL), -EINVAL);
	}
}

static void durations(void **state)
{
	static const struct good good[] = {
		{ "25ms", 25000000 },
		{ "1.5s", 1500000000 },
		{ "300us", 300000 },
		{ "0.5us", 500 },
		{ "7ns", 7 },
		{ "1e3ns", 1000 },
		{ "2m", UINT64_C(120000000000) },
		{ "2min", UINT64_C(120000000000) },
		{ "0s", 0 },
		{ "0.000000001s", 1 },
		{ "18446744073709551615ns", UINT64_MAX },
		{ "18446744073s", UINT64_C(18446744073000000000) },
		{ "18446744073.709551615s", UINT64_MAX },
		{ "0.00000000005m", 3 }, /* not before it is multiplied is it a whole number */
		{ "0.0000000001min", 6 },
	};
	static const char *const bad[] = { "",
					   "25",
					   "ms",
					   "25 ms",
					   "25MS",
					   "25Ms",
					   "1h",
					   "1d",
					   "-1s",
					   "1.5ns",
					   "0.5ns",
					   "nans",
					   "1e999s",
					   "1s1s",
					   "25ms ",
					   "18446744074s",
					   "307445734562m",
					   "1e30s",
					   "18446744073709551616ns",
					   "1mn",
					   "1sec" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		uint64_t value = 77;

		if (lfb_parse_duration(good[i].text, &value, NULL) != 0 || value != good[i].value)
			fail_msg("'%s' is %" PRIu64 ", not %" PRIu64, good[i].text, value, good[i].value);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct lfb_error error = { "" };
		uint64_t value;

		if (lfb_parse_duration(bad[i], &value, &error) != -EINVAL)
			fail_msg("'%s' was taken as %" PRIu64, bad[i], value);
		unit_has(error.text, "not a duration");
		unit_has(error.text, "25ms");
	}
}

/* Digits with the point at every place: "12.34e2" is 1234, whatever way it is written. */
static void the_point_moves_and_the_value_stays(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 3);
	for (unsigned round = 0; round < 5000; round++) {
		const uint64_t number = lfb_rng_next(&rng) >> lfb_rng_below(&rng, 64);
		char digits[32], text[64];
		uint64_t value = 0;
		int length, point;

		length = snprintf(digits, sizeof(digits), "%" PRIu64, number);
		point = (int)lfb_rng_below(&rng, (uint64_t)length + 1);
		(void)snprintf(text, sizeof(text), "%.*s.%se%s%d", point, digits, digits + point,
			       round % 2 == 0 ? "" : "+", length - point);
		if (lfb_parse_count(text, &value, NULL) != 0 || value != number)
			fail_msg("'%s' is %" PRIu64, text, value);
		/* One power of ten less is a whole number only if the last digit is 0. */
		if (point < length) {
			(void)snprintf(text, sizeof(text), "%.*s.%se%d", point, digits, digits + point,
				       length - point - 1);
			assert_int_equal(lfb_parse_count(text, &value, NULL), number % 10 == 0 ? 0 : -EINVAL);
		}
	}
}

/* Text of any bytes is either refused or a number; nothing else happens (the sanitizers watch). */
static void junk(void **state)
{
	static const char alphabet[] = "0123456789.eE+-kMG, nsmu";
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 4);
	for (unsigned round = 0; round < 20000; round++) {
		struct lfb_list list;
		struct lfb_error error;
		char text[24];
		uint64_t value;
		size_t length = lfb_rng_below(&rng, sizeof(text));

		for (size_t i = 0; i < length; i++)
			text[i] = round % 4 == 0 ? (char)(1 + lfb_rng_below(&rng, 255))
						 : alphabet[lfb_rng_below(&rng, sizeof(alphabet) - 1)];
		text[length] = '\0';
		(void)lfb_parse_count(text, &value, &error);
		(void)lfb_parse_duration(text, &value, &error);
		if (lfb_parse_count_list(text, 0, UINT64_MAX, &list, &error) == 0)
			assert_in_range(list.count, 1, LFB_LIST_MAX);
		(void)lfb_parse_name_list(text, lfb_wait_names, &list, &error);
	}
}

static void expect_list(const char *text, uint64_t min, uint64_t max, const uint64_t *values, size_t count)
{
	struct lfb_error error = { "" };
	struct lfb_list list;

	if (lfb_parse_count_list(text, min, max, &list, &error) != 0)
		fail_msg("'%s': %s", text, error.text);
	assert_int_equal(list.count, count);
	assert_memory_equal(list.values, values, count * sizeof(values[0]));
}

static void lists_keep_their_order(void **state)
{
	(void)state;
	expect_list("1,2,4", 1, 8, (const uint64_t[]){ 1, 2, 4 }, 3);
	expect_list("4,2,1", 1, 8, (const uint64_t[]){ 4, 2, 1 }, 3);
	expect_list("1-8", 1, 8, (const uint64_t[]){ 1, 2, 3, 4, 5, 6, 7, 8 }, 8);
	expect_list("1,4-6", 1, 8, (const uint64_t[]){ 1, 4, 5, 6 }, 4);
	expect_list("4-6,1,7-8", 1, 8, (const uint64_t[]){ 4, 5, 6, 1, 7, 8 }, 6);
	expect_list("3-3", 1, 8, (const uint64_t[]){ 3 }, 1);
	expect_list("1k,1.5k,1e4", 1, 100000, (const uint64_t[]){ 1000, 1500, 10000 }, 3);
	expect_list("0-1", 0, 8, (const uint64_t[]){ 0, 1 }, 2);
	/* A range that ends at the largest number there is ends. */
	expect_list("18446744073709551614-18446744073709551615", 0, UINT64_MAX,
		    (const uint64_t[]){ UINT64_MAX - 1, UINT64_MAX }, 2);
}

static void lists_that_are_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "empty" },
		{ ",", "empty" },
		{ "1,", "empty" },
		{ ",1", "empty" },
		{ "1,,2", "empty" },
		{ "1;2", "not a whole number" },
		{ "1 ,2", "not a whole number" },
		{ "8-1", "runs backwards" },
		{ "1-", "not a whole number" },
		{ "-1", "not a whole number" },
		{ "1--3", "not a whole number" },
		{ "1-2-3", "not a whole number" },
		{ "0", "outside 1 to 8" },
		{ "9", "outside 1 to 8" },
		{ "7-9", "outside 1 to 8" },
		{ "0-3", "outside 1 to 8" },
		{ "1-18446744073709551615", "outside 1 to 8" },
		{ "1,2,1", "twice" },
		{ "1-3,2", "twice" },
		{ "2,1e0,10e-1", "not a whole number" },
		{ "1,1.0", "twice" },
		{ "1111111111111111111111111111111111111111111111111111111111111111111", "overlong" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct lfb_error error = { "" };
		struct lfb_list list;

		if (lfb_parse_count_list(bad[i].text, 1, 8, &list, &error) != -EINVAL)
			fail_msg("'%s' was taken", bad[i].text);
		unit_has(error.text, bad[i].why);
	}
}

static void lists_have_256_values_at_most(void **state)
{
	struct lfb_error error = { "" };
	struct lfb_list list;

	(void)state;
	assert_int_equal(lfb_parse_count_list("1-256", 1, 5000, &list, &error), 0);
	assert_int_equal(list.count, LFB_LIST_MAX);
	assert_int_equal(list.values[255], 256);
	assert_int_equal(lfb_parse_count_list("1-257", 1, 5000, &list, &error), -EINVAL);
	unit_has(error.text, "more than 256");
	assert_int_equal(lfb_parse_count_list("1-256,300", 1, 5000, &list, &error), -EINVAL);
	/* A range that has no end in sight is not walked through. */
	assert_int_equal(lfb_parse_count_list("0-18446744073709551615", 0, UINT64_MAX, &list, &error), -EINVAL);
	unit_has(error.text, "more than 256");
}

static void name_lists(void **state)
{
	struct lfb_error error = { "" };
	struct lfb_list list;

	(void)state;
	assert_int_equal(lfb_parse_name_list("yield", lfb_wait_names, &list, &error), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.values[0], LFB_WAIT_YIELD);
	assert_int_equal(lfb_parse_name_list("block,spin", lfb_wait_names, &list, &error), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.values[0], LFB_WAIT_BLOCK);
	assert_int_equal(list.values[1], LFB_WAIT_SPIN);
	assert_int_equal(lfb_parse_name_list("spin,spin", lfb_wait_names, &list, &error), -EINVAL);
	unit_has(error.text, "twice");
	assert_int_equal(lfb_parse_name_list("spinn", lfb_wait_names, &list, &error), -EINVAL);
	unit_has(error.text, "'spinn' is not known (did you mean 'spin'?); known: spin, yield, block, backoff, park");
	assert_int_equal(lfb_parse_name_list("telepathy", lfb_wait_names, &list, &error), -EINVAL);
	unit_has(error.text, "'telepathy' is not known; known: spin, yield, block, backoff, park");
	assert_int_equal(lfb_parse_name_list("spin-block", lfb_wait_names, &list, &error), -EINVAL);
	assert_int_equal(lfb_parse_name_list("spin,", lfb_wait_names, &list, &error), -EINVAL);
	assert_int_equal(lfb_parse_name_list("", lfb_wait_names, &list, &error), -EINVAL);
}

static void duration_texts(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 us" },
		{ 1, "0.001 us" },
		{ 300000, "300 us" },
		{ 25000000, "25 ms" },
		{ 12345678, "12.3 ms" },
		{ 1500000000, "1.5 s" },
		{ UINT64_C(10000000000), "10 s" },
		{ UINT64_C(123000000000), "2 min 3 s" },
		{ UINT64_C(3600000000000), "60 min 0 s" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(lfb_duration_text(cases[i].ns, out, sizeof(out)), cases[i].text);
}

/* Just below the next unit three digits round up to a thousand: that must not become 1e+03. */
static void duration_texts_have_no_exponent(void **state)
{
	char out[64];

	(void)state;
	for (uint64_t unit = 1000; unit <= UINT64_C(1000000000000000000); unit *= 10) {
		for (uint64_t less = 0; less < 3; less++) {
			lfb_duration_text(unit - less, out, sizeof(out));
			if (strchr(out, 'e') != NULL)
				fail_msg("%" PRIu64 " ns are '%s'", unit - less, out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(durations),
		cmocka_unit_test(the_point_moves_and_the_value_stays),
		cmocka_unit_test(junk),
		cmocka_unit_test(lists_keep_their_order),
		cmocka_unit_test(lists_that_are_refused),
		cmocka_unit_test(lists_have_256_values_at_most),
		cmocka_unit_test(name_lists),
		cmocka_unit_test(duration_texts),
		cmocka_unit_test(duration_texts_have_no_exponent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
