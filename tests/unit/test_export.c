/* The list, the arguments of --export and the formats that are JSON. */
#include "export_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static const double costs[] = { 10, 14, 12, 16, 11, 21 };
#define COSTS COUNT(costs)

/* A backend with cost, speed and a percentile, one that failed, and a comparison. */
static void fill(struct export_list *list)
{
	struct export_result *result;

	start_list(list);
	result = add_result(list, "x", "ns/op", 13);
	result->low = 10;
	result->high = 21;
	result->n = 6;
	add_trials(result, costs, COSTS);
	result = add_result(list, "x", "ops/s", 8e7);
	result->bigger_is_better = true;
	add_trials(result, costs, COSTS);
	result = add_result(list, "x", "p99.9 ns", 4500);
	add_trials(result, costs, 1);
	result = add_result(list, "broken", "ns/op", NAN);
	result->verdict = EXPORT_FAILED;
	set_text(&result->message, "crashed: signal 11");
	result = add_result(list, "y", "head/base p99", 1.25);
	result->base_value = 100;
	result->head_value = 125;
	result->base_unit = strdup("ns");
	result->verdict = EXPORT_REGRESSED;
}

static void test_targets_are_parsed(void **state)
{
	struct export_target target;
	struct lfb_error error;

	(void)state;
	for (int i = 0; i < EXPORT_FORMATS; i++) {
		char word[64];

		assert_non_null(export_suffixes[i]);
		assert_int_equal(export_parse_target(export_format_names[i], &target, &error), 0);
		assert_int_equal(target.format, i);
		assert_null(target.path);
		(void)snprintf(word, sizeof(word), "%s=a=b", export_format_names[i]);
		assert_int_equal(export_parse_target(word, &target, &error), 0);
		assert_int_equal(target.format, i);
		assert_string_equal(target.path, "a=b");
	}
	assert_null(export_format_names[EXPORT_FORMATS]);
	assert_int_equal(export_parse_target("bmf=", &target, &error), -EINVAL);
	unit_has(error.text, "names no file");
	for (const char *const *word = (const char *const[]){ "", "=", "=x", "bm", "bmff", "BMF", "jsonl=x", NULL };
	     *word != NULL; word++) {
		assert_int_equal(export_parse_target(*word, &target, &error), -EINVAL);
		unit_has(error.text, "hyperfine, junit, markdown, json");
	}
}

static void test_github_has_one_direction(void **state)
{
	struct export_list list;
	json_t *json;

	(void)state;
	fill(&list);
	json = written_json(&list, EXPORT_GITHUB_ACTION_BENCHMARK);
	assert_int_equal(json_array_size(json), 3); /* neither the speed nor what has no figure */
	assert_string_equal(text_at(json_array_get(json, 0), "name"),
			    "producer_consumer/backend=x/batch=1/consumers=2/producers=1/wait=backoff");
	assert_string_equal(text_at(json_array_get(json, 0), "unit"), "ns/op");
	assert_string_equal(text_at(json_array_get(json, 0), "range"), "\u00B1 8"); /* the longer side */
	unit_has(text_at(json_array_get(json, 0), "extra"), "95 % interval 10 to 21; n = 6");
	is_about(number_at(json_array_get(json, 0), "value"), 13);
	unit_has(text_at(json_array_get(json, 1), "name"), "backoff p99.9 ns");
	assert_string_equal(text_at(json_array_get(json, 1), "unit"), "ns");
	assert_null(json_object_get(json_array_get(json, 1), "range")); /* no interval */
	assert_string_equal(text_at(json_array_get(json, 2), "unit"), "ratio");
	json_decref(json);
	export_free(&list);
}

static void test_bmf_has_measures(void **state)
{
	struct export_list list;
	json_t *json, *measures;

	(void)state;
	fill(&list);
	json = written_json(&list, EXPORT_BMF);
	assert_int_equal(json_object_size(json), 2);
	measures = json_object_get(json, "producer_consumer/backend=x/batch=1/consumers=2/producers=1/wait=backoff");
	assert_int_equal(json_object_size(measures), 3);
	is_about(number_at(json_object_get(measures, "latency"), "value"), 13);
	is_about(number_at(json_object_get(measures, "latency"), "lower_value"), 10);
	is_about(number_at(json_object_get(measures, "latency"), "upper_value"), 21);
	is_about(number_at(json_object_get(measures, "throughput"), "value"), 8e7);
	assert_int_equal(json_object_size(json_object_get(measures, "throughput")), 1); /* no interval */
	is_about(number_at(json_object_get(measures, "p99-9-ns"), "value"), 4500);
	measures = json_object_get(json, "producer_consumer/backend=y/batch=1/consumers=2/producers=1/wait=backoff");
	is_about(number_at(json_object_get(measures, "head-base-p99"), "value"), 1.25);
	json_decref(json);
	export_free(&list);
}

static const json_t *benchmark_named(json_t *all, const char *end)
{
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *const one = json_array_get(all, i);
		const char *const name = text_at(one, "name");

		if (strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0)
			return one;
	}
	fail_msg("no benchmark's name ends in '%s'", end);
	return NULL;
}

static void test_google_has_iterations_and_aggregates(void **state)
{
	struct export_list list;
	json_t *json, *all;

	(void)state;
	fill(&list);
	json = written_json(&list, EXPORT_GOOGLE_BENCHMARK);
	assert_string_equal(text_at(json_object_get(json, "context"), "host_name"), "vm");
	all = json_object_get(json, "benchmarks");
	assert_int_equal(json_array_size(all), COSTS + 4 + 2);
	for (size_t i = 0; i < COSTS; i++) {
		const json_t *const one = json_array_get(all, i);

		assert_string_equal(text_at(one, "run_type"), "iteration");
		assert_string_equal(text_at(one, "name"), text_at(one, "run_name"));
		assert_string_equal(text_at(one, "time_unit"), "ns");
		is_about(number_at(one, "repetition_index"), (double)i);
		is_about(number_at(one, "repetitions"), COSTS);
		is_about(number_at(one, "iterations"), 1000);
		is_about(number_at(one, "threads"), 3);
		is_about(number_at(one, "real_time"), costs[i]);
		is_about(number_at(one, "cpu_time"), 2 * costs[i]);
	}
	is_about(number_at(benchmark_named(all, "_mean"), "real_time"), 14);
	is_about(number_at(benchmark_named(all, "_mean"), "cpu_time"), 28);
	is_about(number_at(benchmark_named(all, "_median"), "real_time"), 13); /* the result's own */
	is_about(number_at(benchmark_named(all, "_median"), "cpu_time"), 26);
	is_about(number_at(benchmark_named(all, "_stddev"), "real_time"), sqrt(82.0 / 5));
	is_about(number_at(benchmark_named(all, "_cv"), "real_time"), sqrt(82.0 / 5) / 14);
	assert_string_equal(text_at(benchmark_named(all, "_cv"), "aggregate_unit"), "percentage");
	/* a comparison: no iteration, since compare.py would want the CPU time of one */
	is_about(number_at(benchmark_named(all, "/base_median"), "real_time"), 100);
	is_about(number_at(benchmark_named(all, "/head_median"), "real_time"), 125);
	assert_null(json_object_get(benchmark_named(all, "/head_median"), "cpu_time"));
	json_decref(json);
	export_free(&list);
}

static void test_unmeasured_cpu_time_is_left_out(void **state)
{
	struct export_list list;
	json_t *json, *one;

	(void)state;
	fill(&list);
	list.results[0].trials[2].sys_ns = NAN;
	json = written_json(&list, EXPORT_GOOGLE_BENCHMARK);
	assert_non_null(json_object_get(json_array_get(json_object_get(json, "benchmarks"), 1), "cpu_time"));
	assert_null(json_object_get(json_array_get(json_object_get(json, "benchmarks"), 2), "cpu_time"));
	assert_null(json_object_get(benchmark_named(json_object_get(json, "benchmarks"),
						    "x/batch=1/consumers=2/producers=1/wait=backoff_mean"),
				    "cpu_time"));
	json_decref(json);
	json = written_json(&list, EXPORT_HYPERFINE);
	one = json_array_get(json_object_get(json, "results"), 0);
	assert_non_null(json_object_get(one, "user"));
	assert_null(json_object_get(one, "system"));
	json_decref(json);
	list.results[0].trials[2].duration_ns = NAN;
	json = written_json(&list, EXPORT_HYPERFINE);
	assert_int_equal(json_array_size(json_object_get(json, "results")), 0);
	json_decref(json);
	export_free(&list);
}

static void test_hyperfine_has_seconds(void **state)
{
	struct export_list list;
	json_t *json;
	const json_t *one;

	(void)state;
	fill(&list);
	json = written_json(&list, EXPORT_HYPERFINE);
	assert_int_equal(json_array_size(json_object_get(json, "results")), 1);
	one = json_array_get(json_object_get(json, "results"), 0);
	is_about(number_at(one, "mean"), 14 * 2e-6);
	is_about(number_at(one, "stddev"), sqrt(82.0 / 5) * 2e-6);
	is_about(number_at(one, "median"), 13 * 2e-6);
	is_about(number_at(one, "min"), 10 * 2e-6);
	is_about(number_at(one, "max"), 21 * 2e-6);
	is_about(number_at(one, "user"), 14 * 3e-6);
	is_about(number_at(one, "system"), 14 * 1e-6);
	assert_int_equal(json_array_size(json_object_get(one, "times")), COSTS);
	is_about(json_number_value(json_array_get(json_object_get(one, "times"), 5)), 21 * 2e-6); /* in their order */
	assert_int_equal(json_array_size(json_object_get(one, "exit_codes")), COSTS);
	assert_string_equal(text_at(json_object_get(one, "parameters"), "consumers"), "2");
	assert_string_equal(text_at(json_object_get(one, "parameters"), "backend"), "x");
	json_decref(json);
	list.results[0].trial_count = 1;
	json = written_json(&list, EXPORT_HYPERFINE);
	assert_true(json_is_null(json_object_get(json_array_get(json_object_get(json, "results"), 0),
						 "stddev"))); /* as hyperfine -r 1 */
	json_decref(json);
	export_free(&list);
}

static void test_json_takes_any_text(void **state)
{
	struct export_list list;

	(void)state;
	start_list(&list);
	add_trials(add_result(&list, HOSTILE, "ns/op", 3), costs, 2);
	set_text(&list.host, HOSTILE);
	set_text(&list.results[0].message, HOSTILE);
	set_text(&list.results[0].shape, HOSTILE "/k=" HOSTILE);
	for (int format = 0; format < EXPORT_FORMATS; format++) {
		char *const text = written(&list, (enum export_format)format);

		assert_null(strchr(text, '\x1B'));
		assert_null(strstr(text, "\xE2\x80\xAE"));
		assert_null(strchr(text, '\xFF'));
		free(text);
		if (format == EXPORT_GITHUB_ACTION_BENCHMARK || format == EXPORT_BMF ||
		    format == EXPORT_GOOGLE_BENCHMARK || format == EXPORT_HYPERFINE)
			json_decref(written_json(&list, (enum export_format)format));
	}
	export_free(&list);
}

/* An empty list, and one with texts that were never set: nothing breaks. */
static void test_nothing_to_write(void **state)
{
	struct export_list list = { 0 };

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		for (int format = 0; format < EXPORT_FORMATS; format++)
			free(written(&list, (enum export_format)format));
		if (pass == 0) {
			struct export_result *const result = export_add(&list);

			assert_non_null(result);
			result->metric = strdup("");
		}
	}
	export_free(&list);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void enter_folder(char folder[32])
{
	(void)strcpy(folder, "/tmp/export.XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
}

static void leave_folder(const char *folder)
{
	char command[64];

	assert_int_equal(chdir("/"), 0);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
}

static void test_files_are_written(void **state)
{
	const struct export_target targets[] = { { EXPORT_GITHUB_ACTION_BENCHMARK, "a.b/x.json" },
						 { EXPORT_MARKDOWN, NULL } };
	struct export_list list;
	struct lfb_error error;
	char folder[32], *text = NULL;
	size_t bytes = 0;
	FILE *memory;
	json_t *json;

	(void)state;
	enter_folder(folder);
	assert_int_equal(mkdir("a.b", 0700), 0);
	fill(&list);
	memory = open_memstream(&text, &bytes);
	assert_int_equal(export_check_targets(targets, 2, NULL, &error), 0);
	assert_false(exists("a.b/x.json") || exists("a.b/x.json.partial") || exists("a.b/x.bigger.json.partial"));
	assert_int_equal(export_write_targets(&list, targets, 2, memory, &error), 0);
	assert_int_equal(export_write_targets(&list, targets, 1, memory, &error),
			 0); /* again: the old one is replaced */
	(void)fclose(memory);
	unit_has(text, "| verdict |");
	free(text);
	json = json_load_file("a.b/x.json", 0, NULL);
	assert_int_equal(json_array_size(json), 3);
	json_decref(json);
	json = json_load_file("a.b/x.bigger.json", 0, NULL);
	assert_int_equal(json_array_size(json), 1);
	assert_string_equal(text_at(json_array_get(json, 0), "unit"), "ops/s");
	json_decref(json);
	export_free(&list);
	leave_folder(folder);
}

static void test_bigger_path(void **state)
{
	char out[32];

	(void)state;
	assert_true(export_bigger_path("x.github.json", out, sizeof(out)));
	assert_string_equal(out, "x.github.bigger.json");
	assert_true(export_bigger_path("a.b/x", out, sizeof(out)));
	assert_string_equal(out, "a.b/x.bigger");
	assert_false(export_bigger_path("a-name-of-25-characters.js", out, 32));
}

static void check_refused(const struct export_target *targets, size_t count, const char *const *taken, int expected,
			  const char *sentence)
{
	struct lfb_error error = { "" };

	assert_int_equal(export_check_targets(targets, count, taken, &error), expected);
	unit_has(error.text, sentence);
}

static void test_unusable_files_are_refused(void **state)
{
	const char *const taken[] = { "today.csv", NULL };
	struct lfb_error error;
	char folder[32];

	(void)state;
	enter_folder(folder);
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(symlink("d", "link"), 0);
	check_refused(&(struct export_target){ EXPORT_BMF, "nowhere/x" }, 1, NULL, -ENOENT, "nowhere/x");
	check_refused(&(struct export_target){ EXPORT_BMF, "d" }, 1, NULL, -EISDIR, "d");
	check_refused(&(struct export_target){ EXPORT_BMF, "./today.csv" }, 1, taken, -EEXIST, "results themselves");
	check_refused(&(struct export_target){ EXPORT_GITHUB_ACTION_BENCHMARK, "today.csv" }, 1, taken, -EEXIST,
		      "results themselves");
	check_refused((const struct export_target[]){ { EXPORT_BMF, "d/x" }, { EXPORT_JUNIT, "link/x" } }, 2, NULL,
		      -EEXIST, "two exports");
	check_refused((const struct export_target[]){ { EXPORT_BMF, "-" }, { EXPORT_JUNIT, "-" } }, 2, NULL, -EEXIST,
		      "standard output");
	check_refused((const struct export_target[]){ { EXPORT_GITHUB_ACTION_BENCHMARK, "x.json" },
						      { EXPORT_BMF, "x.bigger.json" } },
		      2, NULL, -EEXIST, "two exports");
	check_refused((const struct export_target[]){ { EXPORT_BMF, "x.bigger.json" },
						      { EXPORT_GITHUB_ACTION_BENCHMARK, "x.json" } },
		      2, NULL, -EEXIST, "two exports");
	assert_int_equal(export_check_targets((const struct export_target[]){ { EXPORT_BMF, "/dev/null" },
									      { EXPORT_JUNIT, "/dev/null" } },
					      2, taken, &error),
			 0);
	assert_int_equal(
		export_check_targets((const struct export_target[]){ { EXPORT_BMF, NULL }, { EXPORT_JUNIT, NULL } }, 2,
				     taken, &error),
		0);
	assert_int_equal(rmdir("d"), 0); /* nothing was left in it */
	leave_folder(folder);
}

static void test_full_disk_is_told(void **state)
{
	struct export_list list;
	struct lfb_error error;

	(void)state;
	if (!exists("/dev/full"))
		skip();
	fill(&list);
	for (int format = 0; format < EXPORT_FORMATS; format++) {
		assert_int_equal(
			export_write_targets(&list, &(struct export_target){ (enum export_format)format, "/dev/full" },
					     1, NULL, &error),
			-ENOSPC);
		unit_has(error.text, "full");
	}
	export_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets_are_parsed),
		cmocka_unit_test(test_github_has_one_direction),
		cmocka_unit_test(test_bmf_has_measures),
		cmocka_unit_test(test_google_has_iterations_and_aggregates),
		cmocka_unit_test(test_unmeasured_cpu_time_is_left_out),
		cmocka_unit_test(test_hyperfine_has_seconds),
		cmocka_unit_test(test_json_takes_any_text),
		cmocka_unit_test(test_nothing_to_write),
		cmocka_unit_test(test_files_are_written),
		cmocka_unit_test(test_bigger_path),
		cmocka_unit_test(test_unusable_files_are_refused),
		cmocka_unit_test(test_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
