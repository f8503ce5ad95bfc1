/* duet.c - see duet.h: calibration, blocks, and what they add up to. */
#include "duet_run.h"

#include "machine/clock.h"
#include "decide.h"
#include "statistics/histogram.h"
#include "statistics/signed_rank.h"
#include "stage.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Slices of each arm in a step of the calibration, and in the last one. */
#define STEP_SLICES 3u
#define LAST_SLICES 7u
#define SLICES_MAX 7u
/* Slices of each arm before the first block: caches, branch predictors, lazy binding. */
#define WARM_UP_SLICES 4u
#define ITEMS_FIRST 64u
#define ITEMS_MAX (UINT64_C(1) << 32)
/* A percentile of one slice needs some values. */
#define LATENCY_ITEMS_MIN 100u
/*
 * A block is dropped where the round trip changed by this factor while it ran, or was this far from the launch's median: the host moved a CPU, or took
 * one away. Readings of an undisturbed machine differ by less than 1.25 (median 1.04, docs/machine.md).
 */
#define PROBE_CHANGE 1.5
#define PROBE_FAR 4.0

const char *const gate_metric_names[] = { "throughput", "p50", "p99", NULL };

static const double quantiles[GATE_METRICS] = { [GATE_P50] = 0.5, [GATE_P99] = 0.99 };

struct duet {
	const struct gate_duet_plan *plan;
	struct gate_stage *stage;
	struct lfb_rng rng;
	struct lfb_histogram *kept[GATE_ARMS], *block[GATE_ARMS]; /* latency metrics */
	struct lfb_error *error;
};

static int slice(struct duet *d, enum gate_arm arm, uint64_t *ns)
{
	return gate_stage_slice(d->stage, arm, d->block[arm], ns, d->error);
}

/* Median of some slices of the slower arm. */
static int slower_arm(struct duet *d, size_t slices, double *ns)
{
	double took[GATE_ARMS][SLICES_MAX], median[GATE_ARMS];

	for (size_t i = 0; i < slices; i++) {
		for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
			uint64_t one;
			const int rc = slice(d, arm, &one);

			if (rc != 0)
				return rc;
			took[arm][i] = (double)one;
		}
	}
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		median[arm] = lfb_median(took[arm], slices);
	*ns = median[GATE_BASE] > median[GATE_HEAD] ? median[GATE_BASE] : median[GATE_HEAD];
	return 0;
}

/* Double until a slice is half as long as wanted, then scale. */
static int calibrate(struct duet *d, uint64_t *items)
{
	const double wanted_ns = (double)d->plan->slice_ns;
	double ns = 0;
	int rc = 0;

	for (*items = ITEMS_FIRST; rc == 0 && ns < wanted_ns / 2 && *items < ITEMS_MAX; *items *= 2) {
		rc = gate_stage_set_items(d->stage, *items, d->error);
		if (rc == 0)
			rc = slower_arm(d, STEP_SLICES, &ns);
	}
	if (rc == 0)
		rc = gate_stage_set_items(d->stage, *items, d->error);
	if (rc == 0)
		rc = slower_arm(d, LAST_SLICES, &ns);
	if (rc == 0)
		*items = (uint64_t)fmax(1, (double)*items * wanted_ns / fmax(ns, 1));
	return rc;
}

static int run_block(struct duet *d, struct gate_block *block)
{
	const enum gate_arm a = lfb_rng_below(&d->rng, 2) == 0 ? GATE_BASE : GATE_HEAD;
	const enum gate_arm b = a == GATE_BASE ? GATE_HEAD : GATE_BASE;
	const enum gate_arm order[] = { a, b, b, a };

	memset(block, 0, sizeof(*block));
	block->first = a;
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		if (d->block[arm] != NULL)
			lfb_histogram_init(d->block[arm]);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		uint64_t ns;
		const int rc = slice(d, order[i], &ns);

		if (rc != 0)
			return rc;
		block->ns[order[i]] += ns;
	}
	return 0;
}

static bool differ(double a, double b, double factor)
{
	return a > 0 && b > 0 && (a > factor * b || b > factor * a);
}

static void keep_latencies(struct duet *d)
{
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		if (d->block[arm] != NULL)
			lfb_histogram_merge(d->kept[arm], d->block[arm]);
}

static int run_blocks(struct duet *d, struct gate_block *blocks, struct gate_duet_result *result)
{
	double before_ns = gate_stage_probe_ns(d->stage);
	int rc = 0;

	result->probe_first_ns = before_ns;
	for (unsigned i = 0; rc == 0 && i < d->plan->blocks; i++) {
		double after_ns;

		rc = run_block(d, &blocks[i]);
		after_ns = rc == 0 ? gate_stage_probe_ns(d->stage) : 0;
		blocks[i].probe_ns = before_ns;
		blocks[i].dropped = differ(before_ns, after_ns, PROBE_CHANGE);
		if (rc == 0 && !blocks[i].dropped)
			keep_latencies(d);
		before_ns = after_ns;
	}
	result->probe_last_ns = before_ns;
	return rc;
}

/* Blocks whose probe is far from all others: the launch's median is known only now. Latencies are in one sum by then, and stay. */
static void drop_far(const struct duet *d, struct gate_block *blocks, double *room)
{
	double median;

	for (unsigned i = 0; i < d->plan->blocks; i++)
		room[i] = blocks[i].probe_ns;
	median = lfb_median(room, d->plan->blocks);
	for (unsigned i = 0; i < d->plan->blocks && d->kept[GATE_BASE] == NULL; i++)
		blocks[i].dropped |= differ(blocks[i].probe_ns, median, PROBE_FAR);
}

static void sum_up_blocks(const struct duet *d, const struct gate_block *blocks, double *room, struct gate_duet_result *result)
{
	const double items = 2 * (double)result->items; /* two slices of each arm */
	double *const values[GATE_ARMS] = { room + d->plan->blocks, room + 2 * (size_t)d->plan->blocks };
	size_t n = 0;
	double spread;

	for (unsigned i = 0; i < d->plan->blocks; i++) {
		if (blocks[i].dropped)
			continue;
		for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
			values[arm][n] = (double)blocks[i].ns[arm] / items;
		room[n] = lfb_log_ratio(values[GATE_HEAD][n], values[GATE_BASE][n]);
		n++;
	}
	result->dropped = d->plan->blocks - (uint32_t)n;
	spread = n >= 4 ? gate_spread(room, n) : 0;
	result->block_variance = spread * spread;
	lfb_sort(room, n);
	result->d = signed_rank_centre(room, n); /* NaN where n is 0 */
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		result->ns[arm] = lfb_median(values[arm], n);
}

/* A percentile of all values that were kept takes the place of the times of the slices. */
static void take_percentiles(const struct duet *d, struct gate_duet_result *result)
{
	bool enough = true;

	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		uint64_t value_ns = 0;

		result->samples[arm] = lfb_histogram_count(d->kept[arm]);
		enough &= lfb_histogram_quantile(d->kept[arm], quantiles[d->plan->metric], &value_ns);
		result->ns[arm] = (double)value_ns;
	}
	result->d = enough ? lfb_log_ratio(result->ns[GATE_HEAD], result->ns[GATE_BASE]) : NAN;
}

static int measure(struct duet *d, uint64_t start_ns, struct gate_block *blocks, struct gate_duet_result *result)
{
	double *const room = malloc(3 * (size_t)d->plan->blocks * sizeof(*room));
	double ns;
	int rc = room == NULL ? lfb_fail(d->error, -ENOMEM, "out of memory") : 0;

	if (rc == 0)
		rc = slower_arm(d, WARM_UP_SLICES, &ns);
	result->setup_ns = lfb_clock_now_ns() - start_ns;
	if (rc == 0)
		rc = run_blocks(d, blocks, result);
	result->blocks_ns = lfb_clock_now_ns() - start_ns - result->setup_ns;
	result->blocks = d->plan->blocks;
	if (rc == 0) {
		drop_far(d, blocks, room);
		sum_up_blocks(d, blocks, room, result);
		if (d->kept[GATE_BASE] != NULL)
			take_percentiles(d, result);
	}
	free(room);
	return rc;
}

static int take_histograms(struct duet *d)
{
	for (enum gate_arm arm = 0; d->plan->metric != GATE_THROUGHPUT && arm < GATE_ARMS; arm++) {
		d->kept[arm] = malloc(sizeof(*d->kept[arm]));
		d->block[arm] = malloc(sizeof(*d->block[arm]));
		if (d->kept[arm] == NULL || d->block[arm] == NULL)
			return lfb_fail(d->error, -ENOMEM, "out of memory");
		lfb_histogram_init(d->kept[arm]);
		lfb_histogram_init(d->block[arm]);
	}
	return 0;
}

static int run_plan(struct duet *d, uint64_t start_ns, struct gate_block *blocks, struct gate_duet_result *result)
{
	int rc;

	result->d = result->ns[GATE_BASE] = result->ns[GATE_HEAD] = NAN;
	if (d->plan->items == 0) {
		rc = calibrate(d, &result->items);
		if (d->plan->metric != GATE_THROUGHPUT && result->items < LATENCY_ITEMS_MIN)
			result->items = LATENCY_ITEMS_MIN;
		return rc;
	}
	result->items = d->plan->items;
	rc = gate_stage_set_items(d->stage, d->plan->items, d->error);
	return rc == 0 && d->plan->blocks > 0 ? measure(d, start_ns, blocks, result) : rc;
}

int gate_duet_run(const struct gate_duet_plan *plan, uint64_t start_ns, struct gate_block *blocks, struct gate_duet_result *result,
		  struct lfb_error *error)
{
	struct duet d = { .plan = plan, .error = error };
	int rc;

	memset(result, 0, sizeof(*result));
	lfb_rng_seed(&d.rng, plan->seed);
	rc = take_histograms(&d);
	if (rc == 0)
		rc = gate_stage_open(plan, &d.rng, &d.stage, error);
	if (rc == 0) {
		rc = run_plan(&d, start_ns, blocks, result);
		gate_stage_close(d.stage);
	}
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		free(d.kept[arm]);
		free(d.block[arm]);
	}
	return rc;
}
