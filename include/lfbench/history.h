/*
 * history.h - what one thread did to a queue and when, so that it can be judged afterwards.
 *
 * DESIGN. A history is a log per thread of operations, each with the time it was called and the time it had
 * returned. `a` came before `b` for certain when a's return is before b's call; everything else may have been either
 * way round. So an interval may be too wide (a fault is then missed) but never too narrow (a correct queue would be
 * accused), and the two stamps differ:
 *
 * call    x86-64: rdtsc; lfence. The counter may be read early, but nothing of the operation starts before it was.
 * return  x86-64: a locked instruction; lfence; rdtsc. Without the first a release store may still sit in the store buffer,
 *         where other CPUs do not see it: a correct ring for one producer would be said to have answered a false EMPTY.
 *         A locked instruction is done when it and all earlier stores are visible (Intel SDM vol. 3A and AMD APM vol. 2,
 *         memory ordering), in a fraction of the time that mfence takes; and lfence waits until it is done.
 * both    Of two operations one right after the other the return of the first is the call of the second: one stamp instead of two.
 * arm64: mrs, isb; and dsb ish, isb, mrs. Elsewhere, or where the counter cannot be trusted: the clock, and full fences.
 *
 * A thread follows a script of steps that the host wrote, so that one loop serves every shape (loop_history.h). What is
 * logged is bounded by the slots: a refusal is logged for the first and the latest try of a step only, and to leave out an
 * answer that changed nothing never makes a good history a bad one.
 *
 * Compiles as C11 and as C++17, and needs no symbol of the host.
 */
#ifndef LFBENCH_HISTORY_H
#define LFBENCH_HISTORY_H

#include <lfbench/arch.h>
#include <lfbench/ticks.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0 is a slot that was never written. */
enum lfb_history_kind { LFB_HISTORY_UNUSED, LFB_HISTORY_PUSH, LFB_HISTORY_POP, LFB_HISTORY_KINDS };

enum lfb_history_answer {
	LFB_HISTORY_PENDING, /* it never returned: `ret` is LFB_HISTORY_NEVER */
	LFB_HISTORY_OK,
	LFB_HISTORY_REFUSED, /* FULL of a push, EMPTY of a pop */
	LFB_HISTORY_ANSWERS
};

#define LFB_HISTORY_NEVER UINT64_MAX

/* One operation. `value` is what was pushed or was to be, or what came; 0 for a pop without a value. */
struct lfb_history_op {
	uint64_t value;
	uint64_t call, ret; /* ticks */
	uint32_t kind;      /* enum lfb_history_kind */
	uint32_t answer;    /* enum lfb_history_answer */
};

/* What a step of a script does. */
enum lfb_history_what {
	LFB_STEP_PUSH,
	LFB_STEP_POP,
	LFB_STEP_PUSH_BATCH, /* `count` values */
	LFB_STEP_POP_BATCH,
	LFB_STEP_PUSH_WAIT, /* the backend's own blocking form */
	LFB_STEP_POP_WAIT,
	LFB_STEP_MEET, /* wait for all other threads of the crew */
	LFB_STEPS
};

/* When a step of pops ends beside after `times` of them. */
enum lfb_history_until {
	LFB_UNTIL_TIMES,
	LFB_UNTIL_EMPTY,    /* at the first EMPTY */
	LFB_UNTIL_PRODUCED, /* when all producers are done and EMPTY came once more; the script ends there too */
};

/* Values of a batch at most. */
#define LFB_HISTORY_BATCH_MAX 16u

struct lfb_history_step {
	uint8_t what;    /* enum lfb_history_what */
	uint8_t count;   /* of a batch, 1..LFB_HISTORY_BATCH_MAX */
	uint8_t yields;  /* sched_yield this often before each try */
	uint8_t until;   /* enum lfb_history_until */
	uint16_t pauses; /* and pause this often */
	uint16_t tries;  /* give up after so many refusals; 0: never */
	uint32_t times;  /* do all that so often */
};

/* Where threads meet: they all count up. On a line of its own. */
struct lfb_history_meeting {
	uint32_t arrived __attribute__((aligned(LFB_LINE)));
	uint32_t members;
};

/* One thread's script and log. */
struct lfb_history_order {
	const struct lfb_history_step *steps;
	uint64_t step_count;
	struct lfb_history_op *ops; /* zeroed; an operation under way is the one at `used`, if its kind is set */
	uint64_t slots, used;
	struct lfb_history_meeting *meeting;
	uint32_t meetings; /* of this thread so far */
	uint32_t use_counter; /* as in struct lfb_timebase */
	uint32_t produces; /* counts among the producers that LFB_UNTIL_PRODUCED waits for */
	uint32_t refused;  /* the last operation was */
	uint32_t fresh;    /* `stamp` was taken after the last operation, and nothing has been waited for since */
	uint32_t apart;    /* the end of an operation and the call of the next are two stamps: a scheduler goes by them */
	uint64_t stamp;
	struct lfb_scheduling *scheduling; /* of this thread, in the scheduling flavour (scheduling.h) */
};

/*
 * What a scheduler that goes by instructions, on x86-64, knows these stamps by: the bytes before the rdtsc of lfb_stamp_return, and those behind the one of
 * lfb_stamp_call. A queue of its own that has them would be taken for the loop.
 */
#define LFB_STAMP_RETURN_CODE "\xf0\x48\x83\x0c\x24\x00\x0f\xae\xe8" /* lock orq $0, (%rsp); lfence */
#define LFB_STAMP_CALL_CODE "\x0f\xae\xe8"                                /* lfence */

/* A moment not after the start of what follows. */
static inline uint64_t lfb_stamp_call(uint32_t use_counter)
{
	if (LFB_UNLIKELY(!use_counter))
		return lfb_ticks_clock();
#if defined(__x86_64__)
	{
		uint32_t low, high;

		__asm__ volatile("rdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
		return (uint64_t)high << 32 | low;
	}
#elif defined(__aarch64__)
	{
		uint64_t ticks;

		__asm__ volatile("mrs %0, cntvct_el0\n\tisb" : "=r"(ticks)::"memory");
		return ticks;
	}
#else
	return 0; /* no timebase asks for it */
#endif
}

/* A moment not before all that precedes has been done and is visible to all. */
static inline uint64_t lfb_stamp_return(uint32_t use_counter)
{
	if (LFB_UNLIKELY(!use_counter)) {
		lfb_full_fence();
		return lfb_ticks_clock();
	}
#if defined(__x86_64__)
	{
		uint32_t low, high;

		/* LFB_STAMP_RETURN_CODE is this up to rdtsc. */
		__asm__ volatile("lock orq $0, (%%rsp)\n\tlfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory", "cc");
		return (uint64_t)high << 32 | low;
	}
#elif defined(__aarch64__)
	{
		uint64_t ticks;

		__asm__ volatile("dsb ish\n\tisb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
		return ticks;
	}
#else
	return 0;
#endif
}

/* The return of an operation, and the call of the next. */
static inline uint64_t lfb_stamp_both(uint32_t use_counter)
{
#if defined(__x86_64__)
	if (LFB_LIKELY(use_counter)) {
		uint32_t low, high;

		__asm__ volatile("lock orq $0, (%%rsp)\n\tlfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory", "cc");
		return (uint64_t)high << 32 | low;
	}
#elif defined(__aarch64__)
	if (LFB_LIKELY(use_counter)) {
		uint64_t ticks;

		__asm__ volatile("dsb ish\n\tisb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks)::"memory");
		return ticks;
	}
#endif
	return lfb_stamp_return(use_counter); /* a call of the C library, which nothing overtakes */
}

#ifdef __cplusplus
}
#endif

#endif
