/*
 * latency.h - what the host prepares for the loops of a latency trial, and gets back from them:
 * the places for send stamps, the schedule of an open loop, and a histogram per consumer.
 *
 * DESIGN. Everything is made and faulted in before the threads start, and belongs to one trial. How
 * many values are sampled follows from the number of items, so that the stamps of a trial of
 * any length take a few MiB at most, and a fast queue is not slowed down much by reading clocks.
 */
#ifndef LFBENCH_LATENCY_H
#define LFBENCH_LATENCY_H

#include "plan/cell.h"

#include <lfbench/backend.h>

struct lfb_latency_trial {
	struct lfb_latency_plan plan; /* what the loops read */
	struct lfb_sent *sent;
	uint64_t *stamps;
	size_t stamps_bytes;
	double *arrivals; /* NULL: closed loop, or fixed gaps */
	struct lfb_histogram *histograms; /* two per thread: service, response */
	uint32_t threads;
};

/*
 * Make ready for one trial: `produced[0..producers)` values of each producer, `threads` threads in all.
 * `seed` decides over random arrivals. Returns 0 or -ENOMEM; free with lfb_latency_free, also then.
 */
int lfb_latency_prepare(struct lfb_latency_trial *trial, const struct lfb_shape *shape, const struct lfb_timebase *timebase,
			const uint64_t *produced, uint32_t producers, uint32_t threads, uint64_t seed);
void lfb_latency_free(struct lfb_latency_trial *trial);

/* Hand thread `index` its part. */
void lfb_latency_brief(struct lfb_latency_trial *trial, uint32_t index, struct lfb_thread *thread);

/* The histograms of all threads together. `out` is initialised here. */
void lfb_latency_service(const struct lfb_latency_trial *trial, struct lfb_histogram *out);
void lfb_latency_response(const struct lfb_latency_trial *trial, struct lfb_histogram *out);

/* From the start of the schedule to the time at which the last item is due; 0: closed loop. */
double lfb_latency_scheduled_ns(const struct lfb_latency_trial *trial, uint64_t items);

/* From the first producer at its loop to the start of the schedule: for the others to get there. */
#define LFB_LATENCY_LEAD_NS UINT64_C(50000)

/* Of each 2^n values one is sampled: that n, for so many items. */
uint32_t lfb_latency_sample_shift(uint64_t items);

/*
 * Times of LFB_ARRIVALS arrivals of a Poisson process with a mean gap of 1, from a seed, stretched so that
 * the table lasts exactly LFB_ARRIVALS and can start again.
 */
void lfb_latency_arrivals(uint64_t seed, double out[LFB_ARRIVALS]);

#endif
