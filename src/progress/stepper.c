/* stepper.c - see stepper.h. */
#include "stepper.h"

#include "machine/clock.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_BYTES ((size_t)64 << 10)
/* Neither one that libraries use nor that of the stalls in histories. */
#define STALL_SIGNAL (SIGRTMIN + 6)

/* Local to the thread and to this program: an access to it calls nothing. */
static _Thread_local struct lfb_stepper *volatile current;

void lfb_futex_wait(uint32_t *word, uint32_t seen, uint64_t ns)
{
	const struct timespec limit = { .tv_sec = (time_t)(ns / UINT64_C(1000000000)), .tv_nsec = (long)(ns % UINT64_C(1000000000)) };

	(void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, ns == UINT64_MAX ? NULL : &limit, NULL, 0);
}

void lfb_futex_wake(uint32_t *word)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* Release: pairs with the acquire in lfb_stepper_wait; publishes how far the operation is. */
static void enter(struct lfb_stepper *s, enum lfb_stepper_state state)
{
	__atomic_store_n(&s->state, (uint32_t)state, __ATOMIC_RELEASE);
	lfb_futex_wake(&s->state);
}

/* Acquire: pairs with the release in lfb_stepper_release, so that the rest of the operation sees what was done meanwhile. */
static void park(struct lfb_stepper *s)
{
	enter(s, LFB_STEPPER_PARKED);
	while (__atomic_load_n(&s->released, __ATOMIC_ACQUIRE) == 0)
		lfb_futex_wait(&s->released, 0, UINT64_MAX);
	__atomic_store_n(&s->state, LFB_STEPPER_RUNNING, __ATOMIC_RELAXED);
}

void lfb_stepper_release(struct lfb_stepper *s)
{
	__atomic_store_n(&s->released, 1, __ATOMIC_RELEASE);
	lfb_futex_wake(&s->released);
}

enum lfb_stepper_state lfb_stepper_wait(struct lfb_stepper *s, uint64_t ns)
{
	const uint64_t start_ns = lfb_clock_now_ns();

	for (;;) {
		const uint32_t state = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
		const uint64_t passed_ns = lfb_clock_now_ns() - start_ns;

		if (state == LFB_STEPPER_PARKED || state == LFB_STEPPER_FINISHED || passed_ns >= ns)
			return (enum lfb_stepper_state)state;
		lfb_futex_wait(&s->state, state, ns - passed_ns);
	}
}

static bool lies_in(const struct dl_phdr_info *info, uintptr_t address)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && address - info->dlpi_addr - segment->p_vaddr < segment->p_memsz)
			return true;
	}
	return false;
}

/* From the first segment to the end of the last one: nothing else lies between them. */
static int find_code(struct dl_phdr_info *info, size_t size, void *context)
{
	struct lfb_code *const code = (struct lfb_code *)context;
	struct lfb_code found = { UINTPTR_MAX, 0 };

	(void)size;
	if (!lies_in(info, code->start))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];
		const uintptr_t start = info->dlpi_addr + segment->p_vaddr, end = start + segment->p_memsz;

		if (segment->p_type != PT_LOAD)
			continue;
		found.start = start < found.start ? start : found.start;
		found.end = end > found.end ? end : found.end;
	}
	*code = found;
	return 1;
}

struct lfb_code lfb_code_of(const void *address)
{
	struct lfb_code code = { (uintptr_t)address, (uintptr_t)address };

	(void)dl_iterate_phdr(find_code, &code);
	return code;
}

static bool is_own(const struct lfb_stepper *s, uintptr_t pc)
{
	return pc >= s->code.start && pc < s->code.end;
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	(void)sigaction(number, &action, NULL);
}

#if defined(__x86_64__)

#define TRAP_FLAG 0x100

/*
 * The thread is about to execute the instruction at `pc`; `top` is the word on top of its stack, at the first instruction of a function where that is
 * to return to. Returns whether to go on stepping.
 */
static bool step(struct lfb_stepper *s, uintptr_t pc, uintptr_t top)
{
	s->pc = pc;
	if (is_own(s, pc)) {
		s->own = pc;
		s->entry = 0;
	} else if (s->entry == 0) {
		s->entry = pc;
		if (is_own(s, top))
			s->own = top;
	}
	if (s->steps < s->trace_room)
		s->trace[s->steps] = pc;
	if (s->steps == s->stop_at) {
		park(s);
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

static uintptr_t pc_of(const ucontext_t *u)
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
	struct lfb_stepper *const s = current;
	const int saved = errno;
	const uintptr_t pc = pc_of(u);

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

static void call_stepping(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	s->stepping = 1;
	lfb_stepper_call_stepping(operation, order);
	s->stepping = 0;
}

static void handle_traps(void) { handle(SIGTRAP, on_trap); }

#else

static uintptr_t pc_of(const ucontext_t *u)
{
#if defined(__aarch64__)
	return (uintptr_t)u->uc_mcontext.pc;
#else
	(void)u;
	return 0;
#endif
}

/* There is no such flag: lfb_stall_trap_works says so, and nobody steps. */
static void call_stepping(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	(void)s;
	operation(order);
}

static void handle_traps(void) {}

#endif

/* Between these two the linker puts the one function of this section. */
extern const char __start_lfb_stall_call[], __stop_lfb_stall_call[];

/* The call, and what says to the handler that it is under way. */
static __attribute__((noinline, section("lfb_stall_call"))) void call_inside(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	s->inside = 1;
	operation(order);
	s->inside = 0;
}

/* Only one that finds the thread in the operation, and no longer or not yet in the call around it, is a stall. */
static void on_signal(int number, siginfo_t *info, void *context)
{
	struct lfb_stepper *const s = current;
	const uintptr_t pc = pc_of((const ucontext_t *)context);
	const int saved = errno;

	(void)number;
	(void)info;
	if (s != NULL)
		s->signalled = 1;
	if (s != NULL && s->inside && s->stop_at != LFB_STEPPER_NEVER && (pc < (uintptr_t)__start_lfb_stall_call || pc >= (uintptr_t)__stop_lfb_stall_call)) {
		s->stop_at = LFB_STEPPER_NEVER;
		s->pc = pc;
		s->own = is_own(s, pc) ? pc : 0;
		s->entry = is_own(s, pc) ? 0 : pc;
		park(s);
	}
	errno = saved;
}

static void call_under_timer(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	const struct itimerspec soon = { .it_value = { .tv_nsec = (long)(s->delay_ns + 1) } };
	const bool stop = s->stop_at != LFB_STEPPER_NEVER;

	s->signalled = 0;
	if (stop)
		(void)timer_settime(s->timer, 0, &soon, NULL);
	call_inside(s, operation, order);
	while (stop && !s->signalled) {
		if (s->again != NULL)
			s->again(s->context);
		call_inside(s, operation, order);
	}
}

void lfb_stepper_call(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	s->steps = 0;
	s->gave_up = false;
	s->pc = s->own = s->entry = 0;
	if (s->way == LFB_STALL_TRAP)
		call_stepping(s, operation, order);
	else
		call_under_timer(s, operation, order);
	enter(s, LFB_STEPPER_FINISHED);
}

/* glibc has the field, and in this version no name for it. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static int open_timer(struct lfb_stepper *s)
{
	struct sigevent event;
	sigset_t set;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = STALL_SIGNAL;
	event.sigev_notify_thread_id = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &s->timer) != 0)
		return -errno;
	handle(STALL_SIGNAL, on_signal);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, STALL_SIGNAL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return 0;
}

int lfb_stepper_open(struct lfb_stepper *s, enum lfb_stall_way way, struct lfb_code code)
{
	stack_t stack = { .ss_size = STACK_BYTES };

	s->way = way;
	s->code = code;
	s->stop_at = LFB_STEPPER_NEVER;
	s->steps_max = UINT64_MAX;
	s->stack = stack.ss_sp = malloc(STACK_BYTES);
	if (s->stack == NULL)
		return -ENOMEM;
	if (sigaltstack(&stack, &s->stack_before) != 0) {
		const int rc = -errno;

		free(s->stack);
		return rc;
	}
	current = s;
	handle_traps();
	return way == LFB_STALL_SIGNAL ? open_timer(s) : 0;
}

/* A signal of the timer that is under way finds a thread that is inside of nothing, or none. */
void lfb_stepper_close(struct lfb_stepper *s)
{
	if (s->way == LFB_STALL_SIGNAL)
		(void)timer_delete(s->timer);
	current = NULL;
	(void)sigaltstack(&s->stack_before, NULL);
	free(s->stack);
}

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
