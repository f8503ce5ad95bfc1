/* test_hist_file.c - histograms come back from a file as they were written, and nothing else is taken for one. */
#include "unit.h"

#include "results/hist_file.h"
#include "statistics/histogram.h"
#include "statistics/stats.h"

#include <errno.h>

#define HEADER "run_id,cell_id,launch,trial,role,value_ns,count\n"

/* What a reader was given. */
struct seen {
	size_t lines;
	size_t stop_after; /* 0: never */
	struct lfb_histogram *histogram;
	char last[256];
};

static int on_line(const struct lfb_hist_line *line, void *context)
{
	struct seen *const seen = context;

	assert_true(line->cell_id[0] != '\0' && line->role[0] != '\0' && line->count > 0);
	(void)snprintf(seen->last, sizeof(seen->last), "%s|%s|%llu|%llu|%s|%llu|%llu", line->run_id, line->cell_id,
		       (unsigned long long)line->launch, (unsigned long long)line->trial, line->role,
		       (unsigned long long)line->value_ns, (unsigned long long)line->count);
	if (seen->histogram != NULL)
		lfb_histogram_add(seen->histogram, line->value_ns, line->count);
	seen->lines++;
	return seen->lines == seen->stop_after ? 77 : 0;
}

static int read_bytes(const char *bytes, size_t length, bool torn_end, struct seen *seen, struct lfb_csv_error *error)
{
	FILE *const in = length > 0 ? fmemopen((void *)(uintptr_t)bytes, length, "r") : fopen("/dev/null", "r");
	int rc;

	assert_non_null(in);
	rc = lfb_hist_read(in, torn_end, on_line, seen, error);
	(void)fclose(in);
	return rc;
}

/* All of a histogram, under the ids of `of`. */
static int write_all(FILE *out, const struct lfb_hist_line *of, const struct lfb_histogram *histogram)
{
	struct lfb_hist_line line = *of;
	size_t bucket = 0;
	int rc = 0;

	while (rc == 0 && lfb_histogram_next(histogram, &bucket, &line.value_ns, &line.count))
		rc = lfb_hist_write(out, &line);
	return rc;
}

static void a_histogram_comes_back(void **state)
{
	const struct lfb_hist_line of = { .run_id = "r", .cell_id = "c", .launch = 3, .trial = 1, .role = "service" };
	struct lfb_histogram *const h = malloc(sizeof(*h)), *const again = malloc(sizeof(*again));
	struct seen seen = { .histogram = again };
	struct lfb_csv_error error;
	struct lfb_rng rng;
	char *text = NULL;
	size_t bytes = 0, buckets = 0, bucket = 0;
	uint64_t value, count;
	FILE *const out = open_memstream(&text, &bytes);

	(void)state;
	assert_true(h != NULL && again != NULL && out != NULL);
	lfb_histogram_init(h);
	lfb_histogram_init(again);
	lfb_rng_seed(&rng, 1);
	for (int i = 0; i < 5000; i++)
		lfb_histogram_record(h, lfb_rng_next(&rng) >> (lfb_rng_below(&rng, 64)));
	while (lfb_histogram_next(h, &bucket, &value, &count))
		buckets++;
	assert_int_equal(lfb_hist_write_header(out), 0);
	assert_int_equal(write_all(out, &of, h), 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(read_bytes(text, bytes, false, &seen, &error), 0);
	assert_int_equal(seen.lines, buckets);
	assert_int_equal(error.good_bytes, bytes);
	assert_memory_equal(again->counts, h->counts, sizeof(h->counts));
	assert_int_equal(again->max, h->max);
	free(text);
	free(h);
	free(again);
}

static void a_line_is_as_documented(void **state)
{
	const struct lfb_hist_line line = { "run", "cell", 2, 1, "response", UINT64_MAX, 7 };
	struct lfb_hist_line read;
	char *text = NULL;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);

	(void)state;
	assert_non_null(out);
	assert_int_equal(lfb_hist_write_header(out), 0);
	assert_int_equal(lfb_hist_write(out, &line), 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, HEADER "run,cell,2,1,response,18446744073709551615,7\n");
	assert_int_equal(lfb_hist_parse(text + strlen(HEADER), &read), 0);
	assert_string_equal(read.run_id, "run");
	assert_string_equal(read.cell_id, "cell");
	assert_string_equal(read.role, "response");
	assert_true(read.launch == 2 && read.trial == 1 && read.value_ns == UINT64_MAX && read.count == 7);
	free(text);
}

/* What cannot be read back is not written. */
static void bad_lines_are_not_written(void **state)
{
	char longest[LFB_HIST_LINE_BYTES + 1];
	const struct lfb_hist_line bad[] = {
		{ "r,r", "c", 1, 1, "service", 1, 1 },
		{ "r", "c\n", 1, 1, "service", 1, 1 },
		{ "r", "c", 1, 1, "ser\"vice", 1, 1 },
		{ "r", "", 1, 1, "service", 1, 1 },
		{ "r", "c", 1, 1, "", 1, 1 },
		{ "r", "c", 1, 1, "service", 1, 0 },
		{ "r", longest, 1, 1, "service", 1, 1 },
		{ "r\x7F", "c", 1, 1, "service", 1, 1 },
	};
	FILE *const out = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(out);
	memset(longest, 'x', LFB_HIST_LINE_BYTES);
	longest[LFB_HIST_LINE_BYTES] = '\0';
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(lfb_hist_write(out, &bad[i]), -EINVAL);
	(void)fclose(out);
}

static void lines_are_read_strictly(void **state)
{
	static const char *const good[] = {
		"r,c,1,1,service,100,1",
		"r,c,1,1,service,100,1\n",
		"r,c,1,1,service,100,1\r\n",
		",c,0,0,x,0,1",
	};
	static const char *const bad[] = {
		"",
		"\n",
		",,,,,,",
		"r,c,1,1,service,100",
		"r,c,1,1,service,100,1,",
		"r,c,1,1,service,100,1,2",
		"r,,1,1,service,100,1",
		"r,c,1,1,,100,1",
		"r,c,,1,service,100,1",
		"r,c,1,1,service,,1",
		"r,c,1,1,service,100,0",
		"r,c,1,1,service,100,-1",
		"r,c,1,1,service,100,+1",
		"r,c,1,1,service,100,1e3",
		"r,c,1,1,service,100, 1",
		"r,c,1,1,service,100,1 ",
		"r,c,1,1,service,0x64,1",
		"r,c,1,1,service,18446744073709551616,1",
		"r,c,1,1,service,100,1\r",
		"r,c,1,1,service,100,1\r\r\n",
		"r,c,1,1,service,100,1\n\n",
		"r,c,1,1,service,100,1\nr,c,1,1,service,100,1",
		"r,\"c\",1,1,service,100,1",
		"r,c,1,1,ser\tvice,100,1",
		"r,c,1,1,\033[2J,100,1",
		"r,c,1,1,service\r,100,1",
	};
	struct lfb_hist_line line;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), "%s", good[i]);
		assert_int_equal(lfb_hist_parse(text, &line), 0);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), "%s", bad[i]);
		if (lfb_hist_parse(text, &line) != -EBADMSG)
			fail_msg("'%s' was taken for a line", bad[i]);
	}
}

static void refusals_name_the_line(void **state)
{
	static const struct {
		const char *text;
		uint64_t line;
		const char *why;
	} refused[] = {
		{ "", 1, "empty" },
		{ "x\n", 1, "header" },
		{ "run_id,cell_id,launch,trial,role,value_ns\n", 1, "header" },
		{ HEADER "r,c,1,1,service,1,1\nnonsense\n", 3, "not a line" },
		{ HEADER "\n", 2, "not a line" },
		{ HEADER HEADER, 2, "not a line" },
		{ HEADER "r,c,1,1,service,1,1", 2, "unfinished" },
		{ "run_id", 1, "unfinished" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct seen seen = { 0 };
		struct lfb_csv_error error;

		assert_int_equal(read_bytes(refused[i].text, strlen(refused[i].text), false, &seen, &error), -EBADMSG);
		assert_int_equal(error.line, refused[i].line);
		unit_has(error.text, refused[i].why);
	}
}

static void torn_ends_are_left_out(void **state)
{
	static const char text[] = HEADER "r,c,1,1,service,1,1\nr,c,1,1,service,2,1";
	struct seen seen = { 0 };
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(read_bytes(text, strlen(text), true, &seen, &error), 0);
	assert_int_equal(seen.lines, 1);
	assert_string_equal(seen.last, "r|c|1|1|service|1|1");
	assert_true(error.torn);
	assert_int_equal(error.good_bytes, strlen(HEADER "r,c,1,1,service,1,1\n"));
	assert_int_equal(read_bytes("", 0, true, &seen, &error), 0);
	assert_int_equal(read_bytes("run_", 4, true, &seen, &error), 0);
	assert_int_equal(seen.lines, 1);
	/* whole but wrong lines are no torn ends */
	assert_int_equal(read_bytes(HEADER "r,c\n", strlen(HEADER "r,c\n"), true, &seen, &error), -EBADMSG);
}

static void stopping_is_passed_on(void **state)
{
	static const char text[] = HEADER "r,c,1,1,service,1,1\nr,c,1,1,service,2,1\nr,c,1,1,service,3,1\n";
	struct seen seen = { .stop_after = 2 };
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(read_bytes(text, strlen(text), false, &seen, &error), 77);
	assert_int_equal(seen.lines, 2);
}

static void long_lines_and_nul_are_refused(void **state)
{
	const size_t room = 3u << 20;
	char *const text = malloc(room);
	struct seen seen = { 0 };
	struct lfb_csv_error error;
	size_t header = strlen(HEADER);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', room);
	memcpy(text, HEADER, header);
	assert_int_equal(read_bytes(text, room, false, &seen, &error), -EBADMSG);
	unit_has(error.text, "longer");
	assert_int_equal(read_bytes(text, room, true, &seen, &error), -EBADMSG);
	memcpy(text + header, "r,c,1,1,service,1,1\0,,\n", 23);
	assert_int_equal(read_bytes(text, header + 23, false, &seen, &error), -EBADMSG);
	unit_has(error.text, "NUL");
	assert_int_equal(seen.lines, 0);
	free(text);
}

/* Good files with some bytes changed: read or refused, but nothing unsound is handed on (see on_line). */
static void damaged_files_do_no_harm(void **state)
{
	static const char good[] =
		HEADER "run,cell,1,1,service,100,5\nrun,cell,1,2,response,4711,18446744073709551615\n";
	static const char bytes[] = ",\n\r\0\"019- x\xFF\x80\033";
	size_t refused = 0, read = 0;
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 99);
	for (int i = 0; i < 20000; i++) {
		char text[sizeof(good)];
		size_t length = sizeof(good) - 1;
		struct seen seen = { 0 };
		struct lfb_csv_error error;

		memcpy(text, good, sizeof(good));
		for (uint64_t n = lfb_rng_below(&rng, 3); n > 0; n--)
			text[lfb_rng_below(&rng, length)] = bytes[lfb_rng_below(&rng, sizeof(bytes) - 1)];
		if (lfb_rng_below(&rng, 4) == 0)
			length = 1 + lfb_rng_below(&rng, length);
		if (read_bytes(text, length, lfb_rng_below(&rng, 2) == 0, &seen, &error) == 0)
			read++;
		else
			refused++;
	}
	assert_true(read > 100 && refused > 100);
}

static void missing_files_are_named(void **state)
{
	struct seen seen = { 0 };
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(lfb_hist_read_file("/nonexistent/x.hist.csv", false, on_line, &seen, &error), -ENOENT);
	assert_true(error.text[0] != '\0');
	assert_int_equal(lfb_hist_read_file("/", false, on_line, &seen, &error), -EISDIR);
	assert_int_equal(seen.lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_histogram_comes_back),    cmocka_unit_test(a_line_is_as_documented),
		cmocka_unit_test(bad_lines_are_not_written), cmocka_unit_test(lines_are_read_strictly),
		cmocka_unit_test(refusals_name_the_line),    cmocka_unit_test(torn_ends_are_left_out),
		cmocka_unit_test(stopping_is_passed_on),     cmocka_unit_test(long_lines_and_nul_are_refused),
		cmocka_unit_test(damaged_files_do_no_harm),  cmocka_unit_test(missing_files_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
