/* epsilon.c - see epsilon.h. */
#include "epsilon.h"

#include "machine/affinity.h"
#include "machine/clock_offset.h"

#include <math.h>

/* Where several CPUs' clocks could not be compared: more than any machine with a working clock source has. */
#define EPSILON_UNKNOWN_NS 20000.0
#define MEASUREMENTS 3u

double lfb_ticks_per_ns(const struct lfb_timebase *time)
{
	return ldexp(1.0, (int)time->shift) / (double)time->mult;
}

/* The least of some measurements, each of which is a bound. */
static double measure_epsilon_ns(const struct lfb_timebase *time)
{
	struct lfb_cpu_list cpus = { NULL, 0 };
	double least = EPSILON_UNKNOWN_NS;

	if (lfb_affinity_read(&cpus) != 0)
		return least;
	for (unsigned i = 0; i < MEASUREMENTS && cpus.count > 1; i++) {
		const double width = lfb_clock_offset_among(time, cpus.cpus, (unsigned)cpus.count);

		if (!isnan(width) && width >= 0 && width < least)
			least = width;
	}
	if (cpus.count == 1)
		least = 0;
	lfb_cpu_list_clear(&cpus);
	return least;
}

uint64_t lfb_check_epsilon_ticks(const struct lfb_timebase *time)
{
	return (uint64_t)ceil(measure_epsilon_ns(time) * lfb_ticks_per_ns(time));
}
