/*
 * stalls.h - stop a thread at random moments. Internal to src/check.
 *
 * DESIGN. Each thread has a timer, whose signal comes at a random moment, mostly in the middle of an operation, and whose handler sleeps for
 * a while. So a thread is stopped wherever it is, and the others run past it: what a preemption does, thousands of times as often.
 */
#ifndef LFBENCH_CHECK_STALLS_H
#define LFBENCH_CHECK_STALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Of one thread. All zero but for `random`, which is a seed, until it begins. */
struct lfb_check_stalls {
	bool on; /* the rest is in use, by the thread's signal handler too */
	timer_t timer;
	uint64_t random;
};

/* Set the process's signal handler. It stays: a signal may still be on its way to a thread that has left. */
void lfb_check_stalls_handle(void);

/* Let the calling thread be stopped from now on. Without a timer it is not, and the history is one without stalls. */
void lfb_check_stalls_begin(struct lfb_check_stalls *stalls);
/* The calling thread is not stopped any more. Nothing to do where it never was. */
void lfb_check_stalls_end(struct lfb_check_stalls *stalls);

#endif
