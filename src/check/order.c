/*
 * order.c - VProd of check.h: the values of one producer in the order in which they leave. Of each thread, since it pushed them
 * one after the other: that needs no clock, and neither does the order in which one thread popped them.
 */
#include "index.h"

#include <stdlib.h>
#include <string.h>

static void found_swapped(const struct check_index *index, struct lfb_witness *witness, const struct check_item *a, const struct check_item *b)
{
	char first[CHECK_VALUE_BYTES], second[CHECK_VALUE_BYTES];

	check_witness_start(witness, LFB_PATTERN_PROD,
			    a->rd == CHECK_NEVER ? "one thread pushed %s and then %s; the second was popped, the first never" :
						   "one thread pushed %s and then %s, but the second was popped first",
			    check_value_text(a->value, first), check_value_text(b->value, second));
	check_witness_add_push(witness, index->history, a->value);
	check_witness_add_push(witness, index->history, b->value);
	check_witness_add_pops(witness, index->history, b->value);
	check_witness_add_pops(witness, index->history, a->value);
}

/* By the clock, between any two consumers. */
static bool by_clock(const struct check_index *index, struct lfb_witness *witness)
{
	for (unsigned t = 0; t < index->history->threads; t++) {
		const struct check_item *latest = NULL;

		for (size_t i = index->first[t]; i < index->first[t + 1]; i++) {
			const struct check_item *const b = &index->items[i];

			if (latest != NULL && b->rd < latest->cd) {
				found_swapped(index, witness, latest, b);
				return false;
			}
			if (b->re != CHECK_NEVER && (latest == NULL || b->cd > latest->cd))
				latest = b;
		}
	}
	return true;
}

/* By the order of one consumer's log. `last` is the item it had last, of each pushing thread. */
static bool in_log(const struct check_index *index, unsigned consumer, const struct check_item **last, struct lfb_witness *witness)
{
	const struct lfb_history_log *const log = &index->history->log[consumer];

	memset(last, 0, sizeof(*last) * index->history->threads);
	for (size_t i = 0; i < log->count; i++) {
		const struct check_item *item;
		unsigned producer;

		if (log->ops[i].kind != LFB_HISTORY_POP || log->ops[i].answer != LFB_HISTORY_OK)
			continue;
		item = check_index_find(index, log->ops[i].value);
		producer = check_index_thread(index, (size_t)(item - index->items));
		if (last[producer] != NULL && item < last[producer]) {
			found_swapped(index, witness, item, last[producer]);
			return false;
		}
		last[producer] = item;
	}
	return true;
}

int check_producer_order(const struct check_index *index, struct lfb_witness *witness)
{
	const struct check_item *last[LFB_HISTORY_THREADS_MAX];

	if (!by_clock(index, witness))
		return 0;
	for (unsigned t = 0; t < index->history->threads; t++)
		if (!in_log(index, t, last, witness))
			return 0;
	return 0;
}
