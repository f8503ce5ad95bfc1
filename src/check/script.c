/* script.c - see script.h. */
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The smallest capacity is asked for as 1; backends round it up to what they can. */
const struct lfb_check_shape lfb_check_shapes[] = {
	{ .name = "pair", .summary = "one producer, one consumer, the smallest capacity", .producers = 1, .consumers = 1, .capacity = 1, .spread = 1, .items = 4000 },
	{ .name = "roomy", .summary = "one producer, one consumer, a little more room", .producers = 1, .consumers = 1, .capacity = 2, .spread = 30, .items = 4000 },
	{ .name = "funnel", .summary = "many producers, one consumer", .producers = 3, .consumers = 1, .capacity = 1, .spread = 8, .items = 1500, .crowded = true },
	{ .name = "fan", .summary = "one producer, many consumers", .producers = 1, .consumers = 3, .capacity = 1, .spread = 8, .items = 4000, .crowded = true },
	{ .name = "many", .summary = "many producers, many consumers, the smallest capacity", .producers = 2, .consumers = 2, .capacity = 1, .spread = 1, .items = 2000, .crowded = true },
	{ .name = "crowd", .summary = "more threads than CPUs", .producers = 5, .consumers = 5, .capacity = 1, .spread = 12, .items = 400, .crowded = true },
	{ .name = "refusals", .summary = "every FULL and EMPTY is taken for an answer", .producers = 2, .consumers = 2, .capacity = 1, .spread = 4, .items = 2000, .tries = 1 },
	{ .name = "reuse", .summary = "threads that pop and push in turn: nodes are used again at once", .mixed = 3, .capacity = 1, .spread = 4, .items = 1500, .tries = 2 },
	{ .name = "stalls", .summary = "threads are stopped at random, also within an operation", .producers = 2, .consumers = 2, .capacity = 1, .spread = 64, .items = 1200, .stalls = true },
	{ .name = "stalled_reuse", .summary = "the same while they pop and push in turn", .mixed = 3, .capacity = 1, .spread = 16, .items = 1200, .tries = 2, .stalls = true },
	{ .name = "bursts", .summary = "a few operations between two quiet moments, searched exactly", .producers = 2, .consumers = 2, .capacity = 1, .spread = 3, .items = 150, .tries = 1, .bursts = true },
	{ .name = "mixed_bursts", .summary = "the same by threads that push and pop", .mixed = 2, .capacity = 1, .spread = 3, .items = 200, .tries = 1, .bursts = true },
	{ .name = "batch", .summary = "several values at once", .producers = 2, .consumers = 2, .capacity = 1, .spread = 16, .items = 2000, .batch = 8 },
	{ .name = "block", .summary = "the backend's own blocking push and pop", .producers = 2, .consumers = 2, .capacity = 1, .spread = 4, .items = 1000, .blocks = true },
	{ .name = NULL },
};

const char *const lfb_check_shape_names[] = { "pair",  "roomy",  "funnel",	  "fan",    "many",	    "crowd", "refusals", "reuse",
					      "stalls", "stalled_reuse", "bursts", "mixed_bursts", "batch", "block", NULL };

_Static_assert(sizeof(lfb_check_shapes) / sizeof(lfb_check_shapes[0]) == sizeof(lfb_check_shape_names) / sizeof(lfb_check_shape_names[0]),
	       "a shape has no name here");

/* Pops beyond the pushes, so that a queue that repeats values is seen to. */
#define SPARE_POPS 16u
/* Operations of one thread in a burst, at most. */
#define BURST_OPS 3u

uint64_t lfb_script_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static uint32_t below(uint64_t *random, uint32_t limit)
{
	return (uint32_t)(lfb_script_random(random) % limit);
}

bool lfb_check_shape_fits(const struct lfb_check_shape *shape, const struct lfb_claims *claims, bool has_block)
{
	const bool many_in = claims->producers == LFB_MANY, many_out = claims->consumers == LFB_MANY;

	if (shape->mixed > 0)
		return many_in && many_out;
	if (shape->crowded && !((shape->producers > 1 && many_in) || (shape->consumers > 1 && many_out)))
		return false;
	return has_block || !shape->blocks;
}

static int add_step(struct lfb_script_thread *thread, struct lfb_history_step step)
{
	if (thread->count == thread->room) {
		const size_t room = thread->room > 0 ? 2 * thread->room : 64;
		struct lfb_history_step *const grown = reallocarray(thread->steps, room, sizeof(*grown));

		if (grown == NULL)
			return -ENOMEM;
		thread->steps = grown;
		thread->room = room;
	}
	thread->steps[thread->count++] = step;
	if (step.what != LFB_STEP_MEET) /* two refusals may stand before what succeeds */
		thread->slots += (uint64_t)step.times * (step.count + 2u);
	return 0;
}

/* What every script is written with. */
struct writer {
	const struct lfb_check_shape *shape;
	struct lfb_script *script;
	uint64_t random;
};

/* A step that takes some time before each try: mostly none, at times long enough for all others to get past. */
static struct lfb_history_step timed_step(struct writer *w, enum lfb_history_what what, uint32_t times)
{
	struct lfb_history_step step = { .what = (uint8_t)what, .count = 1, .tries = (uint16_t)w->shape->tries, .times = times };
	const uint32_t dice = below(&w->random, 32);

	if (dice < 12)
		step.pauses = (uint16_t)below(&w->random, 20);
	else if (dice == 12)
		step.pauses = (uint16_t)below(&w->random, 2000);
	else if (dice == 13)
		step.yields = (uint8_t)(1 + below(&w->random, 3));
	return step;
}

static enum lfb_history_what push_form(const struct lfb_check_shape *shape)
{
	return shape->blocks ? LFB_STEP_PUSH_WAIT : shape->batch > 0 ? LFB_STEP_PUSH_BATCH : LFB_STEP_PUSH;
}

static enum lfb_history_what pop_form(const struct lfb_check_shape *shape)
{
	return shape->blocks ? LFB_STEP_POP_WAIT : shape->batch > 0 ? LFB_STEP_POP_BATCH : LFB_STEP_POP;
}

static uint8_t batch_count(struct writer *w)
{
	return (uint8_t)(w->shape->batch > 0 ? 1 + below(&w->random, w->shape->batch) : 1);
}

static int write_producer(struct writer *w, struct lfb_script_thread *thread, uint64_t items)
{
	int rc = 0;

	thread->produces = true;
	for (uint64_t done = 0; rc == 0 && done < items;) {
		struct lfb_history_step step = timed_step(w, push_form(w->shape), 1 + below(&w->random, 16));

		step.count = batch_count(w);
		rc = add_step(thread, step);
		done += (uint64_t)step.times * step.count;
		w->script->items += (uint64_t)step.times * step.count;
	}
	return rc;
}

/* Pop in varying rhythms, and then until all is there is; with `tries`, for as many answers as there are pushes. */
static int write_consumer(struct writer *w, struct lfb_script_thread *thread, uint64_t items)
{
	struct lfb_history_step last;
	int rc = 0;

	thread->consumes = true;
	for (uint64_t done = 0; rc == 0 && done < items / 2;) {
		struct lfb_history_step step = timed_step(w, pop_form(w->shape), 1 + below(&w->random, 16));

		/* A value need not come for it: others may have had them all. */
		step.until = w->shape->tries > 0 ? LFB_UNTIL_TIMES : LFB_UNTIL_PRODUCED;
		step.count = batch_count(w);
		rc = add_step(thread, step);
		done += (uint64_t)step.times * step.count;
	}
	last = timed_step(w, pop_form(w->shape), (uint32_t)(w->script->items + SPARE_POPS));
	last.pauses = last.yields = 0;
	last.tries = 0;
	last.until = LFB_UNTIL_PRODUCED;
	last.count = batch_count(w);
	return rc == 0 ? add_step(thread, last) : rc;
}

static int write_mixed(struct writer *w, struct lfb_script_thread *thread, uint64_t items)
{
	int rc = 0;

	thread->produces = thread->consumes = true;
	for (uint64_t done = 0; rc == 0 && done < items; done++) {
		const bool pushes = below(&w->random, 8) == 0 ? below(&w->random, 2) == 0 : done % 2 == 1;

		rc = add_step(thread, timed_step(w, pushes ? LFB_STEP_PUSH : LFB_STEP_POP, 1 + (below(&w->random, 8) == 0)));
		w->script->items += 2 * pushes;
	}
	return rc;
}

static const struct lfb_history_step meet = { .what = LFB_STEP_MEET, .count = 1, .times = 1 };

/* One thread's operations of one burst. */
static int write_burst(struct writer *w, struct lfb_script_thread *thread)
{
	int rc = 0;

	for (uint32_t n = below(&w->random, BURST_OPS + 1); rc == 0 && n > 0; n--) {
		const bool pushes = thread->produces && (!thread->consumes || below(&w->random, 2) == 0);
		struct lfb_history_step step = { .what = pushes ? LFB_STEP_PUSH : LFB_STEP_POP, .count = 1, .tries = 1, .times = 1 };

		if (below(&w->random, 2) == 0)
			step.pauses = (uint16_t)below(&w->random, 30);
		rc = add_step(thread, step);
		w->script->items += pushes;
	}
	return rc;
}

/* All meet before and after; then the last thread, which may pop, takes what is left, and only then they meet again. */
static int write_bursts(struct writer *w, uint64_t bursts)
{
	const struct lfb_history_step drain = { .what = LFB_STEP_POP, .count = 1, .tries = 1, .until = LFB_UNTIL_EMPTY,
						.times = LFB_SCRIPT_THREADS_MAX * BURST_OPS };
	struct lfb_script *const script = w->script;
	int rc = 0;

	for (uint64_t b = 0; rc == 0 && b < bursts; b++) {
		for (unsigned t = 0; rc == 0 && t < script->threads; t++) {
			rc = add_step(&script->thread[t], meet);
			rc = rc == 0 ? write_burst(w, &script->thread[t]) : rc;
			rc = rc == 0 ? add_step(&script->thread[t], meet) : rc;
		}
		rc = rc == 0 ? add_step(&script->thread[script->threads - 1], drain) : rc;
	}
	return rc;
}

/* How many operations: few as often as many, since a short history has the more of beginning and end. */
static uint64_t draw_items(struct writer *w)
{
	const uint64_t most = w->shape->items >> below(&w->random, 4);

	return 1 + most / 2 + below(&w->random, (uint32_t)most / 2 + 1);
}

static void count_threads(const struct lfb_check_shape *shape, const struct lfb_claims *claims, struct lfb_script *script)
{
	script->producers = shape->mixed > 0 ? shape->mixed : claims->producers == LFB_ONE ? 1 : shape->producers;
	script->consumers = shape->mixed > 0 ? shape->mixed : claims->consumers == LFB_ONE ? 1 : shape->consumers;
	script->threads = shape->mixed > 0 ? shape->mixed : script->producers + script->consumers;
}

/* Producers come first: what consumers expect is then known, and a thread's number is its producer's. */
static int write_all(struct writer *w, uint64_t items)
{
	struct lfb_script *const script = w->script;
	int rc = 0;

	for (unsigned t = 0; t < script->threads; t++) {
		script->thread[t].produces = t < script->producers;
		script->thread[t].consumes = w->shape->mixed > 0 || t >= script->producers;
	}
	if (w->shape->bursts)
		return write_bursts(w, items);
	for (unsigned t = 0; rc == 0 && t < script->threads; t++) {
		if (w->shape->mixed > 0)
			rc = write_mixed(w, &script->thread[t], items);
		else if (t < script->producers)
			rc = write_producer(w, &script->thread[t], items);
		else
			rc = write_consumer(w, &script->thread[t], items * script->producers / script->consumers);
	}
	return rc;
}

int lfb_script_make(const struct lfb_check_shape *shape, const struct lfb_claims *claims, uint64_t seed, struct lfb_script *out)
{
	struct writer w = { .shape = shape, .script = out, .random = seed };

	memset(out, 0, sizeof(*out));
	count_threads(shape, claims, out);
	out->capacity = shape->capacity + below(&w.random, shape->spread);
	out->stalls = shape->stalls;
	return write_all(&w, draw_items(&w));
}

void lfb_script_free(struct lfb_script *script)
{
	for (unsigned t = 0; t < script->threads; t++)
		free(script->thread[t].steps);
	memset(script, 0, sizeof(*script));
}
