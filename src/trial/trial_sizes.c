/* trial_sizes.c - see trial.h: what a backend is told of a trial, and the memory that it may need. */
#include "trial/trial.h"

#include <lfbench/nodes.h>

/* Arena for what a backend does not declare: struct q, a mutex, rounding. */
#define ARENA_FIXED_BYTES ((size_t)256 << 10)
/* Slot of a backend that does not say: a cache line per item. */
#define SLOT_BYTES_DEFAULT 64u

/* Rings round up to a power of two: twice the slots at most. */
#define CAPACITY_ROUNDING 2u

static size_t padded(size_t bytes)
{
	return (bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);
}

/* At most, of any of its queues: of two queues or more each has one, but for the last of a diamond; tasks that submit make workers push. */
static uint32_t pushers_of_a_queue(const struct lfb_shape *shape)
{
	if (shape->workload->queues != 1)
		return shape->workload->by_stages && shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND ? 2 : 1;
	return shape->param[LFB_PARAM_nested] > 0 ? shape->producers + shape->consumers : shape->producers;
}

struct lfb_cell lfb_trial_cell(const struct lfb_shape *shape, uint64_t items)
{
	return (struct lfb_cell){
		.size = sizeof(struct lfb_cell),
		.producers = pushers_of_a_queue(shape),
		.consumers = shape->workload->queues != 1 ? 1 : shape->consumers,
		.batch = shape->batch,
		.capacity = shape->capacity,
		.items = items * (1 + shape->param[LFB_PARAM_nested]),
	};
}

size_t lfb_trial_arena_bytes(const struct lfb_shape *shape, const struct lfb_plugin *plugin, uint64_t items)
{
	const struct lfb_cell cell = lfb_trial_cell(shape, items);
	const size_t threads = lfb_workload_threads(shape->workload, shape->producers, shape->consumers) + 1;
	const size_t slot_bytes = plugin->info.slot_bytes > 0 ? plugin->info.slot_bytes : SLOT_BYTES_DEFAULT;
	const size_t slots = plugin->info.claims.bounded ? (size_t)shape->capacity * CAPACITY_ROUNDING + 4 : 0;
	size_t queue_bytes = ARENA_FIXED_BYTES + slots * slot_bytes;

	if (plugin->info.alloc == LFB_ALLOC_POOL) {
		const size_t nodes = lfb_nodes_needed(&cell);

		queue_bytes += nodes * plugin->info.node_bytes + nodes / LFB_MAGAZINE_NODES * sizeof(void *);
	}
	/* Two handles for every thread, and one per queue for the host, see lfb_crew_create. */
	return lfb_shape_queues(shape) * queue_bytes + (2 * threads + LFB_QUEUES_MAX) * padded(plugin->ops->handle_bytes);
}
