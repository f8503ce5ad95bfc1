/*
 * rival.h - a thread that completes an operation of its own after each instruction of a victim, the worst that a scheduler can do to it.
 */
#ifndef LFBENCH_PROGRESS_RIVAL_H
#define LFBENCH_PROGRESS_RIVAL_H

#include "crew.h"

struct rival {
	struct hand *hand;
	enum lfb_role roles[LFB_ROLES]; /* what it does at each turn, in this order */
	unsigned count;
	uint64_t patience_ns; /* if an operation takes longer, the victim goes on alone */
	uint64_t turns;           /* instructions after which it was its turn */
	uint64_t done[LFB_ROLES]; /* items it transferred */
	bool stuck;           /* one of its operations did not return before the victim went on */
	enum lfb_role now;    /* of the operation it is at */
	uint32_t turn __attribute__((aligned(LFB_LINE)));   /* a futex */
	uint32_t served __attribute__((aligned(LFB_LINE))); /* a futex */
	uint32_t over;
};

/* Let it wait for its turns, which `stepper` gives it from now on. */
void rival_start(struct rival *rival, struct hand *hand, struct lfb_stepper *stepper);
/* Whether it comes back from its operation within so long. */
bool rival_returns(struct rival *rival, uint64_t ns);
/* Returns 0 or -ETIMEDOUT. */
int rival_stop(struct rival *rival, struct lfb_stepper *stepper);

#endif
