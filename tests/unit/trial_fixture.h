/*
 * trial_fixture.h - a trial of the queue in faulty.h, set up for each test and run in an arena
 * that all tests of the program share; and signals that come while it runs.
 */
#ifndef LFBENCH_TESTS_UNIT_TRIAL_FIXTURE_H
#define LFBENCH_TESTS_UNIT_TRIAL_FIXTURE_H

#include "trial/arena.h"
#include "faulty.h"
#include "plan/names.h"
#include "trial/trial.h"

#include <signal.h>
#include <string.h>

#define RESERVED ((size_t)1 << 30)
#define SECOND_NS UINT64_C(1000000000)
#define LONG_NS (20 * SECOND_NS)

static struct lfb_plugin plugin;
static struct lfb_ops ops;
static struct lfb_shape shape;
static struct lfb_trial_setup setup;
static struct lfb_trial_result result;

/* A trial of the workload with this fault, to be changed before run(). */
static inline void prepare(const char *workload, uint32_t producers, uint32_t consumers, enum fault fault, uint64_t at)
{
	faulty_use(fault, at, &plugin, &ops);
	shape = (struct lfb_shape){ .workload = &lfb_workloads[lfb_name_find(lfb_workload_names, workload)],
				    .producers = producers,
				    .consumers = consumers,
				    .capacity = 64,
				    .batch = 1,
				    .wait = LFB_WAIT_YIELD,
				    .pin = "none" };
	lfb_shape_preset(&shape);
	setup = (struct lfb_trial_setup){
		.plugin = &plugin,
		.shape = &shape,
		.arena = setup.arena,
		.arena_reserved_bytes = RESERVED,
		.timeout_ns = LONG_NS,
	};
}

static inline void run(uint64_t items, bool audit)
{
	lfb_trial_result_free(&result);
	memset(&result, 0x5A, sizeof(result)); /* all of it is to be filled */
	lfb_trial_run(&setup, items, audit, &result);
}

static inline void ended(enum lfb_status status, const char *reason)
{
	if (result.status != status)
		fail_msg("%s: %s", lfb_status_names[result.status], result.reason);
	unit_has(result.reason, reason);
	/* Whatever happened, all that was made was unmade. */
	assert_false(result.hung);
	assert_int_equal(faulty.destroys, faulty.creates - (faulty.create_fails_at != 0));
	assert_int_equal(faulty.detaches, faulty.attaches - (faulty.attach_fails_at != 0));
	assert_int_equal(faulty.bad_handles, 0);
}

static inline int map(void **state)
{
	(void)state;
	return lfb_arena_map(&setup.arena, RESERVED);
}

static inline int unmap(void **state)
{
	(void)state;
	lfb_trial_result_free(&result);
	lfb_arena_unmap(&setup.arena, RESERVED);
	return 0;
}

static volatile sig_atomic_t interrupted;

static inline void on_signal(int number)
{
	interrupted = number;
}

/* SIGUSR1 after `first_ms` and then, if not 0, every `every_ms`. */
static inline timer_t signals_from(unsigned first_ms, unsigned every_ms)
{
	const struct itimerspec times = { .it_value = { .tv_nsec = (long)first_ms * 1000000 },
					  .it_interval = { .tv_nsec = (long)every_ms * 1000000 } };
	struct sigevent event;
	struct sigaction action;
	timer_t timer;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = SIGUSR1;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	interrupted = 0;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &times, NULL), 0);
	return timer;
}

#endif
