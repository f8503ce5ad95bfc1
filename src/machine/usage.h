/*
 * usage.h - what the kernel and the CPU count of one thread while it is in its loop.
 *
 * DESIGN. Three sources, each asked for what it alone knows:
 *
 * - getrusage(RUSAGE_THREAD): context switches and page faults. Always there.
 * - The thread's own CPU clock (CLOCK_THREAD_CPUTIME_ID): how much time it had. getrusage knows this
 *   only as of the last tick of the scheduler; of it only the part spent in the kernel is taken, which
 *   the kernel itself mostly estimates from ticks. So user_ns + sys_ns is exact, and in a loop of a few
 *   ticks' length (1 to 10 ms each) how it divides is not.
 * - perf_event_open: migrations (counted by the kernel) and the CPU's own counters, user space only. Each
 *   is opened alone, so that one which is missing or forbidden costs no other. Only when asked for.
 *   Where migrations are forbidden, as they usually are to unprivileged users, the kernel's own count is
 *   read from /proc/thread-self/sched instead, just before and just after.
 *
 * What cannot be had is LFB_NOT_COUNTED, and lfb_usage_reason says why.
 *
 * A meter belongs to the thread it measures.
 */
#ifndef LFB_USAGE_H
#define LFB_USAGE_H

#include "machine/perf_events.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

/* The value of a counter that could not be had. */
#define LFB_NOT_COUNTED UINT64_MAX

struct lfb_usage {
	uint64_t ctx_voluntary;   /* context switches because the thread had to wait */
	uint64_t ctx_involuntary; /* because the scheduler took its CPU, or it yielded */
	uint64_t migrations;      /* moves to another CPU */
	uint64_t page_faults;     /* minor and major */
	uint64_t user_ns;         /* CPU time */
	uint64_t sys_ns;          /* of it in the kernel; see above */
	uint64_t cycles;          /* these four in user space only */
	uint64_t instructions;
	uint64_t cache_misses;    /* of the last level */
	uint64_t hitm;            /* loads served from a line that another core had modified */
};

/* What a thread's meter showed at the start. */
struct lfb_usage_meter {
	struct lfb_perf_events events;
	struct rusage before;
	uint64_t cpu_before_ns;     /* LFB_NOT_COUNTED: the clock cannot be read */
	uint64_t migrations_before; /* by /proc; LFB_NOT_COUNTED: not looked at */
	bool with_events;
	bool started;
};

/*
 * Prepare the calling thread's meter; `with_events`: the counters of perf_event_open, too. Cannot fail:
 * what is not to be had is left out. To be followed by lfb_usage_close, by the same thread.
 */
void lfb_usage_open(struct lfb_usage_meter *meter, bool with_events);

/* Begin, and end, what is measured. Without a start everything is LFB_NOT_COUNTED. */
void lfb_usage_start(struct lfb_usage_meter *meter);
void lfb_usage_stop(struct lfb_usage_meter *meter, struct lfb_usage *out);

void lfb_usage_close(struct lfb_usage_meter *meter);

/* Add one thread's figures to a sum. Unknown and anything is unknown; too large a sum is as well. */
void lfb_usage_add(struct lfb_usage *sum, const struct lfb_usage *usage);

/*
 * Why the column of this name would be empty here, tried now on the calling thread: one sentence into
 * `out`, cut to `size` bytes. Returns 0 if the column is counted here (`out` is then empty), 1 if it is
 * not, -EINVAL if struct lfb_usage has no such column.
 */
int lfb_usage_reason(const char *column, char *out, size_t size);

#endif
