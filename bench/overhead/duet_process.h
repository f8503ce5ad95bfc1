/*
 * duet_process.h - one duet in a fresh process: this program started again with hidden
 * arguments, so that every launch has its own addresses (ASLR) and its own pages.
 */
#ifndef OVERHEAD_DUET_PROCESS_H
#define OVERHEAD_DUET_PROCESS_H

#include "duet.h"

/* The first hidden argument. */
#define DUET_PROCESS_OPTION "--launch"

/*
 * Start a process for the plan and wait for it. Sets *items and blocks[0..plan->blocks)
 * as duet_run does. Returns 0; -EBADMSG when a slice was wrong, or the process crashed
 * or hung; else -errno. What went wrong inside the process it says itself, on stderr.
 */
int duet_process_run(const struct duet_plan *plan, uint64_t *items, struct duet_block *blocks, struct lfb_error *error);

/* Whether these are the arguments of a launch, and if so, its main. */
bool duet_process_requested(int argc, char **argv);
int duet_process_main(char **argv);

#endif
