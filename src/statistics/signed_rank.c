/* signed_rank.c - see signed_rank.h. */
#include "statistics/signed_rank.h"

#include "statistics/nth_by_count.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Ranks are kept twice as large, so that the mean of two of them is a whole number. The sum of 1 .. n, doubled: */
#define DOUBLED_SUM(n) ((size_t)(n) * ((size_t)(n) + 1))

/* A distance from the bound. */
struct distance {
	double size;
	bool is_above;
};

static int by_size(const void *left, const void *right)
{
	const struct distance *const a = left, *const b = right;

	return a->size < b->size ? -1 : a->size > b->size;
}

/* The distances of all values, the nearest first; NULL without memory. */
static struct distance *make_distances(const double *d, size_t n, double bound)
{
	struct distance *const distances = malloc((n > 0 ? n : 1) * sizeof(*distances));

	if (distances == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		distances[i] = (struct distance){ fabs(d[i] - bound), d[i] > bound };
	qsort(distances, n, sizeof(distances[0]), by_size);
	return distances;
}

/* Doubled ranks, equal distances sharing theirs; 0 for those at the bound. Returns the sum of those above it, or below it. */
static size_t rank_distances(const struct distance *distances, size_t n, bool above, uint32_t *ranks)
{
	size_t sum = 0, first = 0;

	while (first < n) {
		size_t next = first + 1;

		while (next < n && distances[next].size - distances[first].size <= LFB_NTH_RESOLUTION)
			next++;
		for (size_t i = first; i < next; i++) {
			ranks[i] = distances[i].size > LFB_NTH_RESOLUTION ? (uint32_t)(first + next + 1) : 0;
			sum += distances[i].is_above == above ? ranks[i] : 0;
		}
		first = next;
	}
	return sum;
}

/* P(W >= w), W being the sum of ranks each of which is in it with probability 1/2, by adding one rank after the other. */
static double exact_at_least(const uint32_t *ranks, size_t n, size_t w)
{
	double chance[DOUBLED_SUM(SIGNED_RANK_EXACT) + 1], sum = 0;
	size_t most = 0;

	chance[0] = 1;
	for (size_t i = 0; i < n; i++) {
		const size_t rank = ranks[i];

		for (size_t s = most + rank + 1; s-- > 0;)
			chance[s] = ((s <= most ? chance[s] : 0) + (s >= rank ? chance[s - rank] : 0)) / 2;
		most += rank;
	}
	for (size_t s = most + 1; s-- > w;)
		sum += chance[s];
	return fmin(sum, 1);
}

/* The same by the normal distribution; where no ranks are shared, doubled sums are 2 apart, which is the correction's half step of 1. */
static double normal_at_least(const uint32_t *ranks, size_t n, size_t w)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		sum += ranks[i];
		squares += (double)ranks[i] * ranks[i];
	}
	return squares > 0 ? 0.5 * erfc(((double)w - 1 - sum / 2) / sqrt(squares / 2)) : 1;
}

static double at_least(const uint32_t *ranks, size_t n, size_t w)
{
	return n <= SIGNED_RANK_EXACT ? exact_at_least(ranks, n, w) : normal_at_least(ranks, n, w);
}

static double p_beyond(const double *d, size_t n, double bound, bool above)
{
	struct distance *const distances = make_distances(d, n, bound);
	uint32_t *const ranks = malloc((n > 0 ? n : 1) * sizeof(*ranks));
	double p = 1;

	if (distances != NULL && ranks != NULL && n > 0) {
		const size_t w = rank_distances(distances, n, above, ranks);

		p = at_least(ranks, n, w);
	}
	free(ranks);
	free(distances);
	return p;
}

double signed_rank_p_above(const double *d, size_t n, double bound)
{
	return p_beyond(d, n, bound, true);
}

double signed_rank_p_below(const double *d, size_t n, double bound)
{
	return p_beyond(d, n, bound, false);
}

double signed_rank_p_least(size_t n)
{
	return exp2(-(double)n);
}

/* Sorted values, for counting the means of their pairs. */
struct sample {
	const double *sorted;
	size_t n;
};

static double pairs_of(const struct sample *sample)
{
	return (double)sample->n * ((double)sample->n + 1) / 2;
}

/* Pairs i <= j whose mean is at most the limit: as i goes up, the largest j that fits goes down. */
static double count_means(const void *values, double limit)
{
	const struct sample *const sample = values;
	double count = 0;
	size_t fits = sample->n;

	for (size_t i = 0; i < sample->n; i++) {
		while (fits > i && sample->sorted[i] / 2 + sample->sorted[fits - 1] / 2 > limit)
			fits--;
		if (fits <= i)
			break;
		count += (double)(fits - i);
	}
	return count;
}

static double nth_mean(const struct sample *sample, double k)
{
	return lfb_nth_by_count(count_means, sample, k, sample->sorted[0] - 1, sample->sorted[sample->n - 1]);
}

double signed_rank_centre(const double *sorted, size_t n)
{
	const struct sample sample = { sorted, n };

	return n > 0 ? lfb_median_by_count(count_means, &sample, pairs_of(&sample), sorted[0] - 1, sorted[n - 1]) : NAN;
}

/* The largest k with P(W < k) <= tail, W of ranks without ties: the k-th mean from either end. *p is that probability. */
static double interval_rank(const uint32_t *ranks, const struct sample *sample, double tail, double *p)
{
	const size_t sum = DOUBLED_SUM(sample->n);
	double least = 0, most = pairs_of(sample) / 2;

	*p = 0;
	while (most - least >= 1) {
		const double middle = ceil((least + most) / 2);
		const double below = at_least(ranks, sample->n, sum - 2 * ((size_t)middle - 1)); /* W is distributed alike from either end */

		if (below <= tail) {
			least = middle;
			*p = below;
		} else {
			most = middle - 1;
		}
	}
	return least;
}

bool signed_rank_interval(const double *sorted, size_t n, double confidence, double *low, double *high, double *achieved)
{
	const struct sample sample = { sorted, n };
	uint32_t *const ranks = malloc((n > 0 ? n : 1) * sizeof(*ranks));
	double k, p;

	if (ranks == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		ranks[i] = 2 * ((uint32_t)i + 1);
	k = interval_rank(ranks, &sample, (1 - confidence) / 2 * (1 + 1e-9), &p); /* 0.05 is not quite half of 1 - 0.9 */
	free(ranks);
	if (!(k >= 1))
		return false;
	*low = nth_mean(&sample, k);
	*high = nth_mean(&sample, pairs_of(&sample) + 1 - k);
	*achieved = 1 - 2 * p;
	return true;
}
