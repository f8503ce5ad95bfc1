/*
 * test_doctor.c - what the doctor makes of measurements: made-up ones, of machines larger than the one
 * the test runs on, and with holes in them.
 */
#include "unit.h"

#include "commands/doctor/doctor_print.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>

/* Standard output of what is between the two, as a text to be freed. */
static int kept_stdout = -1;
static char captured_path[64];

static void capture_begin(void)
{
	int file;

	(void)fflush(stdout);
	(void)snprintf(captured_path, sizeof(captured_path), "/tmp/lfbench-doctor-XXXXXX");
	file = mkstemp(captured_path);
	assert_true(file >= 0);
	kept_stdout = dup(STDOUT_FILENO);
	assert_true(kept_stdout >= 0 && dup2(file, STDOUT_FILENO) >= 0);
	(void)close(file);
}

static char *capture_end(void)
{
	static char text[1 << 16];
	size_t length;
	FILE *file;

	(void)fflush(stdout);
	assert_true(dup2(kept_stdout, STDOUT_FILENO) >= 0);
	(void)close(kept_stdout);
	file = fopen(captured_path, "r");
	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	(void)fclose(file);
	(void)unlink(captured_path);
	return text;
}

static void add_cpus(struct lfb_cpu_list *list, unsigned count, unsigned step)
{
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(lfb_cpu_list_add(list, i * step), 0);
}

/* `sample` CPUs measured in pairs, all `cpus` watched; a round trip of 100 ns per place between them. */
static struct doctor_measured *machine(unsigned sample, unsigned cpus)
{
	struct doctor_measured *const m = calloc(1, sizeof(*m));

	assert_non_null(m);
	add_cpus(&m->cpus, sample, cpus / sample);
	add_cpus(&m->watched, cpus, 1);
	m->gaps = calloc(cpus, sizeof(m->gaps[0]));
	assert_non_null(m->gaps);
	for (unsigned i = 0; i < cpus; i++)
		m->gaps[i] = (struct lfb_gaps){ 100 + i, 4000, 0.001 };
	for (unsigned a = 1; a < sample; a++) {
		for (unsigned b = 0; b < a; b++)
			m->round_trip[a][b] = (struct lfb_probe){ 90 * (a - b), 100 * (a - b) };
		m->offset[a] = (struct lfb_clock_offset){ -50, 40 };
	}
	m->skew_ns = sample > 1 ? 90 : NAN;
	m->stamp_ns = 20;
	m->timebase.use_counter = 1;
	return m;
}

static void drop(struct doctor_measured *m)
{
	doctor_measured_clear(m);
	free(m);
}

/* What is printed of it, 80 columns wide. */
static char *printed(const struct doctor_measured *m, struct doctor_finding findings[DOCTOR_FINDINGS])
{
	const struct lfb_medium medium = { .width = 80 };

	doctor_find(m, findings);
	capture_begin();
	doctor_print_measured(m, findings, &medium);
	return capture_end();
}

static void assert_fits(const char *text, size_t width)
{
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > width)
			fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
}

static void two_cpus(void **state)
{
	struct doctor_measured *const m = machine(2, 2);
	struct doctor_finding findings[DOCTOR_FINDINGS];
	const char *const text = printed(m, findings);

	(void)state;
	unit_has(findings[DOCTOR_ROUND_TRIP].value, "100 ns between CPUs 0 and 1 (90 ns at the fastest)");
	unit_has(text, "                   0\n              1  100\n");
	unit_has(text, "CPU 1 against CPU 0: -50 to +40 ns\n");
	unit_has(text, "CPU 1: 101 gaps a second, 0.100 % of the time, largest 0.004 ms\n");
	for (int i = 0; i < DOCTOR_FINDINGS; i++) {
		assert_int_equal(findings[i].verdict, LFB_VERDICT_OK);
		assert_non_null(findings[i].meaning);
		assert_null(findings[i].advice);
	}
	drop(m);
}

/* The largest triangle fits, also with round trips of every length. */
static void sixteen_cpus_fit_eighty_columns(void **state)
{
	struct doctor_measured *const m = machine(16, 16);
	struct doctor_finding findings[DOCTOR_FINDINGS];
	const char *text;

	(void)state;
	m->round_trip[15][1].median_ns = 9999.4;
	m->round_trip[15][2].median_ns = 9999.6;
	m->round_trip[15][3].median_ns = 1.2e6;
	m->round_trip[15][4].median_ns = NAN;
	text = printed(m, findings);
	assert_fits(text, 80);
	unit_has(text, "\n        0    1    2    3    4    5    6    7    8    9   10   11   12   13   14\n");
	unit_has(text, "\n  15 1500 9999  10k   1M    - 1000  900  800  700  600  500  400  300  200  100\n");
	assert_int_equal(findings[DOCTOR_ROUND_TRIP].verdict, LFB_VERDICT_NOTE);
	unit_has(findings[DOCTOR_ROUND_TRIP].value, "100 ns (CPUs 0 and 1) to 1200000 ns (CPUs 3 and 15)");
	unit_has(findings[DOCTOR_ROUND_TRIP].advice, "--pin compact");
	assert_null(strstr(text, "A sample"));
	drop(m);
}

static void a_large_machine_is_sampled(void **state)
{
	struct doctor_measured *const m = machine(16, 1600);
	struct doctor_finding findings[DOCTOR_FINDINGS];
	const char *text;

	(void)state;
	m->gaps[77].share = 0.2;
	m->gaps[5].share = 0.3;
	m->gaps[6] = (struct lfb_gaps){ NAN, NAN, NAN };
	text = printed(m, findings);
	assert_fits(text, 80);
	unit_has(text, "A sample of 16 CPUs");
	unit_has(text, "\n1500 1500 1400"); /* CPU 1500, to CPU 0, to CPU 100 */
	/* Those that lost most come first, and what was not measured last, so not here. */
	assert_true(strstr(text, "CPU 5: ") < strstr(text, "CPU 77: "));
	assert_null(strstr(text, "CPU 6: "));
	unit_has(text, "and 1584 CPUs with less");
	assert_int_equal(findings[DOCTOR_GAPS].verdict, LFB_VERDICT_WARN);
	unit_has(findings[DOCTOR_GAPS].value, "30.00 % of the time on CPU 5, the worst");
	assert_non_null(findings[DOCTOR_GAPS].advice);
	drop(m);
}

static void one_cpu(void **state)
{
	struct doctor_measured *const m = machine(1, 1);
	struct doctor_finding findings[DOCTOR_FINDINGS];
	const char *const text = printed(m, findings);

	(void)state;
	assert_string_equal(findings[DOCTOR_ROUND_TRIP].value, "one CPU: no round trip to measure");
	assert_string_equal(findings[DOCTOR_OFFSET].value, "one CPU: no clock offset to measure");
	assert_int_equal(findings[DOCTOR_ROUND_TRIP].verdict, LFB_VERDICT_NOTE);
	assert_null(strstr(text, "CPU to CPU"));
	assert_null(strstr(text, "against"));
	drop(m);
}

/* Nothing could be had: unknown, which is neither ok nor a figure. */
static void nothing_measured(void **state)
{
	struct doctor_measured *const m = machine(2, 2);
	struct doctor_finding findings[DOCTOR_FINDINGS];
	const char *text;

	(void)state;
	m->round_trip[1][0] = (struct lfb_probe){ NAN, NAN };
	m->offset[1] = (struct lfb_clock_offset){ NAN, NAN };
	m->skew_ns = NAN;
	m->gaps[0] = m->gaps[1] = (struct lfb_gaps){ NAN, NAN, NAN };
	m->error = -ETIMEDOUT;
	m->timebase.use_counter = 0;
	text = printed(m, findings);
	assert_int_equal(findings[DOCTOR_ROUND_TRIP].verdict, LFB_VERDICT_UNKNOWN);
	assert_int_equal(findings[DOCTOR_OFFSET].verdict, LFB_VERDICT_UNKNOWN);
	assert_int_equal(findings[DOCTOR_GAPS].verdict, LFB_VERDICT_UNKNOWN);
	assert_int_equal(findings[DOCTOR_CLOCK].verdict, LFB_VERDICT_NOTE);
	unit_has(findings[DOCTOR_ROUND_TRIP].value, "not free at the same time");
	unit_has(text, "CPU 1 against CPU 0: not measured\n");
	unit_has(text, "CPU 0: not measured\n");
	unit_has(text, "\n              1    -\n");
	assert_null(strstr(text, "nan"));
	drop(m);
}

static void gaps_by_their_share(void **state)
{
	static const struct {
		double share;
		enum lfb_verdict verdict;
	} cases[] = { { 0, LFB_VERDICT_OK },
		      { 0.0049, LFB_VERDICT_OK },
		      { 0.005, LFB_VERDICT_NOTE },
		      { 0.0499, LFB_VERDICT_NOTE },
		      { 0.05, LFB_VERDICT_WARN } };
	struct doctor_measured *const m = machine(2, 2);
	struct doctor_finding findings[DOCTOR_FINDINGS];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		m->gaps[0].share = 0;
		m->gaps[1].share = cases[i].share;
		doctor_find(m, findings);
		assert_int_equal(findings[DOCTOR_GAPS].verdict, cases[i].verdict);
	}
	drop(m);
}

/* The reason given for a column, or NULL. */
static const char *reason_for(const struct doctor_empty *empty, size_t count, const char *column)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(empty[i].columns, column) != NULL)
			return empty[i].reason;
	return NULL;
}

static void columns_that_stay_empty(void **state)
{
	struct doctor_measured *const m = machine(2, 2);
	struct doctor_empty empty[DOCTOR_EMPTIES];
	size_t count = doctor_empty_columns(m, 2, empty);

	(void)state;
	assert_null(reason_for(empty, count, "probe_before_ns"));
	assert_null(reason_for(empty, count, "tsc_skew_ns"));
	/* Not measured, because not asked for: nothing is known of these columns. */
	count = doctor_empty_columns(NULL, 2, empty);
	assert_null(reason_for(empty, count, "probe_before_ns"));
	/* With one CPU it is known all the same. */
	count = doctor_empty_columns(NULL, 1, empty);
	unit_has(reason_for(empty, count, "probe_after_ns"), "one CPU");
	assert_ptr_equal(reason_for(empty, count, "probe_after_ns"), reason_for(empty, count, "tsc_skew_ns"));
	m->skew_ns = NAN;
	m->error = -EXDEV;
	count = doctor_empty_columns(m, 2, empty);
	assert_null(reason_for(empty, count, "probe_before_ns"));
	unit_has(reason_for(empty, count, "tsc_skew_ns"), "pinned");
	drop(m);
}

static json_t *json_of(const struct doctor_report *report)
{
	const char *text;
	json_t *all;

	capture_begin();
	assert_int_equal(doctor_write_json(report), 0);
	text = capture_end();
	all = json_loads(text, 0, NULL);
	assert_non_null(all);
	return all;
}

/* Figures are numbers, and what was not measured is null; not 0, and not left out. */
static void json_of_it(void **state)
{
	struct doctor_measured *const m = machine(3, 3);
	struct doctor_finding findings[DOCTOR_FINDINGS];
	struct doctor_empty empty[] = { { "one, two", "because" } };
	struct doctor_report report = { .measured = m, .findings = findings, .empty = empty, .empties = 1 };
	struct lfb_env *env = NULL;
	json_t *all, *measured, *trip;

	(void)state;
	assert_int_equal(lfb_env_gather("/no/such/root", NULL, 0, &env), 0);
	report.env = env;
	m->round_trip[2][1] = (struct lfb_probe){ NAN, NAN };
	doctor_find(m, findings);
	all = json_of(&report);
	measured = json_object_get(all, "measured");
	assert_int_equal(json_array_size(json_object_get(measured, "round_trips")), 3);
	trip = json_array_get(json_object_get(measured, "round_trips"), 1);
	assert_int_equal(json_integer_value(json_object_get(trip, "cpu_a")), 0);
	assert_int_equal(json_integer_value(json_object_get(trip, "cpu_b")), 2);
	assert_true(json_number_value(json_object_get(trip, "median_ns")) == 200);
	trip = json_array_get(json_object_get(measured, "round_trips"), 2);
	assert_true(json_is_null(json_object_get(trip, "median_ns")));
	assert_int_equal(json_array_size(json_object_get(measured, "gaps")), 3);
	assert_int_equal(json_array_size(json_object_get(measured, "clock_offsets")), 2);
	assert_true(json_number_value(json_object_get(measured, "tsc_skew_ns")) == 90);
	assert_non_null(json_object_get(json_object_get(measured, "facts"), "round_trip"));
	trip = json_array_get(json_object_get(all, "empty_columns"), 0);
	assert_string_equal(json_string_value(json_array_get(json_object_get(trip, "columns"), 1)), "two");
	assert_string_equal(json_string_value(json_object_get(trip, "reason")), "because");
	json_decref(all);
	report.measured = NULL;
	all = json_of(&report);
	assert_null(json_object_get(all, "measured"));
	json_decref(all);
	lfb_env_free(env);
	drop(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_cpus),
		cmocka_unit_test(sixteen_cpus_fit_eighty_columns),
		cmocka_unit_test(a_large_machine_is_sampled),
		cmocka_unit_test(one_cpu),
		cmocka_unit_test(nothing_measured),
		cmocka_unit_test(gaps_by_their_share),
		cmocka_unit_test(columns_that_stay_empty),
		cmocka_unit_test(json_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
