/*
 * test_plan.c - from options to cells: how many there are, which of them cannot run, that files
 * of one name stay apart, and the one shape of a benchmark binary. Their order is in
 * test_plan_order.c.
 */
#include "unit.h"

#include "plan/names.h"
#include "plan_fixture.h"

#include <errno.h>

/* Cells of a workload, of any if NULL. */
static size_t count(const char *workload)
{
	size_t n = 0;

	for (size_t i = 0; i < plan.cell_count; i++)
		n += workload == NULL || strcmp(plan.cells[i].shape.workload->name, workload) == 0;
	return n;
}

static void cross_products(void **state)
{
	static const struct {
		const char *line;
		size_t producer_consumer, pairs, ping_pong; /* per backend */
	} cases[] = {
		{ "", 2, 1, 1 }, /* the default sweep */
		{ "-w pairs", 0, 1, 0 },
		{ "-w pairs,producer_consumer", 1, 1, 0 },
		{ "-p 1-3 -c 1,2", 6, 0, 0 },
		{ "-t 1,2,4", 0, 3, 1 }, /* ping_pong takes 2 */
		{ "-t 1,4", 0, 2, 0 },
		{ "-p 2 -t 3", 1, 1, 0 },
		{ "-w producer_consumer,pairs -p 2,3 -t 1-4", 2, 4, 0 },
		{ "-w pairs --batch 1,2 --wait spin,yield,block", 0, 6, 0 },
		{ "-p 1-3 -c 1,2 --capacity 8,16 --batch 1,2 --wait spin,yield", 48, 0, 0 },
		{ "--capacity 8,16", 4, 2, 2 },
	};

	(void)state;
	use(false);
	for (size_t i = 0; i < COUNT(cases); i++) {
		make(cases[i].line);
		assert_int_equal(plan.backend_count, 2);
		assert_int_equal(count("producer_consumer"), 2 * cases[i].producer_consumer);
		assert_int_equal(count("pairs"), 2 * cases[i].pairs);
		assert_int_equal(count("ping_pong"), 2 * cases[i].ping_pong);
		assert_int_equal(plan.runnable, 0);
		assert_int_equal(plan.launch_count, 0);
		ids_are_distinct();
		for (size_t c = 0; c < plan.cell_count; c++) {
			assert_int_equal(plan.cells[c].status, LFB_STATUS_INCOMPATIBLE);
			unit_has(plan.cells[c].reason, "cannot be loaded");
			assert_int_equal(strlen(plan.cells[c].id), 16);
		}
	}
}

static void what_leaves_nothing_to_do(void **state)
{
	(void)state;
	use(false);
	refuses("-w pairs -p 2", -EINVAL, "take --threads");
	refuses("-w producer_consumer -t 2", -EINVAL, "take --producers");
	refuses("-w ping_pong -t 3", -EINVAL, "ping_pong takes 2");
	refuses("-w logger -c 2", -EINVAL, "logger have 1 consumer");
	refuses("-w pipeline -p 2", -EINVAL, "shape none of the workloads given");
	refuses("-b gamma", -ENOENT, "unknown backend 'gamma'");
	refuses("-b alpha,./missing.so", -ENOENT, "missing.so");
	refuses("-w pairs --shard 3/8", -EINVAL, "3 of 8"); /* of two cells */
	(void)snprintf(paths.backends, sizeof(paths.backends), "/nowhere");
	refuses("", -ENOENT, "/nowhere");
	(void)snprintf(paths.backends, sizeof(paths.backends), "/proc/self/fdinfo"); /* a folder without backends */
	refuses("", -EINVAL, "no backend");
}

static void cells_that_cannot_run(void **state)
{
	(void)state;
	use(true);
	make("-b mutex_ring,mutex_cond -w pairs --wait block");
	assert_int_equal(plan.cell_count, 2);
	assert_int_equal(plan.runnable, 1);
	assert_int_equal(plan.cells[0].status, LFB_STATUS_UNSUPPORTED);
	unit_has(plan.cells[0].reason, "wait=block");
	assert_int_equal(plan.cells[1].status, LFB_STATUS_OK);
	assert_string_equal(plan.cells[1].reason, "");
	assert_string_equal(plan.cells[1].backend->label, "mutex_cond");
}

/* A queue without a capacity is not measured again for each capacity. */
static void capacities_of_unbounded_queues(void **state)
{
	(void)state;
	use(true);
	make("-b mutex_ring,two_lock -w pairs --capacity 8,16,32");
	assert_int_equal(plan.cell_count, 3 + 1);
	make("-b two_lock,null -w pairs,ping_pong --capacity 16,8");
	assert_int_equal(plan.cell_count, 4);
	for (size_t i = 0; i < plan.cell_count; i++)
		assert_int_equal(plan.cells[i].shape.capacity, 16); /* the first one given */
	/* The parts of a plan count them alike. */
	make("-b mutex_ring,two_lock -w pairs --capacity 8,16,32 --shard 1/2");
	assert_int_equal(plan.cell_count, 2);
}

static void pooled_and_not(void **state)
{
	(void)state;
	use(true);
	make("-b two_lock,mutex_ring -w pairs --alloc malloc,pool");
	/* A ring has no flavour with pooled nodes: one object, one cell. */
	assert_int_equal(plan.backend_count, 3);
	assert_int_equal(plan.cell_count, 3);
	assert_int_equal(plan.runnable, 3);
	ids_are_distinct();
	for (size_t i = 0; i < plan.cell_count; i++)
		assert_int_equal(plan.cells[i].shape.pool,
				 plan.cells[i].backend->timing.inspection.info.alloc == LFB_ALLOC_POOL);
	/* The same backend twice is one. */
	make("-b null,null -w pairs");
	assert_int_equal(plan.backend_count, 1);
}

static void copy_to(const char *name)
{
	char command[4 * PATH_MAX], path[PATH_MAX];

	(void)snprintf(command, sizeof(command), "mkdir -p \"$(dirname '%s')\" && cp '%s' '%s'", name,
		       unit_file("BUILD_DIR", "backends/mutex_ring.so", path), name);
	assert_int_equal(system(command), 0);
}

/* An old and a new build of one queue: two files of one name, told apart by where they are. */
static void files_of_one_name(void **state)
{
	char old[PATH_MAX + 64], new[PATH_MAX + 64], line[3 * PATH_MAX];

	(void)state;
	use(true);
	(void)snprintf(old, sizeof(old), "%s/old/mutex_ring.so", folder);
	(void)snprintf(new, sizeof(new), "%s/new/mutex_ring.so", folder);
	copy_to(old);
	copy_to(new);
	(void)snprintf(line, sizeof(line), "-b %s,%s,null -w pairs,ping_pong", old, new);
	make(line);
	assert_int_equal(plan.backend_count, 3);
	unit_has(plan.backends[0].label, "mutex_ring (");
	unit_has(plan.backends[0].label, "/old/mutex_ring.so");
	unit_has(plan.backends[1].label, "/new/mutex_ring.so");
	assert_string_equal(plan.backends[2].label, "null");
	ids_are_distinct();
	/* One of them alone needs no telling apart. */
	(void)snprintf(line, sizeof(line), "-b %s -w pairs", old);
	make(line);
	assert_string_equal(plan.backends[0].label, "mutex_ring");
}

/* Long paths are cut for the label: at either end there is something that tells them apart. */
static void files_of_one_name_far_away(void **state)
{
	enum { PARTS = 8 };
	static const char part[] = "/a-folder-with-quite-a-long-name";
	char deep[PATH_MAX] = "", old[PATH_MAX + 64], new[PATH_MAX + 64], line[3 * PATH_MAX];

	(void)state;
	use(true);
	for (int i = 0; i < PARTS; i++)
		(void)snprintf(deep + strlen(deep), sizeof(deep) - strlen(deep), "%s", part);
	/* Different at the end, then at the start. */
	for (int at_start = 0; at_start < 2; at_start++) {
		(void)snprintf(old, sizeof(old),
			       at_start ? "%.40s/old%.300s/mutex_ring.so" : "%.40s%.300s/old/mutex_ring.so", folder,
			       deep);
		(void)snprintf(new, sizeof(new),
			       at_start ? "%.40s/new%.300s/mutex_ring.so" : "%.40s%.300s/new/mutex_ring.so", folder,
			       deep);
		copy_to(old);
		copy_to(new);
		(void)snprintf(line, sizeof(line), "-b %.900s,%.900s -w pairs", old, new);
		make(line);
		assert_int_equal(plan.backend_count, 2);
		assert_string_not_equal(plan.backends[0].label, plan.backends[1].label);
		ids_are_distinct();
	}
}

static void one_shape(const char *workload, const char *line, const char *why)
{
	const struct lfb_workload *const w = &lfb_workloads[lfb_name_find(lfb_workload_names, workload)];
	struct lfb_shape shape;
	int rc;

	parse(LFB_SCOPE_BENCH, line);
	rc = lfb_plan_single_shape(&options, w, &shape, &error);
	if (why == NULL && rc != 0)
		fail_msg("%s %s: %s", workload, line, error.text);
	if (why != NULL && rc != -EINVAL)
		fail_msg("%s %s was taken", workload, line);
	if (why != NULL)
		unit_has(error.text, why);
}

static void shapes_of_a_binary(void **state)
{
	struct lfb_shape shape;

	(void)state;
	parse(LFB_SCOPE_BENCH, "-p 3 -c 2 --capacity 16 --batch 4 --wait yield --alloc pool --pin spread");
	assert_int_equal(lfb_plan_single_shape(&options, &lfb_workloads[0], &shape, &error), 0);
	assert_true(shape.producers == 3 && shape.consumers == 2 && shape.capacity == 16 && shape.batch == 4);
	assert_true(shape.wait == LFB_WAIT_YIELD && shape.pool && shape.workload == &lfb_workloads[0]);
	assert_string_equal(shape.pin, "spread");
	one_shape("producer_consumer", "", NULL);
	one_shape("pairs", "-t 4", NULL);
	one_shape("ping_pong", "", NULL);
	one_shape("ping_pong", "-t 2", NULL);
	one_shape("ping_pong", "-t 3", "2 to 2");
	one_shape("pairs", "-p 2", "shaped by --threads");
	one_shape("producer_consumer", "-t 2", "shaped by --producers and --consumers");
	one_shape("producer_consumer", "-p 1,2", "one cell");
	one_shape("producer_consumer", "-c 1-2", "one cell");
	one_shape("pairs", "-t 1,2", "one cell");
	one_shape("pairs", "--capacity 8,16", "one cell");
	one_shape("pairs", "--batch 1,2", "one cell");
	one_shape("pairs", "--wait spin,yield", "one cell");
	one_shape("pairs", "--alloc malloc,pool", "one cell");
	one_shape("pairs", "-b a,b", "one cell");
	one_shape("producer_consumer", "--rate 1000", NULL);
	one_shape("producer_consumer", "--rate 1000,2000", "one cell");
	one_shape("producer_consumer", "--pass all", "one pass");
	one_shape("producer_consumer", "--pass contention --rate 1000", "--pass latency");
	one_shape("pairs", "--rate 1000", "no open loop");
}

/* A list is a list, though only one of its values fits the workload. */
static void a_list_of_which_one_fits(void **state)
{
	(void)state;
	one_shape("ping_pong", "-t 2,4", "one cell");
}

static uint64_t estimate(const char *line)
{
	make(line);
	assert_true(plan.launch_count > 0);
	return lfb_plan_estimate_ns(&plan, &options) / plan.launch_count;
}

static void estimates(void **state)
{
	uint64_t few, more;

	(void)state;
	use(true);
	few = estimate("-b mutex_ring -w pairs --duration 10ms --trials 3");
	assert_in_range(few, 30000000, 1000000000);
	more = estimate("-b mutex_ring -w pairs --duration 10ms --trials 6");
	assert_in_range(more - few, 29000000, 31000000);
	assert_true(estimate("-b mutex_ring -w pairs --duration 10ms --pass latency") < few); /* one trial */
	/* absurd numbers saturate instead of wrapping round */
	make("-b mutex_ring -w pairs --duration 1440m --trials 1000000 --launches 1000000");
	assert_true(lfb_plan_estimate_ns(&plan, &options) == UINT64_MAX);
}

static size_t count_pass(enum lfb_pass pass, bool open)
{
	size_t n = 0;

	for (size_t i = 0; i < plan.cell_count; i++)
		n += plan.cells[i].shape.pass == pass && lfb_shape_is_open(&plan.cells[i].shape) == open;
	return n;
}

/* Every pass is a cell of its own; rates and loads are cells of the latency pass. */
static void passes(void **state)
{
	static const struct {
		const char *line;
		size_t throughput, closed, open, contention;
	} cases[] = {
		{ "-w producer_consumer", 1, 0, 0, 0 },
		{ "-w producer_consumer --pass all", 1, 1, 0, 1 },
		{ "-w producer_consumer --pass latency", 0, 1, 0, 0 },
		{ "-w producer_consumer --pass contention,latency", 0, 1, 0, 1 },
		{ "-w producer_consumer --rate 1000,2000", 1, 1, 2, 0 },
		{ "-w producer_consumer --pass latency --rate 1000", 0, 1, 1, 0 },
		{ "-w producer_consumer --pass latency --load 25,50,75", 0, 1, 4, 0 }, /* the saturation first */
		{ "-w pairs,ping_pong --load 25,50", 2, 2, 0, 0 }, /* these have no open loop */
		{ "-w producer_consumer --batch 4 --load 25", 1, 1, 0, 0 },
		{ "--pass all", 4, 0, 3, 2 }, /* the default sweep, brief: saturation and two loads at 1x1, counts where threads share an end */
		{ "--pass all --rate 1000", 4, 0, 2, 2 },
		{ "--pass all --load 50", 4, 0, 4, 2 },
		{ "--pass all --batch 4", 4, 4, 0, 2 },
		{ "--pass latency", 0, 4, 3, 0 },
		{ "--pass throughput,contention", 4, 0, 0, 4 },
		{ "--pass all -p 1", 1, 1, 0, 1 },
		{ "--precision 2%", 4, 0, 0, 0 },
		{ "--quick", 4, 0, 0, 0 },
	};

	(void)state;
	use(false);
	for (size_t i = 0; i < COUNT(cases); i++) {
		make(cases[i].line);
		assert_int_equal(count_pass(LFB_PASS_THROUGHPUT, false), 2 * cases[i].throughput);
		assert_int_equal(count_pass(LFB_PASS_LATENCY, false), 2 * cases[i].closed);
		assert_int_equal(count_pass(LFB_PASS_LATENCY, true), 2 * cases[i].open);
		assert_int_equal(count_pass(LFB_PASS_CONTENTION, false), 2 * cases[i].contention);
		ids_are_distinct();
	}
}

/* What a load is a part of is measured before it, in whatever order the rest runs. */
static void loads_come_last(void **state)
{
	size_t first_load = SIZE_MAX;

	(void)state;
	use(true);
	make("-b mutex_ring,vyukov_mpmc -w producer_consumer --pass all --load 25,50 --launches 3");
	for (size_t i = 0; i < plan.launch_count; i++) {
		const struct lfb_plan_cell *const cell = &plan.cells[plan.launches[i].cell];

		if (cell->shape.load_percent > 0 && first_load == SIZE_MAX)
			first_load = i;
		if (cell->shape.load_percent == 0)
			assert_true(first_load == SIZE_MAX);
	}
	assert_int_equal(plan.launch_count - first_load, 2 * (1 + 2) * 3);
	for (size_t i = first_load; i < plan.launch_count; i++) /* and first of these the saturation */
		assert_int_equal(plan.cells[plan.launches[i].cell].shape.load_percent == LFB_LOAD_SATURATION, i < first_load + 2 * 3);
}

/* The contention pass runs the counting flavour, all others the timing one. */
static void the_object_of_a_pass(void **state)
{
	char path[PATH_MAX];

	(void)state;
	unit_file("BUILD_DIR", "backends/mutex_ring.count.so", path);
	use(true);
	make("-b mutex_ring -w producer_consumer --pass all");
	for (size_t i = 0; i < plan.cell_count; i++) {
		const bool contention = plan.cells[i].shape.pass == LFB_PASS_CONTENTION;

		assert_int_equal(plan.cells[i].object->inspection.info.counting, contention);
		assert_int_equal(strstr(plan.cells[i].object->path, ".count.so") != NULL, contention);
	}
}

/* Parameters are lists like the others: each value makes a cell, of the workloads that take it. */
static void parameters_are_swept(void **state)
{
	static const struct {
		const char *line, *workload;
		size_t of_it, all; /* per backend */
	} cases[] = {
		{ "-w producer_consumer --work-pop 0,100ns,1us", "producer_consumer", 3, 3 },
		{ "-w producer_consumer --work-pop 0,100ns --payload 8,64 --by value,pointer", "producer_consumer", 8, 8 },
		{ "-w producer_consumer,pairs --prefill 1,2", "producer_consumer", 2, 3 }, /* pairs takes none, and is one */
		{ "-w pipeline --stages 2-5", "pipeline", 4, 4 },
		{ "--stages 2-5", "pipeline", 4, 4 }, /* asks for the workload that takes it */
		{ "--connections 1,2", "echo_server", 2, 2 },
		{ "--burst 4", "burst", 1, 2 }, /* producer_consumer takes it, too */
	};

	(void)state;
	use(false);
	for (size_t i = 0; i < COUNT(cases); i++) {
		make(cases[i].line);
		assert_int_equal(count(cases[i].workload), 2 * cases[i].of_it);
		assert_int_equal(count(NULL), 2 * cases[i].all);
		ids_are_distinct();
	}
	make("-w producer_consumer --work-pop 100ns");
	assert_int_equal(plan.cells[0].shape.param[LFB_PARAM_work_pop], 100);
	assert_int_equal(plan.cells[0].shape.param[LFB_PARAM_payload], 8); /* not given: its preset */
	refuses("-w pairs --work-pop 1us", -EINVAL, "--work-pop is for producer_consumer");
	refuses("-w producer_consumer --stages 3", -EINVAL, "--stages is for pipeline");
	one_shape("pairs", "--work-pop 1us", "not for pairs");
	one_shape("producer_consumer", "--work-pop 1us,2us", "one cell");
	one_shape("producer_consumer", "--work-pop 1us", NULL);
	one_shape("pipeline", "-t 3", "shaped by --stages");
	one_shape("pipeline", "-p 2", "shaped by --stages");
	one_shape("logger", "-c 2", "at most 1 consumer");
	one_shape("echo_server", "-p 2", "at most 1 producer");
}

static const struct lfb_shape *shape_of(const char *line)
{
	make(line);
	return &plan.cells[0].shape;
}

/* Threads and capacities that a workload has where nobody says otherwise; and what one says counts. */
static void presets_of_workloads(void **state)
{
	(void)state;
	use(false);
	assert_int_equal(shape_of("-w fan_in")->producers, 20);
	assert_int_equal(plan.cells[0].shape.capacity, 20);
	assert_int_equal(shape_of("-w fan_in -p 3 --capacity 64")->producers, 3);
	assert_int_equal(plan.cells[0].shape.capacity, 64);
	assert_int_equal(shape_of("-w logger")->producers, 4);
	assert_int_equal(shape_of("-w worker_pool")->consumers, 2);
	assert_int_equal(plan.cells[0].shape.producers, 1);
	assert_int_equal(plan.cells[0].shape.capacity, 1023);
	assert_int_equal(shape_of("-w worker_pool --workers 5")->consumers, 5);
	assert_int_equal(shape_of("-w pipeline")->consumers, 2);
	assert_int_equal(shape_of("-w pipeline --stages 7")->consumers, 6);
	assert_int_equal(shape_of("-w pipeline --topology diamond --stages 7")->consumers, 3);
	assert_int_equal(plan.cells[0].shape.param[LFB_PARAM_stages], lfb_params[LFB_PARAM_stages].preset);
}

static void every_workload(void **state)
{
	(void)state;
	use(false);
	make("-w all");
	for (size_t i = 0; lfb_workload_names[i] != NULL; i++)
		assert_true(count(lfb_workload_names[i]) == 2);
	ids_are_distinct();
}

/* Without a CPU for each of its threads a cell waits in another way; unless one is asked for. */
static void the_default_wait(void **state)
{
	(void)state;
	use(false);
	assert_int_equal(shape_of("-w pairs -t 1 --pin cpus:0")->wait, LFB_WAIT_BACKOFF);
	assert_int_equal(shape_of("-w pairs -t 2 --pin cpus:0")->wait, LFB_WAIT_YIELD);
	assert_int_equal(shape_of("-w pairs -t 2 --pin cpus:0+0")->wait, LFB_WAIT_YIELD); /* one CPU, said twice */
	assert_int_equal(shape_of("-w pairs -t 4096")->wait, LFB_WAIT_YIELD);
	assert_int_equal(shape_of("-w pairs -t 4096 --wait backoff")->wait, LFB_WAIT_BACKOFF);
	assert_int_equal(shape_of("-w pairs -t 4096 --wait spin")->wait, LFB_WAIT_SPIN);
	assert_int_equal(shape_of("-w pipeline --stages 2 --pin cpus:0")->wait, LFB_WAIT_YIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cross_products),
		cmocka_unit_test(what_leaves_nothing_to_do),
		cmocka_unit_test(cells_that_cannot_run),
		cmocka_unit_test(capacities_of_unbounded_queues),
		cmocka_unit_test(pooled_and_not),
		cmocka_unit_test(files_of_one_name),
		cmocka_unit_test(files_of_one_name_far_away),
		cmocka_unit_test(shapes_of_a_binary),
		cmocka_unit_test(a_list_of_which_one_fits),
		cmocka_unit_test(estimates),
		cmocka_unit_test(passes),
		cmocka_unit_test(loads_come_last),
		cmocka_unit_test(the_object_of_a_pass),
		cmocka_unit_test(parameters_are_swept),
		cmocka_unit_test(presets_of_workloads),
		cmocka_unit_test(every_workload),
		cmocka_unit_test(the_default_wait),
	};

	return cmocka_run_group_tests(tests, make_folder, clean);
}
