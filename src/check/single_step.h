/*
 * single_step.h - stop a thread after each of its instructions: the trap flag of x86-64.
 *
 * While the flag is set, the processor raises an exception after every instruction, which Linux delivers as SIGTRAP. The handler runs with
 * the flag clear and sees the instruction that comes next; with its return the stepping goes on. System calls and what the kernel does are one
 * step. No other thread is affected, and nothing is written to the code.
 *
 * It is not there on other processors, nor under a debugger, which takes the exceptions for itself.
 */
#ifndef LFBENCH_CHECK_SINGLE_STEP_H
#define LFBENCH_CHECK_SINGLE_STEP_H

#include <stdbool.h>
#include <stdint.h>

/* The registers, which the handler may read and change. */
struct lfb_step_registers {
	uint64_t rip, rax, rcx, rdx, rdi, rsi, r10;
	bool stepping; /* after the handler: go on so, or run freely */
};

/* Called before each instruction of a thread that is stepped through, by that thread, in a signal handler. */
typedef void (*lfb_step_handler)(struct lfb_step_registers *registers);

/* Whether it works in this process: tried in a child. */
bool lfb_single_step_works(void);

/* Take over SIGTRAP for the whole process. Returns 0, or -ENOTSUP. */
int lfb_single_step_install(lfb_step_handler handler);

/*
 * From now on the calling thread also stops before a rdtsc or rdtscp that it comes to while it runs freely: so what lies between two time stamps can be
 * stepped through, and not what leads there. It cannot execute one, so the handler has to answer every one, also those of the C library's clocks. Linux has that for x86 (prctl, PR_SET_TSC). Takes over SIGSEGV, but for these instructions only.
 * Returns whether it does.
 */
bool lfb_single_step_at_rdtsc(bool on);

/* Of the calling thread. The handler sees the last instructions of begin and the first of end. SIGTRAP must not be blocked. */
void lfb_single_step_begin(void);
void lfb_single_step_end(void);

#endif
