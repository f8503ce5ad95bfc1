/* stepper_signal.c - see stepper.h: stopping by a timer's signal at a random moment, where there is no trap flag. */
#include "stepper_parts.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* Neither one that libraries use nor that of the stalls in histories. */
#define STALL_SIGNAL (SIGRTMIN + 6)

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
	struct lfb_stepper *const s = lfb_stepper_current;
	const uintptr_t pc = lfb_stepper_pc((const ucontext_t *)context);
	const int saved = errno;

	(void)number;
	(void)info;
	if (s != NULL)
		s->signalled = 1;
	if (s != NULL && s->inside && s->stop_at != LFB_STEPPER_NEVER && (pc < (uintptr_t)__start_lfb_stall_call || pc >= (uintptr_t)__stop_lfb_stall_call)) {
		s->stop_at = LFB_STEPPER_NEVER;
		s->pc = pc;
		s->own = lfb_stepper_is_own(s, pc) ? pc : 0;
		s->entry = lfb_stepper_is_own(s, pc) ? 0 : pc;
		lfb_stepper_park(s);
	}
	errno = saved;
}

void lfb_stepper_call_under_timer(struct lfb_stepper *s, lfb_loop operation, struct lfb_thread *order)
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

/* glibc has the field, and in this version no name for it. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

int lfb_stepper_open_timer(struct lfb_stepper *s)
{
	struct sigevent event;
	sigset_t set;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = STALL_SIGNAL;
	event.sigev_notify_thread_id = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &s->timer) != 0)
		return -errno;
	lfb_stepper_handle(STALL_SIGNAL, on_signal);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, STALL_SIGNAL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return 0;
}
