/*
 * histogram_cost.h - what the files of histogram_cost agree on: which values are recorded, and what one
 * launch measures.
 */
#ifndef OVERHEAD_HISTOGRAM_COST_H
#define OVERHEAD_HISTOGRAM_COST_H

#include <lfbench/histogram.h>

#include <stddef.h>
#include <stdint.h>

/* What is recorded. The more lines of the histogram the values meet, the more it costs. */
enum cost_mix {
	MIX_CONSTANT,	 /* one value: each sample waits for the one before to be stored */
	MIX_LOG_UNIFORM, /* 50 ns to 10 ms, all magnitudes alike: more than a queue's latencies spread */
	MIX_EVERYWHERE,	 /* any bucket of the 300 kB at random: beyond the first-level cache */
	MIXES
};

/* Medians over the blocks of one launch. */
struct cost_figures {
	double log_ratio; /* of recording to reading the clock */
	double record_ns, clock_ns;
};

#define COST_BLOCKS_MAX 64u

/* Measure all mixes with `blocks` blocks each, 1 to COST_BLOCKS_MAX. Returns 0 or -ENOMEM. */
int cost_launch(uint64_t seed, size_t blocks, struct cost_figures figures[MIXES]);

/* Resident memory of this process in bytes, after `samples` samples more; 0 where that cannot be told. */
uint64_t cost_resident_bytes(struct lfb_histogram *histogram, uint64_t samples);

#endif
