/*
 * test_scheduler.c - the scheduler of schedules: one thread at a time, the same order for the same seed, every order for some seed, faults of
 * a given depth as often as the paper promises, and nobody waits for ever.
 */
#include "unit.h"

#include "check/scheduler.h"

#include <pthread.h>

#define TRACE_MAX 4096u

struct crew;

struct worker {
	struct crew *crew;
	unsigned index;
	pthread_t thread;
};

/* What the threads do; the trace is written by whose turn it is, so it needs no atomics, which the thread sanitizer checks. */
struct crew {
	struct lfb_scheduler s;
	void (*body)(struct crew *crew, unsigned me);
	struct worker worker[LFB_SCHEDULER_THREADS_MAX];
	unsigned char trace[TRACE_MAX];
	unsigned traced;
	unsigned long shared, lock, waiting;
};

static void *work(void *argument)
{
	struct worker *const w = argument;

	lfb_scheduler_enter(&w->crew->s, w->index);
	w->crew->body(w->crew, w->index);
	lfb_scheduler_leave(&w->crew->s, w->index);
	return NULL;
}

static void no_fault(void *context, enum lfb_schedule_fault fault)
{
	(void)context;
	fail_msg("a %s", fault == LFB_SCHEDULE_DEADLOCK ? "deadlock" : "livelock");
}

static void run_with(struct crew *crew, unsigned threads, uint64_t seed, unsigned depth, uint64_t steps, void (*body)(struct crew *, unsigned),
		     void (*on_fault)(void *, enum lfb_schedule_fault))
{
	memset(crew, 0, sizeof(*crew));
	crew->body = body;
	lfb_scheduler_init(&crew->s, threads, seed, on_fault, crew);
	lfb_scheduler_plan(&crew->s, depth, steps);
	for (unsigned t = 0; t < threads; t++) {
		crew->worker[t].crew = crew;
		crew->worker[t].index = t;
		assert_int_equal(pthread_create(&crew->worker[t].thread, NULL, work, &crew->worker[t]), 0);
	}
	lfb_scheduler_run(&crew->s, (1u << threads) - 1);
	for (unsigned t = 0; t < threads; t++)
		assert_int_equal(pthread_join(crew->worker[t].thread, NULL), 0);
}

static void run(struct crew *crew, unsigned threads, uint64_t seed, unsigned depth, uint64_t steps, void (*body)(struct crew *, unsigned))
{
	run_with(crew, threads, seed, depth, steps, body, no_fault);
}

static void note(struct crew *crew, unsigned me)
{
	lfb_scheduler_step(&crew->s, me);
	if (crew->traced < TRACE_MAX)
		crew->trace[crew->traced++] = (unsigned char)('a' + me);
}

static void two_steps(struct crew *crew, unsigned me)
{
	note(crew, me);
	note(crew, me);
}

static void ten_steps(struct crew *crew, unsigned me)
{
	for (unsigned i = 0; i < 10; i++)
		note(crew, me);
}

static void the_seed_decides(void **state)
{
	static struct crew one, again;
	unsigned others = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		run(&one, 3, seed, 4, 30, ten_steps);
		run(&again, 3, seed, 4, 30, ten_steps);
		assert_int_equal(one.traced, 30);
		assert_memory_equal(one.trace, again.trace, 30);
		run(&again, 3, seed + 1, 4, 30, ten_steps);
		others += memcmp(one.trace, again.trace, 30) != 0;
	}
	assert_true(others > 40);
}

/* aabb abab abba baab baba bbaa: three changes reach them all, none but two. */
static unsigned orders_of_two_steps(unsigned depth)
{
	static struct crew crew;
	char seen[6][5];
	unsigned count = 0;

	for (uint64_t seed = 0; seed < 300; seed++) {
		unsigned i = 0;

		run(&crew, 2, seed, depth, 4, two_steps);
		assert_int_equal(crew.traced, 4);
		while (i < count && memcmp(seen[i], crew.trace, 4) != 0)
			i++;
		if (i == count) {
			assert_true(count < COUNT(seen));
			memcpy(seen[count++], crew.trace, 4);
		}
	}
	return count;
}

static void every_order_comes(void **state)
{
	(void)state;
	assert_int_equal(orders_of_two_steps(1), 2);
	assert_int_equal(orders_of_two_steps(4), 6);
}

/* b runs as a whole between the fifth and the sixth step of a: depth 2, k = 20, so at least one in n k = 40. */
static void promised_probability(void **state)
{
	static struct crew crew;
	unsigned hits = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 2000; seed++) {
		run(&crew, 2, seed, 2, 20, ten_steps);
		hits += memcmp(crew.trace, "aaaaabbbbbbbbbbaaaaa", 20) == 0;
	}
	printf("%u of 2000 runs, promised: %u\n", hits, 2000 / 40);
	assert_true(hits >= 2000 / 40 / 2);
}

/* A lock that blocks, and a count that it guards. */
static void locked_count(struct crew *crew, unsigned me)
{
	for (unsigned i = 0; i < 20; i++) {
		unsigned long seen;

		lfb_scheduler_step(&crew->s, me);
		while (crew->lock != 0)
			lfb_scheduler_block(&crew->s, me, &crew->lock);
		crew->lock = 1;
		seen = crew->shared;
		lfb_scheduler_step(&crew->s, me);
		crew->shared = seen + 1;
		lfb_scheduler_step(&crew->s, me);
		crew->lock = 0;
		(void)lfb_scheduler_wake(&crew->s, &crew->lock, UINT32_MAX);
	}
}

static void unlocked_count(struct crew *crew, unsigned me)
{
	for (unsigned i = 0; i < 20; i++) {
		const unsigned long seen = crew->shared;

		lfb_scheduler_step(&crew->s, me);
		crew->shared = seen + 1;
	}
}

static void who_waits_for_a_lock_is_woken(void **state)
{
	static struct crew crew;
	unsigned lost = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		run(&crew, 3, seed, 6, 180, locked_count);
		assert_int_equal(crew.shared, 60);
		run(&crew, 3, seed, 6, 60, unlocked_count);
		lost += crew.shared != 60;
	}
	assert_true(lost > 20);
}

/* a spins until b has been there, without a word; c with a yield. */
static void spin(struct crew *crew, unsigned me)
{
	if (me == 1)
		crew->shared = 1;
	while (crew->shared == 0)
		if (me == 0)
			lfb_scheduler_step(&crew->s, me);
		else
			lfb_scheduler_yield(&crew->s, me);
}

static void who_spins_lets_others(void **state)
{
	static struct crew crew;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++)
		run(&crew, 3, seed, 3, 100, spin);
}

/* Faults end the process, as they must: threads are left in the middle. */
static void exit_by_fault(void *context, enum lfb_schedule_fault fault)
{
	(void)context;
	(void)syscall(SYS_exit_group, fault == LFB_SCHEDULE_DEADLOCK ? 10 : 11);
}

static void block_for_ever(struct crew *crew, unsigned me)
{
	if (me == 0)
		lfb_scheduler_block(&crew->s, me, &crew->lock);
	else
		note(crew, me);
}

static void yield_for_ever(struct crew *crew, unsigned me)
{
	for (;;)
		lfb_scheduler_yield(&crew->s, me);
}

static int end_in_fault(void *context)
{
	static struct crew crew;

	run_with(&crew, 2, 1, 3, 10, *(void (**)(struct crew *, unsigned))context, exit_by_fault);
	return 0;
}

static void faults_are_told(void **state)
{
	void (*deadlock)(struct crew *, unsigned) = block_for_ever;
	void (*livelock)(struct crew *, unsigned) = yield_for_ever;

	(void)state;
	assert_int_equal(WEXITSTATUS(unit_in_child(end_in_fault, &deadlock, 30)), 10);
	assert_int_equal(WEXITSTATUS(unit_in_child(end_in_fault, &livelock, 30)), 11);
}

static void stamps_rise(void **state)
{
	struct lfb_scheduler s;
	uint64_t last = 0;

	(void)state;
	lfb_scheduler_init(&s, 2, 1, no_fault, NULL);
	for (unsigned i = 0; i < 10; i++) {
		const uint64_t now = lfb_scheduler_stamp(&s, i % 2 == 0);

		assert_true(now > last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_decides),	 cmocka_unit_test(every_order_comes),	  cmocka_unit_test(promised_probability),
		cmocka_unit_test(who_waits_for_a_lock_is_woken), cmocka_unit_test(who_spins_lets_others), cmocka_unit_test(faults_are_told),
		cmocka_unit_test(stamps_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
