/*
 * allot.h - from a pilot to how the time of a cell is spent: how long a slice, how many blocks in a launch, and how
 * many replicates. The pilot's values decide nothing else and are then thrown away.
 *
 * DESIGN. A replicate is a pair of launches, the order of loading swapped; its value is the mean of the two.
 * Its variance is (launch + c * block / blocks) / 2 with c = pi/3, since a launch's value is the centre of its blocks. A launch
 * costs its start whether it has one block or a thousand. So the blocks per launch that make the most of
 * a second are sqrt(c * block / launch * start / time of a block) (Kalibera and Jones, "Rigorous benchmarking
 * in reasonable time", ISMM 2013): a queue that differs between launches gets many short ones, a queue
 * that differs between slices few long ones. The length of a slice is the shortest of those tried that is not clearly worse, in
 * variance per second, than the best.
 */
#ifndef LFBENCH_GATE_ALLOT_H
#define LFBENCH_GATE_ALLOT_H

#include <stddef.h>
#include <stdint.h>

/* One launch of the pilot. */
struct gate_pilot_launch {
	double d, block_variance;
	unsigned blocks;
	uint64_t setup_ns, blocks_ns, slice_ns;
};

/* Lengths of a slice that a pilot tries, a pair of launches each. */
#define GATE_PILOT_SLICES 3u
extern const uint64_t gate_pilot_slice_ns[GATE_PILOT_SLICES];
#define GATE_PILOT_BLOCKS 24u

struct gate_allotment {
	uint64_t slice_ns;
	unsigned blocks;
	double spread;        /* expected standard deviation of a replicate */
	double replicate_ns;  /* expected time of one */
	double launch_sd, block_sd;
};

/* Slice and blocks from the launches of a pilot, at least one. */
void gate_allot(const struct gate_pilot_launch *launches, size_t count, struct gate_allotment *out);

#define GATE_REPLICATES_MIN 8u
#define GATE_REPLICATES_MAX 1000u

/*
 * Replicates that show an effect of `beyond` over the bound at `alpha` with a probability of `power`, but no more than
 * `budget_ns` allows; none where that is less than GATE_REPLICATES_MIN / 2.
 */
size_t gate_allot_replicates(const struct gate_allotment *allotment, double beyond, double alpha, double power,
			     double budget_ns);

#endif
