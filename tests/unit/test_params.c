/*
 * test_params.c - the table of parameters is sound in itself, its values are written as they are read, and
 * the columns of a row say them: those with a column of their own there, all others sorted in `params`.
 */
#include "unit.h"

#include "plan/cell.h"
#include "plan/names.h"
#include "plan/options.h"

#include <errno.h>

static struct lfb_shape shape_of(const char *workload)
{
	struct lfb_shape shape = {
		.workload = &lfb_workloads[lfb_name_find(lfb_workload_names, workload)],
		.producers = 1,
		.consumers = 1,
		.capacity = 64,
		.batch = 1,
		.wait = LFB_WAIT_BACKOFF,
		.pin = "none",
	};

	lfb_shape_preset(&shape);
	return shape;
}

static void the_table(void **state)
{
	(void)state;
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		const struct lfb_param_info *const info = &lfb_params[p];
		uint64_t words = 0;

		assert_true(info->min <= info->preset && info->preset <= info->max);
		assert_true(strlen(info->option) < 30 && strlen(info->help) > 0); /* see struct lfb_run_arguments */
		assert_int_equal(info->kind == LFB_PARAM_WORD, info->words != NULL);
		for (; info->words != NULL && info->words[words] != NULL; words++)
			assert_int_equal(strcspn(info->words[words], ",;= "), strlen(info->words[words])); /* a list, and k=v;k=v */
		if (info->words != NULL)
			assert_int_equal(info->max, words - 1);
		for (enum lfb_param other = 0; other < p; other++) {
			assert_string_not_equal(info->option, lfb_params[other].option);
			assert_true(info->column == LFB_COLUMN_COUNT || info->column != lfb_params[other].column);
		}
	}
	/* The values that the program calls by name are where their words are. */
	assert_string_equal(lfb_work_dist_names[LFB_WORK_BIMODAL], "bimodal");
	assert_string_equal(lfb_payload_by_names[LFB_BY_POINTER], "pointer");
	assert_string_equal(lfb_stop_names[LFB_STOP_SENTINEL], "sentinel");
	assert_string_equal(lfb_no_yes_names[LFB_YES], "yes");
	assert_string_equal(lfb_creation_names[LFB_CREATION_TIMED], "timed");
	assert_string_equal(lfb_stages_names[LFB_STAGES_DIAMOND], "diamond");
	assert_string_equal(lfb_executor_names[LFB_EXECUTOR_SPAWN], "spawn");
	assert_string_equal(lfb_shutdown_names[LFB_SHUTDOWN_CANCEL], "cancel");
	assert_string_equal(lfb_overflow_names[LFB_OVERFLOW_OVERWRITE], "overwrite");
	assert_string_equal(lfb_family_names[LFB_FAMILY_IPV6], "ipv6");
	assert_string_equal(lfb_clients_names[LFB_CLIENTS_SILENT], "silent");
	assert_string_equal(lfb_clients_names[LFB_CLIENTS_MIXED], "mixed");
	assert_string_equal(lfb_sink_names[LFB_SINK_TERMINAL], "terminal");
	assert_string_equal(lfb_workers_are_names[LFB_WORKERS_BUSY], "busy");
	/* What an application asks for is what the loops do. */
}

static void words_in_a_list(void **state)
{
	(void)state;
	assert_true(lfb_word_in("one", "one"));
	assert_true(lfb_word_in("one two", "two"));
	assert_true(lfb_word_in("one two three", "two"));
	assert_false(lfb_word_in("one two", "tw"));
	assert_false(lfb_word_in("one two", "wo"));
	assert_false(lfb_word_in("onetwo", "one"));
	assert_false(lfb_word_in("", "one"));
	assert_true(lfb_word_in("twone one", "one")); /* a first hit that is only a part does not end the search */
	assert_true(lfb_param_fits(LFB_PARAM_stages, "pipeline"));
	assert_false(lfb_param_fits(LFB_PARAM_stages, "producer_consumer"));
}

/* What stands in an argument is read as the value it was. */
static void arguments_are_read_back(void **state)
{
	(void)state;
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		const struct lfb_param_info *const info = &lfb_params[p];
		const uint64_t values[] = { info->min, info->preset, info->max, info->min + (info->max - info->min) / 3 };

		for (size_t i = 0; i < COUNT(values); i++) {
			char name[40], text[32];
			char *argv[] = { "program", name, text, NULL };
			struct lfb_options options;
			struct lfb_error error;

			(void)snprintf(name, sizeof(name), "--%s", info->option);
			assert_ptr_equal(lfb_param_text(p, values[i], false, text, sizeof(text)), text);
			if (info->kind == LFB_PARAM_TIME && values[i] == 0)
				continue; /* 0ns is no duration, and no launch is given a preset: see lfb_run_make_arguments */
			if (lfb_options_parse(&options, LFB_SCOPE_BENCH, 3, argv, &error) != 0)
				fail_msg("%s", error.text);
			assert_int_equal(options.params[p].count, 1);
			assert_int_equal(options.params[p].values[0], values[i]);
			lfb_options_free(&options);
		}
	}
}

static void texts(void **state)
{
	char text[32], tiny[4];

	(void)state;
	assert_string_equal(lfb_param_text(LFB_PARAM_work_pop, 1500, false, text, sizeof(text)), "1500ns");
	assert_string_equal(lfb_param_text(LFB_PARAM_work_pop, 1500, true, text, sizeof(text)), "1500");
	assert_string_equal(lfb_param_text(LFB_PARAM_payload, 4096, true, text, sizeof(text)), "4096");
	assert_string_equal(lfb_param_text(LFB_PARAM_by, LFB_BY_POINTER, true, text, sizeof(text)), "pointer");
	assert_string_equal(lfb_param_text(LFB_PARAM_payload, 4096, true, tiny, sizeof(tiny)), "409");
}

static void row_has(const struct lfb_shape *shape, enum lfb_column column, const char *expected)
{
	struct lfb_row row = { .failed = false };

	lfb_cell_fill_row(&row, shape, "some", NULL);
	if (strcmp(lfb_row_get(&row, column), expected) != 0)
		fail_msg("%s is '%s', not '%s'", lfb_columns[column].name, lfb_row_get(&row, column), expected);
	lfb_row_clear(&row);
}

/* Sorted by key, whatever their order in the table, and only those that are not at their preset. */
static void params_of_a_row(void **state)
{
	struct lfb_shape shape = shape_of("producer_consumer");

	(void)state;
	row_has(&shape, LFB_COL_params, "");
	shape.param[LFB_PARAM_stop] = LFB_STOP_SENTINEL;
	shape.param[LFB_PARAM_prefill] = 20;
	shape.param[LFB_PARAM_join] = LFB_YES;
	shape.param[LFB_PARAM_burst] = 7;
	row_has(&shape, LFB_COL_params, "burst=7;join=yes;prefill=20;stop=sentinel");
	/* What this workload does not take is no setting of it; nor is what has a column. */
	shape.param[LFB_PARAM_stages] = 9;
	shape.param[LFB_PARAM_payload] = 100;
	row_has(&shape, LFB_COL_params, "burst=7;join=yes;prefill=20;stop=sentinel");
	shape.rate_per_s = 1000;
	row_has(&shape, LFB_COL_params, "arrivals=poisson;burst=7;join=yes;prefill=20;rate=1000;stop=sentinel");
	shape.load_percent = 25;
	row_has(&shape, LFB_COL_params, "arrivals=poisson;burst=7;join=yes;load=25;prefill=20;stop=sentinel");
	shape.load_percent = LFB_LOAD_SATURATION;
	row_has(&shape, LFB_COL_params, "burst=7;join=yes;load=saturation;prefill=20;stop=sentinel");
}

static void columns_of_a_row(void **state)
{
	struct lfb_shape shape = shape_of("producer_consumer");

	(void)state;
	row_has(&shape, LFB_COL_payload_bytes, "8");
	row_has(&shape, LFB_COL_payload_by, "value");
	row_has(&shape, LFB_COL_work_push_ns, "0");
	row_has(&shape, LFB_COL_work_pop_ns, "0");
	row_has(&shape, LFB_COL_work_dist, "none"); /* of no work */
	shape.param[LFB_PARAM_work_dist] = LFB_WORK_BIMODAL;
	row_has(&shape, LFB_COL_work_dist, "none");
	shape.param[LFB_PARAM_work_pop] = 250;
	row_has(&shape, LFB_COL_work_pop_ns, "250");
	row_has(&shape, LFB_COL_work_push_ns, "0");
	row_has(&shape, LFB_COL_work_dist, "bimodal");
	shape.param[LFB_PARAM_payload] = 65536;
	shape.param[LFB_PARAM_by] = LFB_BY_POINTER;
	row_has(&shape, LFB_COL_payload_bytes, "65536");
	row_has(&shape, LFB_COL_payload_by, "pointer");
	/* All parameters at once, each at its longest: nothing is cut, and nothing is written behind the end. */
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++)
		shape.param[p] = lfb_params[p].max;
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		struct lfb_row row = { .failed = false };

		shape.workload = w;
		lfb_cell_fill_row(&row, &shape, "some", NULL);
		assert_false(row.failed);
		for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
			char setting[64], value[32];

			(void)snprintf(setting, sizeof(setting), "%s=%s", lfb_params[p].option,
				       lfb_param_text(p, lfb_params[p].max, true, value, sizeof(value)));
			if (lfb_params[p].column == LFB_COLUMN_COUNT && lfb_params[p].max != lfb_params[p].preset)
				assert_int_equal(strstr(lfb_row_get(&row, LFB_COL_params), setting) != NULL, lfb_param_fits(p, w->name));
		}
		lfb_row_clear(&row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),	   cmocka_unit_test(words_in_a_list), cmocka_unit_test(arguments_are_read_back),
		cmocka_unit_test(texts),	   cmocka_unit_test(params_of_a_row), cmocka_unit_test(columns_of_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
