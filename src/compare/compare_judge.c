/* compare_judge.c - see compare_judge.h. */
#include "compare/compare_judge.h"

#include "compare/compare_parts.h"
#include "statistics/rank_sum.h"
#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Launches that no one will wait for are no advice. */
#define NEEDED_MAX 100000.0
/* Up to this many of them a p can become as small as any. */
#define FEW_MAX 64u

const struct compare_rule compare_rule_preset = {
	.min_effect = 0.0049875415110390738, /* ln 1.005 */
	.fail_effect = 0.048790164169432,    /* ln 1.05 */
	.alpha = 0.05,
};

const char *const compare_verdict_names[] = { "FAILED", "REGRESSED", "INCONCLUSIVE", "PASS", "IMPROVED", "alone", "unsupported", NULL };

/* The launches of one arm. */
struct sample {
	struct compare_launch *launches;
	double *logs; /* of their values */
	size_t count;
};

static void sample_free(struct sample *sample)
{
	free(sample->launches);
	free(sample->logs);
}

/* Lowest and highest of the files' own medians. The launches are sorted by file. */
static void find_files(const struct sample *sample, struct compare_result *result, double *room)
{
	result->files_low = result->files_high = NAN;
	for (size_t first = 0, end; first < sample->count; first = end) {
		double median;

		for (end = first; end < sample->count && sample->launches[end].file == sample->launches[first].file; end++)
			room[end - first] = sample->launches[end].value;
		median = lfb_median(room, end - first);
		result->base_files++;
		result->files_low = fmin(result->files_low, median); /* NaN gives way */
		result->files_high = fmax(result->files_high, median);
	}
}

static int gather(struct compare_result *result, enum compare_arm arm, struct sample *out)
{
	int rc = compare_launches(&result->cell->half[arm], result->metric, &out->launches, &out->count);

	if (rc != 0)
		return rc;
	out->logs = (double *)reallocarray(NULL, out->count + 1, sizeof(*out->logs));
	if (out->logs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < out->count; i++)
		out->logs[i] = out->launches[i].probe_ns;
	result->probe_ns[arm] = lfb_median_of_measured(out->logs, out->count);
	if (arm == COMPARE_BASE)
		find_files(out, result, out->logs);
	for (size_t i = 0; i < out->count; i++)
		out->logs[i] = out->launches[i].value;
	result->median[arm] = lfb_median(out->logs, out->count);
	for (size_t i = 0; i < out->count; i++)
		out->logs[i] = log(out->launches[i].value);
	result->n[arm] = out->count;
	return 0;
}

/* Shift, interval and both tests. */
static int measure(struct compare_result *result, const struct rank_sum_pair *pair, const struct compare_rule *rule,
		   struct rank_sum_table *table)
{
	int rc = rank_sum_table_make(table, pair->m, pair->n);

	if (rc != 0)
		return rc;
	rank_sum_sort(pair);
	result->shift = rank_sum_shift(pair);
	result->has_interval =
		rank_sum_interval(pair, table, COMPARE_CONFIDENCE, &result->low, &result->high, &result->confidence);
	result->p_above = rank_sum_p_above(pair, table, rule->min_effect);
	result->p_below = rank_sum_p_below(pair, table, -rule->min_effect);
	return 0;
}

static bool other_regime(const struct compare_result *result)
{
	const double base = result->probe_ns[COMPARE_BASE], head = result->probe_ns[COMPARE_HEAD];

	return base > 0 && head > 0 && fabs(log(head / base)) > log(COMPARE_PROBE_FACTOR);
}

/* What can be said without comparing figures; false: they have to be compared. */
static bool judge_status(struct compare_result *result)
{
	const struct compare_half *const base = &result->cell->half[COMPARE_BASE], *const head = &result->cell->half[COMPARE_HEAD];

	result->verdict = COMPARE_INCONCLUSIVE;
	if (base->rows == 0 || head->rows == 0)
		result->verdict = COMPARE_ALONE;
	else if (base->unsupported == base->rows && head->unsupported == head->rows)
		result->verdict = COMPARE_UNSUPPORTED;
	else if (head->failed > 0 && base->ok > 0 && (base->failed == 0 || head->ok == 0))
		result->verdict = COMPARE_FAILED;
	else if (base->failed + head->failed + base->unsupported + head->unsupported > 0)
		result->doubt = COMPARE_DOUBT_NOT_OK;
	return result->verdict != COMPARE_INCONCLUSIVE || result->doubt != COMPARE_NO_DOUBT;
}

/* Figures of one cell and metric. */
static int fill(struct compare_result *result, const struct compare_rule *rule, struct rank_sum_table *table)
{
	struct sample base = { NULL, NULL, 0 }, head = { NULL, NULL, 0 };
	int rc = gather(result, COMPARE_BASE, &base);

	if (rc == 0)
		rc = gather(result, COMPARE_HEAD, &head);
	if (rc == 0 && base.count > 0 && head.count > 0)
		rc = measure(result, &(const struct rank_sum_pair){ base.logs, head.logs, base.count, head.count }, rule, table);
	sample_free(&base);
	sample_free(&head);
	if (rc != 0 || judge_status(result))
		return rc;
	if (result->n[COMPARE_BASE] == 0 || result->n[COMPARE_HEAD] == 0)
		result->doubt = COMPARE_DOUBT_NOTHING;
	else if (!result->has_interval)
		result->doubt = COMPARE_DOUBT_FEW;
	else if (!rule->force && other_regime(result))
		result->doubt = COMPARE_DOUBT_REGIME;
	return 0;
}

/* Whether its tests are part of the family: figures that can be compared. */
static bool is_tested(const struct compare_result *result)
{
	return result->verdict == COMPARE_INCONCLUSIVE && result->doubt == COMPARE_NO_DOUBT;
}

static int append(struct compare_results *out, const struct compare_cell *cell, enum compare_metric metric, struct compare_result **added)
{
	struct compare_result *const longer = (struct compare_result *)lfb_summary_grow(out->items, out->count, sizeof(*longer));

	if (longer == NULL)
		return -ENOMEM;
	out->items = longer;
	longer[out->count] = (struct compare_result){
		.cell = cell,
		.metric = metric,
		.median = { NAN, NAN },
		.probe_ns = { NAN, NAN },
		.shift = NAN,
		.p_above = NAN,
		.p_below = NAN,
		.p = NAN,
	};
	*added = &longer[out->count++];
	return 0;
}

/* All results of a cell; one without figures where its pass has none of the metrics, and something went wrong in it. */
static int add_cell(struct compare_results *out, const struct compare_cell *cell, const bool metrics[COMPARE_METRICS],
		    const struct compare_rule *rule, struct rank_sum_table *table)
{
	struct compare_result *result = NULL;
	int rc = 0;

	for (enum compare_metric metric = 0; metric < COMPARE_METRICS && rc == 0; metric++) {
		if (!metrics[metric] || !compare_has_metric(cell, metric))
			continue;
		rc = append(out, cell, metric, &result);
		if (rc == 0)
			rc = fill(result, rule, table);
		if (rc == 0 && (result->verdict != COMPARE_INCONCLUSIVE || result->doubt == COMPARE_DOUBT_NOT_OK))
			break; /* of its status: said once */
	}
	if (rc != 0 || result != NULL)
		return rc;
	rc = append(out, cell, COMPARE_METRICS, &result);
	if (rc == 0 && (!judge_status(result) || result->verdict == COMPARE_UNSUPPORTED)) {
		out->other_pass++;
		out->count--;
	}
	return rc;
}

/* An index of results by their p. */
struct ordered {
	double p;
	size_t at;
};

static int by_p(const void *left, const void *right)
{
	const struct ordered *const a = (const struct ordered *)left, *const b = (const struct ordered *)right;

	return (a->p > b->p) - (a->p < b->p);
}

/* Holm's step-down of one direction; *out has one place for each result. */
static void step_down(const struct compare_results *results, bool above, struct ordered *order, double *out)
{
	double adjusted = 0;
	size_t count = 0;

	for (size_t i = 0; i < results->count; i++)
		if (is_tested(&results->items[i]))
			order[count++] = (struct ordered){ above ? results->items[i].p_above : results->items[i].p_below, i };
	qsort(order, count, sizeof(order[0]), by_p);
	for (size_t k = 0; k < count; k++) {
		adjusted = fmax(adjusted, fmin(1, (double)(count - k) * order[k].p));
		out[order[k].at] = adjusted;
	}
}

/* Launches on each side with which the test could reject. */
static size_t least_launches(size_t family, double alpha)
{
	size_t n = 4; /* what an interval takes */

	while (n < FEW_MAX && rank_sum_p_least(n) * (double)family > alpha)
		n++;
	return n;
}

/* Launches with which an interval that shrinks as 1 / sqrt(n) would settle it, one way or the other. */
static size_t enough_launches(const struct compare_result *result, const struct compare_rule *rule)
{
	const double half = (result->high - result->low) / 2;
	const double room = fmax(rule->fail_effect - result->shift, result->shift - rule->min_effect);
	const double n = (double)(result->n[COMPARE_BASE] < result->n[COMPARE_HEAD] ? result->n[COMPARE_BASE] : result->n[COMPARE_HEAD]);
	const double needed = ceil(n * (half / room) * (half / room));

	return room > 0 && needed < NEEDED_MAX ? (size_t)fmax(needed, n + 1) : 0;
}

/* Whether the head lies beyond all files of the base, in the direction that is to be said. */
static bool beyond_files(const struct compare_result *result, bool above)
{
	return result->base_files < 2 || (above ? result->median[COMPARE_HEAD] > result->files_high : result->median[COMPARE_HEAD] < result->files_low);
}

static void doubt(struct compare_result *result, enum compare_doubt why, size_t needed)
{
	result->doubt = why;
	result->needed = needed;
}

static void decide(struct compare_result *result, double above, double below, size_t family, const struct compare_rule *rule)
{
	const size_t least = least_launches(family, rule->alpha), enough = enough_launches(result, rule);
	const bool slower = above <= rule->alpha, faster = below <= rule->alpha;

	result->p = fmin(above, below);
	if ((slower || faster) && !beyond_files(result, slower))
		doubt(result, COMPARE_DOUBT_FILES, 0);
	else if (slower || faster)
		result->verdict = slower ? COMPARE_REGRESSED : COMPARE_IMPROVED;
	else if (result->high < rule->fail_effect)
		result->verdict = COMPARE_PASS;
	else if (!result->can_show)
		doubt(result, COMPARE_DOUBT_FEW, enough > least ? enough : least);
	else
		doubt(result, COMPARE_DOUBT_WIDE, enough);
}

/* The worst first: by verdict, then by how much slower; then by name, so that two runs print the same. */
static int worst_first(const void *left, const void *right)
{
	const struct compare_result *const a = (const struct compare_result *)left, *const b = (const struct compare_result *)right;
	const double a_shift = isnan(a->shift) ? -INFINITY : a->shift, b_shift = isnan(b->shift) ? -INFINITY : b->shift;

	if (a->verdict != b->verdict)
		return a->verdict < b->verdict ? -1 : 1;
	if (a_shift != b_shift)
		return a_shift > b_shift ? -1 : 1;
	if (a->cell != b->cell)
		return compare_by_cell(&a->cell->row, &b->cell->row);
	return (a->metric > b->metric) - (a->metric < b->metric);
}

static void count(struct compare_results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct compare_result *const result = &results->items[i];

		if (result->cell->reference && (result->verdict == COMPARE_REGRESSED || result->verdict == COMPARE_IMPROVED))
			results->references_moved++;
		else
			results->tally[result->verdict]++;
	}
}

/* Verdicts of all that have figures. */
static int decide_all(struct compare_results *out, const struct compare_rule *rule, struct rank_sum_table *table)
{
	struct ordered *const order = (struct ordered *)reallocarray(NULL, out->count + 1, sizeof(*order));
	double *const above = (double *)calloc(out->count + 1, sizeof(*above)), *const below = (double *)calloc(out->count + 1, sizeof(*below));
	size_t comparable = 0;
	int rc = order != NULL && above != NULL && below != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; i < out->count; i++) {
		out->family += is_tested(&out->items[i]);
		comparable += is_tested(&out->items[i]) || out->items[i].doubt == COMPARE_DOUBT_FEW;
	}
	if (rc == 0) {
		step_down(out, true, order, above);
		step_down(out, false, order, below);
	}
	for (size_t i = 0; i < out->count && rc == 0; i++) {
		struct compare_result *const result = &out->items[i];

		if (result->doubt == COMPARE_DOUBT_FEW)
			result->needed = least_launches(comparable, rule->alpha);
		if (!is_tested(result))
			continue;
		rc = rank_sum_table_make(table, result->n[COMPARE_BASE], result->n[COMPARE_HEAD]);
		result->can_show = rc == 0 && rank_sum_at_most(table, 0) * (double)out->family <= rule->alpha;
		decide(result, above[i], below[i], out->family, rule);
	}
	free(order);
	free(above);
	free(below);
	return rc;
}

int compare_judge(const struct compare *compare, const bool metrics[COMPARE_METRICS], const struct compare_rule *rule,
		  struct compare_results *out)
{
	struct rank_sum_table table = { .m = 0 };
	int rc = 0;

	for (size_t i = 0; i < compare->cell_count && rc == 0; i++)
		rc = add_cell(out, compare->cells[i], metrics, rule, &table);
	if (rc == 0)
		rc = decide_all(out, rule, &table);
	rank_sum_table_free(&table);
	if (rc != 0)
		return rc;
	if (out->count > 1)
		qsort(out->items, out->count, sizeof(out->items[0]), worst_first);
	count(out);
	return 0;
}

void compare_results_free(struct compare_results *results)
{
	free(results->items);
	memset(results, 0, sizeof(*results));
}
