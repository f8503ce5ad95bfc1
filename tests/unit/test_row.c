/* test_row.c - rows keep what they are given; numbers read and write the same in every locale. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "results/row.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void is_empty_until_set(void **state)
{
	struct lfb_row row = { .failed = false };

	(void)state;
	for (int c = 0; c < LFB_COLUMN_COUNT; c++)
		assert_string_equal(lfb_row_get(&row, (enum lfb_column)c), "");
	lfb_row_set(&row, LFB_COL_host, "a");
	lfb_row_set(&row, LFB_COL_host, "b");
	assert_string_equal(lfb_row_get(&row, LFB_COL_host), "b");
	lfb_row_set(&row, LFB_COL_host, lfb_row_get(&row, LFB_COL_host)); /* its own text */
	assert_string_equal(lfb_row_get(&row, LFB_COL_host), "b");
	lfb_row_unset(&row, LFB_COL_host);
	assert_string_equal(lfb_row_get(&row, LFB_COL_host), "");
	lfb_row_set(&row, LFB_COL_host, "");
	assert_null(row.text[LFB_COL_host]);
	lfb_row_clear(&row);
}

static void copies_are_separate(void **state)
{
	struct lfb_row a = { .failed = false }, b = { .failed = false };

	(void)state;
	lfb_row_set(&a, LFB_COL_backend, "one");
	lfb_row_set(&b, LFB_COL_reason, "left over");
	assert_int_equal(lfb_row_copy(&b, &a), 0);
	lfb_row_set(&a, LFB_COL_backend, "two");
	assert_string_equal(lfb_row_get(&b, LFB_COL_backend), "one");
	assert_string_equal(lfb_row_get(&b, LFB_COL_reason), "");
	a.failed = true;
	assert_int_equal(lfb_row_copy(&b, &a), -ENOMEM);
	assert_string_equal(lfb_row_get(&b, LFB_COL_backend), "");
	assert_false(b.failed);
	lfb_row_clear(&a);
	lfb_row_clear(&b);
}

static const struct {
	double value;
	const char *text;
} written[] = {
	{ 0, "0" },
	{ 1, "1" },
	{ -1.5, "-1.5" },
	{ 3.14159265, "3.14159" },
	{ 0.1, "0.1" },
	{ 60.125, "60.125" },
	{ 999999, "999999" },
	{ 999999.5, "1000000" },
	{ 19234567.89, "19234600" },
	{ 123456789012345.0, "123457000000000" },
	{ 1e15, "1e+15" },
	{ 0.0001, "0.0001" },
	{ 0.00002, "2e-05" },
	{ 1.0 / 3, "0.333333" },
	{ NAN, "" },
	{ INFINITY, "" },
	{ -INFINITY, "" },
};

static void check_written(void)
{
	char text[LFB_F64_TEXT_BYTES];

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
		assert_string_equal(lfb_f64_text(written[i].value, text), written[i].text);
}

static void check_read(void)
{
	static const char *const good[] = { "0",   "1.5",  "-1.5",
					    "1e3", "1E-3", "+2",
					    ".5",  "5.",   "123456789012345678901234567890" };
	static const char *const bad[] = { "",
					   " 1",
					   "1 ",
					   "1,5",
					   "nan",
					   "inf",
					   "0x10",
					   "1e999",
					   "-1e999",
					   "1.2.3",
					   "1e",
					   "e5",
					   "-",
					   "--1",
					   "1-",
					   "\xC2\xA0"
					   "1" };
	double value = 42;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(lfb_f64_parse(good[i], &value));
	assert_true(lfb_f64_parse("2.5", &value));
	assert_true(value == 2.5);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(lfb_f64_parse(bad[i], &value));
		assert_true(value == 2.5);
	}
}

static void writes_six_digits(void **state)
{
	(void)state;
	check_written();
}

static void reads_plain_numbers_only(void **state)
{
	(void)state;
	check_read();
}

/* What is written reads back to within the six digits. */
static void f64_round_trip(void **state)
{
	char text[LFB_F64_TEXT_BYTES];
	double value;

	(void)state;
	for (double x = 1e-12; x < 1e18; x *= 1.37) {
		assert_true(lfb_f64_parse(lfb_f64_text(x, text), &value));
		assert_true(fabs(value / x - 1) < 5.1e-6);
	}
}

static void reads_u64_strictly(void **state)
{
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "18446744073709551616", "99999999999999999999", "x"
	};
	uint64_t value = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(lfb_u64_parse(bad[i], &value));
		assert_int_equal(value, 42);
	}
	assert_true(lfb_u64_parse("18446744073709551615", &value));
	assert_true(value == UINT64_MAX);
	assert_true(lfb_u64_parse("007", &value));
	assert_int_equal(value, 7);
}

static void falls_back_on_otherwise(void **state)
{
	struct lfb_row row = { .failed = false };

	(void)state;
	assert_int_equal(lfb_row_get_u64(&row, LFB_COL_items, 7), 7);
	assert_true(isnan(lfb_row_get_f64(&row, LFB_COL_items, NAN)));
	lfb_row_set_u64(&row, LFB_COL_items, UINT64_MAX);
	assert_true(lfb_row_get_u64(&row, LFB_COL_items, 7) == UINT64_MAX);
	lfb_row_set(&row, LFB_COL_items, "12x");
	assert_int_equal(lfb_row_get_u64(&row, LFB_COL_items, 7), 7);
	lfb_row_set_f64(&row, LFB_COL_items, NAN);
	assert_null(row.text[LFB_COL_items]);
	lfb_row_clear(&row);
}

static void finds_columns_by_name(void **state)
{
	(void)state;
	for (int c = 0; c < LFB_COLUMN_COUNT; c++) {
		assert_int_equal(lfb_column_find(lfb_columns[c].name), c);
		assert_true(strlen(lfb_columns[c].meaning) > 0);
	}
	assert_int_equal(lfb_column_find("nonesuch"), LFB_COLUMN_COUNT);
	assert_int_equal(lfb_column_find(""), LFB_COLUMN_COUNT);
	assert_int_equal(lfb_column_find("Schema"), LFB_COLUMN_COUNT);
}

/* Enter a locale that writes 1,5: an installed one, else one made for this test. */
static bool enter_comma_locale(char folder[])
{
	static const char *const installed[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "pl_PL.UTF-8" };
	char command[256];

	for (size_t i = 0; i < sizeof(installed) / sizeof(installed[0]); i++)
		if (setlocale(LC_ALL, installed[i]) != NULL)
			return true;
	if (mkdtemp(folder) == NULL)
		return false;
	(void)snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder,
		       folder);
	if (system(command) != 0)
		return false;
	(void)setenv("LOCPATH", folder, 1);
	return setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
}

static void is_the_same_in_a_comma_locale(void **state)
{
	char folder[] = "/tmp/lfbench-locale-XXXXXX", command[128], text[8] = "";
	const bool entered = enter_comma_locale(folder);

	(void)state;
	if (entered) {
		(void)snprintf(text, sizeof(text), "%.1f", 1.5);
		assert_string_equal(text, "1,5"); /* the locale does what the test needs */
		check_written();
		check_read();
		(void)snprintf(text, sizeof(text), "%.1f", 1.5);
		assert_string_equal(text, "1,5"); /* and is left as it was */
	}
	(void)setlocale(LC_ALL, "C");
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	(void)!system(command);
	if (!entered) {
		print_message("no locale with a decimal comma here, and none can be made (Debian package locales)\n");
		skip();
	}
}

#define BIG ((size_t)64 << 20)

/* Sanitizers reserve more address space than any limit allows. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAN_LIMIT_MEMORY false
#else
#define CAN_LIMIT_MEMORY true
#endif

/* Address space for the text itself, but not for a copy of it. */
static void notices_missing_memory(void **state)
{
	struct lfb_row row = { .failed = false }, copy = { .failed = false };
	struct rlimit before, limit;
	unsigned long pages = 0;
	char *text;
	FILE *in;

	(void)state;
	if (!CAN_LIMIT_MEMORY)
		skip();
	text = malloc(BIG);
	memset(text, 'x', BIG);
	text[BIG - 1] = '\0';
	lfb_row_set(&row, LFB_COL_reason, "before");
	in = fopen("/proc/self/statm", "r");
	assert_int_equal(fscanf(in, "%lu", &pages), 1);
	(void)fclose(in);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	limit = before;
	limit.rlim_cur = pages * (unsigned long)sysconf(_SC_PAGESIZE) + BIG / 2;
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
	lfb_row_set(&row, LFB_COL_reason, text);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_true(row.failed);
	assert_string_equal(lfb_row_get(&row, LFB_COL_reason), "");
	assert_int_equal(lfb_row_copy(&copy, &row), -ENOMEM);
	lfb_row_clear(&row);
	assert_false(row.failed);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_empty_until_set),	   cmocka_unit_test(copies_are_separate),
		cmocka_unit_test(writes_six_digits),	   cmocka_unit_test(reads_plain_numbers_only),
		cmocka_unit_test(f64_round_trip),	   cmocka_unit_test(reads_u64_strictly),
		cmocka_unit_test(falls_back_on_otherwise), cmocka_unit_test(finds_columns_by_name),
		cmocka_unit_test(notices_missing_memory),  cmocka_unit_test(is_the_same_in_a_comma_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
