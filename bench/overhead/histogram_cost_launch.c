/*
 * histogram_cost_launch.c - one launch of histogram_cost: slices of a fraction of a millisecond, of recording
 * samples and of reading the clock, in turns.
 *
 * A block is ABBA or BAAB by a coin, so that a drift within it cancels. Recording includes turning ticks
 * into nanoseconds: that is what a loop does with every sample between its second clock read and the next item.
 */
#include "histogram_cost.h"

#include "statistics/histogram.h"
#include "statistics/stats.h"
#include "machine/ticks.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Operations of one slice; a power of two. About 50 us of recording, 300 us of reading. */
#define SLICE_OPS 16384u
#define LOG_LEAST_NS 50.0
#define LOG_MOST_NS 10e6
/* Slices before the first block. */
#define WARM_UPS 4

struct launch {
	struct lfb_timebase timebase;
	struct lfb_histogram *histogram;
	uint64_t *ticks; /* SLICE_OPS differences of stamps */
	struct lfb_rng rng;
};

static double uniform(struct lfb_rng *rng)
{
	return (double)(lfb_rng_next(rng) >> 11) * 0x1p-53;
}

static double value_ns(struct lfb_rng *rng, enum cost_mix mix)
{
	switch (mix) {
	case MIX_CONSTANT:
		return 250;
	case MIX_LOG_UNIFORM:
		return LOG_LEAST_NS * pow(LOG_MOST_NS / LOG_LEAST_NS, uniform(rng));
	default:
		return (double)lfb_histogram_lowest((size_t)lfb_rng_below(rng, LFB_HISTOGRAM_BUCKETS));
	}
}

static void make_values(struct launch *l, enum cost_mix mix)
{
	const double ticks_per_ns = ldexp(1, (int)l->timebase.shift) / (double)l->timebase.mult;

	for (size_t i = 0; i < SLICE_OPS; i++)
		l->ticks[i] = (uint64_t)(value_ns(&l->rng, mix) * ticks_per_ns);
}

/* One slice each, in nanoseconds. Not inlined: both then begin at the start of a function. */
static __attribute__((noinline)) uint64_t time_recording(const struct launch *l)
{
	const uint64_t start = lfb_ticks_before(&l->timebase);

	for (size_t i = 0; i < SLICE_OPS; i++)
		lfb_histogram_record(l->histogram, lfb_ticks_ns(&l->timebase, l->ticks[i]));
	return lfb_ticks_ns(&l->timebase, lfb_ticks_after(&l->timebase) - start);
}

static __attribute__((noinline)) uint64_t time_reading(const struct launch *l)
{
	const uint64_t start = lfb_ticks_before(&l->timebase);
	uint64_t now = start;

	for (size_t i = 0; i < SLICE_OPS; i++)
		now = lfb_ticks_after(&l->timebase);
	return lfb_ticks_ns(&l->timebase, now - start);
}

static void run_block(struct launch *l, double *record_ns, double *clock_ns)
{
	const bool record_outside = lfb_rng_below(&l->rng, 2) == 0;
	uint64_t record = 0, clock = 0;

	for (int slice = 0; slice < 4; slice++) {
		const bool outside = slice == 0 || slice == 3;

		if (outside == record_outside)
			record += time_recording(l);
		else
			clock += time_reading(l);
	}
	*record_ns = (double)record / (2 * SLICE_OPS);
	*clock_ns = (double)clock / (2 * SLICE_OPS);
}

static void run_mix(struct launch *l, enum cost_mix mix, size_t blocks, struct cost_figures *figures)
{
	double ratio[COST_BLOCKS_MAX], record_ns[COST_BLOCKS_MAX], clock_ns[COST_BLOCKS_MAX];

	make_values(l, mix);
	for (int i = 0; i < WARM_UPS; i++) {
		(void)time_recording(l);
		(void)time_reading(l);
	}
	for (size_t i = 0; i < blocks; i++) {
		run_block(l, &record_ns[i], &clock_ns[i]);
		ratio[i] = lfb_log_ratio(record_ns[i], clock_ns[i]);
	}
	figures->log_ratio = lfb_median(ratio, blocks);
	figures->record_ns = lfb_median(record_ns, blocks);
	figures->clock_ns = lfb_median(clock_ns, blocks);
}

int cost_launch(uint64_t seed, size_t blocks, struct cost_figures figures[MIXES])
{
	struct launch l = {
		.histogram = (struct lfb_histogram *)malloc(sizeof(struct lfb_histogram)),
		.ticks = (uint64_t *)malloc(SLICE_OPS * sizeof(uint64_t)),
	};
	int rc = 0;

	lfb_timebase_init(&l.timebase);
	lfb_rng_seed(&l.rng, seed);
	if (l.histogram != NULL && l.ticks != NULL) {
		lfb_histogram_init(l.histogram);
		for (unsigned mix = 0; mix < MIXES; mix++)
			run_mix(&l, (enum cost_mix)mix, blocks, &figures[mix]);
	} else {
		rc = -ENOMEM;
	}
	free(l.histogram);
	free(l.ticks);
	return rc;
}

/* Of all mappings, as the kernel adds them up now: VmRSS of /proc/self/status lags behind. */
static uint64_t resident_bytes(void)
{
	char line[128];
	unsigned long long kb = 0;
	FILE *const in = fopen("/proc/self/smaps_rollup", "re");

	if (in == NULL)
		return 0;
	while (kb == 0 && fgets(line, sizeof(line), in) != NULL)
		if (sscanf(line, "Rss: %llu kB", &kb) != 1)
			kb = 0;
	(void)fclose(in);
	return kb * 1024;
}

uint64_t cost_resident_bytes(struct lfb_histogram *histogram, uint64_t samples)
{
	struct lfb_rng rng;

	lfb_rng_seed(&rng, samples);
	for (uint64_t i = 0; i < samples; i++)
		lfb_histogram_record(histogram, lfb_rng_next(&rng) >> 18 >> (i % 40));
	return resident_bytes();
}
