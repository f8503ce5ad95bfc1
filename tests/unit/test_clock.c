/* test_clock.c - the clock goes forward at the right rate, and the texts are UTC. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "machine/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void never_goes_back(void **state)
{
	uint64_t before = lfb_clock_now_ns();

	(void)state;
	for (int i = 0; i < 100000; i++) {
		const uint64_t now = lfb_clock_now_ns();

		assert_true(now >= before);
		before = now;
	}
}

/* Between two readings of the same clock in seconds: the unit and the clock are right. */
static void is_monotonic_raw_in_ns(void **state)
{
	struct timespec before, after;
	uint64_t now;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC_RAW, &before), 0);
	now = lfb_clock_now_ns();
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC_RAW, &after), 0);
	assert_true(now >= (uint64_t)before.tv_sec * 1000000000u + (uint64_t)before.tv_nsec);
	assert_true(now <= (uint64_t)after.tv_sec * 1000000000u + (uint64_t)after.tv_nsec);
}

/* The least over batches cannot be more than one long batch takes by the same clock. */
static void cost_is_of_one_read(void **state)
{
	const double cost_ns = lfb_clock_cost_ns();
	const int reads = 10000;
	const uint64_t start = lfb_clock_now_ns();
	uint64_t end = start;

	(void)state;
	for (int i = 0; i < reads; i++)
		end = lfb_clock_now_ns();
	assert_true(cost_ns > 1.0);
	assert_true(cost_ns <= 1.5 * (double)(end - start) / reads);
}

/* Seconds since 1970 of a text like 2026-11-22T20:45:00Z; fails if it is not exactly that. */
static time_t read_utc(const char *text, const char *format, size_t length)
{
	struct tm parts;
	const char *end;

	memset(&parts, 0, sizeof(parts));
	assert_int_equal(strlen(text), length);
	end = strptime(text, format, &parts);
	assert_non_null(end);
	assert_string_equal(end, "");
	return timegm(&parts);
}

static void texts_are_utc(void **state)
{
	char text[LFB_CLOCK_TEXT_BYTES], compact[LFB_CLOCK_TEXT_BYTES];
	time_t before, after;

	(void)state;
	/* A zone far from UTC, so that local time cannot pass. */
	setenv("TZ", "XXX+11", 1);
	tzset();
	before = time(NULL);
	lfb_clock_utc_text(text);
	lfb_clock_utc_compact(compact);
	after = time(NULL);
	assert_in_range(read_utc(text, "%Y-%m-%dT%H:%M:%SZ", 20), before, after);
	assert_in_range(read_utc(compact, "%Y%m%dT%H%M%SZ", 16), before, after);
	unsetenv("TZ");
	tzset();
}

static void source_is_read_under_the_root(void **state)
{
	static const char *const folders[] = { "sys", "sys/devices", "sys/devices/system",
					       "sys/devices/system/clocksource",
					       "sys/devices/system/clocksource/clocksource0" };
	char root[] = "/tmp/lfbench-clock-XXXXXX";
	char path[256], name[8];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(lfb_clock_source(root, name, sizeof(name)), -ENOENT);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/%s/current_clocksource", root, folders[4]);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("tsc_of_a_kind\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(lfb_clock_source(root, name, sizeof(name)), 0);
	assert_string_equal(name, "tsc_of_");
	assert_int_equal(unlink(path), 0);
	for (size_t i = sizeof(folders) / sizeof(folders[0]); i-- > 0;) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		assert_int_equal(rmdir(path), 0);
	}
	assert_int_equal(rmdir(root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_goes_back),
		cmocka_unit_test(is_monotonic_raw_in_ns),
		cmocka_unit_test(cost_is_of_one_read),
		cmocka_unit_test(texts_are_utc),
		cmocka_unit_test(source_is_read_under_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
