/*
 * stage.h - what both arms of a duet share: the threads, the memory, the clock; and how one slice of one arm is run.
 *
 * DESIGN. The threads live as long as the stage, each pinned to its CPU; the caller's thread is the first of them. Between
 * slices they spin (and yield where they are more than the CPUs), so that none has to be woken. For a
 * slice the first thread makes the queues at the start of the arena, which is the same address for both arms; then all meet,
 * attach, meet again, run their loops, detach, and meet. Elapsed is the last end minus the first start.
 * Everything the threads write while they run is on lines of their own.
 */
#ifndef LFBENCH_GATE_STAGE_H
#define LFBENCH_GATE_STAGE_H

#include "duet.h"
#include "statistics/stats.h"

#include <lfbench/histogram.h>

struct gate_stage;

/*
 * Load both arms from private copies, in the plan's order; map the memory, its start shifted by a random number of lines; start and pin the threads. The
 * caller's thread is pinned too, and has to be the one that calls the other functions. Returns 0; -ENOTSUP: the backend cannot run the shape, or the arms are
 * unlike queues; -EXDEV: they share code; else -errno, with a sentence. The copies stay until the process ends.
 */
int gate_stage_open(const struct gate_duet_plan *plan, struct lfb_rng *rng, struct gate_stage **out, struct lfb_error *error);

/* Get ready for slices of that many items: room in the arena, and what they must sum up to. Returns 0 or -errno. */
int gate_stage_set_items(struct gate_stage *stage, uint64_t items, struct lfb_error *error);

/*
 * Run one slice on one arm. Sets *ns to what it took; with `latencies` not NULL, which only a latency metric allows, adds its samples. Returns 0; -EBADMSG:
 * values were lost, changed or invented; -ENOTSUP; else -errno.
 */
int gate_stage_slice(struct gate_stage *stage, enum gate_arm arm, struct lfb_histogram *latencies, uint64_t *ns,
		     struct lfb_error *error);

/* Round trip of a cache line between the first two threads; 0 where there are not two with a CPU each. */
double gate_stage_probe_ns(struct gate_stage *stage);

/* Ends the threads; the arms stay loaded, since their code may have left thread-local destructors behind. */
void gate_stage_close(struct gate_stage *stage);

#endif
