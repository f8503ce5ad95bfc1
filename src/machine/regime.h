/*
 * regime.h - the state the machine is in: one short reading before a trial and one after, over
 * the CPUs that the trial uses.
 *
 * DESIGN. What can change under a trial is how far its CPUs are apart: a host moves virtual CPUs between
 * cores, caches and packages, and shows nothing of it inside. Seen on one machine: round trips of 600 ns,
 * for 25 s of 131 ns, then 600 ns again, and with them a ring at 390, 78 and 390 ns per operation. So a
 * reading is the round trip (probe.h) between CPUs of the trial. Threads next to each other in the list
 * are paired, because the placement policies put those together that are near; with more than eight pairs
 * eight of them, spread evenly over the list, first and last included. A reading then costs 3 to 5 ms
 * at most, and does not grow with the machine.
 *
 * Two readings disagree when the medians of a pair differ by more than a factor of 1.25 and by
 * more than 25 ns: see LFB_REGIME_FACTOR. All functions may be called by any thread, while the CPUs have nothing
 * else to do.
 */
#ifndef LFBENCH_REGIME_H
#define LFBENCH_REGIME_H

#include "machine/probe.h"

#define LFB_REGIME_PAIRS 8u

/*
 * By how much the medians of a pair may differ. 1000 readings 20 ms apart (lfbench doctor --probes 1000), on
 * two virtual CPUs with a round trip of 400 ns and other processes running now and then: one and the next differed
 * by 1.02 to 1.03 (median), 1.08 to 1.15 (99 %), 1.22 at most; but for three readings in a row every 4.9 s that
 * were at 570 to 670 ns, which the host made, and which are what this is to find. The smallest of those steps was 1.37.
 * See docs/machine.md.
 */
#define LFB_REGIME_FACTOR 1.25
/*
 * And at least by this much: where CPUs are near each other (35 to 60 ns here) a single batch of round trips that is
 * disturbed moves the median by more than the factor, although they are as near as before.
 */
#define LFB_REGIME_STEP_NS 25.0

/* Which pairs are probed. */
struct lfb_regime {
	unsigned pairs; /* 0: all threads are on one CPU, and there is nothing to probe */
	unsigned cpu[LFB_REGIME_PAIRS][2];
};

/* One reading; of a pair that could not be measured both figures are NAN. */
struct lfb_regime_reading {
	unsigned pairs;
	struct lfb_probe pair[LFB_REGIME_PAIRS];
};

/*
 * Choose the pairs for threads on `cpus`, in thread order; a CPU may be named more than once. For threads
 * that are not pinned: the CPUs that the process may use.
 */
void lfb_regime_choose(const unsigned *cpus, unsigned count, struct lfb_regime *out);

/*
 * Take a reading: about 0.4 ms per pair, 40 ms at most; pairs that have to wait longer are NAN. Always sets
 * `out`. Returns 0, or the first pair's -errno when no pair could be measured (never for 0 pairs).
 */
int lfb_regime_probe(const struct lfb_regime *regime, struct lfb_regime_reading *out);

/* The median of the pairs' medians: what stands for the reading in one column. NAN: there is none. */
double lfb_regime_ns(const struct lfb_regime_reading *reading);

/* Whether a pair's readings differ too much. A pair that was measured only once or never says nothing. */
bool lfb_regime_changed(const struct lfb_regime_reading *before, const struct lfb_regime_reading *after);

#endif
