/*
 * gaps.h - how often, and for how long, this machine stops a thread that only reads the clock.
 *
 * DESIGN. One pinned thread per CPU reads the clock in a loop. Where two readings are far apart the
 * thread was not running: an interrupt, another thread, the host giving the CPU away, firmware. No
 * queue has anything to do with it, yet each such gap is in the tail of every latency measured here,
 * and where it hits the holder of a lock or of a claimed slot, in the other threads' too.
 *
 * "Far apart" is 1 us, or ten times the usual step where the clock is that slow. On the machine
 * this was written on, of 71 million steps in 2 s nearly all took below 64 ns (the reading itself), some
 * hundred up to 0.5 us (caches and address translation), 3 from there to 4 us, and thousands above
 * (the timer's interrupt, and the host): 1 us lies in the valley between.
 */
#ifndef LFBENCH_GAPS_H
#define LFBENCH_GAPS_H

#include <stdint.h>

/* What was seen on one CPU. All NAN: it could not be measured. */
struct lfb_gaps {
	double per_s;	   /* gaps a second */
	double largest_ns; /* 0: there was none */
	double share;	   /* of the time that lay in gaps, 0 to 1 */
};

/* Longest time to watch. */
#define LFB_GAPS_LONGEST_NS UINT64_C(60000000000)

/*
 * Watch `count` different CPUs at the same time for duration_ns (at most LFB_GAPS_LONGEST_NS, at least 1 us)
 * and set out[0..count) in their order; a CPU to which no thread could be pinned is NAN. Memory does
 * not grow with the duration. The caller sleeps meanwhile, and its affinity stays as it is.
 * Returns 0, -EINVAL, -ENOMEM, or -EAGAIN (no more threads); `out` is set on success only.
 */
int lfb_gaps_measure(const unsigned *cpus, unsigned count, uint64_t duration_ns, struct lfb_gaps *out);

/* The steps of one thread so far: { .usual_ns = ... } to begin with. */
struct lfb_gap_count {
	uint64_t usual_ns; /* the median step */
	uint64_t gaps, largest_ns, lost_ns;
};

/* From which step on it is a gap. */
uint64_t lfb_gap_threshold_ns(uint64_t usual_ns);

/* A gap is as long as its step exceeds the usual one. Only for steps of at least the threshold. */
void lfb_gap_add(struct lfb_gap_count *count, uint64_t step_ns);

struct lfb_gaps lfb_gap_result(const struct lfb_gap_count *count, uint64_t watched_ns);

#endif
