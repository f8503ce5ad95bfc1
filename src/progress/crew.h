/*
 * crew.h - the threads of the progress probe and the queue they share, in the process of one plug-in.
 *
 * DESIGN. Victims are stopped inside an operation (stepper.h). Survivors, one that pushes and one that pops, or one that does both in turn, then
 * try to get items through, and tell in a tally what became of each try. The host sleeps and reads the tallies. All threads stay for the
 * whole probe and sleep between their jobs; each has a handle of its own for as long as a queue lives.
 *
 * Where a backend allows one producer or one consumer, that is one thread at a time: while nobody else is in the queue, the victim puts it into
 * the state that an attempt starts from, whatever its role is.
 */
#ifndef LFBENCH_PROGRESS_CREW_H
#define LFBENCH_PROGRESS_CREW_H

#include "plugin/plugin.h"
#include "stepper.h"

#include <pthread.h>

enum lfb_role { LFB_ROLE_PUSH, LFB_ROLE_POP, LFB_ROLES };

#define CREW_VICTIMS 3u
/* Items that a survivor who pushes leaves in an unbounded queue at most. */
#define CREW_INSIDE_MAX 1024u
/* Transfers of a survivor that show that it goes on: more than what it may have put aside, in nodes or room. */
#define CREW_TRANSFERS 300u
/* Nodes of a pool. */
#define CREW_ITEMS UINT64_C(16384)
/* A thread that does not come back after that hangs. */
#define CREW_HANG_NS UINT64_C(5000000000)

/* What one survivor did in one role since it was started. Written by that thread alone, and read by the host. */
struct tally {
	uint64_t begun __attribute__((aligned(LFB_LINE)));
	uint64_t returned;
	uint64_t done;     /* items transferred */
	uint64_t last_ns;  /* when the last one was */
	uint64_t longest_ns; /* between two of them */
	uint32_t refused;  /* the last operation said FULL or EMPTY */
	uint32_t limited;  /* it does not push, since enough is inside */
};

struct crew;

/* One thread. */
struct hand {
	struct lfb_thread order; /* first: it is aligned to LFB_LINE */
	struct lfb_stepper stepper; /* victims only */
	struct crew *crew;
	pthread_t thread;
	pid_t tid;
	bool attached, is_victim;
	uint64_t values; /* pushed by it so far */
	void (*job)(struct hand *hand);
	enum lfb_role role; /* of the job */
	uint64_t count;     /* of the job */
	uint64_t result;    /* of the job */
	uint32_t asked __attribute__((aligned(LFB_LINE)));    /* jobs given: a futex */
	uint32_t answered __attribute__((aligned(LFB_LINE))); /* jobs done: a futex */
};

struct crew {
	struct lfb_shared shared;
	struct lfb_queue_events events;
	struct tally tally[LFB_ROLES];
	uint32_t stop __attribute__((aligned(LFB_LINE)));
	uint32_t satisfied __attribute__((aligned(LFB_LINE))); /* survivors that have transferred `target`: a futex */
	uint32_t members;                                      /* tallies in use */
	uint64_t target;
	const struct lfb_plugin *plugin;
	struct lfb_arena arena;
	enum lfb_stall_way way;
	void *queue;
	uint64_t capacity; /* 0: unbounded */
	uint64_t inside;   /* items when the survivors were started */
	struct hand victim[CREW_VICTIMS], survivor[LFB_ROLES];
};

/* Start the threads. Returns 0, -ENOMEM or -EAGAIN. There is no end: the process ends. */
int crew_open(const struct lfb_plugin *plugin, enum lfb_stall_way way, struct crew **out, struct lfb_error *error);

/*
 * A new queue for `capacity` items, and the handles of so many victims and, if `survivors`, of all others. Returns 0; -ENOTSUP; -ENOMEM;
 * -ETIMEDOUT: a thread hangs in it.
 */
int crew_create(struct crew *crew, uint64_t capacity, unsigned victims, bool survivors, struct lfb_error *error);
int crew_attach(struct crew *crew, struct hand *hand, struct lfb_error *error);
int crew_detach(struct crew *crew, struct hand *hand, struct lfb_error *error);
int crew_destroy(struct crew *crew, struct lfb_error *error);

/* Give a thread that has answered all a job; and wait for its answer. Returns 0 or -ETIMEDOUT. */
void hand_ask(struct hand *hand, void (*job)(struct hand *hand), enum lfb_role role, uint64_t count);
int hand_wait(struct hand *hand, uint64_t ns);

/* Jobs. One operation, natively and under the stepper; `result`: whether it transferred an item. */
void job_operate(struct hand *hand);
void job_step(struct hand *hand);
/* Pop all, then push `count`; `result`: how many went in. */
void job_reset(struct hand *hand);
/* Transfer in one role until all members are satisfied or told to stop; in both roles in turn, where the host has set the tallies' use. */
void job_transfer(struct hand *hand);
void job_alternate(struct hand *hand);

/* One try in a role, logged in `tally`. Returns whether it transferred an item. */
bool hand_try(struct hand *hand, enum lfb_role role, struct tally *tally);

/* The queue's operation of a role. */
lfb_loop crew_operation(const struct crew *crew, enum lfb_role role);

/* Empty it and put `items` in, by a victim while nobody else is inside. Returns 0 or -ETIMEDOUT. */
int crew_reset(struct crew *crew, uint64_t items);

/* Let survivors transfer `target` items each: `use[role]` whether in that role. Nobody waits. */
void crew_start(struct crew *crew, const bool use[LFB_ROLES], bool by_one, uint64_t target);
/* Make them stop and wait until they have. Returns 0 or -ETIMEDOUT. */
int crew_stop(struct crew *crew);

/* Whether others than a victim in role `of` may be in role `role`. */
bool crew_allows(const struct crew *crew, enum lfb_role of, enum lfb_role role);

#endif
