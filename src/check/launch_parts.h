/* launch_parts.h - what the two ends of launch.h agree on: the arguments of the process, and what comes through its pipe. */
#ifndef LFBENCH_CHECK_LAUNCH_PARTS_H
#define LFBENCH_CHECK_LAUNCH_PARTS_H

#include "launch.h"

#include "run/child.h"

#define LAUNCH_THREADS (LFB_SCRIPT_THREADS_MAX + 1) /* and the host, which pops what is left */

enum launch_argument { LAUNCH_PROGRAM, LAUNCH_COMMAND, LAUNCH_PATH, LAUNCH_SHAPE, LAUNCH_SEED, LAUNCH_HISTORIES, LAUNCH_SLICE_NS, LAUNCH_DEPTH, LAUNCH_STEPS,
		       LAUNCH_ARGUMENTS };

/* What LAUNCH_STEPS can be. */
#define LAUNCH_BY_ACCESS "access"
#define LAUNCH_BY_INSTRUCTION "instruction"

/* Where the child writes. */
#define LAUNCH_FD LFB_CHILD_FIRST_FD
/* More would be cut off by who reads: then the child ends, and the next one goes on. */
#define LAUNCH_BYTES_MAX ((size_t)40 << 20)

/*
 * Before each history; its logs follow, thread by thread, as they are in memory: both ends are one program. One without threads and without an
 * error comes last: without it somebody else has ended the process.
 */
struct launch_head {
	int32_t rc; /* 0; -ETIMEDOUT: threads hang, -EFAULT: it crashed (the logs follow); or why there is none */
	uint32_t threads;
	uint64_t seed;
	uint64_t capacity;
	uint64_t epsilon_ticks;
	double ticks_per_us;
	uint64_t steps; /* of a schedule, as are the switches */
	struct lfb_history_switch kept_switch[LFB_HISTORY_SWITCHES_MAX];
	uint32_t switches;
	uint64_t counts[LAUNCH_THREADS];
	char text[240];
};

/* By the child: one history, or why there is none. Adds to *written. Returns 0 or -errno. */
int launch_send(const struct lfb_history *history, int outcome, const struct lfb_error *error, uint64_t steps, size_t *written);

#endif
