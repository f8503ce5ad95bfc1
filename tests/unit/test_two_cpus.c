/*
 * test_two_cpus.c - two threads on two CPUs: that they are there, that the ball comes back with its
 * note, and that nobody hangs when the partner does not answer, cannot be pinned or gives up.
 */
#include "two_usable.h"

#include "machine/two_cpus.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

#define LONG_NS UINT64_C(10000000000)
#define SHORT_NS UINT64_C(3000000)

struct seen {
	int cpu[2];
	uint64_t caught, noted;
	bool signals_blocked, faults_blocked;
};

static void look_at_signals(struct seen *seen)
{
	sigset_t mask;

	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	seen->signals_blocked =
		sigismember(&mask, SIGINT) && sigismember(&mask, SIGALRM) && sigismember(&mask, SIGTERM);
	seen->faults_blocked = sigismember(&mask, SIGSEGV) || sigismember(&mask, SIGABRT);
}

static int hundred_rounds(struct lfb_two_cpus *two, void *context)
{
	struct seen *const seen = context;

	seen->cpu[0] = sched_getcpu();
	for (uint64_t number = 1; number <= 200; number += 2) {
		lfb_ball_throw(two, number);
		if (!lfb_ball_catch(two, number + 1))
			return -ETIMEDOUT;
		seen->caught++;
		seen->noted += two->note;
	}
	return 0;
}

static int answer(struct lfb_two_cpus *two, void *context)
{
	struct seen *const seen = context;

	seen->cpu[1] = sched_getcpu();
	look_at_signals(seen);
	for (uint64_t number = 1; lfb_ball_catch(two, number); number += 2) {
		two->note = number;
		lfb_ball_throw(two, number + 1);
	}
	return 0;
}

static void the_ball_comes_back(void **state)
{
	const struct two_usable cpus = two_usable();
	char *const before = affinity_text();
	struct seen seen = { 0 };
	sigset_t mask;
	char *after;

	(void)state;
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.b, hundred_rounds, answer, &seen, LONG_NS), 0);
	assert_int_equal(seen.caught, 100);
	assert_int_equal(seen.noted, 100 * 100); /* 1 + 3 + ... + 199 */
	assert_int_equal(seen.cpu[0], cpus.a);
	assert_int_equal(seen.cpu[1], cpus.b);
	assert_true(seen.signals_blocked);
	assert_false(seen.faults_blocked);
	/* The caller is as it was. */
	after = affinity_text();
	assert_string_equal(before, after);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	assert_false(sigismember(&mask, SIGTERM));
	free(before);
	free(after);
}

static int do_nothing(struct lfb_two_cpus *two, void *context)
{
	(void)two;
	(void)context;
	return 0;
}

static int fail_with_eio(struct lfb_two_cpus *two, void *context)
{
	(void)two;
	(void)context;
	return -EIO;
}

/* A follower that is not there, and one that has lost its CPU for good, look the same to the leader. */
static void no_answer_ends_at_the_limit(void **state)
{
	const struct two_usable cpus = two_usable();
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.b, hundred_rounds, do_nothing, &seen, SHORT_NS), -ETIMEDOUT);
	assert_int_equal(seen.caught, 0);
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.b, hundred_rounds, answer, &seen, 0), -ETIMEDOUT);
	assert_int_equal(seen.caught, 0);
}

/* A leader that returns without a throw: the follower, which waits for one, leaves long before the limit. */
static void the_game_ends_with_the_leader(void **state)
{
	const struct two_usable cpus = two_usable();
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.b, do_nothing, answer, &seen, UINT64_MAX), 0);
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.b, fail_with_eio, answer, &seen, UINT64_MAX), -EIO);
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.b, do_nothing, fail_with_eio, &seen, UINT64_MAX), -EIO);
}

static void refused_cpus(void **state)
{
	const struct two_usable cpus = two_usable();
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(lfb_two_cpus_run(cpus.a, cpus.a, hundred_rounds, answer, &seen, LONG_NS), -EINVAL);
	assert_int_equal(lfb_two_cpus_run(cpus.a, LFB_CPUS_MAX - 1, hundred_rounds, answer, &seen, UINT64_MAX),
			 -EINVAL);
	assert_int_equal(lfb_two_cpus_run(UINT32_MAX, cpus.b, hundred_rounds, answer, &seen, UINT64_MAX), -EINVAL);
	assert_int_equal(lfb_two_cpus_run(UINT32_MAX, LFB_CPUS_MAX, hundred_rounds, answer, &seen, UINT64_MAX),
			 -EINVAL);
	assert_int_equal(seen.caught, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ball_comes_back),
		cmocka_unit_test(no_answer_ends_at_the_limit),
		cmocka_unit_test(the_game_ends_with_the_leader),
		cmocka_unit_test(refused_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
