/* steady.c - see steady.h. */
#include "statistics/steady.h"

#include <math.h>

static bool is_rate(double rate)
{
	return rate > 0 && isfinite(rate);
}

bool lfb_steady(const double *rates, size_t n)
{
	double best = 0; /* of all before the newest */

	if (n >= LFB_STEADY_TRIALS_MAX)
		return true;
	if (n < 2 || !is_rate(rates[n - 1]))
		return false;
	for (size_t i = 0; i + 1 < n; i++)
		if (is_rate(rates[i]) && rates[i] > best)
			best = rates[i];
	return best > 0 && rates[n - 1] <= best * (1 + LFB_STEADY_TOLERANCE);
}
