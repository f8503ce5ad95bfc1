/* quiet_threads.c - see quiet_threads.h. */
#include "machine/quiet_threads.h"

#include <signal.h>
#include <stddef.h>

int lfb_quiet_thread(pthread_t *thread, void *(*body)(void *), void *argument)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
	sigset_t quiet, before;
	int rc;

	(void)sigfillset(&quiet);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		(void)sigdelset(&quiet, faults[i]);
	/* A thread inherits the mask it is created under. */
	(void)pthread_sigmask(SIG_SETMASK, &quiet, &before);
	rc = pthread_create(thread, NULL, body, argument);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}
