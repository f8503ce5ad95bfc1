/* nth_by_count.c - see nth_by_count.h. */
#include "statistics/nth_by_count.h"

#include <math.h>

double lfb_nth_by_count(lfb_count_fn count, const void *values, double k, double low, double high)
{
	while (high - low > LFB_NTH_RESOLUTION / 4 && low + (high - low) / 2 > low && low + (high - low) / 2 < high) {
		const double middle = low + (high - low) / 2;

		if (count(values, middle) >= k)
			high = middle;
		else
			low = middle;
	}
	return fabs(high) < LFB_NTH_RESOLUTION ? 0 : high;
}

double lfb_median_by_count(lfb_count_fn count, const void *values, double total, double low, double high)
{
	const double below = floor((total + 1) / 2);

	if (floor(total / 2) * 2 < total)
		return lfb_nth_by_count(count, values, below, low, high);
	return lfb_nth_by_count(count, values, below, low, high) / 2 + lfb_nth_by_count(count, values, below + 1, low, high) / 2;
}
