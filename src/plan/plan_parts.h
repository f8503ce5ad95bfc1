/*
 * plan_parts.h - what plan.c is made of: the shapes that the options describe (plan_shapes.c), the
 * passes each of them is measured in (plan_passes.c), and the objects that take part (plan_backends.c). For plan.c and the
 * gate (gate/cells.c).
 */
#ifndef LFBENCH_PLAN_PARTS_H
#define LFBENCH_PLAN_PARTS_H

#include "plan/plan.h"

/* A list of shapes that grows. Free `list`. */
struct lfb_shapes {
	struct lfb_shape *list;
	size_t count, room;
	size_t cpus; /* that threads may have */
};

/* The workloads and settings asked for, without passes. Returns 0, -EINVAL with a sentence, or -ENOMEM. */
int lfb_shapes_make(const struct lfb_options *options, struct lfb_shapes *shapes, struct lfb_error *error);

/* Whether nothing was said that names or shapes a workload. */
bool lfb_is_default_sweep(const struct lfb_options *options);

/* Ways of measuring one shape at most: the passes, and an open loop per rate and load. */
#define LFB_VARIANTS_MAX (LFB_PASSES + 1 + 2 * LFB_LIST_MAX)

/* `base` in each pass asked for, into `out`. Returns how many. */
size_t lfb_shape_variants(const struct lfb_options *options, const struct lfb_shape *base, struct lfb_shape out[LFB_VARIANTS_MAX]);

/* Find, inspect and label the objects that take part. Returns 0 or -errno with a sentence. */
int lfb_plan_backends_make(struct lfb_plan *plan, const struct lfb_options *options, const struct lfb_paths *paths,
			   struct lfb_error *error);

#endif
