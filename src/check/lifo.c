/*
 * lifo.c - VLifo of check.h: b was pushed on top of a and was still there when a was popped,
 *
 *     re(a) < ce(b), re(b) < cd(a), rd(a) < cd(b).
 *
 * For each a, in the order of the calls of the pops, all b with re(b) < cd(a) are in a tree over the order of ce, which
 * answers which of those with ce(b) > re(a) was popped last. O(n log n).
 */
#include "index.h"

#include <errno.h>
#include <stdlib.h>

/* A complete binary tree of maxima, as an array: the children of n are 2n and 2n + 1, leaf i is at size + i. 0: no item, else item + 1. */
struct tree {
	size_t *node;
	size_t size;
};

static uint64_t time_of(const struct check_index *index, size_t entry)
{
	return entry == 0 ? 0 : index->items[entry - 1].cd;
}

static size_t later(const struct check_index *index, size_t x, size_t y)
{
	return time_of(index, x) >= time_of(index, y) && x != 0 ? x : y;
}

static void tree_put(const struct check_index *index, struct tree *tree, size_t leaf, size_t item)
{
	size_t n = tree->size + leaf;

	tree->node[n] = item + 1;
	for (n /= 2; n > 0; n /= 2)
		tree->node[n] = later(index, tree->node[2 * n], tree->node[2 * n + 1]);
}

/* The latest popped of the leaves from `leaf` on. */
static size_t tree_latest_from(const struct check_index *index, const struct tree *tree, size_t leaf)
{
	size_t n = tree->size + leaf, best;

	if (leaf >= tree->size)
		return 0;
	best = tree->node[n];
	for (; n > 1; n /= 2)
		if (n % 2 == 0)
			best = later(index, best, tree->node[n + 1]);
	return best;
}

/* How many pushes were called at or before `time`: the first leaf that is surely above. */
static size_t calls_until(const struct check_index *index, uint64_t time)
{
	size_t low = 0, high = index->item_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (index->by_ce[middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void found_buried(const struct check_index *index, struct lfb_witness *witness, const struct check_item *a, const struct check_item *b)
{
	char below[CHECK_VALUE_BYTES], above[CHECK_VALUE_BYTES];

	check_witness_start(witness, LFB_PATTERN_LIFO, "%s was popped while %s lay on top of it", check_value_text(a->value, below),
			    check_value_text(b->value, above));
	check_witness_add_push(witness, index->history, a->value);
	check_witness_add_push(witness, index->history, b->value);
	check_witness_add_pops(witness, index->history, a->value);
	check_witness_add_pops(witness, index->history, b->value);
}

/* rank[item] is its place by ce; by_cd are all items in the order of their pop's call. */
static void walk(const struct check_index *index, struct tree *tree, const size_t *rank, const struct check_key *by_cd, struct lfb_witness *witness)
{
	size_t inside = 0;

	for (size_t i = 0; i < index->item_count; i++) {
		const struct check_item *const a = &index->items[by_cd[i].item];
		size_t top;

		if (a->rd == CHECK_NEVER || a->re == CHECK_NEVER)
			continue;
		for (; inside < index->item_count && index->by_re[inside].time < a->cd; inside++)
			tree_put(index, tree, rank[index->by_re[inside].item], index->by_re[inside].item);
		top = tree_latest_from(index, tree, calls_until(index, a->re));
		if (top != 0 && a->rd < time_of(index, top)) {
			found_buried(index, witness, a, &index->items[top - 1]);
			return;
		}
	}
}

int check_lifo(const struct check_index *index, struct lfb_witness *witness)
{
	const size_t count = index->item_count;
	struct check_key *const by_cd = malloc((count + 1) * sizeof(*by_cd));
	size_t *const rank = malloc((count + 1) * sizeof(*rank));
	struct tree tree = { NULL, 1 };
	int rc = -ENOMEM;

	while (tree.size < count)
		tree.size *= 2;
	tree.node = calloc(2 * tree.size, sizeof(*tree.node));
	if (by_cd != NULL && rank != NULL && tree.node != NULL) {
		for (size_t i = 0; i < count; i++) {
			by_cd[i] = (struct check_key){ index->items[i].cd, i };
			rank[index->by_ce[i].item] = i;
		}
		check_sort(by_cd, count, index->scratch);
		walk(index, &tree, rank, by_cd, witness);
		rc = 0;
	}
	free(by_cd);
	free(rank);
	free(tree.node);
	return rc;
}
