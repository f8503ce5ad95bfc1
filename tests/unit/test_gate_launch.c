/*
 * test_gate_launch.c - launches of the gate with real builds: one that is slower is measured as slower, whichever side it is on; one that loses,
 * invents, crashes, hangs or leaves the process is found out; every shape and metric that a duet has. (The thread sanitizer looks at the
 * stage through these.)
 */
#include "unit.h"

#include "gate/duet_run.h"
#include "gate/launch.h"
#include "names.h"

#include <errno.h>
#include <math.h>
#include <signal.h>

static struct lfb_error error;
static struct gate_duet_result result;

static struct gate_duet_plan plan_for(const char *base, const char *head, const char *workload, uint32_t producers, uint32_t consumers)
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

static int run(const struct gate_duet_plan *plan)
{
	static struct gate_block blocks[16];

	memset(&result, 0x5A, sizeof(result));
	(void)snprintf(error.text, sizeof(error.text), "%s", "");
	return gate_launch(plan, &result, blocks, NULL, &error);
}

/* Ten microseconds per push are a hundred times what mutex_ring takes: no machine is so busy that it comes out the other way round;
 * but that a sanitizer, which multiplies both, says nothing about speed. */
static void slower_is_positive(void **state)
{
	char plain[PATH_MAX], slow[PATH_MAX];
	struct gate_duet_plan plan;

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	(void)unit_file("GATE_DIR", "slow/mutex_ring.so", slow);
	plan = plan_for(plain, slow, "producer_consumer", 1, 1);
	for (int first = 0; first < 2; first++) {
		plan.loaded_first = (enum gate_arm)first;
		assert_int_equal(run(&plan), 0);
		assert_int_equal(result.blocks, 6);
		assert_true(UNIT_SANITIZED || result.dropped == 6 || (result.d > 0.1 && result.ns[GATE_HEAD] > result.ns[GATE_BASE]));
	}
	plan.paths[GATE_BASE] = slow;
	plan.paths[GATE_HEAD] = plain;
	assert_int_equal(run(&plan), 0);
	assert_true(UNIT_SANITIZED || result.dropped == 6 || result.d < -0.1);
}

static void calibration(void **state)
{
	char plain[PATH_MAX];
	struct gate_duet_plan plan;

	(void)state;
	plan = plan_for(unit_file("GATE_DIR", "plain/mutex_ring.so", plain), plain, "producer_consumer", 1, 1);
	plan.items = 0;
	assert_int_equal(run(&plan), 0);
	assert_true(result.items > 0);
	assert_int_equal(result.blocks, 0);
	assert_true(isnan(result.d));
}

static void shapes(void **state)
{
	static const struct {
		const char *workload;
		uint32_t producers, consumers;
	} all[] = { { "producer_consumer", 2, 2 }, { "producer_consumer", 3, 1 }, { "pairs", 1, 1 }, { "pairs", 4, 4 }, { "ping_pong", 1, 1 } };
	char path[PATH_MAX];

	(void)state;
	(void)unit_file("BUILD_DIR", "backends/vyukov_mpmc.so", path);
	for (size_t i = 0; i < COUNT(all); i++) {
		for (enum gate_metric metric = 0; metric < GATE_METRICS; metric++) {
			struct gate_duet_plan plan = plan_for(path, path, all[i].workload, all[i].producers, all[i].consumers);

			plan.metric = metric;
			plan.shape.wait = i % 2 == 0 ? LFB_WAIT_PARK : LFB_WAIT_YIELD;
			assert_int_equal(run(&plan), 0);
			assert_int_equal(result.items, 500);
			assert_true(metric == GATE_THROUGHPUT || result.dropped == 6 || result.samples[GATE_BASE] > 0);
		}
	}
}

static void batches(void **state)
{
	char path[PATH_MAX];
	struct gate_duet_plan plan = plan_for(unit_file("GATE_DIR", "plain/mutex_ring.so", path), path, "producer_consumer", 1, 1);

	(void)state;
	plan.shape.batch = 7;
	assert_int_equal(run(&plan), 0);
	plan.shape.wait = LFB_WAIT_BLOCK; /* which mutex_ring has not */
	assert_int_equal(run(&plan), -ENOTSUP);
}

/* Each on the head's side, the base being sound; in every one the launch costs itself only. */
static void faulty_heads(void **state)
{
	static const struct {
		const char *file, *says;
	} all[] = {
		{ "lossy.so", "popped" },	{ "duplicating.so", "head" }, { "inventing.so", "head" },
		{ "crashing.so", "crashed" },	{ "exiting.so", "ended early" }, { "aborting.so", "crashed" },
	};
	char plain[PATH_MAX], broken[PATH_MAX];

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	for (size_t i = 0; i < COUNT(all); i++) {
		struct gate_duet_plan plan = plan_for(plain, unit_file("BROKEN_DIR", all[i].file, broken), "producer_consumer", 1, 1);
		int rc;

		plan.shape.capacity = 1000;
		plan.timeout_ns = UINT64_C(5000000000); /* a lossy queue makes somebody wait for ever */
		rc = run(&plan);
		if (rc == -ENOTSUP) /* another capacity than base's */
			continue;
		if (rc != -EBADMSG)
			fail_msg("%s: %d, %s", all[i].file, rc, error.text);
		/* A sanitizer makes an exit of a crash. */
		if (strstr(error.text, "hung") == NULL && !(UNIT_SANITIZED && strstr(error.text, "ended early") != NULL))
			unit_has(error.text, all[i].says);
	}
}

static void hanging_head(void **state)
{
	char plain[PATH_MAX], broken[PATH_MAX];
	struct gate_duet_plan plan = plan_for(unit_file("GATE_DIR", "plain/mutex_ring.so", plain), unit_file("BROKEN_DIR", "hanging.so", broken), "producer_consumer", 1, 1);

	(void)state;
	plan.timeout_ns = UINT64_C(1000000000);
	assert_true(run(&plan) < 0);
}

static void interrupted(void **state)
{
	static const volatile sig_atomic_t yes = 1;
	char plain[PATH_MAX];
	struct gate_duet_plan plan = plan_for(unit_file("GATE_DIR", "plain/mutex_ring.so", plain), plain, "producer_consumer", 1, 1);

	(void)state;
	plan.blocks = 4000;
	assert_int_equal(gate_launch(&plan, &result, NULL, &yes, &error), -EINTR);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left running */
}

/* Arguments that no parent of ours gives. */
static void foreign_arguments(void **state)
{
	char *few[] = { (char *)"lfbench", (char *)GATE_LAUNCH_COMMAND, (char *)"a", NULL };
	char *argv[32];
	pid_t child;
	int status;

	(void)state;
	for (int i = 0; i < 31; i++)
		argv[i] = (char *)(i == 7 ? "-1" : "99999999999999999999");
	argv[31] = NULL;
	for (int argc = 3; argc < 32; argc++) {
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			(void)freopen("/dev/null", "w", stderr);
			_exit(gate_launch_main(argc, argc == 3 ? few : argv));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slower_is_positive), cmocka_unit_test(calibration),  cmocka_unit_test(shapes),
		cmocka_unit_test(batches),	      cmocka_unit_test(faulty_heads), cmocka_unit_test(hanging_head),
		cmocka_unit_test(interrupted),	      cmocka_unit_test(foreign_arguments),
	};

	/* gate_launch starts the running program again: here that is this test. */
	if (argc > 1 && strcmp(argv[1], GATE_LAUNCH_COMMAND) == 0)
		return gate_launch_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
