/* regime.c - see regime.h. */
#include "machine/regime.h"

#include "machine/clock.h"
#include "machine/cpu_set.h"
#include "statistics/stats.h"

#include <math.h>

/* When no further pair is started. A probe itself takes 20 ms at most. */
#define ENOUGH_NS UINT64_C(20000000)

/*
 * Which neighbours are the nth pair: all of them are pairs, or LFB_REGIME_PAIRS spread from the
 * first to the last.
 */
static unsigned place_of(unsigned nth, unsigned neighbours)
{
	if (neighbours <= LFB_REGIME_PAIRS)
		return nth;
	return (unsigned)((uint64_t)nth * (neighbours - 1) / (LFB_REGIME_PAIRS - 1));
}

static unsigned count_distinct(const unsigned *cpus, unsigned count, struct lfb_cpu_set *seen)
{
	unsigned distinct = 0;

	lfb_cpu_set_clear(seen);
	for (unsigned i = 0; i < count; i++)
		distinct += lfb_cpu_set_add(seen, cpus[i]);
	return distinct;
}

void lfb_regime_choose(const unsigned *cpus, unsigned count, struct lfb_regime *out)
{
	struct lfb_cpu_set seen;
	const unsigned distinct = count_distinct(cpus, count, &seen);
	const unsigned neighbours = distinct > 1 ? distinct - 1 : 0;
	unsigned nth = 0, before = 0;

	out->pairs = 0;
	lfb_cpu_set_clear(&seen);
	for (unsigned i = 0; i < count && out->pairs < LFB_REGIME_PAIRS; i++) {
		if (!lfb_cpu_set_add(&seen, cpus[i]))
			continue;
		/* This is distinct CPU number `nth`, neighbour number nth - 1 of the one before. */
		if (nth > 0 && nth - 1 == place_of(out->pairs, neighbours)) {
			out->cpu[out->pairs][0] = before;
			out->cpu[out->pairs][1] = cpus[i];
			out->pairs++;
		}
		before = cpus[i];
		nth++;
	}
}

int lfb_regime_probe(const struct lfb_regime *regime, struct lfb_regime_reading *out)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	unsigned measured = 0;
	int first_rc = 0;

	out->pairs = regime->pairs;
	for (unsigned i = 0; i < regime->pairs; i++) {
		int rc;

		out->pair[i] = (struct lfb_probe){ NAN, NAN };
		if (lfb_clock_now_ns() - start_ns >= ENOUGH_NS)
			continue;
		rc = lfb_probe_round_trip(regime->cpu[i][0], regime->cpu[i][1], &out->pair[i]);
		measured += rc == 0;
		if (i == 0)
			first_rc = rc;
	}
	return measured > 0 ? 0 : first_rc;
}

double lfb_regime_ns(const struct lfb_regime_reading *reading)
{
	double medians[LFB_REGIME_PAIRS];
	unsigned count = 0;

	for (unsigned i = 0; i < reading->pairs; i++)
		if (!isnan(reading->pair[i].median_ns))
			medians[count++] = reading->pair[i].median_ns;
	return lfb_median(medians, count);
}

bool lfb_regime_changed(const struct lfb_regime_reading *before, const struct lfb_regime_reading *after)
{
	const unsigned pairs = before->pairs < after->pairs ? before->pairs : after->pairs;

	for (unsigned i = 0; i < pairs; i++) {
		const double a = before->pair[i].median_ns, b = after->pair[i].median_ns;

		/* Comparisons with NAN are false. */
		if (fabs(a - b) > LFB_REGIME_STEP_NS && (a > b * LFB_REGIME_FACTOR || b > a * LFB_REGIME_FACTOR))
			return true;
	}
	return false;
}
