/* test_affinity.c - pinning on this very machine, whatever it is: what takes effect, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "machine/affinity.h"
#include "machine/topology.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

/* The affinity of this thread, to be put back. */
static void set_affinity(const struct lfb_cpu_list *list)
{
	cpu_set_t *const set = CPU_ALLOC(LFB_CPUS_MAX);
	const size_t bytes = CPU_ALLOC_SIZE(LFB_CPUS_MAX);

	assert_non_null(set);
	CPU_ZERO_S(bytes, set);
	for (size_t i = 0; i < list->count; i++)
		CPU_SET_S(list->cpus[i], bytes, set);
	assert_int_equal(sched_setaffinity(0, bytes, set), 0);
	CPU_FREE(set);
}

static void this_machine_within_the_affinity(void **state)
{
	struct lfb_cpu_list all = { 0 };
	struct lfb_topology *t = NULL;
	struct lfb_topology_counts counts;

	(void)state;
	assert_int_equal(lfb_affinity_read(&all), 0);
	assert_int_equal(lfb_topology_load(&t), 0);
	for (size_t i = 0; i < lfb_topology_usable(t)->count; i++)
		assert_true(lfb_cpu_list_has(&all, lfb_topology_usable(t)->cpus[i]));
	lfb_topology_count(t, &counts);
	assert_int_equal(counts.cpus, lfb_topology_usable(t)->count);
	lfb_topology_free(t);

	/* Down to the last CPU alone. */
	assert_int_equal(lfb_thread_pin(all.cpus[all.count - 1]), 0);
	assert_int_equal(lfb_topology_load(&t), 0);
	assert_int_equal(lfb_topology_usable(t)->count, 1);
	assert_int_equal(lfb_topology_usable(t)->cpus[0], all.cpus[all.count - 1]);
	lfb_topology_free(t);
	set_affinity(&all);
	lfb_cpu_list_clear(&all);
}

/* A description of another machine in the environment must not decide where threads of this one go. */
static void another_machine_in_the_environment(void **state)
{
	struct lfb_cpu_list all = { 0 };
	struct lfb_topology *t = NULL;
	struct lfb_topology_counts counts;

	(void)state;
	assert_int_equal(lfb_affinity_read(&all), 0);
	setenv("HWLOC_SYNTHETIC", "pack:2 core:4 pu:2", 1);
	assert_int_equal(lfb_topology_load(&t), 0);
	unsetenv("HWLOC_SYNTHETIC");
	lfb_topology_count(t, &counts);
	assert_int_equal(counts.cpus, all.count);
	assert_int_equal(counts.cores, 0);
	assert_int_equal(counts.packages, 0);
	for (size_t i = 0; i < all.count; i++) {
		struct lfb_cpu_list list = { 0 };

		assert_int_equal(lfb_cpus_place(t, LFB_PIN_SPREAD, (unsigned)i + 1, &list), 0);
		assert_int_equal(list.cpus[i], all.cpus[i]);
		lfb_cpu_list_clear(&list);
	}
	lfb_topology_free(t);
	lfb_cpu_list_clear(&all);
}

static void *pin_and_look(void *argument)
{
	const unsigned cpu = *(unsigned *)argument;
	struct lfb_cpu_list list = { 0 };
	const bool ok = lfb_thread_pin(cpu) == 0 && sched_getcpu() == (int)cpu && lfb_affinity_read(&list) == 0 &&
			list.count == 1 && list.cpus[0] == cpu;

	lfb_cpu_list_clear(&list);
	return ok ? argument : NULL;
}

/* Each thread for itself: pinning one leaves the others alone. */
static void threads_pin_themselves(void **state)
{
	struct lfb_cpu_list all = { 0 }, after = { 0 };

	(void)state;
	assert_int_equal(lfb_affinity_read(&all), 0);
	for (size_t i = 0; i < all.count; i++) {
		pthread_t thread;
		void *result;

		assert_int_equal(pthread_create(&thread, NULL, pin_and_look, &all.cpus[i]), 0);
		assert_int_equal(pthread_join(thread, &result), 0);
		assert_non_null(result);
	}
	assert_int_equal(lfb_affinity_read(&after), 0);
	assert_int_equal(after.count, all.count);
	lfb_cpu_list_clear(&all);
	lfb_cpu_list_clear(&after);
}

static void pinning_to_nowhere_fails(void **state)
{
	struct lfb_cpu_list before = { 0 }, after = { 0 };

	(void)state;
	assert_int_equal(lfb_affinity_read(&before), 0);
	assert_int_equal(lfb_thread_pin(LFB_CPUS_MAX - 1), -EINVAL);
	assert_int_equal(lfb_thread_pin(LFB_CPUS_MAX), -EINVAL);
	assert_int_equal(lfb_thread_pin(UINT32_MAX), -EINVAL);
	assert_int_equal(lfb_affinity_read(&after), 0);
	assert_int_equal(before.count, after.count);
	lfb_cpu_list_clear(&before);
	lfb_cpu_list_clear(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_machine_within_the_affinity),
		cmocka_unit_test(another_machine_in_the_environment),
		cmocka_unit_test(threads_pin_themselves),
		cmocka_unit_test(pinning_to_nowhere_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
