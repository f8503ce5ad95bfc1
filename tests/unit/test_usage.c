/* test_usage.c - what the kernel counts of a thread: its own work and nobody else's; unknown stays unknown. */
#include "unit.h"

#include "machine/usage.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

static uint64_t cpu_ns(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Use this much CPU time. */
static void burn(uint64_t ns)
{
	const uint64_t end = cpu_ns() + ns;

	while (cpu_ns() < end)
		;
}

static struct lfb_usage measured(void (*work)(void), bool with_events)
{
	struct lfb_usage_meter meter;
	struct lfb_usage usage;

	lfb_usage_open(&meter, with_events);
	lfb_usage_start(&meter);
	work();
	lfb_usage_stop(&meter, &usage);
	lfb_usage_close(&meter);
	return usage;
}

static void burn_3_ms(void)
{
	burn(3000000);
}

/* Each sleep is a wait; it cannot be done without. */
static void sleep_5_times(void)
{
	const struct timespec moment = { .tv_nsec = 100000 };

	for (int i = 0; i < 5; i++)
		(void)nanosleep(&moment, NULL);
}

static void touch_100_pages(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *const memory = (unsigned char *)mmap(NULL, 100 * page, PROT_READ | PROT_WRITE,
							    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	(void)madvise(memory, 100 * page, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < 100; i++)
		*(volatile unsigned char *)(memory + i * page) = 1;
	(void)munmap(memory, 100 * page);
}

/* Move to each CPU there is, and back. */
static void move_about(void)
{
	cpu_set_t all, one;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		(void)sched_setaffinity(0, sizeof(one), &one);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static int cpus_usable(void)
{
	cpu_set_t all;

	return sched_getaffinity(0, sizeof(all), &all) == 0 ? CPU_COUNT(&all) : 1;
}

/* At least what was done; more may have come from outside. */
static void counts_what_was_done(void **state)
{
	struct lfb_usage usage = measured(burn_3_ms, false);

	(void)state;
	assert_true(usage.user_ns != LFB_NOT_COUNTED && usage.sys_ns != LFB_NOT_COUNTED);
	assert_true(usage.user_ns + usage.sys_ns >= 3000000);
	usage = measured(sleep_5_times, false);
	assert_in_range(usage.ctx_voluntary, 5, 1000000);
	usage = measured(touch_100_pages, false);
	assert_in_range(usage.page_faults, 100, 1000000);
}

/* The time of the two is at most that of the thread's clock around it. */
static void no_more_than_there_was(void **state)
{
	const uint64_t before = cpu_ns();
	const struct lfb_usage usage = measured(sleep_5_times, false);
	const uint64_t spent = cpu_ns() - before;

	(void)state;
	assert_true(usage.user_ns + usage.sys_ns <= spent);
}

static void *burn_elsewhere(void *unused)
{
	(void)unused;
	burn(20000000);
	for (int i = 0; i < 10; i++)
		touch_100_pages();
	return NULL;
}

static void let_another_burn(void)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, burn_elsewhere, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* What another thread of the process did is not in it. */
static void of_this_thread_only(void **state)
{
	const uint64_t before = cpu_ns();
	const struct lfb_usage usage = measured(let_another_burn, false);

	(void)state;
	assert_true(usage.user_ns + usage.sys_ns <= cpu_ns() - before);
	assert_true(usage.page_faults < 1000); /* of the other thread's 1000 and more */
}

static void events_are_left_out(void **state)
{
	const struct lfb_usage usage = measured(burn_3_ms, false);

	(void)state;
	assert_true(usage.migrations == LFB_NOT_COUNTED && usage.cycles == LFB_NOT_COUNTED);
	assert_true(usage.instructions == LFB_NOT_COUNTED && usage.cache_misses == LFB_NOT_COUNTED);
	assert_true(usage.hitm == LFB_NOT_COUNTED);
}

/* Each event is counted or there is a reason; what is counted has seen the work. */
static void events_or_reasons(void **state)
{
	static const char *const names[] = { "migrations", "cycles", "instructions", "cache_misses", "hitm" };
	const struct lfb_usage usage = measured(move_about, true);
	const uint64_t shown[] = { usage.migrations, usage.cycles, usage.instructions, usage.cache_misses, usage.hitm };
	char reason[200];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		const int rc = lfb_usage_reason(names[i], reason, sizeof(reason));

		assert_in_range(rc, 0, 1);
		assert_int_equal(rc == 1, reason[0] != '\0');
		if (rc == 1 && i != 1 && i != 2 && i != 3) /* the CPU's own may be shared at one time and not at another */
			assert_true(shown[i] == LFB_NOT_COUNTED);
	}
	if (lfb_usage_reason("migrations", reason, sizeof(reason)) == 0 && cpus_usable() > 1)
		assert_in_range(usage.migrations, 1, 1000000);
	if (usage.instructions != LFB_NOT_COUNTED)
		assert_true(usage.instructions > 0);
}

/* Without privileges perf_event_open forbids migrations (or allows what would show 0), and they are counted all the same. */
static int migrate_unprivileged(void *unused)
{
	char reason[200];
	struct lfb_usage usage;

	(void)unused;
	/* A process that changes its user is closed to itself in /proc, until it says otherwise. */
	if (geteuid() == 0 && (setresuid(65534, 65534, 65534) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0))
		return 77;
	if (access("/proc/thread-self/sched", R_OK) != 0)
		return 77;
	usage = measured(move_about, true);
	if (usage.migrations == LFB_NOT_COUNTED || usage.migrations < (cpus_usable() > 1))
		return 1;
	return lfb_usage_reason("migrations", reason, sizeof(reason)) == 0 ? 0 : 2;
}

static void migrations_need_no_privilege(void **state)
{
	const int status = unit_in_child(migrate_unprivileged, NULL, 20);

	(void)state;
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void reasons(void **state)
{
	char reason[200] = "before";
	char little[4] = "xxx";

	(void)state;
	assert_int_equal(lfb_usage_reason("ctx_voluntary", reason, sizeof(reason)), 0);
	assert_string_equal(reason, "");
	assert_int_equal(lfb_usage_reason("no_such_column", reason, sizeof(reason)), -EINVAL);
	assert_int_equal(lfb_usage_reason("hitm", little, sizeof(little)), 1);
	assert_int_equal(strlen(little), 3); /* cut, and terminated */
	assert_int_equal(lfb_usage_reason("hitm", NULL, 0), 1);
}

/* Not started, as when a trial was called off before its gate. */
static void never_started(void **state)
{
	struct lfb_usage_meter meter;
	struct lfb_usage usage;
	uint64_t fields[sizeof(usage) / sizeof(uint64_t)];

	(void)state;
	lfb_usage_open(&meter, true);
	lfb_usage_stop(&meter, &usage);
	lfb_usage_close(&meter);
	memcpy(fields, &usage, sizeof(usage));
	for (size_t i = 0; i < COUNT(fields); i++)
		assert_true(fields[i] == LFB_NOT_COUNTED);
}

static void sums(void **state)
{
	struct lfb_usage sum = { .ctx_voluntary = 1, .migrations = LFB_NOT_COUNTED, .cycles = 5, .hitm = LFB_NOT_COUNTED,
				 .user_ns = UINT64_MAX - 1 };
	const struct lfb_usage more = { .ctx_voluntary = 2, .migrations = 3, .cycles = LFB_NOT_COUNTED, .user_ns = 9,
					.hitm = LFB_NOT_COUNTED };

	(void)state;
	lfb_usage_add(&sum, &more);
	assert_int_equal(sum.ctx_voluntary, 3);
	assert_true(sum.migrations == LFB_NOT_COUNTED && sum.cycles == LFB_NOT_COUNTED && sum.hitm == LFB_NOT_COUNTED);
	assert_int_equal(sum.page_faults, 0);
	assert_true(sum.user_ns == LFB_NOT_COUNTED); /* too large to be said */
	lfb_usage_add(&sum, &(struct lfb_usage){ .ctx_voluntary = 1 });
	assert_int_equal(sum.ctx_voluntary, 4);
	assert_true(sum.cycles == LFB_NOT_COUNTED);
}

/* No file stays open. */
static void closes_all(void **state)
{
	const int before = dup(0);
	int after;

	(void)state;
	assert_true(before >= 0);
	(void)close(before);
	for (int i = 0; i < 10; i++)
		(void)measured(burn_3_ms, true);
	after = dup(0);
	(void)close(after);
	assert_int_equal(after, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_was_done), cmocka_unit_test(no_more_than_there_was),
		cmocka_unit_test(of_this_thread_only),	cmocka_unit_test(events_are_left_out),
		cmocka_unit_test(events_or_reasons),	cmocka_unit_test(migrations_need_no_privilege),
		cmocka_unit_test(reasons),
		cmocka_unit_test(never_started),	cmocka_unit_test(sums),
		cmocka_unit_test(closes_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
