/* fifo.c - VOrd and VWit, see check.h: what makes a history of an unbounded FIFO queue wrong. */
#include "index.h"

#include <errno.h>
#include <stdlib.h>

static void found_order(const struct check_index *index, struct lfb_witness *witness, const struct check_item *a, const struct check_item *b)
{
	char first[CHECK_VALUE_BYTES], second[CHECK_VALUE_BYTES];

	check_value_text(a->value, first);
	check_value_text(b->value, second);
	check_witness_start(witness, LFB_PATTERN_ORD,
			    a->rd == CHECK_NEVER ? "%s was in the queue before the push of %s began, and the other was popped, but it never was" :
						   "%s was in the queue before the push of %s began, but the other was popped first",
			    first, second);
	check_witness_add_push(witness, index->history, a->value);
	check_witness_add_push(witness, index->history, b->value);
	check_witness_add_pops(witness, index->history, b->value);
	check_witness_add_pops(witness, index->history, a->value);
}

/*
 * Values in the order of their push's call; beside it, of all values whose push had returned by then, the one whose pop was
 * called last. If that is after this value's pop had returned, the two are in the wrong order.
 */
int check_fifo_order(const struct check_index *index, struct lfb_witness *witness)
{
	const struct check_item *latest = NULL;
	size_t done = 0;

	for (size_t i = 0; i < index->item_count; i++) {
		const struct check_item *const b = &index->items[index->by_ce[i].item];

		for (; done < index->item_count && index->by_re[done].time < b->ce; done++) {
			const struct check_item *const a = &index->items[index->by_re[done].item];

			if (latest == NULL || a->cd > latest->cd)
				latest = a;
		}
		if (latest != NULL && b->rd < latest->cd) {
			found_order(index, witness, latest, b);
			return 0;
		}
	}
	return 0;
}

/* Of the values whose push returned before `time`, the one whose pop was called last: prefix[i] is among the first i + 1 by return. */
static const struct check_item *best_before(const struct check_index *index, const size_t *prefix, uint64_t time)
{
	size_t low = 0, high = index->item_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (index->by_re[middle].time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &index->items[prefix[low - 1]] : NULL;
}

/*
 * Fewest values that cover a refusal: each time the one that lasts longest. 0: they do not cover it, or it takes more than `most`. `witness` may be NULL;
 * what it has no room for is not looked up in the logs, which would take the length of the chain times that of the logs.
 */
static size_t chain(const struct check_index *index, const size_t *prefix, const struct check_refusal *empty, size_t most, struct lfb_witness *witness)
{
	uint64_t until = empty->call;
	size_t length = 0;

	for (;;) {
		const struct check_item *const x = best_before(index, prefix, until);

		if (x == NULL || x->cd <= until)
			return 0;
		if (++length > most)
			return 0;
		if (witness != NULL && witness->count == LFB_WITNESS_MAX) {
			witness->more += 2;
		} else if (witness != NULL) {
			check_witness_add_push(witness, index->history, x->value);
			check_witness_add_pops(witness, index->history, x->value);
		}
		if (x->cd > empty->ret)
			return length;
		until = x->cd;
	}
}

static void found_wrong_empty(const struct check_index *index, const size_t *prefix, const struct check_refusal *empty, size_t length,
			      struct lfb_witness *witness)
{
	check_witness_start(witness, LFB_PATTERN_WIT,
			    length == 1 ? "a pop said EMPTY while a value was in the queue all the time" :
					  "a pop said EMPTY though at every moment of it one of %zu values was in the queue",
			    length);
	check_witness_add(witness, index->history, empty->thread, empty->at);
	(void)chain(index, prefix, empty, SIZE_MAX, witness);
}

/* Refusals whose chain is looked for, to show the shortest; to decide, one suffices. */
#define CHAINS_TRIED 1000u
/* And about so many links of them: chains as long as the logs are made to take time. */
#define LINKS_TRIED 1000000u

static int prefixes(const struct check_index *index, size_t **out)
{
	size_t *const prefix = malloc((index->item_count + 1) * sizeof(*prefix));

	if (prefix == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < index->item_count; i++) {
		const size_t item = index->by_re[i].item;

		prefix[i] = i > 0 && index->items[prefix[i - 1]].cd >= index->items[item].cd ? prefix[i - 1] : item;
	}
	*out = prefix;
	return 0;
}

/* The refusal with the shortest chain among the first that are wrong. */
static int show_wrong_empty(const struct check_index *index, size_t from, struct lfb_witness *witness)
{
	const struct check_refusal *best = NULL;
	size_t *prefix, shortest = SIZE_MAX;
	const int rc = prefixes(index, &prefix);

	if (rc != 0)
		return rc;
	for (size_t i = from, links = 0; i < index->empty_count && i < from + CHAINS_TRIED && shortest > 1 && links < LINKS_TRIED; i++) {
		const size_t length = chain(index, prefix, &index->empties[i], shortest - 1, NULL);

		links += length > 0 ? length : best != NULL ? shortest : 1;
		if (length > 0) {
			shortest = length;
			best = &index->empties[i];
		}
	}
	if (best != NULL)
		found_wrong_empty(index, prefix, best, shortest, witness);
	free(prefix);
	return 0;
}

/* A time in which the queue was surely not empty. */
struct stretch {
	uint64_t start, end;
};

/*
 * A value is surely inside between its push's return and its pop's call. Merge such stretches, from number *at by return on, as long
 * as each begins before the one before ends. false: there are no more.
 */
static bool next_stretch(const struct check_index *index, size_t *at, struct stretch *out)
{
	const struct check_key *const by_re = index->by_re;

	while (*at < index->item_count && index->items[by_re[*at].item].cd <= by_re[*at].time)
		++*at;
	if (*at == index->item_count)
		return false;
	*out = (struct stretch){ by_re[*at].time, index->items[by_re[*at].item].cd };
	for (++*at; *at < index->item_count && by_re[*at].time < out->end; ++*at)
		if (index->items[by_re[*at].item].cd > out->end)
			out->end = index->items[by_re[*at].item].cd;
	return true;
}

/* Stretches do not overlap: a refusal can lie within the last one that began before it, or in none. */
int check_empty(const struct check_index *index, struct lfb_witness *witness)
{
	struct stretch last = { 0, 0 }, ahead;
	size_t at = 0;
	bool more = next_stretch(index, &at, &ahead);

	for (size_t e = 0; e < index->empty_count; e++) {
		const struct check_refusal *const empty = &index->empties[e];

		while (more && ahead.start < empty->call) {
			last = ahead;
			more = next_stretch(index, &at, &ahead);
		}
		if (last.start < empty->call && empty->ret < last.end)
			return show_wrong_empty(index, e, witness);
	}
	return 0;
}
