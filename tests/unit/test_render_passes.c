/* test_render_passes.c - what stands below a table: latencies, reasons, regimes, remarks; fitted, safe, and no more. */
#include "unit.h"

#include "commands/show/render.h"
#include "text/safe_text.h"

#include <math.h>

static const struct lfb_medium plain = { .width = 80 };

static struct lfb_row make_row(const char *pass, const char *backend, unsigned launch, unsigned trial)
{
	struct lfb_row row = { .failed = false };

	lfb_row_set(&row, LFB_COL_workload, "producer_consumer");
	lfb_row_set(&row, LFB_COL_pass, pass);
	lfb_row_set(&row, LFB_COL_backend, backend);
	lfb_row_set(&row, LFB_COL_semantics, "mpmc-fifo");
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set(&row, LFB_COL_producers, "1");
	lfb_row_set(&row, LFB_COL_consumers, "1");
	lfb_row_set_u64(&row, LFB_COL_launch, launch);
	lfb_row_set_u64(&row, LFB_COL_trial, trial);
	lfb_row_set(&row, LFB_COL_ns_per_op, "12345");
	lfb_row_set(&row, LFB_COL_ops_per_s, "12345");
	lfb_row_set(&row, LFB_COL_ops, "1000");
	lfb_row_set(&row, LFB_COL_duration_ns, "100000");
	return row;
}

static void add(struct lfb_summary *summary, struct lfb_row *row)
{
	assert_int_equal(lfb_summary_add(summary, row), 0);
	lfb_row_clear(row);
}

static void add_timed(struct lfb_summary *summary, const char *backend, double ns, const char *flags)
{
	for (unsigned launch = 1; launch <= 6; launch++)
		for (unsigned trial = 1; trial <= 2; trial++) {
			struct lfb_row row = make_row("throughput", backend, launch, trial);

			lfb_row_set_f64(&row, LFB_COL_ns_per_op, launch == 6 ? 5 * ns : ns + launch * 0.01);
			lfb_row_set_f64(&row, LFB_COL_ops_per_s, 1e9 / ns);
			lfb_row_set_f64(&row, LFB_COL_probe_before_ns, launch == 6 ? 600 : 131);
			lfb_row_set(&row, LFB_COL_flags, flags);
			if (strcmp(backend, "faa") == 0)
				lfb_row_set(&row, LFB_COL_check_level, "n/a");
			add(summary, &row);
		}
}

static void add_latency(struct lfb_summary *summary, const char *backend, const char *params, double scale)
{
	struct lfb_row row = make_row("latency", backend, 1, 1);

	lfb_row_set(&row, LFB_COL_params, params);
	lfb_row_set(&row, LFB_COL_lat_mode, params[0] == '\0' ? "closed" : "open");
	lfb_row_set_f64(&row, LFB_COL_lat_p50_ns, 100 * scale);
	lfb_row_set_f64(&row, LFB_COL_lat_p99_ns, 2345 * scale);
	lfb_row_set_f64(&row, LFB_COL_lat_max_ns, 1.5e9 * scale);
	lfb_row_set(&row, LFB_COL_rate_offered_per_s, params[0] == '\0' ? "" : "5e6");
	if (isnan(scale)) {
		lfb_row_set(&row, LFB_COL_rate_achieved_per_s, "4e6");
		lfb_row_set(&row, LFB_COL_flags, "overloaded");
	}
	add(summary, &row);
}

static void add_counts(struct lfb_summary *summary, const char *backend, const char *failures, const char *waits)
{
	struct lfb_row row = make_row("contention", backend, 1, 1);

	lfb_row_set(&row, LFB_COL_flavour, "counting");
	lfb_row_set(&row, LFB_COL_cas_failures, failures);
	lfb_row_set(&row, LFB_COL_cas_attempts, failures[0] != '\0' ? "1300" : "");
	lfb_row_set(&row, LFB_COL_lock_contended, waits);
	lfb_row_set(&row, LFB_COL_lock_wait_ns, waits[0] != '\0' ? "120000" : "");
	lfb_row_set(&row, LFB_COL_ctx_voluntary, "3");
	add(summary, &row);
}

/* Some of everything. */
static struct lfb_summary sample(void)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;

	add_timed(&summary, "faa", 5, "");
	add_timed(&summary, "ring", 10, "regime");
	add_timed(&summary, "a_mutex_with_a_long_name", 50, "");
	add_counts(&summary, "faa", "1", "");
	add_counts(&summary, "ring", "420", "");
	add_counts(&summary, "a_mutex_with_a_long_name", "", "310");
	add_latency(&summary, "ring", "", 1);
	add_latency(&summary, "ring", "load=50", 2);
	add_latency(&summary, "ring", "load=90", NAN);
	add_latency(&summary, "a_mutex_with_a_long_name", "arrivals=fixed;rate=1e6", 1000);
	row = make_row("latency", "ring", 2, 0);
	lfb_row_set(&row, LFB_COL_status, "timeout");
	add(&summary, &row);
	return summary;
}

/* What is printed; the summary is used up. */
static char *print(struct lfb_summary *summary, struct lfb_medium medium)
{
	char *text = NULL;
	size_t bytes;
	FILE *const out = open_memstream(&text, &bytes);

	assert_int_equal(lfb_summary_finish(summary), 0);
	assert_int_equal(render_summary(out, summary, &medium), 0);
	(void)fclose(out);
	lfb_summary_free(summary);
	return text;
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("there is '%s' in:\n%s", part, text);
}

static void says_it_all(void **state)
{
	struct lfb_summary summary = sample();
	char *text = print(&summary, (struct lfb_medium){ .width = 120 });

	(void)state;
	unit_has(text, "Machine changed: 15 launches at 131 ns core to core, 3 at 600 ns; medians mix both.");
	unit_has(text, "100 ns  2.35 \u00B5s");
	unit_has(text, "  50 %   5.00 M  200 ns  4.69 \u00B5s");
	unit_has(text, "OVERLOADED: achieved 80 %");
	unit_has(text, "1.00 M fixed   5.00 M  100 \u00B5s  2.35 ms");
	unit_has(text, "ring                      0.42 failed CAS of 1.3, 30.0 k switches/s");
	unit_has(text, "a_mutex_with_a_long_name  0.31 lock waits (120 ns), 30.0 k switches/s");
	unit_has(text, "ring                      10.0 (5)  50.0 (1)");
	unit_has(text, "Outlying launches, kept: faa 1 of 6, ring 1 of 6, a_mutex_with_a_long_name 1 of 6.");
	unit_has(text, "latency pass: timeout");
	unit_has(text, "a regime (12 of ");
	lacks(text, "12345"); /* the speed of an instrumented build */
	lacks(text, "12.3");
	lacks(text, "faa                       0.00");
	free(text);
}

/* Without the other passes there is nothing about them. */
static void says_no_more(void **state)
{
	static const char *const parts[] = { "p50", "p99", "Why", "why:", "Latency", "load", "regime", "Machine" };
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("throughput", "q", 1, 1);
	char *text;

	(void)state;
	add(&summary, &row);
	text = print(&summary, plain);
	for (size_t i = 0; i < COUNT(parts); i++)
		lacks(text, parts[i]);
	free(text);
}

static void only_one_pass(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;
	char *text;

	(void)state;
	add_counts(&summary, "counted", "0", "");
	add_latency(&summary, "open_only", "load=50", 1);
	add_latency(&summary, "closed_only", "", 1);
	row = make_row("throughput", "piloted", 1, 1);
	lfb_row_set(&row, LFB_COL_flags, "pilot");
	add(&summary, &row);
	row = make_row("contention", "still", 1, 1);
	lfb_row_set(&row, LFB_COL_cas_failures, "0");
	add(&summary, &row);
	text = print(&summary, plain);
	unit_has(text, "counted      no throughput pass");
	unit_has(text, "open_only    no throughput pass");
	unit_has(text, "closed_only  mpmc-fifo  100 ns  2.35 \u00B5s");
	unit_has(text, "piloted      only launches of the pilot");
	unit_has(text, "nothing that was counted stands out");
	lacks(text, "nan");
	lacks(text, "12345");
	free(text);
}

/* No line is wider than the medium or ends in a space; plain ASCII is. */
static void fits(void **state)
{
	(void)state;
	for (unsigned width = 60; width <= 160; width += 4) {
		struct lfb_summary summary = sample();
		char *const text = print(&summary, (struct lfb_medium){ .width = width, .ascii = width % 8 == 0 });

		for (char *line = text, *next; *line != '\0'; line = next + 1) {
			next = strchr(line, '\n');
			assert_non_null(next);
			if (lfb_text_columns(line, (size_t)(next - line)) > width || (next > line && next[-1] == ' '))
				fail_msg("at width %u: '%.*s'", width, (int)(next - line), line);
		}
		for (const char *c = text; *c != '\0' && width % 8 == 0; c++)
			assert_true((*c >= ' ' && *c <= '~') || *c == '\n');
		unit_has(text, "OVERLOADED");
		free(text);
	}
}

static void file_cannot_steer_the_terminal(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	char *text;

	(void)state;
	add_timed(&summary, "\x1b[2Jq", 10, "");
	add_latency(&summary, "\x1b[2Jq", "arrivals=\x1b[2J\r;rate=1", 1);
	add_latency(&summary, "\x1b[2Jq", "", 1);
	add_counts(&summary, "\x1b[2Jq", "420", "");
	text = print(&summary, plain);
	for (const char *c = text; *c != '\0'; c++)
		assert_true((unsigned char)*c >= ' ' || *c == '\n');
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_it_all), cmocka_unit_test(says_no_more),
		cmocka_unit_test(only_one_pass), cmocka_unit_test(fits),
		cmocka_unit_test(file_cannot_steer_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
