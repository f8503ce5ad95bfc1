/* test_summary.c - rows become the right medians, intervals, order and warnings. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "summary/summary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-5 * fabs(b)))
		fail_msg("%.9g is not %.9g", a, b);
}

/* A row of one backend at the one shape all tests start from. */
static struct lfb_row make_row(const char *backend, unsigned launch, unsigned trial)
{
	struct lfb_row row = { .failed = false };

	lfb_row_set(&row, LFB_COL_schema, "1");
	lfb_row_set(&row, LFB_COL_run_id, "r");
	lfb_row_set(&row, LFB_COL_workload, "pairs");
	lfb_row_set(&row, LFB_COL_backend, backend);
	lfb_row_set(&row, LFB_COL_semantics, "mpmc-fifo");
	lfb_row_set(&row, LFB_COL_check_level, "sum+audit");
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set(&row, LFB_COL_producers, "2");
	lfb_row_set_u64(&row, LFB_COL_launch, launch);
	lfb_row_set_u64(&row, LFB_COL_trial, trial);
	return row;
}

static void add(struct lfb_summary *summary, struct lfb_row *row)
{
	assert_int_equal(lfb_summary_add(summary, row), 0);
	lfb_row_clear(row);
}

static void add_ok(struct lfb_summary *summary, const char *backend, unsigned launch, unsigned trial, double ns)
{
	struct lfb_row row = make_row(backend, launch, trial);

	lfb_row_set_f64(&row, LFB_COL_ns_per_op, ns);
	lfb_row_set_f64(&row, LFB_COL_ops_per_s, 1e9 / ns);
	if (strcmp(backend, "null") == 0 || strcmp(backend, "faa") == 0)
		lfb_row_set(&row, LFB_COL_check_level, "n/a");
	add(summary, &row);
}

static void add_bad(struct lfb_summary *summary, const char *backend, const char *status, const char *reason)
{
	struct lfb_row row = make_row(backend, 1, 0);

	lfb_row_set(&row, LFB_COL_status, status);
	lfb_row_set(&row, LFB_COL_reason, reason);
	add(summary, &row);
}

/* Launches 1..n with medians from, from + 1 ... */
static void add_launches(struct lfb_summary *summary, const char *backend, unsigned n, double from)
{
	for (unsigned launch = 1; launch <= n; launch++)
		add_ok(summary, backend, launch, 1, from + launch - 1);
}

static const struct lfb_entry *find(const struct lfb_group *group, const char *label)
{
	for (size_t e = 0; e < group->entry_count; e++)
		if (strcmp(group->entries[e]->label, label) == 0)
			return group->entries[e];
	fail_msg("no entry %s", label);
	return NULL;
}

/* The median over launches of launch medians, which is not the median over all trials. */
static void median_of_medians(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;

	(void)state;
	for (unsigned trial = 1; trial <= 9; trial++)
		add_ok(&summary, "q", 1, trial, 100);
	add_ok(&summary, "q", 2, 1, 50);
	add_ok(&summary, "q", 2, 2, 10);
	add_ok(&summary, "q", 2, 3, 12);
	add_ok(&summary, "q", 3, 1, 11);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	entry = find(summary.groups[0], "q");
	assert_int_equal(entry->launches, 3);
	assert_int_equal(entry->trials_min, 1);
	assert_int_equal(entry->trials_max, 9);
	near(entry->ns_per_op.median, 12);
	near(entry->ops_per_s.median, 1e9 / 12);
	assert_false(entry->ns_per_op.has_interval);
	assert_true(isnan(entry->of_ceiling));
	assert_int_equal(summary.rows_ok, 13);
	lfb_summary_free(&summary);
}

static void interval_over_launches(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;

	(void)state;
	add_launches(&summary, "six", 6, 10);
	add_launches(&summary, "five", 5, 10);
	for (unsigned trial = 1; trial <= 20; trial++)
		add_ok(&summary, "one", 1, trial, 30 + trial);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	entry = find(summary.groups[0], "six");
	assert_true(entry->ns_per_op.has_interval);
	near(entry->ns_per_op.low, 10);
	near(entry->ns_per_op.median, 12.5);
	near(entry->ns_per_op.high, 15);
	near(entry->ops_per_s.low, 1e9 / 15);
	assert_false(find(summary.groups[0], "five")->ns_per_op.has_interval);
	assert_false(find(summary.groups[0], "one")->ns_per_op.has_interval); /* trials are no launches */
	assert_true(summary.groups[0]->lacks_intervals);
	assert_int_equal(summary.groups[0]->launches_min, 1);
	assert_int_equal(summary.groups[0]->launches_max, 6);
	lfb_summary_free(&summary);
}

/* Launch 1 of another run is another launch. */
static void runs_are_pooled(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;

	(void)state;
	add_ok(&summary, "q", 1, 1, 10);
	row = make_row("q", 1, 1);
	lfb_row_set(&row, LFB_COL_run_id, "another");
	lfb_row_set(&row, LFB_COL_ns_per_op, "20");
	lfb_row_set(&row, LFB_COL_ops_per_s, "5e7");
	add(&summary, &row);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(summary.groups[0]->entries[0]->launches, 2);
	near(summary.groups[0]->entries[0]->ns_per_op.median, 15);
	lfb_summary_free(&summary);
}

static void ranks(void **state)
{
	static const char *const order[] = { "null", "faa", "fast", "slow", "slower", "broken" };
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_group *group;

	(void)state;
	add_bad(&summary, "broken", "crashed", "SIGSEGV");
	add_launches(&summary, "slow", 6, 100);
	add_launches(&summary, "slower", 6, 103);
	add_launches(&summary, "fast", 6, 50);
	add_launches(&summary, "faa", 6, 8);
	add_launches(&summary, "null", 6, 1);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(summary.group_count, 1);
	group = summary.groups[0];
	assert_int_equal(group->entry_count, 6);
	for (size_t e = 0; e < 6; e++)
		assert_string_equal(group->entries[e]->label, order[e]);
	assert_int_equal(group->references, 2);
	assert_int_equal(group->ranked, 3);
	assert_false(group->lacks_intervals);
	assert_false(group->unlike_semantics);
	assert_false(find(group, "fast")->unresolved);
	assert_false(find(group, "slow")->unresolved);	/* 100..105 against 50..55 */
	assert_true(find(group, "slower")->unresolved); /* 103..108 */
	assert_true(isnan(find(group, "null")->of_ceiling));
	near(find(group, "faa")->of_ceiling, 1);
	near(find(group, "fast")->of_ceiling,
	     find(group, "fast")->ops_per_s.median / find(group, "faa")->ops_per_s.median);
	assert_true(isnan(find(group, "broken")->of_ceiling));
	lfb_summary_free(&summary);
}

/* Intervals that touch are not resolved; those just apart are. */
static void touching_intervals(void **state)
{
	struct lfb_summary summary = { .rows = 0 };

	(void)state;
	add_launches(&summary, "a", 6, 10);
	add_launches(&summary, "b", 6, 15);
	add_launches(&summary, "c", 6, 20.5);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_true(find(summary.groups[0], "b")->unresolved);
	assert_false(find(summary.groups[0], "c")->unresolved);
	lfb_summary_free(&summary);
}

static void groups_by_shape(void **state)
{
	/* What makes another table, and what does not. */
	static const struct {
		enum lfb_column column;
		bool splits;
	} columns[] = {
		{ LFB_COL_workload, true },    { LFB_COL_host, true },
		{ LFB_COL_pass, true },	       { LFB_COL_producers, true },
		{ LFB_COL_consumers, true },   { LFB_COL_capacity, true },
		{ LFB_COL_batch, true },       { LFB_COL_wait, true },
		{ LFB_COL_params, true },      { LFB_COL_pin, true },
		{ LFB_COL_work_pop_ns, true }, { LFB_COL_alloc, false },
		{ LFB_COL_cpus, false },       { LFB_COL_capacity_effective, false },
		{ LFB_COL_seed, false },       { LFB_COL_order, false },
		{ LFB_COL_commit, false },     { LFB_COL_semantics, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		struct lfb_summary summary = { .rows = 0 };
		struct lfb_row row = make_row("q", 1, 1);

		add_ok(&summary, "q", 1, 1, 10);
		lfb_row_set(&row, columns[i].column, "another");
		add(&summary, &row);
		assert_int_equal(lfb_summary_finish(&summary), 0);
		assert_int_equal(summary.group_count, columns[i].splits ? 2 : 1);
		lfb_summary_free(&summary);
	}
}

/* By shape whatever the order of the rows, and 2 comes before 10. */
static void groups_are_ordered(void **state)
{
	static const char *const producers[] = { "10", "1", "x", "2", "" };
	static const char *const ordered[] = { "1", "2", "10", "", "x" };
	struct lfb_summary summary = { .rows = 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct lfb_row row = make_row("q", 1, 1);

		lfb_row_set(&row, LFB_COL_producers, producers[i]);
		add(&summary, &row);
	}
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(summary.group_count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(lfb_row_get(&summary.groups[i]->row, LFB_COL_producers), ordered[i]);
	lfb_summary_free(&summary);
}

/* One backend built in several ways: as many words in its name as it takes. */
static void labels_tell_apart(void **state)
{
	static const struct {
		const char *alloc, *commit, *build_id, *label;
	} builds[] = {
		{ "malloc", "abc", "0123456789", "q malloc @abc" },
		{ "pool", "abc", "1123456789", "q pool" },
		{ "malloc", "def", "2223456789", "q malloc @def build 22234567" },
		{ "malloc", "def", "3323456789", "q malloc @def build 33234567" },
	};
	struct lfb_summary summary = { .rows = 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct lfb_row row = make_row("q", 1, 1);

		lfb_row_set(&row, LFB_COL_alloc, builds[i].alloc);
		lfb_row_set(&row, LFB_COL_commit, builds[i].commit);
		lfb_row_set(&row, LFB_COL_backend_build_id, builds[i].build_id);
		add(&summary, &row);
	}
	add_ok(&summary, "alone", 1, 1, 5);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(summary.groups[0]->entry_count, 5);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(
			lfb_row_get(&find(summary.groups[0], builds[i].label)->row, LFB_COL_backend_build_id),
			builds[i].build_id);
	(void)find(summary.groups[0], "alone");
	lfb_summary_free(&summary);
}

static void problems_are_counted(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;

	(void)state;
	add_ok(&summary, "q", 1, 1, 10);
	add_bad(&summary, "q", "invalid", "lost 3");
	add_bad(&summary, "q", "invalid", "lost 3");
	add_bad(&summary, "q", "timeout", "");
	assert_int_equal(lfb_summary_finish(&summary), 0);
	entry = find(summary.groups[0], "q");
	assert_int_equal(entry->rows, 4);
	assert_int_equal(entry->launches, 1);
	assert_int_equal(entry->problem_count, 2);
	assert_string_equal(entry->problems[0].status, "invalid");
	assert_string_equal(entry->problems[0].reason, "lost 3");
	assert_int_equal(entry->problems[0].rows, 2);
	assert_int_equal(entry->problems[1].rows, 1);
	assert_int_equal(summary.rows, 4);
	assert_int_equal(summary.rows_ok, 1);
	lfb_summary_free(&summary);
}

/* Figures of a row that is not ok do not count, nor do absurd ones of a row that claims to be. */
static void figures_must_be_believable(void **state)
{
	static const char *const absurd[] = { "", "0", "-5", "nan", "inf", "1e999", "x", "5 " };
	struct lfb_summary summary = { .rows = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
		struct lfb_row row = make_row("q", 1, 1);

		lfb_row_set(&row, LFB_COL_ns_per_op, absurd[i]);
		lfb_row_set(&row, LFB_COL_ops_per_s, "1000");
		add(&summary, &row);
		row = make_row("q", 1, 1);
		lfb_row_set(&row, LFB_COL_ns_per_op, "1000");
		lfb_row_set(&row, LFB_COL_ops_per_s, absurd[i]);
		add(&summary, &row);
	}
	{
		struct lfb_row row = make_row("q", 1, 1);

		lfb_row_set(&row, LFB_COL_status, "invalid");
		lfb_row_set(&row, LFB_COL_ns_per_op, "5");
		lfb_row_set(&row, LFB_COL_ops_per_s, "5");
		add(&summary, &row);
	}
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(find(summary.groups[0], "q")->launches, 0);
	assert_true(isnan(find(summary.groups[0], "q")->ns_per_op.median));
	assert_int_equal(summary.groups[0]->ranked, 0);
	lfb_summary_free(&summary);
}

static void flags_are_united(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;

	(void)state;
	row = make_row("a", 1, 1);
	lfb_row_set(&row, LFB_COL_flags, "debug;unpinned");
	lfb_row_set(&row, LFB_COL_ns_per_op, "5");
	lfb_row_set(&row, LFB_COL_ops_per_s, "5");
	add(&summary, &row);
	row = make_row("b", 1, 1);
	lfb_row_set(&row, LFB_COL_flags, ";unpin;;unpinned;");
	lfb_row_set(&row, LFB_COL_ns_per_op, "6");
	lfb_row_set(&row, LFB_COL_ops_per_s, "5");
	add(&summary, &row);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(summary.flag_count, 3);
	assert_string_equal(summary.flags[0].word, "debug");
	assert_string_equal(summary.flags[1].word, "unpinned");
	assert_string_equal(summary.flags[2].word, "unpin");
	assert_int_equal(summary.flags[1].rows, 2);
	assert_int_equal(find(summary.groups[0], "a")->flags, 3);
	assert_int_equal(find(summary.groups[0], "b")->flags, 6);
	assert_int_equal(summary.groups[0]->common_flags, 2);
	lfb_summary_free(&summary);
}

static void hostile_files_stay_bounded(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	char text[32];
	int rc = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		struct lfb_row row = make_row("q", 1, 1);

		(void)snprintf(text, sizeof(text), "x%u", i);
		lfb_row_set(&row, LFB_COL_flags, text);
		lfb_row_set(&row, LFB_COL_status, text);
		add(&summary, &row);
	}
	assert_int_equal(summary.flag_count, LFB_SUMMARY_FLAGS);
	assert_int_equal(summary.flags[LFB_SUMMARY_FLAGS - 1].rows, 100 - (LFB_SUMMARY_FLAGS - 1));
	assert_true(summary.groups[0]->entries[0]->problem_count < 20);
	for (unsigned i = 0; i < 20000 && rc == 0; i++) {
		struct lfb_row row = make_row("q", 1, 1);

		(void)snprintf(text, sizeof(text), "w%u", i);
		lfb_row_set(&row, LFB_COL_workload, text);
		rc = lfb_summary_add(&summary, &row);
		lfb_row_clear(&row);
	}
	assert_int_equal(rc, -E2BIG);
	lfb_summary_free(&summary);
	assert_int_equal(lfb_summary_finish(&summary), 0); /* empty again */
}

static void unlike_semantics_are_noticed(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;

	(void)state;
	add_ok(&summary, "a", 1, 1, 10);
	add_ok(&summary, "b", 1, 1, 11);
	row = make_row("c", 1, 1);
	lfb_row_set(&row, LFB_COL_semantics, "spsc-fifo");
	lfb_row_set(&row, LFB_COL_ns_per_op, "12");
	lfb_row_set(&row, LFB_COL_ops_per_s, "12");
	add(&summary, &row);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_true(summary.groups[0]->unlike_semantics);
	lfb_summary_free(&summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_of_medians),
		cmocka_unit_test(interval_over_launches),
		cmocka_unit_test(runs_are_pooled),
		cmocka_unit_test(ranks),
		cmocka_unit_test(touching_intervals),
		cmocka_unit_test(groups_by_shape),
		cmocka_unit_test(labels_tell_apart),
		cmocka_unit_test(problems_are_counted),
		cmocka_unit_test(figures_must_be_believable),
		cmocka_unit_test(flags_are_united),
		cmocka_unit_test(hostile_files_stay_bounded),
		cmocka_unit_test(unlike_semantics_are_noticed),
		cmocka_unit_test(groups_are_ordered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
