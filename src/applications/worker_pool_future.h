/*
 * worker_pool_future.h - the promise of a result: made pending by who submits a task, started and finished by
 * who runs it, cancelled or waited for by who submitted it.
 *
 * DESIGN. All of it hangs on one word. A task is started and cancelled by a compare-and-swap from PENDING, so that
 * exactly one of the two happens (as in Python's concurrent.futures, where a running future cannot be cancelled
 * any more). The end is one exchange that publishes the result. Who wants to sleep sets a bit in the word first and
 * sleeps on the word with that bit (Drepper, "Futexes Are Tricky", 2011, mutex2); who ends the task sees it and wakes:
 * while nobody sleeps, no system call is made. Sleeps are short, so that a trial that is called off wakes by itself.
 */
#ifndef LFBENCH_APPLICATIONS_WORKER_POOL_FUTURE_H
#define LFBENCH_APPLICATIONS_WORKER_POOL_FUTURE_H

#include <lfbench/backend.h>

enum lfb_future_state {
	LFB_FUTURE_NEW,
	LFB_FUTURE_PENDING,
	LFB_FUTURE_RUNNING,
	LFB_FUTURE_DONE,   /* `result` is the task's result */
	LFB_FUTURE_FAILED, /* `result` is what the task failed with */
	LFB_FUTURE_CANCELLED,
};

struct lfb_future {
	uint32_t word;   /* enum lfb_future_state, and whether somebody sleeps */
	uint64_t value;  /* which task it is of: the value that travels through the queue */
	uint64_t result; /* of the ends that have one; else 0 */
};

/* Longest sleep before a waiter looks around. */
#define LFB_FUTURE_SLEEP_NS 50000000u

/* Make it the pending one of a new task. By the submitter, when nobody waits for it and no task of it runs. */
void lfb_future_submit(struct lfb_future *future, uint64_t value);

/* PENDING to RUNNING. false: it is not pending, and the caller must not run the task. */
bool lfb_future_start(struct lfb_future *future);

/* RUNNING to `end` (DONE or FAILED), with its result. By who started it. */
void lfb_future_finish(struct lfb_future *future, enum lfb_future_state end, uint64_t result);

/* PENDING to CANCELLED; from any thread. false: too late, or it has ended already. */
bool lfb_future_cancel(struct lfb_future *future);

/* Where it is. After an end, `result` may be read. */
enum lfb_future_state lfb_future_look(const struct lfb_future *future);

/* Whether that is an end. */
static inline bool lfb_future_ended(enum lfb_future_state state)
{
	return state >= LFB_FUTURE_DONE;
}

/* Whose task it is; 0 before the first. May be called while another thread submits it anew. */
uint64_t lfb_future_value(const struct lfb_future *future);

/*
 * Wait a little for the end, in the way `wait` (enum lfb_wait) says: pauses that grow, then a yield, or (park and block)
 * a sleep of at most `sleep_ns`. `*pauses` starts as 1.
 */
void lfb_future_wait_step(struct lfb_future *future, uint32_t wait, unsigned *pauses, uint32_t sleep_ns);

/* Wait for the end, or until *abort is set: then the state that is returned may not be an end. */
enum lfb_future_state lfb_future_wait(struct lfb_future *future, uint32_t wait, const uint32_t *abort);

#endif
