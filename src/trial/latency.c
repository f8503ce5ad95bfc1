/* latency.c - see latency.h. */
#include "trial/latency.h"

#include "statistics/histogram.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Up to this many items all are sampled: reading the clock is cheap beside what so slow a queue does. */
#define SAMPLES_ALL (UINT64_C(1) << 16)
/* One in 64 costs a fast queue less than a nanosecond per item; more are only left out to save memory. */
#define SHIFT_FOR_SPEED 6u
/* Samples of one trial at most, in 8 MiB of stamps. */
#define SAMPLES_MAX (UINT64_C(1) << 20)

uint32_t lfb_latency_sample_shift(uint64_t items)
{
	uint32_t shift = 0;

	while (items >> shift > SAMPLES_ALL && (shift < SHIFT_FOR_SPEED || items >> shift > SAMPLES_MAX))
		shift++;
	return shift;
}

void lfb_latency_arrivals(uint64_t seed, double out[LFB_ARRIVALS])
{
	struct lfb_rng rng;
	double at = 0;

	lfb_rng_seed(&rng, seed);
	for (uint32_t i = 0; i < LFB_ARRIVALS; i++) {
		/* 53 random bits: uniform in (0, 1], whose logarithm is finite. */
		const double uniform = (double)((lfb_rng_next(&rng) >> 11) + 1) * 0x1p-53;

		out[i] = at;
		at -= log(uniform);
	}
	for (uint32_t i = 0; i < LFB_ARRIVALS; i++)
		out[i] *= LFB_ARRIVALS / at;
}

static uint64_t slots_of(uint64_t values, uint32_t shift)
{
	return (values >> shift) + 1;
}

/* One mapping for the stamps of all producers, present in memory before the trial. */
static int map_stamps(struct lfb_latency_trial *trial, const uint64_t *produced, uint32_t producers)
{
	const uint32_t shift = trial->plan.sample_shift;
	uint64_t slots = 0, *at;
	void *map;

	for (uint32_t p = 0; p < producers; p++)
		slots += slots_of(produced[p], shift);
	map = mmap(NULL, slots * sizeof(*at), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (map == MAP_FAILED)
		return -ENOMEM;
	trial->stamps = at = (uint64_t *)map;
	trial->stamps_bytes = slots * sizeof(*at);
	for (uint32_t p = 0; p < producers; p++) {
		trial->sent[p] = (struct lfb_sent){ .ticks = at, .slots = slots_of(produced[p], shift) };
		at += trial->sent[p].slots;
	}
	return 0;
}

/* Ticks of a duration: the reverse of lfb_ticks_ns. */
static double ticks_of(const struct lfb_timebase *timebase, double ns)
{
	return ns * ldexp(1, (int)timebase->shift) / (double)timebase->mult;
}

static int plan_arrivals(struct lfb_latency_trial *trial, const struct lfb_shape *shape, uint64_t seed)
{
	if (shape->rate_per_s == 0)
		return 0;
	trial->plan.ticks_per_item = ticks_of(&trial->plan.time, 1e9 / (double)shape->rate_per_s);
	trial->plan.lead_ticks = (uint64_t)ticks_of(&trial->plan.time, (double)LFB_LATENCY_LEAD_NS);
	if (shape->arrival == LFB_ARRIVAL_FIXED)
		return 0;
	trial->arrivals = (double *)malloc(LFB_ARRIVALS * sizeof(trial->arrivals[0]));
	if (trial->arrivals == NULL)
		return -ENOMEM;
	lfb_latency_arrivals(seed, trial->arrivals);
	trial->plan.arrivals = trial->arrivals;
	trial->plan.arrivals_period = LFB_ARRIVALS;
	return 0;
}

int lfb_latency_prepare(struct lfb_latency_trial *trial, const struct lfb_shape *shape, const struct lfb_timebase *timebase,
			const uint64_t *produced, uint32_t producers, uint32_t threads, uint64_t seed)
{
	uint64_t items = 0;
	int rc;

	memset(trial, 0, sizeof(*trial));
	for (uint32_t p = 0; p < producers; p++)
		items += produced[p];
	trial->threads = threads;
	trial->plan.time = *timebase;
	trial->plan.sample_shift = lfb_latency_sample_shift(items);
	trial->plan.producers = producers;
	trial->sent = (struct lfb_sent *)calloc(producers, sizeof(trial->sent[0]));
	trial->histograms = (struct lfb_histogram *)malloc(2 * (size_t)threads * sizeof(trial->histograms[0]));
	if (trial->sent == NULL || trial->histograms == NULL)
		return -ENOMEM;
	trial->plan.sent = trial->sent;
	for (uint32_t i = 0; i < 2 * threads; i++)
		lfb_histogram_init(&trial->histograms[i]);
	rc = map_stamps(trial, produced, producers);
	return rc != 0 ? rc : plan_arrivals(trial, shape, seed);
}

double lfb_latency_scheduled_ns(const struct lfb_latency_trial *trial, uint64_t items)
{
	const struct lfb_latency_plan *const plan = &trial->plan;
	const uint64_t last = items - 1;
	double gaps = (double)last;

	if (plan->arrivals != NULL)
		gaps = (double)(last / LFB_ARRIVALS) * plan->arrivals_period + plan->arrivals[last % LFB_ARRIVALS];
	return gaps * plan->ticks_per_item / ticks_of(&plan->time, 1);
}

void lfb_latency_free(struct lfb_latency_trial *trial)
{
	if (trial->stamps != NULL)
		(void)munmap(trial->stamps, trial->stamps_bytes);
	free(trial->sent);
	free(trial->arrivals);
	free(trial->histograms);
	memset(trial, 0, sizeof(*trial));
}

void lfb_latency_brief(struct lfb_latency_trial *trial, uint32_t index, struct lfb_thread *thread)
{
	thread->latency = &trial->plan;
	thread->service = &trial->histograms[2 * (size_t)index];
	thread->response = &trial->histograms[2 * (size_t)index + 1];
}

static void merge(const struct lfb_latency_trial *trial, uint32_t which, struct lfb_histogram *out)
{
	lfb_histogram_init(out);
	for (uint32_t i = 0; i < trial->threads; i++)
		lfb_histogram_merge(out, &trial->histograms[2 * (size_t)i + which]);
}

void lfb_latency_service(const struct lfb_latency_trial *trial, struct lfb_histogram *out)
{
	merge(trial, 0, out);
}

void lfb_latency_response(const struct lfb_latency_trial *trial, struct lfb_histogram *out)
{
	merge(trial, 1, out);
}
