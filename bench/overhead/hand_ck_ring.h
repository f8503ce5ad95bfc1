/*
 * hand_ck_ring.h - one producer and one consumer straight over ck_ring. The includer has
 * defined ENQUEUE and DEQUEUE, the family of functions that is timed.
 */
#include "hand.h"

#include <ck_ring.h>
#include <stdbool.h>

struct queue {
	ck_ring_t ring;
	ck_ring_buffer_t slots[HAND_SLOTS] __attribute__((aligned(HAND_LINE)));
	int done __attribute__((aligned(HAND_LINE)));
};

static int create(void *memory, uint64_t items)
{
	struct queue *q = memory;

	(void)items;
	ck_ring_init(&q->ring, HAND_SLOTS);
	q->done = 0;
	return 0;
}

static void destroy(void *memory)
{
	(void)memory;
}

static void produce(void *memory, uint64_t first, uint64_t items)
{
	struct queue *q = memory;

	for (uint64_t v = first; v < first + items; v++) {
		unsigned pauses = 1;

		while (__builtin_expect(!ENQUEUE(&q->ring, q->slots, (void *)(uintptr_t)v), 0))
			hand_back_off(&pauses);
	}
	/* Release: pairs with the acquire in consume; publishes all the values pushed. */
	__atomic_store_n(&q->done, 1, __ATOMIC_RELEASE);
}

static void consume(void *memory, struct hand_tally *tally)
{
	struct queue *q = memory;
	uint64_t count = 0, sum = 0;
	bool last = false;

	for (;; count++) {
		unsigned pauses = 1;
		void *v;

		while (__builtin_expect(!DEQUEUE(&q->ring, q->slots, &v), 0)) {
			if (last)
				goto out;
			last = __atomic_load_n(&q->done, __ATOMIC_ACQUIRE); /* pairs with the release in produce */
			if (!last)
				hand_back_off(&pauses);
		}
		sum = hand_take(sum, (uintptr_t)v);
	}
out:
	tally->count = count;
	tally->hash = sum;
}

__attribute__((visibility("default"))) const struct hand_loops hand_loops = {
	sizeof(struct queue), HAND_SLOTS - 1, HAND_HASH, create, destroy, produce, consume,
};
