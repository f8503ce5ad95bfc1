/*
 * duet.h - two arms in one process, taking turns: the measurement inside one launch.
 *
 * DESIGN. Both objects are loaded, and the same pinned threads run slices of about a
 * millisecond on one, then on the other, over one arena in which the queue is made anew
 * for each slice. What drifts (clock frequency, where the host puts the virtual CPUs)
 * drifts for both; what is shared (memory, threads) is the same for both. A block is
 * ABBA or BAAB by a coin from a logged seed, so a trend within it cancels.
 */
#ifndef OVERHEAD_DUET_H
#define OVERHEAD_DUET_H

#include "stage.h"

/* Length a slice is calibrated to, on the slower arm. */
#define DUET_SLICE_NS UINT64_C(1000000)

/* The sum of two slices of each arm. */
struct duet_block {
	uint64_t ns[ARM_KINDS];
	uint64_t first; /* arm that began and ended the block */
};

struct duet_plan {
	struct stage_plan stage;
	uint64_t items; /* of each slice; 0: calibrate, and run no block */
	uint64_t blocks;
	uint64_t seed;
};

/*
 * Load the arms and run the plan. Sets *items to what a slice transfers, and fills
 * blocks[0..plan->blocks). Returns 0; -EBADMSG when a slice was wrong; else -errno.
 * Call once per process: it pins the calling thread.
 */
int duet_run(const struct duet_plan *plan, uint64_t *items, struct duet_block *blocks, struct lfb_error *error);

#endif
