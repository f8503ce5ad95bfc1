/* test_stepper.c - stopping a thread inside an operation: at every instruction, by the trap flag and by a signal; and what an operation may do meanwhile. */
#include "unit.h"

#include "progress/stepper.h"

#include <pthread.h>

#define WAIT_NS UINT64_C(10000000000)

static volatile unsigned a, b;

/* An operation with an order that can be seen from outside. */
static __attribute__((noinline)) void two_stores(struct lfb_thread *order)
{
	(void)order;
	a++;
	b++;
}

struct victim {
	struct lfb_stepper stepper;
	pthread_t thread;
	lfb_loop operation;
	enum lfb_stall_way way;
};

static void *victim_main(void *argument)
{
	struct victim *const v = (struct victim *)argument;
	const uint64_t stop_at = v->stepper.stop_at, steps_max = v->stepper.steps_max, delay_ns = v->stepper.delay_ns;

	assert_int_equal(lfb_stepper_open(&v->stepper, v->way, lfb_code_of((const void *)(uintptr_t)victim_main)), 0);
	v->stepper.stop_at = stop_at;
	v->stepper.delay_ns = 15000; /* some_time takes longer */
	v->stepper.steps_max = steps_max;
	v->stepper.delay_ns = delay_ns;
	lfb_stepper_call(&v->stepper, v->operation, NULL);
	lfb_stepper_close(&v->stepper);
	return NULL;
}

/* Returns whether it stopped; then it has still to be released and joined. */
static bool start(struct victim *v, lfb_loop operation, enum lfb_stall_way way, uint64_t stop_at)
{
	memset(v, 0, sizeof(*v));
	v->operation = operation;
	v->way = way;
	v->stepper.stop_at = stop_at;
	v->stepper.delay_ns = 15000; /* some_time takes longer */
	v->stepper.steps_max = UINT64_MAX;
	assert_int_equal(pthread_create(&v->thread, NULL, victim_main, v), 0);
	return lfb_stepper_wait(&v->stepper, WAIT_NS) == LFB_STEPPER_PARKED;
}

static void finish(struct victim *v)
{
	lfb_stepper_release(&v->stepper);
	assert_int_equal(pthread_join(v->thread, NULL), 0);
}

static struct victim *victim(void)
{
	static struct victim it __attribute__((aligned(LFB_LINE)));

	if (!lfb_stall_trap_works())
		skip();
	return &it;
}

/* Stopped before each instruction in turn, the two stores happen one after the other and neither twice. */
static void test_every_instruction(void **state)
{
	struct victim *const v = victim();
	unsigned neither = 0, first = 0, both = 0;
	uint64_t steps;

	(void)state;
	assert_false(start(v, two_stores, LFB_STALL_TRAP, LFB_STEPPER_NEVER));
	finish(v);
	steps = v->stepper.steps;
	assert_in_range(steps, 3, 1000);
	for (uint64_t k = 0; k < steps; k++) {
		a = b = 0;
		assert_true(start(v, two_stores, LFB_STALL_TRAP, k));
		assert_int_equal(v->stepper.steps, k);
		assert_true(v->stepper.own == v->stepper.pc && v->stepper.entry == 0);
		if (k == 0)
			assert_true(v->stepper.pc == (uintptr_t)two_stores);
		neither += a == 0 && b == 0;
		first += a == 1 && b == 0;
		both += a == 1 && b == 1;
		finish(v);
		assert_true(a == 1 && b == 1);
	}
	assert_true(neither >= 1 && first >= 1 && both >= 1);
	assert_int_equal(neither + first + both, steps);
	a = b = 0;
	assert_false(start(v, two_stores, LFB_STALL_TRAP, steps)); /* it has no more than that */
	finish(v);
}

static __attribute__((noinline)) void with_system_call(struct lfb_thread *order)
{
	(void)order;
	a = getpid() == (pid_t)syscall(SYS_getpid);
}

/* Flags that are stored with the trap flag in them and restored later do not go on stepping afterwards. */
static __attribute__((noinline)) void with_flags(struct lfb_thread *order)
{
	(void)order;
#if defined(__x86_64__)
	__asm__ volatile("subq $128, %%rsp\n\tpushfq\n\tpopfq\n\tlock incl %0\n\tpause\n\taddq $128, %%rsp" : "+m"(a)::"cc", "memory");
#endif
}

static void *count_up(void *argument)
{
	for (unsigned i = 0; i < 1000; i++)
		++*(volatile unsigned *)argument;
	return NULL;
}

static __attribute__((noinline)) void with_thread(struct lfb_thread *order)
{
	static unsigned count;
	pthread_t thread;

	(void)order;
	count = 0;
	if (pthread_create(&thread, NULL, count_up, &count) == 0)
		(void)pthread_join(thread, NULL);
	a = count == 1000;
}

static __attribute__((noinline)) void with_process(struct lfb_thread *order)
{
	int status = -1;
	const pid_t child = fork();

	(void)order;
	if (child == 0)
		_exit(7);
	(void)waitpid(child, &status, 0);
	a = WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static __attribute__((noinline)) void with_vfork(struct lfb_thread *order)
{
	int status = -1;
	const pid_t child = vfork();

	(void)order;
	if (child == 0)
		_exit(7);
	(void)waitpid(child, &status, 0);
	a = WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

/* Stepping through what queues and allocators may do changes nothing about it. */
static void test_operations(void **state)
{
	static const lfb_loop operations[] = { with_system_call, with_flags, with_thread, with_process, with_vfork };
	struct victim *const v = victim();

	(void)state;
	for (size_t i = 0; i < COUNT(operations) - (UNIT_SANITIZED ? 3 : 0); i++) {
		a = 0;
		assert_false(start(v, operations[i], LFB_STALL_TRAP, LFB_STEPPER_NEVER));
		finish(v);
		assert_int_equal(a, 1);
		assert_in_range(v->stepper.steps, 3, 1000000);
	}
}

/* Outside of the object: where it was left, and where to. */
static void test_entry(void **state)
{
	struct victim *const v = victim();
	unsigned outside = 0;
	uint64_t steps;

	(void)state;
	assert_false(start(v, with_system_call, LFB_STALL_TRAP, LFB_STEPPER_NEVER));
	finish(v);
	steps = v->stepper.steps;
	for (uint64_t k = 0; k < steps && outside < 5; k += UNIT_SANITIZED ? 50 : 1) {
		if (start(v, with_system_call, LFB_STALL_TRAP, k) && v->stepper.entry != 0) {
			outside++;
			assert_true(v->stepper.own >= v->stepper.code.start && v->stepper.own < v->stepper.code.end);
			assert_false(v->stepper.entry >= v->stepper.code.start && v->stepper.entry < v->stepper.code.end);
		}
		finish(v);
	}
	assert_true(UNIT_SANITIZED || outside > 0);
}

static __attribute__((noinline)) void endless(struct lfb_thread *order)
{
	(void)order;
	while (!b)
		;
}

static void let_go(struct lfb_stepper *stepper)
{
	if (stepper->steps == 400)
		b = 1;
}

/* What never ends under stepping is given up, and then runs at full speed; the caller sees each step. */
static void test_gives_up(void **state)
{
	struct victim *const v = victim();

	(void)state;
	b = 0;
	memset(v, 0, sizeof(*v));
	v->operation = endless;
	v->stepper.stop_at = LFB_STEPPER_NEVER;
	v->stepper.steps_max = 500;
	v->stepper.on_step = let_go;
	assert_int_equal(pthread_create(&v->thread, NULL, victim_main, v), 0);
	assert_int_equal(lfb_stepper_wait(&v->stepper, WAIT_NS), LFB_STEPPER_FINISHED);
	assert_int_equal(pthread_join(v->thread, NULL), 0);
	b = 0;
	v->stepper.state = LFB_STEPPER_FREE;
	v->stepper.steps_max = 300;
	assert_int_equal(pthread_create(&v->thread, NULL, victim_main, v), 0);
	assert_int_equal(lfb_stepper_wait(&v->stepper, 100000000), LFB_STEPPER_FREE);
	b = 1;
	assert_int_equal(lfb_stepper_wait(&v->stepper, WAIT_NS), LFB_STEPPER_FINISHED);
	assert_int_equal(pthread_join(v->thread, NULL), 0);
	assert_true(v->stepper.gave_up && v->stepper.steps == 300);
}

static __attribute__((noinline)) void some_time(struct lfb_thread *order)
{
	(void)order;
	for (unsigned i = 0; i < 20000; i++)
		a++;
}

/* By a signal: inside or not at all. Chance decides, so many tries. */
static void test_by_signal(void **state)
{
	static struct victim it __attribute__((aligned(LFB_LINE)));
	unsigned stopped = 0;

	(void)state;
	for (unsigned i = 0; i < 200 && stopped < 5; i++) {
		a = 0;
		if (start(&it, some_time, LFB_STALL_SIGNAL, 1)) {
			stopped++;
			assert_true(it.stepper.pc >= it.stepper.code.start && it.stepper.pc < it.stepper.code.end);
		}
		finish(&it);
		assert_true(a > 0 && a % 20000 == 0); /* whole calls, as many as it took */
	}
	assert_true(stopped > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_instruction), cmocka_unit_test(test_operations), cmocka_unit_test(test_entry),
		cmocka_unit_test(test_gives_up),	  cmocka_unit_test(test_by_signal),
	};

#if defined(__SANITIZE_THREAD__)
	(void)tests;
	puts("the thread sanitizer delivers signals when it likes, and its own code is what would be stepped through");
	return 77;
#else
	return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
