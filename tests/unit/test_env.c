/*
 * test_env.c - facts read from made-up /proc and /sys trees: a well set-up server, nothing at
 * all, files full of rubbish or hostile text; and the JSON that is made of them.
 */
#include "fake_root.h"

#include <jansson.h>

#define FLAGS "flags\t\t: fpu tsc constant_tsc nonstop_tsc"

/* What is known of the process itself, whatever the files say. */
static bool is_about_the_process(const char *key)
{
	static const char *const keys[] = { "architecture",  "libc",	      "clock_cost", "tsc_invariant",
					    "perf_hardware", "migrations", "lfbench",    "compiler",
					    "debug_build",   "sanitizer",     "hwloc",	    "jansson" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static void put_good_server(const struct tree *tree)
{
	char path[128];

	put(tree, "/proc/cpuinfo", "processor\t: 0\nmodel name\t: Fast CPU @ 3.00GHz\n" FLAGS "\n\nprocessor\t: 1\n");
	put(tree, "/proc/sys/kernel/hostname", "bench7\n");
	put(tree, "/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
	put(tree, "/proc/sys/kernel/randomize_va_space", "2\n");
	put(tree, "/proc/loadavg", "0.05 0.10 0.20 1/100 1234\n");
	put(tree, "/proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 50 0 50 400 0 0 0 0 0 0\n");
	put(tree, "/proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1 kB\nMemAvailable:    8388608 kB\n");
	put(tree, "/proc/self/cgroup", "0::/user.slice\n");
	put(tree, "/proc/self/mountinfo",
	    "30 20 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
	put(tree, "/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory\n");
	put(tree, "/sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
	put(tree, "/sys/class/dmi/id/sys_vendor", "ACME\n");
	put(tree, "/sys/class/dmi/id/product_name", "Model 5\n");
	put(tree, CPU "/online", "0-7\n");
	put(tree, CPU "/smt/active", "0\n");
	put(tree, CPU "/vulnerabilities/meltdown", "Not affected\n");
	put(tree, CPU "/vulnerabilities/spectre_v1", "Mitigation: barriers; SMT vulnerable\n");
	put(tree, CPU "/vulnerabilities/itlb_multihit", "KVM: Mitigation: VMX disabled\n");
	put(tree, CPU "/cpufreq/boost", "0\n");
	put(tree, CPU "/cpu0/cache/index0/level", "1\n");
	for (int cpu = 0; cpu < 8; cpu++) {
		(void)snprintf(path, sizeof(path), CPU "/cpu%d/cpufreq/scaling_governor", cpu);
		put(tree, path, "performance\n");
	}
	put(tree, "/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
	put(tree, "/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm \n");
	put(tree, "/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
}

static void good_server(void **state)
{
	struct tree *const tree = *state;

	put_good_server(tree);
	gather(tree, "pack:1 l3:1 core:8 pu:1");
	assert_string_equal(tree->env->host, "bench7");
	for (size_t i = 0; i < tree->env->count; i++) {
		const struct lfb_fact *const fact = &tree->env->facts[i];

		if (!is_about_the_process(fact->key) && fact->verdict != LFB_VERDICT_OK)
			fail_msg("%s is not ok: %s", fact->key, fact->value);
		if (fact->verdict == LFB_VERDICT_OK) {
			assert_null(fact->meaning);
			assert_null(fact->advice);
		}
	}
	expect(tree, "cpu_model", LFB_VERDICT_OK, "Fast CPU @ 3.00GHz");
	expect(tree, "hardware", LFB_VERDICT_OK, "ACME Model 5");
	expect(tree, "hypervisor", LFB_VERDICT_OK, "none");
	expect(tree, "cpus_online", LFB_VERDICT_OK, "8 (0-7)");
	expect(tree, "cpus_usable", LFB_VERDICT_OK, "8 (0-7)");
	expect(tree, "cores", LFB_VERDICT_OK, "8");
	expect(tree, "kernel", LFB_VERDICT_OK, "Linux 6.1.0-18-amd64");
	expect(tree, "memory", LFB_VERDICT_OK, "16.0 GiB, 8.0 GiB available");
	expect(tree, "steal", LFB_VERDICT_OK, "0.00 % of CPU time since boot");
	expect(tree, "mitigations", LFB_VERDICT_OK,
	       "2 mitigated (itlb_multihit, spectre_v1), 0 vulnerable, 1 not affected, 0 unclear");
	expect(tree, "cgroup_quota", LFB_VERDICT_OK, "none");
}

/* The heart of it: what cannot be read is never ok, and says so with a reason. */
static void nothing_readable_is_unknown(void **state)
{
	struct tree *const tree = *state;

	gather(tree, NULL);
	assert_string_equal(tree->env->host, "unknown");
	for (size_t i = 0; i < tree->env->count; i++) {
		const struct lfb_fact *const fact = &tree->env->facts[i];

		if (is_about_the_process(fact->key))
			continue;
		expect(tree, fact->key, LFB_VERDICT_UNKNOWN, "unknown");
		assert_non_null(fact->meaning);
	}
	assert_true(lfb_env_fitness(tree->env) >= LFB_FIT_WITHIN_RUN);
}

/* Empty files, folders in the place of files, and words where numbers belong. */
static void rubbish_is_unknown(void **state)
{
	static const char *const rubbish[] = { "",  "\n",  "rubbish", "-1x", "99999999999999999999999 junk",
					       "[", ":::", " - - -" };
	static const char *const paths[] = {
		"/proc/cpuinfo",
		"/proc/loadavg",
		"/proc/stat",
		"/proc/meminfo",
		"/proc/self/cgroup",
		"/proc/self/mountinfo",
		"/proc/sys/kernel/randomize_va_space",
		CPU "/online",
		CPU "/smt/active",
		CPU "/cpufreq/boost",
		CPU "/vulnerabilities/meltdown",
		"/sys/kernel/mm/transparent_hugepage/enabled",
	};
	static const char *const keys[] = { "cpu_model", "hypervisor",	"steal",       "memory",    "cgroup_quota",
					    "aslr",	 "cpus_online", "mitigations", "huge_pages" };
	struct tree *const tree = *state;

	for (size_t r = 0; r < sizeof(rubbish) / sizeof(rubbish[0]); r++) {
		for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++)
			put(tree, paths[p], rubbish[r]);
		gather(tree, "pack:1 l3:1 core:2 pu:1");
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			if (fact_of(tree, keys[k])->verdict != LFB_VERDICT_UNKNOWN)
				fail_msg("%s takes \"%s\" for %s", keys[k], rubbish[r], fact_of(tree, keys[k])->value);
	}
	put(tree, "/sys/class/dmi/id/sys_vendor/this/is", "a folder");
	gather(tree, NULL);
	expect(tree, "hardware", LFB_VERDICT_UNKNOWN, "unknown");
}

/* Escape sequences, line ends, broken UTF-8, C1 controls: nothing of it reaches a terminal or the JSON. */
static void hostile_texts(void **state)
{
	struct tree *const tree = *state;
	char *text;
	size_t size;
	FILE *out;

	put(tree, "/sys/class/dmi/id/sys_vendor",
	    "\033]0;owned\007A\xc2\x9b"
	    "1m\xff\xfe\n\"B\"");
	put(tree, "/sys/class/dmi/id/product_name", "x\rback\x7f");
	put(tree, "/proc/sys/kernel/hostname", "h\033[2Jost");
	gather(tree, NULL);
	expect(tree, "hardware", LFB_VERDICT_OK, "?]0;owned?A??1m???\"B\" x?back?");
	assert_string_equal(tree->env->host, "h?[2Jost");
	out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(lfb_env_write_json(tree->env, out), 0);
	assert_int_equal(fclose(out), 0);
	for (size_t i = 0; i < size; i++)
		assert_true(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
}

static void long_files(void **state)
{
	enum { BYTES = 300000 };
	struct tree *const tree = *state;
	char *const text = malloc(BYTES + 1);

	assert_non_null(text);
	memset(text, 'x', BYTES);
	text[BYTES] = '\0';
	put(tree, "/sys/class/dmi/id/sys_vendor", text);
	put(tree, "/sys/class/dmi/id/product_name", text);
	put(tree, "/proc/self/cgroup", text);
	put(tree, "/proc/self/mountinfo", text);
	memcpy(text, "model name : y", 14);
	put(tree, "/proc/cpuinfo", text);
	gather(tree, NULL);
	assert_int_equal(strlen(fact_of(tree, "hardware")->value), 161);
	assert_true(strlen(fact_of(tree, "cpu_model")->value) < 200);
	free(text);
}

static void json_has_every_fact(void **state)
{
	struct tree *const tree = *state;
	json_t *json, *facts;

	put_good_server(tree);
	gather(tree, NULL);
	json = lfb_env_json(tree->env);
	assert_non_null(json);
	assert_int_equal(json_integer_value(json_object_get(json, "schema")), 1);
	assert_string_equal(json_string_value(json_object_get(json, "host")), "bench7");
	assert_int_equal(strlen(json_string_value(json_object_get(json, "time_utc"))), 20);
	assert_string_equal(json_string_value(json_object_get(json, "fit_for")),
			    lfb_fitness_names[lfb_env_fitness(tree->env)]);
	facts = json_object_get(json, "facts");
	assert_int_equal(json_object_size(facts), tree->env->count);
	for (size_t i = 0; i < tree->env->count; i++) {
		const struct lfb_fact *const fact = &tree->env->facts[i];
		const json_t *const one = json_object_get(facts, fact->key);

		assert_string_equal(json_string_value(json_object_get(one, "value")), fact->value);
		assert_string_equal(json_string_value(json_object_get(one, "verdict")),
				    lfb_verdict_names[fact->verdict]);
		assert_int_equal(json_object_get(one, "meaning") != NULL, fact->verdict != LFB_VERDICT_OK);
	}
	json_decref(json);
}

static void a_full_disk_is_an_error(void **state)
{
	struct tree *const tree = *state;
	FILE *const full = fopen("/dev/full", "w");

	gather(tree, NULL);
	assert_non_null(full);
	assert_int_equal(lfb_env_write_json(tree->env, full), -EIO);
	(void)fclose(full);
}

/* The build that runs this test knows itself. */
static void build_is_told_truly(void **state)
{
	struct tree *const tree = *state;
	const bool debug = fact_of(tree, "debug_build")->verdict == LFB_VERDICT_WARN;
	const bool sanitizer = fact_of(tree, "sanitizer")->verdict == LFB_VERDICT_WARN;

	assert_string_equal(lfb_env_build_flags(), debug && sanitizer ? "debug;sanitizer"
						   : debug	      ? "debug"
						   : sanitizer	      ? "sanitizer"
								      : "");
#ifdef __OPTIMIZE__
	assert_false(debug);
#else
	assert_true(debug);
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	assert_true(sanitizer);
#elif !defined(__clang__)
	assert_false(sanitizer);
#endif
	assert_int_equal(lfb_env_fitness(tree->env) == LFB_FIT_NONE, debug || sanitizer);
}

static int gather_here(void **state)
{
	make_tree(state);
	gather(*state, NULL);
	return 0;
}

/* The real one: whatever it is, every fact has a value, and what is not ok a meaning. */
static void this_machine(void **state)
{
	struct tree *const tree = *state;
	struct lfb_env *env;

	assert_int_equal(lfb_topology_load(&tree->topology), 0);
	assert_int_equal(lfb_env_gather("", tree->topology, 20, &env), 0);
	for (size_t i = 0; i < env->count; i++) {
		assert_true(strlen(env->facts[i].value) > 0);
		assert_int_equal(env->facts[i].meaning != NULL, env->facts[i].verdict != LFB_VERDICT_OK);
		assert_true(i == 0 || env->facts[i].group >= env->facts[i - 1].group);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(env->facts[i].key, env->facts[j].key);
	}
	assert_null(lfb_env_find(env, "no such fact"));
	lfb_env_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(good_server),
		TREE_TEST(nothing_readable_is_unknown),
		TREE_TEST(rubbish_is_unknown),
		TREE_TEST(hostile_texts),
		TREE_TEST(long_files),
		TREE_TEST(json_has_every_fact),
		TREE_TEST(a_full_disk_is_an_error),
		cmocka_unit_test_setup_teardown(build_is_told_truly, gather_here, drop_tree),
		TREE_TEST(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
