/*
 * launch.h - one duet in a fresh process: lfbench started again with hidden arguments, so that every launch
 * has its own addresses (ASLR) and pages, and a build that crashes or hangs costs one launch.
 */
#ifndef LFBENCH_GATE_LAUNCH_H
#define LFBENCH_GATE_LAUNCH_H

#include "duet.h"

#include <signal.h>

/* The first argument of such a process: lfbench gate-launch ... */
#define GATE_LAUNCH_COMMAND "gate-launch"

/*
 * Run the plan in a process of its own and wait for it. Sets *result, and blocks[0..plan->blocks) unless NULL.
 * Returns 0; -EBADMSG: a slice was wrong, or the process crashed or hung (the build is to blame: exit 4);
 * -EXDEV: the two builds would share code (exit 3; the sentence names the library and offers paired processes);
 * -ENOTSUP: the backend cannot run this shape; -EINTR: a signal was caught; else -errno.
 * Nothing is printed; the sentence is in `error`. Not thread-safe.
 */
int gate_launch(const struct gate_duet_plan *plan, struct gate_duet_result *result, struct gate_block *blocks,
		const volatile sig_atomic_t *interrupted, struct lfb_error *error);

/* main of such a process. Returns its exit status. */
int gate_launch_main(int argc, char **argv);

#endif
