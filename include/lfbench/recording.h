/*
 * recording.h - a sample of what a thread does to a queue in a trial that is timed, to be judged when the trial is over: `--check history`.
 *
 * DESIGN. Some values are sampled, by a hash of their number, so that whoever pushes and whoever pops agree without a word. Of a sampled
 * value both ends are logged with their times (history.h); of others nothing is. What is left out are whole values, and a right history
 * without some of its values is a right history still: sampling hides faults, and never invents one. Not so with FULL, which says how many
 * values were inside: it is never logged. Nor are EMPTY answers that the queue calls weak: whether they are right depends on who else was at
 * it, and of most operations there is no record.
 *
 * Windows of consecutive numbers are sampled rather than single ones, the same of every producer: faults of order are between neighbours.
 *
 * A pop does not know before which value it will bring, and to stamp every call would cost more than many a pop. So an operation is said to have
 * been called at the last stamp that its thread has taken: earlier than it was, which may hide a fault as well. For a while after a
 * sampled value there is a stamp after each operation, since the others of its window will follow.
 *
 * Compiles as C11 and as C++17, and needs no symbol of the host.
 */
#ifndef LFBENCH_RECORDING_H
#define LFBENCH_RECORDING_H

#include <lfbench/backend.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers of a window. */
#define LFB_RECORDING_WINDOW 64u
/* Operations of a thread that are followed by a stamp after one with a sampled value. */
#define LFB_RECORDING_HOT 64u

/* Which values: of all windows one in `mask` + 1. */
struct lfb_recording_sample {
	uint64_t seed;
	uint64_t mask; /* 2^n - 1 */
};

/* One thread's log. Written by the host before, and then by the thread. */
struct lfb_recording {
	struct lfb_history_op *ops;
	uint64_t slots, used;
	uint64_t empties; /* EMPTY answers that may still be logged */
	uint64_t missed;  /* operations that found no slot */
	struct lfb_recording_sample sample;
	uint64_t known;   /* the last stamp: a moment before now */
	uint32_t hot;     /* operations left that are followed by a stamp; while there are, `known` is fresh */
	uint32_t streak;  /* EMPTY answers at the end of the log */
	uint32_t use_counter; /* as in struct lfb_timebase */
} __attribute__((aligned(LFB_LINE)));

static inline bool lfb_recording_takes(const struct lfb_recording_sample *sample, uint64_t value)
{
	const uint64_t number = value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1);

	return ((lfb_mix(number / LFB_RECORDING_WINDOW ^ sample->seed) >> 16) & sample->mask) == 0;
}

/* Append to the log. On another CPU's clock a return may lie before its call. */
static inline void lfb_recording_add(struct lfb_recording *r, uint32_t kind, uint32_t answer, uint64_t value, uint64_t call, uint64_t ret)
{
	struct lfb_history_op *op;

	if (LFB_UNLIKELY(r->used == r->slots)) {
		r->missed++;
		return;
	}
	r->streak = 0;
	op = &r->ops[r->used++];
	op->value = value;
	op->call = call;
	op->ret = ret > call ? ret : call;
	op->kind = kind;
	op->answer = answer;
}

#ifdef __cplusplus
}
#endif

#endif
