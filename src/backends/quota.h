/*
 * quota.h - how many values a queue that stores nothing (null, faa) hands out, and to whom.
 *
 * DESIGN. The trial's items are dealt: an equal share to each of the first
 * `consumers` handles that pop, and what the division leaves over one by one, to
 * whoever asks for more. So exactly `items` values leave the queue, however the
 * host split them. A handle is dealt its share when it first pops, not when it
 * attaches: producers, and the host that drains what is left, attach as well.
 *
 * quota_deal is off the hot path: it is called only by a handle that has used up
 * what it had.
 */
#ifndef LFBENCH_BACKENDS_QUOTA_H
#define LFBENCH_BACKENDS_QUOTA_H

#include <lfbench/backend.h>

struct quota {
	uint64_t share; /* values for each handle that pops */
	uint64_t rest;	/* values left over, still to be dealt */
	uint32_t handles;
	uint32_t handles_dealt;
};

static inline void quota_init(struct quota *quota, const struct lfb_cell *cell)
{
	quota->handles = cell->consumers > 0 ? cell->consumers : 1;
	quota->share = cell->items / quota->handles;
	quota->rest = cell->items % quota->handles;
	quota->handles_dealt = 0;
}

/* Take one of the values left over; false when there is none. Counters only: nothing is ordered by them. */
LFB_TEMPLATE bool quota_deal_rest(struct quota *quota)
{
	uint64_t rest = __atomic_load_n(&quota->rest, __ATOMIC_RELAXED);

	while (rest != 0) {
		if (__atomic_compare_exchange_n(&quota->rest, &rest, rest - 1, true, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

/* How many values a handle may pop now that it has none left; 0: the queue is empty. `dealt` is the handle's own. */
LFB_TEMPLATE uint64_t quota_deal(struct quota *quota, bool *dealt)
{
	if (!*dealt) {
		*dealt = true;
		if (__atomic_fetch_add(&quota->handles_dealt, 1, __ATOMIC_RELAXED) < quota->handles &&
		    quota->share != 0)
			return quota->share;
	}
	return quota_deal_rest(quota) ? 1 : 0;
}

#endif
