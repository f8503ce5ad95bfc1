/*
 * arena.h - the harness's memory: one address range reserved once per process, its
 * front faulted in before anything is timed, and given to the queue anew for every
 * trial, so that every trial of every backend starts at the same address.
 */
#ifndef LFBENCH_ARENA_H
#define LFBENCH_ARENA_H

#include <lfbench/backend.h>

/* Reserve `reserve_bytes` of addresses, none of them usable yet. Returns 0 or -errno. */
int lfb_arena_map(struct lfb_arena *arena, size_t reserve_bytes);

/*
 * Make at least `bytes` usable, faulted in, and reset the arena. The range never moves.
 * Returns 0, or -ENOMEM when it is beyond what was reserved or what the machine has.
 */
int lfb_arena_prepare(struct lfb_arena *arena, size_t reserved_bytes, size_t bytes);

/* Memory the machine could give without swapping or killing; SIZE_MAX if it does not say. */
size_t lfb_memory_available_bytes(void);

/* Give everything back. */
void lfb_arena_unmap(struct lfb_arena *arena, size_t reserved_bytes);

#endif
