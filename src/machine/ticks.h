/*
 * ticks.h - choosing and calibrating the time base of the latency pass; <lfbench/ticks.h> reads it.
 *
 * DESIGN. The counter is held against CLOCK_MONOTONIC_RAW over a few milliseconds. One comparison reads
 * counter, clock, counter; how far apart the two counter readings are bounds its error, and of many
 * comparisons the closest is kept, so an interrupt or a preempted virtual CPU costs a try and not
 * accuracy. The interval is measured in two halves, which must agree: a counter that stops or changes
 * its rate is not used, whatever the processor says about it.
 */
#ifndef LFBENCH_SRC_TICKS_H
#define LFBENCH_SRC_TICKS_H

#include <lfbench/ticks.h>

/*
 * Choose the time base of this process: the processor's counter where it is invariant and
 * calibration succeeds, else the clock. Takes about 4 ms, most of it asleep. The rate is right to about
 * 1 part in 10^5 on an idle machine; see docs/latency.md.
 */
void lfb_timebase_init(struct lfb_timebase *timebase);

/* The time base that needs no calibration: ticks are nanoseconds of CLOCK_MONOTONIC_RAW. */
void lfb_timebase_use_clock(struct lfb_timebase *timebase);

/*
 * The time base of a counter that advanced by `ticks` in `ns`. Returns false, and sets nothing, for
 * a rate no counter has (below 1 MHz or above 100 GHz) or where this processor has no counter.
 */
bool lfb_timebase_use_counter(uint64_t ticks, uint64_t ns, struct lfb_timebase *timebase);

/* What one stamp costs, in nanoseconds: the least over several batches. Takes about 1 ms. */
double lfb_ticks_cost_ns(const struct lfb_timebase *timebase);

/*
 * The step in which stamps count, in nanoseconds: what all differences are multiples of. A counter's
 * rate says little about it: one of 2.1 GHz was seen to go on by 21 every 10 ns. Takes less than 1 ms.
 */
double lfb_ticks_step_ns(const struct lfb_timebase *timebase);

#endif
