/*
 * exact.h - the exact search: whether some order of a few operations explains all of their answers.
 *
 * DESIGN. Wing & Gong's search ("Testing and verifying concurrent objects", 1993) with Lowe's memory of the states that have been
 * seen ("Testing for linearizability", 2017): pick an operation that no other precedes for certain, see whether the queue can
 * have answered so, and go on from there; a state is which operations are done and what is in the queue. Exponential, so
 * for bursts of up to CHECK_EXACT_OPS operations, which begin and end with an empty queue. The state is a FIFO queue of the given
 * capacity, so that FULL is judged exactly, which no fast rule does.
 */
#ifndef LFBENCH_CHECK_EXACT_H
#define LFBENCH_CHECK_EXACT_H

#include "index.h"

#define CHECK_EXACT_OPS 30u

/* One operation of a burst. */
struct check_exact_op {
	uint64_t value, call, ret; /* `ret` is late by epsilon, and CHECK_NEVER where it never returned */
	uint32_t kind, answer;
	uint32_t thread;
	uint32_t at; /* in the thread's log: operations of one thread keep that order */
};

enum check_exact { CHECK_EXACT_EXPLAINED, CHECK_EXACT_WRONG, CHECK_EXACT_GAVE_UP };

/* The states that have been seen; kept from search to search. */
struct check_seen;

struct check_seen *check_seen_new(void);
void check_seen_free(struct check_seen *seen);

/* Judge up to CHECK_EXACT_OPS operations on a queue that was empty; capacity 0: unbounded. */
enum check_exact check_exact(const struct check_exact_op *ops, unsigned count, uint64_t capacity, struct check_seen *seen);

/*
 * Cut the history where nothing was under way and everything pushed was popped, and judge each burst that is short enough. Adds to
 * *searched the operations of those, and sets *witness at the first that is wrong. Returns 0 or -ENOMEM.
 */
int check_bursts(const struct check_index *index, uint64_t *searched, struct lfb_witness *witness);

#endif
