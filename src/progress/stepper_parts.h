/*
 * stepper_parts.h - what the two ways of stopping share: by the trap flag (stepper_trap.c) and by a timer's signal (stepper_signal.c).
 */
#ifndef LFBENCH_PROGRESS_STEPPER_PARTS_H
#define LFBENCH_PROGRESS_STEPPER_PARTS_H

#include "stepper.h"

#include <ucontext.h>

/* Of the calling thread; NULL: it has none. Local to the thread and to this program: an access to it calls nothing. */
extern _Thread_local struct lfb_stepper *volatile lfb_stepper_current;

/* Sleep where it is until it is released. Async-signal-safe. */
void lfb_stepper_park(struct lfb_stepper *stepper);
/* Whether that instruction is the object's own. */
bool lfb_stepper_is_own(const struct lfb_stepper *stepper, uintptr_t pc);
/* Have signals handled on the stepper's own stack. */
void lfb_stepper_handle(int number, void (*handler)(int, siginfo_t *, void *));
/* Where a signal has found the thread; 0: nobody knows. */
uintptr_t lfb_stepper_pc(const ucontext_t *context);

/* stepper_trap.c: one call under the trap flag, after its handler was put in place once. */
void lfb_stepper_call_trapped(struct lfb_stepper *stepper, lfb_loop operation, struct lfb_thread *order);
void lfb_stepper_handle_traps(void);

/* stepper_signal.c: calls until the timer's signal has come. */
void lfb_stepper_call_under_timer(struct lfb_stepper *stepper, lfb_loop operation, struct lfb_thread *order);
/* Returns 0 or -errno. */
int lfb_stepper_open_timer(struct lfb_stepper *stepper);

#endif
