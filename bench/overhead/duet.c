/* duet.c - see duet.h. */
#include "duet.h"

#include "statistics/stats.h"

#include <string.h>

/* Slices of each arm in a step of the calibration, and in the last one. */
#define CALIBRATION_STEP_SLICES 3u
#define CALIBRATION_SLICES 9u
/* Slices of each arm before the first block: caches, branch predictors, lazy binding. */
#define WARM_UP_SLICES 4u

/* Median of some slices of the slower arm. */
static int slower_arm(struct stage *stage, uint64_t items, size_t slices, double *ns, struct lfb_error *error)
{
	const struct arm_slice of_items = stage_slice_of(stage, items);
	double samples[ARM_KINDS][CALIBRATION_SLICES];
	double medians[ARM_KINDS];

	for (size_t i = 0; i < slices; i++) {
		for (enum arm_kind kind = 0; kind < ARM_KINDS; kind++) {
			uint64_t took;
			const int rc = stage_run_slice(stage, kind, &of_items, &took, error);

			if (rc != 0)
				return rc;
			samples[kind][i] = (double)took;
		}
	}
	for (enum arm_kind kind = 0; kind < ARM_KINDS; kind++)
		medians[kind] = lfb_median(samples[kind], slices);
	*ns = medians[ARM_SUITE] > medians[ARM_HAND] ? medians[ARM_SUITE] : medians[ARM_HAND];
	return 0;
}

static int calibrate(struct stage *stage, uint64_t *items, struct lfb_error *error)
{
	double ns = 0;
	int rc;

	for (*items = STAGE_TURN_ITEMS; ns < (double)DUET_SLICE_NS / 2; *items *= 2) {
		rc = slower_arm(stage, *items, CALIBRATION_STEP_SLICES, &ns, error);
		if (rc != 0)
			return rc;
	}
	rc = slower_arm(stage, *items, CALIBRATION_SLICES, &ns, error);
	*items = ((uint64_t)((double)*items * (double)DUET_SLICE_NS / ns) / STAGE_TURN_ITEMS + 1) * STAGE_TURN_ITEMS;
	return rc;
}

static int run_block(struct stage *stage, struct lfb_rng *rng, const struct arm_slice *slice, struct duet_block *block,
		     struct lfb_error *error)
{
	const enum arm_kind a = lfb_rng_below(rng, 2) == 0 ? ARM_SUITE : ARM_HAND;
	const enum arm_kind b = a == ARM_SUITE ? ARM_HAND : ARM_SUITE;
	const enum arm_kind order[] = { a, b, b, a };

	memset(block, 0, sizeof(*block));
	block->first = a;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		uint64_t ns;
		const int rc = stage_run_slice(stage, order[i], slice, &ns, error);

		if (rc != 0)
			return rc;
		block->ns[order[i]] += ns;
	}
	return 0;
}

static int run_plan(struct stage *stage, struct lfb_rng *rng, const struct duet_plan *plan, uint64_t *items,
		    struct duet_block *blocks, struct lfb_error *error)
{
	struct arm_slice slice;
	double ns;
	int rc;

	if (plan->items == 0)
		return calibrate(stage, items, error);
	*items = plan->items;
	rc = slower_arm(stage, plan->items, WARM_UP_SLICES, &ns, error);
	slice = stage_slice_of(stage, plan->items);
	for (uint64_t i = 0; rc == 0 && i < plan->blocks; i++)
		rc = run_block(stage, rng, &slice, &blocks[i], error);
	return rc;
}

int duet_run(const struct duet_plan *plan, uint64_t *items, struct duet_block *blocks, struct lfb_error *error)
{
	static struct stage stage; /* too large for a stack; one per process, see duet.h */
	struct lfb_rng rng;
	int rc;

	lfb_rng_seed(&rng, plan->seed);
	rc = stage_open(&stage, &plan->stage, &rng, error);
	if (rc != 0)
		return rc;
	rc = run_plan(&stage, &rng, plan, items, blocks, error);
	stage_close(&stage);
	return rc;
}
