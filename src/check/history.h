/*
 * history.h - a whole history: what each thread did to one queue, what the queue promised, and how exact the clock was.
 *
 * Plain data, filled by whoever recorded it (record.h), by the reader of a file (history_file.h) or by a test. What is in it
 * is not trusted: it may be from a file, or from a process in which a foreign queue wrote over everything.
 */
#ifndef LFBENCH_CHECK_HISTORY_H
#define LFBENCH_CHECK_HISTORY_H

#include <lfbench/backend.h>

#include <stddef.h>

#define LFB_HISTORY_THREADS_MAX 256u
/* Stamps are below this, so that adding an uncertainty does not wrap round. */
#define LFB_HISTORY_TICKS_MAX (UINT64_C(1) << 62)

/* What a history is judged against. */
struct lfb_contract {
	enum lfb_order order;
	enum lfb_answer empty, full;
	uint64_t capacity; /* 0: unbounded */
};

/* Whose turn it was, in a schedule: at that time `from` gave way to `to`. */
struct lfb_history_switch {
	uint64_t at;
	uint64_t place;	   /* of `from`, an offset in the object; 0: between two operations */
	uint32_t from, to; /* threads */
	uint32_t left;     /* `from` was done */
};

#define LFB_HISTORY_SWITCHES_MAX 32u

/* The operations of one thread in the order it did them. */
struct lfb_history_log {
	struct lfb_history_op *ops;
	size_t count, room;
};

struct lfb_history {
	char backend[64];
	char shape[32];
	uint64_t seed;
	struct lfb_contract contract;
	uint64_t epsilon_ticks; /* two CPUs' clocks differ by no more */
	double ticks_per_us;    /* for printing only */
	unsigned switches; /* of a schedule, and more than are kept, perhaps; they are not in its file */
	struct lfb_history_switch kept_switch[LFB_HISTORY_SWITCHES_MAX];
	unsigned threads;
	struct lfb_history_log log[LFB_HISTORY_THREADS_MAX];
};

/* Empty, of a strict unbounded FIFO queue, to be freed. NULL: no memory. */
struct lfb_history *lfb_history_new(void);
void lfb_history_free(struct lfb_history *history);

/* Append to a thread's log; threads up to this one come to exist. Returns 0, -ENOMEM, or -EINVAL for too many threads. */
int lfb_history_add(struct lfb_history *history, unsigned thread, const struct lfb_history_op *op);

size_t lfb_history_count(const struct lfb_history *history);

/* Whether an operation is one at all: known kind and answer, a return that is not before the call. */
bool lfb_history_op_valid(const struct lfb_history_op *op);

#endif
