/* arm.c - see arm.h. */
#include "arm.h"

#include "gate/object.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_hand(struct arm *arm, const char *path, struct lfb_error *error)
{
	arm->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (arm->object == NULL)
		return lfb_fail(error, -ENOEXEC, "cannot be loaded: %s", dlerror());
	arm->hand = dlsym(arm->object, HAND_SYMBOL);
	if (arm->hand == NULL) {
		dlclose(arm->object);
		return lfb_fail(error, -ENOEXEC, "has no symbol '" HAND_SYMBOL "'");
	}
	return 0;
}

static int open_suite(struct arm *arm, const char *path, struct lfb_error *error)
{
	const int rc = lfb_plugin_open(path, &arm->plugin, error);

	if (rc == 0 && arm->plugin.ops->handle_bytes > ARM_HANDLE_BYTES) {
		lfb_plugin_close(&arm->plugin);
		return lfb_fail(error, -ENOTSUP, "its handle has more than %u bytes", ARM_HANDLE_BYTES);
	}
	return rc;
}

int arm_open(struct arm *arm, enum arm_kind kind, const char *path, struct lfb_error *error)
{
	const int copy = gate_object_copy(path);
	char name[64];
	int rc;

	if (copy < 0)
		return lfb_fail(error, copy, "cannot be copied: %s", strerror(-copy));
	memset(arm, 0, sizeof(*arm));
	arm->kind = kind;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
	rc = kind == ARM_SUITE ? open_suite(arm, name, error) : open_hand(arm, name, error);
	if (rc != 0)
		close(copy);
	/* Else it stays open: the loader knows an object by its name, which no other may get. */
	return rc;
}

void arm_close(struct arm *arm)
{
	if (arm->kind == ARM_SUITE)
		lfb_plugin_close(&arm->plugin);
	else
		dlclose(arm->object);
}

static int start_suite(struct arm *arm, struct lfb_arena *arena, const struct arm_slice *slice, struct lfb_error *error)
{
	struct lfb_report report = { 0, "" };
	const struct lfb_cell cell = {
		.size = sizeof(cell),
		.producers = slice->producing,
		.consumers = 1,
		.batch = 1,
		.capacity = slice->capacity,
		.items = slice->items,
		.arena = arena,
		.report = &report,
	};
	const int rc = arm->plugin.ops->create(&cell, &arm->queue);

	if (rc != 0)
		return lfb_fail(error, rc, "no queue: %s %s", strerror(-rc), report.reason);
	if (report.capacity_effective != slice->capacity)
		return lfb_fail(error, -EBADMSG, "the queues are unlike: %" PRIu64 " items against %" PRIu64,
				report.capacity_effective, slice->capacity);
	arm->shared.producers_running = slice->producing;
	arm->shared.abort = 0;
	arm->producer = arm->consumer = (struct lfb_thread){
		.queue = { arm->queue },
		.shared = &arm->shared,
		.first_value = 1,
		.items = slice->items,
		.batch = 1,
	};
	memset(arm->handles[0], 0, arm->plugin.ops->handle_bytes);
	memset(arm->handles[1], 0, arm->plugin.ops->handle_bytes);
	arm->consumer.handle[0] = arm->handles[0];
	arm->producer.handle[0] = arm->handles[1];
	return 0;
}

static int start_hand(struct arm *arm, struct lfb_arena *arena, const struct arm_slice *slice, struct lfb_error *error)
{
	int rc;

	arm->queue = lfb_arena_alloc(arena, arm->hand->bytes);
	if (arm->queue == NULL)
		return lfb_fail(error, -ENOMEM, "no queue: the arena is too small");
	rc = arm->hand->create(arm->queue, slice->items);
	if (rc != 0)
		return lfb_fail(error, rc, "no queue: %s", strerror(-rc));
	memset(&arm->tally, 0, sizeof(arm->tally));
	return 0;
}

int arm_start(struct arm *arm, struct lfb_arena *arena, const struct arm_slice *slice, struct lfb_error *error)
{
	arena->used_bytes = 0;
	arm->items = slice->items;
	return arm->kind == ARM_SUITE ? start_suite(arm, arena, slice, error) : start_hand(arm, arena, slice, error);
}

void arm_enter(struct arm *arm, bool producer)
{
	if (arm->kind == ARM_SUITE)
		arm->attached[producer] = arm->plugin.ops->attach(arm->queue, arm->handles[producer]);
}

void arm_produce(struct arm *arm)
{
	if (arm->kind == ARM_SUITE)
		arm->plugin.ops->loops[LFB_PRODUCE][LFB_WAIT_BACKOFF](&arm->producer);
	else
		arm->hand->produce(arm->queue, 1, arm->items);
}

void arm_consume(struct arm *arm)
{
	if (arm->kind == ARM_SUITE)
		arm->plugin.ops->loops[LFB_CONSUME][LFB_WAIT_BACKOFF](&arm->consumer);
	else
		arm->hand->consume(arm->queue, &arm->tally);
}

void arm_leave(struct arm *arm, bool producer)
{
	if (arm->kind == ARM_SUITE)
		arm->plugin.ops->detach(arm->queue, arm->handles[producer]);
}

int arm_finish(struct arm *arm, const struct arm_slice *slice, struct lfb_error *error)
{
	const bool suite = arm->kind == ARM_SUITE;
	const uint64_t count = suite ? arm->consumer.popped : arm->tally.count;
	const uint64_t hash = suite ? arm->consumer.hash : arm->tally.hash;

	if (suite)
		arm->plugin.ops->destroy(arm->queue);
	else
		arm->hand->destroy(arm->queue);
	if (arm->attached[0] != 0 || arm->attached[1] != 0)
		return lfb_fail(error, -EBADMSG, "a thread could not attach");
	if (count != slice->items)
		return lfb_fail(error, -EBADMSG, "%" PRIu64 " items pushed, %" PRIu64 " popped", slice->items, count);
	if ((suite || arm->hand->hash) && hash != slice->hash)
		return lfb_fail(error, -EBADMSG, "the sum of hashes is %" PRIx64 ", not %" PRIx64, hash, slice->hash);
	return 0;
}
