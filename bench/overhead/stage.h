/*
 * stage.h - what both arms of a duet share: the threads, the memory, the clock, and how
 * one slice of one arm is run.
 *
 * The threads live as long as the stage, each pinned to a CPU. Between slices they spin,
 * so that none has to be woken; a slice begins when both have met, and ends when both
 * have met again. Elapsed is the last end minus the first start.
 */
#ifndef OVERHEAD_STAGE_H
#define OVERHEAD_STAGE_H

#include "arm.h"
#include "statistics/stats.h"

#include <pthread.h>

/* Who runs the loops of a slice. */
enum stage_mode {
	MODE_PAIR,     /* one thread pushes while another pops */
	MODE_IN_TURNS, /* one thread pushes STAGE_TURN_ITEMS, pops them, and so on: the instructions alone */
	MODE_CONSUME,  /* one thread pops, nobody pushes: for loops that make up their values */
};

/* Items of one turn: no queue here is full of them. */
#define STAGE_TURN_ITEMS UINT64_C(1000)

/* What one thread writes, on lines of its own. */
struct side {
	uint32_t arrived __attribute__((aligned(LFB_LINE))); /* meetings so far */
	uint64_t start_ns, end_ns;
};

struct stage {
	struct arm arms[ARM_KINDS];
	struct side sides[2];          /* [0] pops, or does all; [1] pushes */
	struct arm *turn;              /* arm of this slice; NULL: over */
	struct lfb_arena whole, arena; /* as mapped, and as the queues see it */
	enum stage_mode mode;
	int cpus[2];
	pthread_t second;
};

struct stage_plan {
	const char *paths[ARM_KINDS];
	enum stage_mode mode;
	enum arm_kind loaded_first;
};

/* Whether this process may run on as many CPUs as a pair of threads needs. */
bool stage_possible(void);

/*
 * Load the arms, map the memory (shifted by a random number of lines), start and pin the
 * threads; this thread is pinned too. Returns 0 or -errno; -EBADMSG only from a slice.
 */
int stage_open(struct stage *stage, const struct stage_plan *plan, struct lfb_rng *rng, struct lfb_error *error);
void stage_close(struct stage *stage);

/* A slice of that many items, for either arm. */
struct arm_slice stage_slice_of(const struct stage *stage, uint64_t items);

/*
 * Run it on one arm. Sets *ns to what it took. With MODE_IN_TURNS its items must be a
 * multiple of STAGE_TURN_ITEMS. Returns 0; -EBADMSG when it was wrong; else -errno.
 */
int stage_run_slice(struct stage *stage, enum arm_kind kind, const struct arm_slice *slice, uint64_t *ns,
		    struct lfb_error *error);

#endif
