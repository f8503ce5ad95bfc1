/*
 * arch.h - what differs between processors and compilers: the cache line, the
 * pause instruction, and the attributes that keep the hot loops in one piece.
 *
 * Everything here is static inline or a macro: a plug-in that includes it needs
 * no symbol of the host. Compiles as C11 and as C++17.
 */
#ifndef LFBENCH_ARCH_H
#define LFBENCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Distance in bytes that keeps two variables from sharing a cache line. Twice
 * the 64-byte line of x86, whose adjacent-line prefetcher pairs lines, and the
 * line of several arm64 cores.
 */
#define LFB_LINE 128

/*
 * What happens in nearly every operation, and what hardly ever does. The probability tells gcc
 * which of two nested loops is the hot one: with plain __builtin_expect it takes a retry for
 * likely enough (1 in 10) to align the retry loop and leave the loop over the items where it falls.
 */
#define LFB_LIKELY(condition) __builtin_expect_with_probability(!!(condition), 1, 0.999)
#define LFB_UNLIKELY(condition) __builtin_expect_with_probability(!!(condition), 0, 0.999)

/* A template of a hot loop: always expanded where it is named, with constant arguments. */
#define LFB_TEMPLATE static inline __attribute__((always_inline))
/* A path taken once in many operations: kept out of the loop's cache lines. */
#define LFB_COLD static __attribute__((noinline, cold, unused))
/* What a loop calls when it has to wait: one copy for all loops, so that each has the operation only once. */
#define LFB_SLOW static __attribute__((noinline, unused))
/* The one symbol a plug-in shows. */
#define LFB_EXPORT __attribute__((visibility("default")))

#ifdef __cplusplus
#define LFB_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define LFB_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/*
 * Tell the processor that this is a spin loop: it yields pipeline resources to
 * a sibling hardware thread and avoids the memory-order flush on leaving.
 */
static inline void lfb_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	/* isb stalls for tens of cycles, as x86's pause does; yield is a no-op on most cores. */
	__asm__ volatile("isb" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/*
 * No load after it is performed before a store ahead of it. On x86 a locked instruction on the thread's own stack
 * does that in half the time of mfence; the thread sanitizer, which knows no fences, takes it as it is.
 */
static inline void lfb_full_fence(void)
{
#if defined(__x86_64__)
	__asm__ volatile("lock; orl $0, (%%rsp)" ::: "memory", "cc");
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/*
 * Make the compiler compute `value` and forget what it knows of it, at no run-time
 * cost. Without this a backend that stores nothing would be optimised to nothing.
 */
static inline void lfb_use(uint64_t value)
{
	__asm__ volatile("" ::"r"(value));
}

#endif
