/*
 * ck_ring_common.h - what the four ck_ring backends share: everything but the pair
 * of library functions that push and pop. An include template: the includer names
 * them as CK_RING_PUSH and CK_RING_POP first.
 *
 * The library's rules. A ring's size is a power of two, at least 4 here, and it
 * holds one item less, since a full ring must differ from an empty one; so the
 * capacity asked for is rounded up and the real one reported. Items are pointers:
 * the values are cast, and never looked at by the library.
 */
#ifndef LFBENCH_BACKENDS_CK_RING_COMMON_H
#define LFBENCH_BACKENDS_CK_RING_COMMON_H

#include <ck_ring.h>
#include <lfbench/backend.h>
#include <stdio.h>
#include "slots.h"

/* The ring counts in unsigned int, and the difference of two counts must be able to say "full". */
#define CK_RING_SIZE_MIN 4u
#define CK_RING_SIZE_MAX (UINT64_C(1) << 31)

/* The slots follow the ring, so that their address is computed and not loaded with every operation. */
struct q {
	ck_ring_t ring;
	ck_ring_buffer_t slots[] __attribute__((aligned(LFB_LINE)));
};

struct q_handle {
	char unused;
};

LFB_STATIC_ASSERT(sizeof(void *) == sizeof(uint64_t), "a value must fit in a pointer");
LFB_STATIC_ASSERT(offsetof(struct q, slots) >= sizeof(ck_ring_t) && offsetof(struct q, slots) % CK_MD_CACHELINE == 0,
		  "false sharing");
LFB_STATIC_ASSERT(offsetof(ck_ring_t, p_tail) - offsetof(ck_ring_t, c_head) >= CK_MD_CACHELINE, "false sharing");

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q;
	uint64_t size;

	if (cell->capacity >= CK_RING_SIZE_MAX) {
		snprintf(cell->report->reason, sizeof(cell->report->reason), "ck_ring holds at most %llu items",
			 (unsigned long long)(CK_RING_SIZE_MAX - 1));
		return -ENOTSUP;
	}
	size = slots_power_of_two(cell->capacity + 1);
	if (size < CK_RING_SIZE_MIN)
		size = CK_RING_SIZE_MIN;
	q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q) + (size_t)size * sizeof(q->slots[0]));
	if (q == NULL)
		return -ENOMEM;
	ck_ring_init(&q->ring, (unsigned int)size);
	cell->report->capacity_effective = size - 1;
	*out = q;
	return 0;
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
	(void)h;
	return CK_RING_PUSH(&q->ring, q->slots, (const void *)(uintptr_t)value);
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	void *item;

	(void)h;
	if (!CK_RING_POP(&q->ring, q->slots, &item))
		return false;
	*value = (uint64_t)(uintptr_t)item;
	return true;
}

#endif
