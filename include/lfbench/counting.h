/*
 * counting.h - the counting flavour: the same source, compiled so that every atomic
 * read-modify-write and every lock it takes is counted, per thread.
 *
 * DESIGN. Counting an operation costs about as much as the operation, so it is never done in what
 * is timed: a backend is compiled twice, and in the timing flavour all of this file is empty
 * functions (LFB_COUNTING is 0). The counting flavour is compiled with
 *
 *     -DLFB_COUNTING_FLAVOUR -include lfbench/counting.h
 *
 * which lfbench_add_backend() does. Coming first, it can redefine the compiler's atomic built-ins
 * as macros around themselves (a macro is not expanded in its own expansion): so those of the
 * queue, of its headers, of <stdatomic.h> and of C++'s <atomic> are all counted, and mean what
 * they meant. The same goes for pthread's mutexes and condition variables. Libraries whose atomics
 * are assembly have a header of their own, to be included before theirs: counting_ck.h,
 * counting_urcu.h.
 *
 * Not counted: loads, stores and fences; C's operators on _Atomic variables (x++), which no macro
 * can catch; what the allocator does. What happens inside a compiled library cannot be counted
 * either. Where that is known, `hidden` says which figures are therefore incomplete: they are left
 * empty, not 0. A backend that calls such a library in every loop says so once:
 *
 *     #undef LFB_ALWAYS_HIDDEN  // before loops.h
 *     #define LFB_ALWAYS_HIDDEN (LFB_HIDDEN_RMW | LFB_HIDDEN_CAS)
 *
 * A spin lock of one's own reports its waiting through two functions, which vanish from the
 * timing flavour (nodes.h has an example):
 *
 *     uint64_t since_ns = 0;
 *     while (exchange(lock, 1))
 *             lfb_count_busy(&since_ns);
 *     lfb_count_locked(since_ns);
 *
 * The counters are this thread's and this translation unit's: a backend is one source file.
 * Compiles as C11 and as C++17.
 */
#ifndef LFBENCH_COUNTING_H
#define LFBENCH_COUNTING_H

#ifndef LFB_COUNTING_FLAVOUR

#define LFB_COUNTING 0

#include <lfbench/backend.h>

static inline void lfb_count_begin(struct lfb_thread *thread)
{
	(void)thread;
}

static inline void lfb_count_end(struct lfb_thread *thread)
{
	(void)thread;
}

static inline void lfb_count_busy(uint64_t *since_ns)
{
	(void)since_ns;
}

static inline void lfb_count_locked(uint64_t since_ns)
{
	(void)since_ns;
}

#else

#define LFB_COUNTING 1

#ifdef LFBENCH_BACKEND_H
#error "The counting flavour counts only what comes after it: compile with -include lfbench/counting.h."
#endif

/*
 * The first C header read decides for all of them which extensions they declare. It is read here,
 * before the source can ask for GNU's, so ask for it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#define LFB_GNU_SOURCE
#endif
#include <errno.h>
#include <lfbench/backend.h>
#include <pthread.h>
#include <time.h>
#ifdef LFB_GNU_SOURCE
#undef LFB_GNU_SOURCE
#undef _GNU_SOURCE
#endif

/*
 * Initial-exec, or every count in a dlopened object would be a call of __tls_get_addr. Such variables
 * come from what little static TLS glibc keeps for dlopened objects, so no alignment is asked for.
 */
static __thread struct lfb_counters lfb_counted __attribute__((tls_model("initial-exec"), unused));

/* A read-modify-write that is no compare-and-swap. */
static inline void lfb_count_rmw(void)
{
	lfb_counted.rmw++;
}

/* A compare-and-swap, and whether it succeeded, which is also returned. */
static inline bool lfb_count_cas(bool swapped)
{
	lfb_counted.rmw++;
	lfb_counted.cas++;
	lfb_counted.cas_failed += !swapped;
	return swapped;
}

/* Something happened that makes the figures in `what` (LFB_HIDDEN_*) incomplete. */
static inline void lfb_count_hidden(uint64_t what)
{
	lfb_counted.hidden |= what;
}

static inline uint64_t lfb_count_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* A try to take a lock has failed. `*since_ns` is 0 before the first one of an acquisition. */
static inline void lfb_count_busy(uint64_t *since_ns)
{
	if (*since_ns == 0)
		*since_ns = lfb_count_now_ns();
}

/* A lock was acquired; `since_ns` as lfb_count_busy left it. */
static inline void lfb_count_locked(uint64_t since_ns)
{
	lfb_counted.locks++;
	if (since_ns != 0) {
		lfb_counted.lock_contended++;
		lfb_counted.lock_wait_ns += lfb_count_now_ns() - since_ns;
	}
}

/* A task can call a loop (LFB_TRY_PUSH) from within a loop: what it counts belongs to the outer one. */
static __thread unsigned lfb_count_depth __attribute__((tls_model("initial-exec"), unused));

/* loops.h: this thread's loop begins. What attaching did is not counted. */
static inline void lfb_count_begin(struct lfb_thread *thread)
{
	if (lfb_count_depth++ > 0)
		return;
	__builtin_memset(&lfb_counted, 0, sizeof(lfb_counted));
	thread->counters = lfb_counted;
}

/* The loop writes depth_max itself. */
static inline void lfb_count_store(struct lfb_thread *thread, uint64_t hidden)
{
	lfb_counted.hidden |= hidden;
	if (--lfb_count_depth > 0)
		return;
	lfb_counted.depth_max = thread->counters.depth_max;
	thread->counters = lfb_counted;
}

#define LFB_ALWAYS_HIDDEN 0

/* loops.h: it has ended. A macro, so that LFB_ALWAYS_HIDDEN is what the backend has made of it. */
#define lfb_count_end(thread) lfb_count_store(thread, LFB_ALWAYS_HIDDEN)

#include <lfbench/counting_builtins.h>
#include <lfbench/counting_pthread.h>

#endif

#endif
