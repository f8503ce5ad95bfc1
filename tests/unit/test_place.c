/*
 * test_place.c - what tells the policies apart: all of them on one machine, side by side, and the
 * policy `socket` on machines with CPUs missing. test_topology.c has the machines one by one.
 */
#include "unit.h"

#include "machine/topology.h"

/* Two packages of 64 cores with two hardware threads; Linux numbers all first threads before all second ones. */
#define SERVER "pack:2 [numa] core:64 pu:2(indexes=128*1:2*128)"

static const enum lfb_pin policies[] = { LFB_PIN_COMPACT, LFB_PIN_SPREAD, LFB_PIN_SOCKET, LFB_PIN_SMT };

static struct lfb_topology *load(const char *description, const char *allowed)
{
	struct lfb_topology *topology = NULL;

	assert_int_equal(lfb_topology_load_synthetic(description, allowed, &topology), 0);
	return topology;
}

static void assert_placed(const struct lfb_topology *topology, enum lfb_pin policy, unsigned threads, const char *text)
{
	struct lfb_cpu_list list = { 0 };
	char *found;

	assert_int_equal(lfb_cpus_place(topology, policy, threads, &list), 0);
	found = lfb_cpu_list_text(&list);
	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
	lfb_cpu_list_clear(&list);
}

static void four_threads_on_a_server(void **state)
{
	struct lfb_topology *const t = load(SERVER, NULL);

	(void)state;
	assert_placed(t, LFB_PIN_COMPACT, 4, "0-3");
	assert_placed(t, LFB_PIN_SPREAD, 4, "0+64+1+65");
	assert_placed(t, LFB_PIN_SOCKET, 4, "0-3");
	assert_placed(t, LFB_PIN_SMT, 4, "0+128+1+129");
	lfb_topology_free(t);
}

/* Where compact and socket part: with more threads than a package has cores. */
static void a_package_and_a_half(void **state)
{
	struct lfb_topology *const t = load(SERVER, NULL);

	(void)state;
	assert_placed(t, LFB_PIN_COMPACT, 66, "0-65");
	assert_placed(t, LFB_PIN_SOCKET, 66, "0-63+128+129");
	assert_placed(t, LFB_PIN_SOCKET, 128, "0-63+128-191");
	assert_placed(t, LFB_PIN_SOCKET, 130, "0-63+128-191+64+65");
	assert_placed(t, LFB_PIN_COMPACT, 130, "0-129");
	assert_placed(t, LFB_PIN_SOCKET, 256, "0-63+128-191+64-127+192-255");
	lfb_topology_free(t);
}

/* A cpuset with two whole cores and one second thread of package 0, and a core and a half of package 1. */
static void socket_in_a_cpuset(void **state)
{
	struct lfb_topology *const t = load(SERVER, "0+1+128+129+140+70+71+198");

	(void)state;
	assert_placed(t, LFB_PIN_SOCKET, 8, "0+1+140+128+129+70+71+198");
	assert_placed(t, LFB_PIN_COMPACT, 8, "0+1+140+70+71+128+129+198");
	lfb_topology_free(t);
}

/* CPUs 1 and 6 are offline: numbers with gaps, and two cores of which one thread is left. */
static void socket_with_offline_cpus(void **state)
{
	struct lfb_topology *const t = load("pack:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)", "0+2-5+7");

	(void)state;
	assert_placed(t, LFB_PIN_SOCKET, 6, "0+5+4+2+3+7");
	assert_placed(t, LFB_PIN_COMPACT, 6, "0+5+2-4+7");
	assert_placed(t, LFB_PIN_SMT, 6, "0+4+5+2+3+7");
	lfb_topology_free(t);
}

static void one_cpu_is_all_there_is(void **state)
{
	struct lfb_topology *const t = load("pu:1", NULL);

	(void)state;
	for (size_t p = 0; p < COUNT(policies); p++) {
		assert_placed(t, policies[p], 1, "0");
		assert_placed(t, policies[p], 3, "0+0+0");
		assert_placed(t, policies[p], 0, "");
	}
	lfb_topology_free(t);
}

/* Where packages are not known, all CPUs are in one. */
static void socket_without_packages(void **state)
{
	struct lfb_topology *const t = load("core:3 pu:2", NULL);

	(void)state;
	assert_placed(t, LFB_PIN_SOCKET, 6, "0+2+4+1+3+5");
	lfb_topology_free(t);
}

/* After the last CPU the list starts again, in the same order. */
static void more_threads_than_cpus(void **state)
{
	struct lfb_topology *const t = load("pack:2 core:2 pu:2", NULL);

	(void)state;
	assert_placed(t, LFB_PIN_COMPACT, 10, "0+2+4+6+1+3+5+7+0+2");
	assert_placed(t, LFB_PIN_SPREAD, 10, "0+4+2+6+1+5+3+7+0+4");
	assert_placed(t, LFB_PIN_SOCKET, 10, "0+2+1+3+4+6+5+7+0+2");
	assert_placed(t, LFB_PIN_SMT, 10, "0-7+0+1");
	lfb_topology_free(t);
}

static void assert_sample(const struct lfb_topology *topology, unsigned most, const char *text)
{
	struct lfb_cpu_list list = { 0 };
	char *found;

	assert_int_equal(lfb_cpus_sample(topology, most, &list), 0);
	found = lfb_cpu_list_text(&list);
	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
	lfb_cpu_list_clear(&list);
}

/* Siblings, neighbouring cores and both packages are in a sample, whatever the machine's size. */
static void samples(void **state)
{
	struct lfb_topology *t = load(SERVER, NULL);
	struct lfb_cpu_list all = { 0 };

	(void)state;
	assert_sample(t, 4, "0+128+127+255");
	/* 254 / 7 = 36.3: places 0, 36, 72, 108, 145, 181, 217, 254, and the one after each. */
	assert_sample(t, 16, "0+128+18+146+36+164+54+182+200+73+218+91+236+109+127+255");
	/* No more CPUs than asked for: all of them, siblings side by side. */
	assert_int_equal(lfb_cpus_sample(t, 256, &all), 0);
	assert_int_equal(all.count, 256);
	for (unsigned i = 0; i < 256; i++)
		assert_int_equal(all.cpus[i], i / 2 + i % 2 * 128);
	lfb_cpu_list_clear(&all);
	lfb_topology_free(t);
	t = load("pack:1 core:17 pu:1", NULL);
	assert_sample(t, 16, "0-13+15+16");
	lfb_topology_free(t);
	t = load("pu:1", NULL);
	assert_sample(t, 16, "0");
	lfb_topology_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_threads_on_a_server), cmocka_unit_test(a_package_and_a_half),
		cmocka_unit_test(socket_in_a_cpuset),	    cmocka_unit_test(socket_with_offline_cpus),
		cmocka_unit_test(one_cpu_is_all_there_is),  cmocka_unit_test(socket_without_packages),
		cmocka_unit_test(more_threads_than_cpus),   cmocka_unit_test(samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
