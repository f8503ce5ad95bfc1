/* allot.c - see allot.h. */
#include "allot.h"

#include "decide.h"

#include <math.h>

/* The variance of the centre of n normal values is pi/3 times that of their mean. */
#define CENTRE_COST (M_PI / 3)
#define BLOCKS_MIN 8.0
/*
 * Six launches say little about the variance between launches: it often comes out as 0, for which one endless launch would be best. It is taken
 * to be at least what so many blocks leave of their own. Measured on launches of four queues, the variance per second is the same, within what
 * can be told, from 8 to 96 blocks; with few of them there are more replicates to judge by, and less is lost with a launch in which the machine changes.
 */
#define BLOCKS_EXPLAIN_AT_MOST 16.0
#define LAUNCH_NS_MAX 1.5e8
/* Factor between variances of two launches each, of 24 blocks, that is hardly chance. */
#define CLEARLY_WORSE 4.0
/* A variance from six launches is itself uncertain; what is planned with it should hold all the same. */
#define CAUTION 1.25

const uint64_t gate_pilot_slice_ns[GATE_PILOT_SLICES] = { 250000, 600000, 1500000 };

static double block_ns(const struct gate_pilot_launch *launch)
{
	return (double)launch->blocks_ns / launch->blocks;
}

/* What a second of slices of this length leaves of the blocks' variance; INFINITY where it was not tried. */
static double slice_cost(const struct gate_pilot_launch *launches, size_t count, uint64_t slice_ns)
{
	double cost = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (launches[i].slice_ns != slice_ns || launches[i].blocks == 0)
			continue;
		cost += launches[i].block_variance * block_ns(&launches[i]);
		n++;
	}
	return n > 0 ? cost / (double)n : INFINITY;
}

/* The shortest slice that is not clearly worse than the best: two launches of each do not tell them apart better, and short ones make more replicates. */
static uint64_t best_slice(const struct gate_pilot_launch *launches, size_t count)
{
	double least = INFINITY;

	for (size_t i = 0; i < GATE_PILOT_SLICES; i++)
		least = fmin(least, slice_cost(launches, count, gate_pilot_slice_ns[i]));
	for (size_t i = 0; i < GATE_PILOT_SLICES; i++)
		if (slice_cost(launches, count, gate_pilot_slice_ns[i]) <= CLEARLY_WORSE * least)
			return gate_pilot_slice_ns[i];
	return launches[0].slice_ns;
}

/* Between launches: what their values vary by, less what their blocks explain. */
static double launch_variance(const struct gate_pilot_launch *launches, size_t count)
{
	double mean = 0, squares = 0, explained = 0;

	if (count < 2)
		return 0;
	for (size_t i = 0; i < count; i++) {
		mean += launches[i].d / (double)count;
		explained += CENTRE_COST * launches[i].block_variance / (launches[i].blocks > 0 ? launches[i].blocks : 1) / (double)count;
	}
	for (size_t i = 0; i < count; i++)
		squares += (launches[i].d - mean) * (launches[i].d - mean);
	return fmax(0, squares / (double)(count - 1) - explained);
}

void gate_allot(const struct gate_pilot_launch *launches, size_t count, struct gate_allotment *out)
{
	double launch = launch_variance(launches, count);
	double block = 0, setup = 0, block_time = 0, blocks, most;
	size_t n = 0;

	out->slice_ns = best_slice(launches, count);
	for (size_t i = 0; i < count; i++) {
		if (launches[i].slice_ns != out->slice_ns || launches[i].blocks == 0)
			continue;
		setup += (double)launches[i].setup_ns; /* with warm-up slices of this length */
		block += launches[i].block_variance;
		block_time += block_ns(&launches[i]);
		n++;
	}
	setup /= n > 0 ? (double)n : 1;
	block /= n > 0 ? (double)n : 1;
	block_time = n > 0 ? block_time / (double)n : 4 * (double)out->slice_ns;
	most = fmax(BLOCKS_MIN, (LAUNCH_NS_MAX - setup) / block_time);
	launch = fmax(launch, CENTRE_COST * block / BLOCKS_EXPLAIN_AT_MOST);
	blocks = launch > 0 ? sqrt(CENTRE_COST * block / launch * setup / block_time) : BLOCKS_MIN;
	out->blocks = (unsigned)fmax(BLOCKS_MIN, fmin(blocks, most));
	out->launch_sd = sqrt(launch);
	out->block_sd = sqrt(block);
	out->spread = CAUTION * sqrt((launch + CENTRE_COST * block / out->blocks) / 2);
	out->replicate_ns = 2 * (setup + out->blocks * block_time);
}

size_t gate_allot_replicates(const struct gate_allotment *allotment, double beyond, double alpha, double power,
			     double budget_ns)
{
	const double afford = fmin(GATE_REPLICATES_MAX, floor(budget_ns / fmax(allotment->replicate_ns, 1)));
	size_t needed;

	if (!(afford >= GATE_REPLICATES_MIN / 2))
		return 0;
	needed = gate_values_needed(beyond, allotment->spread, alpha, power, GATE_REPLICATES_MAX);
	if (needed == 0 || (double)needed > afford)
		return (size_t)afford;
	return needed < GATE_REPLICATES_MIN ? (size_t)fmin(GATE_REPLICATES_MIN, afford) : needed;
}
