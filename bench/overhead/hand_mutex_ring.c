/*
 * hand_mutex_ring - a ring under one pthread mutex, its functions written into the two
 * loops. The ring is the one that mutex_ring has (head and count, any capacity): the
 * loops are compared, not two ways to index an array.
 */
#include "hand.h"

#include <pthread.h>
#include <stdbool.h>

struct queue {
	pthread_mutex_t lock;
	uint64_t capacity, head, count;
	uint64_t slots[HAND_SLOTS] __attribute__((aligned(HAND_LINE)));
	int done __attribute__((aligned(HAND_LINE)));
};

static int create(void *memory, uint64_t items)
{
	struct queue *q = memory;

	(void)items;
	q->capacity = HAND_SLOTS;
	q->head = q->count = 0;
	q->done = 0;
	return -pthread_mutex_init(&q->lock, NULL);
}

static void destroy(void *memory)
{
	struct queue *q = memory;

	pthread_mutex_destroy(&q->lock);
}

static bool put(struct queue *q, uint64_t v)
{
	uint64_t at;

	pthread_mutex_lock(&q->lock);
	if (q->count == q->capacity) {
		pthread_mutex_unlock(&q->lock);
		return false;
	}
	at = q->head + q->count++;
	q->slots[at < q->capacity ? at : at - q->capacity] = v;
	pthread_mutex_unlock(&q->lock);
	return true;
}

static bool get(struct queue *q, uint64_t *v)
{
	pthread_mutex_lock(&q->lock);
	if (q->count == 0) {
		pthread_mutex_unlock(&q->lock);
		return false;
	}
	*v = q->slots[q->head];
	if (++q->head == q->capacity)
		q->head = 0;
	q->count--;
	pthread_mutex_unlock(&q->lock);
	return true;
}

static void produce(void *memory, uint64_t first, uint64_t items)
{
	struct queue *q = memory;

	for (uint64_t v = first; v < first + items; v++) {
		unsigned pauses = 1;

		while (__builtin_expect(!put(q, v), 0))
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
		uint64_t v;

		while (__builtin_expect(!get(q, &v), 0)) {
			if (last)
				goto out;
			last = __atomic_load_n(&q->done, __ATOMIC_ACQUIRE); /* pairs with the release in produce */
			if (!last)
				hand_back_off(&pauses);
		}
		sum = hand_take(sum, v);
	}
out:
	tally->count = count;
	tally->hash = sum;
}

__attribute__((visibility("default"))) const struct hand_loops hand_loops = {
	sizeof(struct queue), HAND_SLOTS, HAND_HASH, create, destroy, produce, consume,
};
