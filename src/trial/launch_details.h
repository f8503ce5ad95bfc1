/*
 * launch_details.h - the lines of one trial in the long companions: NAME.detail.csv, what each thread did
 * and each CPU lost; NAME.hist.csv, the histograms.
 */
#ifndef LFBENCH_LAUNCH_DETAILS_H
#define LFBENCH_LAUNCH_DETAILS_H

#include "trial/launch.h"
#include "trial/launch_machine.h"

/* Hand them to the launch's callbacks. Returns 0, or what the first callback that failed returned. */
int lfb_launch_details(const struct lfb_launch *launch, const char *cell_id, uint64_t trial,
		       const struct lfb_trial_result *result, const struct lfb_launch_machine *machine);

#endif
