/* decide.c - see decide.h. */
#include "decide.h"

#include "statistics/signed_rank.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTERVAL_CONFIDENCE 0.95
#define POWER 0.95
/* Of the signed-rank test beside the t test, where values are normal: 3 / pi. */
#define RANK_EFFICIENCY (3 / M_PI)

const struct gate_rule gate_rule_preset = {
	.min_effect = 0.0049875415110390738, /* ln 1.005 */
	.fail_effect = 0.048790164169432,    /* ln 1.05 */
	.alpha = 0.05,
	.screen_alpha = 0.10,
	.control_alpha = 0.01,
	.drop_max = 0.20,
};

const char *const gate_verdict_names[] = { "REGRESSED", "IMPROVED", "PASS", "INCONCLUSIVE", "INVALID", NULL };

size_t gate_values(const double *replicates, size_t n, double out[GATE_VALUES_MAX])
{
	double *const finite = malloc((n > 0 ? n : 1) * sizeof(*finite));
	size_t count = 0, values = 0;

	for (size_t i = 0; finite != NULL && i < n; i++)
		if (isfinite(replicates[i]))
			finite[count++] = replicates[i];
	values = count < GATE_VALUES_MAX ? count : GATE_VALUES_MAX;
	for (size_t i = 0; i < values; i++) {
		const size_t from = i * count / values, to = (i + 1) * count / values;

		lfb_sort(finite + from, to - from);
		out[i] = signed_rank_centre(finite + from, to - from);
	}
	free(finite);
	return values;
}

int gate_screen(const double *d, size_t n, const struct gate_rule *rule)
{
	if (signed_rank_p_above(d, n, rule->min_effect) < rule->screen_alpha)
		return 1;
	return signed_rank_p_below(d, n, -rule->min_effect) < rule->screen_alpha ? -1 : 0;
}

bool gate_control_moved(const double *d, size_t n, const struct gate_rule *rule)
{
	return signed_rank_p_above(d, n, rule->min_effect) < rule->control_alpha ||
	       signed_rank_p_below(d, n, -rule->min_effect) < rule->control_alpha;
}

double gate_spread(const double *d, size_t n)
{
	double *const values = n >= 2 ? malloc(n * sizeof(*values)) : NULL;
	double centre, spread;

	if (values == NULL)
		return NAN;
	memcpy(values, d, n * sizeof(*values));
	centre = lfb_median(values, n);
	for (size_t i = 0; i < n; i++)
		values[i] = fabs(d[i] - centre);
	spread = 1.4826 * lfb_median(values, n);
	free(values);
	return spread;
}

/* z with P(Z > z) = tail, Z normal, by bisection. */
static double normal_quantile(double tail)
{
	double low = -10, high = 10;

	for (int i = 0; i < 60; i++) {
		const double middle = (low + high) / 2;

		if (0.5 * erfc(middle / sqrt(2)) > tail)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* As for a mean of normal values, of which the signed ranks take 1 / RANK_EFFICIENCY as many. */
double gate_detectable(size_t n, double spread, double alpha, double power)
{
	if (signed_rank_p_least(n) > alpha || !isfinite(spread))
		return NAN;
	return (normal_quantile(alpha) + normal_quantile(1 - power)) * spread / sqrt(RANK_EFFICIENCY * (double)n);
}

static bool suffices(size_t n, double beyond, double spread, double alpha, double power)
{
	return gate_detectable(n, spread, alpha, power) <= beyond; /* NaN, too few for any rejection: no */
}

/* By doubling and halving: what n values detect falls with n. */
size_t gate_values_needed(double beyond, double spread, double alpha, double power, size_t most)
{
	size_t few = 0, enough = 1;

	if (!(beyond > 0) || !isfinite(spread))
		return 0;
	while (enough < most && !suffices(enough, beyond, spread, alpha, power)) {
		few = enough;
		enough = 2 * enough < most ? 2 * enough : most;
	}
	if (!suffices(enough, beyond, spread, alpha, power))
		return 0;
	while (enough - few > 1) {
		const size_t middle = few + (enough - few) / 2;

		if (suffices(middle, beyond, spread, alpha, power))
			enough = middle;
		else
			few = middle;
	}
	return enough;
}

/* The figures of some values: median, interval, p. */
static int describe(const double *d, size_t n, const struct gate_rule *rule, struct gate_judgement *out)
{
	double *const sorted = malloc((n > 0 ? n : 1) * sizeof(*sorted));

	if (sorted == NULL)
		return -ENOMEM;
	memcpy(sorted, d, n * sizeof(*sorted));
	out->n = n;
	lfb_sort(sorted, n);
	out->d = signed_rank_centre(sorted, n);
	out->has_interval = signed_rank_interval(sorted, n, INTERVAL_CONFIDENCE, &out->low, &out->high, &out->confidence);
	out->p = out->d < 0 ? signed_rank_p_below(d, n, -rule->min_effect) : signed_rank_p_above(d, n, rule->min_effect);
	out->p_holm = NAN;
	out->detectable = gate_detectable(n, gate_spread(d, n), rule->alpha, POWER) + rule->min_effect;
	out->needed = gate_values_needed(rule->fail_effect, gate_spread(d, n), (1 - INTERVAL_CONFIDENCE) / 2, POWER, 5000);
	free(sorted);
	return 0;
}

/* Which of the two arrays speaks for a cell, and its figures. */
static int describe_cell(const struct gate_evidence *cell, const struct gate_rule *rule, bool single_stage,
			 struct gate_judgement *out)
{
	memset(out, 0, sizeof(*out));
	out->verdict = GATE_INCONCLUSIVE;
	if (single_stage)
		out->flagged = signed_rank_p_above(cell->screen, cell->screen_count, rule->min_effect) <=
					       signed_rank_p_below(cell->screen, cell->screen_count, -rule->min_effect)
				       ? 1
				       : -1;
	else
		out->flagged = gate_screen(cell->screen, cell->screen_count, rule);
	out->confirmed_only = !single_stage && out->flagged != 0;
	return out->confirmed_only ? describe(cell->confirm, cell->confirm_count, rule, out)
				   : describe(cell->screen, cell->screen_count, rule, out);
}

/* One test: a cell in one direction. */
struct test {
	size_t cell;
	int direction;
	double p;
};

static int by_p(const void *left, const void *right)
{
	const struct test *const a = left, *const b = right;

	return a->p < b->p ? -1 : a->p > b->p;
}

static size_t add_tests(const struct gate_evidence *cell, size_t index, const struct gate_rule *rule, bool single_stage,
			int flagged, struct test *tests)
{
	const double *const d = single_stage ? cell->screen : cell->confirm;
	const size_t n = single_stage ? cell->screen_count : cell->confirm_count;
	size_t count = 0;

	if (cell->invalid)
		return 0;
	/* Nobody chose a direction beforehand: both are tested, and both count. They cannot both be rejected. */
	if (single_stage || flagged > 0)
		tests[count++] = (struct test){ index, 1, signed_rank_p_above(d, n, rule->min_effect) };
	if (single_stage || flagged < 0)
		tests[count++] = (struct test){ index, -1, signed_rank_p_below(d, n, -rule->min_effect) };
	return count;
}

/*
 * Holm: the smallest p times the number of tests, the next times one less, none below the one before. Of the
 * two directions of one cell only one null hypothesis can be false, so they count as one test.
 */
static void step_down(struct test *tests, size_t count, size_t family, double alpha, struct gate_judgement *out)
{
	double so_far = 0;

	qsort(tests, count, sizeof(tests[0]), by_p);
	for (size_t i = 0; i < count; i++) {
		struct gate_judgement *const cell = &out[tests[i].cell];
		double adjusted;

		if (!isnan(cell->p_holm))
			continue; /* the other direction of this cell was better */
		adjusted = tests[i].p * (double)family;
		adjusted = adjusted > so_far ? adjusted : so_far;
		adjusted = adjusted < 1 ? adjusted : 1;
		so_far = adjusted;
		cell->p_holm = adjusted;
		if (adjusted <= alpha)
			cell->verdict = tests[i].direction > 0 ? GATE_REGRESSED : GATE_IMPROVED;
		if (family > 1)
			family--;
	}
}

/* PASS or INCONCLUSIVE, for what no test rejected. */
static void settle(const struct gate_evidence *cell, const struct gate_rule *rule, struct gate_judgement *out)
{
	if (!out->has_interval)
		out->doubt = GATE_DOUBT_FEW;
	else if (out->high >= rule->fail_effect)
		out->doubt = GATE_DOUBT_WIDE;
	else
		out->verdict = GATE_PASS;
	if (cell->unfinished && out->verdict == GATE_INCONCLUSIVE)
		out->doubt = GATE_DOUBT_UNFINISHED;
}

/* What stands above any figure. */
static bool overrule(const struct gate_evidence *cell, const struct gate_rule *rule, bool control_moved, struct gate_judgement *out)
{
	out->doubt = GATE_NO_DOUBT;
	if (cell->invalid) {
		out->verdict = GATE_INVALID;
		return true;
	}
	if (control_moved)
		out->doubt = GATE_DOUBT_CONTROL;
	else if (cell->dropped > rule->drop_max)
		out->doubt = GATE_DOUBT_DROPPED;
	if (out->doubt != GATE_NO_DOUBT)
		out->verdict = GATE_INCONCLUSIVE;
	return out->doubt != GATE_NO_DOUBT;
}

int gate_judge(const struct gate_evidence *cells, size_t count, const struct gate_rule *rule, bool single_stage,
	       bool control_moved, struct gate_judgement *out)
{
	struct test *const tests = malloc((count > 0 ? 2 * count : 1) * sizeof(*tests));
	size_t test_count = 0, family = 0;
	int rc = tests == NULL ? -ENOMEM : 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		size_t added;

		rc = describe_cell(&cells[i], rule, single_stage, &out[i]);
		added = rc == 0 ? add_tests(&cells[i], i, rule, single_stage, out[i].flagged, &tests[test_count]) : 0;
		test_count += added;
		family += added > 0;
	}
	if (rc == 0)
		step_down(tests, test_count, family, single_stage ? GATE_SINGLE_LOOK * rule->alpha : rule->alpha, out);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (!overrule(&cells[i], rule, control_moved, &out[i]) && out[i].verdict == GATE_INCONCLUSIVE)
			settle(&cells[i], rule, &out[i]);
	free(tests);
	return rc;
}
