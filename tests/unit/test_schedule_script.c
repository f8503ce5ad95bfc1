/* test_schedule_script.c - the scripts of schedules: nobody pushes or pops beside whom the claims allow, the logs have room, and who blocks is let go. */
#include "unit.h"

#include "check/schedule_script.h"

static bool pushes(unsigned what)
{
	return what == LFB_STEP_PUSH || what == LFB_STEP_PUSH_BATCH || what == LFB_STEP_PUSH_WAIT;
}

static uint64_t slots_of(const struct lfb_schedule_script *s, unsigned thread)
{
	uint64_t slots = 0;

	for (unsigned i = 0; i < LFB_SCHEDULE_PROLOGUE; i++)
		if (s->prologue[i].step.times > 0 && s->prologue[i].thread == thread)
			slots += s->prologue[i].step.times;
	for (unsigned i = 0; i < s->part[thread].steps; i++)
		slots += (uint64_t)s->part[thread].step[i].times * s->part[thread].step[i].count;
	return slots;
}

static void count_roles(const struct lfb_schedule_script *s, unsigned *pushers, unsigned *poppers)
{
	bool does[LFB_SCHEDULE_THREADS_MAX][2] = { { false, false } };

	for (unsigned i = 0; i < LFB_SCHEDULE_PROLOGUE; i++)
		if (s->prologue[i].step.times > 0)
			does[s->prologue[i].thread][pushes(s->prologue[i].step.what)] = true;
	for (unsigned t = 0; t < s->threads; t++)
		for (unsigned i = 0; i < s->part[t].steps; i++)
			does[t][pushes(s->part[t].step[i].what)] = true;
	*pushers = *poppers = 0;
	for (unsigned t = 0; t < s->threads; t++) {
		*poppers += does[t][0];
		*pushers += does[t][1];
	}
}

/* Who blocks in a pop is let go when the queue is closed, after the last push; so there are consumers for as long as that takes. */
static void blocking_ends(const struct lfb_schedule_script *s)
{
	uint64_t items = 0, pops = 0;

	for (unsigned t = 0; t < s->threads; t++)
		for (unsigned i = 0; i < s->part[t].steps; i++) {
			const struct lfb_history_step *const step = &s->part[t].step[i];

			if (step->what == LFB_STEP_PUSH_WAIT) {
				assert_true(s->part[t].ends_production);
				items += step->times;
			} else if (step->what == LFB_STEP_POP_WAIT) {
				pops = step->times > pops ? step->times : pops;
			} else {
				assert_false(s->part[t].ends_production);
			}
		}
	assert_true(items == 0 || pops > items);
}

static void is_sound(const struct lfb_schedule_script *s, const struct lfb_claims *claims)
{
	unsigned pushers, poppers;

	assert_in_range(s->threads, 2, LFB_SCHEDULE_THREADS_MAX);
	assert_true(s->capacity >= 1 && s->ops >= 2 && s->items >= 1);
	count_roles(s, &pushers, &poppers);
	assert_true(claims->producers == LFB_MANY || pushers == 1);
	assert_true(claims->consumers == LFB_MANY || poppers == 1);
	for (unsigned t = 0; t < s->threads; t++) {
		assert_in_range(s->part[t].steps, 1, LFB_SCHEDULE_STEPS_MAX);
		/* loop_history.h leaves the script when a try might not fit. */
		assert_true(slots_of(s, t) + LFB_HISTORY_BATCH_MAX + 2 <= LFB_SCHEDULE_SLOTS_MAX);
	}
	blocking_ends(s);
}

static void scripts_are_sound(void **state)
{
	static const struct lfb_claims all[] = {
		{ .producers = LFB_MANY, .consumers = LFB_MANY },
		{ .producers = LFB_ONE, .consumers = LFB_MANY },
		{ .producers = LFB_MANY, .consumers = LFB_ONE },
		{ .producers = LFB_ONE, .consumers = LFB_ONE },
	};
	struct lfb_schedule_script script;
	unsigned kinds[LFB_STEPS] = { 0 };

	(void)state;
	for (size_t c = 0; c < COUNT(all); c++)
		for (uint64_t seed = 0; seed < 3000; seed++) {
			lfb_schedule_script_make(&all[c], seed % 2 == 0, seed, &script);
			is_sound(&script, &all[c]);
			kinds[script.part[0].step[0].what]++;
			kinds[script.part[script.threads - 1].step[0].what]++;
		}
	for (unsigned what = 0; what < LFB_STEPS; what++)
		assert_true(kinds[what] > 100 || what == LFB_STEP_MEET);
}

static void the_seed_decides(void **state)
{
	const struct lfb_claims many = { .producers = LFB_MANY, .consumers = LFB_MANY };
	struct lfb_schedule_script one, again, other;

	(void)state;
	lfb_schedule_script_make(&many, true, 7, &one);
	lfb_schedule_script_make(&many, true, 7, &again);
	lfb_schedule_script_make(&many, true, 8, &other);
	assert_memory_equal(&one, &again, sizeof(one));
	assert_memory_not_equal(&one, &other, sizeof(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_are_sound),
		cmocka_unit_test(the_seed_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
