/* record_crew.h - the threads of one history, from creation to join. Internal to src/check. */
#ifndef LFBENCH_CHECK_RECORD_CREW_H
#define LFBENCH_CHECK_RECORD_CREW_H

#include "record.h"

/* Handles that a crew takes from the arena at most, each on lines of its own: one per thread, and the host's. */
#define LFB_CHECK_HANDLES (2 * (LFB_SCRIPT_THREADS_MAX + 1))

struct lfb_check_crew;

/* What it is given must outlive it. `seed` is of the moments at which threads are stopped. Returns 0 or -ENOMEM; free *out if it is set. */
int lfb_check_crew_create(struct lfb_recorder *recorder, const struct lfb_script *script, void *queue, uint64_t seed, struct lfb_check_crew **out);
void lfb_check_crew_free(struct lfb_check_crew *crew);

/* Let them work. Returns 0, also if they were called off; -EAGAIN: not all could be created; -EIO: one could not attach; -ETIMEDOUT: one hangs. */
int lfb_check_crew_run(struct lfb_check_crew *crew, struct lfb_error *error);

/* Copy the logs, and with `and_drain` pop what is left, as one more thread. Returns 0 or -ENOMEM. */
int lfb_check_crew_take(struct lfb_check_crew *crew, bool and_drain, struct lfb_history *history);

#endif
