/* plan_print.h - a plan in words, and the seed of a new one. */
#ifndef LFBENCH_PLAN_PRINT_H
#define LFBENCH_PLAN_PRINT_H

#include "plan/plan.h"

#include <stdio.h>

/* Cells, launches in order, seed and expected time. */
void plan_print(FILE *out, const struct lfb_plan *plan, const struct lfb_options *options);

/* A seed nobody has asked for, short enough to be typed again. */
uint64_t plan_new_seed(void);

#endif
