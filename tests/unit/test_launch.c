/*
 * test_launch.c - from a cell to its rows: figures that agree with each other where the queue
 * behaved and none where it did not, whoever the rows belong to, and every way a launch can end.
 * With real backends of the build, and broken ones.
 */
#include "unit.h"

#include "launch_fixture.h"

#include <errno.h>

static void rows_of_a_good_launch(void **state)
{
	(void)state;
	prepare("producer_consumer", "BUILD_DIR", "backends/mutex_ring.so");
	launch.shape.producers = 3; /* which do not divide the items */
	launch.shape.consumers = 2;
	assert_int_equal(run(), LFB_STATUS_OK);
	assert_int_equal(failed, 0);
	assert_int_equal(row_count, 3);
	for (unsigned i = 0; i < 3; i++) {
		char trial[8];

		(void)snprintf(trial, sizeof(trial), "%u", i + 1);
		has(i, LFB_COL_trial, trial);
		has(i, LFB_COL_status, "ok");
		has(i, LFB_COL_reason, "");
		has(i, LFB_COL_run_id, "run 1");
		has(i, LFB_COL_launch, "3");
		has(i, LFB_COL_order, "14");
		has(i, LFB_COL_seed, "159");
		has(i, LFB_COL_backend, "mutex_ring");
		has(i, LFB_COL_producers, "3");
		has(i, LFB_COL_consumers, "2");
		has(i, LFB_COL_capacity, "64");
		has(i, LFB_COL_capacity_effective, "64");
		has(i, LFB_COL_check_level, "sum+audit");
		has(i, LFB_COL_ops_checked, "4000");
		has(i, LFB_COL_cpus, "");
		has(i, LFB_COL_cell_id, text(0, LFB_COL_cell_id));
		has(i, LFB_COL_lat_p50_ns, ""); /* not what this pass measures */
		has(i, LFB_COL_cycles, "");
		assert_int_equal(strlen(text(i, LFB_COL_time_utc)), 20);
		assert_true(strlen(text(i, LFB_COL_host)) > 0 && strlen(text(i, LFB_COL_commit)) > 0);
		assert_true(lfb_row_get_f64(&rows[i], LFB_COL_clock_cost_ns, 0) > 0);
		assert_true(strstr(text(i, LFB_COL_flags), "oversubscribed") == NULL);
		check_figures(i, 2000, 2);
		assert_true(lfb_row_get_f64(&rows[i], LFB_COL_fairness_producers, 0) > 0.99);
		assert_true(lfb_row_get_f64(&rows[i], LFB_COL_share_min, -1) <= 0.5);
		assert_true(lfb_row_get_f64(&rows[i], LFB_COL_share_max, -1) >= 0.5);
		assert_true(strlen(text(i, LFB_COL_push_full)) > 0 && strlen(text(i, LFB_COL_pop_empty)) > 0);
	}
	assert_int_equal(detail_count, 3 * 5 * 5); /* trials, threads, metrics */
	assert_true(details_pushed == 3 * 2000);
}

/* Every way of waiting, in the plain workloads; what an application measures is in tests of its own. */
static void every_workload_and_way_of_waiting(void **state)
{
	static const char *const files[] = { "backends/mutex_cond.so", "backends/two_lock.so",
					     "backends/two_lock.pool.so", "backends/vyukov_mpmc.so" };
	unsigned ran = 0;

	(void)state;
	for (size_t f = 0; f < COUNT(files); f++) {
		for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
			for (int wait = 0; w->in_default_sweep && wait < LFB_WAITS; wait++) {
				if (wait == LFB_WAIT_BLOCK && f > 0)
					continue;
				prepare(w->name, "BUILD_DIR", files[f]);
				launch.shape.wait = (enum lfb_wait)wait;
				launch.items = 101;
				launch.trials = 1;
				launch.cpus_usable = 1;
				if (w->by_threads && w->threads_max > 2)
					launch.shape.producers = launch.shape.consumers = 2;
				if (run() != LFB_STATUS_OK)
					fail_msg("%s %s: %s", files[f], w->name, text(0, LFB_COL_reason));
				assert_int_equal(row_count, 1);
				check_figures(0, 101, lfb_workload_ops_per_item(w, launch.shape.consumers));
				/* A backend that blocks inside does not say how often; only one that parks sleeps. */
				assert_int_equal(text(0, LFB_COL_pop_empty)[0] == '\0', wait == LFB_WAIT_BLOCK);
				assert_int_equal(text(0, LFB_COL_parks)[0] != '\0', wait == LFB_WAIT_PARK);
				assert_int_equal(text(0, LFB_COL_wakes)[0] != '\0', wait == LFB_WAIT_PARK);
				has(0, LFB_COL_wait, lfb_wait_names[wait]);
				unit_has(text(0, LFB_COL_flags), "oversubscribed");
				ran++;
			}
		}
	}
	assert_int_equal(ran, 3 * LFB_WAITS + 3 * 3 * (LFB_WAITS - 1));
}

static void references_are_not_verified(void **state)
{
	(void)state;
	prepare("pairs", "BUILD_DIR", "backends/null.so");
	launch.label = "my null";
	assert_int_equal(run(), LFB_STATUS_OK);
	assert_int_equal(row_count, 3);
	has(0, LFB_COL_backend, "my null");
	has(0, LFB_COL_check_level, "n/a");
	has(0, LFB_COL_ops_checked, "0");
	has(0, LFB_COL_capacity_effective, "");
	check_figures(0, 2000, 2);
}

/* No number of items given: all trials have the same, and as many as a trial of that length needs. */
static void items_from_a_duration(void **state)
{
	(void)state;
	prepare("producer_consumer", "BUILD_DIR", "backends/null.so");
	launch.items = 0;
	assert_int_equal(run(), LFB_STATUS_OK);
	assert_int_equal(row_count, 3);
	assert_true(lfb_row_get_u64(&rows[0], LFB_COL_items, 0) >= 1000);
	for (unsigned i = 0; i < 3; i++) {
		has(i, LFB_COL_items, text(0, LFB_COL_items));
		/* 2 ms were asked for: on a busy machine not exactly, but not a hundred times as long. */
		assert_true(lfb_row_get_u64(&rows[i], LFB_COL_duration_ns, 0) < SECOND_NS / 5);
	}
}

/* More threads than CPUs to run on, however that came about. */
static void oversubscription(void **state)
{
	const unsigned same[] = { 0, 0 };

	(void)state;
	prepare("producer_consumer", "BUILD_DIR", "backends/mutex_ring.so");
	launch.cpus_usable = 1;
	assert_int_equal(run(), LFB_STATUS_OK);
	unit_has(text(0, LFB_COL_flags), "oversubscribed");
	prepare("producer_consumer", "BUILD_DIR", "backends/mutex_ring.so");
	launch.cpus = same; /* of 64 CPUs, but both threads on one */
	assert_int_equal(run(), LFB_STATUS_OK);
	unit_has(text(0, LFB_COL_flags), "oversubscribed");
	has(0, LFB_COL_cpus, "0+0");
	prepare("producer_consumer", "BUILD_DIR", "backends/mutex_ring.so");
	launch.cpus_usable = 0; /* not known */
	assert_int_equal(run(), LFB_STATUS_OK);
}

/* The list of CPUs in a row is the whole list, of many threads too. */
static void cpus_of_many_threads(void **state)
{
	enum { THREADS = 1500 };
	static unsigned cpus[THREADS];
	size_t joints = 0;

	(void)state;
	prepare("pairs", "BUILD_DIR", "backends/mutex_ring.so");
	launch.shape.producers = launch.shape.consumers = THREADS;
	launch.shape.batch = 2; /* which pairs cannot do: one row, and no thread is started */
	for (unsigned i = 0; i < THREADS; i++)
		cpus[i] = 1000 + 2 * i;
	launch.cpus = cpus;
	assert_int_equal(run(), LFB_STATUS_UNSUPPORTED);
	for (const char *at = text(0, LFB_COL_cpus); *at != '\0'; at++)
		joints += *at == '+';
	assert_int_equal(joints, THREADS - 1);
}

static void cells_that_are_unsupported(void **state)
{
	(void)state;
	prepare("pairs", "BUILD_DIR", "backends/mutex_ring.so");
	launch.shape.wait = LFB_WAIT_BLOCK;
	assert_int_equal(run(), LFB_STATUS_UNSUPPORTED);
	assert_int_equal(row_count, 1);
	has(0, LFB_COL_status, "unsupported");
	has(0, LFB_COL_trial, "0");
	unit_has(text(0, LFB_COL_reason), "no blocking push and pop");
	no_figures(0);
	assert_int_equal(detail_count, 0);
}

static void files_that_are_incompatible(void **state)
{
	(void)state;
	prepare("pairs", NULL, NULL);
	launch.path = "/etc/passwd";
	assert_int_equal(run(), LFB_STATUS_INCOMPATIBLE);
	assert_int_equal(row_count, 1);
	has(0, LFB_COL_status, "incompatible");
	has(0, LFB_COL_trial, "0");
	has(0, LFB_COL_backend, "/etc/passwd");
	has(0, LFB_COL_launch, "3");
	has(0, LFB_COL_check_level, "");
	no_figures(0);
	has(0, LFB_COL_clock_cost_ns, "");
	/* A row that could not be written is an error here as anywhere. */
	prepare("pairs", NULL, NULL);
	launch.path = "/etc/passwd";
	row_error = -ENOSPC;
	assert_int_equal(run(), LFB_STATUS_INCOMPATIBLE);
	assert_int_equal(failed, -ENOSPC);
}

static void broken_backends(void **state)
{
	static const struct {
		const char *file;
		enum lfb_status status;
		const char *audit, *timed; /* what the audit says; what a timed trial says that no audit precedes */
	} broken[] = {
		{ "lossy.so", LFB_STATUS_INVALID, "audit: ", "lost" },
		{ "duplicating.so", LFB_STATUS_INVALID, "audit: ", "popped, only" },
		{ "inventing.so", LFB_STATUS_INVALID, "never pushed", "values are not" },
		{ "cancelling.so", LFB_STATUS_INVALID, "audit: ", "values are not" },
		{ "reordering.so", LFB_STATUS_INVALID, "order:", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		prepare("producer_consumer", "BROKEN_DIR", broken[i].file);
		launch.audit_items = 20000;
		assert_int_equal(run(), broken[i].status);
		assert_int_equal(row_count, 1); /* what fails its audit is not measured */
		has(0, LFB_COL_trial, "0");
		has(0, LFB_COL_status, lfb_status_names[broken[i].status]);
		unit_has(text(0, LFB_COL_reason), broken[i].audit);
		no_figures(0);
		assert_int_equal(detail_count, 0);
		/* An audit too short to see anything: the sums of every timed trial do. */
		prepare("producer_consumer", "BROKEN_DIR", broken[i].file);
		launch.audit_items = 10;
		launch.items = 20000;
		assert_int_equal(run(), broken[i].timed != NULL ? broken[i].status : LFB_STATUS_OK);
		assert_int_equal(row_count, 3);
		for (unsigned row = 0; broken[i].timed != NULL && row < row_count; row++) {
			has(row, LFB_COL_status, lfb_status_names[broken[i].status]);
			unit_has(text(row, LFB_COL_reason), broken[i].timed);
			no_figures(row);
		}
		assert_int_equal(detail_count, broken[i].timed != NULL ? 0 : 3 * 2 * 5);
	}
}

static void callbacks_that_fail(void **state)
{
	(void)state;
	prepare("pairs", "BUILD_DIR", "backends/mutex_ring.so");
	row_error = -EIO;
	(void)run();
	assert_int_equal(failed, -EIO);
	assert_int_equal(row_count, 1); /* the launch ends there */
	assert_int_equal(detail_count, 0);
	prepare("pairs", "BUILD_DIR", "backends/mutex_ring.so");
	detail_error = -ENOSPC;
	(void)run();
	assert_int_equal(failed, -ENOSPC);
	assert_int_equal(row_count, 1);
	assert_int_equal(detail_count, 1);
}

/* Ctrl-C at any moment: rows so far are kept, the trial it falls into has none, and no more trials follow. */
static void interruption(void **state)
{
	(void)state;
	prepare("pairs", "BUILD_DIR", "backends/mutex_ring.so");
	launch.trials = 10;
	interrupt_at_row = 2; /* between two trials, when no thread and no sleep would notice */
	assert_int_equal(run(), LFB_STATUS_INTERRUPTED);
	assert_int_equal(failed, 0);
	assert_int_equal(row_count, 2);
	has(0, LFB_COL_status, "ok");
	has(1, LFB_COL_status, "ok");
	prepare("pairs", "BUILD_DIR", "backends/mutex_ring.so");
	interrupted = SIGTERM; /* before the first */
	assert_int_equal(run(), LFB_STATUS_INTERRUPTED);
	assert_int_equal(row_count, 0);
}

/* In a process of its own, since a thread stays in the queue. */
static int hang(void *context)
{
	(void)context;
	launch.timeout_ns = SECOND_NS / 10;
	launch.audit_items = 20000;
	if (lfb_launch_run(&launch, &hung, &failed) != LFB_STATUS_TIMEOUT)
		return 1;
	return hung && row_count == 1 && strcmp(text(0, LFB_COL_status), "timeout") == 0 &&
			       strstr(text(0, LFB_COL_reason), "audit: a thread did not come back") != NULL &&
			       text(0, LFB_COL_ns_per_op)[0] == '\0'
		       ? 0
		       : 2;
}

static void a_queue_that_hangs(void **state)
{
	(void)state;
	prepare("producer_consumer", "BROKEN_DIR", "hanging.so");
	assert_int_equal(unit_in_child(hang, NULL, 10), 0);
}

static void exit_statuses(void **state)
{
	static const int expected[LFB_STATUSES] = {
		[LFB_STATUS_OK] = 0,	       [LFB_STATUS_INVALID] = 4,     [LFB_STATUS_CRASHED] = 4,
		[LFB_STATUS_TIMEOUT] = 4,      [LFB_STATUS_RESOURCE] = 4,    [LFB_STATUS_UNSUPPORTED] = 77,
		[LFB_STATUS_INCOMPATIBLE] = 2, [LFB_STATUS_INTERRUPTED] = 4,
	};

	(void)state;
	for (int status = 0; status < LFB_STATUSES; status++) {
		assert_int_equal(lfb_status_exit_code((enum lfb_status)status), expected[status]);
		assert_int_equal(lfb_name_find(lfb_status_names, lfb_status_names[status]), status);
	}
	assert_null(lfb_status_names[LFB_STATUSES]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_a_good_launch),
		cmocka_unit_test(every_workload_and_way_of_waiting),
		cmocka_unit_test(references_are_not_verified),
		cmocka_unit_test(items_from_a_duration),
		cmocka_unit_test(oversubscription),
		cmocka_unit_test(cpus_of_many_threads),
		cmocka_unit_test(cells_that_are_unsupported),
		cmocka_unit_test(files_that_are_incompatible),
		cmocka_unit_test(broken_backends),
		cmocka_unit_test(callbacks_that_fail),
		cmocka_unit_test(interruption),
		cmocka_unit_test(a_queue_that_hangs),
		cmocka_unit_test(exit_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, clear);
}
