/*
 * test_nodes.c - the pool of nodes (nodes.h with LFB_NODES_POOL): no node is handed out twice or
 * touched while it is out, none is lost, running out is said and recovers, and the pool is never
 * exhausted as long as a trial keeps to the items it announced. One thread against a model, and
 * several threads that pass nodes to each other.
 */
#define LFB_NODES_POOL
#include "unit.h"

#include "plan/names.h"
#include "statistics/stats.h"
#include "trial/trial.h"

#include <lfbench/nodes.h>
#include <pthread.h>

#define ARENA_BYTES ((size_t)8 << 20)

static struct lfb_arena arena;
static struct lfb_report report;

static int make_arena(void **state)
{
	(void)state;
	arena.base = aligned_alloc(LFB_LINE, ARENA_BYTES);
	arena.size_bytes = ARENA_BYTES;
	return arena.base == NULL;
}

static int free_arena(void **state)
{
	(void)state;
	free(arena.base);
	return 0;
}

static struct lfb_cell cell_of(uint32_t producers, uint32_t consumers, uint64_t items)
{
	return (struct lfb_cell){ .size = sizeof(struct lfb_cell),
				  .producers = producers,
				  .consumers = consumers,
				  .batch = 1,
				  .items = items,
				  .arena = &arena,
				  .report = &report };
}

/* A pool in an arena full of rubbish. Returns how many nodes it has. */
static size_t make_pool(struct lfb_nodes *nodes, uint32_t producers, uint32_t consumers, uint64_t items,
			size_t node_bytes)
{
	const struct lfb_cell cell = cell_of(producers, consumers, items);

	memset(arena.base, 0xD7, ARENA_BYTES);
	arena.used_bytes = 0;
	memset(nodes, 0xD7, sizeof(*nodes));
	assert_int_equal(lfb_nodes_init(nodes, &cell, node_bytes), 0);
	return lfb_nodes_needed(&cell);
}

/* All of a node is its owner's while it is out. */
static void mark(void *node, size_t node_bytes, uint64_t owner)
{
	for (size_t at = 0; at < node_bytes; at += sizeof(owner))
		memcpy((unsigned char *)node + at, &owner, sizeof(owner));
}

static void is_marked(const void *node, size_t node_bytes, uint64_t owner)
{
	for (size_t at = 0; at < node_bytes; at += sizeof(owner))
		assert_memory_equal((const unsigned char *)node + at, &owner, sizeof(owner));
}

struct model {
	struct lfb_nodes nodes;
	size_t node_bytes, total;
	void **out;	 /* nodes handed out, each marked with a number of its own */
	uint64_t *owner; /* that number */
	size_t count;
	uint64_t next_owner;
};

static void model_make(struct model *m, uint32_t threads, uint64_t items, size_t node_bytes)
{
	memset(m, 0, sizeof(*m));
	m->total = make_pool(&m->nodes, threads, 0, items, node_bytes);
	m->node_bytes = node_bytes;
	m->out = calloc(m->total, sizeof(m->out[0]));
	m->owner = calloc(m->total, sizeof(m->owner[0]));
	assert_true(m->out != NULL && m->owner != NULL);
}

static void model_free(struct model *m)
{
	free(m->out);
	free(m->owner);
}

/* Whether a node came. It is one of the arena, on a node's place, and (by its marks) in nobody's hands. */
static bool model_get(struct model *m, struct lfb_node_cache *cache)
{
	unsigned char *const node = lfb_node_get(&m->nodes, cache);

	if (node == NULL)
		return false;
	assert_true(node >= arena.base && node + m->node_bytes <= arena.base + arena.used_bytes);
	assert_int_equal((uintptr_t)node % sizeof(void *), 0);
	assert_true(m->count < m->total);
	m->owner[m->count] = ++m->next_owner;
	m->out[m->count] = node;
	mark(node, m->node_bytes, m->owner[m->count++]);
	return true;
}

static void model_put(struct model *m, struct lfb_node_cache *cache, size_t which)
{
	/* Had the node been handed out twice, the other owner's mark would be here. */
	is_marked(m->out[which], m->node_bytes, m->owner[which]);
	lfb_node_put(&m->nodes, cache, m->out[which]);
	m->out[which] = m->out[--m->count];
	m->owner[which] = m->owner[m->count];
}

static void any_sequence(void **state)
{
	static const size_t sizes[] = { 8, 16, 24, 64, 136 };
	enum { CACHES = 3 };
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 6);
	for (size_t round = 0; round < 4 * COUNT(sizes); round++) {
		struct lfb_node_cache caches[CACHES];
		struct model m;
		/* How likely a step is to take: in turns the pool is drained and filled. */
		uint64_t taking = 50;

		memset(caches, 0, sizeof(caches)); /* as handles are */
		model_make(&m, CACHES, lfb_rng_below(&rng, 700), sizes[round % COUNT(sizes)]);
		for (unsigned step = 0; step < 6000; step++) {
			struct lfb_node_cache *const cache = &caches[lfb_rng_below(&rng, CACHES)];

			if (step % 500 == 0)
				taking = 10 + lfb_rng_below(&rng, 81);
			if (lfb_rng_below(&rng, 100) < taking)
				(void)model_get(&m, cache);
			else if (m.count > 0)
				model_put(&m, cache, lfb_rng_below(&rng, m.count));
		}
		for (size_t i = 0; i < m.count; i++)
			is_marked(m.out[i], m.node_bytes, m.owner[i]);
		model_free(&m);
	}
}

static int compare_pointers(const void *a, const void *b)
{
	const uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return (x > y) - (x < y);
}

/* Down to the last node, again and again: NULL comes when all are out, never before, and goes again. */
static void exhaustion(void **state)
{
	static const uint64_t items[] = { 0, 1, 63, 64, 65, 1000 };

	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		struct lfb_node_cache cache = { .loaded = { NULL, 0 } };
		struct model m;

		model_make(&m, 1, items[i], 32);
		for (unsigned round = 0; round < 3; round++) {
			while (model_get(&m, &cache))
				;
			assert_int_equal(m.count, m.total);
			qsort(m.out, m.count, sizeof(m.out[0]), compare_pointers);
			for (size_t n = 1; n < m.count; n++)
				assert_true((char *)m.out[n] - (char *)m.out[n - 1] >= 32);
			for (size_t n = 0; n < m.count; n++)
				mark(m.out[n], 32, m.owner[n]); /* sorting has mixed them */
			for (int again = 0; again < 3; again++)
				assert_null(lfb_node_get(&m.nodes, &cache));
			/* One back, one to be had. */
			model_put(&m, &cache, m.count - 1);
			assert_true(model_get(&m, &cache));
			assert_null(lfb_node_get(&m.nodes, &cache));
			while (m.count > 0)
				model_put(&m, &cache, m.count - 1);
		}
		model_free(&m);
	}
}

/*
 * What nodes.h promises: with at most `items` nodes in the queue, a dummy and a node in hand per
 * thread, get never fails, wherever the free nodes have gathered - here all with the consumers.
 */
static void never_exhausted_within_the_promise(void **state)
{
	enum { PRODUCERS = 3, CONSUMERS = 3, THREADS = PRODUCERS + CONSUMERS };
	static const uint64_t items[] = { 1, 64, 500 };
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 9);
	for (size_t i = 0; i < 4 * COUNT(items); i++) {
		const uint64_t most = items[i % COUNT(items)];
		struct lfb_node_cache caches[THREADS + 1];
		struct model m;

		memset(caches, 0, sizeof(caches));
		model_make(&m, THREADS, most, 16);
		assert_true(model_get(&m, &caches[0])); /* the dummy, which stays */
		for (unsigned phase = 0; phase < 60; phase++) {
			/* One producer fills the queue, one consumer empties it: magazines wander. */
			struct lfb_node_cache *const producer = &caches[lfb_rng_below(&rng, PRODUCERS)];
			struct lfb_node_cache *const consumer = &caches[PRODUCERS + lfb_rng_below(&rng, CONSUMERS + 1)];

			for (uint64_t n = m.count - 1; n < most; n++)
				if (!model_get(&m, producer))
					fail_msg("no node for item %lu of %lu in phase %u", n + 1, most, phase);
			for (uint64_t n = lfb_rng_below(&rng, most + 1); n > 0; n--)
				model_put(&m, consumer, 1 + lfb_rng_below(&rng, m.count - 1));
		}
		model_free(&m);
	}
}

static void memory_that_is_not_there(void **state)
{
	struct lfb_cell cell = cell_of(1, 1, 1000);
	unsigned char small[4 * LFB_LINE] __attribute__((aligned(LFB_LINE)));
	struct lfb_arena little = { small, sizeof(small), 0 };
	struct lfb_nodes nodes;

	(void)state;
	cell.arena = &little;
	assert_int_equal(lfb_nodes_init(&nodes, &cell, 64), -ENOMEM);
	little.used_bytes = sizeof(small);
	assert_int_equal(lfb_nodes_init(&nodes, &cell, 64), -ENOMEM);
}

static void how_many_are_needed(void **state)
{
	struct lfb_cell cell = cell_of(2, 3, 1000);
	size_t needed = lfb_nodes_needed(&cell);

	(void)state;
	/* Items, and for each thread and the host two magazines and a dummy. */
	assert_int_equal(needed, 1000 + (2 + 3 + 1) * (2 * LFB_MAGAZINE_NODES + 1));
	cell.items = UINT64_MAX;
	assert_true(lfb_nodes_needed(&cell) < (size_t)1 << 40); /* bounded, however many items there are */
	cell.items = 1000;
	cell.producers = 3;
	assert_true(lfb_nodes_needed(&cell) > needed);
}

/* The arena that the harness sets aside for a trial holds the pools and handles of that trial. */
static void the_arena_of_a_trial_is_enough(void **state)
{
	static const uint32_t threads[] = { 1, 3, 200 }, node_bytes[] = { 16, 24, 128 };
	static const uint64_t items[] = { 1, 20000, 100000 };

	(void)state;
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		for (size_t i = 0; i < COUNT(threads) * COUNT(node_bytes) * COUNT(items); i++) {
			const uint32_t n = w->queues != 1 ? 1 : threads[i % COUNT(threads)];
			const uint32_t bytes = node_bytes[i / COUNT(threads) % COUNT(node_bytes)];
			struct lfb_shape shape = {
				.workload = w, .producers = n, .consumers = n, .capacity = 64, .batch = 1
			};
			const struct lfb_ops ops = { .handle_bytes = sizeof(struct lfb_node_cache) + 5000 };
			struct lfb_plugin plugin = { .ops = &ops };
			struct lfb_cell cell = cell_of(n, n, items[i / COUNT(threads) / COUNT(node_bytes)]);
			struct lfb_arena whole = { .base = NULL, .used_bytes = 0 };
			const size_t handle_bytes = (ops.handle_bytes + LFB_LINE - 1) / LFB_LINE * LFB_LINE;
			struct lfb_nodes nodes;

			lfb_shape_preset(&shape);
			plugin.info.alloc = LFB_ALLOC_POOL;
			plugin.info.node_bytes = bytes;
			whole.size_bytes = lfb_trial_arena_bytes(&shape, &plugin, cell.items);
			cell.arena = &whole; /* addresses are handed out, and not touched */
			for (unsigned queue = 0; queue < lfb_shape_queues(&shape); queue++) {
				whole.base = (unsigned char *)LFB_LINE;
				assert_non_null(lfb_arena_alloc(&whole, 4096)); /* struct q */
				assert_int_equal(lfb_nodes_init(&nodes, &cell, bytes), 0);
			}
			/* Two handles a thread, and one per queue for the host. */
			assert_non_null(lfb_arena_alloc(&whole, (2 * (size_t)lfb_workload_threads(w, n, n) + LFB_QUEUES_MAX) *
									handle_bytes));
		}
	}
}

/* Threads that pass nodes on, each through a slot of its own that is locked by nothing but its atomic word. */
enum { PAIRS = 2, PASSED = 30000, SLOTS = 64, NODE_BYTES = 48 };

struct relay {
	struct lfb_nodes *nodes;
	void *slots[SLOTS];
	uint64_t number; /* of the pair */
	unsigned failures;
};

static void *produce(void *argument)
{
	struct relay *const r = argument;
	struct lfb_node_cache cache = { .loaded = { NULL, 0 } };

	for (uint64_t n = 0; n < PASSED; n++) {
		void *const node = lfb_node_get(r->nodes, &cache);

		if (node == NULL) {
			r->failures++;
			break;
		}
		mark(node, NODE_BYTES, r->number << 32 | n);
		/* Acquire and release: pairs with consume, which frees the slot and reads the node. */
		while (__atomic_load_n(&r->slots[n % SLOTS], __ATOMIC_ACQUIRE) != NULL)
			(void)sched_yield();
		__atomic_store_n(&r->slots[n % SLOTS], node, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void *consume(void *argument)
{
	struct relay *const r = argument;
	struct lfb_node_cache cache = { .loaded = { NULL, 0 } };

	for (uint64_t n = 0; n < PASSED && r->failures == 0; n++) {
		const uint64_t expected = r->number << 32 | n;
		void *node;

		while ((node = __atomic_load_n(&r->slots[n % SLOTS], __ATOMIC_ACQUIRE)) == NULL)
			(void)sched_yield();
		for (size_t at = 0; at < NODE_BYTES; at += sizeof(expected))
			if (memcmp((unsigned char *)node + at, &expected, sizeof(expected)) != 0)
				r->failures++;
		lfb_node_put(r->nodes, &cache, node);
		__atomic_store_n(&r->slots[n % SLOTS], NULL, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* All nodes flow one way, from producers' caches to consumers' and back through the depot. */
static void threads_pass_nodes_on(void **state)
{
	struct relay relays[PAIRS];
	pthread_t threads[2 * PAIRS];
	struct lfb_nodes nodes;

	(void)state;
	(void)make_pool(&nodes, PAIRS, PAIRS, PAIRS * (SLOTS + 1), NODE_BYTES);
	memset(relays, 0, sizeof(relays));
	for (unsigned i = 0; i < PAIRS; i++) {
		relays[i].nodes = &nodes;
		relays[i].number = i + 1;
		assert_int_equal(pthread_create(&threads[2 * i], NULL, produce, &relays[i]), 0);
		assert_int_equal(pthread_create(&threads[2 * i + 1], NULL, consume, &relays[i]), 0);
	}
	for (unsigned i = 0; i < 2 * PAIRS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (unsigned i = 0; i < PAIRS; i++)
		assert_int_equal(relays[i].failures, 0);
	assert_int_equal(nodes.locked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_sequence),
		cmocka_unit_test(exhaustion),
		cmocka_unit_test(never_exhausted_within_the_promise),
		cmocka_unit_test(memory_that_is_not_there),
		cmocka_unit_test(how_many_are_needed),
		cmocka_unit_test(the_arena_of_a_trial_is_enough),
		cmocka_unit_test(threads_pass_nodes_on),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
