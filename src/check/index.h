/*
 * index.h - a history sorted by what the checkers ask for: an item per value with the times of its push and its pop,
 * the refusals, and orders of the items. Internal to src/check.
 *
 * Every return in here is already later by epsilon, so "before" is a plain comparison.
 */
#ifndef LFBENCH_CHECK_INDEX_H
#define LFBENCH_CHECK_INDEX_H

#include "check.h"

/* Infinitely late. */
#define CHECK_NEVER LFB_HISTORY_NEVER

/* One value that was pushed, or whose push never returned. */
struct check_item {
	uint64_t value;
	uint64_t ce, re; /* push: call and return */
	uint64_t cd, rd; /* pop; CHECK_NEVER: there was none */
};

/* An EMPTY or FULL. */
struct check_refusal {
	uint64_t call, ret;
	uint32_t thread;
	uint32_t at; /* its place in the thread's log */
};

/* A moment, and the item it belongs to. */
struct check_key {
	uint64_t time;
	size_t item;
};

struct check_index {
	const struct lfb_history *history;
	struct check_item *items; /* in the order of the logs: those of one thread stand together, as it pushed them */
	size_t item_count;
	size_t first[LFB_HISTORY_THREADS_MAX + 1]; /* of each thread's items */
	bool sorted;                               /* items rise by value */
	struct check_key *by_value;                /* otherwise */
	struct check_refusal *empties, *fulls;     /* by call; weak ones only where nothing else was under way */
	size_t empty_count, full_count;
	struct check_key *by_ce, *by_re; /* all items */
	struct check_key *scratch;       /* room for item_count keys */
	size_t pending_pops;
	uint64_t pending_pop_call; /* the earliest of them; CHECK_NEVER: none */
};

/* A return, as late as it may have been by another CPU's clock. */
static inline uint64_t check_late(const struct lfb_history *history, uint64_t ret)
{
	return ret == LFB_HISTORY_NEVER ? CHECK_NEVER : ret + history->epsilon_ticks;
}

/*
 * Make the index of a history, to be freed. Values popped twice or never pushed are found here: then *witness has the pattern,
 * and the index is incomplete. Returns 0, -ENOMEM, or -EINVAL with the reason.
 */
int check_index_make(const struct lfb_history *history, struct check_index *index, struct lfb_witness *witness, struct lfb_error *error);
void check_index_free(struct check_index *index);

/* Leave in `refusals` those that the promise `answer` makes wrong if nothing excuses them, by call. Returns how many. */
size_t check_refusals_select(const struct lfb_history *history, enum lfb_answer answer, struct check_refusal *refusals, size_t count);

/* The item of a value, or NULL. */
struct check_item *check_index_find(const struct check_index *index, uint64_t value);

/* The thread that pushed item number `item`. */
unsigned check_index_thread(const struct check_index *index, size_t item);

/* Sort by time, stable: fast where it consists of few rising runs. `scratch` has room for as many. Natural merge sort (Knuth, vol. 3, 5.2.4). */
void check_sort(struct check_key *keys, size_t count, struct check_key *scratch);

/* Begin a witness: the pattern and a sentence. */
void check_witness_start(struct lfb_witness *witness, enum lfb_pattern pattern, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Add operation `at` of a thread's log; or the push of a value; or its pops, of which there may be none. */
void check_witness_add(struct lfb_witness *witness, const struct lfb_history *history, unsigned thread, size_t at);
void check_witness_add_push(struct lfb_witness *witness, const struct lfb_history *history, uint64_t value);
void check_witness_add_pops(struct lfb_witness *witness, const struct lfb_history *history, uint64_t value);

/* "2:17" of a value. Returns out. */
#define CHECK_VALUE_BYTES 40
const char *check_value_text(uint64_t value, char out[CHECK_VALUE_BYTES]);

/* The conditions, see check.h. Each sets *witness where it is violated. They return 0 or -ENOMEM. */
int check_fifo_order(const struct check_index *index, struct lfb_witness *witness);
int check_empty(const struct check_index *index, struct lfb_witness *witness);
int check_producer_order(const struct check_index *index, struct lfb_witness *witness);
int check_lifo(const struct check_index *index, struct lfb_witness *witness);
int check_over(const struct check_index *index, struct lfb_witness *witness);
int check_full(const struct check_index *index, struct lfb_witness *witness);

#endif
