/* test_pick.c - which queue: ranked with its like, ties as ties, nothing claimed without intervals. */
#include "unit.h"

#include "summary/pick.h"

#include <math.h>

static void add(struct lfb_summary *summary, const char *backend, const char *semantics, const char *bounded, unsigned launches, double first_ns)
{
	for (unsigned launch = 1; launch <= launches; launch++) {
		struct lfb_row row = { .failed = false };

		lfb_row_set(&row, LFB_COL_workload, "pairs");
		lfb_row_set(&row, LFB_COL_backend, backend);
		lfb_row_set(&row, LFB_COL_semantics, semantics);
		lfb_row_set(&row, LFB_COL_bounded, bounded);
		lfb_row_set(&row, LFB_COL_status, "ok");
		lfb_row_set(&row, LFB_COL_check_level, strcmp(backend, "null") == 0 ? "n/a" : "sum");
		lfb_row_set_u64(&row, LFB_COL_launch, launch);
		lfb_row_set_f64(&row, LFB_COL_ns_per_op, first_ns + launch);
		lfb_row_set_f64(&row, LFB_COL_ops_per_s, 1e9 / (first_ns + launch));
		assert_int_equal(lfb_summary_add(summary, &row), 0);
		lfb_row_clear(&row);
	}
}

static void ranks_like_with_like(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_class classes[LFB_NEEDS];
	const struct lfb_class *const bounded = &classes[LFB_NEED_FIFO_BOUNDED];
	struct lfb_against against;

	(void)state;
	add(&summary, "null", "mpmc-none", "0", 6, 0);
	add(&summary, "ring", "mpmc-fifo", "1", 6, 10);	 /* 11 to 16 */
	add(&summary, "near", "mpmc-fifo", "1", 6, 14);	 /* 15 to 20: not resolved */
	add(&summary, "far", "spsc-fifo", "1", 6, 20);	 /* 21 to 26 */
	add(&summary, "list", "mpmc-fifo", "0", 6, 1);
	add(&summary, "bags", "mpmc-per_producer", "0", 6, 1);
	add(&summary, "pile", "mpmc-lifo", "0", 6, 1);
	add(&summary, "mute", "mpmc-fifo", "", 6, 1);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(lfb_classes_make(summary.groups[0], classes), 0);
	assert_int_equal(bounded->count, 3);
	assert_string_equal(bounded->entries[0]->label, "ring");
	assert_string_equal(bounded->entries[2]->label, "far");
	assert_int_equal(bounded->tied, 1);
	assert_true(bounded->unlike_threads && !bounded->lacks_interval);
	assert_int_equal(classes[LFB_NEED_FIFO_UNBOUNDED].count, 1);
	assert_int_equal(classes[LFB_NEED_PER_PRODUCER].count, 1);
	assert_int_equal(classes[LFB_NEED_OTHER].count, 2); /* a stack, and one that does not say */
	against = lfb_entry_against(bounded->entries[2], bounded->entries[0]);
	assert_true(against.resolved && against.has_interval);
	assert_true(fabs(against.ratio - 23.5 / 13.5) < 1e-12);
	assert_true(fabs(against.low - 21.0 / 16) < 1e-12 && fabs(against.high - 26.0 / 11) < 1e-12);
	lfb_classes_free(classes);
	lfb_summary_free(&summary);
}

static void establishes_nothing_without_intervals(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_class classes[LFB_NEEDS];
	struct lfb_against against;

	(void)state;
	add(&summary, "fast", "mpmc-fifo", "1", 5, 1);
	add(&summary, "slow", "mpmc-fifo", "1", 6, 1000);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(lfb_classes_make(summary.groups[0], classes), 0);
	assert_true(classes[LFB_NEED_FIFO_BOUNDED].lacks_interval);
	assert_int_equal(classes[LFB_NEED_FIFO_BOUNDED].tied, 1);
	against = lfb_entry_against(classes[LFB_NEED_FIFO_BOUNDED].entries[1], classes[LFB_NEED_FIFO_BOUNDED].entries[0]);
	assert_false(against.resolved || against.has_interval);
	lfb_classes_free(classes);
	lfb_summary_free(&summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_like_with_like),
		cmocka_unit_test(establishes_nothing_without_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
