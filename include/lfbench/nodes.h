/*
 * nodes.h - where a node-based queue takes its nodes from, chosen when the
 * backend is compiled, so that the choice costs nothing in the hot loop.
 *
 * DESIGN. `--alloc malloc` is what a user would write: malloc in push, free in
 * pop. `--alloc pool` takes the allocator out of the comparison: a per-thread
 * cache of two magazines over a shared depot (Bonwick & Adams, "Magazines and
 * Vmem", USENIX 2001), in the harness's arena. A backend that includes this file
 * is built twice from the same source, the second time with -DLFB_NODES_POOL as
 * NAME.pool.so, which is the file `--alloc pool` loads.
 *
 * A pool node is type-stable: its memory is a node until the arena is reset. A
 * free node's link lies in its last pointer-sized word, so nodes must end in a
 * word that a stale reader never interprets (add one if in doubt).
 *
 * struct lfb_nodes      one per queue, in struct q; lfb_nodes_init in q_create
 * struct lfb_node_cache one per thread, in struct q_handle; starts as zeroed memory
 * lfb_node_get/_put     by the owner of the cache only; get returns NULL when out of memory
 */
#ifndef LFBENCH_NODES_H
#define LFBENCH_NODES_H

#include <errno.h>
#include <lfbench/backend.h>
#include <lfbench/counting.h>
#include <stdlib.h>

/* Nodes per magazine: one visit to the depot pays for this many operations. */
#define LFB_MAGAZINE_NODES 64u

/* Items in flight at most; a producer further ahead of its consumers ends the trial as status=resource. */
#define LFB_NODES_MAX ((size_t)4 << 20)

/*
 * Nodes a trial can need at once: all items, up to that limit, and for every thread (and
 * the host, which drains) two magazines and one dummy. The host sizes the arena by it.
 */
static inline size_t lfb_nodes_needed(const struct lfb_cell *cell)
{
	const size_t threads = (size_t)cell->producers + cell->consumers + 1;
	const size_t items = cell->items < LFB_NODES_MAX ? (size_t)cell->items : LFB_NODES_MAX;

	return items + threads * (2 * LFB_MAGAZINE_NODES + 1);
}

/*
 * LFB_NODES_CLAIM(progress): what an operation that takes nodes or gives them back can claim, whose algorithm has that progress. In the pool's
 * depot there is a lock, once per LFB_MAGAZINE_NODES operations, and a thread that is stopped while it holds it stops all who come there: then the
 * operation is blocking. The locks within malloc are not counted: `lfbench check` names them apart.
 */

#ifndef LFB_NODES_POOL

#define LFB_NODES_CLAIM(progress) (progress)
#define LFB_NODES_ALLOC LFB_ALLOC_MALLOC

struct lfb_nodes {
	size_t node_bytes;
};

struct lfb_node_cache {
	char unused;
};

/* Make `nodes` give out nodes of `node_bytes`. Returns 0 or -ENOMEM. */
static inline int lfb_nodes_init(struct lfb_nodes *nodes, const struct lfb_cell *cell, size_t node_bytes)
{
	(void)cell;
	nodes->node_bytes = node_bytes;
	return 0;
}

static inline void *lfb_node_get(struct lfb_nodes *nodes, struct lfb_node_cache *cache)
{
	(void)cache;
	return malloc(nodes->node_bytes);
}

static inline void lfb_node_put(struct lfb_nodes *nodes, struct lfb_node_cache *cache, void *node)
{
	(void)nodes;
	(void)cache;
	free(node);
}

#else

#define LFB_NODES_CLAIM(progress) LFB_BLOCKING
#define LFB_NODES_ALLOC LFB_ALLOC_POOL

struct lfb_magazine {
	void *top; /* linked through the nodes' last word */
	size_t nodes;
};

/* The depot. Its lock is taken once per LFB_MAGAZINE_NODES operations of a thread. */
struct lfb_nodes {
	size_t node_bytes;
	size_t link_offset;
	unsigned char *fresh; /* never used nodes: [fresh, end) */
	unsigned char *end;
	void **full; /* tops of the full magazines, a stack */
	size_t full_count;
	uint32_t locked __attribute__((aligned(LFB_LINE)));
};

struct lfb_node_cache {
	struct lfb_magazine loaded; /* 0..LFB_MAGAZINE_NODES */
	struct lfb_magazine spare;  /* full or empty */
};

static inline void **lfb_node_link(const struct lfb_nodes *nodes, void *node)
{
	return (void **)(void *)((unsigned char *)node + nodes->link_offset);
}

/* As above. Room for every item of the trial, and for the caches of its threads. */
static inline int lfb_nodes_init(struct lfb_nodes *nodes, const struct lfb_cell *cell, size_t node_bytes)
{
	const size_t count = lfb_nodes_needed(cell);
	const size_t magazines = count / LFB_MAGAZINE_NODES + 1;

	nodes->full = (void **)lfb_arena_alloc(cell->arena, magazines * sizeof(void *));
	nodes->fresh = (unsigned char *)lfb_arena_alloc(cell->arena, count * node_bytes);
	if (nodes->full == NULL || nodes->fresh == NULL)
		return -ENOMEM;
	nodes->end = nodes->fresh + count * node_bytes;
	nodes->node_bytes = node_bytes;
	nodes->link_offset = node_bytes - sizeof(void *);
	nodes->full_count = 0;
	nodes->locked = 0;
	return 0;
}

/* Acquire: pairs with the release in lfb_nodes_unlock; the depot is used between them. */
static inline void lfb_nodes_lock(struct lfb_nodes *nodes)
{
	uint64_t since_ns = 0;

	while (__atomic_exchange_n(&nodes->locked, 1, __ATOMIC_ACQUIRE)) {
		lfb_count_busy(&since_ns);
		while (__atomic_load_n(&nodes->locked, __ATOMIC_RELAXED))
			lfb_pause();
	}
	lfb_count_locked(since_ns);
}

/* Release: pairs with the acquire in lfb_nodes_lock. */
static inline void lfb_nodes_unlock(struct lfb_nodes *nodes)
{
	__atomic_store_n(&nodes->locked, 0, __ATOMIC_RELEASE);
}

/* Both magazines are empty: take a full one from the depot, or fresh nodes of the arena. */
LFB_COLD bool lfb_nodes_refill(struct lfb_nodes *nodes, struct lfb_node_cache *cache)
{
	struct lfb_magazine *const m = &cache->loaded;

	lfb_nodes_lock(nodes);
	if (nodes->full_count > 0) {
		m->top = nodes->full[--nodes->full_count];
		m->nodes = LFB_MAGAZINE_NODES;
	}
	for (; m->nodes < LFB_MAGAZINE_NODES && nodes->fresh != nodes->end; m->nodes++) {
		*lfb_node_link(nodes, nodes->fresh) = m->top;
		m->top = nodes->fresh;
		nodes->fresh += nodes->node_bytes;
	}
	lfb_nodes_unlock(nodes);
	return m->nodes != 0;
}

/* Both magazines are full: leave one in the depot, which has room for all there are. */
LFB_COLD void lfb_nodes_spill(struct lfb_nodes *nodes, struct lfb_node_cache *cache)
{
	lfb_nodes_lock(nodes);
	nodes->full[nodes->full_count++] = cache->spare.top;
	lfb_nodes_unlock(nodes);
	cache->spare.nodes = 0;
}

LFB_TEMPLATE void lfb_nodes_swap(struct lfb_node_cache *cache)
{
	const struct lfb_magazine loaded = cache->loaded;

	cache->loaded = cache->spare;
	cache->spare = loaded;
}

static inline void *lfb_node_get(struct lfb_nodes *nodes, struct lfb_node_cache *cache)
{
	void *node;

	if (LFB_UNLIKELY(cache->loaded.nodes == 0)) {
		if (cache->spare.nodes != 0)
			lfb_nodes_swap(cache);
		else if (!lfb_nodes_refill(nodes, cache))
			return NULL;
	}
	node = cache->loaded.top;
	cache->loaded.top = *lfb_node_link(nodes, node);
	cache->loaded.nodes--;
	return node;
}

static inline void lfb_node_put(struct lfb_nodes *nodes, struct lfb_node_cache *cache, void *node)
{
	if (LFB_UNLIKELY(cache->loaded.nodes == LFB_MAGAZINE_NODES)) {
		if (cache->spare.nodes != 0)
			lfb_nodes_spill(nodes, cache);
		lfb_nodes_swap(cache);
		cache->loaded.top = NULL;
	}
	*lfb_node_link(nodes, node) = cache->loaded.top;
	cache->loaded.top = node;
	cache->loaded.nodes++;
}

#endif

#endif
