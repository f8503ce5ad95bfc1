/* bursts.c - check_bursts of exact.h: cutting a history into bursts, and making a wrong one smaller. */
#include "exact.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Histories of so many operations are too long to be made of bursts. */
#define OPS_MAX ((size_t)1 << 22)

static void list_op(const struct check_index *index, unsigned thread, size_t at, struct check_exact_op *out)
{
	const struct lfb_history *const history = index->history;
	const struct lfb_history_op *const op = &history->log[thread].ops[at];
	const uint64_t ret = op->ret == LFB_HISTORY_NEVER ? CHECK_NEVER : op->ret + history->epsilon_ticks;

	*out = (struct check_exact_op){ op->value, op->call, ret, op->kind, op->answer, thread, (uint32_t)at };
}

/* All operations but the refusals that the contract allows. Returns how many. */
static size_t list_ops(const struct check_index *index, struct check_exact_op *ops)
{
	const struct lfb_history *const history = index->history;
	size_t count = 0;

	for (unsigned t = 0; t < history->threads; t++)
		for (size_t i = 0; i < history->log[t].count; i++)
			if (history->log[t].ops[i].answer != LFB_HISTORY_REFUSED)
				list_op(index, t, i, &ops[count++]);
	for (size_t i = 0; i < index->empty_count; i++)
		list_op(index, index->empties[i].thread, index->empties[i].at, &ops[count++]);
	for (size_t i = 0; i < index->full_count; i++)
		list_op(index, index->fulls[i].thread, index->fulls[i].at, &ops[count++]);
	return count;
}

static int by_call(const void *a, const void *b)
{
	const struct check_exact_op *const x = a, *const y = b;

	if (x->call != y->call)
		return x->call < y->call ? -1 : 1;
	return x->thread != y->thread ? (x->thread > y->thread) - (x->thread < y->thread) : (x->at > y->at) - (x->at < y->at);
}

static unsigned drop(struct check_exact_op *ops, unsigned count, unsigned at)
{
	memmove(ops + at, ops + at + 1, (count - at - 1) * sizeof(*ops));
	return count - 1;
}

static bool has_full(const struct check_exact_op *ops, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (ops[i].kind == LFB_HISTORY_PUSH && ops[i].answer == LFB_HISTORY_REFUSED)
			return true;
	return false;
}

/*
 * Leave out operation `at` if what remains of a good history is good: a refusal; and a push with its pop, unless a FULL may be
 * true because of them. Returns the new count, or `count` where nothing can be left out.
 */
static unsigned without(struct check_exact_op *ops, unsigned count, unsigned at)
{
	const struct check_exact_op op = ops[at];

	if (op.answer == LFB_HISTORY_REFUSED)
		return drop(ops, count, at);
	if (op.kind != LFB_HISTORY_PUSH || has_full(ops, count))
		return count;
	count = drop(ops, count, at);
	for (unsigned i = 0; i < count; i++)
		if (ops[i].kind == LFB_HISTORY_POP && ops[i].answer == LFB_HISTORY_OK && ops[i].value == op.value)
			return drop(ops, count, i);
	return count;
}

/* Leave out whatever can be without an order coming to explain the rest. Returns the count. */
static unsigned shrink(struct check_exact_op *ops, unsigned count, uint64_t capacity, struct check_seen *seen)
{
	for (unsigned at = 0; at < count;) {
		struct check_exact_op fewer[CHECK_EXACT_OPS];
		unsigned left;

		memcpy(fewer, ops, count * sizeof(*ops));
		left = without(fewer, count, at);
		if (left < count && check_exact(fewer, left, capacity, seen) == CHECK_EXACT_WRONG) {
			memcpy(ops, fewer, left * sizeof(*ops));
			count = left;
			at = 0;
		} else {
			at++;
		}
	}
	return count;
}

static void found_wrong(const struct check_index *index, struct check_exact_op *ops, unsigned count, struct check_seen *seen, struct lfb_witness *witness)
{
	count = shrink(ops, count, index->history->contract.capacity, seen);
	check_witness_start(witness, LFB_PATTERN_BURST,
			    "no order of these %u operations explains their answers, beginning with an empty queue that holds %" PRIu64, count,
			    index->history->contract.capacity);
	for (unsigned i = 0; i < count; i++)
		check_witness_add(witness, index->history, ops[i].thread, ops[i].at);
}

/* Whether the next operation begins after all so far have ended, on an empty queue. */
struct balance {
	uint64_t latest;
	int64_t inside;
};

static void count_in(struct balance *balance, const struct check_exact_op *op)
{
	balance->latest = op->ret > balance->latest ? op->ret : balance->latest;
	if (op->answer == LFB_HISTORY_OK)
		balance->inside += op->kind == LFB_HISTORY_PUSH ? 1 : -1;
}

/* Where the burst that begins at `start` ends. */
static size_t burst_end(const struct check_exact_op *ops, size_t start, size_t count)
{
	struct balance balance = { 0, 0 };
	size_t end = start;

	do {
		count_in(&balance, &ops[end++]);
	} while (end < count && (balance.inside != 0 || ops[end].call <= balance.latest));
	return end;
}

static void judge_all(const struct check_index *index, struct check_exact_op *ops, size_t count, struct check_seen *seen, uint64_t *searched,
		      struct lfb_witness *witness)
{
	for (size_t start = 0, end; start < count; start = end) {
		enum check_exact answer;

		end = burst_end(ops, start, count);
		if (end - start > CHECK_EXACT_OPS)
			continue;
		answer = check_exact(ops + start, (unsigned)(end - start), index->history->contract.capacity, seen);
		if (answer != CHECK_EXACT_GAVE_UP)
			*searched += end - start;
		if (answer == CHECK_EXACT_WRONG) {
			found_wrong(index, ops + start, (unsigned)(end - start), seen, witness);
			return;
		}
	}
}

int check_bursts(const struct check_index *index, uint64_t *searched, struct lfb_witness *witness)
{
	const size_t most = lfb_history_count(index->history);
	struct check_exact_op *ops;
	struct check_seen *seen;
	int rc = 0;

	if (most > OPS_MAX)
		return 0;
	ops = malloc((most + 1) * sizeof(*ops));
	seen = check_seen_new();
	if (ops == NULL || seen == NULL) {
		rc = -ENOMEM;
	} else {
		const size_t count = list_ops(index, ops);

		qsort(ops, count, sizeof(*ops), by_call);
		judge_all(index, ops, count, seen, searched, witness);
	}
	free(ops);
	check_seen_free(seen);
	return rc;
}
