/* faulty.c - the queue of faulty.h, with every loop, as a backend has them. */
#include "faulty.h"

#include <lfbench/backend.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

struct faulty faulty;

struct q {
	pthread_mutex_t lock;
	uint64_t capacity, head, count, pushes, pops, last;
	unsigned registered; /* threads that attached: written under the lock, read without it once all run */
	bool left;	     /* a producer or consumer has detached */
	bool host;	     /* whoever attaches after that is the host, which drains */
	uint64_t *slots;
};

struct q_handle {
	uint64_t zero[4];
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *const q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	faulty.creates++;
	faulty.last_cell = *cell;
	if (faulty.create_fails_at == faulty.creates) {
		if (faulty.reason != NULL)
			memcpy(cell->report->reason, faulty.reason, strlen(faulty.reason));
		return faulty.create_error;
	}
	if (q == NULL)
		return -ENOMEM;
	memset(q, 0, sizeof(*q));
	q->capacity = cell->capacity;
	q->slots = (uint64_t *)lfb_arena_alloc(cell->arena, q->capacity * sizeof(q->slots[0]));
	if (q->slots == NULL)
		return -ENOMEM;
	cell->report->capacity_effective = q->capacity;
	faulty.last_queue = q;
	*out = q;
	return -pthread_mutex_init(&q->lock, NULL);
}

static void q_destroy(struct q *q)
{
	faulty.destroys++;
	pthread_mutex_destroy(&q->lock);
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	static const struct q_handle zeroed;

	if ((uintptr_t)h % LFB_LINE != 0 || memcmp(h, &zeroed, sizeof(*h)) != 0)
		__atomic_fetch_add(&faulty.bad_handles, 1, __ATOMIC_RELAXED);
	memset(h, 0xEE, sizeof(*h)); /* the next trial must not see this */
	pthread_mutex_lock(&q->lock);
	q->registered++;
	q->host |= q->left;
	pthread_mutex_unlock(&q->lock);
	if (__atomic_add_fetch(&faulty.attaches, 1, __ATOMIC_RELAXED) == faulty.attach_fails_at)
		return -ENOMEM;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)h;
	__atomic_fetch_add(&faulty.detaches, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&q->lock);
	q->left = true;
	pthread_mutex_unlock(&q->lock);
}

/* Under the lock: whether the fault is due at this operation. */
static inline bool faulty_now(enum fault fault, uint64_t nth)
{
	return faulty.fault == fault && faulty.at == nth;
}

static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	/* As a backend may that lists its threads: who works sees that all have attached (or tsan sees a race). */
	if (*(volatile unsigned *)&q->registered == 0)
		return false;
	if (faulty.fault == FAULT_SLOW)
		(void)usleep(1000);
	pthread_mutex_lock(&q->lock);
	ok = q->count < q->capacity;
	if (ok)
		q->pushes++;
	while (ok && faulty_now(FAULT_HANG, q->pushes))
		(void)pause();
	if (ok && faulty_now(FAULT_FULL, q->pushes))
		ok = false;
	else if (ok && !faulty_now(FAULT_LOSE, q->pushes))
		q->slots[(q->head + q->count++) % q->capacity] = value;
	pthread_mutex_unlock(&q->lock);
	return ok;
}

/* Under the lock: what the next pop returns; `*keep` to leave it in the queue. */
static inline uint64_t faulty_value(struct q *q, bool *keep)
{
	uint64_t *const first = &q->slots[q->head], *const second = &q->slots[(q->head + 1) % q->capacity];
	const uint64_t value = *first;

	*keep = faulty_now(FAULT_REPEAT, q->pops);
	if (faulty_now(FAULT_REORDER, q->pops)) {
		*first = *second;
		*second = value;
		return *first;
	}
	if (faulty_now(FAULT_REPLACE, q->pops))
		return q->last;
	if (faulty_now(FAULT_INVENT, q->pops))
		return value + (UINT64_C(1) << 40);
	if (faulty_now(FAULT_ZERO, q->pops))
		return 0;
	/* By 3: what follows a value is often the next number, and off by one would only exchange the two. */
	if (faulty_now(FAULT_CANCEL, q->pops))
		return value + 3;
	return faulty_now(FAULT_CANCEL, q->pops - 1) ? value - 3 : value;
}

/* Under the lock: items that a pop may take. */
static inline bool faulty_has_items(struct q *q)
{
	if (faulty.fault == FAULT_WITHHOLD && !q->host)
		return q->count > 1;
	if (faulty_now(FAULT_REORDER, q->pops + 1))
		return q->count > 1; /* two are needed to change places */
	return q->count > 0;
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok, keep;

	(void)h;
	pthread_mutex_lock(&q->lock);
	ok = faulty_has_items(q);
	if (ok) {
		q->pops++;
		*value = q->last = faulty_value(q, &keep);
		if (!keep) {
			q->head = (q->head + 1) % q->capacity;
			q->count--;
		}
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "faulty", .summary = "", .library = "own", .version = "0",
	    .claims = { .producers = LFB_MANY,
			.consumers = LFB_MANY,
			.order = LFB_ORDER_FIFO,
			.bounded = true,
			.push = LFB_BLOCKING },
	    .slot_bytes = sizeof(uint64_t));

void faulty_use(enum fault fault, uint64_t at, struct lfb_plugin *plugin, struct lfb_ops *ops)
{
	memset(&faulty, 0, sizeof(faulty));
	faulty.fault = fault;
	faulty.at = at;
	*ops = *lfb_backend.ops;
	memset(plugin, 0, sizeof(*plugin));
	plugin->ops = ops;
	plugin->info.claims = lfb_backend.claims;
	plugin->info.slot_bytes = lfb_backend.slot_bytes;
}
