/* single_step.c - see single_step.h. */
#include "single_step.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)

static lfb_step_handler installed;

#define TRAP_FLAG 0x100

/* The flag as it is saved: the last stop is one at which it is clear already. */
static void ask_handler(ucontext_t *context)
{
	greg_t *const saved = context->uc_mcontext.gregs;
	const int error = errno;
	struct lfb_step_registers r = {
		(uint64_t)saved[REG_RIP], (uint64_t)saved[REG_RAX], (uint64_t)saved[REG_RCX], (uint64_t)saved[REG_RDX],
		(uint64_t)saved[REG_RDI], (uint64_t)saved[REG_RSI], (uint64_t)saved[REG_R10], (saved[REG_EFL] & TRAP_FLAG) != 0,
	};

	installed(&r);
	saved[REG_RIP] = (greg_t)r.rip;
	saved[REG_RAX] = (greg_t)r.rax;
	saved[REG_RCX] = (greg_t)r.rcx;
	saved[REG_RDX] = (greg_t)r.rdx;
	saved[REG_EFL] = r.stepping ? saved[REG_EFL] | TRAP_FLAG : saved[REG_EFL] & ~(greg_t)TRAP_FLAG;
	errno = error;
}

static void on_trap(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	ask_handler(context);
}

/* A general-protection fault, which a page fault is not, at an instruction that is therefore there to be read. Else it is what it seems, and comes again. */
static void on_fault(int number, siginfo_t *info, void *context)
{
	const greg_t rip = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

	if (info->si_code == SI_KERNEL && (memcmp((const void *)rip, "\x0f\x31", 2) == 0 || memcmp((const void *)rip, "\x0f\x01\xf9", 3) == 0))
		ask_handler(context);
	else
		(void)signal(number, SIG_DFL);
}

static bool take_over(int number, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO;
	return sigaction(number, &action, NULL) == 0;
}

int lfb_single_step_install(lfb_step_handler handler)
{
	installed = handler;
	return take_over(SIGTRAP, on_trap) ? 0 : -ENOTSUP;
}

bool lfb_single_step_at_rdtsc(bool on)
{
	return (!on || take_over(SIGSEGV, on_fault)) && prctl(PR_SET_TSC, on ? PR_TSC_SIGSEGV : PR_TSC_ENABLE, 0, 0, 0) == 0;
}

/* The red zone below the stack pointer may hold variables of whoever this is inlined into. */
__attribute__((noinline)) void lfb_single_step_begin(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tlea 128(%%rsp), %%rsp" ::: "memory", "cc");
}

__attribute__((noinline)) void lfb_single_step_end(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\tandq $-257, (%%rsp)\n\tpopfq\n\tlea 128(%%rsp), %%rsp" ::: "memory", "cc");
}

static volatile sig_atomic_t seen;

static void count_step(struct lfb_step_registers *registers)
{
	(void)registers;
	seen = 1;
}

bool lfb_single_step_works(void)
{
	int status = 0;
	const pid_t child = fork();

	if (child == 0) {
		seen = 0;
		if (lfb_single_step_install(count_step) == 0) {
			lfb_single_step_begin();
			lfb_single_step_end();
		}
		_exit(seen ? 0 : 1);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#else

int lfb_single_step_install(lfb_step_handler handler)
{
	(void)handler;
	return -ENOTSUP;
}

bool lfb_single_step_at_rdtsc(bool on)
{
	(void)on;
	return false;
}

void lfb_single_step_begin(void)
{
}

void lfb_single_step_end(void)
{
}

bool lfb_single_step_works(void)
{
	return false;
}

#endif
