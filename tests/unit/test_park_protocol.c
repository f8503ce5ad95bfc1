/*
 * test_park_protocol.c - the steps of loop_parking.h, one at a time: a queue whose values appear when the script says so,
 * and a sleep that is only written down. What a stress test meets by chance is here forced to happen.
 */
#include "unit.h"

#include <lfbench/backend.h>

#include <string.h>

#define VALUES 8u

struct q {
	uint64_t values[VALUES];
	uint64_t popped, visible; /* those from `visible` on hide behind an unfinished push */
	uint64_t room;            /* pushes that still find room */
	bool show_when_armed;     /* all becomes visible, or room is made, once a sleeper counts itself */
	struct lfb_queue_events *events;
};

struct q_handle {
	char unused;
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	(void)cell;
	*out = NULL;
	return 0;
}

static void q_destroy(struct q *q)
{
	(void)q;
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	(void)h;
	(void)value;
	if (q->show_when_armed && q->events->not_full.sleepers > 0)
		q->room = VALUES;
	if (q->room == 0)
		return false;
	q->room--;
	return true;
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	(void)h;
	if (q->show_when_armed && q->events->not_empty.sleepers > 0)
		q->visible = VALUES;
	if (q->popped == q->visible)
		return false;
	*value = q->values[q->popped++];
	return true;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "scripted", .summary = "", .library = "", .version = "", .claims = { .bounded = true }, .slot_bytes = 8);

static struct {
	struct q q;
	struct q_handle handle;
	struct lfb_shared shared;
	struct lfb_queue_events events;
	struct lfb_thread thread;
	unsigned sleeps, wakes_not_empty, wakes_not_full;
	void (*during_sleep)(void);
} s;

static void sleep_once(uint32_t *word, uint32_t seen)
{
	assert_int_equal(*word, seen);
	assert_true(++s.sleeps < 3); /* nobody is there to wake it a third time */
	s.during_sleep();
}

static void wake(uint32_t *word, uint32_t sleepers)
{
	assert_true(sleepers > 0);
	s.wakes_not_empty += word == &s.events.not_empty.sequence;
	s.wakes_not_full += word == &s.events.not_full.sequence;
}

static const struct lfb_parking spy = { sleep_once, wake };

static void prepare(uint64_t visible, uint64_t room)
{
	memset(&s, 0, sizeof(s));
	for (uint64_t i = 0; i < VALUES; i++)
		s.q.values[i] = i + 1;
	s.q.visible = visible;
	s.q.room = room;
	s.q.events = &s.events;
	s.shared.producers_running = 1;
	s.thread.queue[0] = &s.q;
	s.thread.handle[0] = &s.handle;
	s.thread.events[0] = &s.events;
	s.thread.shared = &s.shared;
	s.thread.parking = &spy;
	s.thread.wait = LFB_WAIT_PARK;
	s.thread.first_value = 1;
}

static bool pop(uint64_t *value)
{
	return lfb_pop_while_produced(&s.thread, &s.q, &s.handle, value, LFB_PARK);
}

static bool push(void)
{
	return lfb_push(&s.thread, &s.q, &s.handle, 1, LFB_PARK);
}

static void show_two(void)
{
	s.q.visible = 2;
}

static void show_none(void)
{
	s.shared.producers_running = 0;
}

static void make_room(void)
{
	s.q.room = 2;
}

static void call_off(void)
{
	s.shared.abort = 1;
}

static void who_finds_a_value_does_not_wake_consumers(void **state)
{
	uint64_t value;

	(void)state;
	prepare(VALUES, 0);
	s.events.not_empty.sleepers = 1;
	assert_true(pop(&value));
	assert_int_equal(value, 1);
	assert_int_equal(s.sleeps + s.wakes_not_empty, 0);
}

/* One push completes and shows two values, and wakes one consumer: that one must wake the other. */
static void who_has_slept_for_a_value_wakes_another(void **state)
{
	uint64_t value;

	(void)state;
	prepare(0, 0);
	s.events.not_empty.sleepers = 1; /* somebody else */
	s.during_sleep = show_two;
	assert_true(pop(&value));
	assert_int_equal(s.sleeps, 1);
	assert_int_equal(s.wakes_not_empty, 1);
	assert_int_equal(s.events.not_empty.sleepers, 1);
}

static void who_has_slept_for_room_wakes_another(void **state)
{
	(void)state;
	prepare(0, 0);
	s.events.not_full.sleepers = 1;
	s.during_sleep = make_room;
	assert_true(push());
	assert_int_equal(s.sleeps, 1);
	assert_int_equal(s.wakes_not_full, 1);
	assert_int_equal(s.events.not_full.sleepers, 1);
}

/* What is published between the last try and being counted is found by one try more. */
static void who_counts_itself_looks_once_more(void **state)
{
	uint64_t value;

	(void)state;
	prepare(0, 0);
	s.q.show_when_armed = true;
	assert_true(pop(&value));
	assert_true(push());
	assert_int_equal(s.sleeps, 0);
	assert_int_equal(s.events.not_empty.sleepers + s.events.not_full.sleepers, 0);
}

static void a_push_and_a_pop_wake_whom_they_serve(void **state)
{
	uint64_t value;

	(void)state;
	prepare(VALUES, VALUES);
	assert_true(push() && pop(&value));
	assert_int_equal(s.wakes_not_empty + s.wakes_not_full, 0);
	s.events.not_empty.sleepers = s.events.not_full.sleepers = 1;
	assert_true(push());
	assert_int_equal(s.wakes_not_empty, 1);
	assert_int_equal(s.events.not_empty.sequence, 1);
	assert_true(pop(&value));
	assert_int_equal(s.wakes_not_full, 1);
	assert_int_equal(s.thread.wakes, 2);
}

static void batches_wake_too(void **state)
{
	(void)state;
	prepare(VALUES, VALUES);
	s.events.not_empty.sleepers = s.events.not_full.sleepers = 1;
	s.thread.items = 4;
	s.thread.batch = 4;
	lfb_produce_batch_park(&s.thread);
	assert_int_equal(s.thread.pushed, 4);
	assert_int_equal(s.wakes_not_empty, 2); /* of the values, and of the end */
	lfb_consume_batch_park(&s.thread);
	assert_int_equal(s.thread.popped, VALUES);
	assert_int_equal(s.wakes_not_full, VALUES / 4);
}

static void the_end_of_production_ends_a_sleep(void **state)
{
	uint64_t value;

	(void)state;
	prepare(0, 0);
	s.during_sleep = show_none;
	assert_false(pop(&value));
	assert_int_equal(s.sleeps, 1);
	assert_int_equal(s.events.not_empty.sleepers, 0);
	/* And the last producer tells it. */
	prepare(0, VALUES);
	s.events.not_empty.sleepers = 1;
	lfb_produce_park(&s.thread);
	assert_int_equal(s.shared.producers_running, 0);
	assert_int_equal(s.wakes_not_empty, 1);
}

static void calling_off_ends_a_sleep(void **state)
{
	uint64_t value;

	(void)state;
	prepare(0, 0);
	s.during_sleep = call_off;
	assert_false(pop(&value));
	assert_false(push()); /* does not even begin to sleep */
	assert_int_equal(s.sleeps, 1);
	assert_int_equal(s.events.not_empty.sleepers + s.events.not_full.sleepers, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_finds_a_value_does_not_wake_consumers),
		cmocka_unit_test(who_has_slept_for_a_value_wakes_another),
		cmocka_unit_test(who_has_slept_for_room_wakes_another),
		cmocka_unit_test(who_counts_itself_looks_once_more),
		cmocka_unit_test(a_push_and_a_pop_wake_whom_they_serve),
		cmocka_unit_test(batches_wake_too),
		cmocka_unit_test(the_end_of_production_ends_a_sleep),
		cmocka_unit_test(calling_off_ends_a_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
