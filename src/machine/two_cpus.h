/*
 * two_cpus.h - two threads on two CPUs that throw one cache line back and forth: what the
 * round-trip probe (probe.h) and the bound of the clocks' offset (clock_offset.h) have in common.
 *
 * DESIGN. The ball is a number. The leader throws 1, 3, 5 ... by storing it and waits for the next
 * even number, which the follower throws back. Each throw moves the line from one CPU to the other,
 * so a round is two transfers and nothing else. Both threads are pinned and spin; the caller sleeps
 * until they are done, and its own affinity stays as it is.
 *
 * Neither thread can be kept waiting for ever: whoever has looked for the ball for a while without
 * seeing it looks at the time too, and calls the game off when the limit is over. That is what
 * happens if the partner has lost its CPU.
 */
#ifndef LFBENCH_TWO_CPUS_H
#define LFBENCH_TWO_CPUS_H

#include <lfbench/arch.h>

struct lfb_two_cpus {
	uint64_t ball __attribute__((aligned(LFB_LINE)));
	uint64_t note; /* travels with the ball, on its line: written before throwing, read after catching */
	uint32_t over __attribute__((aligned(LFB_LINE))); /* the game has ended, or was called off */
	uint32_t arrived;
	uint64_t until_ns; /* the limit, on lfb_clock_now_ns; constant during the game */
};

/* What a thread does once both have their CPUs. Returns 0, or -errno for lfb_two_cpus_run to return. */
typedef int (*lfb_two_cpus_part)(struct lfb_two_cpus *two, void *context);

/*
 * Run `leader` on cpu_a and `follower` on cpu_b, for at most limit_ns; the game ends when the leader
 * returns. `context` is given to both. All signals but those of faults are blocked in the two threads.
 * The caller sleeps meanwhile; several callers must not use the same CPUs at once, or they time each other.
 *
 * Returns 0, what a part returned, -EINVAL (the same CPU twice, or pinning refused), -EXDEV (pinned,
 * but the kernel runs the thread elsewhere), -ETIMEDOUT (the two were not both running before the limit),
 * -EAGAIN (no thread to be had) or another -errno of sched_setaffinity.
 */
int lfb_two_cpus_run(unsigned cpu_a, unsigned cpu_b, lfb_two_cpus_part leader, lfb_two_cpus_part follower,
		     void *context, uint64_t limit_ns);

/* Whether the game is over; ends it when the limit has passed. Called off the fast path. */
bool lfb_two_cpus_over(struct lfb_two_cpus *two);

/* Looks at the ball between two looks at the time: tens of microseconds, longer than any round trip. */
#define LFB_BALL_LOOKS 1024

/* Give the ball away. The release publishes `note` to the thread whose catch returns this number. */
static inline void lfb_ball_throw(struct lfb_two_cpus *two, uint64_t number)
{
	__atomic_store_n(&two->ball, number, __ATOMIC_RELEASE);
}

/*
 * Wait for the ball with this number. false: the game is over.
 *
 * It pauses between looks, as the waiting loops of queues do: without, round trips came out 4 to 8 %
 * longer on the machine this was written on, and on two hardware threads of one core the one that
 * waits would slow down the other. The acquire pairs with the release in lfb_ball_throw.
 */
static inline bool lfb_ball_catch(struct lfb_two_cpus *two, uint64_t number)
{
	do {
		for (int look = 0; look < LFB_BALL_LOOKS; look++) {
			if (__atomic_load_n(&two->ball, __ATOMIC_ACQUIRE) == number)
				return true;
			lfb_pause();
		}
	} while (!lfb_two_cpus_over(two));
	return false;
}

#endif
