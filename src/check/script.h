/*
 * script.h - what the threads of a history do: the shapes that `lfbench check` puts a queue through.
 *
 * DESIGN. Faults of queues show where it is crowded: with no room, with one item, when a counter or a node comes round again, when a thread
 * is stopped in the middle of an operation. Each shape leads there by another way, and a seed varies what happens in it: capacity,
 * numbers of operations, pauses. The same seed gives the same scripts; what the threads make of them is up to the machine.
 */
#ifndef LFBENCH_CHECK_SCRIPT_H
#define LFBENCH_CHECK_SCRIPT_H

#include "history.h"

struct lfb_check_shape {
	const char *name;
	const char *summary;
	unsigned producers, consumers; /* at most: where the backend allows one, there is one */
	unsigned mixed;                /* threads that push and pop instead; for many producers and consumers only */
	unsigned capacity, spread;     /* capacity asked for: capacity .. capacity + spread - 1 */
	unsigned items;                /* per producer, at most */
	unsigned tries;                /* refusals until an operation is given up; 0: never */
	unsigned batch;                /* values of a batch, at most; 0: single values */
	bool blocks;                   /* by the backend's own blocking push and pop */
	bool bursts;                   /* meet, do a few operations, meet, pop what is left; again and again */
	bool stalls;                   /* threads are stopped at random by a signal */
	bool crowded;                  /* needs more than one of a side to make sense */
};

extern const struct lfb_check_shape lfb_check_shapes[]; /* ended by one without a name */

/* "pair, many ..." for options; NULL at the end. */
extern const char *const lfb_check_shape_names[];

/* Whether a backend with such claims can be put through it. */
bool lfb_check_shape_fits(const struct lfb_check_shape *shape, const struct lfb_claims *claims, bool has_block);

#define LFB_SCRIPT_THREADS_MAX 16u

/* One thread's part. */
struct lfb_script_thread {
	struct lfb_history_step *steps;
	size_t count, room;
	uint64_t slots; /* log entries that the steps can take */
	bool produces, consumes;
};

struct lfb_script {
	unsigned threads, producers, consumers;
	uint64_t capacity; /* asked for */
	uint64_t items;    /* pushes at most */
	bool stalls;
	struct lfb_script_thread thread[LFB_SCRIPT_THREADS_MAX];
};

/* Write the scripts of one history. Returns 0 or -ENOMEM; free with lfb_script_free in any case. */
int lfb_script_make(const struct lfb_check_shape *shape, const struct lfb_claims *claims, uint64_t seed, struct lfb_script *out);
void lfb_script_free(struct lfb_script *script);

/* The next of a row of random numbers (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA'14). */
uint64_t lfb_script_random(uint64_t *state);

#endif
