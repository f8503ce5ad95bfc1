/* epsilon.h - how far apart the clocks of any two CPUs of this process can be: what the returns of a history count as later. */
#ifndef LFBENCH_CHECK_EPSILON_H
#define LFBENCH_CHECK_EPSILON_H

#include <lfbench/ticks.h>

/* In ticks of that clock. Where it cannot be measured: more than on any machine with a working clock. Takes about a millisecond per CPU. */
uint64_t lfb_check_epsilon_ticks(const struct lfb_timebase *time);

double lfb_ticks_per_ns(const struct lfb_timebase *time);

#endif
