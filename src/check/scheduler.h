/*
 * scheduler.h - lets one thread run at a time and decides when it is another's turn, by a seed: interleavings that a machine makes once
 * in a million hours are as likely as any.
 *
 * DESIGN. PCT (Burckhardt, Kothari, Musuvathi & Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs",
 * ASPLOS 2010). Each thread has a random priority, and the highest that can go on does. At d-1 steps, drawn from the k that the run is
 * expected to take, the thread that runs falls below all others. A fault that shows when d events come in a certain order (its depth) is
 * then met with a probability of at least 1/(n k^(d-1)) in each run of n threads, and most faults have a depth of 2 or 3.
 *
 * A step is what the threads report: an access to shared memory (scheduling.h) or an instruction (single_step.h). They run one after the
 * other, handing on a turn, so what they see is one order of all steps: sequential consistency, and nothing weaker.
 *
 * Who says that others have to go on first (a yield, a pause in a spin loop) falls below all as well, and so does who has taken many
 * steps without finishing anything: it may wait in a loop that says nothing. Who waits for a lock or a condition is out until woken. If
 * nobody is left it is a deadlock; if all take step after step and nobody finishes anything, a livelock. Both are found by counting and not by a clock.
 *
 * Everything is decided by the seed and the steps: the same again gives the same run.
 */
#ifndef LFBENCH_CHECK_SCHEDULER_H
#define LFBENCH_CHECK_SCHEDULER_H

#include <lfbench/arch.h>

#include <stdbool.h>
#include <stdint.h>

/* One of them is the host, which gives the first turn and gets the last. */
#define LFB_SCHEDULER_THREADS_MAX 8u
#define LFB_SCHEDULE_DEPTH_MAX 16u
/* Handings-on that are kept. */
#define LFB_SWITCHES_MAX 32u

enum lfb_runner_state { LFB_RUNNER_OUT, LFB_RUNNER_READY, LFB_RUNNER_BLOCKED };

struct lfb_runner {
	uint32_t turn __attribute__((aligned(LFB_LINE))); /* 1: it is this one's; slept on */
	uint32_t state;                                   /* enum lfb_runner_state */
	int64_t priority;
	const volatile void *on; /* blocked: what wakes it */
	const void *place;       /* where it is in its code; NULL: nowhere in particular. Whoever steps says so before */
};

/* One thread's turn after another's. */
struct lfb_switch {
	uint64_t clock;
	uint32_t from, to;
	const void *place; /* where `from` is */
	bool left;         /* it is done */
};

enum lfb_schedule_fault { LFB_SCHEDULE_DEADLOCK, LFB_SCHEDULE_LIVELOCK };

struct lfb_scheduler {
	struct lfb_runner runner[LFB_SCHEDULER_THREADS_MAX];
	unsigned threads;   /* without the host, which is runner[threads] */
	uint64_t random;
	uint64_t steps;     /* so far */
	uint64_t clock;     /* steps and stamps so far: no two stamps are equal */
	uint64_t alone;     /* steps since another thread's turn, or since something was finished */
	uint64_t barren;    /* steps since anything was finished */
	uint64_t patience;  /* `alone` at most */
	bool planned;	    /* there is a plan, and it is not yet carried out */
	unsigned switches;  /* of the plan; the first LFB_SWITCHES_MAX are kept */
	struct lfb_switch kept[LFB_SWITCHES_MAX];
	int64_t lowest;     /* the lowest priority that was given */
	unsigned changes, changed;
	uint64_t change_at[LFB_SCHEDULE_DEPTH_MAX]; /* steps, in order */
	void (*on_fault)(void *context, enum lfb_schedule_fault fault); /* does not return */
	void *context;
};

void lfb_scheduler_init(struct lfb_scheduler *s, unsigned threads, uint64_t seed, void (*on_fault)(void *, enum lfb_schedule_fault), void *context);

/* Draw priorities, and depth-1 moments among the next `steps_expected` steps. Nobody is in yet. */
void lfb_scheduler_plan(struct lfb_scheduler *s, unsigned depth, uint64_t steps_expected);

/* By the host: let those take part whose bits are set, and come back when all of them have left. */
void lfb_scheduler_run(struct lfb_scheduler *s, uint32_t members);

/* By thread `me`: sleep until it is let in. */
void lfb_scheduler_enter(struct lfb_scheduler *s, unsigned me);
/* By the thread whose turn it is: it is done. Returns without waiting. */
void lfb_scheduler_leave(struct lfb_scheduler *s, unsigned me);

/* By the thread whose turn it is; each returns when it is its turn again. */
void lfb_scheduler_step(struct lfb_scheduler *s, unsigned me);
void lfb_scheduler_yield(struct lfb_scheduler *s, unsigned me);
void lfb_scheduler_block(struct lfb_scheduler *s, unsigned me, const volatile void *on);
/* Those who are blocked on it, `most` of them, any: no condition variable promises which. Returns how many; they run later. */
uint32_t lfb_scheduler_wake(struct lfb_scheduler *s, const volatile void *on, uint32_t most);

/* A stamp, later than all before. `finished`: an operation has come to its end. */
uint64_t lfb_scheduler_stamp(struct lfb_scheduler *s, bool finished);

#endif
