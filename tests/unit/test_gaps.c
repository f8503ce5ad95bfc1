/* test_gaps.c - what counts as a gap and how gaps add up; and that a thread that has to share its CPU sees them. */
#include "two_usable.h"

#include "machine/gaps.h"
#include "machine/topology.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sys/resource.h>

static void the_threshold(void **state)
{
	(void)state;
	/* A clock that takes long to read must not be all gaps. */
	assert_int_equal(lfb_gap_threshold_ns(0), 1000);
	assert_int_equal(lfb_gap_threshold_ns(28), 1000);
	assert_int_equal(lfb_gap_threshold_ns(100), 1000);
	assert_int_equal(lfb_gap_threshold_ns(101), 1010);
	assert_int_equal(lfb_gap_threshold_ns(800), 8000);
	assert_int_equal(lfb_gap_threshold_ns(UINT64_MAX), UINT64_MAX);
}

static void gaps_add_up(void **state)
{
	struct lfb_gap_count count = { .usual_ns = 50 };
	struct lfb_gaps gaps = lfb_gap_result(&count, 1000000);

	(void)state;
	assert_float_equal(gaps.per_s, 0, 0);
	assert_float_equal(gaps.largest_ns, 0, 0);
	assert_float_equal(gaps.share, 0, 0);
	lfb_gap_add(&count, 3050);
	lfb_gap_add(&count, 100050);
	lfb_gap_add(&count, 2050);
	gaps = lfb_gap_result(&count, 1000000); /* a millisecond */
	assert_float_equal(gaps.per_s, 3000, 1e-9);
	assert_float_equal(gaps.largest_ns, 100000, 0);
	assert_float_equal(gaps.share, 0.105, 1e-12);
}

static void assert_not_measured(const struct lfb_gaps *gaps)
{
	assert_true(isnan(gaps->per_s));
	assert_true(isnan(gaps->largest_ns));
	assert_true(isnan(gaps->share));
}

static void assert_measured(const struct lfb_gaps *gaps)
{
	assert_true(gaps->per_s >= 0);
	assert_true(gaps->largest_ns >= 0);
	assert_true(gaps->share >= 0 && gaps->share < 1);
	assert_int_equal(gaps->per_s > 0, gaps->largest_ns > 0);
	assert_int_equal(gaps->per_s > 0, gaps->share > 0);
}

/* In the order given, and a CPU that does not exist spoils nothing for the others. */
static void this_machine(void **state)
{
	const struct two_usable two = two_usable();
	const unsigned cpus[] = { UINT32_MAX, two.a, LFB_CPUS_MAX - 1, two.b };
	char *const before = affinity_text();
	struct lfb_gaps gaps[4];
	char *after;

	(void)state;
	assert_int_equal(lfb_gaps_measure(cpus, 4, 5000000, gaps), 0);
	assert_not_measured(&gaps[0]);
	assert_measured(&gaps[1]);
	assert_not_measured(&gaps[2]);
	assert_measured(&gaps[3]);
	after = affinity_text();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void bad_requests(void **state)
{
	const unsigned cpu = 0;
	struct lfb_gaps gaps = { -1, -1, -1 };

	(void)state;
	assert_int_equal(lfb_gaps_measure(&cpu, 0, 1000000, &gaps), 0);
	assert_int_equal(lfb_gaps_measure(&cpu, 1, 0, &gaps), -EINVAL);
	assert_int_equal(lfb_gaps_measure(&cpu, 1, UINT64_MAX, &gaps), -EINVAL);
	assert_int_equal(lfb_gaps_measure(&cpu, 1, LFB_GAPS_LONGEST_NS + 1, &gaps), -EINVAL);
	assert_int_equal(lfb_gaps_measure(&cpu, UINT32_MAX, 1000000, &gaps), -EINVAL);
	assert_float_equal(gaps.share, -1, 0); /* untouched */
}

/* Room for the stacks of a few threads and no more: those that are there must not wait for the others for ever. */
static int out_of_threads(void *context)
{
	const struct rlimit limit = { UINT64_C(80) << 20, UINT64_C(80) << 20 };
	unsigned cpus[32];
	struct lfb_gaps gaps[32];

	for (unsigned i = 0; i < 32; i++)
		cpus[i] = *(const unsigned *)context;
	if (setrlimit(RLIMIT_AS, &limit) != 0)
		return 1;
	return lfb_gaps_measure(cpus, 32, 1000000, gaps) == -EAGAIN ? 0 : 2;
}

static void too_few_threads_to_be_had(void **state)
{
	unsigned cpu;

	(void)state;
	if (UNIT_SANITIZED)
		skip(); /* a sanitizer needs more addresses than the limit leaves */
	cpu = two_usable().a;
	assert_int_equal(unit_in_child(out_of_threads, &cpu, 20), 0);
}

struct hog {
	unsigned cpu;
	int rc;
	uint32_t ready, stop;
};

static void *keep_busy(void *argument)
{
	struct hog *const hog = argument;

	hog->rc = lfb_thread_pin(hog->cpu);
	__atomic_store_n(&hog->ready, 1, __ATOMIC_RELEASE); /* publishes rc */
	while (__atomic_load_n(&hog->stop, __ATOMIC_RELAXED) == 0)
		continue;
	return NULL;
}

/*
 * A second thread on the same CPU gets its turns, and those are gaps. A fair scheduler gives it half of
 * the time; a tenth is asked for.
 */
static void a_shared_cpu_has_gaps(void **state)
{
	struct hog hog = { .cpu = two_usable().b };
	struct lfb_gaps gaps;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, keep_busy, &hog), 0);
	while (__atomic_load_n(&hog.ready, __ATOMIC_ACQUIRE) == 0) /* pairs with the store of ready */
		continue;
	assert_int_equal(lfb_gaps_measure(&hog.cpu, 1, 300000000, &gaps), 0);
	__atomic_store_n(&hog.stop, 1, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(hog.rc, 0);
	assert_measured(&gaps);
	assert_true(gaps.share > 0.1);
	/* None is longer than the longest, so they cannot take more than the number of them times that. */
	assert_true(gaps.per_s * gaps.largest_ns / 1e9 >= gaps.share * 0.999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_threshold),
		cmocka_unit_test(gaps_add_up),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(bad_requests),
		cmocka_unit_test(too_few_threads_to_be_had),
		cmocka_unit_test(a_shared_cpu_has_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
