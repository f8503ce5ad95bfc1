/*
 * schedule_script.h - what the threads of a schedule do: two or three of them, a few operations each, next to no room.
 *
 * DESIGN. A fault of depth d needs d events in the right order among the k steps of a run, so a run is as short as can be: what is
 * hard about a queue is in its first operations. What they meet is made before, by single operations without others under way: pushes, pops
 * and pushes again, so that indexes are somewhere near the seam, nodes have been used, and the queue is empty, full or between.
 */
#ifndef LFBENCH_CHECK_SCHEDULE_SCRIPT_H
#define LFBENCH_CHECK_SCHEDULE_SCRIPT_H

#include "script.h"

#define LFB_SCHEDULE_THREADS_MAX 3u
/* Of one thread. */
#define LFB_SCHEDULE_STEPS_MAX 8u
#define LFB_SCHEDULE_SLOTS_MAX 96u
#define LFB_SCHEDULE_PROLOGUE 3u

struct lfb_schedule_script {
	unsigned threads, producers, consumers;
	uint64_t capacity; /* asked for */
	uint64_t items;	   /* pushes at most */
	uint64_t ops;	   /* of the threads side by side, about */
	struct lfb_schedule_prologue {
		unsigned thread;
		struct lfb_history_step step;
	} prologue[LFB_SCHEDULE_PROLOGUE]; /* in this order */
	struct lfb_schedule_part {
		struct lfb_history_step step[LFB_SCHEDULE_STEPS_MAX];
		unsigned steps;
		bool ends_production; /* counts among those after whom the queue is closed: blocking forms only */
	} part[LFB_SCHEDULE_THREADS_MAX];
};

/* Histories of schedules are of this shape, which is none of those that threads run freely in. */
extern const struct lfb_check_shape lfb_schedule_shape;

void lfb_schedule_script_make(const struct lfb_claims *claims, bool has_block, uint64_t seed, struct lfb_schedule_script *out);

#endif
