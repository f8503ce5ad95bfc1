/*
 * hand.h - what a hand-written loop offers to harness_overhead.
 *
 * DESIGN. The other side of the comparison: what somebody who knows the library would
 * write to time it, without lfbench. Nothing of include/lfbench is used here, so that a
 * mistake in loops.h cannot be on both sides. What both sides must share to be
 * comparable is written a second time: the hash, the back-off, the capacity, and when a
 * consumer ends (it sees that the producer is done, and then EMPTY once more).
 *
 * Every file is built twice: with HAND_HASH=1 it sums the hash of the values popped, as
 * the suite does to verify them; with HAND_HASH=0 it only takes them.
 */
#ifndef OVERHEAD_HAND_H
#define OVERHEAD_HAND_H

#include <stddef.h>
#include <stdint.h>

/* Twice the cache line: neighbouring lines are fetched in pairs. */
#define HAND_LINE 128
/* Slots of a ring; ck_ring holds one item less. */
#define HAND_SLOTS 1024u
/* Pauses of the longest wait between two tries. */
#define HAND_PAUSES_MAX 64u
/* The symbol each object exports. */
#define HAND_SYMBOL "hand_loops"

#ifndef HAND_HASH
#define HAND_HASH 1
#endif

/* What a consumer got. */
struct hand_tally {
	uint64_t count;
	uint64_t hash; /* 0 with HAND_HASH=0 */
};

/* One hand-written queue with its two loops; `queue` is memory of the caller. */
struct hand_loops {
	size_t bytes;      /* memory of one queue, aligned to HAND_LINE */
	uint64_t capacity; /* items it holds, which the suite's must too; 0: there is no queue */
	int hash;          /* HAND_HASH */
	int (*create)(void *queue, uint64_t items); /* 0 or -errno */
	void (*destroy)(void *queue);
	void (*produce)(void *queue, uint64_t first, uint64_t items); /* NULL: nothing to produce */
	void (*consume)(void *queue, struct hand_tally *tally);
};

/* The hash of one value: fold the upper half onto the lower, multiply by 2^64 / golden ratio, fold again. */
static inline uint64_t hand_hash(uint64_t value)
{
	value ^= value >> 32;
	value *= UINT64_C(0x9E3779B97F4A7C15);
	return value ^ value >> 32;
}

/* What a consumer does with a value. */
static inline uint64_t hand_take(uint64_t sum, uint64_t value)
{
#if HAND_HASH
	return sum + hand_hash(value);
#else
	__asm__ volatile("" : : "r"(value)); /* somebody needs it: the load may not be dropped */
	return sum;
#endif
}

static inline void hand_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" : : : "memory");
#endif
}

/* Wait after a failed try: 1, 2, 4 ... pauses. */
static inline void hand_back_off(unsigned *pauses)
{
	for (unsigned i = *pauses; i > 0; i--)
		hand_pause();
	if (*pauses < HAND_PAUSES_MAX)
		*pauses *= 2;
}

#endif
