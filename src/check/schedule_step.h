/*
 * schedule_step.h - a queue that cannot be compiled in the scheduling flavour, under the same scheduler: it is stopped before each of its
 * instructions (single_step.h), and a few of them are done for it. Internal to src/check.
 *
 *   rdtsc between the fences of history.h's stamps   answered with the scheduler's clock; tells where an operation begins and ends
 *   rdtsc, rdtscp of the queue's own                 likewise: no time that differs from run to run
 *   rdtsc, rdtscp of the C library's clocks          answered with what they read
 *   pause                                            a yield
 *   syscall futex                                    waiting and waking are the scheduler's; what nobody waits for goes to the kernel
 *   syscall sched_yield, nanosleep                   a yield
 *   syscall rt_sigprocmask                           only pretended: a stop is a signal
 *
 * Steps are the instructions of the object, and of what was loaded with it, within an operation. Those of the C library are
 * not: malloc and mutexes are not what is looked for; but what they ask the kernel is seen.
 */
#ifndef LFBENCH_CHECK_SCHEDULE_STEP_H
#define LFBENCH_CHECK_SCHEDULE_STEP_H

#include "schedule_crew.h"

/* Before the object is loaded: take note of what is there; after it: of its code. */
void lfb_schedule_step_before_load(void);
void lfb_schedule_step_after_load(void);

/*
 * By a thread, around what is to be stepped through. lfb_schedule_step_prepare comes first, once in the process. Not `throughout`: only operations
 * are, from stamp to stamp, if the system lets the stamps be found (a step takes microseconds, and most of them are not the queue's); nothing between may
 * wait in the kernel then.
 */
int lfb_schedule_step_prepare(void);
void lfb_schedule_step_begin(struct lfb_schedule_member *member, bool throughout);
void lfb_schedule_step_end(void);

/* The stamps of schedule_crew.c: an operation begins; it has returned. */
uint64_t lfb_schedule_call(struct lfb_schedule_member *member);
uint64_t lfb_schedule_done(struct lfb_schedule_member *member);

#endif
