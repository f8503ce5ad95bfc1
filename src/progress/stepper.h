/*
 * stepper.h - stop a thread inside an operation of a queue, at an instruction of one's choice, for as long as one likes.
 *
 * DESIGN. Two ways. By the trap flag of x86-64: the thread sets it and calls the operation; from then on the processor raises SIGTRAP after each
 * instruction, in the operation and in whatever it calls, and the handler counts. At the chosen one it sleeps on a futex, which is the stall: the
 * thread has executed exactly so many instructions and not one more. Without that flag (another processor, or a debugger that wants the
 * traps for itself): by a timer whose signal comes at a random moment, and counts only if it finds the thread inside the operation. Then
 * where the thread stops is up to chance, and nobody knows how many instructions there are.
 *
 * The handler runs on a stack of its own, calls nothing but system calls, and knows its thread by a thread-local variable: in a thread or process
 * that the operation started it clears the flag and does nothing else. What single steps do to an operation: system calls are one step, and one that
 * would block SIGTRAP leaves it open; pushf stores the flag and a later popf brings it back, which the handler undoes; a restartable sequence (rseq) is restarted by each step
 * and never ends, which `steps_max` ends.
 */
#ifndef LFBENCH_PROGRESS_STEPPER_H
#define LFBENCH_PROGRESS_STEPPER_H

#include "text/error.h"

#include <lfbench/backend.h>

#include <signal.h>
#include <time.h>

enum lfb_stall_way { LFB_STALL_TRAP, LFB_STALL_SIGNAL, LFB_STALL_WAYS };

/* Where the code of the object lies that is looked at. */
struct lfb_code {
	uintptr_t start, end;
};

enum lfb_stepper_state { LFB_STEPPER_FREE, LFB_STEPPER_RUNNING, LFB_STEPPER_PARKED, LFB_STEPPER_FINISHED };

#define LFB_STEPPER_NEVER UINT64_MAX

/* One thread that can be stopped. The first part is set by others before a call, and read by them once it is parked or has finished. */
struct lfb_stepper {
	uint64_t stop_at;   /* after so many instructions; LFB_STEPPER_NEVER: do not stop. By a signal: anything else means stop */
	uint64_t steps_max; /* then run on at full speed: gave_up */
	void (*on_step)(struct lfb_stepper *stepper); /* before each instruction but the one it stops at; may be NULL. In a signal handler */
	void *context;
	uint64_t delay_ns;  /* by a signal: how long after the first call it is sent */
	void (*again)(void *context); /* by a signal: after each call that it did not come in, before the next one */
	uintptr_t *trace;   /* where each instruction was; may be NULL */
	uint64_t trace_room;

	uint64_t steps;  /* instructions of the operation so far */
	bool gave_up;
	uintptr_t pc;    /* of the next one */
	uintptr_t own;   /* of the last one in the object itself; where a function was called from there, of the call's return */
	uintptr_t entry; /* the first one outside of it since then; 0: it is inside */

	enum lfb_stall_way way;
	struct lfb_code code;
	uint32_t state __attribute__((aligned(LFB_LINE))); /* enum lfb_stepper_state: a futex */
	uint32_t released;                                 /* as well */
	volatile sig_atomic_t stepping, inside, signalled;
	timer_t timer;
	void *stack; /* of the handler */
	stack_t stack_before;
};

/* Whether the trap flag works here: tried once, in the calling thread. */
bool lfb_stall_trap_works(void);

/* The whole object that `address` is in. */
struct lfb_code lfb_code_of(const void *address);

/* By the thread itself, once, before and after all calls. Returns 0 or -errno. The struct is zeroed before. */
int lfb_stepper_open(struct lfb_stepper *stepper, enum lfb_stall_way way, struct lfb_code code);
void lfb_stepper_close(struct lfb_stepper *stepper);

/*
 * By the thread itself: make one call, and stop in it where asked to. By a signal: calls until it has come, since it hardly ever meets one short
 * call; it may have come between two of them.
 */
void lfb_stepper_call(struct lfb_stepper *stepper, lfb_loop operation, struct lfb_thread *order);

/* By another one: wait until it is parked or has finished, for so long at most. Returns the state then. */
enum lfb_stepper_state lfb_stepper_wait(struct lfb_stepper *stepper, uint64_t ns);
/* Let it go on. */
void lfb_stepper_release(struct lfb_stepper *stepper);

/* Sleep while *word is `seen`, for so long at most (UINT64_MAX: for ever), or for no reason. Async-signal-safe, as is waking all who do. */
void lfb_futex_wait(uint32_t *word, uint32_t seen, uint64_t ns);
void lfb_futex_wake(uint32_t *word);

#endif
