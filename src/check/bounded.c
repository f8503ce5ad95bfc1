/*
 * bounded.c - VOver and VFull of check.h: what can be said of a full queue without looking for an order of the operations.
 *
 * VOver counts the values that are surely inside at a moment, re <= t < cd: more than the capacity is wrong. VFull counts those that
 * may be inside, ce <= t <= rd: a FULL during which they were fewer than the capacity all the time is wrong. Both counts
 * change at the moments when a value comes or goes; those are merged in order.
 */
#include "index.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Keys of all items that have the moment `of` gives; `of` returns CHECK_NEVER for none. Returns how many. */
static size_t list_times(const struct check_index *index, uint64_t (*of)(const struct check_item *item), struct check_key *keys)
{
	size_t count = 0;

	for (size_t i = 0; i < index->item_count; i++)
		if (of(&index->items[i]) != CHECK_NEVER)
			keys[count++] = (struct check_key){ of(&index->items[i]), i };
	check_sort(keys, count, index->scratch);
	return count;
}

/* Of values that are surely inside for some time. */
static uint64_t sure_start(const struct check_item *item)
{
	return item->re < item->cd ? item->re : CHECK_NEVER;
}

static uint64_t sure_end(const struct check_item *item)
{
	return item->re < item->cd ? item->cd : CHECK_NEVER;
}

static uint64_t possible_start(const struct check_item *item)
{
	return item->ce;
}

static uint64_t possible_end(const struct check_item *item)
{
	return item->rd;
}

/* The moments of two lists, for a sweep. */
struct sweep {
	struct check_key *starts, *ends;
	size_t start_count, end_count;
};

static void sweep_free(struct sweep *sweep)
{
	free(sweep->starts);
	free(sweep->ends);
}

static int sweep_make(const struct check_index *index, uint64_t (*start)(const struct check_item *item),
		      uint64_t (*end)(const struct check_item *item), struct sweep *sweep)
{
	const size_t bytes = (index->item_count + 1) * sizeof(*sweep->starts);

	sweep->starts = malloc(bytes);
	sweep->ends = malloc(bytes);
	if (sweep->starts == NULL || sweep->ends == NULL) {
		sweep_free(sweep);
		return -ENOMEM;
	}
	sweep->start_count = list_times(index, start, sweep->starts);
	sweep->end_count = list_times(index, end, sweep->ends);
	return 0;
}

static void found_over(const struct check_index *index, uint64_t time, uint64_t inside, struct lfb_witness *witness)
{
	check_witness_start(witness, LFB_PATTERN_OVER, "%" PRIu64 " values were in the queue at one moment; it says that it holds %" PRIu64, inside,
			    index->history->contract.capacity);
	for (size_t i = 0; i < index->item_count; i++) {
		if (index->items[i].re > time || index->items[i].cd <= time)
			continue;
		check_witness_add_push(witness, index->history, index->items[i].value);
		check_witness_add_pops(witness, index->history, index->items[i].value);
	}
}

int check_over(const struct check_index *index, struct lfb_witness *witness)
{
	struct sweep sweep;
	size_t gone = 0;
	const int rc = sweep_make(index, sure_start, sure_end, &sweep);

	if (rc != 0)
		return rc;
	for (size_t come = 0; come < sweep.start_count; come++) {
		const uint64_t time = sweep.starts[come].time;

		while (gone < sweep.end_count && sweep.ends[gone].time <= time)
			gone++;
		if (come + 1 - gone > index->history->contract.capacity) {
			found_over(index, time, come + 1 - gone, witness);
			break;
		}
	}
	sweep_free(&sweep);
	return 0;
}

static size_t count_below(const struct check_key *keys, size_t count, uint64_t time, bool or_at)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (keys[middle].time < time || (or_at && keys[middle].time == time))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Values that may be inside at `time`: it began by then and had not ended before. */
static size_t possible_at(const struct sweep *sweep, uint64_t time)
{
	return count_below(sweep->starts, sweep->start_count, time, true) - count_below(sweep->ends, sweep->end_count, time, false);
}

/*
 * The number that may be inside just when the nth value came, as the leaves of a complete binary tree of maxima: the children
 * of n are 2n and 2n + 1, leaf i is at size + i.
 */
struct peaks {
	uint32_t *node;
	size_t size;
};

static int peaks_make(const struct sweep *sweep, struct peaks *peaks)
{
	peaks->size = 1;
	while (peaks->size < sweep->start_count)
		peaks->size *= 2;
	peaks->node = calloc(2 * peaks->size, sizeof(*peaks->node));
	if (peaks->node == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < sweep->start_count; i++)
		peaks->node[peaks->size + i] = (uint32_t)possible_at(sweep, sweep->starts[i].time);
	for (size_t n = peaks->size - 1; n > 0; n--)
		peaks->node[n] = peaks->node[2 * n] > peaks->node[2 * n + 1] ? peaks->node[2 * n] : peaks->node[2 * n + 1];
	return 0;
}

/* The most of leaves first..end-1. */
static size_t peaks_most(const struct peaks *peaks, size_t first, size_t end)
{
	size_t most = 0;

	for (first += peaks->size, end += peaks->size; first < end; first /= 2, end /= 2) {
		if (first % 2 == 1) {
			most = peaks->node[first] > most ? peaks->node[first] : most;
			first++;
		}
		if (end % 2 == 1) {
			end--;
			most = peaks->node[end] > most ? peaks->node[end] : most;
		}
	}
	return most;
}

/* The most that may be inside at any moment of [call, ret]: at its start, or when one came during it. */
static size_t peak_within(const struct sweep *sweep, const struct peaks *peaks, uint64_t call, uint64_t ret)
{
	const size_t first = count_below(sweep->starts, sweep->start_count, call, true);
	const size_t end = count_below(sweep->starts, sweep->start_count, ret, true);
	const size_t before = possible_at(sweep, call), during = peaks_most(peaks, first, end);

	return before > during ? before : during;
}

static void found_full(const struct check_index *index, const struct check_refusal *full, size_t most, struct lfb_witness *witness)
{
	check_witness_start(witness, LFB_PATTERN_FULL, "a push said FULL, though never more than %zu values can have been in the queue, which holds %" PRIu64, most,
			    index->history->contract.capacity);
	check_witness_add(witness, index->history, full->thread, full->at);
	for (size_t i = 0; i < index->item_count; i++) {
		if (index->items[i].ce > full->ret || index->items[i].rd < full->call)
			continue;
		check_witness_add_push(witness, index->history, index->items[i].value);
		check_witness_add_pops(witness, index->history, index->items[i].value);
	}
}

/* Show the wrong answer with the fewest values in its way. */
static void judge_fulls(const struct check_index *index, const struct sweep *sweep, const struct peaks *peaks, struct lfb_witness *witness)
{
	const struct check_refusal *best = NULL;
	size_t least = SIZE_MAX;

	for (size_t f = 0; f < index->full_count; f++) {
		const struct check_refusal *const full = &index->fulls[f];
		const size_t most = peak_within(sweep, peaks, full->call, full->ret);

		if (most < index->history->contract.capacity && most < least) {
			least = most;
			best = full;
		}
	}
	if (best != NULL)
		found_full(index, best, least, witness);
}

int check_full(const struct check_index *index, struct lfb_witness *witness)
{
	struct sweep sweep;
	struct peaks peaks;
	int rc;

	if (index->full_count == 0)
		return 0;
	rc = sweep_make(index, possible_start, possible_end, &sweep);
	if (rc != 0)
		return rc;
	rc = peaks_make(&sweep, &peaks);
	if (rc == 0) {
		judge_fulls(index, &sweep, &peaks, witness);
		free(peaks.node);
	}
	sweep_free(&sweep);
	return rc;
}
