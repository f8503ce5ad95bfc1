/*
 * verify.h - did the queue behave in this very trial?
 *
 * Every timed trial: count conservation and the sum of a non-linear bijection of the
 * values (lfb_mix), per queue. What the sum must be follows from which values the
 * producers were told to push, so a lying push is caught too. The audit trial: every
 * value exactly once, and in each thread that pops, increasing per producer.
 */
#ifndef LFBENCH_VERIFY_H
#define LFBENCH_VERIFY_H

#include <lfbench/backend.h>

/* The values that went into a queue: producer p pushed numbers 1..items[p]. */
struct lfb_pushed {
	const uint64_t *items;
	uint32_t producers;
};

/* The values one thread popped, in order. */
struct lfb_popped {
	const uint64_t *values;
	uint64_t count; /* entries in `values` */
};

/* Sum of lfb_mix over all values pushed. Takes about a nanosecond per item. */
uint64_t lfb_verify_expected_hash(const struct lfb_pushed *pushed);

/*
 * Exact audit of one queue. Returns 0 if every value was popped exactly once and, with
 * `ordered`, each thread popped each producer's values in increasing order. Otherwise
 * -EBADMSG with what was wrong in `reason`; -ENOMEM.
 */
int lfb_verify_audit(const struct lfb_pushed *pushed, const struct lfb_popped *popped, uint32_t poppers, bool ordered,
		     char *reason, size_t reason_bytes);

#endif
