/*
 * test_topology.c - which CPU each thread gets, on machines made up by hwloc: the order of
 * every policy is written out by hand for machines that differ in what policies look at.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "machine/topology.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Numbered as Linux does it: all first hardware threads of the cores (0-127), then all second ones (128-255). */
#define SERVER "pack:2 [numa] l3:8 core:8 pu:2(indexes=128*1:2*128)"
/* Two L3 groups of four cores, no SMT. */
#define DESKTOP "pack:1 l3:2 core:4 pu:1"

static struct lfb_topology *load(const char *description, const char *allowed)
{
	struct lfb_topology *topology = NULL;

	assert_int_equal(lfb_topology_load_synthetic(description, allowed, &topology), 0);
	assert_non_null(topology);
	return topology;
}

static void assert_list(const struct lfb_cpu_list *list, const char *text)
{
	char *const found = lfb_cpu_list_text(list);

	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
}

static void assert_placed(const struct lfb_topology *topology, enum lfb_pin policy, unsigned threads, const char *text)
{
	struct lfb_cpu_list list = { 0 };

	assert_int_equal(lfb_cpus_place(topology, policy, threads, &list), 0);
	assert_list(&list, text);
	lfb_cpu_list_clear(&list);
}

static void assert_counts(const struct lfb_topology *topology, struct lfb_topology_counts expected)
{
	struct lfb_topology_counts found;

	lfb_topology_count(topology, &found);
	assert_int_equal(found.cpus, expected.cpus);
	assert_int_equal(found.cores, expected.cores);
	assert_int_equal(found.packages, expected.packages);
	assert_int_equal(found.numa_nodes, expected.numa_nodes);
	assert_int_equal(found.l3_groups, expected.l3_groups);
}

static void big_server(void **state)
{
	struct lfb_topology *const t = load(SERVER, NULL);

	(void)state;
	assert_counts(t, (struct lfb_topology_counts){ 256, 128, 2, 2, 16 });
	assert_list(lfb_topology_usable(t), "0-255");
	/* Compact: cores of one L3, then of the next, the other package, and only then the siblings. */
	assert_placed(t, LFB_PIN_COMPACT, 20, "0-19");
	assert_placed(t, LFB_PIN_COMPACT, 130, "0-129");
	/* Spread: packages in turn (0 and 64), then the next L3 of each (8), then the second core of each L3 (1). */
	assert_placed(t, LFB_PIN_SPREAD, 6, "0+64+8+72+16+80");
	assert_placed(t, LFB_PIN_SPREAD, 18, "0+64+8+72+16+80+24+88+32+96+40+104+48+112+56+120+1+65");
	/* SMT: both threads of a core, then the next core. */
	assert_placed(t, LFB_PIN_SMT, 5, "0+128+1+129+2");
	lfb_topology_free(t);
}

static void spread_uses_siblings_last(void **state)
{
	struct lfb_topology *const t = load(SERVER, NULL);
	struct lfb_cpu_list list = { 0 };

	(void)state;
	assert_int_equal(lfb_cpus_place(t, LFB_PIN_SPREAD, 256, &list), 0);
	assert_int_equal(list.count, 256);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(list.cpus[i] >= 128, i >= 128);
	assert_int_equal(list.cpus[128], 128);
	assert_int_equal(list.cpus[129], 192);
	lfb_cpu_list_clear(&list);
	lfb_topology_free(t);
}

static void two_l3_groups(void **state)
{
	struct lfb_topology *const t = load(DESKTOP, NULL);

	(void)state;
	assert_counts(t, (struct lfb_topology_counts){ 8, 8, 1, 1, 2 });
	assert_placed(t, LFB_PIN_COMPACT, 8, "0-7");
	assert_placed(t, LFB_PIN_SPREAD, 8, "0+4+1+5+2+6+3+7");
	assert_placed(t, LFB_PIN_SMT, 3, "0-2");
	lfb_topology_free(t);
}

/* Numbers that have nothing to do with who is near to whom: hwloc's order decides, not theirs. */
static void numbers_across_caches(void **state)
{
	struct lfb_topology *const t = load("pack:1 l3:2 core:4 pu:1(indexes=0,2,4,6,1,3,5,7)", NULL);

	(void)state;
	assert_placed(t, LFB_PIN_COMPACT, 5, "0+2+4+6+1");
	assert_placed(t, LFB_PIN_SPREAD, 4, "0-3");
	assert_list(lfb_topology_usable(t), "0-7");
	lfb_topology_free(t);
}

/* Sub-NUMA clusters: two nodes below one L3; and two L3 below each of two nodes. */
static void numa_and_l3_in_either_order(void **state)
{
	struct lfb_topology *t = load("pack:1 l3:1 numa:2 core:2 pu:1", NULL);

	(void)state;
	assert_counts(t, (struct lfb_topology_counts){ 4, 4, 1, 2, 1 });
	assert_placed(t, LFB_PIN_SPREAD, 4, "0+2+1+3");
	lfb_topology_free(t);
	t = load("pack:2 numa:2 l3:2 core:2 pu:1", NULL);
	assert_counts(t, (struct lfb_topology_counts){ 16, 16, 2, 4, 8 });
	assert_placed(t, LFB_PIN_SPREAD, 9, "0+8+4+12+2+10+6+14+1");
	lfb_topology_free(t);
}

static void one_cpu(void **state)
{
	struct lfb_topology *const t = load("pu:1", NULL);

	(void)state;
	assert_counts(t, (struct lfb_topology_counts){ 1, 0, 0, 1, 0 });
	assert_placed(t, LFB_PIN_COMPACT, 3, "0+0+0");
	assert_placed(t, LFB_PIN_SPREAD, 2, "0+0");
	assert_placed(t, LFB_PIN_SMT, 1, "0");
	lfb_topology_free(t);
}

/* Where cores are not known, every CPU is one: no CPU may pass for a sibling of another. */
static void no_cores(void **state)
{
	struct lfb_topology *const t = load("pack:1 l3:2 pu:3", NULL);

	(void)state;
	assert_counts(t, (struct lfb_topology_counts){ 6, 0, 1, 1, 2 });
	assert_placed(t, LFB_PIN_COMPACT, 6, "0-5");
	assert_placed(t, LFB_PIN_SPREAD, 6, "0+3+1+4+2+5");
	lfb_topology_free(t);
}

/* A cpuset that leaves one core whole, one core only its second thread, and nothing of the first package's rest. */
static void restricted(void **state)
{
	struct lfb_topology *const t = load(SERVER, "3+131+140+70-71");

	(void)state;
	assert_counts(t, (struct lfb_topology_counts){ 5, 4, 2, 2, 3 });
	assert_list(lfb_topology_usable(t), "3+70+71+131+140");
	/* 140 is the second thread of core 12, but the first one that may be used. */
	assert_placed(t, LFB_PIN_COMPACT, 5, "3+140+70+71+131");
	assert_placed(t, LFB_PIN_SPREAD, 5, "3+70+140+71+131");
	assert_placed(t, LFB_PIN_SMT, 5, "3+131+140+70+71");
	lfb_topology_free(t);
}

/* CPUs 2 and 4 are offline. */
static void gap_in_the_numbers(void **state)
{
	struct lfb_topology *const t = load("pack:1 core:4 pu:1(indexes=0,1,3,5)", NULL);

	(void)state;
	assert_list(lfb_topology_usable(t), "0+1+3+5");
	assert_placed(t, LFB_PIN_COMPACT, 6, "0+1+3+5+0+1");
	lfb_topology_free(t);
}

static void more_threads_than_cpus(void **state)
{
	struct lfb_topology *const t = load(DESKTOP, "0-2");

	(void)state;
	assert_placed(t, LFB_PIN_COMPACT, 8, "0-2+0-2+0+1");
	assert_placed(t, LFB_PIN_NONE, 8, "");
	assert_placed(t, LFB_PIN_COMPACT, 0, "");
	lfb_topology_free(t);
}

/* Whatever the policy: every CPU once before any comes twice. 4,096 CPUs, in a moment. */
static void huge_machine(void **state)
{
	enum { CPUS = 4096 };
	static const enum lfb_pin policies[] = { LFB_PIN_COMPACT, LFB_PIN_SPREAD, LFB_PIN_SOCKET, LFB_PIN_SMT };
	struct lfb_topology *const t = load("pack:8 [numa] l3:16 core:16 pu:2", NULL);
	const clock_t start = clock();

	(void)state;
	for (size_t p = 0; p < sizeof(policies) / sizeof(policies[0]); p++) {
		static unsigned char seen[CPUS];
		struct lfb_cpu_list list = { 0 };

		memset(seen, 0, sizeof(seen));
		assert_int_equal(lfb_cpus_place(t, policies[p], CPUS, &list), 0);
		assert_int_equal(list.count, CPUS);
		for (size_t i = 0; i < CPUS; i++) {
			assert_true(list.cpus[i] < CPUS);
			assert_int_equal(seen[list.cpus[i]]++, 0);
		}
		lfb_cpu_list_clear(&list);
	}
	assert_true(clock() - start < CLOCKS_PER_SEC);
	lfb_topology_free(t);
}

static void explicit_list(void **state)
{
	struct lfb_topology *const t = load(SERVER, "0-3+128");
	struct lfb_cpu_list wanted = { 0 }, list = { 0 };
	struct lfb_error error = { "" };

	(void)state;
	assert_int_equal(lfb_cpu_list_parse("2+0+128+2", &wanted, NULL), 0);
	assert_int_equal(lfb_cpus_take(t, &wanted, 6, &list, &error), 0);
	assert_list(&list, "2+0+128+2+2+0");
	lfb_cpu_list_clear(&list);
	assert_int_equal(lfb_cpus_take(t, &wanted, 1, &list, &error), 0);
	assert_list(&list, "2");
	lfb_cpu_list_clear(&list);
	lfb_cpu_list_clear(&wanted);

	/* Not allowed, even though the only thread would not get it; and one that no machine has. */
	assert_int_equal(lfb_cpu_list_parse("0+4", &wanted, NULL), 0);
	assert_int_equal(lfb_cpus_take(t, &wanted, 1, &list, &error), -EINVAL);
	assert_string_equal(error.text, "CPU 4 does not exist or may not be used by this process; usable: 0-3+128");
	assert_null(list.cpus);
	lfb_cpu_list_clear(&wanted);
	assert_int_equal(lfb_cpus_take(t, &wanted, 1, &list, &error), -EINVAL);
	lfb_topology_free(t);
}

static void bad_requests(void **state)
{
	struct lfb_topology *t = load(DESKTOP, NULL);
	struct lfb_cpu_list list = { 0 };

	(void)state;
	assert_int_equal(lfb_cpus_place(t, LFB_PIN_CPUS, 2, &list), -EINVAL);
	assert_int_equal(lfb_cpus_place(t, LFB_PINS, 2, &list), -EINVAL);
	lfb_topology_free(t);
	assert_int_equal(lfb_topology_load_synthetic("no such thing", NULL, &t), -EINVAL);
	assert_int_equal(lfb_topology_load_synthetic(DESKTOP, "8-9", &t), -EINVAL);
	assert_int_equal(lfb_topology_load_synthetic(DESKTOP, "junk", &t), -EINVAL);
}

static void policies_by_name(void **state)
{
	enum lfb_pin policy;
	struct lfb_cpu_list list = { 0 };
	struct lfb_error error = { "" };

	(void)state;
	for (int i = 0; i < LFB_PIN_CPUS; i++) {
		assert_int_equal(lfb_pin_parse(lfb_pin_names[i], &policy, &list, &error), 0);
		assert_int_equal(policy, i);
		assert_int_equal(list.count, 0);
		assert_non_null(lfb_pin_meanings[i]);
	}
	assert_int_equal(lfb_pin_parse("cpus:3+1", &policy, &list, &error), 0);
	assert_int_equal(policy, LFB_PIN_CPUS);
	assert_list(&list, "3+1");
	lfb_cpu_list_clear(&list);
	assert_int_equal(lfb_pin_parse("compcat", &policy, &list, &error), -EINVAL);
	assert_non_null(strstr(error.text, "did you mean 'compact'"));
	assert_int_equal(lfb_pin_parse("cpus", &policy, &list, &error), -EINVAL);
	assert_non_null(strstr(error.text, "cpus:LIST"));
	assert_int_equal(lfb_pin_parse("cpus:", &policy, &list, &error), -EINVAL);
	assert_int_equal(lfb_pin_parse("", &policy, &list, &error), -EINVAL);
	assert_int_equal(lfb_pin_parse("Compact", &policy, &list, &error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(big_server),
		cmocka_unit_test(spread_uses_siblings_last),
		cmocka_unit_test(two_l3_groups),
		cmocka_unit_test(numbers_across_caches),
		cmocka_unit_test(numa_and_l3_in_either_order),
		cmocka_unit_test(one_cpu),
		cmocka_unit_test(no_cores),
		cmocka_unit_test(restricted),
		cmocka_unit_test(gap_in_the_numbers),
		cmocka_unit_test(more_threads_than_cpus),
		cmocka_unit_test(huge_machine),
		cmocka_unit_test(explicit_list),
		cmocka_unit_test(bad_requests),
		cmocka_unit_test(policies_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
