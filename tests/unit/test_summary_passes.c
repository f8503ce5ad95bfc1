/* test_summary_passes.c - the three passes of a shape meet in one entry, each with its own figures. */
#include "unit.h"

#include "statistics/stats.h"
#include "summary/summary.h"

#include <errno.h>
#include <math.h>

static void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-5 * fabs(b)))
		fail_msg("%.9g is not %.9g", a, b);
}

static struct lfb_row make_row(const char *pass, const char *backend, unsigned launch, unsigned trial)
{
	struct lfb_row row = { .failed = false };

	lfb_row_set(&row, LFB_COL_run_id, "r");
	lfb_row_set(&row, LFB_COL_workload, "producer_consumer");
	lfb_row_set(&row, LFB_COL_pass, pass);
	lfb_row_set(&row, LFB_COL_flavour, strcmp(pass, "contention") == 0 ? "counting" : "timing");
	lfb_row_set(&row, LFB_COL_backend_build_id, strcmp(pass, "contention") == 0 ? "cc" : "aa");
	lfb_row_set(&row, LFB_COL_backend, backend);
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set(&row, LFB_COL_producers, "1");
	lfb_row_set(&row, LFB_COL_consumers, "1");
	lfb_row_set_u64(&row, LFB_COL_launch, launch);
	lfb_row_set_u64(&row, LFB_COL_trial, trial);
	/* Every row has figures of speed; those of the instrumented passes are absurd. */
	lfb_row_set(&row, LFB_COL_ns_per_op, "1e6");
	lfb_row_set(&row, LFB_COL_ops_per_s, "1000");
	lfb_row_set(&row, LFB_COL_ops, "1000");
	lfb_row_set(&row, LFB_COL_duration_ns, "100000");
	return row;
}

static void add(struct lfb_summary *summary, struct lfb_row *row)
{
	assert_int_equal(lfb_summary_add(summary, row), 0);
	lfb_row_clear(row);
}

static void add_timed(struct lfb_summary *summary, const char *backend, unsigned launch, unsigned trial, double ns,
		      double probe_ns)
{
	struct lfb_row row = make_row("throughput", backend, launch, trial);

	lfb_row_set_f64(&row, LFB_COL_ns_per_op, ns);
	lfb_row_set_f64(&row, LFB_COL_ops_per_s, 1e9 / ns);
	lfb_row_set_f64(&row, LFB_COL_probe_before_ns, probe_ns);
	add(summary, &row);
}

static void add_latency(struct lfb_summary *summary, unsigned launch, const char *mode, const char *params, double p50)
{
	struct lfb_row row = make_row("latency", "q", launch, 1);

	lfb_row_set(&row, LFB_COL_lat_mode, mode);
	lfb_row_set(&row, LFB_COL_params, params);
	lfb_row_set_f64(&row, LFB_COL_lat_p50_ns, p50);
	lfb_row_set_f64(&row, LFB_COL_lat_p99_ns, p50 * 10);
	if (isnan(p50)) {
		lfb_row_set(&row, LFB_COL_flags, "overloaded");
		lfb_row_set(&row, LFB_COL_rate_offered_per_s, "1000");
		lfb_row_set(&row, LFB_COL_rate_achieved_per_s, "900");
	}
	add(summary, &row);
}

static void finish(struct lfb_summary *summary, size_t entries)
{
	assert_int_equal(lfb_summary_finish(summary), 0);
	assert_int_equal(summary->group_count, 1);
	assert_int_equal(summary->groups[0]->entry_count, entries);
}

static void passes_meet(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;
	struct lfb_row row;

	(void)state;
	add_timed(&summary, "q", 1, 1, 50, NAN);
	add_latency(&summary, 1, "open", "load=50", 300);
	add_latency(&summary, 1, "closed", "", 100);
	add_latency(&summary, 2, "closed", "", 200);
	add_latency(&summary, 3, "closed", "", 900);
	add_latency(&summary, 1, "open", "arrivals=poisson;load=9", 700);
	row = make_row("contention", "q", 1, 1);
	lfb_row_set(&row, LFB_COL_cas_failures, "420");
	lfb_row_set(&row, LFB_COL_lock_wait_ns, "0");
	add(&summary, &row);
	finish(&summary, 1);
	entry = summary.groups[0]->entries[0];
	assert_int_equal(entry->rows, 7);
	assert_int_equal(entry->launches, 1); /* of the throughput pass alone */
	near(entry->ns_per_op.median, 50);
	assert_string_equal(entry->label, "q");
	assert_int_equal(entry->load_count, 3);
	assert_false(entry->loads[0].open);
	assert_int_equal(entry->loads[0].launches, 3);
	near(entry->loads[0].ns[LFB_LAT_P50], 200);
	near(entry->loads[0].ns[LFB_LAT_P99], 2000);
	assert_true(isnan(entry->loads[0].ns[LFB_LAT_P999])); /* not measured is not 0 */
	near(entry->loads[1].load_percent, 9);
	near(entry->loads[1].ns[LFB_LAT_P50], 700);
	near(entry->loads[2].load_percent, 50);
	near(entry->contention.per_op[LFB_EVENT_CAS_FAILURE], 0.42);
	assert_true(isnan(entry->contention.per_op[LFB_EVENT_LOCK_WAIT]));
	near(entry->contention.thread_ns_per_op, 200); /* 100 ns by two threads */
	lfb_summary_free(&summary);
}

/* Params that are not about the load still make groups; which key comes first does not matter. */
static void only_loads_join(void **state)
{
	static const struct {
		const char *params;
		size_t groups;
	} cases[] = { { "load=50", 1 },	  { "rate=1e6;arrivals=fixed", 1 }, { "burst=8", 2 }, { "burst=8;load=50", 2 },
		      { "loads=50", 2 }, { ";;load=50;", 1 },		      { "=;", 2 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lfb_summary summary = { .rows = 0 };

		add_timed(&summary, "q", 1, 1, 50, NAN);
		add_latency(&summary, 1, "open", cases[i].params, 1);
		assert_int_equal(lfb_summary_finish(&summary), 0);
		if (summary.group_count != cases[i].groups)
			fail_msg("'%s': %zu groups", cases[i].params, summary.group_count);
		lfb_summary_free(&summary);
	}
}

static void overload_has_no_percentiles(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;

	(void)state;
	add_latency(&summary, 1, "open", "load=90", NAN);
	add_latency(&summary, 2, "open", "load=90", 500);
	add_latency(&summary, 1, "open", "load=95", NAN);
	finish(&summary, 1);
	entry = summary.groups[0]->entries[0];
	assert_int_equal(entry->loads[0].overloaded, 1);
	assert_int_equal(entry->loads[0].launches, 2);
	near(entry->loads[0].ns[LFB_LAT_P50], 500);
	assert_int_equal(entry->loads[1].overloaded, 1);
	assert_true(isnan(entry->loads[1].ns[LFB_LAT_P50]));
	near(entry->loads[1].achieved_per_s / entry->loads[1].offered_per_s, 0.9);
	lfb_summary_free(&summary);
}

/* A percentile beside the flag `overloaded` is not believed. */
static void overload_wins(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("latency", "q", 1, 1);

	(void)state;
	lfb_row_set(&row, LFB_COL_lat_mode, "open");
	lfb_row_set(&row, LFB_COL_lat_p50_ns, "5");
	lfb_row_set(&row, LFB_COL_flags, "debug;overloaded");
	add(&summary, &row);
	finish(&summary, 1);
	assert_true(isnan(summary.groups[0]->entries[0]->loads[0].ns[LFB_LAT_P50]));
	lfb_summary_free(&summary);
}

static void pilots_do_not_count(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;
	struct lfb_row row;

	(void)state;
	for (unsigned launch = 1; launch <= 6; launch++) {
		row = make_row("throughput", "q", launch, 1);
		lfb_row_set(&row, LFB_COL_flags, "pilot");
		add(&summary, &row);
		add_timed(&summary, "q", 10 + launch, 1, 50, NAN);
	}
	finish(&summary, 1);
	entry = summary.groups[0]->entries[0];
	assert_int_equal(entry->launches, 6);
	assert_int_equal(entry->pilot_rows, 6);
	assert_int_equal(entry->flags, 0);
	near(entry->ns_per_op.median, 50);
	near(entry->ns_per_op.high, 50);
	lfb_summary_free(&summary);
}

/* Two timing builds of one backend: no telling which of them was counted. */
static void counts_are_not_guessed(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;

	(void)state;
	add_timed(&summary, "q", 1, 1, 50, NAN);
	row = make_row("throughput", "q", 1, 1);
	lfb_row_set(&row, LFB_COL_backend_build_id, "bb");
	add(&summary, &row);
	row = make_row("contention", "q", 1, 1);
	lfb_row_set(&row, LFB_COL_cas_failures, "1");
	add(&summary, &row);
	finish(&summary, 3);
	for (size_t e = 0; e < 2; e++)
		assert_int_equal(summary.groups[0]->entries[e]->contention.launches, 0);
	assert_int_equal(summary.groups[0]->entries[2]->contention.launches, 1);
	lfb_summary_free(&summary);
}

/* Many backends with counts: all are joined, in whatever order the rows came. */
static void joins_them_all(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		struct lfb_row row;

		(void)snprintf(name, sizeof(name), "q%u", i);
		if (i % 2 == 0)
			add_timed(&summary, name, 1, 1, 50 + i, NAN);
		row = make_row("contention", name, 1, 1);
		lfb_row_set_u64(&row, LFB_COL_push_full, i);
		add(&summary, &row);
		if (i % 2 == 1)
			add_timed(&summary, name, 1, 1, 50 + i, NAN);
	}
	finish(&summary, 40);
	for (unsigned i = 0; i < 40; i++) {
		near(summary.groups[0]->entries[i]->ns_per_op.median, 50 + i);
		near(summary.groups[0]->entries[i]->contention.per_op[LFB_EVENT_FULL], i / 1000.0);
	}
	lfb_summary_free(&summary);
}

/* The dearest first, and what is negligible not at all. */
static void leading_events(void **state)
{
	static const enum lfb_event expected[] = { LFB_EVENT_LOCK_WAIT, LFB_EVENT_SWITCH, LFB_EVENT_CAS_FAILURE };
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("contention", "q", 1, 1);
	const struct lfb_contention *c;

	(void)state; /* 1000 operations, 200 ns of thread time each */
	lfb_row_set(&row, LFB_COL_cas_attempts, "1500");
	lfb_row_set(&row, LFB_COL_cas_failures, "100"); /* x 100 ns: 10 ns */
	lfb_row_set(&row, LFB_COL_probe_before_ns, "100");
	lfb_row_set(&row, LFB_COL_lock_contended, "10");
	lfb_row_set(&row, LFB_COL_lock_wait_ns, "90000"); /* 90 ns */
	lfb_row_set(&row, LFB_COL_ctx_voluntary, "20");	  /* x 2000 ns: 40 ns, only one kind measured */
	lfb_row_set(&row, LFB_COL_pop_empty, "100");	  /* x 10 ns: 1 ns, below 1 % */
	lfb_row_set(&row, LFB_COL_page_faults, "0");
	add(&summary, &row);
	finish(&summary, 1);
	c = &summary.groups[0]->entries[0]->contention;
	assert_int_equal(c->leading_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		assert_int_equal(c->leading[i], expected[i]);
	near(c->switches_per_s, 20 / 1e-4);
	near(c->lock_wait_ns_per_op, 90);
	near(c->cas_attempts_per_op, 1.5);
	lfb_summary_free(&summary);
}

/* A launch is the sum of its trials, not the mean of their ratios. */
static void trials_add_up(void **state)
{
	struct lfb_summary summary = { .rows = 0 };

	(void)state;
	for (unsigned trial = 1; trial <= 2; trial++) {
		struct lfb_row row = make_row("contention", "q", 1, trial);

		lfb_row_set(&row, LFB_COL_ops, trial == 1 ? "100" : "900");
		lfb_row_set(&row, LFB_COL_rmw_ops, trial == 1 ? "100" : "0");
		add(&summary, &row);
	}
	finish(&summary, 1);
	near(summary.groups[0]->entries[0]->contention.per_op[LFB_EVENT_ATOMIC], 0.1);
	lfb_summary_free(&summary);
}

/* Of the throughput pass, of the side that was served less evenly; a median of launches' medians. */
static void fairness_is_of_the_uneven_side(void **state)
{
	static const char *const sides[][2] = { { "1", "0.9" }, { "0.7", "1" }, { "", "0.8" }, { "", "" } };
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row counted = make_row("contention", "q", 1, 1);

	(void)state;
	for (unsigned launch = 1; launch <= COUNT(sides); launch++) {
		struct lfb_row row = make_row("throughput", "q", launch, 1);

		lfb_row_set(&row, LFB_COL_fairness_producers, sides[launch - 1][0]);
		lfb_row_set(&row, LFB_COL_fairness_consumers, sides[launch - 1][1]);
		add(&summary, &row);
	}
	lfb_row_set(&counted, LFB_COL_fairness_consumers, "0.5");
	add(&summary, &counted);
	add_timed(&summary, "silent", 1, 1, 50, NAN);
	finish(&summary, 2);
	for (size_t e = 0; e < 2; e++) {
		const struct lfb_entry *const entry = summary.groups[0]->entries[e];

		if (strcmp(entry->label, "q") == 0)
			near(entry->fairness, 0.8);
		else
			assert_true(isnan(entry->fairness));
	}
	lfb_summary_free(&summary);
}

static void problems_name_their_pass(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	static const char *const passes[] = { "throughput", "latency", "contention" };
	const struct lfb_entry *entry;

	(void)state;
	add_timed(&summary, "q", 1, 1, 50, NAN);
	for (size_t i = 0; i < 3; i++) {
		struct lfb_row row = make_row(passes[i], "q", 2, 0);

		lfb_row_set(&row, LFB_COL_status, "unsupported");
		add(&summary, &row);
	}
	{
		struct lfb_summary same = { .rows = 0 };

		finish(&summary, 1);
		entry = summary.groups[0]->entries[0];
		assert_int_equal(entry->problem_count, 1);
		assert_false(entry->incomplete);
		add_timed(&same, "q", 1, 1, 50, NAN);
		for (size_t i = 0; i < 3; i++) {
			struct lfb_row row = make_row(passes[i], "q", 2, 0);

			lfb_row_set(&row, LFB_COL_status, "crashed");
			add(&same, &row);
		}
		finish(&same, 1);
		assert_int_equal(same.groups[0]->entries[0]->problem_count, 3);
		assert_string_equal(same.groups[0]->entries[0]->problems[0].pass, "");
		assert_string_equal(same.groups[0]->entries[0]->problems[2].pass, "contention");
		assert_true(same.groups[0]->entries[0]->incomplete);
		lfb_summary_free(&same);
	}
	lfb_summary_free(&summary);
}

static void regimes_are_found(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_group *group;

	(void)state;
	for (unsigned launch = 1; launch <= 6; launch++) {
		add_timed(&summary, "a", launch, 1, launch > 4 ? 390 : 78, (launch > 4 ? 600 : 131) + launch);
		add_timed(&summary, "b", launch, 1, 10 + launch, 130);
	}
	finish(&summary, 2);
	group = summary.groups[0];
	assert_true(group->regimes.found);
	assert_int_equal(group->regimes.launches[0], 10);
	assert_int_equal(group->regimes.launches[1], 2);
	near(group->regimes.probe_ns[1], sqrt(605.0 * 606));
	assert_string_equal(group->entries[1]->label, "a");
	near(group->entries[1]->regime_ns_per_op[0], 78);
	near(group->entries[1]->regime_ns_per_op[1], 390);
	assert_int_equal(group->entries[0]->regime_launches[1], 0);
	assert_true(isnan(group->entries[0]->regime_ns_per_op[1]));
	lfb_summary_free(&summary);
}

/* An even spread, however wide, and none at all are one regime. */
static void spread_is_no_regime(void **state)
{
	static const double steps[] = { 1, 1.0001, 1.05, 1.2 };

	(void)state;
	for (size_t s = 0; s < COUNT(steps); s++) {
		struct lfb_summary summary = { .rows = 0 };

		for (unsigned launch = 1; launch <= 20; launch++)
			add_timed(&summary, "a", launch, 1, 50, 100 * pow(steps[s], launch));
		finish(&summary, 1);
		assert_false(summary.groups[0]->regimes.found);
		lfb_summary_free(&summary);
	}
	{
		struct lfb_summary summary = { .rows = 0 }; /* clearly two, but by less than the factor */

		for (unsigned launch = 1; launch <= 20; launch++)
			add_timed(&summary, "a", launch, 1, 50, launch % 2 == 0 ? 100 : 115);
		finish(&summary, 1);
		assert_false(summary.groups[0]->regimes.found);
		lfb_summary_free(&summary);
	}
}

static void outliers_are_counted_and_kept(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	const struct lfb_entry *entry;

	(void)state;
	for (unsigned launch = 1; launch <= 6; launch++)
		add_timed(&summary, "q", launch, 1, launch == 3 ? 500 : 100 + launch, NAN);
	finish(&summary, 1);
	entry = summary.groups[0]->entries[0];
	assert_int_equal(entry->outliers, 1);
	assert_int_equal(entry->launches, 6);
	near(entry->ns_per_op.high, 500);
	lfb_summary_free(&summary);
}

/* `entries` backends whose first trial takes `ratio` of the later ones in every one of six launches. */
static struct lfb_summary with_first(unsigned entries, double ratio)
{
	struct lfb_summary summary = { .rows = 0 };
	char name[16];

	for (unsigned e = 0; e < entries; e++)
		for (unsigned launch = 1; launch <= 6; launch++)
			for (unsigned trial = 3; trial >= 1; trial--) { /* the order of the rows is not the order in time */
				(void)snprintf(name, sizeof(name), "q%u", e);
				add_timed(&summary, name, launch, trial, trial == 1 ? 100 * ratio : 99 + trial, NAN);
			}
	finish(&summary, entries);
	return summary;
}

static void first_trials(void **state)
{
	struct lfb_summary summary = with_first(1, 1.2);
	const struct lfb_first_trials *first = &summary.groups[0]->entries[0]->first;

	(void)state;
	assert_true(first->unlike);
	assert_int_equal(first->slower, 6);
	near(first->ratio, 120 / 101.5);
	lfb_summary_free(&summary);

	summary = with_first(1, 0.8);
	first = &summary.groups[0]->entries[0]->first;
	assert_true(first->unlike);
	assert_int_equal(first->faster, 6);
	lfb_summary_free(&summary);

	/* Six of six is no longer significant among ten tests; sixty of sixty is. */
	summary = with_first(10, 1.2);
	assert_false(summary.groups[0]->entries[0]->first.unlike);
	assert_true(summary.groups[0]->first.unlike);
	assert_int_equal(summary.groups[0]->first.launches, 60);
	lfb_summary_free(&summary);
}

/*
 * Trials that are alike, and skewed as times are, do not differ because one of them is the first: 1 in 20 of such
 * files at most may say so. With the sign of first to mean-of-the-two-others half of them did.
 */
static void skewed_trials_are_alike(void **state)
{
	unsigned unlike = 0;
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 5);
	for (unsigned file = 0; file < 60; file++) {
		struct lfb_summary summary = { .rows = 0 };

		for (unsigned launch = 1; launch <= 200; launch++)
			for (unsigned trial = 1; trial <= 3; trial++)
				add_timed(&summary, "q", launch, trial,
					  1 - log(((double)(lfb_rng_next(&rng) >> 11) + 0.5) * 0x1p-53), NAN);
		finish(&summary, 1);
		unlike += summary.groups[0]->entries[0]->first.unlike;
		lfb_summary_free(&summary);
	}
	assert_in_range(unlike, 0, 8);
}

/* Neither a bad probe among many makes a regime, nor does it hide two. */
static void bad_probes_are_no_regime(void **state)
{
	const double mixed[] = { 131, 600, 128, 133, 590, 130, 5000, 620, 131, 127 };
	struct lfb_summary summary = { .rows = 0 };

	(void)state;
	for (unsigned launch = 1; launch <= 40; launch++)
		add_timed(&summary, "q", launch, 1, 50, launch == 7 ? 5000 : 130);
	finish(&summary, 1);
	assert_false(summary.groups[0]->regimes.found);
	lfb_summary_free(&summary);

	for (unsigned launch = 1; launch <= COUNT(mixed); launch++)
		add_timed(&summary, "q", launch, 1, 50, mixed[launch - 1]);
	finish(&summary, 1);
	assert_true(summary.groups[0]->regimes.found);
	assert_int_equal(summary.groups[0]->regimes.launches[0], 6);
	near(summary.groups[0]->regimes.probe_ns[1], sqrt(600.0 * 620));
	lfb_summary_free(&summary);
}

/* Two counting builds: neither is the one that was timed, in whatever order they come. */
static void ambiguous_counts_stay_apart(void **state)
{
	static const char *const builds[] = { "c1", "c2" };

	(void)state;
	for (size_t order = 0; order < 2; order++) {
		struct lfb_summary summary = { .rows = 0 };

		add_timed(&summary, "q", 1, 1, 50, NAN);
		for (size_t i = 0; i < 2; i++) {
			struct lfb_row row = make_row("contention", "q", 1, 1);

			lfb_row_set(&row, LFB_COL_backend_build_id, builds[i ^ order]);
			lfb_row_set(&row, LFB_COL_cas_failures, "420");
			add(&summary, &row);
		}
		finish(&summary, 3);
		for (size_t e = 0; e < 3; e++) {
			const struct lfb_entry *const entry = summary.groups[0]->entries[e];

			assert_true((entry->launches > 0) == (entry->contention.samples == NULL));
		}
		lfb_summary_free(&summary);
	}
}

static void counting_builds_have_no_speed(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("throughput", "q", 1, 1);

	(void)state;
	lfb_row_set(&row, LFB_COL_flavour, "counting");
	add(&summary, &row);
	finish(&summary, 1);
	assert_int_equal(summary.groups[0]->entries[0]->launches, 0);
	lfb_summary_free(&summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_meet),
		cmocka_unit_test(only_loads_join),
		cmocka_unit_test(overload_has_no_percentiles),
		cmocka_unit_test(overload_wins),
		cmocka_unit_test(pilots_do_not_count),
		cmocka_unit_test(counts_are_not_guessed),
		cmocka_unit_test(joins_them_all),
		cmocka_unit_test(leading_events),
		cmocka_unit_test(trials_add_up),
		cmocka_unit_test(fairness_is_of_the_uneven_side),
		cmocka_unit_test(problems_name_their_pass),
		cmocka_unit_test(regimes_are_found),
		cmocka_unit_test(spread_is_no_regime),
		cmocka_unit_test(outliers_are_counted_and_kept),
		cmocka_unit_test(first_trials),
		cmocka_unit_test(skewed_trials_are_alike),
		cmocka_unit_test(bad_probes_are_no_regime),
		cmocka_unit_test(ambiguous_counts_stay_apart),
		cmocka_unit_test(counting_builds_have_no_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
