/*
 * test_compare_judge.c - compare_judge.h: verdicts of made-up launches with known ratios, in their order; what is too little; several
 * files as base; and by simulation how often "REGRESSED" is said of what is alike.
 */
#include "compare_fixture.h"

static void verdicts_of_known_ratios(void **state)
{
	static const struct {
		double ratio, spread;
		enum compare_verdict verdict;
	} cases[] = {
		{ 1.10, 0.01, COMPARE_REGRESSED }, { 0.90, 0.01, COMPARE_IMPROVED }, { 1.00, 0.01, COMPARE_PASS },
		{ 1.003, 0.0005, COMPARE_PASS }, /* shown to be slower, but by less than min_effect */
		{ 1.03, 0.20, COMPARE_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compare compare = { .backends = NULL };
		struct compare_results results;

		two_arms(&compare, 12, cases[i].ratio, cases[i].spread);
		results = judge(&compare);
		assert_int_equal(results.count, 1);
		assert_int_equal(results.family, 1);
		if (results.items[0].verdict != cases[i].verdict)
			fail_msg("ratio %g: %s", cases[i].ratio, compare_verdict_names[results.items[0].verdict]);
		assert_true(fabs(results.items[0].shift - log(cases[i].ratio)) < 1e-5);
		assert_true(results.items[0].low < results.items[0].shift && results.items[0].shift < results.items[0].high);
		assert_int_equal(results.tally[cases[i].verdict], 1);
		compare_results_free(&results);
		compare_free(&compare);
	}
}

static void too_few_launches(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_results results;
	char text[COMPARE_SENTENCE_BYTES];

	(void)state;
	two_arms(&compare, 3, 2, 0.01); /* twice as slow, and still nothing is known */
	results = judge(&compare);
	assert_int_equal(results.items[0].verdict, COMPARE_INCONCLUSIVE);
	assert_int_equal(results.items[0].doubt, COMPARE_DOUBT_FEW);
	assert_int_equal(results.items[0].needed, 4);
	assert_non_null(strstr(compare_sentence(&results.items[0], &compare_rule_preset, text), "3 and 3 launches are too few"));
	compare_results_free(&results);
	compare_free(&compare);
}

/* 20 cells of 4 launches: 1/70 times 20 is above 0.05, so nothing can be shown, however far apart. 5 launches, 1/252, suffice for 12 cells, 6 for 20. */
static void family_takes_more_launches(void **state)
{
	(void)state;
	for (size_t launches = 4; launches <= 6; launches++) {
		struct compare compare = { .backends = NULL };
		struct compare_results results;

		for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
			assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
			for (unsigned cell = 0; cell < 20; cell++) {
				char backend[16];

				(void)snprintf(backend, sizeof(backend), "b%u", cell);
				add_launches(&compare, arm == COMPARE_BASE ? "b" : "h", launches, arm == COMPARE_BASE ? 100 : 200, 0.01, LFB_COL_backend, backend);
			}
		}
		results = judge(&compare);
		assert_int_equal(results.family, 20);
		for (size_t i = 0; i < results.count; i++) {
			assert_int_equal(results.items[i].verdict, launches < 6 ? COMPARE_INCONCLUSIVE : COMPARE_REGRESSED);
			if (launches < 6)
				assert_int_equal(results.items[i].doubt, COMPARE_DOUBT_FEW);
			if (launches < 6)
				assert_true(results.items[i].needed >= 6);
		}
		compare_results_free(&results);
		compare_free(&compare);
	}
}

/* The one result of base and head, each with one more row of that status. */
static struct compare_result with_status(const char *base, const char *head)
{
	struct compare compare = { .backends = NULL };
	struct compare_results results;
	struct compare_result result;

	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		const char *const status = arm == COMPARE_BASE ? base : head;

		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		add_launches(&compare, "r", 12, arm == COMPARE_BASE ? 100 : 150, 0.01, LFB_COLUMN_COUNT, NULL);
		if (status != NULL)
			add_with(&compare, "r", 99, NAN, LFB_COL_status, status);
	}
	results = judge(&compare);
	assert_int_equal(results.count, 1);
	result = results.items[0];
	result.cell = NULL;
	compare_results_free(&results);
	compare_free(&compare);
	return result;
}

static void failures_come_first(void **state)
{
	(void)state;
	assert_int_equal(with_status(NULL, NULL).verdict, COMPARE_REGRESSED);
	assert_int_equal(with_status(NULL, "crashed").verdict, COMPARE_FAILED);
	assert_int_equal(with_status(NULL, "invalid").verdict, COMPARE_FAILED);
	assert_int_equal(with_status(NULL, "some word of the future").verdict, COMPARE_FAILED);
	assert_int_equal(with_status("crashed", "crashed").doubt, COMPARE_DOUBT_NOT_OK);
	assert_int_equal(with_status("timeout", NULL).doubt, COMPARE_DOUBT_NOT_OK);
	assert_int_equal(with_status(NULL, "unsupported").doubt, COMPARE_DOUBT_NOT_OK);
	assert_int_equal(with_status(NULL, "interrupted").verdict, COMPARE_REGRESSED); /* what is there is ok */
}

static void alone_unsupported_and_other_passes(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_results results;

	(void)state;
	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		add_with(&compare, "r", 1, 100, LFB_COL_backend, arm == COMPARE_BASE ? "old" : "new");
		add_with(&compare, "r", 1, NAN, LFB_COL_status, "unsupported");
		add_with(&compare, "r", 1, NAN, LFB_COL_pass, "latency");
		add_with(&compare, "r", 1, NAN, LFB_COL_pass, "contention");
	}
	results = judge(&compare);
	assert_int_equal(results.tally[COMPARE_ALONE], 2);
	assert_int_equal(results.tally[COMPARE_UNSUPPORTED], 1);
	assert_int_equal(results.count, 3);
	assert_int_equal(results.other_pass, 2);
	assert_int_equal(results.family, 0);
	compare_results_free(&results);
	compare_free(&compare);
}

/* A crash counts whatever pass it was in. */
static void failure_of_another_pass(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_results results;

	(void)state;
	two_arms(&compare, 12, 1, 0.01);
	add_with(&compare, "head", 1, NAN, LFB_COL_pass, "contention");
	results = judge(&compare);
	assert_int_equal(results.tally[COMPARE_ALONE], 1);
	compare_results_free(&results);
	compare_free(&compare);

	memset(&compare, 0, sizeof(compare));
	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		struct lfb_row row = make_row("r", 1, NAN);

		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		lfb_row_set(&row, LFB_COL_pass, "contention");
		lfb_row_set(&row, LFB_COL_status, arm == COMPARE_BASE ? "ok" : "timeout");
		assert_int_equal(compare_add_row(&compare, &row), 0);
		lfb_row_clear(&row);
	}
	results = judge(&compare);
	assert_int_equal(results.tally[COMPARE_FAILED], 1);
	assert_int_equal(results.items[0].metric, COMPARE_METRICS);
	compare_results_free(&results);
	compare_free(&compare);
}

static void references_are_apart(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_results results;

	(void)state;
	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		add_launches(&compare, "r", 12, arm == COMPARE_BASE ? 1 : 2, 0.01, LFB_COL_check_level, "n/a");
	}
	results = judge(&compare);
	assert_int_equal(results.items[0].verdict, COMPARE_REGRESSED);
	assert_int_equal(results.tally[COMPARE_REGRESSED], 0);
	assert_int_equal(results.references_moved, 1);
	compare_results_free(&results);
	compare_free(&compare);
}

/* One cell in another regime than the others: judged only by force, and then it says so. */
static void regime_of_a_cell(void **state)
{
	static const bool metrics[COMPARE_METRICS] = { [COMPARE_NS_PER_OP] = true };
	struct compare_rule rule = compare_rule_preset;
	struct compare compare = { .backends = NULL };
	struct compare_results results;
	char text[COMPARE_SENTENCE_BYTES];

	(void)state;
	assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "x.csv"), 0);
	add_launches(&compare, "b", 12, 100, 0.01, LFB_COL_probe_before_ns, "131");
	assert_int_equal(compare_add_file(&compare, COMPARE_HEAD, "y.csv"), 0);
	add_launches(&compare, "h", 12, 300, 0.01, LFB_COL_probe_before_ns, "600");
	results = judge(&compare);
	assert_int_equal(results.items[0].doubt, COMPARE_DOUBT_REGIME);
	assert_int_equal(results.family, 0);
	compare_results_free(&results);
	rule.force = true;
	assert_int_equal(compare_judge(&compare, metrics, &rule, &results), 0);
	assert_int_equal(results.items[0].verdict, COMPARE_REGRESSED);
	assert_non_null(strstr(compare_sentence(&results.items[0], &rule, text), "forced: the round trip was 131 ns, then 600 ns"));
	compare_results_free(&results);
	compare_free(&compare);
}

/* Three files of the base at 100, 104 and 110: a head at 108 is within them, one at 120 beyond, one at 90 below. */
static void files_are_a_level(void **state)
{
	static const double files[] = { 100, 104, 110 };
	static const struct {
		double head;
		enum compare_verdict verdict;
		enum compare_doubt doubt;
	} cases[] = { { 108, COMPARE_INCONCLUSIVE, COMPARE_DOUBT_FILES }, { 120, COMPARE_REGRESSED, COMPARE_NO_DOUBT }, { 90, COMPARE_IMPROVED, COMPARE_NO_DOUBT } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compare compare = { .backends = NULL };
		struct compare_results results;
		char run[8];

		for (size_t f = 0; f < COUNT(files); f++) {
			(void)snprintf(run, sizeof(run), "b%zu", f);
			assert_int_equal(compare_add_file(&compare, COMPARE_BASE, run), 0);
			add_launches(&compare, run, 12, files[f], 0.001, LFB_COLUMN_COUNT, NULL);
		}
		assert_int_equal(compare_add_file(&compare, COMPARE_HEAD, "head.csv"), 0);
		add_launches(&compare, "head", 12, cases[i].head, 0.001, LFB_COLUMN_COUNT, NULL);
		results = judge(&compare);
		assert_int_equal(results.items[0].n[COMPARE_BASE], 36);
		assert_int_equal(results.items[0].base_files, 3);
		assert_true(fabs(results.items[0].files_low - 100) < 0.1 && fabs(results.items[0].files_high - 110) < 0.1);
		assert_int_equal(results.items[0].verdict, cases[i].verdict);
		assert_int_equal(results.items[0].doubt, cases[i].doubt);
		compare_results_free(&results);
		compare_free(&compare);
	}
}

/* Overloaded: no percentile was measured, and that is said and not left out. */
static void nothing_measured(void **state)
{
	static const bool metrics[COMPARE_METRICS] = { [COMPARE_P99] = true };
	struct compare compare = { .backends = NULL };
	struct compare_results results = { .items = NULL };
	char text[COMPARE_SENTENCE_BYTES];

	(void)state;
	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		for (uint64_t launch = 1; launch <= 8; launch++) {
			struct lfb_row row = make_row("r", launch, NAN);

			lfb_row_set(&row, LFB_COL_pass, "latency");
			if (arm == COMPARE_BASE)
				lfb_row_set_f64(&row, LFB_COL_lat_p99_ns, 1000);
			else
				lfb_row_set(&row, LFB_COL_flags, "overloaded");
			assert_int_equal(compare_add_row(&compare, &row), 0);
			lfb_row_clear(&row);
		}
	}
	assert_int_equal(compare_judge(&compare, metrics, &compare_rule_preset, &results), 0);
	assert_int_equal(results.items[0].doubt, COMPARE_DOUBT_NOTHING);
	assert_string_equal(compare_sentence(&results.items[0], &compare_rule_preset, text), "no p99 in head: overloaded, the rate was not achieved");
	compare_results_free(&results);
	compare_free(&compare);
}

static void worst_is_first(void **state)
{
	static const double ratios[] = { 1, 0.8, 1.5, 1.2 };
	struct compare compare = { .backends = NULL };
	struct compare_results results;

	(void)state;
	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		for (size_t i = 0; i < COUNT(ratios); i++) {
			char backend[16];

			(void)snprintf(backend, sizeof(backend), "b%zu", i);
			add_launches(&compare, "r", 12, arm == COMPARE_BASE ? 100 : 100 * ratios[i], 0.01, LFB_COL_backend, backend);
		}
	}
	results = judge(&compare);
	assert_string_equal(lfb_row_get(&results.items[0].cell->row, LFB_COL_backend), "b2");
	assert_string_equal(lfb_row_get(&results.items[1].cell->row, LFB_COL_backend), "b3");
	assert_string_equal(lfb_row_get(&results.items[2].cell->row, LFB_COL_backend), "b0");
	assert_string_equal(lfb_row_get(&results.items[3].cell->row, LFB_COL_backend), "b1");
	compare_results_free(&results);
	compare_free(&compare);
}

static double uniform(struct lfb_rng *rng)
{
	return ((double)lfb_rng_below(rng, UINT64_C(1) << 40) + 1) / (double)(UINT64_C(1) << 40);
}

/* Lognormal, with a tail on the slow side now and then, as run times have it. */
static double launch_ns(struct lfb_rng *rng, double ns)
{
	const double normal = sqrt(-2 * log(uniform(rng))) * cos(6.283185307179586 * uniform(rng));

	return ns * exp(0.05 * normal) * (uniform(rng) < 0.05 ? 1.5 : 1);
}

/* How many of `tries` comparisons of 3 cells with 8 launches each have a REGRESSED. */
static unsigned alarms(struct lfb_rng *rng, unsigned tries, double ratio, unsigned verdicts[COMPARE_VERDICTS])
{
	static const char *const backends[] = { "a", "b", "c" };
	unsigned count = 0;

	for (unsigned t = 0; t < tries; t++) {
		struct compare compare = { .backends = NULL };
		struct compare_results results;

		for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
			assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
			for (size_t b = 0; b < COUNT(backends); b++)
				for (uint64_t launch = 1; launch <= 8; launch++)
					add_with(&compare, arm == COMPARE_BASE ? "b" : "h", launch, launch_ns(rng, arm == COMPARE_BASE ? 100 : 100 * ratio),
						 LFB_COL_backend, backends[b]);
		}
		results = judge(&compare);
		count += results.tally[COMPARE_REGRESSED] > 0;
		for (size_t v = 0; v < COMPARE_VERDICTS; v++)
			verdicts[v] += (unsigned)results.tally[v];
		compare_results_free(&results);
		compare_free(&compare);
	}
	return count;
}

/* The promise is alpha among all cells, for a head that is slower by exactly what does not count, and for one that is alike. */
static void false_alarms_and_power(void **state)
{
	const unsigned tries = UNIT_SANITIZED ? 300 : 2000;
	unsigned verdicts[COMPARE_VERDICTS] = { 0 }, alike, at_bound, slower;
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 5);
	alike = alarms(&rng, tries, 1, verdicts);
	assert_true(verdicts[COMPARE_INCONCLUSIVE] > 0);
	at_bound = alarms(&rng, tries, 1.005, verdicts);
	slower = alarms(&rng, tries, 1.3, verdicts);
	/* 0.05, and three deviations of the count */
	assert_true(alike <= 0.05 * tries + 3 * sqrt(0.05 * 0.95 * tries));
	assert_true(at_bound <= 0.05 * tries + 3 * sqrt(0.05 * 0.95 * tries));
	assert_true(at_bound >= 0.02 * tries); /* and no more cautious than it has to be */
	assert_true(slower >= 0.95 * tries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_of_known_ratios),
		cmocka_unit_test(too_few_launches),
		cmocka_unit_test(family_takes_more_launches),
		cmocka_unit_test(failures_come_first),
		cmocka_unit_test(alone_unsupported_and_other_passes),
		cmocka_unit_test(failure_of_another_pass),
		cmocka_unit_test(references_are_apart),
		cmocka_unit_test(regime_of_a_cell),
		cmocka_unit_test(files_are_a_level),
		cmocka_unit_test(nothing_measured),
		cmocka_unit_test(worst_is_first),
		cmocka_unit_test(false_alarms_and_power),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
