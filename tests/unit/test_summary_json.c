/* test_summary_json.c - a summary as JSON: its figures are the summary's, absent ones null, and texts of any kind harmless. */
#include "unit.h"

#include "summary/summary_json.h"

#include <jansson.h>
#include <math.h>

static struct lfb_row make_row(const char *backend, unsigned launch, const char *ns)
{
	struct lfb_row row = { .failed = false };

	lfb_row_set(&row, LFB_COL_run_id, "run");
	lfb_row_set(&row, LFB_COL_workload, "pairs");
	lfb_row_set(&row, LFB_COL_backend, backend);
	lfb_row_set(&row, LFB_COL_semantics, "mpmc-fifo");
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set(&row, LFB_COL_producers, "2");
	lfb_row_set(&row, LFB_COL_params, "rounds=3;load=50");
	lfb_row_set(&row, LFB_COL_time_utc, "1970-01-02T00:00:01Z");
	lfb_row_set_u64(&row, LFB_COL_launch, launch);
	lfb_row_set_u64(&row, LFB_COL_order, launch + 10);
	lfb_row_set(&row, LFB_COL_trial, "1");
	lfb_row_set(&row, LFB_COL_ns_per_op, ns);
	lfb_row_set(&row, LFB_COL_ops_per_s, "1e8");
	return row;
}

static void add(struct lfb_summary *summary, struct lfb_row row)
{
	assert_int_equal(lfb_summary_add(summary, &row), 0);
	lfb_row_clear(&row);
}

static json_t *first_entry(json_t *json)
{
	return json_array_get(json_object_get(json_array_get(json_object_get(json, "groups"), 0), "entries"), 0);
}

static double number(json_t *object, const char *key)
{
	json_t *const value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static double at(json_t *object, const char *key, size_t index)
{
	return json_number_value(json_array_get(json_object_get(object, key), index));
}

static void has_the_figures(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	json_t *json, *entry, *figure, *trials;

	(void)state;
	for (unsigned launch = 1; launch <= 6; launch++) {
		struct lfb_row row = make_row("ring", launch, launch == 6 ? "30.5" : "20.25");

		lfb_row_set(&row, LFB_COL_flags, launch == 6 ? "regime" : "");
		add(&summary, row);
	}
	assert_int_equal(lfb_summary_finish(&summary), 0);
	json = lfb_summary_json(&summary, true);
	entry = first_entry(json);
	figure = json_object_get(entry, "ns_per_op");
	trials = json_object_get(entry, "trials");
	assert_true(number(json, "rows") == 6 && number(entry, "launches") == 6);
	assert_true(number(figure, "median") == summary.groups[0]->entries[0]->ns_per_op.median);
	assert_true(number(figure, "low") == 20.25 && number(figure, "high") == 30.5);
	assert_true(json_is_null(json_object_get(entry, "of_faa")));
	assert_null(json_object_get(entry, "contention"));
	assert_int_equal(json_array_size(json_object_get(trials, "ns_per_op")), 6);
	for (size_t i = 0; i < 6; i++) {
		assert_true(at(trials, "order", i) == at(trials, "launch", i) + 10);
		assert_true(at(trials, "time_s", i) == 86401);
		assert_true((at(trials, "flags", i) != 0) == (at(trials, "launch", i) == 6));
	}
	json_decref(json);
	lfb_summary_free(&summary);
}

/* What a load is does not make a shape; what has no interval says so. */
static void says_null_for_nothing(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	json_t *json, *shape, *params;

	(void)state;
	add(&summary, make_row("ring", 1, "20"));
	assert_int_equal(lfb_summary_finish(&summary), 0);
	json = lfb_summary_json(&summary, false);
	shape = json_object_get(json_array_get(json_object_get(json, "groups"), 0), "shape");
	params = json_object_get(shape, "params");
	assert_true(json_is_null(json_object_get(json_object_get(first_entry(json), "ns_per_op"), "low")));
	assert_null(json_object_get(first_entry(json), "trials"));
	assert_true(number(shape, "producers") == 2);
	assert_true(json_is_null(json_object_get(shape, "consumers")));
	assert_int_equal(json_object_size(params), 1);
	assert_string_equal(json_string_value(json_object_get(params, "rounds")), "3");
	json_decref(json);
	lfb_summary_free(&summary);
}

/* Whatever a file holds in any column: the text is JSON again, in ASCII, and without control characters. */
static void takes_any_text(void **state)
{
	static const char hostile[] = "\x1b]0;x\x07</script><!--\xC2\x9B\xE2\x80\xAE\xFF\xED\xA0\x80\"\\{}=1;=2;\n";
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row(hostile, 1, "10");
	char *text = NULL;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);
	json_t *json;

	(void)state;
	for (int c = 0; c < LFB_COLUMN_COUNT; c++)
		if (c != LFB_COL_status && c != LFB_COL_ns_per_op && c != LFB_COL_ops_per_s)
			lfb_row_set(&row, (enum lfb_column)c, hostile);
	add(&summary, row);
	row = make_row("ring", 1, "");
	lfb_row_set(&row, LFB_COL_status, hostile);
	lfb_row_set(&row, LFB_COL_reason, hostile);
	add(&summary, row);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	json = lfb_summary_json(&summary, false);
	assert_non_null(json);
	assert_int_equal(lfb_json_write(json, out), 0);
	json_decref(json);
	assert_int_equal(fclose(out), 0);
	for (const char *c = text; *c != '\0'; c++)
		assert_true((*c >= ' ' && *c <= '~') || *c == '\n');
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_non_null(strstr(json_string_value(json_object_get(first_entry(json), "label")), "</script>"));
	json_decref(json);
	free(text);
	lfb_summary_free(&summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_figures),
		cmocka_unit_test(says_null_for_nothing),
		cmocka_unit_test(takes_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
