/*
 * index_refusals.c - part of index.h: which EMPTY and FULL answers are held against a queue. One that promises no such answer, or a weak one,
 * can be blamed for few of them or none.
 */
#include "index.h"

#include <stdlib.h>

/* Whether log `t` has an operation that may have been under way between `call` and `ret`. */
static bool log_overlaps(const struct lfb_history *history, unsigned t, uint64_t call, uint64_t ret)
{
	const struct lfb_history_log *const log = &history->log[t];
	size_t low = 0, high = log->count;

	while (low < high) { /* how many were called by then: those of a thread rise */
		const size_t middle = low + (high - low) / 2;

		if (log->ops[middle].call <= ret)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && check_late(history, log->ops[low - 1].ret) >= call;
}

static bool calls_rise(const struct lfb_history_log *log)
{
	for (size_t i = 1; i < log->count; i++)
		if (log->ops[i].call < log->ops[i - 1].call || log->ops[i].ret < log->ops[i - 1].ret)
			return false;
	return true;
}

/* Keep the refusals during which no other thread was at the queue. */
static size_t keep_lonely(const struct lfb_history *history, struct check_refusal *refusals, size_t count)
{
	size_t kept = 0;

	for (unsigned t = 0; t < history->threads; t++)
		if (!calls_rise(&history->log[t]))
			return 0; /* of a file: what cannot be told is not held against the queue */
	for (size_t i = 0; i < count; i++) {
		bool lonely = true;

		for (unsigned t = 0; lonely && t < history->threads; t++)
			lonely = t == refusals[i].thread || !log_overlaps(history, t, refusals[i].call, refusals[i].ret);
		if (lonely)
			refusals[kept++] = refusals[i];
	}
	return kept;
}

static int by_call(const void *a, const void *b)
{
	const uint64_t x = ((const struct check_refusal *)a)->call, y = ((const struct check_refusal *)b)->call;

	return (x > y) - (x < y);
}

/* Of an answer that is never given, or weak, little or nothing can be held against the queue. */
size_t check_refusals_select(const struct lfb_history *history, enum lfb_answer answer, struct check_refusal *refusals, size_t count)
{
	if (answer == LFB_ANSWER_NEVER)
		return 0;
	if (answer == LFB_ANSWER_WEAK)
		count = keep_lonely(history, refusals, count);
	qsort(refusals, count, sizeof(*refusals), by_call);
	return count;
}
