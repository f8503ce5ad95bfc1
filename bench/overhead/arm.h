/*
 * arm.h - one side of the comparison: a shared object with a queue and its two loops,
 * the suite's (a backend) or a hand-written one (hand.h), driven through one interface.
 *
 * DESIGN. What differs between the two kinds (how a queue is made, what a thread is
 * told) is dealt with before and after the clock; inside it, each side is one indirect
 * call into its own code.
 */
#ifndef OVERHEAD_ARM_H
#define OVERHEAD_ARM_H

#include "text/error.h"
#include "hand.h"
#include "plugin/plugin.h"

#include <stdbool.h>

enum arm_kind { ARM_SUITE, ARM_HAND, ARM_KINDS };

/* Bytes of a backend's handle that an arm has room for. */
#define ARM_HANDLE_BYTES 1024u

struct arm {
	enum arm_kind kind;
	struct lfb_plugin plugin;      /* ARM_SUITE */
	void *object;                  /* ARM_HAND: of dlopen */
	const struct hand_loops *hand; /* ARM_HAND */
	void *queue;
	uint64_t items; /* of the slice */
	struct lfb_shared shared;
	struct lfb_thread producer, consumer;
	struct hand_tally tally; /* written by the consuming thread */
	int attached[2];         /* what attaching said: [0] to pop, [1] to push */
	_Alignas(LFB_LINE) unsigned char handles[2][ARM_HANDLE_BYTES];
};

/*
 * Load a private copy of the file at `path`: an object of its own, on pages of its own,
 * whatever else of that name is loaded. Returns 0 or -errno. Not thread-safe.
 */
int arm_open(struct arm *arm, enum arm_kind kind, const char *path, struct lfb_error *error);
void arm_close(struct arm *arm);

/* What a slice is made for; the same for both arms. */
struct arm_slice {
	uint64_t items;    /* the values 1..items */
	uint64_t hash;     /* what the sum of their hashes must be */
	uint64_t capacity; /* of the queue, exactly; 0: there is none */
	bool producing;    /* whether a thread will call arm_produce */
};

/* Make the queue of a slice at the start of the arena. Returns 0 or -errno. */
int arm_start(struct arm *arm, struct lfb_arena *arena, const struct arm_slice *slice, struct lfb_error *error);
/* Called by the thread that will call arm_produce (or arm_consume), before the clock. */
void arm_enter(struct arm *arm, bool producer);
/* The two loops: each by one thread, once a slice. */
void arm_produce(struct arm *arm);
void arm_consume(struct arm *arm);
/* Called by the same thread after the clock. */
void arm_leave(struct arm *arm, bool producer);
/*
 * Undo arm_start and check what was popped: the count, and the sum of hashes where the
 * arm computes one. Returns 0 or -EBADMSG.
 */
int arm_finish(struct arm *arm, const struct arm_slice *slice, struct lfb_error *error);

#endif
