/* parts.h - what the two ends of progress.h agree on, and what its questions share. Internal to src/progress. */
#ifndef LFBENCH_PROGRESS_PARTS_H
#define LFBENCH_PROGRESS_PARTS_H

#include "run/child.h"
#include "progress.h"
#include "watch.h"

/* What one process is asked. */
enum question { QUESTION_STALL, QUESTION_SOLO, QUESTION_SOLO_ONE, QUESTION_FINISH, QUESTION_MEMORY, QUESTIONS };
extern const char *const question_names[QUESTIONS + 1];

enum progress_argument {
	ARGUMENT_PROGRAM, ARGUMENT_COMMAND, ARGUMENT_PATH, ARGUMENT_QUESTION, ARGUMENT_ROLE, ARGUMENT_SEED, ARGUMENT_BUDGET_NS, ARGUMENT_BOUND,
	ARGUMENT_ALL, ARGUMENT_BY_SIGNAL, PROGRESS_ARGUMENTS,
};

#define PROGRESS_FD LFB_CHILD_FIRST_FD

/* What comes through the pipe: once, at the end. What does not come whole is a crash. */
struct progress_answer {
	int32_t rc; /* 0; -ETIMEDOUT: a thread hangs; -ENOTSUP; else why nothing is known */
	uint32_t by_signal, helpers;
	char helper[24];
	char text[240];
	struct lfb_progress_finding finding[LFB_ROLES]; /* of those who go on: those who push, those who pop */
};

/* One question at work. */
struct inquiry {
	struct crew *crew;
	enum lfb_role role; /* that is stopped */
	uint64_t random;
	uint64_t until_ns;
	uint64_t bound;
	bool all;
	bool use[LFB_ROLES]; /* solo: what the survivor does */
	uint64_t window_ns;
	struct lfb_progress_finding *finding; /* [LFB_ROLES] */
	struct lfb_error *error;
};

/* Each makes the queues it needs, and fills the findings. Returns 0 or -errno with the sentence. */
int inquire_stall(struct inquiry *inquiry);
int inquire_solo(struct inquiry *inquiry);
int inquire_solo_one(struct inquiry *inquiry); /* the survivor only does what `role` says */
int inquire_finish(struct inquiry *inquiry);
int inquire_memory(struct inquiry *inquiry);

/* Capacity that bounded queues are asked for. */
#define PROGRESS_CAPACITY 4u
/* Instructions of an operation after which it is not stepped any further. */
#define PROGRESS_STEPS_MAX UINT64_C(300000)

static inline enum lfb_role other_role(enum lfb_role role)
{
	return role == LFB_ROLE_PUSH ? LFB_ROLE_POP : LFB_ROLE_PUSH;
}

#endif
