/* test_merge.c - rows of several files as those of one: their order, twins, and what is refused. */
#include "unit.h"

#include "results/csv_file.h"
#include "results/merge.h"

#include <errno.h>

static char folder[64];
static struct lfb_merge merge;
static struct lfb_error error;

static int make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/lfbench-merge-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int clean(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_text(const char *name, const char *text)
{
	FILE *const out = fopen(path_of(name), "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static int add(const char *name, const char *text)
{
	write_text(name, text);
	return lfb_merge_add(&merge, path_of(name), &error);
}

/* The trials in their order, as one text. */
static void order_is(const char *wanted)
{
	char found[256] = "";

	for (size_t i = 0; i < merge.count; i++)
		(void)strncat(found, lfb_row_get(&merge.rows[i].row, LFB_COL_trial), 8);
	assert_string_equal(found, wanted);
}

/* What a file has to have to be a results file, in front. */
#define NEEDED "workload,backend,ns_per_op,status,"
#define W "pairs,q,,ok,"
#define HEADER NEEDED "schema,run_id,cell_id,launch,trial,time_utc\n"

static void rows_in_order_of_time(void **state)
{
	(void)state;
	assert_int_equal(add("a.csv", HEADER W "1,a,c,1,1,2026-01-01T00:00:01Z\n" W "1,a,c,1,2,2026-01-01T00:00:03Z\n" W "1,a,c,1,3,\n" W "1,a,c,1,4,2026-01-01T00:00:05Z\n"), 0);
	assert_int_equal(add("b.csv", NEEDED "trial,schema,time_utc,run_id,cell_id,launch\n" W "5,1,2026-01-01T00:00:02Z,b,c,1\n" W "6,1,2026-01-01T00:00:03Z,b,c,1\n" W "7,1,2025-12-31T23:59:59Z,b,c,1\n"), 0);
	assert_int_equal(lfb_merge_finish(&merge, &error), 0);
	/* 3 has no time and stays behind 2; 6 is of 2's second and of a later file. */
	order_is("7152364");
	lfb_merge_free(&merge);
	assert_int_equal(merge.count, 0);
}

static void rows_are_not_changed(void **state)
{
	char *text = NULL;
	size_t bytes = 0;
	struct lfb_rows rows;
	struct lfb_csv_error why;
	FILE *out;

	(void)state;
	assert_int_equal(add("a.csv", NEEDED "schema,run_id,trial,reason\n" W "1,a,1,\"a, \"\"b\"\"\nc\"\n"), 0);
	assert_int_equal(lfb_merge_finish(&merge, &error), 0);
	out = open_memstream(&text, &bytes);
	assert_non_null(out);
	assert_int_equal(lfb_merge_write(&merge, out), 0);
	assert_int_equal(fclose(out), 0);
	write_text("out.csv", text);
	free(text);
	lfb_merge_free(&merge);
	assert_int_equal(lfb_csv_read_file(path_of("out.csv"), NULL, &rows, &why), 0);
	assert_int_equal(rows.count, 1);
	assert_string_equal(lfb_row_get(&rows.rows[0], LFB_COL_reason), "a, \"b\"\nc");
	lfb_rows_free(&rows);
}

static void twins(void **state)
{
	static const struct {
		const char *row;
		int code;
	} cases[] = {
		{ "1,a,c,1,1,2026-01-02T00:00:00Z\n", -EEXIST }, /* whatever the time */
		{ "1,b,c,1,1,\n", 0 },
		{ "1,a,d,1,1,\n", 0 },
		{ "1,a,c,2,1,\n", 0 },
		{ "1,a,c,1,2,\n", 0 },
		{ "1,ac,,1,1,\n", 0 }, /* not the texts joined */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];

		assert_int_equal(add("one.csv", HEADER W "1,a,c,1,1,2026-01-01T00:00:00Z\n"), 0);
		(void)snprintf(text, sizeof(text), HEADER W "%s", cases[i].row);
		assert_int_equal(add("two.csv", text), 0);
		assert_int_equal(lfb_merge_finish(&merge, &error), cases[i].code);
		if (cases[i].code != 0) {
			unit_has(error.text, "one.csv and ");
			unit_has(error.text, "two.csv both have trial 1 of launch 1 of cell c of run a");
		}
		lfb_merge_free(&merge);
	}
	assert_int_equal(add("one.csv", HEADER W "1,a,c,1,1,\n" W "1,a,c,1,2,\n" W "1,a,c,1,1,\n"), 0);
	assert_int_equal(lfb_merge_finish(&merge, &error), -EEXIST);
	unit_has(error.text, "rows 1 and 3");
	lfb_merge_free(&merge);
}

static void what_is_refused(void **state)
{
	(void)state;
	assert_int_equal(add("a.csv", HEADER W "2,a,c,1,1,\n"), -EBADMSG);
	unit_has(error.text, "a.csv, line 2: schema '2'");
	assert_int_equal(add("b.csv", HEADER W "1,a,c,1,1"), -EBADMSG);
	unit_has(error.text, "b.csv");
	assert_int_equal(lfb_merge_add(&merge, path_of("missing.csv"), &error), -ENOENT);
	lfb_merge_free(&merge);
	assert_int_equal(add("c.csv", HEADER), 0);
	assert_int_equal(lfb_merge_finish(&merge, &error), -ENODATA);
	lfb_merge_free(&merge);
	lfb_merge_free(&merge); /* twice is once */
}

/* Many rows, so that the room for them grows; given backwards. */
static void many_rows(void **state)
{
	FILE *out;

	(void)state;
	write_text("many.csv", HEADER);
	out = fopen(path_of("many.csv"), "a");
	assert_non_null(out);
	for (int i = 999; i >= 0; i--)
		(void)fprintf(out, W "1,a,c,1,%d,2026-01-01T00:%02d:%02dZ\n", i, i / 60, i % 60);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(lfb_merge_add(&merge, path_of("many.csv"), &error), 0);
	assert_int_equal(lfb_merge_finish(&merge, &error), 0);
	assert_int_equal(merge.count, 1000);
	for (size_t i = 0; i < merge.count; i++)
		assert_int_equal(lfb_row_get_u64(&merge.rows[i].row, LFB_COL_trial, 9999), i);
	lfb_merge_free(&merge);
}

static int copy(int (*function)(const char *, FILE *, struct lfb_error *), const char *text, char out[512])
{
	FILE *const stream = fmemopen(out, 512, "w");
	int rc;

	assert_non_null(stream);
	write_text("lines.csv", text);
	rc = function(path_of("lines.csv"), stream, &error);
	assert_int_equal(fclose(stream), 0);
	return rc;
}

#define DETAIL "run_id,cell_id,launch,trial,thread,metric,unit,value\n"
#define HIST "run_id,cell_id,launch,trial,role,value_ns,count\n"

static void companions(void **state)
{
	char out[512] = "";

	(void)state;
	assert_int_equal(copy(lfb_merge_details, DETAIL "a,c,1,1,producer0,pushed,items,20\n", out), 0);
	assert_string_equal(out, "a,c,1,1,producer0,pushed,items,20\n");
	assert_int_equal(copy(lfb_merge_details, "a,c,1,1,producer0,pushed,items,20\n", out), -EBADMSG);
	unit_has(error.text, "header");
	assert_int_equal(copy(lfb_merge_details, DETAIL "a,c,1,1,producer0,pushed,items,20", out), -EBADMSG);
	unit_has(error.text, "lines.csv, line 2");
	assert_int_equal(copy(lfb_merge_details, DETAIL "a,c,1,1,x,y,z,1\na,c,1\n", out), -EBADMSG);
	unit_has(error.text, "line 3");
	assert_int_equal(copy(lfb_merge_histograms, HIST "a,c,1,1,service,10,2\n", out), 0);
	assert_string_equal(out, "a,c,1,1,service,10,2\n");
	assert_int_equal(copy(lfb_merge_histograms, HIST "a,c,1,1,service,10,0\n", out), -EBADMSG);
	assert_int_equal(lfb_merge_details(path_of("missing"), stdout, &error), -ENOENT);
	assert_int_equal(lfb_merge_histograms(path_of("missing"), stdout, &error), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_in_order_of_time), cmocka_unit_test(rows_are_not_changed), cmocka_unit_test(twins),
		cmocka_unit_test(what_is_refused),	 cmocka_unit_test(many_rows),		 cmocka_unit_test(companions),
	};

	return cmocka_run_group_tests(tests, make_folder, clean);
}
