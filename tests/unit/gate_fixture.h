/* gate_fixture.h - what the tests of the gate's launches share: a plan, a launch of it, and what came of it. */
#ifndef LFBENCH_TESTS_UNIT_GATE_FIXTURE_H
#define LFBENCH_TESTS_UNIT_GATE_FIXTURE_H

#include "unit.h"

#include "gate/launch.h"
#include "plan/names.h"

static struct lfb_error error;
static struct gate_duet_result result;
static struct gate_block blocks[64];

/* Six blocks of slices of 500 items each. */
static inline struct gate_duet_plan plan_for(const char *base, const char *head, const char *workload, uint32_t producers, uint32_t consumers)
{
	struct gate_duet_plan plan = { .paths = { base, head }, .slice_ns = 300000, .items = 500, .blocks = 6, .seed = 1, .timeout_ns = UINT64_C(60000000000) };

	plan.shape.workload = &lfb_workloads[lfb_name_find(lfb_workload_names, workload)];
	lfb_shape_preset(&plan.shape);
	plan.shape.producers = producers;
	plan.shape.consumers = consumers;
	plan.shape.capacity = 100;
	plan.shape.batch = 1;
	plan.shape.wait = LFB_WAIT_YIELD;
	return plan;
}

static inline int run(const struct gate_duet_plan *plan)
{
	memset(&result, 0x5A, sizeof(result));
	memset(blocks, 0x5A, sizeof(blocks));
	(void)snprintf(error.text, sizeof(error.text), "%s", "");
	return gate_launch(plan, &result, blocks, NULL, &error);
}

/* gate_launch starts the running program again, which here is the test: its main begins with this. */
#define GATE_FIXTURE_LAUNCH(argc, argv)                                                                                \
	do {                                                                                                           \
		if ((argc) > 1 && strcmp((argv)[1], GATE_LAUNCH_COMMAND) == 0)                                         \
			return gate_launch_main(argc, argv);                                                           \
	} while (0)

#endif
