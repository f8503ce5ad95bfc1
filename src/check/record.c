/* record.c - see record.h. */
#include "record.h"

#include "trial/arena.h"
#include "epsilon.h"
#include "queue.h"
#include "record_crew.h"
#include "record_parts.h"
#include "machine/ticks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Addresses only. */
#define ARENA_RESERVED_BYTES ((size_t)1 << 30)
#define LIMIT_NS UINT64_C(400000000)
#define GRACE_NS UINT64_C(5000000000)

int lfb_recorder_map(const struct lfb_plugin *plugin, struct lfb_recorder *recorder, struct lfb_error *error)
{
	int rc;

	memset(recorder, 0, sizeof(*recorder));
	recorder->plugin = plugin;
	if (plugin->ops->loop_kinds <= LFB_HISTORY || plugin->ops->loops[LFB_HISTORY][LFB_WAIT_YIELD] == NULL)
		return lfb_fail(error, -ENOTSUP, "it was built before there was a loop that logs a history: build it again with these headers");
	rc = lfb_arena_map(&recorder->arena, ARENA_RESERVED_BYTES);
	return rc != 0 ? lfb_fail(error, rc, "no memory for the queue") : 0;
}

int lfb_recorder_reserve(struct lfb_recorder *recorder, size_t bytes)
{
	return lfb_arena_prepare(&recorder->arena, ARENA_RESERVED_BYTES, bytes);
}

int lfb_recorder_open(const struct lfb_plugin *plugin, struct lfb_recorder *recorder, struct lfb_error *error)
{
	const int rc = lfb_recorder_map(plugin, recorder, error);

	if (rc != 0)
		return rc;
	lfb_timebase_init(&recorder->time);
	recorder->ticks_per_us = lfb_ticks_per_ns(&recorder->time) * 1000;
	recorder->epsilon_ticks = lfb_check_epsilon_ticks(&recorder->time);
	recorder->limit_ns = LIMIT_NS;
	recorder->grace_ns = GRACE_NS;
	return 0;
}

void lfb_recorder_close(struct lfb_recorder *recorder)
{
	lfb_arena_unmap(&recorder->arena, ARENA_RESERVED_BYTES);
}

void *lfb_record_handle(struct lfb_recorder *recorder)
{
	const size_t bytes = recorder->plugin->ops->handle_bytes;
	void *const handle = lfb_arena_alloc(&recorder->arena, bytes);

	if (handle != NULL)
		memset(handle, 0, bytes);
	return handle;
}

int lfb_record_queue(struct lfb_recorder *recorder, struct lfb_check_size size, void **queue, uint64_t *capacity, struct lfb_error *error)
{
	size.handles = LFB_CHECK_HANDLES;
	return lfb_check_queue_create(recorder->plugin, &size, &recorder->arena, ARENA_RESERVED_BYTES, queue, capacity, error);
}

/* One history on its way. */
struct recording {
	struct lfb_recorder *recorder;
	struct lfb_script script;
	void *queue;
	uint64_t capacity; /* what it really holds */
	struct lfb_check_crew *crew;
	struct lfb_history *history;
};

static int describe(struct recording *r, const struct lfb_check_shape *shape, uint64_t seed)
{
	const struct lfb_claims *const claims = &r->recorder->plugin->info.claims;
	struct lfb_history *const h = lfb_history_new();

	r->history = h;
	if (h == NULL)
		return -ENOMEM;
	(void)snprintf(h->backend, sizeof(h->backend), "%s", r->recorder->plugin->info.name);
	(void)snprintf(h->shape, sizeof(h->shape), "%s", shape->name);
	h->seed = seed;
	h->epsilon_ticks = r->recorder->epsilon_ticks;
	h->ticks_per_us = r->recorder->ticks_per_us;
	h->contract = (struct lfb_contract){ claims->order, claims->empty, claims->full, claims->bounded ? r->capacity : 0 };
	return 0;
}

/* Queue, crew, work, and the log. */
static int perform(struct recording *r, const struct lfb_check_shape *shape, uint64_t seed, struct lfb_error *error)
{
	const struct lfb_check_size size = { r->script.producers, r->script.consumers, r->script.capacity, r->script.items, 0 };
	int rc = lfb_record_queue(r->recorder, size, &r->queue, &r->capacity, error);

	if (rc == 0)
		rc = lfb_check_crew_create(r->recorder, &r->script, r->queue, seed, &r->crew);
	if (rc == 0)
		rc = describe(r, shape, seed);
	if (rc != 0)
		return error->text[0] != '\0' ? rc : lfb_fail(error, rc, "no memory for the log of a history");
	rc = lfb_check_crew_run(r->crew, error);
	if (rc == 0 || rc == -ETIMEDOUT) {
		const int kept = lfb_check_crew_take(r->crew, rc == 0, r->history);

		rc = kept != 0 ? lfb_fail(error, kept, "no memory to keep a history") : rc;
	}
	return rc;
}

int lfb_record(struct lfb_recorder *recorder, const struct lfb_check_shape *shape, uint64_t seed, struct lfb_history **out, struct lfb_error *error)
{
	struct recording r = { .recorder = recorder };
	int rc = lfb_script_make(shape, &recorder->plugin->info.claims, seed, &r.script);

	error->text[0] = '\0';
	if (rc == 0)
		rc = perform(&r, shape, seed, error);
	else
		(void)lfb_fail(error, rc, "no memory for a script");
	if (rc == 0 || rc == -ETIMEDOUT)
		*out = r.history;
	else
		lfb_history_free(r.history);
	if (rc == -ETIMEDOUT)
		return rc; /* threads are in the queue and use all of this */
	lfb_check_crew_free(r.crew);
	if (r.queue != NULL)
		recorder->plugin->ops->destroy(r.queue);
	lfb_script_free(&r.script);
	return rc;
}
