/* queue.c - see queue.h. The arena's size is reckoned as for a trial of as many threads. */
#include "queue.h"

#include "trial/arena.h"
#include "plan/names.h"
#include "trial/trial.h"

#include <errno.h>
#include <string.h>

static void name_shape(const struct lfb_check_size *size, struct lfb_shape *shape)
{
	memset(shape, 0, sizeof(*shape));
	shape->workload = &lfb_workloads[lfb_name_find(lfb_workload_names, "producer_consumer")];
	lfb_shape_preset(shape);
	shape->producers = size->producers;
	shape->consumers = size->consumers;
	shape->capacity = size->capacity;
	shape->batch = 1;
}

int lfb_check_queue_create(const struct lfb_plugin *plugin, const struct lfb_check_size *size, struct lfb_arena *arena, size_t reserved_bytes,
			   void **queue, uint64_t *capacity, struct lfb_error *error)
{
	struct lfb_report report = { .capacity_effective = 0 };
	struct lfb_shape shape;
	struct lfb_cell cell;
	size_t bytes;
	int rc;

	name_shape(size, &shape);
	bytes = lfb_trial_arena_bytes(&shape, plugin, size->items) + (size_t)size->handles * (plugin->ops->handle_bytes + LFB_LINE);
	if (lfb_arena_prepare(arena, reserved_bytes, bytes) != 0)
		return lfb_fail(error, -ENOMEM, "the queue's memory (%zu MiB) is not there", bytes >> 20);
	cell = lfb_trial_cell(&shape, size->items);
	cell.arena = arena;
	cell.report = &report;
	rc = plugin->ops->create(&cell, queue);
	report.reason[sizeof(report.reason) - 1] = '\0';
	if (rc == -ENOTSUP)
		return lfb_fail(error, rc, "%s", report.reason[0] != '\0' ? report.reason : "the backend says so");
	if (rc != 0 || *queue == NULL)
		return lfb_fail(error, -ENOMEM, "the queue cannot be created: %s", rc != 0 ? strerror(rc < 0 ? -rc : rc) : "q_create left none");
	*capacity = report.capacity_effective;
	return 0;
}
