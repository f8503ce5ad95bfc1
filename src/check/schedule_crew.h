/*
 * schedule_crew.h - one schedule in this process: the queue, the threads under the scheduler, and what they logged. Internal to src/check.
 *
 * DESIGN. All that the threads need from the host lies in one block, which the process shares with its parent: so the parent finds the logs
 * whatever becomes of the process, and an access to that block, or to a thread's own stack, is known not to be the queue's.
 *
 * The host tells the threads what to do, one thing after the other; but for the scripts only one of them is ever told. So the whole process is
 * one sequence of steps, which depends on the seed and on nothing else.
 */
#ifndef LFBENCH_CHECK_SCHEDULE_CREW_H
#define LFBENCH_CHECK_SCHEDULE_CREW_H

#include "record.h"
#include "schedule_script.h"
#include "scheduler.h"

#include <lfbench/scheduling.h>

#include <pthread.h>

#define LFB_SCHEDULE_LOGS (LFB_SCHEDULE_THREADS_MAX + 1) /* the last is of who pops what is left */
#define LFB_SCHEDULE_STACK_BYTES ((size_t)1 << 20)

enum lfb_schedule_command { LFB_COMMAND_ATTACH, LFB_COMMAND_PROLOGUE, LFB_COMMAND_FOLLOW, LFB_COMMAND_DRAIN, LFB_COMMAND_DETACH };

/* How it ended. Written last. */
enum lfb_schedule_outcome {
	LFB_SCHEDULE_UNFINISHED, /* the process was ended in it */
	LFB_SCHEDULE_FINISHED,
	LFB_SCHEDULE_FAILED,     /* `rc`, `text` */
};

struct lfb_schedule_member {
	struct lfb_scheduling hooks; /* first: what the flavour calls leads here */
	struct lfb_thread order;
	struct lfb_history_order history;
	struct lfb_history_step steps[LFB_SCHEDULE_STEPS_MAX];
	struct lfb_history_op ops[LFB_SCHEDULE_SLOTS_MAX];
	struct lfb_schedule_crew *crew;
	unsigned index;
	pthread_t thread;
	bool created, attached;
	bool inside; /* an operation */
	enum lfb_schedule_command command;
	unsigned prologue; /* which step */
	const unsigned char *stack, *stack_end;
};

struct lfb_schedule_crew {
	struct lfb_scheduler scheduler;
	struct lfb_schedule_script script;
	struct lfb_schedule_member member[LFB_SCHEDULE_LOGS];
	struct lfb_shared shared;
	struct lfb_queue_events events;
	struct lfb_history_meeting meeting;
	struct lfb_recorder *recorder;
	void *queue;
	uint64_t capacity; /* what it really holds */
	uint64_t seed;
	unsigned depth;
	bool single_step;
	enum lfb_schedule_outcome outcome;
	int rc;
	char text[200];
	unsigned char *stacks; /* LFB_SCHEDULE_STACK_BYTES for each thread, mapped by the parent, LFB_SCHEDULE_LOGS of them: the same place for every schedule */
};

/* Run the schedule of crew->seed, with what the parent has filled in: recorder, seed, depth, single_step, stacks; the rest is zero. The outcome is in `crew`. */
void lfb_schedule_crew_run(struct lfb_schedule_crew *crew);

/* Entries of a thread's log that are written, also one under way. */
size_t lfb_schedule_logged(const struct lfb_schedule_member *member);

#endif
