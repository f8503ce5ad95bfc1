/*
 * signals.h - Ctrl-C and its kin: the first one asks the program to stop where results are
 * whole, the second one ends it at once.
 */
#ifndef LFBENCH_SIGNALS_H
#define LFBENCH_SIGNALS_H

#include <signal.h>

/* The number of the signal that arrived, 0 if none did. */
extern volatile sig_atomic_t signals_caught;

/* Catch SIGINT and SIGTERM, and ignore SIGPIPE, so that a closed pipe is an error like any other. */
void signals_catch(void);

/* Exit status for the signal that arrived: 128 + its number. */
int signals_exit_code(void);

#endif
