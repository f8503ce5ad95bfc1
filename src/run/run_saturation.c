/*
 * run_saturation.c - see run_parts.h: what the throughput trials so far decide about the launches to come, the rates
 * of open loops and the second stage of --precision. A load is a part of the rate that an
 * open loop of the same backend and shape achieved when everything was due at once, earlier in the same run: the median over
 * all its trials, so that one bad launch does not set the rate.
 */
#include "run/run_parts.h"

#include "statistics/precision.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Cells of one family stand next to each other, and the one that measures saturation before its loads. */
int lfb_run_rates_make(struct lfb_run_state *s)
{
	const struct lfb_plan *const plan = s->run->plan;
	size_t saturation = SIZE_MAX;

	s->rates = (struct lfb_rates *)calloc(plan->cell_count + 1, sizeof(s->rates[0]));
	s->saturated_by = (size_t *)calloc(plan->cell_count + 1, sizeof(s->saturated_by[0]));
	if (s->rates == NULL || s->saturated_by == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < plan->cell_count; i++) {
		if (i == 0 || plan->cells[i].family != plan->cells[i - 1].family)
			saturation = SIZE_MAX;
		if (plan->cells[i].shape.load_percent == LFB_LOAD_SATURATION)
			saturation = i;
		s->saturated_by[i] = saturation;
	}
	return 0;
}

void lfb_run_rates_free(struct lfb_run_state *s)
{
	for (size_t i = 0; s->rates != NULL && i < s->run->plan->cell_count; i++)
		free(s->rates[i].values);
	free(s->rates);
	free(s->saturated_by);
}

int lfb_run_rates_add(struct lfb_run_state *s, size_t cell, const struct lfb_row *row)
{
	const struct lfb_shape *const shape = &s->run->plan->cells[cell].shape;
	const bool saturation = shape->load_percent == LFB_LOAD_SATURATION;
	const double rate = saturation ? lfb_row_get_f64(row, LFB_COL_rate_achieved_per_s, NAN)
				       : 1e9 / lfb_row_get_f64(row, LFB_COL_ns_per_item, NAN);
	struct lfb_rates *const rates = &s->rates[cell];

	if ((!saturation && shape->pass != LFB_PASS_THROUGHPUT) || !(rate > 0) || strcmp(lfb_row_get(row, LFB_COL_status), "ok") != 0)
		return 0;
	if (rates->count == rates->room) {
		const size_t room = rates->room > 0 ? 2 * rates->room : 16;
		struct lfb_rate *const grown = (struct lfb_rate *)realloc(rates->values, room * sizeof(grown[0]));

		if (grown == NULL)
			return -ENOMEM;
		rates->values = grown;
		rates->room = room;
	}
	rates->values[rates->count++] = (struct lfb_rate){ .launch = lfb_row_get_u64(row, LFB_COL_launch, 0), .items_per_s = rate };
	return 0;
}

/* Over all launches, or over one; NAN: there is none, or no memory to sort them. */
static double median_of(const struct lfb_rates *rates, uint64_t launch)
{
	double *const values = (double *)malloc((rates->count + 1) * sizeof(values[0]));
	double median = NAN;
	size_t n = 0;

	for (size_t i = 0; values != NULL && i < rates->count; i++)
		if (launch == 0 || rates->values[i].launch == launch)
			values[n++] = rates->values[i].items_per_s;
	if (n > 0)
		median = lfb_median(values, n);
	free(values);
	return median;
}

uint64_t lfb_run_rate(struct lfb_run_state *s, size_t cell)
{
	const struct lfb_shape *const shape = &s->run->plan->cells[cell].shape;
	const size_t by = s->saturated_by[cell];
	double rate;

	if (shape->load_percent == 0)
		return shape->rate_per_s;
	if (shape->load_percent == LFB_LOAD_SATURATION)
		return LFB_RATE_MAX;
	rate = by == SIZE_MAX ? NAN : median_of(&s->rates[by], 0) * shape->load_percent / 100;
	if (isnan(rate))
		return 0;
	return rate < 1 ? 1 : (uint64_t)rate;
}

/* Fresh launches of a cell at most: a cell that stays wider is one that this machine cannot narrow. */
#define FRESH_MAX 1000u

/* Launches that the cell needs besides its pilot; 0: it has none that was whole. */
static uint64_t fresh_launches(const struct lfb_run_state *s, size_t cell, double *medians)
{
	const struct lfb_options *const o = s->run->options;
	size_t n = 0;

	if (s->dropped[cell] || s->run->plan->cells[cell].status != LFB_STATUS_OK || s->run->plan->cells[cell].shape.pass != LFB_PASS_THROUGHPUT)
		return 0;
	for (uint64_t launch = 1; launch <= o->launches; launch++) {
		const double median = median_of(&s->rates[cell], launch);

		if (!isnan(median))
			medians[n++] = median;
	}
	return n == 0 ? 0 : lfb_precision_launches(medians, n, o->precision, FRESH_MAX);
}

/* The launches of all cells, launch by launch, each round shuffled. */
static size_t deal_rounds(const struct lfb_run_state *s, const uint64_t *needed, uint64_t most, struct lfb_plan_launch *out, size_t *order)
{
	const size_t cells = s->run->plan->cell_count;
	struct lfb_rng rng;
	size_t count = 0;

	lfb_rng_seed(&rng, s->run->plan->seed + 1);
	for (uint64_t round = 1; round <= most; round++) {
		size_t n = 0;

		for (size_t i = 0; i < cells; i++)
			if (needed[i] >= round)
				order[n++] = i;
		lfb_rng_shuffle(&rng, order, n);
		for (size_t i = 0; i < n; i++)
			out[count++] = (struct lfb_plan_launch){ .cell = order[i], .launch = s->run->options->launches + round };
	}
	return count;
}

int lfb_run_fresh_launches(struct lfb_run_state *s, struct lfb_plan_launch **launches, size_t *count)
{
	const size_t cells = s->run->plan->cell_count;
	uint64_t *const needed = (uint64_t *)calloc(cells + 1, sizeof(needed[0]));
	size_t *const order = (size_t *)calloc(cells + 1, sizeof(order[0]));
	double *const medians = (double *)calloc(s->run->options->launches, sizeof(medians[0]));
	uint64_t total = 0, most = 0;
	int rc = -ENOMEM;

	if (needed != NULL && order != NULL && medians != NULL) {
		for (size_t i = 0; i < cells; i++) {
			needed[i] = fresh_launches(s, i, medians);
			total += needed[i];
			most = needed[i] > most ? needed[i] : most;
		}
		*launches = (struct lfb_plan_launch *)calloc(total + 1, sizeof((*launches)[0]));
		if (*launches != NULL) {
			*count = deal_rounds(s, needed, most, *launches, order);
			rc = 0;
		}
	}
	free(needed);
	free(order);
	free(medians);
	return rc;
}
