/* stepper.c - see stepper.h. The two ways of stopping are in stepper_trap.c and stepper_signal.c. */
#include "stepper_parts.h"

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

_Thread_local struct lfb_stepper *volatile lfb_stepper_current;

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
void lfb_stepper_park(struct lfb_stepper *s)
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

bool lfb_stepper_is_own(const struct lfb_stepper *s, uintptr_t pc)
{
	return pc >= s->code.start && pc < s->code.end;
}

void lfb_stepper_handle(int number, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	(void)sigaction(number, &action, NULL);
}

void lfb_stepper_call(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
{
	s->steps = 0;
	s->gave_up = false;
	s->pc = s->own = s->entry = 0;
	if (s->way == LFB_STALL_TRAP)
		lfb_stepper_call_trapped(s, operation, order);
	else
		lfb_stepper_call_under_timer(s, operation, order);
	enter(s, LFB_STEPPER_FINISHED);
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
	lfb_stepper_current = s;
	lfb_stepper_handle_traps();
	return way == LFB_STALL_SIGNAL ? lfb_stepper_open_timer(s) : 0;
}

/* A signal of the timer that is under way finds a thread that is inside of nothing, or none. */
void lfb_stepper_close(struct lfb_stepper *s)
{
	if (s->way == LFB_STALL_SIGNAL)
		(void)timer_delete(s->timer);
	lfb_stepper_current = NULL;
	(void)sigaltstack(&s->stack_before, NULL);
	free(s->stack);
}
