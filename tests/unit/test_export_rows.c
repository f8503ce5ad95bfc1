/* The rows of a run become the list that is exported: with the figures of the summary and every trial. */
#include "export_fixture.h"

#include "results/csv_file.h"
#include "summary/summary.h"

static struct lfb_rows rows;

static struct lfb_row *add_row(const char *backend, unsigned launch, unsigned trial)
{
	struct lfb_row *const more = (struct lfb_row *)realloc(rows.rows, (rows.count + 1) * sizeof(*more));
	struct lfb_row *row;

	assert_non_null(more);
	rows.rows = more;
	row = &rows.rows[rows.count++];
	memset(row, 0, sizeof(*row));
	lfb_row_set(row, LFB_COL_run_id, "r");
	lfb_row_set(row, LFB_COL_host, "vm");
	lfb_row_set(row, LFB_COL_commit, "abc");
	lfb_row_set(row, LFB_COL_time_utc, "2026-11-23T08:00:00Z");
	lfb_row_set(row, LFB_COL_workload, "producer_consumer");
	lfb_row_set(row, LFB_COL_backend, backend);
	lfb_row_set(row, LFB_COL_check_level, "sum+audit");
	lfb_row_set(row, LFB_COL_status, "ok");
	lfb_row_set(row, LFB_COL_pass, "throughput");
	lfb_row_set(row, LFB_COL_producers, "2");
	lfb_row_set(row, LFB_COL_consumers, "3");
	lfb_row_set(row, LFB_COL_batch, "1");
	lfb_row_set(row, LFB_COL_capacity, "1023");
	lfb_row_set(row, LFB_COL_wait, "backoff");
	lfb_row_set(row, LFB_COL_pin, "compact");
	lfb_row_set_u64(row, LFB_COL_launch, launch);
	lfb_row_set_u64(row, LFB_COL_trial, trial);
	return row;
}

static struct lfb_row *add_cost(const char *backend, unsigned launch, unsigned trial, double ns)
{
	struct lfb_row *const row = add_row(backend, launch, trial);

	lfb_row_set_f64(row, LFB_COL_ns_per_op, ns);
	lfb_row_set_f64(row, LFB_COL_ops_per_s, 1e9 / ns);
	lfb_row_set_u64(row, LFB_COL_items, 500);
	lfb_row_set_f64(row, LFB_COL_duration_ns, ns * 1000);
	lfb_row_set_f64(row, LFB_COL_user_ns, ns * 1500);
	return row;
}

static struct lfb_row *add_latency(const char *backend, unsigned launch, const char *params, double p50, double p99)
{
	struct lfb_row *const row = add_row(backend, launch, 1);

	lfb_row_set(row, LFB_COL_pass, "latency");
	lfb_row_set(row, LFB_COL_lat_mode, params[0] != '\0' ? "open" : "closed");
	lfb_row_set(row, LFB_COL_params, params);
	lfb_row_set_f64(row, LFB_COL_lat_p50_ns, p50);
	lfb_row_set_f64(row, LFB_COL_lat_p99_ns, p99);
	lfb_row_set_f64(row, LFB_COL_rate_offered_per_s, 2e6);
	lfb_row_set_f64(row, LFB_COL_rate_achieved_per_s, 1e6);
	return row;
}

/* The rows as a list, which the caller frees. */
static void export_rows(struct export_list *list)
{
	memset(list, 0, sizeof(*list));
	assert_int_equal(export_add_rows(list, &rows), 0);
	lfb_rows_free(&rows);
	memset(&rows, 0, sizeof(rows));
}

static const struct export_result *find(const struct export_list *list, const char *backend, const char *metric,
					const char *shape_end)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct export_result *const result = &list->results[i];
		const size_t length = strlen(result->shape), end = strlen(shape_end);

		if (strcmp(result->backend, backend) == 0 && strcmp(result->metric, metric) == 0 && length >= end &&
		    strcmp(result->shape + length - end, shape_end) == 0)
			return result;
	}
	fail_msg("no %s of %s at ...%s", metric, backend, shape_end);
	return NULL;
}

static void test_figures_are_those_of_the_summary(void **state)
{
	static const double first[] = { 10, 30, 20, 50, 40, 60 }; /* of each launch; the second is 5 more */
	struct lfb_summary summary = { 0 };
	const struct lfb_entry *entry;
	const struct export_result *result;
	struct export_list list;

	(void)state;
	for (unsigned launch = 6; launch >= 1; launch--) { /* in any order */
		(void)add_cost("q", launch, 2, first[launch - 1] + 5);
		(void)add_cost("other", launch, 1, 7);
		(void)add_cost("q", launch, 1, first[launch - 1]);
	}
	for (size_t i = 0; i < rows.count; i++)
		assert_int_equal(lfb_summary_add(&summary, &rows.rows[i]), 0);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	entry = summary.groups[0]->entries[1];
	assert_string_equal(entry->label, "q");
	export_rows(&list);
	assert_int_equal(list.count, 4);
	assert_string_equal(list.host, "vm");
	assert_string_equal(list.commit, "abc");
	result = find(&list, "q", "ns/op", "");
	assert_string_equal(result->shape, "batch=1/capacity=1023/consumers=3/producers=2/wait=backoff");
	assert_int_equal(result->threads, 5);
	assert_int_equal(result->n, 6);
	is_about(result->value, entry->ns_per_op.median);
	is_about(result->value, 37.5);
	is_about(result->low, entry->ns_per_op.low);
	is_about(result->high, entry->ns_per_op.high);
	assert_int_equal(result->trial_count, 12);
	for (size_t i = 0; i < 12; i++) {
		assert_int_equal(result->trials[i].launch, i / 2 + 1);
		assert_int_equal(result->trials[i].trial, i % 2 + 1);
		is_about(result->trials[i].ns_per_op, first[i / 2] + (i % 2 == 1 ? 5 : 0));
		is_about(result->trials[i].duration_ns, result->trials[i].ns_per_op * 1000);
		assert_int_equal(result->trials[i].items, 500);
		assert_true(isnan(result->trials[i].sys_ns)); /* not measured */
	}
	result = find(&list, "q", "ops/s", "");
	assert_true(result->bigger_is_better);
	is_about(result->value, entry->ops_per_s.median);
	lfb_summary_free(&summary);
	export_free(&list);
}

static void test_few_launches_have_no_interval(void **state)
{
	const struct export_result *result;
	struct export_list list;

	(void)state;
	for (unsigned launch = 1; launch <= 5; launch++)
		(void)add_cost("q", launch, 1, launch);
	lfb_row_set(add_cost("q", 6, 1, 100), LFB_COL_flags, "pilot"); /* is not part of the measurement */
	export_rows(&list);
	result = find(&list, "q", "ns/op", "");
	is_about(result->value, 3);
	assert_true(isnan(result->low) && isnan(result->high));
	assert_int_equal(result->trial_count, 5);
	export_free(&list);
}

/* However fast the other trials were. */
static void test_a_wrong_trial_leaves_no_figure(void **state)
{
	const struct export_result *result;
	struct export_list list;
	struct lfb_row *row;

	(void)state;
	for (unsigned launch = 1; launch <= 6; launch++) {
		(void)add_cost("bad", launch, 1, 1);
		(void)add_cost("good", launch, 1, 10);
	}
	row = add_row("bad", 7, 1);
	lfb_row_set(row, LFB_COL_status, "invalid");
	lfb_row_set(row, LFB_COL_reason, "2 values lost");
	row = add_row("spsc", 1, 0);
	lfb_row_set(row, LFB_COL_status, "unsupported");
	lfb_row_set(row, LFB_COL_reason, "3 consumers, it allows 1");
	row = add_latency("good", 1, "", 100, 200);
	lfb_row_set(row, LFB_COL_status, "hung");
	(void)add_latency("good", 2, "", 100, 200);
	export_rows(&list);
	assert_int_equal(list.count, 5);
	result = find(&list, "bad", "ns/op", "");
	assert_int_equal(result->verdict, EXPORT_FAILED);
	assert_true(isnan(result->value));
	assert_string_equal(result->message, "invalid: 2 values lost (1 of 7 rows)");
	result = find(&list, "spsc", "ns/op", "");
	assert_int_equal(result->verdict, EXPORT_UNSUPPORTED);
	assert_string_equal(result->message, "unsupported: 3 consumers, it allows 1 (1 of 1 rows)");
	assert_int_equal(find(&list, "good", "ns/op", "")->verdict,
			 EXPORT_MEASURED); /* the throughput pass was right */
	result = find(&list, "good", "latency", "");
	assert_int_equal(result->verdict, EXPORT_FAILED);
	export_free(&list);
}

static void test_what_one_pass_lacks_the_other_keeps(void **state)
{
	struct export_list list;
	struct lfb_row *row;

	(void)state;
	(void)add_cost("null", 1, 1, 1);
	row = add_latency("null", 1, "", 1, 1);
	lfb_row_set(row, LFB_COL_status, "unsupported");
	export_rows(&list);
	assert_int_equal(list.count, 3);
	is_about(find(&list, "null", "ns/op", "")->value, 1);
	assert_int_equal(find(&list, "null", "other passes", "")->verdict, EXPORT_UNSUPPORTED);
	export_free(&list);
}

static void test_latencies_by_load(void **state)
{
	const struct export_result *result;
	struct export_list list;
	struct lfb_row *row;

	(void)state;
	for (unsigned launch = 1; launch <= 3; launch++) {
		(void)add_latency("q", launch, "arrivals=poisson;load=50;prefill=9", 100 + launch, NAN);
		row = add_latency("q", launch, "arrivals=poisson;load=90;prefill=9", NAN, NAN);
		lfb_row_set(row, LFB_COL_flags, "overloaded");
		row = add_latency("q", launch, "arrivals=poisson;load=saturation;prefill=9", NAN, NAN);
		lfb_row_set(row, LFB_COL_flags, "overloaded");
		row = add_latency("q", launch, "", 500 + launch, 600);
		lfb_row_set(row, LFB_COL_params, "prefill=9");
	}
	export_rows(&list);
	assert_int_equal(list.count, 4);
	result = find(&list, "q", "p50 ns", "/prefill=9/producers=2/wait=backoff/arrivals=poisson/load=50");
	is_about(result->value, 102);
	assert_int_equal(result->n, 3);
	assert_int_equal(result->trial_count, 3);
	is_about(result->trials[2].ns_per_op, 103);
	result = find(&list, "q", "p50 ns", "/arrivals=poisson/load=90");
	assert_int_equal(result->verdict, EXPORT_INCONCLUSIVE);
	assert_true(isnan(result->value));
	unit_has(result->message, "overloaded in 3 of 3 launches: 1e+06 of 2e+06 items");
	is_about(find(&list, "q", "p50 ns", "/prefill=9/producers=2/wait=backoff/loop=closed")->value, 502);
	is_about(find(&list, "q", "p99 ns", "/loop=closed")->value, 600);
	export_free(&list);
}

static void check_shape(const struct lfb_row *row, const char *expected)
{
	char out[EXPORT_SHAPE_BYTES];

	assert_string_equal(export_shape_text(row, out), expected);
}

static void test_shape_names_what_is_not_usual(void **state)
{
	struct lfb_row *const row = add_row("q", 1, 1);

	(void)state;
	check_shape(row, "batch=1/capacity=1023/consumers=3/producers=2/wait=backoff");
	lfb_row_set(row, LFB_COL_payload_bytes, "8");
	lfb_row_set(row, LFB_COL_payload_by, "value");
	lfb_row_set(row, LFB_COL_work_pop_ns, "0");
	lfb_row_set(row, LFB_COL_work_dist, "none");
	lfb_row_set(row, LFB_COL_alloc, "malloc");
	check_shape(row, "batch=1/capacity=1023/consumers=3/producers=2/wait=backoff");
	lfb_row_set(row, LFB_COL_payload_bytes, "64");
	lfb_row_set(row, LFB_COL_alloc, "pool");
	lfb_row_set(row, LFB_COL_pin, "cpus:0+2");
	lfb_row_set(row, LFB_COL_params, "rate=5;a=1;load=9;arrivals=fixed;zz=2;loader=3");
	check_shape(row, "a=1/alloc=pool/batch=1/capacity=1023/consumers=3/loader=3/payload=64/pin=cpus:0+2/"
			 "producers=2/wait=backoff/zz=2");
	lfb_row_set(row, LFB_COL_params, "");
	lfb_row_set(row, LFB_COL_workload, "pairs");
	lfb_row_set(row, LFB_COL_producers, "4");
	lfb_row_set(row, LFB_COL_consumers, "4");
	check_shape(row, "alloc=pool/batch=1/capacity=1023/payload=64/pin=cpus:0+2/threads=4/wait=backoff");
	lfb_rows_free(&rows);
	memset(&rows, 0, sizeof(rows));
}

/* Nothing that separates in a format, and no more than there is room for. */
static void test_shape_of_any_row(void **state)
{
	struct lfb_row *const row = add_row("q", 1, 1);
	char out[EXPORT_SHAPE_BYTES], params[4096];
	size_t used = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		used += (size_t)snprintf(params + used, sizeof(params) - used, "k%d=v w/|\n;", i);
	lfb_row_set(row, LFB_COL_params, params);
	lfb_row_set(row, LFB_COL_wait, HOSTILE);
	(void)export_shape_text(row, out);
	assert_true(strlen(out) > 200 && strlen(out) < sizeof(out));
	for (const char *c = out; *c != '\0'; c++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+:-=/", *c) == NULL)
			fail_msg("'%c' is in a shape", *c);
	unit_has(out, "k0=v_w___/");
	lfb_row_set(row, LFB_COL_params, ";;=;=x;k;k=;");
	lfb_row_set(row, LFB_COL_wait, "");
	check_shape(row, "batch=1/capacity=1023/consumers=3/producers=2");
	lfb_rows_free(&rows);
	memset(&rows, 0, sizeof(rows));
}

static void test_no_rows(void **state)
{
	struct export_list list;

	(void)state;
	export_rows(&list);
	assert_int_equal(list.count, 0);
	assert_string_equal(list.host, "");
	export_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures_are_those_of_the_summary),
		cmocka_unit_test(test_few_launches_have_no_interval),
		cmocka_unit_test(test_a_wrong_trial_leaves_no_figure),
		cmocka_unit_test(test_what_one_pass_lacks_the_other_keeps),
		cmocka_unit_test(test_latencies_by_load),
		cmocka_unit_test(test_shape_names_what_is_not_usual),
		cmocka_unit_test(test_shape_of_any_row),
		cmocka_unit_test(test_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
