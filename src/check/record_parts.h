/* record_parts.h - what recording has in common, whether the threads run freely (record.h) or one at a time (schedule_crew.h). Internal to src/check. */
#ifndef LFBENCH_CHECK_RECORD_PARTS_H
#define LFBENCH_CHECK_RECORD_PARTS_H

#include "queue.h"
#include "record.h"

/* The arena, and nothing of the clock. Returns 0; -ENOTSUP: the object is older than histories; -ENOMEM. */
int lfb_recorder_map(const struct lfb_plugin *plugin, struct lfb_recorder *recorder, struct lfb_error *error);

/* Make at least so much of the arena usable, or what a small queue takes. Returns 0 or -ENOMEM. */
int lfb_recorder_reserve(struct lfb_recorder *recorder, size_t bytes);

/* Reset the arena and make a queue in it, with memory for the handles; *capacity is what it really holds. Returns 0, -ENOTSUP or -ENOMEM. */
int lfb_record_queue(struct lfb_recorder *recorder, struct lfb_check_size size, void **queue, uint64_t *capacity, struct lfb_error *error);

/* A zeroed handle, of which there may be LFB_CHECK_HANDLES / 2. NULL: no memory. */
void *lfb_record_handle(struct lfb_recorder *recorder);

#endif
