/*
 * steady.h - whether a launch has warmed up: detected from its own untimed trials rather than
 * assumed after a fixed number of them.
 *
 * DESIGN. Whatever warms up (caches, page tables, the frequency of the CPU, a thread's place)
 * makes the next trial faster than all before it. So a launch goes on with untimed trials while the newest
 * is more than LFB_STEADY_TOLERANCE faster than the best before it, and is steady as soon as
 * one is not. The comparison is with the best, not with the one before: one slow trial among
 * fast ones must not make the next look like progress.
 *
 * What it costs under noise alone: trial n goes on only if it is the fastest of n, which of n
 * alike happens once in n times, and from 2 on every time with probability 1/n!. The expected number
 * of trials is 2 + 1/2! + 1/3! + ... = e, at most: 0.72 more than the two that any comparison takes.
 *
 * What it cannot see is warming up by less than the tolerance per trial; that shows afterwards,
 * over launches, in the first timed trials (lfb_summary, "first trial").
 */
#ifndef LFBENCH_STEADY_H
#define LFBENCH_STEADY_H

#include <stdbool.h>
#include <stddef.h>

/* A trial this much faster than the best before it means that the launch is still warming up. */
#define LFB_STEADY_TOLERANCE 0.05
/* No launch takes more untimed trials than this: one that gets faster for ever is measured as it is. */
#define LFB_STEADY_TRIALS_MAX 6u

/*
 * Whether a launch is steady after untimed trials with these rates (items per second, in the order of
 * the trials; only those that moved at least as many items as warm anything up). False asks for one
 * more. With fewer than two rates: false. A rate that is not positive and finite, as of a trial
 * that failed, counts as a trial and is compared with nothing. Reentrant.
 */
bool lfb_steady(const double *rates, size_t n);

#endif
