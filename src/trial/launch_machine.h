/*
 * launch_machine.h - the machine under the trials of one launch: the core-to-core probe around each trial,
 * the gaps in which a CPU was away, and how far the CPUs' clocks are apart.
 *
 * DESIGN. The probe after one trial is the probe before the next. It runs while no thread of a trial does, on the
 * CPUs that the trials use; where these are not pinned, on the first ones that the process may use.
 */
#ifndef LFBENCH_LAUNCH_MACHINE_H
#define LFBENCH_LAUNCH_MACHINE_H

#include "machine/gaps.h"
#include "machine/regime.h"
#include "results/row.h"

#include <lfbench/ticks.h>

/* CPUs that are watched one by one at most: they are there to see the host, not to map it. */
#define LFB_LAUNCH_CPUS 16u

struct lfb_launch_machine {
	struct lfb_regime regime;
	struct lfb_regime_reading before, after;
	bool before_known, after_known;
	unsigned cpus;
	unsigned cpu[LFB_LAUNCH_CPUS];
	struct lfb_gaps gaps[LFB_LAUNCH_CPUS]; /* since the trial before; of the last look */
	double skew_ns; /* NAN: not measured */
};

/*
 * Choose the CPUs and take the first reading. `cpus` has one per thread, or is NULL: not pinned. `timebase` is the
 * clock of the latency pass, whose offset between the CPUs is then measured too; NULL: no time stamps.
 */
void lfb_launch_machine_start(struct lfb_launch_machine *machine, const unsigned *cpus, unsigned threads,
			      const struct lfb_timebase *timebase);

/* After a trial: what was after the one before is now before. */
void lfb_launch_machine_probe(struct lfb_launch_machine *machine);

/* Whether the last two readings disagree. */
bool lfb_launch_machine_changed(const struct lfb_launch_machine *machine);

/* The machine's columns of the trial between the last two readings. */
void lfb_launch_machine_fill(struct lfb_row *row, const struct lfb_launch_machine *machine);

#endif
