/*
 * slots.h - the slots of the bounded backends: checked allocation, sizes, and a plain ring.
 *
 * Not thread-safe: `struct ring` is what lies under the lock of mutex_ring,
 * mutex_cond and spin_ring, so that these differ in nothing but the lock.
 */
#ifndef LFBENCH_BACKENDS_SLOTS_H
#define LFBENCH_BACKENDS_SLOTS_H

#include <errno.h>
#include <lfbench/backend.h>

/* `count` slots of `slot_bytes` from the arena; NULL when they do not fit, however large `count` is. */
static inline void *slots_alloc(struct lfb_arena *arena, uint64_t count, size_t slot_bytes)
{
	if (count > arena->size_bytes / slot_bytes)
		return NULL;
	return lfb_arena_alloc(arena, (size_t)count * slot_bytes);
}

/* Smallest power of two >= n, for n <= 2^63. */
static inline uint64_t slots_power_of_two(uint64_t n)
{
	uint64_t power = 1;

	while (power < n)
		power *= 2;
	return power;
}

struct ring {
	uint64_t capacity;
	uint64_t head; /* slot of the next item to take */
	uint64_t count;
	uint64_t *slots;
};

/* An empty ring for exactly cell->capacity items. Returns 0 or -ENOMEM. */
static inline int ring_init(struct ring *ring, const struct lfb_cell *cell)
{
	ring->slots = (uint64_t *)slots_alloc(cell->arena, cell->capacity, sizeof(ring->slots[0]));
	if (ring->slots == NULL)
		return -ENOMEM;
	ring->capacity = cell->capacity;
	ring->head = ring->count = 0;
	cell->report->capacity_effective = ring->capacity;
	return 0;
}

/* Slot of the n-th item from the head, without a division. n <= capacity. */
static inline uint64_t ring_slot(const struct ring *ring, uint64_t n)
{
	const uint64_t at = ring->head + n;

	return at >= ring->capacity ? at - ring->capacity : at;
}

static inline bool ring_is_full(const struct ring *ring)
{
	return ring->count == ring->capacity;
}

/* false: full. */
static inline bool ring_put(struct ring *ring, uint64_t value)
{
	if (ring_is_full(ring))
		return false;
	ring->slots[ring_slot(ring, ring->count++)] = value;
	return true;
}

/* false: empty. */
static inline bool ring_take(struct ring *ring, uint64_t *value)
{
	if (ring->count == 0)
		return false;
	*value = ring->slots[ring->head];
	ring->head = ring_slot(ring, 1);
	ring->count--;
	return true;
}

#endif
