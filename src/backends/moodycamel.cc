/*
 * moodycamel - Cameron Desrochers' ConcurrentQueue (C++), used with explicit tokens.
 *
 * Each producer has a sub-queue of its own, made of blocks of 32 items, and
 * consumers rotate over the sub-queues: values of one producer leave in order, there
 * is no order between producers. Constructed without a size, as a plain user would;
 * it takes its blocks from malloc and keeps them.
 *
 * A handle gets its tokens at its first push and its first pop, not when it
 * attaches: a ProducerToken adds a sub-queue that every consumer then searches, and
 * a thread that only pops must not bring one.
 *
 * The claims: EMPTY means that each sub-queue looked empty when its turn came: weak.
 * A push touches its own sub-queue only, and the free list when a block is used up;
 * a pop takes its ticket by fetch-and-add once it knows there is an item for it:
 * lock-free (but for malloc).
 *
 * There is no .pc file, and the header does not say its version: the build puts the
 * hash of the header in its place.
 *
 * @build header: concurrentqueue/concurrentqueue.h
 * @build package: libconcurrentqueue-dev
 */
#ifdef __SANITIZE_THREAD__
#pragma GCC diagnostic ignored "-Wtsan" /* the library's fences, which ThreadSanitizer does not model */
#endif
#include <cerrno>
#include <concurrentqueue/concurrentqueue.h>
#include <lfbench/backend.h>
#include <new>

#define LFB_NODES_ALLOC LFB_ALLOC_MALLOC

using queue_of_words = moodycamel::ConcurrentQueue<uint64_t>;

struct q {
	queue_of_words words;
};

struct q_handle {
	moodycamel::ProducerToken *producer; /* nullptr until the first push */
	moodycamel::ConsumerToken *consumer; /* nullptr until the first pop */
	alignas(moodycamel::ProducerToken) unsigned char producer_memory[sizeof(moodycamel::ProducerToken)];
	alignas(moodycamel::ConsumerToken) unsigned char consumer_memory[sizeof(moodycamel::ConsumerToken)];
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	void *const memory = lfb_arena_alloc(cell->arena, sizeof(struct q));

	if (memory == nullptr)
		return -ENOMEM;
	try {
		*out = new (memory) q;
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	}
	cell->report->capacity_effective = 0;
	return 0;
}

static void q_destroy(struct q *q)
{
	q->~q();
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	h->producer = nullptr;
	h->consumer = nullptr;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	if (h->consumer != nullptr)
		h->consumer->~ConsumerToken();
	if (h->producer != nullptr)
		h->producer->~ProducerToken();
}

/* The library reports that it is out of memory by a token that is not valid. */
LFB_COLD bool make_producer(struct q *q, struct q_handle *h)
{
	moodycamel::ProducerToken *const token = new (h->producer_memory) moodycamel::ProducerToken(q->words);

	if (!token->valid()) {
		token->~ProducerToken();
		return false;
	}
	h->producer = token;
	return true;
}

LFB_COLD void make_consumer(struct q *q, struct q_handle *h)
{
	h->consumer = new (h->consumer_memory) moodycamel::ConsumerToken(q->words);
}

#define LFB_HAS_BATCH

LFB_TEMPLATE unsigned q_push_batch(struct q *q, struct q_handle *h, const uint64_t *values, unsigned n)
{
	try {
		if (LFB_UNLIKELY(h->producer == nullptr) && !make_producer(q, h))
			return 0;
		return q->words.enqueue_bulk(*h->producer, values, n) ? n : 0;
	} catch (const std::bad_alloc &) {
		return 0;
	}
}

LFB_TEMPLATE unsigned q_pop_batch(struct q *q, struct q_handle *h, uint64_t *values, unsigned n)
{
	if (LFB_UNLIKELY(h->consumer == nullptr))
		make_consumer(q, h);
	return (unsigned)q->words.try_dequeue_bulk(*h->consumer, values, n);
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	try {
		if (LFB_UNLIKELY(h->producer == nullptr) && !make_producer(q, h))
			return false;
		return q->words.enqueue(*h->producer, value);
	} catch (const std::bad_alloc &) {
		return false;
	}
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	if (LFB_UNLIKELY(h->consumer == nullptr))
		make_consumer(q, h);
	return q->words.try_dequeue(*h->consumer, *value);
}

#define LFB_NEVER_FULL

#include <lfbench/loops.h>

LFB_BACKEND(.name = "moodycamel", .summary = "moodycamel::ConcurrentQueue with tokens", .library = "ConcurrentQueue",
	    .version = LFB_LIBRARY_VERSION,
	    .claims = {
		    .producers = LFB_MANY,
		    .consumers = LFB_MANY,
		    .order = LFB_ORDER_PER_PRODUCER,
		    .bounded = false,
		    .empty = LFB_ANSWER_WEAK,
		    .full = LFB_ANSWER_NEVER,
		    .push = LFB_LOCK_FREE,
		    .pop = LFB_LOCK_FREE,
		    .reference = false,
	    },
	    .slot_bytes = 0, .node_bytes = 0);
