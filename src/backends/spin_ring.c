/*
 * spin_ring - the ring of mutex_ring under ConcurrencyKit's default spinlock (ck_spinlock_t,
 * the fetch-and-store lock), to show what the lock alone makes of it.
 *
 * The lock has a line of its own: those who spin on it would otherwise take away,
 * again and again, the line that its holder writes the indexes to.
 *
 * @build pkg-config: ck
 * @build package: libck-dev
 */
#include <lfbench/counting_ck.h>
#include <ck_spinlock.h>
#include <lfbench/backend.h>
#include "slots.h"

struct q {
	ck_spinlock_t lock __attribute__((aligned(LFB_LINE)));
	struct ring ring __attribute__((aligned(LFB_LINE))); /* guarded by lock */
};

struct q_handle {
	char unused;
};

LFB_STATIC_ASSERT(offsetof(struct q, ring) - offsetof(struct q, lock) >= LFB_LINE, "false sharing");

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	ck_spinlock_init(&q->lock);
	*out = q;
	return ring_init(&q->ring, cell);
}

static void q_destroy(struct q *q)
{
	(void)q;
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	bool ok;

	(void)h;
	ck_spinlock_lock(&q->lock);
	ok = ring_put(&q->ring, value);
	ck_spinlock_unlock(&q->lock);
	return ok;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	bool ok;

	(void)h;
	ck_spinlock_lock(&q->lock);
	ok = ring_take(&q->ring, value);
	ck_spinlock_unlock(&q->lock);
	return ok;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "spin_ring", .summary = "bounded ring under a test-and-set spinlock", .library = "ConcurrencyKit",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_STRICT,
			    .full = LFB_ANSWER_STRICT,
			    .push = LFB_BLOCKING,
			    .pop = LFB_BLOCKING,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(uint64_t));
