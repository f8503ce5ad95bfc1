/* compare_fixture.h - rows made up for tests of comparisons. */
#ifndef LFBENCH_TESTS_COMPARE_FIXTURE_H
#define LFBENCH_TESTS_COMPARE_FIXTURE_H

#include "unit.h"

#include "compare/compare_judge.h"
#include "statistics/stats.h"

#include <math.h>

/* A row that is ok, of the throughput pass. Clear it with lfb_row_clear. */
static inline struct lfb_row make_row(const char *run, uint64_t launch, double ns_per_op)
{
	struct lfb_row row = { .failed = false };

	lfb_row_set(&row, LFB_COL_schema, LFB_SCHEMA);
	lfb_row_set(&row, LFB_COL_run_id, run);
	lfb_row_set_u64(&row, LFB_COL_launch, launch);
	lfb_row_set(&row, LFB_COL_trial, "1");
	lfb_row_set(&row, LFB_COL_workload, "pairs");
	lfb_row_set(&row, LFB_COL_backend, "ring");
	lfb_row_set(&row, LFB_COL_producers, "2");
	lfb_row_set(&row, LFB_COL_pass, "throughput");
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set(&row, LFB_COL_host, "vm");
	lfb_row_set(&row, LFB_COL_probe_before_ns, "100");
	if (!isnan(ns_per_op))
		lfb_row_set_f64(&row, LFB_COL_ns_per_op, ns_per_op);
	return row;
}

/* Add a row with one column set otherwise (LFB_COLUMN_COUNT: none). */
static inline void add_with(struct compare *compare, const char *run, uint64_t launch, double ns, enum lfb_column column, const char *text)
{
	struct lfb_row row = make_row(run, launch, ns);

	if (column < LFB_COLUMN_COUNT)
		lfb_row_set(&row, column, text);
	assert_int_equal(compare_add_row(compare, &row), 0);
	lfb_row_clear(&row);
}

static inline void add(struct compare *compare, const char *run, uint64_t launch, double ns)
{
	add_with(compare, run, launch, ns, LFB_COLUMN_COUNT, NULL);
}

/* `count` launches around `ns`, evenly within +-spread. */
static inline void add_launches(struct compare *compare, const char *run, size_t count, double ns, double spread, enum lfb_column column,
				const char *text)
{
	for (size_t i = 0; i < count; i++)
		add_with(compare, run, i + 1, ns * (1 + spread * (2 * ((double)i + 0.5) / (double)count - 1)), column, text);
}

/* Two arms of `count` launches each, the head `ratio` times as slow. */
static inline void two_arms(struct compare *compare, size_t count, double ratio, double spread)
{
	assert_int_equal(compare_add_file(compare, COMPARE_BASE, "base.csv"), 0);
	add_launches(compare, "base", count, 100, spread, LFB_COLUMN_COUNT, NULL);
	assert_int_equal(compare_add_file(compare, COMPARE_HEAD, "head.csv"), 0);
	add_launches(compare, "head", count, 100 * ratio, spread, LFB_COLUMN_COUNT, NULL);
}

/* Judge by ns_per_op with the preset rule. */
static inline struct compare_results judge(const struct compare *compare)
{
	static const bool metrics[COMPARE_METRICS] = { [COMPARE_NS_PER_OP] = true };
	struct compare_results results = { .items = NULL };

	assert_int_equal(compare_judge(compare, metrics, &compare_rule_preset, &results), 0);
	return results;
}

#endif
