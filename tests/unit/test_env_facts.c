/*
 * test_env_facts.c - what is concluded from single files of /proc and /sys: virtual machines,
 * containers with quotas, governors, load.
 */
#include "fake_root.h"

static void virtual_machine(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/proc/cpuinfo", "model name\t: Virtual CPU\nflags\t\t: fpu hypervisor tsc\n");
	put(tree, "/proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\n");
	gather(tree, "pack:1 l3:2 core:1 pu:1");
	expect(tree, "hypervisor", LFB_VERDICT_WARN, "yes");
	/* Zero steal proves nothing here; and caches that only CPUID tells of may be made up. */
	expect(tree, "steal", LFB_VERDICT_UNKNOWN, "0.00 % of CPU time since boot");
	expect(tree, "l3_groups", LFB_VERDICT_UNKNOWN, "2 according to CPUID, none according to the kernel");
	assert_true(lfb_env_fitness(tree->env) >= LFB_FIT_WITHIN_RUN);
	put(tree, "/sys/hypervisor/type", "xen\n");
	put(tree, CPU "/cpu0/cache/index0/level", "1\n");
	gather(tree, "pack:1 l3:2 core:1 pu:1");
	expect(tree, "hypervisor", LFB_VERDICT_WARN, "yes: xen");
	expect(tree, "l3_groups", LFB_VERDICT_NOTE, "2");
}

/* arm64 shows no flag; a vendor that only makes virtual machines is proof, another is not. */
static void hypervisor_without_the_flag(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
	gather(tree, NULL);
	expect(tree, "cpu_model", LFB_VERDICT_OK, "implementer 0x41, part 0xd0c");
	expect(tree, "hypervisor", LFB_VERDICT_UNKNOWN, "unknown");
	put(tree, "/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
	gather(tree, NULL);
	expect(tree, "hypervisor", LFB_VERDICT_UNKNOWN, "unknown");
	put(tree, "/sys/class/dmi/id/sys_vendor", "QEMU\n");
	gather(tree, NULL);
	expect(tree, "hypervisor", LFB_VERDICT_WARN, "yes");
	/* A word that only contains the flag is not the flag. */
	put(tree, "/sys/class/dmi/id/sys_vendor", "ACME\n");
	put(tree, "/proc/cpuinfo", "flags\t\t: hypervisory nohypervisor\n");
	gather(tree, NULL);
	expect(tree, "hypervisor", LFB_VERDICT_OK, "none");
}

static void topology_notes(void **state)
{
	struct tree *const tree = *state;

	put(tree, CPU "/online", "0-15\n");
	put(tree, CPU "/cpu0/cache/index0/level", "1\n");
	gather(tree, "pack:2 [numa] l3:2 core:1 pu:2");
	expect(tree, "packages", LFB_VERDICT_NOTE, "2");
	expect(tree, "numa_nodes", LFB_VERDICT_NOTE, "2");
	expect(tree, "l3_groups", LFB_VERDICT_NOTE, "4");
	expect(tree, "smt", LFB_VERDICT_NOTE, "active");
	expect(tree, "cpus_usable", LFB_VERDICT_OK, "8 (0-7)");
	expect(tree, "affinity", LFB_VERDICT_WARN, "8 of 16 online CPUs");
	gather(tree, "core:2 pu:1");
	expect(tree, "cpus_usable", LFB_VERDICT_NOTE, "2 (0+1)");
	expect(tree, "smt", LFB_VERDICT_OK, "not active");
	expect(tree, "packages", LFB_VERDICT_UNKNOWN, "unknown");
	gather(tree, "core:1 pu:1");
	expect(tree, "cpus_usable", LFB_VERDICT_WARN, "1 (0)");
	assert_non_null(strstr(fact_of(tree, "cpus_usable")->meaning, "scheduler"));
}

static void cgroup2_quota_of_a_parent(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/proc/self/cgroup", "0::/a/b/c\n");
	put(tree, "/proc/self/mountinfo",
	    "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	put(tree, "/sys/fs/cgroup/a/cpu.max", "150000 100000\n");
	put(tree, "/sys/fs/cgroup/a/cpu.stat", "usage_usec 5\nnr_periods 40\nnr_throttled 0\nthrottled_usec 0\n");
	put(tree, "/sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
	put(tree, "/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
	gather(tree, "core:4 pu:1");
	expect(tree, "cgroup_quota", LFB_VERDICT_WARN, "1.50 CPUs");
	expect(tree, "cgroup_throttled", LFB_VERDICT_OK, "never so far");
	put(tree, "/sys/fs/cgroup/a/cpu.stat", "usage_usec 5\nnr_periods 40\nnr_throttled 3\nthrottled_usec 9\n");
	gather(tree, "core:4 pu:1");
	expect(tree, "cgroup_throttled", LFB_VERDICT_WARN, "in 3 of 40 periods so far");
}

/* Without a cpu.max anywhere: no limit at the true root, unknown where CPU time is not managed. */
static void cgroup2_without_limits(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/proc/self/cgroup", "0::/\n");
	put(tree, "/proc/self/mountinfo", "30 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	put(tree, "/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io\n");
	gather(tree, NULL);
	expect(tree, "cgroup_quota", LFB_VERDICT_OK, "none");
	put(tree, "/sys/fs/cgroup/cgroup.controllers", "cpuset io memory\n");
	gather(tree, NULL);
	expect(tree, "cgroup_quota", LFB_VERDICT_UNKNOWN, "unknown");
	/* A group outside of what is mounted: never followed out of the mount. */
	put(tree, "/proc/self/cgroup", "0::/../elsewhere\n");
	put(tree, "/sys/fs/elsewhere/cpu.max", "50000 100000\n");
	put(tree, "/sys/fs/cgroup/cpu.max", "max 100000\n");
	gather(tree, NULL);
	expect(tree, "cgroup_quota", LFB_VERDICT_OK, "none");
}

/* Version 1 in a container: the group's path begins with what is mounted at the top; beside it a useless version 2. */
static void cgroup1_in_a_container(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/proc/self/cgroup", "5:cpuset:/docker/f00\n4:cpu,cpuacct:/docker/f00/job\n0::/\n");
	put(tree, "/proc/self/mountinfo",
	    "31 30 0:28 /docker/f00 /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
	    "32 30 0:29 /docker/f00 /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	    "40 30 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
	put(tree, "/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n");
	put(tree, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
	put(tree, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	put(tree, "/sys/fs/cgroup/cpu,cpuacct/cpu.stat", "nr_periods 9\nnr_throttled 2\nthrottled_time 1\n");
	put(tree, "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
	put(tree, "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
	put(tree, "/sys/fs/cgroup/cpu,cpuacct/job/cpu.stat", "nr_periods 1\nnr_throttled 1\nthrottled_time 1\n");
	gather(tree, NULL);
	expect(tree, "cgroup_quota", LFB_VERDICT_WARN, "0.50 CPUs");
	expect(tree, "cgroup_throttled", LFB_VERDICT_WARN, "in 3 of 10 periods so far");
	/* A path that leads out of the mount, as seen through namespaces, is taken for its top. */
	put(tree, "/proc/self/cgroup", "4:cpu,cpuacct:/../../elsewhere\n");
	gather(tree, NULL);
	expect(tree, "cgroup_throttled", LFB_VERDICT_WARN, "in 2 of 9 periods so far");
}

static void governors(void **state)
{
	struct tree *const tree = *state;

	put(tree, CPU "/cpu0/cpufreq/scaling_governor", "performance\n");
	put(tree, CPU "/cpu1/cpufreq/scaling_governor", "performance\n");
	gather(tree, "core:2 pu:1");
	expect(tree, "governor", LFB_VERDICT_OK, "performance");
	/* One CPU that differs, or does not tell, is enough. */
	put(tree, CPU "/cpu1/cpufreq/scaling_governor", "powersave\n");
	gather(tree, "core:2 pu:1");
	expect(tree, "governor", LFB_VERDICT_WARN, "not the same on all CPUs: performance, powersave");
	gather(tree, "core:3 pu:1(indexes=0,2,1)");
	assert_int_equal(fact_of(tree, "governor")->verdict, LFB_VERDICT_WARN);
	put(tree, CPU "/cpu0/cpufreq/scaling_governor", "powersave\n");
	gather(tree, "core:2 pu:1");
	expect(tree, "governor", LFB_VERDICT_WARN, "powersave");
	assert_int_equal(fact_of(tree, "governor")->fitness, LFB_FIT_WITHIN_RUN);
}

static void clocks_and_turbo(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
	put(tree, CPU "/cpufreq/boost", "1\n");
	gather(tree, NULL);
	expect(tree, "clock_source", LFB_VERDICT_WARN, "hpet");
	expect(tree, "turbo", LFB_VERDICT_NOTE, "on");
	put(tree, CPU "/intel_pstate/no_turbo", "1\n");
	gather(tree, NULL);
	expect(tree, "turbo", LFB_VERDICT_OK, "off");
	put(tree, CPU "/intel_pstate/no_turbo", "0\n");
	put(tree, CPU "/cpufreq/boost", "0\n");
	gather(tree, NULL);
	expect(tree, "turbo", LFB_VERDICT_NOTE, "on");
}

static void load_memory_and_kernel(void **state)
{
	struct tree *const tree = *state;

	put(tree, "/proc/loadavg", "0.79 0 0 1/1 1\n");
	put(tree, "/proc/meminfo", "MemTotal:  1048576 kB\nMemAvailable:  262144 kB\n");
	put(tree, "/proc/stat", "cpu  100 0 100 790 0 0 0 10 50 0\n");
	put(tree, "/proc/sys/kernel/randomize_va_space", "0\n");
	put(tree, "/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
	put(tree, CPU "/vulnerabilities/meltdown", "Mitigation: PTI\n");
	put(tree, CPU "/vulnerabilities/retbleed", "Vulnerable\n");
	gather(tree, "core:4 pu:1");
	expect(tree, "load_average", LFB_VERDICT_OK, "0.79 over the last minute");
	expect(tree, "memory", LFB_VERDICT_WARN, "1.0 GiB, 0.2 GiB available");
	expect(tree, "steal", LFB_VERDICT_WARN, "1.00 % of CPU time since boot");
	expect(tree, "aslr", LFB_VERDICT_NOTE, "off");
	expect(tree, "huge_pages", LFB_VERDICT_NOTE, "always");
	expect(tree, "mitigations", LFB_VERDICT_NOTE,
	       "1 mitigated (meltdown) with page-table isolation, 1 vulnerable, 0 not affected, 0 unclear");
	gather(tree, "core:2 pu:1");
	expect(tree, "load_average", LFB_VERDICT_NOTE, "0.79 over the last minute");
	gather(tree, "core:1 pu:1");
	expect(tree, "load_average", LFB_VERDICT_WARN, "0.79 over the last minute");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(virtual_machine),
		TREE_TEST(hypervisor_without_the_flag),
		TREE_TEST(topology_notes),
		TREE_TEST(cgroup2_quota_of_a_parent),
		TREE_TEST(cgroup2_without_limits),
		TREE_TEST(cgroup1_in_a_container),
		TREE_TEST(governors),
		TREE_TEST(clocks_and_turbo),
		TREE_TEST(load_memory_and_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
