/*
 * launch.h - histories of one shape in a fresh process: lfbench started again with hidden arguments. A backend that crashes, hangs or
 * ends the process costs this one, and what it may have written over is not where the histories are judged: they come through a
 * pipe, and are looked at when the process is gone.
 */
#ifndef LFBENCH_CHECK_LAUNCH_H
#define LFBENCH_CHECK_LAUNCH_H

#include "text/error.h"
#include "history.h"
#include "plugin/plugin.h"
#include "script.h"

#include <signal.h>

/* The first argument of such a process: lfbench check-launch ... */
#define LFB_CHECK_LAUNCH_COMMAND "check-launch"

struct lfb_check_launch {
	const char *path; /* of the object */
	const struct lfb_backend_info *info; /* what it claims */
	const struct lfb_check_shape *shape;
	uint64_t seed;      /* of the first history; the next has the next */
	uint64_t histories; /* at most */
	uint64_t slice_ns;  /* begin no further one after that */
	unsigned depth;     /* of schedules (scheduler.h); 0: the threads run freely */
	bool single_step;   /* schedules by instruction, not by access */
	uint64_t *steps;    /* adds up those of all schedules; may be NULL */
};

enum lfb_check_end {
	LFB_CHECK_END_DONE,
	LFB_CHECK_END_UNSUPPORTED, /* the backend cannot make such a queue */
	LFB_CHECK_END_RESOURCE,    /* no memory, no threads */
	LFB_CHECK_END_HUNG,
	LFB_CHECK_END_CRASHED,
	LFB_CHECK_END_INTERRUPTED,
};

/* One history, which is the caller's only until this returns. Return false to see no more. */
typedef bool (*lfb_check_on_history)(const struct lfb_history *history, void *context);

/*
 * Run it, then hand over the histories that are whole, in order. Sets *end, and in `error` the sentence where it is not DONE. Returns 0, or
 * -errno where no process could be started.
 */
int lfb_check_launch(const struct lfb_check_launch *launch, lfb_check_on_history on_history, void *context,
		     const volatile sig_atomic_t *interrupted, enum lfb_check_end *end, struct lfb_error *error);

/* main of such a process. Returns its exit status. */
int lfb_check_launch_main(int argc, char **argv);

#endif
