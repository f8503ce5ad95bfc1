/* test_single_step.c - a thread that is stopped before each instruction: all of them, none of another thread's, and registers that are changed. */
#include "unit.h"

#include "check/single_step.h"

#include <pthread.h>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

static volatile unsigned long stops;
static volatile uint64_t inside_begin, inside_end, inside_stops;

static void count(struct lfb_step_registers *r)
{
	stops++;
	if (r->rip >= inside_begin && r->rip < inside_end)
		inside_stops++;
}

/* Ten instructions between two known addresses. */
__attribute__((noinline)) static void ten_instructions(void)
{
	uint64_t begin, end;

	__asm__ volatile("lea 1f(%%rip), %0\n\tlea 2f(%%rip), %1" : "=r"(begin), "=r"(end));
	inside_begin = begin;
	inside_end = end;
	lfb_single_step_begin();
	__asm__ volatile("1:\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n2:" ::: "memory");
	lfb_single_step_end();
}

static void every_instruction_stops(void **state)
{
	unsigned long after;

	(void)state;
	if (!lfb_single_step_works())
		skip();
	assert_int_equal(lfb_single_step_install(count), 0);
	ten_instructions();
	assert_int_equal(inside_stops, 10);
	after = stops;
	assert_true(after >= 10);
	assert_int_equal(stops, after); /* and none after the end */
}

static void *idle(void *argument)
{
	(void)argument;
	return NULL;
}

static void another_thread_is_not_stopped(void **state)
{
	pthread_t thread;
	unsigned long before;

	(void)state;
	if (!lfb_single_step_works())
		skip();
	assert_int_equal(lfb_single_step_install(count), 0);
	before = stops;
	assert_int_equal(pthread_create(&thread, NULL, idle, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(stops, before);
}

/* The time is 42, whatever the processor says. */
static void answer(struct lfb_step_registers *r)
{
	if (memcmp((const void *)(uintptr_t)r->rip, "\x0f\x31", 2) == 0) {
		r->rax = 42;
		r->rdx = 0;
		r->rip += 2;
	}
}

static void registers_can_be_changed(void **state)
{
	uint32_t low, high;

	(void)state;
	if (!lfb_single_step_works())
		skip();
	assert_int_equal(lfb_single_step_install(answer), 0);
	lfb_single_step_begin();
	__asm__ volatile("nop\n\trdtsc" : "=a"(low), "=d"(high));
	lfb_single_step_end();
	assert_int_equal(low, 42);
	assert_int_equal(high, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_instruction_stops),
		cmocka_unit_test(another_thread_is_not_stopped),
		cmocka_unit_test(registers_can_be_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void elsewhere_it_says_so(void **state)
{
	(void)state;
#if !defined(__x86_64__)
	assert_false(lfb_single_step_works());
	assert_true(lfb_single_step_install(NULL) != 0);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(elsewhere_it_says_so) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
