/*
 * quiet_threads.h - threads that no signal interrupts: for measuring, where a handler on
 * the wrong thread would be a gap that the machine did not make.
 */
#ifndef LFBENCH_QUIET_THREADS_H
#define LFBENCH_QUIET_THREADS_H

#include <pthread.h>

/*
 * Create a joinable thread in which all signals are blocked but those of faults, which have to end the
 * process where they arise. The caller's own mask is as before when this returns. Returns 0 or -errno
 * (-EAGAIN: no more threads).
 */
int lfb_quiet_thread(pthread_t *thread, void *(*body)(void *), void *argument);

#endif
