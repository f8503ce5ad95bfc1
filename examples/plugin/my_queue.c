/*
 * my_queue.c - a queue of your own under lfbench: copy this file and replace the queue.
 *
 * It works as it stands: a bounded ring under a ticket spinlock. Everything a
 * backend can define is here and marked REQUIRED or OPTIONAL; <lfbench/backend.h> is
 * the contract, with what each function may rely on. In short:
 *
 * - Define struct q, struct q_handle and the q_* functions, include <lfbench/loops.h>,
 *   and say what the queue is with LFB_BACKEND. The benchmark's loops are compiled
 *   right here, so push and pop are inlined into them and nothing stands between.
 * - A queue from a library in C++ works the same way, in a .cc file.
 * - Claim what the code does, not what it is meant to do: every trial is verified
 *   against the claims, and a trial that breaks them has no figures.
 */
#include <errno.h>
#include <lfbench/backend.h>
#include <sched.h>

/* REQUIRED. The queue. What different threads write lies LFB_LINE bytes apart, or it slows down both. */
struct q {
	uint32_t next_ticket __attribute__((aligned(LFB_LINE))); /* drawn by whoever wants the lock */
	uint32_t now_serving __attribute__((aligned(LFB_LINE))); /* the ticket that has it */
	/* Guarded by the lock. */
	uint64_t capacity __attribute__((aligned(LFB_LINE)));
	uint64_t head;	/* slot of the next item to pop */
	uint64_t count; /* items in the queue */
	uint64_t *slots;
};

/* REQUIRED. What one thread keeps about the queue; a dummy member if nothing. Starts as zeroed memory. */
struct q_handle {
	char unused;
};

/*
 * REQUIRED. Called before each trial. Take the memory from the arena, so that each
 * trial starts at the same addresses; what comes from malloc must be freed in q_destroy.
 * Return 0, -ENOMEM, or -ENOTSUP with a text in cell->report->reason.
 */
static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL || cell->capacity > cell->arena->size_bytes / sizeof(q->slots[0]))
		return -ENOMEM;
	q->slots = (uint64_t *)lfb_arena_alloc(cell->arena, cell->capacity * sizeof(q->slots[0]));
	if (q->slots == NULL)
		return -ENOMEM;
	q->next_ticket = q->now_serving = 0;
	q->capacity = cell->capacity;
	q->head = q->count = 0;
	cell->report->capacity_effective = q->capacity; /* 0 for an unbounded queue */
	*out = q;
	return 0;
}

/* REQUIRED. Called after each trial, with no thread attached; items may be left in the queue. */
static void q_destroy(struct q *q)
{
	(void)q; /* all of it is in the arena */
}

/* REQUIRED. Called by each thread before its loop, off the clock: register it with whatever needs that. */
static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	return 0;
}

/* REQUIRED. Called by each thread after its loop, off the clock. */
static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

/* Tries after which the lock's next owner is taken to have lost its CPU, and is given one. */
#define TRIES_BEFORE_YIELD 100u

static inline void lock(struct q *q)
{
	const uint32_t ticket = __atomic_fetch_add(&q->next_ticket, 1, __ATOMIC_RELAXED);

	/* Acquire: pairs with the release in unlock; what the last owner wrote is visible. */
	for (unsigned tries = 0; __atomic_load_n(&q->now_serving, __ATOMIC_ACQUIRE) != ticket; tries++) {
		if (tries < TRIES_BEFORE_YIELD)
			lfb_pause();
		else
			(void)sched_yield();
	}
}

static inline void unlock(struct q *q)
{
	/* Release: pairs with the acquire in lock. Only the owner writes this, so no read-modify-write is needed. */
	__atomic_store_n(&q->now_serving, q->now_serving + 1, __ATOMIC_RELEASE);
}

/*
 * REQUIRED. false: the queue is full. Values are never 0 and never UINT64_MAX.
 * LFB_TEMPLATE is "static inline, always": the function goes into the loop however long it is.
 */
LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	lock(q);
	ok = q->count < q->capacity;
	if (ok) {
		const uint64_t slot = q->head + q->count++;

		q->slots[slot < q->capacity ? slot : slot - q->capacity] = value;
	}
	unlock(q);
	return ok;
}

/* REQUIRED. false: the queue is empty. */
LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	lock(q);
	ok = q->count > 0;
	if (ok) {
		*value = q->slots[q->head];
		q->head = q->head + 1 < q->capacity ? q->head + 1 : 0;
		q->count--;
	}
	unlock(q);
	return ok;
}

/*
 * OPTIONAL. Several items at once; returns how many, 0..n. Without it the harness
 * calls q_push and q_pop n times. Announce it before including loops.h:
 *
 * #define LFB_HAS_BATCH
 * LFB_TEMPLATE unsigned q_push_batch(struct q *q, struct q_handle *h, const uint64_t *values, unsigned n);
 * LFB_TEMPLATE unsigned q_pop_batch(struct q *q, struct q_handle *h, uint64_t *values, unsigned n);
 *
 * OPTIONAL. Waiting asleep, for --wait block. push_wait: false after q_close; pop_wait:
 * false once the queue is closed and empty; q_close wakes all who wait:
 *
 * #define LFB_HAS_BLOCK
 * LFB_TEMPLATE bool q_push_wait(struct q *q, struct q_handle *h, uint64_t value);
 * LFB_TEMPLATE bool q_pop_wait(struct q *q, struct q_handle *h, uint64_t *value);
 * static void q_close(struct q *q);
 *
 * OPTIONAL. A quiescent state for memory reclamation; called every 1024 items and
 * whenever the thread waits:
 *
 * #define LFB_HAS_IDLE
 * static inline void q_idle(struct q *q, struct q_handle *h);
 *
 * OPTIONAL. A queue made of nodes includes <lfbench/nodes.h> and takes them with
 * lfb_node_get and lfb_node_put: compiled once more with -DLFB_NODES_POOL, into
 * NAME.pool.so (POOL in CMake), it is also measured without malloc (--alloc pool).
 */

/* REQUIRED, here: after the functions, before LFB_BACKEND. */
#include <lfbench/loops.h>

/*
 * REQUIRED. What it is, and what it claims. The fields stay in this order.
 * Progress: can the operation transfer an item while any other thread is stopped, wherever
 * that may be? Always, by some thread: LFB_LOCK_FREE; by each: LFB_WAIT_FREE; else LFB_BLOCKING.
 */
LFB_BACKEND(.name = "my_queue", .summary = "bounded ring under a ticket spinlock", .library = "own", .version = "1.0",
	    .claims =
		    {
			    .producers = LFB_MANY,	/* threads that may push at once: LFB_ONE or LFB_MANY */
			    .consumers = LFB_MANY,	/* threads that may pop at once */
			    .order = LFB_ORDER_FIFO,	/* or _PER_PRODUCER, _LIFO, _NONE */
			    .bounded = true,		/* false: the capacity asked for is ignored */
			    .empty = LFB_ANSWER_STRICT, /* _WEAK: may be said although a push has completed */
			    .full = LFB_ANSWER_STRICT,	/* _NEVER for an unbounded queue */
			    .push = LFB_BLOCKING,
			    .pop = LFB_BLOCKING,
			    .reference = false, /* true: not a queue, never verified */
		    },
	    .slot_bytes = sizeof(uint64_t), /* arena memory per slot; rounding up to a power of two is covered */
	    .node_bytes = 0);		    /* arena memory per node, with <lfbench/nodes.h> */
