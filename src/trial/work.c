/* work.c - see work.h. */
#include "trial/work.h"

#include "machine/clock.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Rounds of one measurement, some 100 us, and how many are made: the fastest was disturbed least. */
#define MEASURED_ROUNDS 100000u
#define MEASUREMENTS 20
/* Of the bimodal distribution: the share of long ones, and how much longer they are. */
#define LONG_SHARE 0.1
#define LONG_FACTOR 91.0

double lfb_work_rounds_per_ns(void)
{
	static double rounds_per_ns; /* one thread makes work, before others start */
	double best = 0;

	for (int i = 0; i < MEASUREMENTS && rounds_per_ns == 0; i++) {
		const uint64_t start_ns = lfb_clock_now_ns();
		uint64_t took_ns;

		lfb_work_rounds(MEASURED_ROUNDS);
		took_ns = lfb_clock_now_ns() - start_ns;
		if (took_ns > 0 && MEASURED_ROUNDS / (double)took_ns > best)
			best = MEASURED_ROUNDS / (double)took_ns;
	}
	if (rounds_per_ns == 0)
		rounds_per_ns = best;
	return rounds_per_ns;
}

/* One length in units of the mean. */
static double draw(enum lfb_work_dist dist, struct lfb_rng *rng)
{
	const double uniform = (double)((lfb_rng_next(rng) >> 11) + 1) * 0x1p-53; /* (0, 1] */

	switch (dist) {
	case LFB_WORK_EXPONENTIAL:
		return -log(uniform);
	case LFB_WORK_BIMODAL:
		return uniform <= LONG_SHARE ? LONG_FACTOR : 1;
	case LFB_WORK_CONSTANT:
		break;
	}
	return 1;
}

int lfb_work_make(struct lfb_work *work, uint64_t mean_ns, enum lfb_work_dist dist)
{
	double length[LFB_WORK_ITEMS], sum = 0, scale;
	struct lfb_rng rng;

	*work = (struct lfb_work){ .mean_ns = mean_ns };
	if (mean_ns == 0)
		return 0;
	work->rounds = (uint32_t *)malloc(LFB_WORK_ITEMS * sizeof(work->rounds[0]));
	if (work->rounds == NULL)
		return -ENOMEM;
	lfb_rng_seed(&rng, (uint64_t)dist);
	for (unsigned i = 0; i < LFB_WORK_ITEMS; i++)
		sum += length[i] = draw(dist, &rng);
	scale = (double)mean_ns * LFB_WORK_ITEMS / sum * lfb_work_rounds_per_ns();
	for (unsigned i = 0; i < LFB_WORK_ITEMS; i++)
		work->rounds[i] = length[i] * scale < UINT32_MAX ? (uint32_t)(length[i] * scale + 0.5) : UINT32_MAX;
	return 0;
}

void lfb_work_free(struct lfb_work *work)
{
	free(work->rounds);
	work->rounds = NULL;
}

double lfb_work_ns(const struct lfb_work *work, uint64_t n)
{
	return work->rounds == NULL ? 0 : work->rounds[n % LFB_WORK_ITEMS] / lfb_work_rounds_per_ns();
}
