/* schedule_script.c - see schedule_script.h. */
#include "schedule_script.h"

#include <string.h>

/* Operations of one thread, at most. */
#define OPS_MAX 4u
#define BATCH_MAX 3u
#define CAPACITY_SPREAD 3u
/* Pops beyond what is pushed, for consumers that block: they leave when the queue is closed. */
#define SPARE_POPS 4u

const struct lfb_check_shape lfb_schedule_shape = { .name = "schedules", .summary = "one thread at a time, in an order drawn by the seed" };

enum form { FORM_SINGLE, FORM_BATCH, FORM_BLOCK };

struct writer {
	struct lfb_schedule_script *script;
	uint64_t random;
	enum form form;
	bool mixed; /* each thread pushes and pops */
};

static uint32_t below(struct writer *w, uint32_t limit)
{
	return (uint32_t)(lfb_script_random(&w->random) % limit);
}

static struct lfb_history_step single_step(bool pushes, uint32_t times)
{
	return (struct lfb_history_step){ .what = pushes ? LFB_STEP_PUSH : LFB_STEP_POP, .count = 1, .tries = 1, .times = times };
}

/* Producers come first, as everywhere; of a mixed crew all are both. */
static bool produces(const struct writer *w, unsigned thread)
{
	return w->mixed || thread < w->script->producers;
}

static bool consumes(const struct writer *w, unsigned thread)
{
	return w->mixed || thread >= w->script->producers;
}

static void add_step(struct writer *w, unsigned thread, struct lfb_history_step step)
{
	struct lfb_schedule_part *const part = &w->script->part[thread];

	part->step[part->steps++] = step;
	w->script->ops += (uint64_t)step.count * step.times;
	if (step.what == LFB_STEP_PUSH || step.what == LFB_STEP_PUSH_BATCH || step.what == LFB_STEP_PUSH_WAIT)
		w->script->items += (uint64_t)step.count * step.times;
}

static void add_prologue(struct writer *w, unsigned *count, unsigned thread, bool pushes, uint32_t times)
{
	if (times == 0)
		return;
	w->script->prologue[(*count)++] = (struct lfb_schedule_prologue){ thread, single_step(pushes, times) };
	w->script->items += pushes ? times : 0;
}

/* Up to one more than fits, so that FULL and EMPTY are among what was seen; at least one of each, by which a step count can be foretold. */
static void write_prologue(struct writer *w)
{
	const unsigned first = 0, last = w->script->threads - 1;
	const uint32_t room = (uint32_t)w->script->capacity + 1;
	const uint32_t third[] = { 0, below(w, room), room };
	unsigned count = 0;

	add_prologue(w, &count, first, true, 1 + below(w, room));
	add_prologue(w, &count, w->mixed && below(w, 2) == 0 ? first : last, false, 1 + below(w, room));
	add_prologue(w, &count, first, true, third[below(w, sizeof(third) / sizeof(third[0]))]);
}

static struct lfb_history_step draw_step(struct writer *w, unsigned thread)
{
	struct lfb_history_step step = single_step(!consumes(w, thread) || (produces(w, thread) && below(w, 2) == 0), 1);

	if (w->form == FORM_BATCH) {
		step.what = step.what == LFB_STEP_PUSH ? LFB_STEP_PUSH_BATCH : LFB_STEP_POP_BATCH;
		step.count = (uint8_t)(1 + below(w, BATCH_MAX));
	}
	return step;
}

static void write_parts(struct writer *w)
{
	for (unsigned t = 0; t < w->script->threads; t++)
		for (uint32_t n = 1 + below(w, OPS_MAX); n > 0; n--)
			add_step(w, t, draw_step(w, t));
}

/* All that is pushed is popped before the queue is closed and everybody leaves: who sleeps then is a fault. Each consumer may come to pop it all. */
static void write_blocking_parts(struct writer *w)
{
	uint64_t ops;

	for (unsigned t = 0; t < w->script->producers; t++) {
		add_step(w, t, (struct lfb_history_step){ .what = LFB_STEP_PUSH_WAIT, .count = 1, .times = 1 + below(w, OPS_MAX) });
		w->script->part[t].ends_production = true;
	}
	ops = w->script->ops + w->script->items;
	for (unsigned t = w->script->producers; t < w->script->threads; t++)
		add_step(w, t, (struct lfb_history_step){ .what = LFB_STEP_POP_WAIT, .count = 1, .times = (uint32_t)w->script->items + SPARE_POPS });
	w->script->ops = ops;
}

static void draw_crew(struct writer *w, const struct lfb_claims *claims)
{
	const bool many_in = claims->producers == LFB_MANY, many_out = claims->consumers == LFB_MANY;
	struct lfb_schedule_script *const s = w->script;

	w->mixed = many_in && many_out && w->form != FORM_BLOCK && below(w, 4) != 0;
	s->threads = !many_in && !many_out ? 2 : w->form == FORM_BLOCK ? 3 : 2 + below(w, 2); /* who waits must not be the only one */
	if (w->mixed) {
		s->producers = s->consumers = s->threads;
		return;
	}
	s->producers = s->threads == 3 && many_in && (!many_out || below(w, 2) == 0) ? 2 : 1;
	s->consumers = s->threads - s->producers;
}

/* Mostly single operations: the other forms are made of them, in most queues. */
static enum form draw_form(struct writer *w, bool has_block)
{
	const uint32_t dice = below(w, 8);

	if (has_block)
		return dice < 4 ? FORM_BLOCK : dice == 4 ? FORM_BATCH : FORM_SINGLE;
	return dice == 0 ? FORM_BATCH : FORM_SINGLE;
}

void lfb_schedule_script_make(const struct lfb_claims *claims, bool has_block, uint64_t seed, struct lfb_schedule_script *out)
{
	struct writer w = { .script = out, .random = seed };

	memset(out, 0, sizeof(*out));
	w.form = draw_form(&w, has_block);
	draw_crew(&w, claims);
	out->capacity = 1 + below(&w, CAPACITY_SPREAD);
	write_prologue(&w);
	if (w.form == FORM_BLOCK)
		write_blocking_parts(&w);
	else
		write_parts(&w);
}
