/*
 * workload.c - the table of workloads. To add one that existing loops can drive,
 * add a row here and a main in bench/.
 */
#include "workload.h"

#define NO_BATCH LFB_LOOP_KINDS
#define NO_OPEN LFB_LOOP_KINDS

const struct lfb_workload lfb_workloads[] = {
	{
		.name = "producer_consumer",
		.summary = "P producers push, C consumers pop until all is drained",
		.queues = 1,
		.roles = 2,
		.role = { { "producer", LFB_COUNT_PRODUCERS, LFB_PRODUCE, LFB_PRODUCE, LFB_PRODUCE_BATCH,
			    LFB_PRODUCE_BATCH, LFB_PRODUCE_CLOSED, LFB_PRODUCE_BATCH_CLOSED, LFB_PRODUCE_OPEN, 0, -1, true, 0, -1 },
			  { "consumer", LFB_COUNT_CONSUMERS, LFB_CONSUME, LFB_CONSUME_AUDIT, LFB_CONSUME_BATCH,
			    LFB_CONSUME_BATCH_AUDIT, LFB_CONSUME_CLOSED, LFB_CONSUME_BATCH_CLOSED, LFB_CONSUME_OPEN, 0, -1, false, -1, 0 } },
	},
	{
		.name = "pairs",
		.summary = "every thread pushes one value and pops one, over and over",
		.by_threads = true,
		.threads_min = 1,
		.threads_max = 4096,
		.queues = 1,
		.roles = 1,
		.role = { { "pair", LFB_COUNT_THREADS, LFB_PAIRS, LFB_PAIRS_AUDIT, NO_BATCH, NO_BATCH, LFB_PAIRS_CLOSED, NO_BATCH, NO_OPEN, 0, -1, true, 0, 0 } },
	},
	{
		.name = "ping_pong",
		.summary = "one value at a time out on one queue and back on another: round trips",
		.by_threads = true,
		.threads_min = 2,
		.threads_max = 2,
		.queues = 2,
		.roles = 2,
		.role = { { "ping", LFB_COUNT_ONE, LFB_PING, LFB_PING_AUDIT, NO_BATCH, NO_BATCH, LFB_PING_CLOSED, NO_BATCH, NO_OPEN, 0, 1, true, 0, 1 },
			  { "pong", LFB_COUNT_ONE, LFB_PONG, LFB_PONG_AUDIT, NO_BATCH, NO_BATCH, LFB_PONG, NO_BATCH, NO_OPEN, 0, 1, false, 1, 0 } },
	},
	{ .name = NULL },
};

const char *const lfb_workload_names[] = { "producer_consumer", "pairs", "ping_pong", NULL };

uint32_t lfb_role_threads(const struct lfb_role *role, uint32_t producers, uint32_t consumers)
{
	switch (role->count) {
	case LFB_COUNT_PRODUCERS:
	case LFB_COUNT_THREADS: /* each pushes and pops: producers == consumers */
		return producers;
	case LFB_COUNT_CONSUMERS:
		return consumers;
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

unsigned lfb_workload_ops_per_item(const struct lfb_workload *workload)
{
	return 2 * workload->queues;
}
