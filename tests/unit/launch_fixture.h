/*
 * launch_fixture.h - one launch whose rows are kept to be looked at.
 */
#ifndef LFBENCH_TESTS_UNIT_LAUNCH_FIXTURE_H
#define LFBENCH_TESTS_UNIT_LAUNCH_FIXTURE_H

#include "trial/launch.h"
#include "plan/names.h"

#include <math.h>
#include <signal.h>

#define SECOND_NS UINT64_C(1000000000)
#define ROWS_MAX 16

static struct lfb_launch launch;
static struct lfb_row rows[ROWS_MAX];
static unsigned row_count, detail_count;
static double details_pushed;
static int row_error, detail_error; /* what the callbacks return */
static volatile sig_atomic_t interrupted, interrupt_at_row;
static bool hung;
static int failed;
static char path[PATH_MAX];

static inline int on_row(const struct lfb_row *row, void *context)
{
	assert_ptr_equal(context, &launch);
	assert_true(row_count < ROWS_MAX);
	assert_int_equal(lfb_row_copy(&rows[row_count++], row), 0);
	if (interrupt_at_row == (int)row_count)
		interrupted = SIGINT;
	return row_error;
}

static inline int on_detail(const struct lfb_detail *detail, void *context)
{
	assert_ptr_equal(context, &launch);
	assert_string_equal(detail->run_id, "run 1");
	assert_int_equal(strlen(detail->cell_id), 16);
	assert_int_equal(detail->launch, 3);
	assert_true(detail->trial >= 1 && detail->trial <= launch.trials);
	assert_true(strlen(detail->thread) > 0 && strlen(detail->metric) > 0);
	if (strcmp(detail->metric, "pushed") == 0)
		details_pushed += detail->value;
	detail_count += strncmp(detail->thread, "cpu", 3) != 0; /* how many CPUs there are is the machine's business */
	return detail_error;
}

static inline void prepare(const char *workload, const char *variable, const char *file)
{
	for (unsigned i = 0; i < ROWS_MAX; i++)
		lfb_row_clear(&rows[i]);
	row_count = detail_count = 0;
	details_pushed = 0;
	row_error = detail_error = 0;
	interrupted = interrupt_at_row = 0;
	if (variable != NULL)
		unit_file(variable, file, path);
	launch = (struct lfb_launch){
		.identity = { .run_id = "run 1", .launch = 3, .order = 14, .seed = 159 },
		.shape = { .workload = &lfb_workloads[lfb_name_find(lfb_workload_names, workload)],
			   .producers = 1,
			   .consumers = 1,
			   .capacity = 64,
			   .batch = 1,
			   .wait = LFB_WAIT_YIELD,
			   .pin = "none" },
		.path = path,
		.items = 2000,
		.duration_ns = SECOND_NS / 500,
		.audit_items = 100,
		.trials = 3,
		.timeout_ns = 20 * SECOND_NS,
		.cpus_usable = 64,
		.interrupted = &interrupted,
		.on_row = on_row,
		.on_detail = on_detail,
		.context = &launch,
	};
	lfb_shape_preset(&launch.shape);
}

static inline enum lfb_status run(void)
{
	const enum lfb_status status = lfb_launch_run(&launch, &hung, &failed);

	assert_false(hung);
	assert_int_equal(alarm(0), 0); /* none is left that would end this process later */
	return status;
}

static inline int clear(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROWS_MAX; i++)
		lfb_row_clear(&rows[i]);
	return 0;
}

static inline const char *text(unsigned row, enum lfb_column column)
{
	return lfb_row_get(&rows[row], column);
}

static inline void has(unsigned row, enum lfb_column column, const char *expected)
{
	if (strcmp(text(row, column), expected) != 0)
		fail_msg("row %u: %s is '%s', not '%s' (%s)", row, lfb_columns[column].name, text(row, column),
			 expected, text(row, LFB_COL_reason));
}

/* Figures of one good row agree with each other. */
static inline void check_figures(unsigned row, uint64_t items, unsigned ops_per_item)
{
	const double duration = lfb_row_get_f64(&rows[row], LFB_COL_duration_ns, -1);
	const double ops = (double)items * ops_per_item;

	assert_int_equal(lfb_row_get_u64(&rows[row], LFB_COL_items, 0), items);
	assert_int_equal(lfb_row_get_u64(&rows[row], LFB_COL_ops, 0), items * ops_per_item);
	assert_true(duration > 0);
	assert_true(fabs(lfb_row_get_f64(&rows[row], LFB_COL_ns_per_op, -1) / (duration / ops) - 1) < 1e-5);
	assert_true(fabs(lfb_row_get_f64(&rows[row], LFB_COL_ns_per_item, -1) / (duration / (double)items) - 1) < 1e-5);
	assert_true(fabs(lfb_row_get_f64(&rows[row], LFB_COL_ops_per_s, -1) / (ops / duration * 1e9) - 1) < 1e-5);
}

/* A row that is not ok has no figure: nobody can plot it by mistake. */
static inline void no_figures(unsigned row)
{
	for (enum lfb_column c = LFB_COL_ops_checked; c < LFB_COLUMN_COUNT; c++)
		if (c != LFB_COL_clock_cost_ns)
			has(row, c, "");
	assert_true(strlen(text(row, LFB_COL_reason)) > 0);
}

#endif
