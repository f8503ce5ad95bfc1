/*
 * schedule_server.h - schedules one after the other, each in a process of its own, forked from one that has loaded the object.
 *
 * DESIGN. What a schedule does must depend on its seed alone, and not on what the one before left in the allocator or in the queue's
 * static variables: each begins with the same memory, at the same addresses. So it can be run again by its seed, and one that crashes
 * costs itself. All processes run on one CPU: of their threads only one ever has something to do.
 */
#ifndef LFBENCH_CHECK_SCHEDULE_SERVER_H
#define LFBENCH_CHECK_SCHEDULE_SERVER_H

#include "launch.h"

/* Start this program anew with fixed addresses, if it has not been yet and the system allows it. */
void lfb_schedule_fix_addresses(char **argv);

/* Run those of `launch` and write each to LAUNCH_FD. Returns 0 or -errno. */
int lfb_schedule_serve(const struct lfb_check_launch *launch, uint64_t start_ns);

#endif
