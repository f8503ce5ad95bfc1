/* probe.c - see probe.h. */
#include "machine/probe.h"

#include "machine/clock.h"
#include "statistics/stats.h"
#include "machine/two_cpus.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define BATCH_ROUND_TRIPS 50u
/* Medians of two windows nearer than this have settled; the coarsest clocks tick in 0.3 % of a batch. */
#define SETTLED 0.03
/* When to take what there is, and when to give up. */
#define PATIENCE_NS UINT64_C(1000000)
#define LIMIT_NS UINT64_C(20000000)

/* The median of `count` batches of the ring, from the one taken as number `from` on. */
static double median_from(const struct lfb_probe_batches *batches, unsigned from, unsigned count)
{
	double values[2 * LFB_PROBE_WINDOW];

	for (unsigned i = 0; i < count; i++)
		values[i] = batches->last_ns[(from + i) % (2 * LFB_PROBE_WINDOW)];
	return lfb_median(values, count);
}

bool lfb_probe_batch(struct lfb_probe_batches *batches, double round_trip_ns)
{
	double older, newer;

	batches->last_ns[batches->taken % (2 * LFB_PROBE_WINDOW)] = round_trip_ns;
	if (batches->taken == 0 || round_trip_ns < batches->min_ns)
		batches->min_ns = round_trip_ns;
	batches->taken++;
	if (!lfb_probe_enough(batches))
		return false;
	older = median_from(batches, batches->taken - 2 * LFB_PROBE_WINDOW, LFB_PROBE_WINDOW);
	newer = median_from(batches, batches->taken - LFB_PROBE_WINDOW, LFB_PROBE_WINDOW);
	return fabs(newer - older) < SETTLED * older;
}

bool lfb_probe_enough(const struct lfb_probe_batches *batches)
{
	return batches->taken >= 2 * LFB_PROBE_WINDOW;
}

struct lfb_probe lfb_probe_of(const struct lfb_probe_batches *batches)
{
	const unsigned ring = 2 * LFB_PROBE_WINDOW;
	const unsigned count = batches->taken < ring ? batches->taken : ring;

	return (struct lfb_probe){ .min_ns = batches->min_ns,
				   .median_ns = median_from(batches, batches->taken - count, count) };
}

/* Time one batch. `number` is that of the last ball thrown. Returns false when the game is over. */
static bool time_batch(struct lfb_two_cpus *two, uint64_t *number, double *round_trip_ns)
{
	const uint64_t start_ns = lfb_clock_now_ns();

	for (unsigned i = 0; i < BATCH_ROUND_TRIPS; i++) {
		lfb_ball_throw(two, *number + 1);
		*number += 2;
		if (!lfb_ball_catch(two, *number))
			return false;
	}
	*round_trip_ns = (double)(lfb_clock_now_ns() - start_ns) / BATCH_ROUND_TRIPS;
	return true;
}

static int lead(struct lfb_two_cpus *two, void *context)
{
	struct lfb_probe_batches *const batches = context;
	const uint64_t enough_ns = lfb_clock_now_ns() + PATIENCE_NS;
	uint64_t number = 0;
	double round_trip_ns;

	while (time_batch(two, &number, &round_trip_ns))
		if (lfb_probe_batch(batches, round_trip_ns) ||
		    (lfb_probe_enough(batches) && lfb_clock_now_ns() >= enough_ns))
			return 0;
	return -ETIMEDOUT;
}

static int follow(struct lfb_two_cpus *two, void *context)
{
	(void)context;
	for (uint64_t number = 1; lfb_ball_catch(two, number); number += 2)
		lfb_ball_throw(two, number + 1);
	return 0;
}

int lfb_probe_round_trip(unsigned cpu_a, unsigned cpu_b, struct lfb_probe *out)
{
	struct lfb_probe_batches batches;
	int rc;

	memset(&batches, 0, sizeof(batches));
	rc = lfb_two_cpus_run(cpu_a, cpu_b, lead, follow, &batches, LIMIT_NS);
	if (rc == 0)
		*out = lfb_probe_of(&batches);
	return rc;
}
