/* The formats that are lines, XML or Markdown, and GitHub's commands. */
#include "export_fixture.h"

#include <errno.h>
#include <sys/stat.h>

static const double costs[] = { 10, 14.5 };

static void check_has(const struct export_list *list, enum export_format format, const char *const *parts)
{
	char *const text = written(list, format);

	for (; *parts != NULL; parts++)
		unit_has(text, *parts);
	free(text);
}

/* One result with each verdict, all with this message. */
static void fill_verdicts(struct export_list *list, const char *message)
{
	start_list(list);
	for (int verdict = EXPORT_MEASURED; verdict <= EXPORT_UNSUPPORTED; verdict++) {
		char backend[16];
		struct export_result *result;

		(void)snprintf(backend, sizeof(backend), "b%d", verdict);
		result = add_result(list, backend, "head/base throughput", verdict == EXPORT_FAILED ? NAN : 1.5);
		result->verdict = (enum export_verdict)verdict;
		set_text(&result->message, message);
	}
}

static void test_benchfmt_has_a_line_per_trial(void **state)
{
	struct export_list list;
	struct export_result *result;
	char *text;

	(void)state;
	start_list(&list);
	list.arch = strdup("amd64");
	list.cpu_model = strdup("AMD\nBenchmarkX 1 1 ns/op");
	add_trials(add_result(&list, "x y-8/z", "ns/op", 12), costs, COUNT(costs));
	result = add_result(&list, "x", "ops/s", 1e6);
	result->bigger_is_better = true;
	add_trials(result, costs, COUNT(costs));
	add_trials(add_result(&list, "x", "p99 ns", 700), costs, 1);
	(void)add_result(&list, "broken", "ns/op", NAN);
	result = add_result(&list, "x", "head/base throughput", 1.25);
	result->base_unit = strdup("ns/item");
	result->base_value = 8;
	result->head_value = 10;
	text = written(&list, EXPORT_BENCHFMT);
	assert_string_equal(
		text,
		"goos: linux\ngoarch: amd64\npkg: lfbench\ncpu: AMD\xEF\xBF\xBD"
		"BenchmarkX 1 1 ns/op\nhost: vm\ncommit: abc+\ntime: 2026-11-23T08:00:00Z\n"
		"Unit ns/op better=lower\nUnit p99-ns better=lower\nUnit ns/item better=lower\n"
		"BenchmarkProducerConsumer/backend=x_y_8_z/batch=1/consumers=2/producers=1/wait=backoff-3 1000 10 "
		"ns/op\n"
		"BenchmarkProducerConsumer/backend=x_y_8_z/batch=1/consumers=2/producers=1/wait=backoff-3 1000 14.5 "
		"ns/op\n"
		"BenchmarkProducerConsumer/backend=x/batch=1/consumers=2/producers=1/wait=backoff-3 1000 10 p99-ns\n"
		"BenchmarkProducerConsumer/backend=x/batch=1/consumers=2/producers=1/wait=backoff/side=base-3 1 8 "
		"ns/item\n"
		"BenchmarkProducerConsumer/backend=x/batch=1/consumers=2/producers=1/wait=backoff/side=head-3 1 10 "
		"ns/item\n");
	free(text);
	export_free(&list);
}

/* Every line is a setting, a unit, or a benchmark of one word, a count, a figure and a unit, whatever the texts. */
static void test_benchfmt_takes_any_text(void **state)
{
	struct export_list list;
	char *text, *rest = NULL;
	size_t benchmarks = 0;

	(void)state;
	start_list(&list);
	add_trials(add_result(&list, HOSTILE, HOSTILE " ns", 12), costs, COUNT(costs));
	set_text(&list.results[0].workload, HOSTILE);
	set_text(&list.results[0].shape, HOSTILE);
	set_text(&list.host, HOSTILE);
	text = written(&list, EXPORT_BENCHFMT);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		unsigned spaces = 0;

		for (const char *c = line; *c != '\0'; c++)
			spaces += *c == ' ';
		if (strncmp(line, "Benchmark", 9) == 0) {
			benchmarks++;
			assert_int_equal(spaces, 3);
			assert_null(strchr("abcdefghijklmnopqrstuvwxyz", line[9]));
		} else if (strncmp(line, "Unit ", 5) == 0) {
			assert_int_equal(spaces, 2);
		} else {
			assert_non_null(strstr(line, ": "));
			assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz", line[0]));
		}
	}
	assert_int_equal(benchmarks, COUNT(costs));
	free(text);
	export_free(&list);
}

static void test_junit_never_passes_what_was_not_decided(void **state)
{
	static const char *const parts[] = {
		"<testsuite name=\"lfbench run\" tests=\"7\" failures=\"1\" errors=\"1\" skipped=\"2\" "
		"hostname=\"vm\">",
		"b0/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <system-out>measured: "
		"1.5 head/base throughput: why</system-out>",
		"b1/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <system-out>PASS",
		"b2/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <system-out>IMPROVED",
		"b3/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <failure "
		"type=\"REGRESSED\" message=\"REGRESSED: 1.5",
		"b4/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <skipped "
		"type=\"INCONCLUSIVE\"",
		"b5/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <error type=\"FAILED\" "
		"message=\"FAILED: why\"/>",
		"b6/batch=1/consumers=2/producers=1/wait=backoff head/base throughput\">\n      <skipped "
		"type=\"unsupported\"",
		NULL,
	};
	struct export_list list;

	(void)state;
	fill_verdicts(&list, "why");
	check_has(&list, EXPORT_JUNIT, parts);
	export_free(&list);
}

static void test_junit_time_is_that_of_the_trials(void **state)
{
	struct export_list list;

	(void)state;
	start_list(&list);
	add_trials(add_result(&list, "x", "ns/op", 12), costs, 2);
	list.results[0].trials[0].duration_ns = 1500000;
	list.results[0].trials[1].duration_ns = 250000;
	check_has(&list, EXPORT_JUNIT, (const char *const[]){ " time=\"0.001750\">", NULL });
	list.results[0].trials[1].duration_ns = NAN;
	{
		char *const text = written(&list, EXPORT_JUNIT);

		assert_null(strstr(text, "time="));
		free(text);
	}
	export_free(&list);
}

/* No markup comes out of a text: what is left are the elements of the format. */
static void test_xml_takes_any_text(void **state)
{
	static const char *const known[] = { "?xml",	   "testsuites", "testsuite", "testcase",
					     "system-out", "failure",	 "error",     "skipped" };
	struct export_list list;
	char *text;

	(void)state;
	fill_verdicts(&list, HOSTILE);
	set_text(&list.host, HOSTILE);
	set_text(&list.results[3].backend, HOSTILE);
	text = written(&list, EXPORT_JUNIT);
	for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at + 1, '<')) {
		const char *const name = at + 1 + (at[1] == '/');
		size_t i = 0;

		while (i < COUNT(known) &&
		       (strncmp(name, known[i], strlen(known[i])) != 0 || strchr(" >", name[strlen(known[i])]) == NULL))
			i++;
		if (i == COUNT(known))
			fail_msg("'%.20s' is no element of the format", at);
	}
	unit_has(text, "a&#34;b&#39;c|d");
	assert_null(strstr(text, "\xEF\xBF\xBF")); /* U+FFFF, which XML does not allow */
	for (const char *at = strchr(text, '&'); at != NULL; at = strchr(at + 1, '&'))
		assert_int_equal(at[1], '#');
	free(text);
	export_free(&list);
}

static size_t count_unescaped(const char *line, size_t bytes, char what)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes; i++)
		count += line[i] == what && (i == 0 || line[i - 1] != '\\');
	return count;
}

static void test_markdown_rows_keep_their_cells(void **state)
{
	struct export_list list;
	char *text;
	size_t rows = 0;

	(void)state;
	fill_verdicts(&list, HOSTILE);
	list.results[1].low = 1.25;
	list.results[1].high = 1.75;
	list.results[1].n = 9;
	set_text(&list.results[2].backend, HOSTILE);
	text = written(&list, EXPORT_MARKDOWN);
	for (const char *line = text; *line != '\0';
	     line += strcspn(line, "\n") + (line[strcspn(line, "\n")] != '\0')) {
		if (*line != '|')
			continue;
		rows++;
		assert_int_equal(count_unescaped(line, strcspn(line, "\n"), '|'), 9);
	}
	assert_int_equal(rows, 2 + list.count);
	unit_has(text, "| PASS | b1 | producer_consumer batch=1/consumers=2/producers=1/wait=backoff | head/base "
		       "throughput | 1.5 | 1.25 to 1.75 | 9 |");
	unit_has(text, "| FAILED | b5 | producer_consumer batch=1/consumers=2/producers=1/wait=backoff | head/base "
		       "throughput |  |  |  |");
	unit_has(text, "&#64;you");
	unit_has(text, "\\_g\\_"); /* emphasis, unlike the _ of producer_consumer */
	assert_null(strstr(text, "<"));
	assert_int_equal(count_unescaped(text, strlen(text), '`'), 0);
	free(text);
	export_free(&list);
}

static char *annotations(const struct export_list *list, int expected)
{
	struct lfb_error error;
	char *text = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	assert_non_null(memory);
	assert_int_equal(export_github(list, memory, &error), expected);
	(void)fclose(memory);
	return text;
}

static void test_annotations_are_escaped(void **state)
{
	struct export_list list;
	char *text;

	(void)state;
	fill_verdicts(&list, "50 %\r\n::set-output name=x::y, z\x1B[0m");
	set_text(&list.results[EXPORT_REGRESSED].backend, "a:b,c%\nd");
	(void)unsetenv("GITHUB_STEP_SUMMARY");
	(void)setenv("GITHUB_ACTIONS", "false", 1);
	text = annotations(&list, 0);
	assert_string_equal(text, "");
	free(text);
	(void)setenv("GITHUB_ACTIONS", "true", 1);
	text = annotations(&list, 0);
	assert_string_equal(
		text, "::error title=REGRESSED producer_consumer/backend=a%3Ab%2Cc%25\xEF\xBF\xBD"
		      "d/batch=1/consumers=2/producers=1/wait=backoff head/base throughput::"
		      "50 %25%0D%0A::set-output name=x::y, z\xEF\xBF\xBD[0m\n"
		      "::warning title=INCONCLUSIVE "
		      "producer_consumer/backend=b4/batch=1/consumers=2/producers=1/wait=backoff head/base throughput::"
		      "50 %25%0D%0A::set-output name=x::y, z\xEF\xBF\xBD[0m\n"
		      "::error title=FAILED producer_consumer/backend=b5/batch=1/consumers=2/producers=1/wait=backoff "
		      "head/base throughput::"
		      "50 %25%0D%0A::set-output name=x::y, z\xEF\xBF\xBD[0m\n");
	free(text);
	export_free(&list);
}

static void test_summary_is_appended(void **state)
{
	char path[] = "/tmp/summary.XXXXXX", text[8192];
	struct export_list list;
	struct stat status;
	size_t bytes;
	FILE *file;

	(void)state;
	file = fdopen(mkstemp(path), "w");
	assert_non_null(file);
	(void)fputs("before\n", file);
	(void)fclose(file);
	fill_verdicts(&list, "why");
	(void)setenv("GITHUB_ACTIONS", "true", 1);
	(void)setenv("GITHUB_STEP_SUMMARY", path, 1);
	free(annotations(&list, 0));
	file = fopen(path, "r");
	bytes = fread(text, 1, sizeof(text) - 1, file);
	text[bytes] = '\0';
	(void)fclose(file);
	assert_memory_equal(text, "before\n### lfbench run\n", 23);
	unit_has(text, "| unsupported | b6 |");
	/* beyond GitHub's limit the rest is counted, not written */
	for (int i = 0; i < 20000; i++)
		set_text(&add_result(&list, "x", "ns/op", 1)->message, "one of very many rows");
	free(annotations(&list, 0));
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size > 900000 && status.st_size < 1 << 20);
	(void)setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary", 1);
	free(annotations(&list, -ENOENT));
	export_free(&list);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_benchfmt_has_a_line_per_trial),
		cmocka_unit_test(test_benchfmt_takes_any_text),
		cmocka_unit_test(test_junit_never_passes_what_was_not_decided),
		cmocka_unit_test(test_junit_time_is_that_of_the_trials),
		cmocka_unit_test(test_xml_takes_any_text),
		cmocka_unit_test(test_markdown_rows_keep_their_cells),
		cmocka_unit_test(test_annotations_are_escaped),
		cmocka_unit_test(test_summary_is_appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
