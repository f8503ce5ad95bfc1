/*
 * sort.c - check_sort of index.h. Logs are sorted, so what is to be sorted is a few rising runs, one per thread: found as they
 * are and merged in pairs, that takes log2(threads) passes.
 */
#include "index.h"

#include <string.h>

/* One past the last of the run that starts at `start`. */
static size_t run_end(const struct check_key *keys, size_t start, size_t count)
{
	size_t end = start + 1;

	while (end < count && keys[end - 1].time <= keys[end].time)
		end++;
	return end < count ? end : count;
}

static void merge(const struct check_key *a, size_t a_count, const struct check_key *b, size_t b_count, struct check_key *out)
{
	size_t i = 0, k = 0;

	while (i < a_count && k < b_count)
		*out++ = b[k].time < a[i].time ? b[k++] : a[i++];
	memcpy(out, a + i, (a_count - i) * sizeof(*out));
	memcpy(out + (a_count - i), b + k, (b_count - k) * sizeof(*out));
}

/* Merge neighbouring runs of `from` in pairs into `to`. Returns how many runs that were. */
static size_t merge_pairs(const struct check_key *from, size_t count, struct check_key *to)
{
	size_t start = 0, pairs = 0;

	while (start < count) {
		const size_t middle = run_end(from, start, count);
		const size_t end = middle < count ? run_end(from, middle, count) : middle;

		merge(from + start, middle - start, from + middle, end - middle, to + start);
		start = end;
		pairs++;
	}
	return pairs;
}

void check_sort(struct check_key *keys, size_t count, struct check_key *scratch)
{
	struct check_key *from = keys, *to = scratch;

	if (count == 0 || run_end(keys, 0, count) == count)
		return;
	for (;;) {
		const size_t pairs = merge_pairs(from, count, to);
		struct check_key *const swap = from;

		from = to;
		to = swap;
		if (pairs == 1)
			break;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(*keys));
}
