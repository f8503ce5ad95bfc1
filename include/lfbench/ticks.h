/*
 * ticks.h - time stamps for single operations: cheaper than a call of the C library, and ordered.
 *
 * DESIGN. Two things differ from clock_gettime. The processor's counter is read directly where it
 * ticks at one rate, which the host finds out and calibrates (struct lfb_timebase). And the reading is
 * ordered against the operation that is timed: without that the processor reads the counter whenever it
 * likes, and a queue of ten nanoseconds is timed as nothing.
 *
 * x86-64: LFENCE starts when all earlier instructions have finished, and nothing later starts before it
 * has (Intel SDM vol. 2B, RDTSC; on AMD where LFENCE is serializing, which Linux sees to). So one
 * sequence, lfence rdtsc lfence, serves before and after. It is used rather than rdtscp, which waits
 * for the same things and costs as much, because virtual machines are seen that do not announce
 * rdtscp; and never cpuid, which traps on a virtual machine. Neither waits until stores are visible to
 * other CPUs: a time stamp after a push is taken when the push has been executed, not when it has arrived.
 * arm64: ISB and the virtual counter.
 * Elsewhere, and where the counter cannot be trusted: CLOCK_MONOTONIC_RAW, and a tick is a nanosecond.
 *
 * Stamps of two CPUs may be compared only as exactly as their counters agree: see tsc_skew_ns.
 *
 * Compiles as C11 and as C++17, and needs no symbol of the host. Any thread may call these.
 */
#ifndef LFBENCH_TICKS_H
#define LFBENCH_TICKS_H

#include <lfbench/arch.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether this processor has a counter that can be read here. */
#if defined(__x86_64__) || defined(__aarch64__)
#define LFB_TICKS_COUNTER 1
#else
#define LFB_TICKS_COUNTER 0
#endif

/* Where ticks come from and what they are worth. Chosen by the host; constant during a trial. */
struct lfb_timebase {
	uint32_t use_counter; /* 1: the processor's counter; 0: CLOCK_MONOTONIC_RAW, mult 1, shift 0 */
	uint32_t shift;	      /* nanoseconds = ticks * mult >> shift; at most 63 */
	uint64_t mult;	      /* not 0 */
};

/* With -std=c11 the C library has the clock but hides its declaration. */
#ifdef CLOCK_MONOTONIC_RAW
#define LFB_TICKS_CLOCK CLOCK_MONOTONIC_RAW
#else
#define LFB_TICKS_CLOCK 4
int clock_gettime(int clock, struct timespec *now);
#endif

/* CLOCK_MONOTONIC_RAW in nanoseconds. Ordered by being a call. */
static inline uint64_t lfb_ticks_clock(void)
{
	struct timespec now;

	/* Cannot fail: the clock exists since Linux 2.6.28 and the pointer is good. */
	(void)clock_gettime(LFB_TICKS_CLOCK, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The processor's counter, after all that comes before and before all that comes after. */
static inline uint64_t lfb_ticks_counter(void)
{
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks)::"memory");
	return ticks;
#else
	return 0; /* no timebase asks for it */
#endif
}

/* A stamp before an operation: nothing of it starts before the stamp was taken. */
static inline uint64_t lfb_ticks_before(const struct lfb_timebase *timebase)
{
	return LFB_LIKELY(timebase->use_counter) ? lfb_ticks_counter() : lfb_ticks_clock();
}

/* A stamp after an operation: taken when all of it has been executed. */
static inline uint64_t lfb_ticks_after(const struct lfb_timebase *timebase)
{
	return LFB_LIKELY(timebase->use_counter) ? lfb_ticks_counter() : lfb_ticks_clock();
}

/*
 * A difference of stamps in nanoseconds, rounded down. It must not be negative: see to that where
 * the stamps are from two CPUs. What is longer than 2^64 ns is wrong, but not undefined.
 */
static inline uint64_t lfb_ticks_ns(const struct lfb_timebase *timebase, uint64_t ticks)
{
#if LFB_TICKS_COUNTER
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)((wide)ticks * timebase->mult >> timebase->shift);
#else
	return ticks * timebase->mult >> timebase->shift; /* always 1 and 0: there is no counter */
#endif
}

#ifdef __cplusplus
}
#endif

#endif
