/*
 * record.h - one history of a backend in this process: make the queue, let the threads follow their scripts, pop what is left.
 *
 * A queue that is wrong may do anything to the process, so this runs in one of its own (launch.h).
 */
#ifndef LFBENCH_CHECK_RECORD_H
#define LFBENCH_CHECK_RECORD_H

#include "text/error.h"
#include "history.h"
#include "plugin/plugin.h"
#include "script.h"

#include <lfbench/ticks.h>

/* What stays the same over the histories of a process. */
struct lfb_recorder {
	const struct lfb_plugin *plugin;
	struct lfb_arena arena;
	struct lfb_timebase time;
	uint64_t epsilon_ticks;
	double ticks_per_us;
	uint64_t limit_ns; /* then the threads are called off, which is no fault: they may only be slow */
	uint64_t grace_ns; /* and if they have not come back so long after that, they hang */
};

/* Choose the clock and measure how far apart those of two CPUs are. Returns 0; -ENOTSUP: the object is older than histories; -ENOMEM. */
int lfb_recorder_open(const struct lfb_plugin *plugin, struct lfb_recorder *recorder, struct lfb_error *error);
void lfb_recorder_close(struct lfb_recorder *recorder);

/*
 * Record one. Returns 0; -ENOTSUP: the backend cannot make such a queue; -ENOMEM; -EAGAIN: no more threads; -ETIMEDOUT: a thread hangs in the
 * queue, *out is what was logged until then, and the process has to end without touching anything. On 0 and -ETIMEDOUT *out is to be
 * freed with lfb_history_free.
 */
int lfb_record(struct lfb_recorder *recorder, const struct lfb_check_shape *shape, uint64_t seed, struct lfb_history **out, struct lfb_error *error);

#endif
