/*
 * watch.h - whether survivors go on while others are stopped.
 *
 * DESIGN. A role goes on if it has transferred its items. One that has transferred nothing for the whole window does not, but for one of three reasons:
 * its operation does not return; it returns and says EMPTY although a push has returned whose item is still inside, or FULL although
 * there is room, whatever the stopped operations have done already; or there really is nothing to do: then it starves, and that is no fault.
 */
#ifndef LFBENCH_PROGRESS_WATCH_H
#define LFBENCH_PROGRESS_WATCH_H

#include "crew.h"

enum outcome {
	OUTCOME_ABSENT,  /* nobody is in that role */
	OUTCOME_GOES_ON,
	OUTCOME_STARVES, /* it went on for as long as there was anything to transfer */
	OUTCOME_INSIDE,  /* its operation does not return */
	OUTCOME_REFUSED, /* it says EMPTY with items inside, or FULL with room */
	OUTCOMES
};

struct watch {
	uint64_t window_ns;
	bool use[LFB_ROLES];     /* who takes part */
	bool by_one;             /* one thread is in both roles */
	bool decided[LFB_ROLES]; /* is not waited for: what becomes of it is known */
	unsigned stopped[LFB_ROLES]; /* victims inside an operation of that role */
	enum outcome outcome[LFB_ROLES]; /* of those that are waited for */
	int64_t inside; /* items that are certainly there, when it ended */
};

/* After crew_start: wait until it is known of all roles that are waited for. */
void watch_survivors(struct crew *crew, struct watch *watch);

/* After the victims were released: whether every role that was blocked goes on now, within the window. */
bool watch_resumes(struct crew *crew, const struct watch *watch);

static inline bool outcome_blocks(enum outcome outcome)
{
	return outcome == OUTCOME_INSIDE || outcome == OUTCOME_REFUSED;
}

/*
 * The window: the longest that survivors need for a transfer with nobody stopped, twenty times, and no less than 200 ms. Returns 0; -ETIMEDOUT: they hang;
 * -ENODATA: they transfer nothing; -EBUSY: this machine is too busy for a window of reasonable length.
 */
int watch_window(struct crew *crew, uint64_t *window_ns, struct lfb_error *error);

#endif
