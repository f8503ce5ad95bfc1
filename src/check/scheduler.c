/* scheduler.c - see scheduler.h. Its fields need no atomics but `turn`: who has the turn has them, and handing it on publishes them. */
#include "scheduler.h"

#include "script.h"

#include <linux/futex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Steps of one thread in a row without anything finished, in a first run; later it is reckoned from what operations take. */
#define PATIENCE_FIRST 20000u
#define PATIENCE_LEAST 500u
/* So many times the patience without anything finished, by anybody. Each has had its turns by then. */
#define LIVELOCK_PATIENCES 20u

/* Raw system calls: this also runs in a signal handler, and in threads that are stepped through. */
static void sleep_until_turn(struct lfb_runner *runner)
{
	/* Acquire: pairs with the release in give_turn; publishes all that the thread before has done. */
	while (__atomic_exchange_n(&runner->turn, 0, __ATOMIC_ACQUIRE) == 0)
		(void)syscall(SYS_futex, &runner->turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static void note_switch(struct lfb_scheduler *s, unsigned from, unsigned to)
{
	const struct lfb_runner *const runner = &s->runner[from];

	if (!s->planned || from == s->threads)
		return;
	if (s->switches < LFB_SWITCHES_MAX)
		s->kept[s->switches] = (struct lfb_switch){ s->clock, from, to, runner->place, runner->state == LFB_RUNNER_OUT };
	s->switches++;
	s->planned = to != s->threads;
}

static void give_turn(struct lfb_scheduler *s, unsigned from, unsigned to)
{
	note_switch(s, from, to);
	s->alone = 0;
	/* Release: pairs with the acquire in sleep_until_turn. */
	__atomic_store_n(&s->runner[to].turn, 1, __ATOMIC_RELEASE);
	(void)syscall(SYS_futex, &s->runner[to].turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* The highest that can go on; the host where there is none. */
static unsigned highest(const struct lfb_scheduler *s)
{
	unsigned best = s->threads;

	for (unsigned t = 0; t < s->threads; t++)
		if (s->runner[t].state == LFB_RUNNER_READY && (best == s->threads || s->runner[t].priority > s->runner[best].priority))
			best = t;
	return best;
}

static bool is_blocked(const struct lfb_scheduler *s)
{
	for (unsigned t = 0; t < s->threads; t++)
		if (s->runner[t].state == LFB_RUNNER_BLOCKED)
			return true;
	return false;
}

/* Go on, or let another. `me` is in. */
static void go_on(struct lfb_scheduler *s, unsigned me)
{
	const unsigned next = highest(s);

	if (next == me)
		return;
	if (next == s->threads)
		s->on_fault(s->context, LFB_SCHEDULE_DEADLOCK);
	give_turn(s, me, next);
	sleep_until_turn(&s->runner[me]);
}

void lfb_scheduler_init(struct lfb_scheduler *s, unsigned threads, uint64_t seed, void (*on_fault)(void *, enum lfb_schedule_fault), void *context)
{
	memset(s, 0, sizeof(*s));
	s->threads = threads;
	s->random = seed;
	s->patience = PATIENCE_FIRST;
	s->on_fault = on_fault;
	s->context = context;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A random order, above the priorities depth-1 .. 1 that the change points give. */
static void draw_priorities(struct lfb_scheduler *s, unsigned depth)
{
	for (unsigned t = 0; t < s->threads; t++) {
		const unsigned other = (unsigned)(lfb_script_random(&s->random) % (t + 1));

		s->runner[t].priority = s->runner[other].priority;
		s->runner[other].priority = (int64_t)depth + t;
	}
}

void lfb_scheduler_plan(struct lfb_scheduler *s, unsigned depth, uint64_t steps_expected)
{
	draw_priorities(s, depth);
	s->changes = depth - 1;
	s->changed = 0;
	s->switches = 0;
	s->planned = true;
	s->lowest = 0;
	for (unsigned i = 0; i < s->changes; i++)
		s->change_at[i] = s->steps + 1 + lfb_script_random(&s->random) % (steps_expected > 0 ? steps_expected : 1);
	qsort(s->change_at, s->changes, sizeof(s->change_at[0]), by_number);
	s->patience = steps_expected > PATIENCE_LEAST ? steps_expected : PATIENCE_LEAST;
	s->barren = 0;
}

void lfb_scheduler_run(struct lfb_scheduler *s, uint32_t members)
{
	unsigned first;

	for (unsigned t = 0; t < s->threads; t++)
		if ((members & 1u << t) != 0)
			s->runner[t].state = LFB_RUNNER_READY;
	first = highest(s);
	if (first == s->threads)
		return;
	give_turn(s, s->threads, first);
	sleep_until_turn(&s->runner[s->threads]);
}

void lfb_scheduler_enter(struct lfb_scheduler *s, unsigned me)
{
	sleep_until_turn(&s->runner[me]);
}

void lfb_scheduler_leave(struct lfb_scheduler *s, unsigned me)
{
	unsigned next;

	s->runner[me].state = LFB_RUNNER_OUT;
	next = highest(s);
	if (next == s->threads && is_blocked(s))
		s->on_fault(s->context, LFB_SCHEDULE_DEADLOCK);
	give_turn(s, me, next);
}

/* The i-th change point gives depth-i: below where all began, and below the one before. */
static void pass_change_points(struct lfb_scheduler *s, unsigned me)
{
	for (; s->changed < s->changes && s->steps >= s->change_at[s->changed]; s->changed++)
		s->runner[me].priority = (int64_t)(s->changes - s->changed);
}

void lfb_scheduler_step(struct lfb_scheduler *s, unsigned me)
{
	s->steps++;
	s->clock++;
	if (++s->barren > s->patience * LIVELOCK_PATIENCES)
		s->on_fault(s->context, LFB_SCHEDULE_LIVELOCK);
	pass_change_points(s, me);
	if (++s->alone > s->patience) {
		s->runner[me].priority = --s->lowest;
		s->alone = 0;
	}
	go_on(s, me);
}

void lfb_scheduler_yield(struct lfb_scheduler *s, unsigned me)
{
	s->runner[me].priority = --s->lowest;
	lfb_scheduler_step(s, me);
}

void lfb_scheduler_block(struct lfb_scheduler *s, unsigned me, const volatile void *on)
{
	s->steps++;
	s->clock++;
	s->runner[me].on = on;
	s->runner[me].state = LFB_RUNNER_BLOCKED;
	go_on(s, me);
}

static bool waits_on(const struct lfb_runner *runner, const volatile void *on)
{
	return runner->state == LFB_RUNNER_BLOCKED && runner->on == on;
}

uint32_t lfb_scheduler_wake(struct lfb_scheduler *s, const volatile void *on, uint32_t most)
{
	const unsigned first = (unsigned)(lfb_script_random(&s->random) % s->threads);
	uint32_t woken = 0;

	for (unsigned i = 0; i < s->threads && woken < most; i++) {
		struct lfb_runner *const runner = &s->runner[(first + i) % s->threads];

		if (waits_on(runner, on)) {
			runner->state = LFB_RUNNER_READY;
			woken++;
		}
	}
	return woken;
}

uint64_t lfb_scheduler_stamp(struct lfb_scheduler *s, bool finished)
{
	if (finished)
		s->barren = s->alone = 0;
	return ++s->clock;
}
