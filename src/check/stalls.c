/* stalls.c - see stalls.h. */
#include "stalls.h"

#include "script.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Not one that libraries use. */
#define STALL_SIGNAL (SIGRTMIN + 5)
/* A thread runs for up to so long, and is then stopped for up to so long. */
#define STALL_RUN_NS 40000u
#define STALL_NS 80000u

/* glibc has the field, and in this version no name for it. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* The next signal for this thread. timer_settime is async-signal-safe. */
static void wind_up(struct lfb_check_stalls *s)
{
	const struct itimerspec next = { .it_value = { .tv_nsec = 1 + (long)(lfb_script_random(&s->random) % STALL_RUN_NS) } };

	(void)timer_settime(s->timer, 0, &next, NULL);
}

/* A stop in the middle of whatever the thread is doing: async-signal-safe calls only. */
static void on_stall(int number, siginfo_t *info, void *context)
{
	struct lfb_check_stalls *const s = info->si_value.sival_ptr;
	const int saved = errno;
	struct timespec pause = { .tv_nsec = 0 };

	(void)number;
	(void)context;
	if (info->si_code != SI_TIMER)
		return; /* from elsewhere: there is none of ours */
	pause.tv_nsec = 1 + (long)(lfb_script_random(&s->random) % STALL_NS);
	(void)nanosleep(&pause, NULL);
	wind_up(s);
	errno = saved;
}

void lfb_check_stalls_begin(struct lfb_check_stalls *s)
{
	struct sigevent event;
	sigset_t set;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = STALL_SIGNAL;
	event.sigev_value.sival_ptr = s;
	event.sigev_notify_thread_id = gettid();
	s->on = timer_create(CLOCK_MONOTONIC, &event, &s->timer) == 0;
	if (!s->on)
		return;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, STALL_SIGNAL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	wind_up(s);
}

/* Blocked first: a signal that is under way stays pending, and ends with the thread. */
void lfb_check_stalls_end(struct lfb_check_stalls *s)
{
	sigset_t set;

	if (!s->on)
		return;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, STALL_SIGNAL);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)timer_delete(s->timer);
}

void lfb_check_stalls_handle(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_stall;
	action.sa_flags = SA_RESTART | SA_SIGINFO;
	(void)sigaction(STALL_SIGNAL, &action, NULL);
}
