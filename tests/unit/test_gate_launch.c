/*
 * test_gate_launch.c - launches of the gate with real builds: one that is slower is measured as slower, whichever side it is on; one that loses,
 * invents, crashes, hangs or leaves the process is found out; every shape and metric that a duet has. (The thread sanitizer looks at the
 * stage through these.)
 */
#include "gate_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>

/* Ten microseconds per push are a hundred times what mutex_ring takes: no machine is so busy that it comes out the other way round. */
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
		assert_true(result.dropped == 6 || (result.d > 0.1 && result.ns[GATE_HEAD] > result.ns[GATE_BASE]));
	}
	plan.paths[GATE_BASE] = slow;
	plan.paths[GATE_HEAD] = plain;
	assert_int_equal(run(&plan), 0);
	assert_true(result.dropped == 6 || result.d < -0.1);
	/* With one thread there is nothing to probe, and no block to drop. */
	plan = plan_for(plain, slow, "pairs", 1, 1);
	assert_int_equal(run(&plan), 0);
	assert_int_equal(result.dropped, 0);
	assert_true(result.d > 1);
	plan.metric = GATE_P50;
	assert_int_equal(run(&plan), 0);
	assert_true(result.d > 1 && result.ns[GATE_HEAD] > result.ns[GATE_BASE]);
	plan.metric = GATE_THROUGHPUT;
	plan.paths[GATE_BASE] = slow;
	assert_int_equal(run(&plan), 0);
	assert_true(fabs(result.d) < 1); /* both are slow */
}

/* Items of a slice of three milliseconds, as calibrated. */
static uint64_t calibrated(const char *base, const char *head)
{
	struct gate_duet_plan plan = plan_for(base, head, "pairs", 1, 1);

	plan.items = 0;
	plan.slice_ns = 3000000;
	assert_int_equal(run(&plan), 0);
	assert_int_equal(result.blocks, 0);
	assert_true(isnan(result.d));
	return result.items;
}

/* The slower build decides, whichever side it is on; what is compared with what is a hundred times apart. */
static void calibration(void **state)
{
	char plain[PATH_MAX], slow[PATH_MAX];
	uint64_t items;

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	(void)unit_file("GATE_DIR", "slow/mutex_ring.so", slow);
	items = calibrated(plain, plain);
	assert_true(items > 0);
	assert_true(calibrated(plain, slow) < items / 4);
	assert_true(calibrated(slow, plain) < items / 4);
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
			plan.blocks = UNIT_SANITIZED ? 2 : 6; /* a histogram for each thread takes a sanitizer long */
			plan.shape.wait = i % 2 == 0 ? LFB_WAIT_PARK : LFB_WAIT_YIELD;
			assert_int_equal(run(&plan), 0);
			assert_int_equal(result.items, 500);
			assert_true(metric == GATE_THROUGHPUT || result.dropped == plan.blocks || result.samples[GATE_BASE] > 0);
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
	/* broken.h has one fault in its first 500 calls. A sanitizer ends a crashing process itself. */
	static const struct {
		const char *file, *says;
	} all[] = {
		{ "lossy.so", "head: 500 values pushed, 499 popped" },
		{ "duplicating.so", "head: 500 values pushed, 501 popped" },
		{ "inventing.so", "head: the count is right but values are not" },
		{ "crashing.so", UNIT_SANITIZED ? "a launch" : "crashed: Segmentation fault" },
		{ "aborting.so", UNIT_SANITIZED ? "a launch" : "crashed: Aborted" },
		{ "exiting.so", "ended early" },
		{ "crash_on_load.so", UNIT_SANITIZED ? "a launch" : "crashed: Segmentation fault" },
	};
	char plain[PATH_MAX], broken[PATH_MAX];

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	for (size_t i = 0; i < COUNT(all); i++) {
		struct gate_duet_plan plan = plan_for(plain, unit_file("BROKEN_DIR", all[i].file, broken), "producer_consumer", 1, 1);
		const int rc = run(&plan);

		if (rc != -EBADMSG)
			fail_msg("%s: %d, %s", all[i].file, rc, error.text);
		unit_has(error.text, all[i].says);
	}
}

static void hanging_head(void **state)
{
	char plain[PATH_MAX], broken[PATH_MAX];
	struct gate_duet_plan plan = plan_for(unit_file("GATE_DIR", "plain/mutex_ring.so", plain), unit_file("BROKEN_DIR", "hanging.so", broken), "producer_consumer", 1, 1);

	(void)state;
	plan.timeout_ns = UINT64_C(2000000000);
	assert_int_equal(run(&plan), -EBADMSG);
	unit_has(error.text, "hung");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* What no figure could be had of: each is refused, and none is called a failure of the build. */
static void refused(void **state)
{
	static const unsigned nowhere[] = { 0, 1000 };
	char plain[PATH_MAX], other[PATH_MAX];
	struct gate_duet_plan plan = plan_for(unit_file("GATE_DIR", "plain/mutex_ring.so", plain), unit_file("BUILD_DIR", "backends/vyukov_mpmc.so", other), "producer_consumer", 1, 1);

	(void)state;
	assert_int_equal(run(&plan), -ENOTSUP); /* 100 items against 128 */
	unit_has(error.text, "unlike");
	plan = plan_for(plain, plain, "producer_consumer", 1, 1);
	plan.cpus = nowhere;
	plan.cpu_count = COUNT(nowhere);
	assert_int_equal(run(&plan), -EINVAL);
	unit_has(error.text, "pinned");
	plan = plan_for(plain, "/nonexistent.so", "producer_consumer", 1, 1);
	assert_int_equal(run(&plan), -ENOENT);
	unit_has(error.text, "head /nonexistent.so");
	plan = plan_for("/dev/null", plain, "producer_consumer", 1, 1);
	assert_int_equal(run(&plan), -ENOEXEC);
	plan = plan_for(plain, plain, "pipeline", 1, 3);
	assert_int_equal(run(&plan), -ENOTSUP);
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

/* Exit status of gate_launch_main with these arguments, in a process that has somewhere to write to, as a launch has. */
static int exit_of(int argc, char **argv)
{
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		const int nowhere = open("/dev/null", O_WRONLY);

		(void)dup2(nowhere, STDERR_FILENO);
		(void)dup2(nowhere, 3);
		_exit(gate_launch_main(argc, argv));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Arguments that no parent of ours gives, each beside good ones; with only good ones it goes on, and finds no object. */
static void foreign_arguments(void **state)
{
	static const char *const good[] = { "lfbench", GATE_LAUNCH_COMMAND, "/nonexistent", "/nonexistent", "pairs", "1", "1", "100", "1", "yield", "0", "0", "0", "500", "1000", "2", "1", "60000000000", "-" };
	static const struct {
		int index;
		const char *word;
	} bad[] = {
		{ 4, "pear" }, { 4, "" },   { 5, "0" },	  { 5, "257" }, { 5, "-1" },  { 6, "0" },	{ 6, "x" },    { 7, "99999999999999999999" }, { 8, "0" },
		{ 8, "1e3" },  { 9, "nap" }, { 10, "2" }, { 11, "3" },	{ 11, "-1" }, { 12, "2" }, { 13, "99999999999999999" }, { 14, "-" },	      { 15, "4097" },
		{ 16, "" },    { 17, "1s" }, { 18, "0+" }, { 18, "a" },
	};
	char *argv[COUNT(good) + 2] = { NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		argv[i] = (char *)(uintptr_t)good[i];
	assert_int_equal(exit_of(COUNT(good), argv), 0);
	for (int argc = 2; argc < (int)COUNT(good); argc++)
		assert_int_equal(exit_of(argc, argv), 2);
	argv[COUNT(good)] = argv[0];
	assert_int_equal(exit_of(COUNT(good) + 1, argv), 2);
	for (size_t i = 0; i < COUNT(bad); i++) {
		argv[bad[i].index] = (char *)(uintptr_t)bad[i].word;
		if (exit_of(COUNT(good), argv) != 2)
			fail_msg("argument %d: '%s' is taken", bad[i].index, bad[i].word);
		argv[bad[i].index] = (char *)(uintptr_t)good[bad[i].index];
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slower_is_positive), cmocka_unit_test(calibration),  cmocka_unit_test(shapes),
		cmocka_unit_test(batches),	      cmocka_unit_test(faulty_heads), cmocka_unit_test(hanging_head),
		cmocka_unit_test(refused),	      cmocka_unit_test(interrupted),  cmocka_unit_test(foreign_arguments),
	};

	GATE_FIXTURE_LAUNCH(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
