/*
 * child.h - start one process, collect what it writes, and see how it ended.
 *
 * The parent sleeps in poll() the whole time. The child is the leader of a process group
 * of its own, so that whatever a plug-in starts ends with it, and dies with its parent.
 */
#ifndef LFBENCH_CHILD_H
#define LFBENCH_CHILD_H

#include "text/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a child writes, each on a descriptor of its own: LFB_CHILD_FIRST_FD and following. */
enum lfb_child_stream { LFB_CHILD_ROWS, LFB_CHILD_DETAIL, LFB_CHILD_HIST, LFB_CHILD_LOG, LFB_CHILD_STREAMS };
#define LFB_CHILD_FIRST_FD 3

struct lfb_child_output {
	char *bytes; /* NUL-terminated, beside `size` */
	size_t size;
};

struct lfb_child_result {
	struct lfb_child_output stream[LFB_CHILD_STREAMS];
	bool timed_out;
	bool interrupted;
	int wait_status; /* of waitpid */
};

/*
 * Run argv[0] until it ends, `limit_ns` is over, or *interrupted is set by a signal handler.
 * Its standard output goes nowhere, its standard error where the parent's goes. Always fills
 * `result`; free it with lfb_child_result_free. Returns 0, or -errno when it cannot be started.
 */
int lfb_child_run(char *const argv[], uint64_t limit_ns, const volatile sig_atomic_t *interrupted,
		  struct lfb_child_result *result, struct lfb_error *error);
void lfb_child_result_free(struct lfb_child_result *result);

#endif
