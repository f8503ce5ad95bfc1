/*
 * test_gate_decide.c - the gate's decision rule: each verdict, in the order they rule each other out; the rates it promises, on values made
 * with a known truth; and the numbers it plans with, by simulation.
 */
#include "unit.h"

#include "gate/allot.h"
#include "gate/decide.h"
#include "statistics/stats.h"

#include <math.h>

#define MANY 64u

/* Values with a normal spread around `centre`. */
static void draw(struct lfb_rng *rng, double centre, double spread, double *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const double u = (double)((lfb_rng_next(rng) >> 11) + 1) * 0x1p-53, v = (double)(lfb_rng_next(rng) >> 11) * 0x1p-53;

		out[i] = centre + spread * sqrt(-2 * log(u)) * cos(2 * M_PI * v);
	}
}

static struct gate_judgement judge_one(const double *d, size_t n)
{
	const struct gate_evidence cell = { .screen = d, .screen_count = n };
	struct gate_judgement out;

	assert_int_equal(gate_judge(&cell, 1, &gate_rule_preset, true, false, &out), 0);
	return out;
}

static void fill(double *d, size_t n, double value)
{
	for (size_t i = 0; i < n; i++)
		d[i] = value + 1e-6 * (double)i;
}

static void each_verdict(void **state)
{
	double d[12];
	struct gate_judgement j;

	(void)state;
	fill(d, 12, 0.01);
	j = judge_one(d, 12);
	assert_int_equal(j.verdict, GATE_REGRESSED);
	assert_true(fabs(j.p_holm - 1.0 / 4096) < 1e-12);
	assert_true(j.has_interval && j.low <= j.d && j.d <= j.high);
	fill(d, 12, -0.01);
	assert_int_equal(judge_one(d, 12).verdict, GATE_IMPROVED);
	fill(d, 12, 0.001); /* slower, but by less than min_effect */
	j = judge_one(d, 12);
	assert_int_equal(j.verdict, GATE_PASS);
	assert_true(j.high < gate_rule_preset.fail_effect);
	for (int i = 0; i < 12; i++)
		d[i] = i % 2 == 0 ? 0.2 : -0.2;
	j = judge_one(d, 12);
	assert_int_equal(j.verdict, GATE_INCONCLUSIVE);
	assert_int_equal(j.doubt, GATE_DOUBT_WIDE);
	assert_true(j.needed > 12);
	fill(d, 12, 0.001);
	j = judge_one(d, 5); /* no interval at 95 % */
	assert_int_equal(j.verdict, GATE_INCONCLUSIVE);
	assert_int_equal(j.doubt, GATE_DOUBT_FEW);
	j = judge_one(d, 0);
	assert_int_equal(j.verdict, GATE_INCONCLUSIVE);
	assert_int_equal(j.doubt, GATE_DOUBT_FEW);
}

/* Few replicates are judged themselves; of many, batches of neighbours, in order; those without a value are not there. */
static void values_of_replicates(void **state)
{
	double replicates[100], out[GATE_VALUES_MAX];

	(void)state;
	fill(replicates, 100, 0);
	assert_int_equal(gate_values(replicates, 0, out), 0);
	assert_int_equal(gate_values(replicates, 5, out), 5);
	assert_true(out[0] == replicates[0] && out[4] == replicates[4]);
	assert_int_equal(gate_values(replicates, GATE_VALUES_MAX, out), GATE_VALUES_MAX);
	assert_int_equal(gate_values(replicates, 100, out), GATE_VALUES_MAX);
	for (unsigned i = 0; i < GATE_VALUES_MAX; i++) /* 8 or 9 neighbours each; they go up evenly, so their centre is in the middle */
		assert_true(fabs(out[i] - 1e-6 * ((i * 100 / GATE_VALUES_MAX) + ((i + 1) * 100 / GATE_VALUES_MAX) - 1) / 2.0) < 1e-11);
	replicates[3] = NAN;
	assert_int_equal(gate_values(replicates, 5, out), 4);
	assert_true(out[3] == replicates[4]);
	replicates[50] = 1e6; /* one that is wild moves nothing far */
	assert_int_equal(gate_values(replicates, 100, out), GATE_VALUES_MAX);
	for (unsigned i = 0; i < GATE_VALUES_MAX; i++)
		assert_true(out[i] < 1e-3);
}

/* What is not a matter of figures comes before them. */
static void overruled(void **state)
{
	double d[12];
	struct gate_evidence cell = { .screen = d, .screen_count = 12 };
	struct gate_judgement j;

	(void)state;
	fill(d, 12, 0.01);
	assert_int_equal(gate_judge(&cell, 1, &gate_rule_preset, true, true, &j), 0);
	assert_int_equal(j.verdict, GATE_INCONCLUSIVE);
	assert_int_equal(j.doubt, GATE_DOUBT_CONTROL);
	cell.dropped = 0.21;
	assert_int_equal(gate_judge(&cell, 1, &gate_rule_preset, true, false, &j), 0);
	assert_int_equal(j.doubt, GATE_DOUBT_DROPPED);
	cell.dropped = 0.19;
	assert_int_equal(gate_judge(&cell, 1, &gate_rule_preset, true, false, &j), 0);
	assert_int_equal(j.verdict, GATE_REGRESSED);
	cell.invalid = true;
	assert_int_equal(gate_judge(&cell, 1, &gate_rule_preset, true, true, &j), 0);
	assert_int_equal(j.verdict, GATE_INVALID);
}

/* Screened up, but the fresh values say nothing: no alarm. And the confirming values alone are shown. */
static void confirmation_decides(void **state)
{
	double up[12], same[12];
	struct gate_evidence cells[2] = { { .screen = up, .screen_count = 12, .confirm = same, .confirm_count = 12 },
					  { .screen = same, .screen_count = 12 } };
	struct gate_judgement j[2];

	(void)state;
	fill(up, 12, 0.02);
	fill(same, 12, 0.0001);
	assert_int_equal(gate_judge(cells, 2, &gate_rule_preset, false, false, j), 0);
	assert_int_equal(j[0].flagged, 1);
	assert_int_equal(j[0].verdict, GATE_PASS);
	assert_true(j[0].confirmed_only && j[0].d < 0.001);
	assert_int_equal(j[1].flagged, 0);
	assert_int_equal(j[1].verdict, GATE_PASS);
	assert_true(isnan(j[1].p_holm));
	/* flagged as slower, confirmed as faster: that direction was not asked for */
	fill(same, 12, -0.02);
	cells[1].screen = up;
	cells[1].confirm = up;
	cells[1].confirm_count = 12;
	assert_int_equal(gate_judge(cells, 2, &gate_rule_preset, false, false, j), 0);
	assert_int_equal(j[0].verdict, GATE_PASS);
	assert_int_equal(j[1].verdict, GATE_REGRESSED);
}

/* 7 of 7 is p = 0.0078: enough for one cell or six, not for seven. */
static void holm_counts_the_family(void **state)
{
	struct gate_rule rule = gate_rule_preset;
	double all_up[7];
	struct gate_evidence cells[7];
	struct gate_judgement j[7];

	(void)state;
	rule.alpha = 0.05 / GATE_SINGLE_LOOK;
	fill(all_up, 7, 0.01);
	for (size_t count = 1; count <= 7; count++) {
		for (size_t i = 0; i < count; i++)
			cells[i] = (struct gate_evidence){ .screen = all_up, .screen_count = 7 };
		assert_int_equal(gate_judge(cells, count, &rule, true, false, j), 0);
		assert_int_equal(j[0].verdict == GATE_REGRESSED, count <= 6);
		/* step-down: each further one is held against one less, but none is better than the one before */
		assert_true(fabs(j[0].p_holm - (double)count / 128) < 1e-12);
		assert_true(fabs(j[count - 1].p_holm - (double)count / 128) < 1e-12);
	}
}

/* Of four hundred runs of twenty cells, each with this true difference, how many call any of them REGRESSED. */
static unsigned count_alarms(double truth, double spread)
{
	static double screen[20][10], confirm[20][10];
	struct gate_evidence cells[20];
	struct gate_judgement j[20];
	struct lfb_rng rng;
	unsigned alarms = 0;

	lfb_rng_seed(&rng, 42);
	for (int run = 0; run < (UNIT_SANITIZED ? 40 : 400); run++) { /* the bounds below are for 400; fewer look at memory only */
		bool alarm = false;

		for (int i = 0; i < 20; i++) {
			draw(&rng, truth, spread, screen[i], 10);
			draw(&rng, truth, spread, confirm[i], 10);
			cells[i] = (struct gate_evidence){ .screen = screen[i], .screen_count = 10, .confirm = confirm[i], .confirm_count = 10 };
		}
		assert_int_equal(gate_judge(cells, 20, &gate_rule_preset, false, false, j), 0);
		for (int i = 0; i < 20; i++)
			alarm |= j[i].verdict == GATE_REGRESSED;
		alarms += alarm;
	}
	return alarms;
}

/* Without a difference at most 12, however noisy; at the very edge of what is no slowdown at most alpha, 20, and three deviations of chance. */
static void false_alarms(void **state)
{
	(void)state;
	assert_in_range(count_alarms(0, 0.008), 0, 12);
	assert_in_range(count_alarms(0, 0.03), 0, 12);
	assert_in_range(count_alarms(gate_rule_preset.min_effect, 0.03), 0, 33);
}

/* What was planned for is found as often as planned. */
static void planned_power_holds(void **state)
{
	const double spread = 0.008, size = 0.01;
	const size_t n = gate_values_needed(size - gate_rule_preset.min_effect, spread, GATE_SINGLE_LOOK * gate_rule_preset.alpha, 0.95, 1000);
	struct lfb_rng rng;
	unsigned found = 0;
	double d[1000];

	(void)state;
	assert_in_range(n, 10, 200);
	lfb_rng_seed(&rng, 7);
	for (int run = 0; run < 1000; run++) {
		draw(&rng, size, spread, d, n);
		found += judge_one(d, n).verdict == GATE_REGRESSED;
	}
	assert_in_range(found, 925, 1000);
	assert_true(isnan(gate_detectable(4, spread, 0.05, 0.95))); /* 1/16 is not significant */
	assert_int_equal(gate_values_needed(0, spread, 0.05, 0.95, 1000), 0);
	assert_int_equal(gate_values_needed(1e-9, 1, 0.05, 0.95, 1000), 0);
}

static void controls(void **state)
{
	double d[12];

	(void)state;
	fill(d, 12, 0.02);
	assert_true(gate_control_moved(d, 12, &gate_rule_preset));
	fill(d, 12, -0.02);
	assert_true(gate_control_moved(d, 12, &gate_rule_preset));
	fill(d, 12, 0.001);
	assert_false(gate_control_moved(d, 12, &gate_rule_preset));
	assert_false(gate_control_moved(d, 0, &gate_rule_preset));
}

static struct gate_pilot_launch pilot_launch(double d, double block_sd, uint64_t slice_ns)
{
	return (struct gate_pilot_launch){ .d = d, .block_variance = block_sd * block_sd, .blocks = 24, .setup_ns = 20000000, .blocks_ns = 24 * 4 * slice_ns, .slice_ns = slice_ns };
}

/* Time goes where the variance is. */
static void allotment(void **state)
{
	struct gate_pilot_launch noisy_launches[6], noisy_blocks[6];
	struct gate_allotment a, b;

	(void)state;
	for (int i = 0; i < 6; i++) {
		noisy_launches[i] = pilot_launch(i % 2 == 0 ? 0.05 : -0.05, 0.02, gate_pilot_slice_ns[i / 2]);
		noisy_blocks[i] = pilot_launch(i % 2 == 0 ? 0.001 : -0.001, 0.2, gate_pilot_slice_ns[i / 2]);
	}
	gate_allot(noisy_launches, 6, &a);
	gate_allot(noisy_blocks, 6, &b);
	assert_true(a.blocks < b.blocks);
	assert_int_equal(a.slice_ns, gate_pilot_slice_ns[0]); /* the same variance in less time */
	assert_true(a.launch_sd > 0.03 && b.block_sd > 0.15);
	assert_true(gate_allot_replicates(&a, 0.005, 0.05, 0.95, 1e12) > gate_allot_replicates(&a, 0.05, 0.05, 0.95, 1e12));
	/* no more than the budget has room for, and none for almost nothing */
	assert_int_equal(gate_allot_replicates(&a, 0.0001, 0.05, 0.95, 20 * a.replicate_ns), 20);
	assert_int_equal(gate_allot_replicates(&a, 0.0001, 0.05, 0.95, 3 * a.replicate_ns), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_verdict),	       cmocka_unit_test(values_of_replicates), cmocka_unit_test(overruled),	         cmocka_unit_test(confirmation_decides),
		cmocka_unit_test(holm_counts_the_family), cmocka_unit_test(false_alarms),	 cmocka_unit_test(planned_power_holds),
		cmocka_unit_test(controls),	       cmocka_unit_test(allotment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
