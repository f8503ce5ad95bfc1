/* stepper_trap.c - see stepper.h: stopping by the trap flag of x86-64, where there is one. */
#include "stepper_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#if defined(__x86_64__)

#define TRAP_FLAG 0x100

/*
 * The thread is about to execute the instruction at `pc`; `top` is the word on top of its stack, at the first instruction of a function where that is
 * to return to. Returns whether to go on stepping.
 */
static bool step(struct lfb_stepper *s, uintptr_t pc, uintptr_t top)
{
	s->pc = pc;
	if (lfb_stepper_is_own(s, pc)) {
		s->own = pc;
		s->entry = 0;
	} else if (s->entry == 0) {
		s->entry = pc;
		if (lfb_stepper_is_own(s, top))
			s->own = top;
	}
	if (s->steps < s->trace_room)
		s->trace[s->steps] = pc;
	if (s->steps == s->stop_at) {
		lfb_stepper_park(s);
		return false;
	}
	if (s->on_step != NULL)
		s->on_step(s);
	s->gave_up = ++s->steps >= s->steps_max;
	return !s->gave_up;
}

/*
 * Call `operation(order)` with the trap flag set. The first instruction that is executed under it is the call, so the first trap is at the
 * operation's first instruction, and the last one at lfb_stepper_return, where the handler clears the flag.
 */
void lfb_stepper_call_stepping(lfb_loop operation, struct lfb_thread *order);
extern const char lfb_stepper_return[];

__asm__(".pushsection .text\n"
	".globl lfb_stepper_call_stepping\n"
	".hidden lfb_stepper_call_stepping\n"
	".type lfb_stepper_call_stepping, @function\n"
	"lfb_stepper_call_stepping:\n"
	"	endbr64\n"
	"	pushq %rbx\n" /* the stack is aligned to 16 bytes at the call */
	"	movq %rdi, %rax\n"
	"	movq %rsi, %rdi\n"
	"	pushfq\n"
	"	orl $0x100, (%rsp)\n"
	"	popfq\n"
	"	call *%rax\n"
	".globl lfb_stepper_return\n"
	".hidden lfb_stepper_return\n"
	"lfb_stepper_return:\n"
	"	nop\n"
	"	popq %rbx\n"
	"	ret\n"
	".size lfb_stepper_call_stepping, .-lfb_stepper_call_stepping\n"
	".popsection\n");

uintptr_t lfb_stepper_pc(const ucontext_t *u)
{
	return (uintptr_t)u->uc_mcontext.gregs[REG_RIP];
}

/*
 * A trap while SIGTRAP is blocked ends the process, and pthread_create, fork and others block all signals for a moment. So where the next
 * instruction is that system call, it is carried out here on the mask that the thread goes on with, which leaves SIGTRAP open.
 */
static void keep_traps_open(ucontext_t *u)
{
	greg_t *const registers = u->uc_mcontext.gregs;
	const unsigned char *const code = (const unsigned char *)registers[REG_RIP];
	uint64_t set, before;

	if (code[0] != 0x0F || code[1] != 0x05 || registers[REG_RAX] != SYS_rt_sigprocmask || registers[REG_RSI] == 0 || registers[REG_R10] != sizeof(set))
		return;
	memcpy(&set, (const void *)registers[REG_RSI], sizeof(set));
	memcpy(&before, &u->uc_sigmask, sizeof(before));
	if (registers[REG_RDX] != 0)
		memcpy((void *)registers[REG_RDX], &before, sizeof(before));
	set = registers[REG_RDI] == SIG_BLOCK ? before | set : registers[REG_RDI] == SIG_UNBLOCK ? before & ~set : set;
	set &= ~(UINT64_C(1) << (SIGTRAP - 1));
	memcpy(&u->uc_sigmask, &set, sizeof(set));
	registers[REG_RAX] = 0;
	registers[REG_RIP] += 2;
}

static void on_trap(int number, siginfo_t *info, void *context)
{
	ucontext_t *const u = (ucontext_t *)context;
	struct lfb_stepper *const s = lfb_stepper_current;
	const int saved = errno;
	const uintptr_t pc = lfb_stepper_pc(u);

	(void)number;
	if (info->si_code != TRAP_TRACE) { /* a breakpoint of the object's own: it ends the process, as without us */
		(void)signal(SIGTRAP, SIG_DFL);
		(void)raise(SIGTRAP);
		return;
	}
	if (s == NULL || !s->stepping || pc == (uintptr_t)lfb_stepper_return || !step(s, pc, *(const uintptr_t *)u->uc_mcontext.gregs[REG_RSP])) {
		u->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
		if (s != NULL)
			s->stepping = 0;
	} else {
		keep_traps_open(u);
	}
	errno = saved;
}

void lfb_stepper_call_trapped(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	s->stepping = 1;
	lfb_stepper_call_stepping(operation, order);
	s->stepping = 0;
}

void lfb_stepper_handle_traps(void) { lfb_stepper_handle(SIGTRAP, on_trap); }

#else

uintptr_t lfb_stepper_pc(const ucontext_t *u)
{
#if defined(__aarch64__)
	return (uintptr_t)u->uc_mcontext.pc;
#else
	(void)u;
	return 0;
#endif
}

/* There is no such flag: lfb_stall_trap_works says so, and nobody steps. */
void lfb_stepper_call_trapped(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	(void)s;
	operation(order);
}

void lfb_stepper_handle_traps(void) {}

#endif

static void do_nothing(struct lfb_thread *order)
{
	(void)order;
}

/* A debugger gets the traps of the processes that it traces: it is not asked to pass them on. */
static bool is_traced(void)
{
	FILE *const status = fopen("/proc/self/status", "re");
	char line[128];
	long tracer = 0;

	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "TracerPid:", 10) == 0)
			tracer = strtol(line + 10, NULL, 10);
	if (status != NULL)
		(void)fclose(status);
	return tracer != 0;
}

bool lfb_stall_trap_works(void)
{
#if defined(__x86_64__)
	struct lfb_stepper *const s = (struct lfb_stepper *)aligned_alloc(LFB_LINE, sizeof(*s));
	bool works = false;

	if (s == NULL || is_traced()) {
		free(s);
		return false;
	}
	memset(s, 0, sizeof(*s));
	if (lfb_stepper_open(s, LFB_STALL_TRAP, (struct lfb_code){ 0, 0 }) == 0) {
		lfb_stepper_call(s, do_nothing, NULL);
		works = s->steps > 0 && s->steps < 100000;
		lfb_stepper_close(s);
	}
	free(s);
	return works;
#else
	(void)do_nothing;
	(void)is_traced;
	return false;
#endif
}
