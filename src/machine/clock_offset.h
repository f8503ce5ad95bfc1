/*
 * clock_offset.h - how far apart the clocks of two CPUs can be: the error of a time that
 * starts on one and ends on the other.
 *
 * DESIGN. As NTP does it (Mills, RFC 5905, section 8), with the bound instead of the estimate. Let the
 * clock of B be ahead of that of A by x. A stamps a, throws a line to B; B catches it, stamps b and
 * throws it back; A catches it and stamps c. B's stamp lies between A's two in real time:
 *
 *     a <= b - x <= c        so        b - c <= x <= b - a
 *
 * Each round gives such an interval, as wide as its round trip. The offset does not change within the
 * fraction of a millisecond that the rounds take, so it is in all of the intervals: the largest lower and
 * the least upper bound hold. What is left is about one round trip of a line wide, and cannot be made
 * narrower from inside, because nothing says how much of a round trip was the way there.
 *
 * So this is not the error of the clocks, which on processors with an invariant counter is usually a few
 * nanoseconds, but what can be vouched for.
 */
#ifndef LFBENCH_CLOCK_OFFSET_H
#define LFBENCH_CLOCK_OFFSET_H

#include <lfbench/ticks.h>

/* The clock of cpu_b minus that of cpu_a is at least low_ns and at most high_ns. */
struct lfb_clock_offset {
	double low_ns, high_ns;
};

/*
 * Bound the offset of the clock that latencies are stamped with. Takes about 0.3 ms, 20 ms at most (see
 * lfb_probe_round_trip). Returns 0; -errno as lfb_two_cpus_run; or -ERANGE where the rounds contradict each
 * other: the clocks run at different rates, or a CPU was moved meanwhile. `out` is set on success only.
 */
int lfb_clock_offset_measure(const struct lfb_timebase *timebase, unsigned cpu_a, unsigned cpu_b,
			     struct lfb_clock_offset *out);

/* The largest offset, either way, that the interval allows. */
double lfb_clock_offset_bound(const struct lfb_clock_offset *offset);

/*
 * Several CPUs, each measured against one and the same: `all` begins as { 0, 0 }, which is that one's own, and
 * takes in the others'. Any two of them differ by no more than its width.
 */
void lfb_clock_offset_add(struct lfb_clock_offset *all, const struct lfb_clock_offset *one);
double lfb_clock_offset_width(const struct lfb_clock_offset *all);

/*
 * That width over all of `cpus` (which may name a CPU more than once), against the first. NAN where one
 * of them could not be measured, or with one CPU only. Takes 0.3 ms per CPU.
 */
double lfb_clock_offset_among(const struct lfb_timebase *timebase, const unsigned *cpus, unsigned count);

/* The rounds so far: lfb_offset_rounds_start to begin with. */
struct lfb_offset_rounds {
	int64_t low_ticks, high_ticks;
};

void lfb_offset_rounds_start(struct lfb_offset_rounds *rounds);

/* Take in one round: stamps a and c of A, b of B. Stamps may be any distance up to 2^63 apart. */
void lfb_offset_round(struct lfb_offset_rounds *rounds, uint64_t a, uint64_t b, uint64_t c);

/* The interval, in nanoseconds of the time base. Returns 0 or -ERANGE: it is empty. */
int lfb_offset_result(const struct lfb_offset_rounds *rounds, const struct lfb_timebase *timebase,
		      struct lfb_clock_offset *out);

#endif
