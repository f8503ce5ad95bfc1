/* test_cpu_list.c - lists of CPUs are read strictly, and written so that they read back the same. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "machine/cpu_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void assert_list(const struct lfb_cpu_list *list, const char *text)
{
	char *const found = lfb_cpu_list_text(list);

	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
}

static void lists_read_and_written(void **state)
{
	static const struct {
		const char *text, *back;
	} good[] = {
		{ "0", "0" },
		{ "0+2+4-7", "0+2+4-7" },
		{ "7+6+5", "7+6+5" },
		{ "1+1", "1+1" },
		{ "0-1", "0+1" },
		{ "0+1+2", "0-2" },
		{ "5-5", "5" },
		{ "0065535", "65535" },
		{ "1+2+3+3+4", "1-3+3+4" },
		{ "0-65535", "0-65535" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct lfb_cpu_list list = { 0 };

		assert_int_equal(lfb_cpu_list_parse(good[i].text, &list, NULL), 0);
		assert_list(&list, good[i].back);
		lfb_cpu_list_clear(&list);
	}
}

static void bad_lists_are_refused(void **state)
{
	static const struct {
		const char *text, *complaint;
	} bad[] = {
		{ "", "a CPU number is missing" },
		{ "+", "a CPU number is missing" },
		{ "0+", "a CPU number is missing" },
		{ "0++1", "a CPU number is missing" },
		{ "-1", "a CPU number is missing" },
		{ "1-", "a CPU number is missing" },
		{ " 1", "a CPU number is missing" },
		{ "1,2", "does not belong" },
		{ "1 ", "does not belong" },
		{ "0x1", "does not belong" },
		{ "1-2-3", "does not belong" },
		{ "65536", "above 65535" },
		{ "99999999999999999999", "above 65535" },
		{ "4294967296", "above 65535" },
		{ "0-4294967295", "above 65535" },
		{ "7-4", "runs backwards" },
		{ "0-65535+0", "more than 65536 CPUs" },
		{ "0-65535+0-65535", "more than 65536 CPUs" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct lfb_cpu_list list = { 0 };
		struct lfb_error error = { "" };

		assert_int_equal(lfb_cpu_list_parse(bad[i].text, &list, &error), -EINVAL);
		assert_non_null(strstr(error.text, bad[i].complaint));
		assert_null(list.cpus);
		assert_int_equal(list.count, 0);
	}
}

static void kernel_lists(void **state)
{
	struct lfb_cpu_list list = { 0 };

	(void)state;
	assert_int_equal(lfb_cpu_list_parse_kernel("0,2,4-7", &list, NULL), 0);
	assert_list(&list, "0+2+4-7");
	assert_true(lfb_cpu_list_has(&list, 2));
	assert_true(lfb_cpu_list_has(&list, 7));
	assert_false(lfb_cpu_list_has(&list, 3));
	assert_false(lfb_cpu_list_has(&list, 8));
	lfb_cpu_list_clear(&list);
	assert_int_equal(lfb_cpu_list_parse_kernel("0+2", &list, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_read_and_written),
		cmocka_unit_test(bad_lists_are_refused),
		cmocka_unit_test(kernel_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
