/*
 * workload.c - the table of workloads. To add one that existing loops can drive,
 * add a row here and a main in bench/.
 */
#include "plan/workload.h"

#include "applications/applications.h"

#define NO_BATCH LFB_LOOP_KINDS
#define NO_OPEN LFB_LOOP_KINDS

/* Roles of workloads that are applications always: a loop of the backend that calls the application, or its own function. */
#define NO_PLAIN LFB_LOOP_KINDS, LFB_LOOP_KINDS, NO_BATCH, NO_BATCH, LFB_LOOP_KINDS, NO_BATCH, NO_OPEN
#define FED(name, count, loop, produces) { name, count, NO_PLAIN, 0, -1, produces, (produces) ? 0 : -1, (produces) ? -1 : 0, loop, NULL }
#define PROGRAM(name, count, function, produces, pushes_to, pops_from)                                                 \
	{ name, count, NO_PLAIN, 0, -1, produces, pushes_to, pops_from, LFB_LOOP_KINDS, function }

const struct lfb_workload lfb_workloads[] = {
	{
		.name = "producer_consumer",
		.summary = "P producers push, C consumers pop until all is drained",
		.in_default_sweep = true,
		.queues = 1,
		.roles = 2,
		.role = { { "producer", LFB_COUNT_PRODUCERS, LFB_PRODUCE, LFB_PRODUCE, LFB_PRODUCE_BATCH,
			    LFB_PRODUCE_BATCH, LFB_PRODUCE_CLOSED, LFB_PRODUCE_BATCH_CLOSED, LFB_PRODUCE_OPEN, 0, -1, true, 0, -1, LFB_FEED, NULL },
			  { "consumer", LFB_COUNT_CONSUMERS, LFB_CONSUME, LFB_CONSUME_AUDIT, LFB_CONSUME_BATCH,
			    LFB_CONSUME_BATCH_AUDIT, LFB_CONSUME_CLOSED, LFB_CONSUME_BATCH_CLOSED, LFB_CONSUME_OPEN, 0, -1, false, -1, 0, LFB_SERVE, NULL } },
		.application = &lfb_app_loaded,
	},
	{
		.name = "pairs",
		.summary = "every thread pushes one value and pops one, over and over",
		.by_threads = true,
		.threads_min = 1,
		.threads_max = 4096,
		.in_default_sweep = true,
		.queues = 1,
		.roles = 1,
		.role = { { "pair", LFB_COUNT_THREADS, LFB_PAIRS, LFB_PAIRS_AUDIT, NO_BATCH, NO_BATCH, LFB_PAIRS_CLOSED, NO_BATCH, NO_OPEN, 0, -1, true, 0, 0, LFB_LOOP_KINDS, NULL } },
	},
	{
		.name = "ping_pong",
		.summary = "one value at a time out on one queue and back on another: round trips",
		.by_threads = true,
		.threads_min = 2,
		.threads_max = 2,
		.in_default_sweep = true,
		.items_max = 2000, /* without a CPU of its own each takes a time slice */
		.queues = 2,
		.roles = 2,
		.role = { { "ping", LFB_COUNT_ONE, LFB_PING, LFB_PING_AUDIT, NO_BATCH, NO_BATCH, LFB_PING_CLOSED, NO_BATCH, NO_OPEN, 0, 1, true, 0, 1, LFB_LOOP_KINDS, NULL },
			  { "pong", LFB_COUNT_ONE, LFB_PONG, LFB_PONG_AUDIT, NO_BATCH, NO_BATCH, LFB_PONG, NO_BATCH, NO_OPEN, 0, 1, false, 1, 0, LFB_LOOP_KINDS, NULL } },
	},
	{
		.name = "burst",
		.burst_preset = 512,
		.summary = "a burst of items pushed, then drained, over and over",
		.queues = 1,
		.roles = 2,
		.role = { PROGRAM("producer", LFB_COUNT_PRODUCERS, lfb_burst_produce, true, 0, -1),
			  PROGRAM("consumer", LFB_COUNT_CONSUMERS, lfb_burst_consume, false, -1, 0) },
		.application = &lfb_app_burst,
	},
	{
		.name = "fan_in",
		.summary = "one-shot threads that each put a result into a small queue, then join",
		.producers = { .preset = 20 },
		.consumers = { .max = 1 },
		.capacity_preset = 20,
		.items_max = 400,
		.queues = 1,
		.roles = 2,
		.role = { PROGRAM("thread", LFB_COUNT_PRODUCERS, lfb_fan_in_produce, true, 0, -1),
			  PROGRAM("collector", LFB_COUNT_ONE, lfb_fan_in_collect, false, -1, 0) },
		.application = &lfb_app_fan_in,
	},
	{
		.name = "pipeline",
		.summary = "stages in a line, or a diamond, with a queue between each two",
		.by_stages = true,
		.queues = 0,
		.roles = 3,
		.role = { FED("source", LFB_COUNT_ONE, LFB_FEED, true), FED("stage", LFB_COUNT_MIDDLE, LFB_RELAY, false),
			  FED("sink", LFB_COUNT_ONE, LFB_SERVE, false) },
		.place = lfb_pipeline_place,
		.application = &lfb_app_pipeline,
	},
	{
		.name = "worker_pool",
		.summary = "tasks submitted to workers, each with a future that is waited for",
		.consumers = { .preset = 2 },
		.items_max = 2000,
		.queues = 1,
		.roles = 2,
		.role = { PROGRAM("submitter", LFB_COUNT_PRODUCERS, lfb_pool_submit, true, 0, -1),
			  PROGRAM("worker", LFB_COUNT_CONSUMERS, lfb_pool_work, false, -1, 0) },
		.application = &lfb_app_worker_pool,
	},
	{
		.name = "echo_server",
		.summary = "TCP on loopback: accepted sockets go through the queue to workers that echo",
		.producers = { .max = 1 },
		.consumers = { .preset = 2 },
		.items_max = 200,
		.queues = 1,
		.roles = 2,
		.role = { FED("acceptor", LFB_COUNT_ONE, LFB_FEED, true), FED("worker", LFB_COUNT_CONSUMERS, LFB_SERVE, false) },
		.application = &lfb_app_echo_server,
	},
	{
		.name = "logger",
		.summary = "threads push lines, one thread wraps and writes them",
		.producers = { .preset = 4 },
		.consumers = { .max = 1 },
		.queues = 1,
		.roles = 2,
		.role = { FED("thread", LFB_COUNT_PRODUCERS, LFB_FEED, true), FED("writer", LFB_COUNT_ONE, LFB_SERVE, false) },
		.application = &lfb_app_logger,
	},
	{
		.name = "spawn_join",
		.summary = "creating and joining a thread per task, against handing it to a pool",
		.consumers = { .preset = 1 },
		.items_max = 500,
		.queues = 1,
		.roles = 2,
		.role = { PROGRAM("spawner", LFB_COUNT_PRODUCERS, lfb_spawn_join_ask, true, 0, -1),
			  FED("worker", LFB_COUNT_CONSUMERS, LFB_SERVE, false) },
		.application = &lfb_app_spawn_join,
	},
	{
		.name = "stop",
		.summary = "from a request to stop until the last worker has left",
		.producers = { .max = 1 },
		.consumers = { .preset = 2 },
		.items_max = 100,
		.queues = 1,
		.roles = 2,
		.role = { PROGRAM("stopper", LFB_COUNT_PRODUCERS, lfb_stop_ask, true, 0, -1),
			  PROGRAM("worker", LFB_COUNT_CONSUMERS, lfb_stop_work, false, -1, 0) },
		.application = &lfb_app_stop,
	},
	{ .name = NULL },
};

const char *const lfb_workload_names[] = { "producer_consumer", "pairs", "ping_pong", "burst", "fan_in", "pipeline", "worker_pool",
					   "echo_server", "logger", "spawn_join", "stop", NULL };

uint32_t lfb_role_threads(const struct lfb_role *role, uint32_t producers, uint32_t consumers)
{
	switch (role->count) {
	case LFB_COUNT_PRODUCERS:
	case LFB_COUNT_THREADS: /* each pushes and pops: producers == consumers */
		return producers;
	case LFB_COUNT_CONSUMERS:
		return consumers;
	case LFB_COUNT_MIDDLE:
		return consumers - 1;
	case LFB_COUNT_ONE:
		break;
	}
	return 1;
}

uint32_t lfb_workload_threads(const struct lfb_workload *workload, uint32_t producers, uint32_t consumers)
{
	uint32_t threads = 0;

	for (unsigned i = 0; i < workload->roles; i++)
		threads += lfb_role_threads(&workload->role[i], producers, consumers);
	return threads;
}

unsigned lfb_workload_queues(const struct lfb_workload *workload, uint32_t consumers)
{
	return workload->queues > 0 ? workload->queues : consumers;
}

unsigned lfb_workload_ops_per_item(const struct lfb_workload *workload, uint32_t consumers)
{
	return 2 * lfb_workload_queues(workload, consumers);
}
