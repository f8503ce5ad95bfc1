/*
 * test_workload.c - the table of workloads is consistent in itself: what the harness relies on
 * when it divides items, checks sums per queue and chooses loops.
 */
#include "unit.h"

#include "names.h"
#include "workload.h"

static const struct lfb_workload *find(const char *name)
{
	const int index = lfb_name_find(lfb_workload_names, name);

	assert_true(index >= 0);
	return &lfb_workloads[index];
}

static void names_are_the_table(void **state)
{
	size_t n = 0;

	(void)state;
	for (; lfb_workloads[n].name != NULL; n++) {
		assert_string_equal(lfb_workloads[n].name, lfb_workload_names[n]);
		assert_true(strlen(lfb_workloads[n].summary) > 0);
		assert_int_equal(lfb_name_find(lfb_workload_names, lfb_workloads[n].name), n);
	}
	assert_null(lfb_workload_names[n]);
	assert_true(n >= 3);
}

static void check_loops(const struct lfb_role *role)
{
	assert_true(role->loop < LFB_LOOP_KINDS && role->audit < LFB_LOOP_KINDS);
	assert_true(role->batch <= LFB_LOOP_KINDS && role->batch_audit <= LFB_LOOP_KINDS);
	assert_int_equal(role->batch == LFB_LOOP_KINDS, role->batch_audit == LFB_LOOP_KINDS);
	/* Who pops needs a loop that keeps the values; who does not has nothing to keep. */
	if (role->pops_from >= 0) {
		assert_true(role->audit >= LFB_CONSUME_AUDIT);
		assert_true(role->batch_audit == LFB_LOOP_KINDS || role->batch_audit >= LFB_CONSUME_AUDIT);
	} else {
		assert_int_equal(role->audit, role->loop);
		assert_int_equal(role->batch_audit, role->batch);
	}
	assert_true(role->loop < LFB_CONSUME_AUDIT);
}

static void check_queues(const struct lfb_workload *workload, const struct lfb_role *role)
{
	const int queues = (int)workload->queues;

	assert_in_range(role->out, 0, queues - 1);
	assert_true(role->back >= -1 && role->back < queues && role->back != role->out);
	assert_true(role->pushes_to < queues && role->pops_from < queues);
	/* A thread can only use queues it was given, and one it was given is used. */
	if (role->pushes_to >= 0)
		assert_true(role->pushes_to == role->out || role->pushes_to == role->back);
	if (role->pops_from >= 0)
		assert_true(role->pops_from == role->out || role->pops_from == role->back);
	assert_true(role->pushes_to >= 0 || role->pops_from >= 0);
	if (role->produces)
		assert_true(role->pushes_to >= 0);
}

/* Each queue is pushed to and popped from, and somebody makes the values. */
static void roles_fit_together(void **state)
{
	(void)state;
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		unsigned pushed = 0, popped = 0, produces = 0;

		assert_in_range(w->queues, 1, LFB_QUEUES_MAX);
		assert_in_range(w->roles, 1, LFB_ROLES_MAX);
		for (unsigned r = 0; r < w->roles; r++) {
			const struct lfb_role *const role = &w->role[r];

			assert_true(strlen(role->name) > 0);
			check_loops(role);
			check_queues(w, role);
			if (role->pushes_to >= 0)
				pushed |= 1u << role->pushes_to;
			if (role->pops_from >= 0)
				popped |= 1u << role->pops_from;
			produces += role->produces;
		}
		assert_int_equal(pushed, (1u << w->queues) - 1);
		assert_int_equal(popped, (1u << w->queues) - 1);
		assert_int_equal(produces, 1);
		if (w->by_threads)
			assert_true(w->threads_min >= 1 && w->threads_min <= w->threads_max);
	}
}

static void threads_of_a_shape(void **state)
{
	const struct lfb_workload *const pc = find("producer_consumer"), *const pairs = find("pairs"),
					 *const ping = find("ping_pong");

	(void)state;
	assert_int_equal(lfb_workload_threads(pc, 3, 5), 8);
	assert_int_equal(lfb_role_threads(&pc->role[0], 3, 5), 3);
	assert_int_equal(lfb_role_threads(&pc->role[1], 3, 5), 5);
	assert_int_equal(lfb_workload_threads(pairs, 4, 4), 4); /* each pushes and pops: not 8 */
	assert_int_equal(lfb_workload_threads(ping, 1, 1), 2);
	assert_int_equal(lfb_workload_threads(pc, 4096, 4096), 8192);
	/* A workload that takes a fixed number of threads has as many. */
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++)
		if (w->by_threads && w->threads_min == w->threads_max)
			assert_int_equal(lfb_workload_threads(w, 1, 1), w->threads_min);
}

static void operations_per_item(void **state)
{
	(void)state;
	assert_int_equal(lfb_workload_ops_per_item(find("producer_consumer")), 2);
	assert_int_equal(lfb_workload_ops_per_item(find("pairs")), 2);
	assert_int_equal(lfb_workload_ops_per_item(find("ping_pong")), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_the_table),
		cmocka_unit_test(roles_fit_together),
		cmocka_unit_test(threads_of_a_shape),
		cmocka_unit_test(operations_per_item),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
