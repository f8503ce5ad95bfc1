/*
 * backend.h - the contract between lfbench and a queue ("backend").
 *
 * DESIGN. A backend is one source file and becomes one shared object. It defines
 *
 *     struct q         the queue
 *     struct q_handle  what one thread keeps about a queue (may be empty but for a dummy)
 *
 *     static int  q_create(const struct lfb_cell *cell, struct q **out);
 *     static void q_destroy(struct q *q);
 *     static inline int  q_attach(struct q *q, struct q_handle *h);
 *     static inline void q_detach(struct q *q, struct q_handle *h);
 *     static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value);
 *     static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value);
 *
 * then includes <lfbench/loops.h>, which compiles every hot loop in that same
 * translation unit so that push and pop are inlined, and last says what it is
 * with LFB_BACKEND(...). The host loads the object with dlopen and resolves the
 * one symbol `lfb_backend`; nothing stands between a loop and the queue.
 *
 * What each function may rely on and must do:
 *
 * q_create   Called once before each trial, by one thread. Memory comes from
 *            cell->arena (lfb_arena_alloc), which is reset between trials, so that
 *            every trial of every backend starts at the same addresses. Fills
 *            cell->report. Returns 0, or -ENOMEM, or -ENOTSUP with report->reason.
 * q_destroy  Called once after the trial, when no thread is attached. The queue may
 *            hold items. Must return everything that did not come from the arena and
 *            wait for helper threads to be done with the arena (rcu_barrier).
 * q_attach   Called once per thread before its loop, untimed; `h` is zeroed memory,
 *            aligned to LFB_LINE, and stays valid until q_destroy has returned.
 *            Returns 0 or -errno. Not timed.
 * q_detach   Called once per thread after its loop. Not timed.
 * q_push     false: the queue is full. An unbounded queue says false only when it
 *            is out of memory, which ends the trial as status=resource.
 *            Values are never 0 and never UINT64_MAX, and distinct within a trial.
 * q_pop      false: the queue is empty. On true, *value is the value popped.
 *
 * Optional, announced by a macro before including loops.h:
 *
 * LFB_HAS_BATCH   q_push_batch(q, h, const uint64_t *values, unsigned n) and
 *                 q_pop_batch(q, h, uint64_t *values, unsigned n): how many were
 *                 transferred, 0..n. Without it loops.h calls q_push and q_pop n times.
 * LFB_HAS_BLOCK   bool q_push_wait(q, h, value): waits while full; false after q_close.
 *                 bool q_pop_wait(q, h, &value): waits while empty; false once the
 *                 queue is closed AND empty. void q_close(q): wakes all who wait.
 * LFB_HAS_IDLE    void q_idle(q, h): called between operations every 1024 items and
 *                 whenever a thread has to wait: a quiescent state for reclamation.
 * LFB_HAS_SLEEP   q_sleep(q, h), q_awake(q, h): around a sleep in the kernel (wait=park), which can
 *                 last: a reader that others' reclamation waits for says that it reads nothing.
 * LFB_NEVER_FULL  the queue is unbounded: with wait=park a pop need not look for sleeping producers.
 *
 * Compiles as C11 and as C++17 (where initialisers must keep the order of fields).
 */
#ifndef LFBENCH_BACKEND_H
#define LFBENCH_BACKEND_H

#include <lfbench/arch.h>
#include <lfbench/histogram.h>
#include <lfbench/history.h>
#include <lfbench/ticks.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a field below changes meaning or place. Appending a field does not raise it. */
#define LFB_ABI 2u

/* The name of the one symbol the host looks up. */
#define LFB_BACKEND_SYMBOL "lfb_backend"

/* Values are producer << LFB_VALUE_SHIFT | number, numbers counting from 1. */
#define LFB_VALUE_SHIFT 48

/*
 * A bijection of 64-bit words that no linear error survives: folding the upper half onto
 * the lower one before and after the product makes every bit of the value, those of the
 * producer too, decide over the whole word. So wrong values whose plain sum is right have
 * a different sum of mixes: off by some numbers or producers, all but 1 case in about 2^32.
 * (With the product and the last fold alone, two values that exchange their producers
 * keep their sum in 1 case of 400: an error at the top of a word never gets below it.)
 */
static inline uint64_t lfb_mix(uint64_t value)
{
	const uint64_t product = (value ^ (value >> 32)) * UINT64_C(0x9E3779B97F4A7C15);

	return product ^ (product >> 32);
}

/* How a thread waits when the queue is full or empty. */
enum lfb_wait {
	LFB_WAIT_SPIN,    /* a pause between two tries, for ever */
	LFB_WAIT_YIELD,   /* a few pauses, then sched_yield */
	LFB_WAIT_BLOCK,   /* the backend's own blocking push and pop */
	LFB_WAIT_BACKOFF, /* 1, 2, 4 ... 64 pauses */
	LFB_WAIT_PARK,    /* a few pauses, then sleep in the kernel until the other side wakes, see loop_parking.h */
	LFB_WAITS
};

/* Where a node-based queue takes its nodes from. Fixed when the backend is compiled. */
enum lfb_alloc {
	LFB_ALLOC_NONE,   /* no nodes (a ring) */
	LFB_ALLOC_MALLOC, /* malloc and free in push and pop */
	LFB_ALLOC_POOL,   /* per-thread caches in the arena, see nodes.h */
	LFB_ALLOCS
};

enum lfb_sharing { LFB_ONE, LFB_MANY };

enum lfb_order {
	LFB_ORDER_FIFO,         /* one order for all */
	LFB_ORDER_PER_PRODUCER, /* values of one producer leave in the order it pushed them */
	LFB_ORDER_LIFO,
	LFB_ORDER_NONE,
	LFB_ORDERS
};

/*
 * Progress in the sense of the theory: an operation that *transfers an item*
 * while another thread is stopped at the worst place. A pop that answers EMPTY
 * for ever because a stopped push hides the items behind it is BLOCKING.
 */
enum lfb_progress { LFB_BLOCKING, LFB_LOCK_FREE, LFB_WAIT_FREE, LFB_PROGRESSES };

/* Whether an answer EMPTY or FULL is linearizable. */
enum lfb_answer {
	LFB_ANSWER_NEVER,  /* never given (FULL of an unbounded queue) */
	LFB_ANSWER_STRICT, /* true at some instant between call and return */
	LFB_ANSWER_WEAK,   /* may be given although a completed operation says otherwise */
	LFB_ANSWERS
};

/* What a backend says of itself. "Declared" until a check has confirmed it. */
struct lfb_claims {
	enum lfb_sharing producers;
	enum lfb_sharing consumers;
	enum lfb_order order;
	bool bounded;
	enum lfb_answer empty;
	enum lfb_answer full;
	enum lfb_progress push;
	enum lfb_progress pop;
	bool reference; /* not a queue (null, faa): never verified, never ranked */
};

/* One block of memory, faulted in beforehand, given out from its start and reset as a whole. */
struct lfb_arena {
	unsigned char *base;
	size_t size_bytes;
	size_t used_bytes;
};

/*
 * Take `bytes` from the arena, aligned to LFB_LINE, contents undefined.
 * Returns NULL when the arena is exhausted. Not thread-safe: for q_create.
 */
static inline void *lfb_arena_alloc(struct lfb_arena *arena, size_t bytes)
{
	const size_t start = (arena->used_bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);

	if (start > arena->size_bytes || bytes > arena->size_bytes - start)
		return NULL;
	arena->used_bytes = start + bytes;
	return arena->base + start;
}

/* What q_create tells the host. */
struct lfb_report {
	uint64_t capacity_effective; /* items the queue really holds; 0: unbounded */
	char reason[128];            /* why q_create returned -ENOTSUP */
};

/* The setting a queue is created for. Read-only, and valid only during q_create. */
struct lfb_cell {
	uint32_t size; /* sizeof(struct lfb_cell) of the host: fields are only appended */
	uint32_t producers;
	uint32_t consumers;
	uint32_t batch;
	uint64_t capacity; /* items asked for; an unbounded queue ignores it */
	uint64_t items;    /* values that will be pushed in all */
	struct lfb_arena *arena;
	struct lfb_report *report;
};

/* Written by all threads of a trial; each field on a line of its own. */
struct lfb_shared {
	/* Producers still pushing. The release of the last decrement publishes all pushes. */
	uint32_t producers_running __attribute__((aligned(LFB_LINE)));
	/* Set by the host when the time limit is over: loops leave at the next wait. */
	uint32_t abort __attribute__((aligned(LFB_LINE)));
	/* Open loop: when the schedule starts, set once by the producer that is there first; 0: not yet. */
	uint64_t start_ticks __attribute__((aligned(LFB_LINE)));
};

/*
 * What sleepers of one kind wait on, see loop_parking.h. Each field on a line of its own: pushes and
 * pops read `sleepers` all the time, and only who sleeps or wakes writes.
 */
struct lfb_waiters {
	uint32_t sleepers __attribute__((aligned(LFB_LINE)));
	uint32_t sequence __attribute__((aligned(LFB_LINE)));
};

/* The two reasons to sleep at a queue. */
struct lfb_queue_events {
	struct lfb_waiters not_empty, not_full;
};

/* How to sleep and wake: the host's, so that a plug-in needs no system call of its own. */
struct lfb_parking {
	void (*sleep)(uint32_t *word, uint32_t seen); /* returns when woken, or at once if *word is not `seen`; or just so */
	void (*wake)(uint32_t *word, uint32_t sleepers);
};

/* What a thread that feeds a queue does when it is full. */
enum lfb_overflow {
	LFB_OVERFLOW_WAIT,
	LFB_OVERFLOW_DROP,      /* the new value is given up: `dropped` is told */
	LFB_OVERFLOW_OVERWRITE, /* the oldest one: `dropped` is told what was popped to make room */
	LFB_OVERFLOWS
};

/* Where one producer's sampled values leave the time of their sending. */
struct lfb_sent {
	uint64_t *ticks; /* by number of the sample */
	uint64_t slots;
};

/* Arrivals before the table of a random schedule starts again. */
#define LFB_ARRIVALS 65536u

/* What the loops of the latency pass share. Constant during a trial, but for what `sent` points to. */
struct lfb_latency_plan {
	struct lfb_timebase time;
	uint32_t sample_shift;  /* of each 2^sample_shift values of a producer one is sampled, see loop_latency.h */
	uint32_t producers;
	const struct lfb_sent *sent; /* by producer */
	/* Open loop: item n of all producers' is due at start + ticks_per_item * n, or * arrivals[n]. */
	double ticks_per_item;
	const double *arrivals; /* LFB_ARRIVALS times in units of the mean gap, rising; NULL: one gap like the other */
	double arrivals_period; /* where the table starts again, in the same unit */
	uint64_t lead_ticks;    /* from the first producer's arrival to the start of the schedule */
};

/* What one thread has pushed and popped so far, for others to look at; counting flavour only. */
struct lfb_tally {
	uint64_t pushed __attribute__((aligned(LFB_LINE)));
	uint64_t popped;
};

/* What the counting flavour counts, per thread. */
struct lfb_counters {
	uint64_t rmw;            /* atomic read-modify-writes of all kinds */
	uint64_t cas;            /* of them compare-and-swaps */
	uint64_t cas_failed;     /* of those the ones that failed */
	uint64_t locks;          /* acquisitions of locks that lfbench sees */
	uint64_t lock_contended; /* of them those that had to wait */
	uint64_t lock_wait_ns;   /* for how long, in all */
	uint64_t parks;          /* sleeps in the kernel */
	uint64_t wakes;          /* calls that wake others */
	uint64_t depth_max;      /* most items seen in the queue; a lower bound, see loop_depth.h */
	uint64_t hidden;         /* LFB_HIDDEN_*: what also happened where it cannot be counted */
};

/* Bits of lfb_counters.hidden: such a figure is incomplete, and left empty. */
enum lfb_hidden { LFB_HIDDEN_RMW = 1, LFB_HIDDEN_CAS = 2, LFB_HIDDEN_LOCK_WAIT = 4, LFB_HIDDEN_PARK = 8 };

struct lfb_recording;

/* One thread's order and result. Written by the host before, by the loop after the work. */
struct lfb_thread {
	void *queue[2];        /* struct q; the second only for ping-pong's way back */
	void *handle[2];       /* struct q_handle of each */
	struct lfb_shared *shared;
	uint64_t first_value;  /* this producer's first value; they count up by one */
	uint64_t items;        /* values to push */
	uint32_t batch;        /* 1..LFB_BATCH_MAX, batch loops only */
	uint64_t *log;         /* audit loops: the values popped, in order */
	uint64_t log_slots;    /* room in it; what comes after is counted but not stored */
	uint64_t pushed;
	uint64_t popped;
	uint64_t hash;         /* sum of lfb_mix over the values popped */
	uint64_t push_full;    /* failed pushes */
	uint64_t pop_empty;    /* failed pops */
	/* Latency loops */
	const struct lfb_latency_plan *latency;
	struct lfb_histogram *service;  /* from the push's start to the pop's end */
	struct lfb_histogram *response; /* from when the value was due to the pop's end; open loop */
	/* Counting flavour */
	struct lfb_tally *tallies; /* of all threads; NULL: depth is not looked at */
	uint32_t tally_count;
	uint32_t index;            /* of this thread among them */
	struct lfb_counters counters;
	/* Waiting */
	uint32_t wait;             /* enum lfb_wait, for the loops that poll: spin, yield, backoff */
	struct lfb_queue_events *events[2]; /* of each queue; wait=park */
	const struct lfb_parking *parking;
	uint64_t parks, wakes;     /* sleeps, and calls that woke others; wait=park, in both flavours */
	/* Application loops, see loop_application.h. All are called by this thread. */
	bool (*feed)(struct lfb_thread *thread, uint64_t *value); /* the next value to push; false: no more */
	bool (*serve)(struct lfb_thread *thread, uint64_t value); /* what to do with a value popped; false: leave */
	void (*dropped)(struct lfb_thread *thread, uint64_t value);
	uint32_t overflow;         /* enum lfb_overflow */
	uint64_t drops;            /* values given up */
	uint64_t drops_hash;       /* sum of lfb_mix over them */
	void *application;         /* the workload's own */
	struct lfb_shared *shared_out; /* relay and split: of the queue or queues pushed to */
	uint64_t single;           /* LFB_TRY_PUSH: the value; LFB_TRY_POP: what came */
	struct lfb_history_order *history; /* LFB_HISTORY: the script and the log */
	struct lfb_recording *recording;   /* the loops that log a sample, see recording.h */
} __attribute__((aligned(LFB_LINE)));

#define LFB_BATCH_MAX 256u

typedef void (*lfb_loop)(struct lfb_thread *thread);

/* The hot loops of a backend. Appended to only. */
enum lfb_loop_kind {
	LFB_PRODUCE,
	LFB_CONSUME,
	LFB_PAIRS,
	LFB_PING,
	LFB_PONG,
	LFB_PRODUCE_BATCH,
	LFB_CONSUME_BATCH,
	/* The same, but keeping what was popped: for the untimed, exact audit. */
	LFB_CONSUME_AUDIT,
	LFB_PAIRS_AUDIT,
	LFB_PING_AUDIT,
	LFB_PONG_AUDIT,
	LFB_CONSUME_BATCH_AUDIT,
	/* Latency, closed loop: as fast as it goes, a sample of the values timed from push to pop. */
	LFB_PRODUCE_CLOSED,
	LFB_CONSUME_CLOSED,
	LFB_PAIRS_CLOSED,
	LFB_PING_CLOSED, /* the time of the round trip */
	LFB_PRODUCE_BATCH_CLOSED,
	LFB_CONSUME_BATCH_CLOSED,
	/* Latency, open loop: values are sent at given times. */
	LFB_PRODUCE_OPEN,
	LFB_CONSUME_OPEN,
	/* Of applications: each value comes from `feed` and goes to `serve`. */
	LFB_FEED,
	LFB_SERVE,
	LFB_RELAY,    /* a stage: from queue 0 through `serve` to queue 1 */
	LFB_SPLIT,    /* `feed`, to queue 0 and queue 1 in turn */
	LFB_TRY_PUSH, /* one try to push `single`: pushed is 1 or 0 */
	LFB_TRY_POP,  /* one try to pop into it: popped is 1 or 0, hash that of the value */
	/* Of `lfbench check`, see loop_history.h. Objects made before it was there do without. */
	LFB_HISTORY,
	/* The plain loops, logging a sample of the values: `--check history`, see loop_recorded.h. */
	LFB_PRODUCE_RECORDED,
	LFB_CONSUME_RECORDED,
	LFB_PAIRS_RECORDED,
	LFB_LOOP_KINDS
};

/* Kinds that every object must have. */
#define LFB_LOOP_KINDS_NEEDED LFB_HISTORY

/* The functions of one backend; `loops` has NULL where a way of waiting is not offered. */
struct lfb_ops {
	uint32_t handle_bytes;
	uint32_t loop_kinds; /* rows of `loops` */
	int (*create)(const struct lfb_cell *cell, void **queue);
	void (*destroy)(void *queue);
	int (*attach)(void *queue, void *handle);
	void (*detach)(void *queue, void *handle);
	bool (*pop)(void *queue, void *handle, uint64_t *value); /* to drain what is left */
	void (*close)(void *queue);                              /* NULL without LFB_HAS_BLOCK */
	const lfb_loop (*loops)[LFB_WAITS];
};

/* What a shared object exports as `lfb_backend`. The host reads `size` bytes of it at most. */
struct lfb_backend {
	uint32_t abi;  /* LFB_ABI */
	uint32_t size; /* sizeof(struct lfb_backend) */
	const struct lfb_ops *ops;
	const char *loops_rev;  /* revision of the measured loops, from loops.h */
	const char *built_with; /* compiler and its version */
	enum lfb_alloc alloc;   /* from nodes.h; LFB_ALLOC_NONE without it */
	/* From here on: what the backend states in LFB_BACKEND(...), in this order. */
	const char *name;
	const char *summary; /* one line */
	const char *library; /* "own" where the algorithm is written in the file itself */
	const char *version; /* of that library */
	struct lfb_claims claims;
	uint32_t slot_bytes; /* arena bytes per item of capacity */
	uint32_t node_bytes; /* arena bytes per item in flight, LFB_ALLOC_POOL only */
	/* Set by LFB_BACKEND itself, last. */
	uint32_t counting;   /* 1: the counting flavour; never to be timed */
};

#ifdef __cplusplus
}
#endif

#endif
