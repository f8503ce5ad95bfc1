/*
 * probe.h - the round trip of one cache line between two CPUs: the number that most of a
 * contended queue's cost is made of, and that a host can change by moving a virtual CPU.
 *
 * DESIGN. Two threads throw a line to and fro (two_cpus.h). One of them times batches of 50 round
 * trips, so that reading the clock is less than a hundredth of a batch. It goes on until the figures
 * have settled: the medians of the last five batches and of the five before them differ by less than
 * 3 %. CPUs that were idle need some batches to speed up; those fall out of the ten in the course.
 * If they have not settled after a millisecond, the last ten have to do; never fewer, since a CPU
 * that is taken away for a while makes one or two batches a thousand times longer, and the median
 * of ten does not see that.
 */
#ifndef LFBENCH_PROBE_H
#define LFBENCH_PROBE_H

#include <stdbool.h>

struct lfb_probe {
	double min_ns;	  /* the fastest batch, per round trip */
	double median_ns; /* over the last ten batches, per round trip */
};

/*
 * Measure between two CPUs of this machine. Takes 0.3 to 0.6 ms where a round trip takes 130 to 600 ns;
 * 20 ms at most, unless the kernel does not run a thread at all. Any thread may call it; the CPUs should
 * have nothing else to do.
 *
 * Returns 0, or -errno as lfb_two_cpus_run; -ETIMEDOUT: a CPU was taken away for too long.
 * `out` is set on success only.
 */
int lfb_probe_round_trip(unsigned cpu_a, unsigned cpu_b, struct lfb_probe *out);

/* The batches of one probe so far: { 0 } to begin with. */
#define LFB_PROBE_WINDOW 5u
struct lfb_probe_batches {
	double last_ns[2 * LFB_PROBE_WINDOW]; /* a ring */
	double min_ns;
	unsigned taken;
};

/* Take in the next batch. Returns whether the figures have settled. */
bool lfb_probe_batch(struct lfb_probe_batches *batches, double round_trip_ns);

/* Whether there are enough batches for figures. */
bool lfb_probe_enough(const struct lfb_probe_batches *batches);

/* The figures so far; at least one batch has to have been taken. */
struct lfb_probe lfb_probe_of(const struct lfb_probe_batches *batches);

#endif
