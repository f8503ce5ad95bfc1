/* queue.h - a queue of a backend, in memory of its own, for those who check it. */
#ifndef LFBENCH_CHECK_QUEUE_H
#define LFBENCH_CHECK_QUEUE_H

#include "text/error.h"
#include "plugin/plugin.h"

struct lfb_check_size {
	unsigned producers, consumers;
	uint64_t capacity; /* asked for */
	uint64_t items;    /* pushes at most, or as many as nodes of a pool are to be there for */
	unsigned handles;  /* that are taken from the arena besides */
};

/*
 * Make one. `arena` is reset, and grown up to `reserved_bytes`. Returns 0 with *queue and what it really holds (0: unbounded); -ENOTSUP: the backend
 * cannot make such a queue; -ENOMEM.
 */
int lfb_check_queue_create(const struct lfb_plugin *plugin, const struct lfb_check_size *size, struct lfb_arena *arena, size_t reserved_bytes,
			   void **queue, uint64_t *capacity, struct lfb_error *error);

#endif
