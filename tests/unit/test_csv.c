/* test_csv.c - results files come back as they were written, and doubtful ones are refused by line. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "results/csv_file.h"
#include "results/detail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* The least a file must have. */
#define HEADER "schema,workload,backend,status"
#define ROW "1,w,b,ok"

struct seen {
	size_t rows;
	struct lfb_row last;
	size_t stop_after; /* 0: never */
};

static int on_row(const struct lfb_row *row, void *context)
{
	struct seen *const seen = context;

	assert_int_equal(lfb_row_copy(&seen->last, row), 0);
	seen->rows++;
	return seen->rows == seen->stop_after ? 77 : 0;
}

static int read_bytes(const char *bytes, size_t length, const struct lfb_csv_limits *limits, struct seen *seen,
		      struct lfb_csv_error *error)
{
	FILE *const in = length > 0 ? fmemopen((void *)(uintptr_t)bytes, length, "r") : fopen("/dev/null", "r");
	int rc;

	assert_non_null(in);
	rc = lfb_csv_read(in, limits, on_row, seen, error);
	(void)fclose(in);
	return rc;
}

static int read_text(const char *text, const struct lfb_csv_limits *limits, struct seen *seen,
		     struct lfb_csv_error *error)
{
	return read_bytes(text, strlen(text), limits, seen, error);
}

static const char *const hostile[] = {
	"",
	"plain",
	"a,b",
	"\"",
	"\"\"",
	"a\"b",
	"\"a\"",
	",",
	",,",
	"\n",
	"\r",
	"\r\n",
	"a\nb",
	"a\r\nb\rc",
	" lead",
	"trail ",
	"\t",
	"'",
	"\\",
	"\\n",
	"=1+1",
	"-1",
	"#x",
	"caf\xC3\xA9",
	"\xF0\x9F\x90\x8C",
	"\xFF\xFE",
	"\xEF\xBB\xBF",
	"a\x1b[31mb",
	"\"\n\"",
	"\",\"",
	"x\",",
	";",
	"%s%n",
};

/* Every hostile text in every column, all together, written and read twice. */
static void round_trip(void **state)
{
	struct lfb_row row = { .failed = false };
	struct seen seen = { .rows = 0 };
	struct lfb_csv_error error;
	char *text = NULL;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);

	(void)state;
	assert_int_equal(lfb_csv_write_header(out), 0);
	for (size_t shift = 0; shift < COUNT(hostile); shift++) {
		for (int c = 1; c < LFB_COLUMN_COUNT; c++)
			lfb_row_set(&row, (enum lfb_column)c, hostile[((size_t)c + shift) % COUNT(hostile)]);
		lfb_row_set(&row, LFB_COL_schema, LFB_SCHEMA);
		assert_int_equal(lfb_csv_write_row(out, &row), 0);
		assert_int_equal(fflush(out), 0);
		seen.rows = 0;
		assert_int_equal(read_bytes(text, bytes, NULL, &seen, &error), 0);
		assert_int_equal(seen.rows, shift + 1);
		for (int c = 0; c < LFB_COLUMN_COUNT; c++)
			assert_string_equal(lfb_row_get(&seen.last, (enum lfb_column)c),
					    lfb_row_get(&row, (enum lfb_column)c));
		assert_int_equal(error.good_bytes, bytes);
	}
	lfb_row_clear(&row);
	lfb_row_clear(&seen.last);
	(void)fclose(out);
	free(text);
}

static void writes_as_documented(void **state)
{
	struct lfb_row row = { .failed = false };
	char *text = NULL;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);

	(void)state;
	lfb_row_set(&row, LFB_COL_schema, "1");
	lfb_row_set(&row, LFB_COL_run_id, "a \"b\", c");
	lfb_row_set(&row, LFB_COL_cell_id, " as is ");
	assert_int_equal(lfb_csv_write_row(out, &row), 0);
	assert_int_equal(lfb_csv_write_field(out, "x\ny"), 0);
	row.failed = true;
	assert_int_equal(lfb_csv_write_row(out, &row), -ENOMEM);
	(void)fclose(out);
	assert_int_equal(strncmp(text, "1,\"a \"\"b\"\", c\", as is ,,", 24), 0);
	assert_string_equal(strchr(text, '\n'), "\n\"x\ny\"");
	free(text);
	lfb_row_clear(&row);
}

/* What stands in a file that is fine, though not as this suite would write it. */
static void accepts(void **state)
{
	static const struct {
		const char *text;
		size_t rows;
	} files[] = {
		{ HEADER "\n" ROW "\n", 1 },
		{ HEADER "\n" ROW, 1 },
		{ HEADER "\n", 0 },
		{ HEADER, 0 },
		{ HEADER "\r\n" ROW "\r\n", 1 },
		{ HEADER "\r" ROW "\r" ROW, 2 },
		{ "\xEF\xBB\xBF" HEADER "\n" ROW "\n", 1 },
		{ "\n\n" HEADER "\n\r\n" ROW "\n\n\n" ROW "\n\n", 2 },
		{ "status,backend,unknown,workload,schema,unknown\nok,b,?,w,1,?\n", 1 },
		{ "\"schema\",\"workload\",\"backend\",\"status\"\n\"1\",\"w\",\"b\",\"ok\"\n", 1 },
		{ HEADER ",,\n" ROW ",x,\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct seen seen = { .rows = 0 };
		struct lfb_csv_error error;

		if (read_text(files[i].text, NULL, &seen, &error) != 0)
			fail_msg("file %zu: line %d: %s", i, (int)error.line, error.text);
		assert_int_equal(seen.rows, files[i].rows);
		if (seen.rows > 0) {
			assert_string_equal(lfb_row_get(&seen.last, LFB_COL_workload), "w");
			assert_string_equal(lfb_row_get(&seen.last, LFB_COL_status), "ok");
			assert_string_equal(lfb_row_get(&seen.last, LFB_COL_reason), "");
		}
		lfb_row_clear(&seen.last);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text;
		int status;
		unsigned line;
		const char *says;
	} files[] = {
		{ "", -EBADMSG, 0, "empty" },
		{ "\n\n", -EBADMSG, 0, "empty" },
		{ "workload,backend,status\nw,b,ok\n", -EBADMSG, 1, "'schema'" },
		{ "schema,backend,status\n", -EBADMSG, 1, "'workload'" },
		{ "schema,workload,status\n", -EBADMSG, 1, "'backend'" },
		{ "schema,workload,backend\n", -EBADMSG, 1, "'status'" },
		{ "Schema,workload,backend,status\n", -EBADMSG, 1, "'schema'" },
		{ "\n" HEADER ",host,host\n" ROW ",h,h\n", -EBADMSG, 2, "'host' is there twice" },
		{ HEADER "\n" ROW "\n1,w,b\n", -EBADMSG, 3, "3 fields, but the header has 4" },
		{ HEADER "\n1,w,b", -EBADMSG, 2, "cut off" },
		{ HEADER "\n" ROW ",more\n", -EBADMSG, 2, "5 fields" },
		{ HEADER "\n2,w,b,ok\n", -EBADMSG, 2, "schema '2'" },
		{ HEADER "\n,w,b,ok\n", -EBADMSG, 2, "schema ''" },
		{ HEADER "\n01,w,b,ok\n", -EBADMSG, 2, "schema '01'" },
		{ HEADER "\n1,w,b,\"ok\n", -EBADMSG, 2, "ends inside quotes" },
		{ HEADER "\n1,w,b,o\"k\n", -EBADMSG, 2, "quote" },
		{ HEADER "\n1,w,\"b\"x,ok\n", -EBADMSG, 2, "quote" },
		{ HEADER "\n1,w,\"b\" ,ok\n", -EBADMSG, 2, "quote" },
		{ HEADER "\n1,w,\"two\nlines\",ok\n1,w,b,ok,more\n", -EBADMSG, 4, "5 fields" },
		{ HEADER "\r\n1,w,\"t\r\nl\",ok\r\n\r\n1,w\r\n", -EBADMSG, 5, "2 fields" },
		{ HEADER "\n1,w,\"line 2\n\n\n5\n", -EBADMSG, 2, "ends inside quotes" },
		{ HEADER "\n\x1b[31m,w,b,ok\n", -EBADMSG, 2, "schema '\xEF\xBF\xBD[31m'" },
		{ "%PDF-1.4\n", -EBADMSG, 1, "not a results file" },
		{ "run_id,cell_id,launch,trial,thread,metric,unit,value\n", -EBADMSG, 1, "not a results file" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct seen seen = { .rows = 0 };
		struct lfb_csv_error error;

		if (read_text(files[i].text, NULL, &seen, &error) != files[i].status || error.line != files[i].line ||
		    strstr(error.text, files[i].says) == NULL)
			fail_msg("file %zu: line %d: %s", i, (int)error.line, error.text);
		lfb_row_clear(&seen.last);
	}
}

static void refuses_nul_bytes(void **state)
{
	static const char in_header[] = "schema,work\0load,backend,status\n";
	static const char in_row[] = HEADER "\n" ROW "\n1,w,b\0,ok\n";
	static const char in_quotes[] = HEADER "\n1,w,\"\0\",ok\n";
	struct seen seen = { .rows = 0 };
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(read_bytes(in_header, sizeof(in_header) - 1, NULL, &seen, &error), -EBADMSG);
	assert_int_equal(error.line, 1);
	assert_int_equal(read_bytes(in_row, sizeof(in_row) - 1, NULL, &seen, &error), -EBADMSG);
	assert_int_equal(error.line, 3);
	assert_non_null(strstr(error.text, "NUL"));
	assert_int_equal(seen.rows, 1);
	assert_int_equal(read_bytes(in_quotes, sizeof(in_quotes) - 1, NULL, &seen, &error), -EBADMSG);
	lfb_row_clear(&seen.last);
}

/* A file of one row whose backend is `length` characters long. */
static char *long_field(size_t length)
{
	char *const text = malloc(length + 64);
	const size_t start = (size_t)sprintf(text, HEADER "\n1,w,");

	memset(text + start, 'x', length);
	(void)sprintf(text + start + length, ",ok\n");
	return text;
}

static void check_field_limit(size_t length, const struct lfb_csv_limits *limits, int status)
{
	char *const text = long_field(length);
	struct seen seen = { .rows = 0 };
	struct lfb_csv_error error;

	assert_int_equal(read_text(text, limits, &seen, &error), status);
	if (status == 0)
		assert_int_equal(strlen(lfb_row_get(&seen.last, LFB_COL_backend)), length);
	else
		assert_int_equal(error.line, 2);
	lfb_row_clear(&seen.last);
	free(text);
}

static void limits_are_limits(void **state)
{
	const struct lfb_csv_limits small = { .field_bytes = 10, .row_bytes = 40, .rows = 2 };
	struct seen seen = { .rows = 0 };
	struct lfb_csv_error error;
	char *const open_quote = long_field(2 * LFB_CSV_ROW_BYTES);
	char many[2 * LFB_CSV_FIELDS + 2];

	(void)state;
	check_field_limit(LFB_CSV_FIELD_BYTES, NULL, 0);
	check_field_limit(LFB_CSV_FIELD_BYTES + 1, NULL, -EFBIG);
	check_field_limit(10, &small, 0);
	check_field_limit(11, &small, -EFBIG);
	check_field_limit(40, &small, -EFBIG);
	assert_int_equal(read_text(HEADER "\n" ROW "\n" ROW "\n", &small, &seen, &error), 0);
	assert_int_equal(read_text(HEADER "\n" ROW "\n" ROW "\n" ROW "\n", &small, &seen, &error), -EFBIG);
	assert_int_equal(error.line, 4);
	/* A quote that never closes must not swallow the whole file. */
	open_quote[strlen(HEADER "\n1,w,")] = '"';
	assert_int_equal(read_text(open_quote, NULL, &seen, &error), -EFBIG);
	assert_non_null(strstr(error.text, "closing quote"));
	memset(many, ',', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(read_text(many, NULL, &seen, &error), -EFBIG);
	assert_non_null(strstr(error.text, "columns"));
	lfb_row_clear(&seen.last);
	free(open_quote);
}

/* Cut after every byte: read to the last whole row, and never more than that is good. */
static void torn_ends(void **state)
{
	static const char whole[] = HEADER "\n1,w,b,ok\n1,w,\"two\nlines\",ok\n1,w,\"a\"\"b\",ok\n";
	const struct lfb_csv_limits limits = { .torn_end = true };

	(void)state;
	for (size_t length = 0; length < sizeof(whole); length++) {
		struct seen seen = { .rows = 0 }, again = { .rows = 0 };
		struct lfb_csv_error error, error_again;

		assert_int_equal(read_bytes(whole, length, &limits, &seen, &error), 0);
		assert_true(error.good_bytes <= length);
		assert_true(error.good_bytes == 0 || whole[error.good_bytes - 1] == '\n');
		assert_int_equal(error.torn, error.good_bytes < length);
		/* What is good reads back the same. */
		assert_int_equal(read_bytes(whole, error.good_bytes, &limits, &again, &error_again), 0);
		assert_int_equal(again.rows, seen.rows);
		assert_int_equal(error_again.good_bytes, error.good_bytes);
		assert_false(error_again.torn);
		lfb_row_clear(&seen.last);
		lfb_row_clear(&again.last);
	}
	{
		struct seen seen = { .rows = 0 };
		struct lfb_csv_error error;

		/* Only the last line is forgiven. */
		assert_int_equal(read_text(HEADER "\n1,w\n" ROW "\n", &limits, &seen, &error), -EBADMSG);
		/* A last line that looks whole may still lack the end of its last figure. */
		assert_int_equal(read_text(HEADER "\n" ROW "\n" ROW, &limits, &seen, &error), 0);
		assert_int_equal(seen.rows, 1);
		assert_int_equal(error.good_bytes, strlen(HEADER "\n" ROW "\n"));
		/* A byte order mark is part of the file. */
		assert_int_equal(read_text("\xEF\xBB\xBF" HEADER "\n" ROW "\n" ROW, &limits, &seen, &error), 0);
		assert_int_equal(error.good_bytes, strlen("\xEF\xBB\xBF" HEADER "\n" ROW "\n"));
		lfb_row_clear(&seen.last);
	}
}

static void callback_stops(void **state)
{
	struct seen seen = { .stop_after = 2 };
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(read_text(HEADER "\n" ROW "\n" ROW "\n" ROW "\n", NULL, &seen, &error), 77);
	assert_int_equal(seen.rows, 2);
	assert_int_equal(error.line, 3);
	lfb_row_clear(&seen.last);
}

/* Many rows, of which the reader's chunks cut some in two, in quotes and at line ends too. */
static void ten_thousand_rows(void **state)
{
	char path[] = "/tmp/lfbench-csv-XXXXXX", reason[512];
	const int descriptor = mkstemp(path);
	FILE *const out = fdopen(descriptor, "w");
	struct lfb_row row = { .failed = false };
	struct lfb_rows rows;
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(lfb_csv_write_header(out), 0);
	lfb_row_set(&row, LFB_COL_schema, "1");
	for (unsigned i = 0; i < 10000; i++) {
		memset(reason, "x,\"\n\r"[i % 5], i % 311);
		reason[i % 311] = '\0';
		lfb_row_set(&row, LFB_COL_reason, reason);
		lfb_row_set_u64(&row, LFB_COL_items, i);
		assert_int_equal(lfb_csv_write_row(out, &row), 0);
	}
	assert_int_equal(fclose(out), 0);
	assert_int_equal(lfb_csv_read_file(path, NULL, &rows, &error), 0);
	assert_int_equal(rows.count, 10000);
	for (unsigned i = 0; i < 10000; i++) {
		const char *const text = lfb_row_get(&rows.rows[i], LFB_COL_reason);

		assert_int_equal(lfb_row_get_u64(&rows.rows[i], LFB_COL_items, UINT64_MAX), i);
		assert_int_equal(strlen(text), i % 311);
		for (const char *c = text; *c != '\0'; c++)
			assert_int_equal(*c, "x,\"\n\r"[i % 5]);
	}
	lfb_rows_free(&rows);
	lfb_row_clear(&row);
	(void)unlink(path);
}

static void unreadable_files(void **state)
{
	struct lfb_rows rows;
	struct lfb_csv_error error;

	(void)state;
	assert_int_equal(lfb_csv_read_file("/nonexistent/x.csv", NULL, &rows, &error), -ENOENT);
	assert_int_equal(rows.count, 0);
	assert_non_null(strstr(error.text, "No such file"));
	assert_int_equal(lfb_csv_read_file("/tmp", NULL, &rows, &error), -EISDIR);
	assert_int_equal(error.line, 0);
	lfb_rows_free(&rows);
}

static void full_disk_is_an_error(void **state)
{
	FILE *const full = fopen("/dev/full", "w");
	struct lfb_row row = { .failed = false };
	int rc;

	(void)state;
	assert_non_null(full);
	(void)setvbuf(full, NULL, _IONBF, 0);
	rc = lfb_csv_write_row(full, &row);
	assert_int_equal(rc, -ENOSPC);
	assert_true(lfb_csv_write_header(full) < 0);
	(void)fclose(full);
}

static void details(void **state)
{
	struct lfb_detail detail = { "run", "cell", 3, 0, "producer0", "pushed", "items", 12345678 }, back;
	char *text = NULL, *line;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);

	(void)state;
	assert_int_equal(lfb_detail_write_header(out), 0);
	assert_int_equal(lfb_detail_write(out, &detail), 0);
	detail.value = 0.125;
	detail.thread = "";
	assert_int_equal(lfb_detail_write(out, &detail), 0);
	detail.metric = "a,b";
	assert_int_equal(lfb_detail_write(out, &detail), -EINVAL);
	detail.metric = "a\nb";
	assert_int_equal(lfb_detail_write(out, &detail), -EINVAL);
	detail.metric = "m";
	detail.value = 0.0 / 0.0;
	assert_int_equal(lfb_detail_write(out, &detail), -EINVAL);
	(void)fclose(out);
	line = text;
	assert_string_equal(strsep(&line, "\n"), "run_id,cell_id,launch,trial,thread,metric,unit,value");
	assert_non_null(strstr(line, ",12345678\n"));
	assert_int_equal(lfb_detail_parse(strsep(&line, "\n"), &back), 0);
	assert_string_equal(back.run_id, "run");
	assert_string_equal(back.cell_id, "cell");
	assert_string_equal(back.thread, "producer0");
	assert_string_equal(back.metric, "pushed");
	assert_string_equal(back.unit, "items");
	assert_int_equal(back.launch, 3);
	assert_int_equal(back.trial, 0);
	assert_true(back.value == 12345678);
	assert_int_equal(lfb_detail_parse(line, &back), 0); /* with its line feed */
	assert_true(back.value == 0.125);
	free(text);
}

static void bad_details(void **state)
{
	static const char *const bad[] = {
		"",
		"r,c,1,1,t,m,u",
		"r,c,1,1,t,m,u,1,2",
		"r,c,x,1,t,m,u,1",
		"r,c,1,-1,t,m,u,1",
		"r,c,1,1,t,m,u,",
		"r,c,1,1,t,m,u,nan",
		"r,c,1,1,\"t\",m,u,1",
		"r,c,1,1,t\x1b,m,u,1",
		"r,c,1,1,t,m,u,1 ",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char line[64];
		struct lfb_detail detail;

		(void)snprintf(line, sizeof(line), "%s", bad[i]);
		assert_int_equal(lfb_detail_parse(line, &detail), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(writes_as_documented),
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_nul_bytes),
		cmocka_unit_test(limits_are_limits),
		cmocka_unit_test(torn_ends),
		cmocka_unit_test(callback_stops),
		cmocka_unit_test(ten_thousand_rows),
		cmocka_unit_test(unreadable_files),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(details),
		cmocka_unit_test(bad_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
