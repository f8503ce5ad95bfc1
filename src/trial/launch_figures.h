/*
 * launch_figures.h - from what a trial brought home to the columns of its row. Only for trials in which
 * the queue behaved; a column whose figure this pass or this machine cannot give stays empty.
 */
#ifndef LFBENCH_LAUNCH_FIGURES_H
#define LFBENCH_LAUNCH_FIGURES_H

#include "results/row.h"
#include "trial/trial.h"

/* Part of the rate offered below which an open loop is overloaded, and has no percentiles. */
#define LFB_RATE_ACHIEVED_MIN 0.99

/* All columns of throughput, latency and contention that the trial can fill. */
void lfb_figures_fill(struct lfb_row *row, const struct lfb_trial_setup *setup, const struct lfb_trial_result *result);

/* Whether an open loop fell behind its schedule for good. false for all other trials. */
bool lfb_figures_overloaded(const struct lfb_trial_result *result);

#endif
