/*
 * check.h - whether a history is one that a queue with such a contract can have.
 *
 * DESIGN. Values are distinct, and that makes it cheap: a FIFO history of n operations is judged in O(n log n), by patterns that
 * a wrong history must have one of (Emmi & Enea POPL'18; Lee & Mathur, arXiv 2410.04581; Henzinger, Sezgin & Vafeiadis
 * CONCUR'13). Of value v the push is [ce, re] and the pop [cd, rd]; infinite if it never was; "a before b" is end(a) < start(b):
 *
 *   VFresh   v was popped but never pushed, or rd(v) < ce(v)
 *   VRepet   v was popped twice
 *   VOrd     re(a) < ce(b) and rd(b) < cd(a)                          first in, not first out
 *   VWit     an EMPTY [c, r] covered by a chain: re(x1) < c, re(x(i+1)) < cd(x(i)), r < cd(xk)
 *
 * For a FIFO queue that is never full these are exact: none of them, and the history is linearizable. A queue that was popped
 * until EMPTY after all had left turns a lost value into a VWit. The other contracts have necessary conditions: what is found is
 * wrong, what is not found may be.
 *
 *   VProd    values of one producer left in another order than it pushed them (FIFO too: it needs no clock within a thread)
 *   VLifo    of a stack: b was on top of a, and a was popped before b
 *   VOver    more values inside than the capacity
 *   VFull    a FULL during which there was room all the time
 *   VBurst   of a bounded queue: a burst between two quiet moments that no order of its operations explains (exact.h)
 *
 * An operation that never returned: a push may have happened or not. A pop may have taken any value that nobody else did,
 * so those count as taken at its call, and what is not refuted is INCONCLUSIVE.
 * A weak EMPTY or FULL has to be right only when no other operation was under way.
 * The clocks of two CPUs differ by up to epsilon: every return counts as that much later, which can hide a fault and invent none.
 */
#ifndef LFBENCH_CHECK_CHECK_H
#define LFBENCH_CHECK_CHECK_H

#include "text/error.h"
#include "history.h"

enum lfb_check_verdict { LFB_CHECK_CONFIRMED, LFB_CHECK_REFUTED, LFB_CHECK_INCONCLUSIVE, LFB_CHECK_VERDICTS };

enum lfb_pattern {
	LFB_PATTERN_NONE,
	LFB_PATTERN_FRESH,
	LFB_PATTERN_REPET,
	LFB_PATTERN_ORD,
	LFB_PATTERN_WIT,
	LFB_PATTERN_PROD,
	LFB_PATTERN_LIFO,
	LFB_PATTERN_OVER,
	LFB_PATTERN_FULL,
	LFB_PATTERN_BURST,
	LFB_PATTERNS
};

extern const char *const lfb_check_verdict_names[LFB_CHECK_VERDICTS + 1];
extern const char *const lfb_pattern_names[LFB_PATTERNS + 1];

/* Operations of a witness that are kept; the others are counted. */
#define LFB_WITNESS_MAX 32u

/* The fewest operations found that no correct queue can have answered so. */
struct lfb_witness {
	enum lfb_pattern pattern;
	char why[256]; /* a sentence */
	unsigned count;
	uint64_t more; /* operations that belong to it and are not kept */
	struct lfb_witness_op {
		unsigned thread;
		struct lfb_history_op op;
	} op[LFB_WITNESS_MAX];
};

struct lfb_check_result {
	enum lfb_check_verdict verdict;
	char reason[256];       /* why it is inconclusive */
	uint64_t ops;           /* operations judged */
	uint64_t searched_ops;  /* of them by exact search */
	struct lfb_witness witness; /* of what is refuted */
};

/*
 * Judge a history. Returns 0; -ENOMEM; or -EINVAL with the reason for what is no history: an operation that returned before its
 * call, a value pushed twice. `result` is set on success only.
 */
int lfb_check(const struct lfb_history *history, struct lfb_check_result *result, struct lfb_error *error);

#endif
