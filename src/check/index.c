/* index.c - see index.h. */
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_item(const struct lfb_history_op *op)
{
	return op->kind == LFB_HISTORY_PUSH && op->answer != LFB_HISTORY_REFUSED;
}

/* What will be needed, and whether all of it is sound. */
struct census {
	size_t items, empties, fulls;
};

static int count_ops(const struct lfb_history *history, struct census *census, struct lfb_error *error)
{
	memset(census, 0, sizeof(*census));
	if (history->epsilon_ticks >= LFB_HISTORY_TICKS_MAX)
		return lfb_fail(error, -EINVAL, "the uncertainty of the clock is longer than any history");
	for (unsigned t = 0; t < history->threads; t++) {
		if (history->log[t].count > UINT32_MAX)
			return lfb_fail(error, -EINVAL, "thread %u has more than 2^32 operations", t);
		for (size_t i = 0; i < history->log[t].count; i++) {
			const struct lfb_history_op *const op = &history->log[t].ops[i];

			if (!lfb_history_op_valid(op))
				return lfb_fail(error, -EINVAL, "operation %zu of thread %u is none: it returned before its call, or is of no known kind", i + 1, t);
			census->items += is_item(op);
			census->empties += op->kind == LFB_HISTORY_POP && op->answer == LFB_HISTORY_REFUSED;
			census->fulls += op->kind == LFB_HISTORY_PUSH && op->answer == LFB_HISTORY_REFUSED;
		}
	}
	return 0;
}

static void *take(size_t count, size_t bytes)
{
	return malloc(count > 0 ? count * bytes : 1); /* what fits into a history fits into size_t */
}

static int take_memory(struct check_index *index, const struct census *census)
{
	index->items = take(census->items, sizeof(*index->items));
	index->empties = take(census->empties, sizeof(*index->empties));
	index->fulls = take(census->fulls, sizeof(*index->fulls));
	index->by_ce = take(census->items, sizeof(*index->by_ce));
	index->by_re = take(census->items, sizeof(*index->by_re));
	index->scratch = take(census->items, sizeof(*index->scratch));
	return index->items == NULL || index->empties == NULL || index->fulls == NULL || index->by_ce == NULL || index->by_re == NULL ||
			       index->scratch == NULL ?
		       -ENOMEM :
		       0;
}

void check_index_free(struct check_index *index)
{
	free(index->items);
	free(index->by_value);
	free(index->empties);
	free(index->fulls);
	free(index->by_ce);
	free(index->by_re);
	free(index->scratch);
	memset(index, 0, sizeof(*index));
}

/* An item per push, in the order of the logs. */
static void list_items(struct check_index *index)
{
	const struct lfb_history *const history = index->history;
	size_t n = 0;

	index->sorted = true;
	for (unsigned t = 0; t < history->threads; t++) {
		index->first[t] = n;
		for (size_t i = 0; i < history->log[t].count; i++) {
			const struct lfb_history_op *const op = &history->log[t].ops[i];

			if (!is_item(op))
				continue;
			index->sorted = index->sorted && (n == 0 || index->items[n - 1].value < op->value);
			index->items[n++] = (struct check_item){ op->value, op->call, check_late(history, op->ret), CHECK_NEVER, CHECK_NEVER };
		}
	}
	index->first[history->threads] = index->item_count = n;
}

/* For values that do not rise through the logs, as in a file they need not: an order in which they do. */
static int sort_values(struct check_index *index, struct lfb_error *error)
{
	char text[CHECK_VALUE_BYTES];

	if (index->sorted)
		return 0;
	index->by_value = take(index->item_count, sizeof(*index->by_value));
	if (index->by_value == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < index->item_count; i++)
		index->by_value[i] = (struct check_key){ index->items[i].value, i };
	check_sort(index->by_value, index->item_count, index->scratch);
	for (size_t i = 1; i < index->item_count; i++)
		if (index->by_value[i].time == index->by_value[i - 1].time)
			return lfb_fail(error, -EINVAL, "value %s is pushed twice; values of a history must be distinct",
					check_value_text(index->by_value[i].time, text));
	return 0;
}

static uint64_t value_at(const struct check_index *index, size_t at)
{
	return index->sorted ? index->items[at].value : index->by_value[at].time;
}

struct check_item *check_index_find(const struct check_index *index, uint64_t value)
{
	size_t low = 0, high = index->item_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (value_at(index, middle) < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->item_count || value_at(index, low) != value)
		return NULL;
	return &index->items[index->sorted ? low : index->by_value[low].item];
}

/*
 * The item of a value popped; `guess` is where the last one of the same producer was found. Values of a producer count up: a step from there is
 * nearly always right, and a search finds the others.
 */
static struct check_item *find_near(const struct check_index *index, uint64_t value, size_t *guess)
{
	struct check_item *item;

	if (index->sorted) {
		const size_t at = *guess + (size_t)(value - (*guess < index->item_count ? index->items[*guess].value : value));

		if (at < index->item_count && index->items[at].value == value) {
			*guess = at;
			return &index->items[at];
		}
	}
	item = check_index_find(index, value);
	if (item != NULL)
		*guess = (size_t)(item - index->items);
	return item;
}

unsigned check_index_thread(const struct check_index *index, size_t item)
{
	unsigned t = 0;

	while (t + 1 < index->history->threads && index->first[t + 1] <= item)
		t++;
	return t;
}

static void found_fresh(const struct check_index *index, struct lfb_witness *witness, uint64_t value, bool pushed)
{
	char text[CHECK_VALUE_BYTES];

	check_value_text(value, text);
	check_witness_start(witness, LFB_PATTERN_FRESH, pushed ? "%s was popped before its push was called" : "%s was popped, but nobody pushed it", text);
	check_witness_add_push(witness, index->history, value);
	check_witness_add_pops(witness, index->history, value);
}

static void found_repeated(const struct check_index *index, struct lfb_witness *witness, uint64_t value)
{
	char text[CHECK_VALUE_BYTES];

	check_witness_start(witness, LFB_PATTERN_REPET, "%s was popped twice", check_value_text(value, text));
	check_witness_add_push(witness, index->history, value);
	check_witness_add_pops(witness, index->history, value);
}

/* One pop that brought a value. false: it violates something. */
static bool note_pop(struct check_index *index, const struct lfb_history_op *op, size_t *guess, struct lfb_witness *witness)
{
	struct check_item *const item = find_near(index, op->value, guess);

	if (item == NULL || check_late(index->history, op->ret) < item->ce) {
		found_fresh(index, witness, op->value, item != NULL);
		return false;
	}
	if (item->cd != CHECK_NEVER) {
		found_repeated(index, witness, op->value);
		return false;
	}
	item->cd = op->call;
	item->rd = check_late(index->history, op->ret);
	return true;
}

/* All but the items: pops of values into their items, refusals, pops that never returned. false: a violation. */
static bool note_answers(struct check_index *index, struct lfb_witness *witness)
{
	const struct lfb_history *const history = index->history;

	index->pending_pop_call = CHECK_NEVER;
	for (unsigned t = 0; t < history->threads; t++) {
		size_t guess[16] = { 0 }; /* by the low bits of the producer */

		for (size_t i = 0; i < history->log[t].count; i++) {
			const struct lfb_history_op *const op = &history->log[t].ops[i];
			const struct check_refusal refusal = { op->call, check_late(history, op->ret), t, (uint32_t)i };

			if (op->answer == LFB_HISTORY_REFUSED && op->kind == LFB_HISTORY_POP)
				index->empties[index->empty_count++] = refusal;
			else if (op->answer == LFB_HISTORY_REFUSED)
				index->fulls[index->full_count++] = refusal;
			if (op->kind != LFB_HISTORY_POP || op->answer == LFB_HISTORY_REFUSED)
				continue;
			if (op->answer == LFB_HISTORY_PENDING) {
				index->pending_pops++;
				index->pending_pop_call = op->call < index->pending_pop_call ? op->call : index->pending_pop_call;
			} else if (!note_pop(index, op, &guess[(op->value >> LFB_VALUE_SHIFT) & 15], witness)) {
				return false;
			}
		}
	}
	return true;
}

/* A pop that never returned may have taken any value that nobody else has, from its call on. */
static void apply_pending_pops(struct check_index *index)
{
	for (size_t i = 0; index->pending_pops > 0 && i < index->item_count; i++)
		if (index->items[i].cd == CHECK_NEVER)
			index->items[i].cd = index->pending_pop_call;
}

static void sort_items(struct check_index *index)
{
	for (size_t i = 0; i < index->item_count; i++) {
		index->by_ce[i] = (struct check_key){ index->items[i].ce, i };
		index->by_re[i] = (struct check_key){ index->items[i].re, i };
	}
	check_sort(index->by_ce, index->item_count, index->scratch);
	check_sort(index->by_re, index->item_count, index->scratch);
}

int check_index_make(const struct lfb_history *history, struct check_index *index, struct lfb_witness *witness, struct lfb_error *error)
{
	struct census census;
	int rc;

	memset(index, 0, sizeof(*index));
	index->history = history;
	rc = count_ops(history, &census, error);
	if (rc == 0)
		rc = take_memory(index, &census);
	if (rc != 0)
		return rc;
	list_items(index);
	rc = sort_values(index, error);
	if (rc != 0 || !note_answers(index, witness))
		return rc;
	index->empty_count = check_refusals_select(history, history->contract.empty, index->empties, index->empty_count);
	index->full_count = check_refusals_select(history, history->contract.full, index->fulls, index->full_count);
	apply_pending_pops(index);
	sort_items(index);
	return 0;
}
