/*
 * scheduling.h - the scheduling flavour: the same source, compiled so that before every access to shared memory somebody else decides
 * which thread goes on. `lfbench check --schedules` does, to try interleavings that a machine hardly makes (src/check/scheduler.h).
 *
 * DESIGN. In what is timed nothing of this is there: no source names it, and an access is the bare instruction. The flavour is the same
 * source, compiled as lfbench_add_backend(... SCHEDULING) does:
 *
 *     -DLFB_SCHEDULING_FLAVOUR -include lfbench/scheduling.h -fsanitize=thread      (and linked without it)
 *
 * With -fsanitize=thread the compiler calls a function before each access to memory that another thread may see, and instead of each
 * atomic operation, however that was written: built-ins, <stdatomic.h>, x++ on an _Atomic, C++'s <atomic>. Those functions are here
 * (scheduling_accesses.h), in place of the sanitizer's library: each asks the scheduler, which lets all threads but one wait. So an
 * atomic operation needs no atomic instruction, and a plain access that should have been atomic is a place to be interrupted like
 * any other. What waits in the kernel is replaced by what waits in the scheduler: pthread's mutexes, spin locks and condition
 * variables (scheduling_pthread.h), sched_yield and the pause of a spin loop.
 *
 * What it cannot see: inline assembly (ConcurrencyKit, liburcu on x86), compiled libraries, other things that sleep (semaphores,
 * rwlocks, barriers, futexes). Such a queue must not have this flavour; it is driven instruction by instruction instead.
 * Accesses are interleaved in one order that all threads agree on: what weaker orders allow is not tried.
 *
 * Compiles as C11 and as C++17.
 */
#ifndef LFBENCH_SCHEDULING_H
#define LFBENCH_SCHEDULING_H

#if defined(LFB_SCHEDULING_FLAVOUR) && defined(LFBENCH_BACKEND_H)
#error "The scheduling flavour sees only what comes after it: compile with -include lfbench/scheduling.h."
#endif

#ifdef LFB_SCHEDULING_FLAVOUR
/*
 * The first C header read decides for all of them which extensions they declare. It is read here,
 * before the source can ask for GNU's, so ask for it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#define LFB_GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#ifdef LFB_GNU_SOURCE
#undef LFB_GNU_SOURCE
#undef _GNU_SOURCE
#endif
#endif
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a thread asks of the scheduler: filled in by the host, one for each thread. All are called by that thread. */
struct lfb_scheduling {
	/* About to touch memory that is shared; `place` is in the code that does. */
	void (*access)(struct lfb_scheduling *me, const volatile void *address, const void *place);
	void (*yield)(struct lfb_scheduling *me);				 /* others have to go on before this one can */
	void (*block)(struct lfb_scheduling *me, const volatile void *on);	 /* until another thread wakes it; may also return without that */
	void (*wake)(struct lfb_scheduling *me, const volatile void *on, uint32_t most);
	uint64_t (*call)(struct lfb_scheduling *me); /* an operation begins; the time, which is a number of steps */
	uint64_t (*done)(struct lfb_scheduling *me); /* it has returned */
};

#ifdef __cplusplus
}
#endif

#ifndef LFB_SCHEDULING_FLAVOUR

struct lfb_history_order;

static inline void lfb_schedule_begin(struct lfb_history_order *order)
{
	(void)order;
}

static inline void lfb_schedule_end(void)
{
}

#else

#include <lfbench/backend.h>

/* Outside a script there is none, and everything is as usual. Initial-exec: see counting.h. */
static __thread struct lfb_scheduling *lfb_scheduled __attribute__((tls_model("initial-exec"), unused));

/* loop_history.h: this thread's script begins, and ends. */
static inline void lfb_schedule_begin(struct lfb_history_order *order)
{
	lfb_scheduled = order->scheduling;
}

static inline void lfb_schedule_end(void)
{
	lfb_scheduled = (struct lfb_scheduling *)0;
}

static inline uint64_t lfb_scheduled_call(uint32_t use_counter)
{
	return lfb_scheduled != (struct lfb_scheduling *)0 ? lfb_scheduled->call(lfb_scheduled) : lfb_stamp_call(use_counter);
}

static inline uint64_t lfb_scheduled_return(uint32_t use_counter)
{
	return lfb_scheduled != (struct lfb_scheduling *)0 ? lfb_scheduled->done(lfb_scheduled) : lfb_stamp_return(use_counter);
}

static inline int lfb_scheduled_yield(void)
{
	if (lfb_scheduled == (struct lfb_scheduling *)0)
		return sched_yield();
	lfb_scheduled->yield(lfb_scheduled);
	return 0;
}

#define lfb_stamp_call(use_counter) lfb_scheduled_call(use_counter)
#define lfb_stamp_return(use_counter) lfb_scheduled_return(use_counter)
#define sched_yield() lfb_scheduled_yield()
#define lfb_pause() ((void)lfb_scheduled_yield())
#if defined(__x86_64__) || defined(__i386__)
#define __builtin_ia32_pause() ((void)lfb_scheduled_yield())
#endif

#include <lfbench/scheduling_accesses.h>
#include <lfbench/scheduling_pthread.h>

#endif

#endif
