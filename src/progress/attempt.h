/* attempt.h - one attempt: a starting state, a victim stopped in it, and what becomes of the others. */
#ifndef LFBENCH_PROGRESS_ATTEMPT_H
#define LFBENCH_PROGRESS_ATTEMPT_H

#include "label.h"
#include "parts.h"

/* What an attempt starts from. */
struct start {
	const char *name;
	uint64_t items;  /* inside */
	bool fresh;      /* a new queue each time, in which the victim has done `before` operations */
	uint64_t before;
	bool rivalled;   /* another thread completes an operation after each of the victim's instructions up to there */
};

struct attempt {
	bool reached; /* the victim was stopped: the operation has so many instructions */
	bool rival_blocked; /* by the victim, before others were watched */
	bool resumed; /* whoever was blocked went on when it was released */
	struct place place;
	struct watch watch;
};

/* Whether to watch the others at all, now that it is known where the victim was stopped. */
typedef bool (*attempt_filter)(const struct place *place, void *context);

/* The queue is there, with one victim and the survivors; after a fresh start it is another one. Returns 0 or -errno with the sentence. */
int attempt_make(struct inquiry *inquiry, const struct start *start, uint64_t stop_at, const bool decided[LFB_ROLES], attempt_filter filter, void *context,
		 struct attempt *out);

/* How many instructions the operation has from there, with nobody else inside. Returns 0 or -errno. */
int attempt_count(struct inquiry *inquiry, const struct start *start, uint64_t *steps);

/* How many of these instructions were never seen before. */
typedef uint64_t (*attempt_news)(const uintptr_t *trace, uint64_t steps, void *context);

/*
 * Among many operations in a row on a new queue, the one that does most of what was not seen yet; and the very first: what happens at the
 * end of a segment, of a block of nodes, of a ring; and at first use. Their names are set where there is anything new. The victim's stepper has a
 * trace of `room` instructions. Returns 0 or -errno.
 */
int attempt_find_rare(struct inquiry *inquiry, uint64_t room, attempt_news news, void *context, struct start *rare, struct start *first);

/* Put a new queue in the place of the one there is, or make the first one. */
int attempt_renew(struct inquiry *inquiry);

#endif
