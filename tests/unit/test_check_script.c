/* test_check_script.c - the scripts of histories: what fits which claims, the same again for the same seed, room in the logs for all steps. */
#include "check_fixture.h"

#include "check/script.h"

static const struct lfb_claims many = { .producers = LFB_MANY, .consumers = LFB_MANY, .bounded = true };
static const struct lfb_claims one = { .producers = LFB_ONE, .consumers = LFB_ONE, .bounded = true };
static const struct lfb_claims funnel = { .producers = LFB_MANY, .consumers = LFB_ONE, .bounded = true };

static bool fits(const char *name, const struct lfb_claims *claims, bool has_block)
{
	for (unsigned s = 0; lfb_check_shapes[s].name != NULL; s++)
		if (strcmp(lfb_check_shapes[s].name, name) == 0)
			return lfb_check_shape_fits(&lfb_check_shapes[s], claims, has_block);
	fail_msg("there is no shape %s", name);
	return false;
}

static void shapes_fit_the_claims(void **state)
{
	(void)state;
	for (unsigned s = 0; lfb_check_shapes[s].name != NULL; s++) {
		assert_string_equal(lfb_check_shapes[s].name, lfb_check_shape_names[s]);
		assert_true(lfb_check_shape_fits(&lfb_check_shapes[s], &many, true));
	}
	assert_true(fits("pair", &one, false) && fits("bursts", &one, false) && fits("stalls", &one, false));
	assert_false(fits("reuse", &one, false) || fits("mixed_bursts", &funnel, false)); /* a thread would push and pop beside others */
	assert_false(fits("fan", &one, false) || fits("fan", &funnel, false) || fits("many", &one, false));
	assert_true(fits("funnel", &funnel, false) && fits("many", &funnel, false));
	assert_false(fits("block", &many, false));
	assert_true(fits("block", &many, true));
}

static struct lfb_script make(const struct lfb_check_shape *shape, const struct lfb_claims *claims, uint64_t seed)
{
	struct lfb_script script;

	assert_int_equal(lfb_script_make(shape, claims, seed, &script), 0);
	return script;
}

/* Nobody pushes or pops beside whom the claims allow, and every step is one. */
static void is_sound(const struct lfb_script *script, const struct lfb_claims *claims)
{
	unsigned pushers = 0, poppers = 0;
	uint64_t pushes = 0;

	assert_in_range(script->threads, 1, LFB_SCRIPT_THREADS_MAX);
	assert_true(script->capacity >= 1);
	for (unsigned t = 0; t < script->threads; t++) {
		const struct lfb_script_thread *const thread = &script->thread[t];
		bool does_push = false, does_pop = false;
		uint64_t slots = 0;

		for (size_t i = 0; i < thread->count; i++) {
			const struct lfb_history_step *const step = &thread->steps[i];
			const bool push_step = step->what == LFB_STEP_PUSH || step->what == LFB_STEP_PUSH_BATCH || step->what == LFB_STEP_PUSH_WAIT;

			assert_true(step->what < LFB_STEPS && step->count >= 1 && step->count <= LFB_HISTORY_BATCH_MAX && step->times >= 1);
			does_push = does_push || push_step;
			does_pop = does_pop || (!push_step && step->what != LFB_STEP_MEET);
			pushes += push_step ? (uint64_t)step->times * step->count : 0;
			slots += step->what != LFB_STEP_MEET ? (uint64_t)step->times * (step->count + 2u) : 0;
		}
		assert_true(thread->slots >= slots);
		assert_true((!does_push || thread->produces) && (!does_pop || thread->consumes));
		pushers += does_push;
		poppers += does_pop;
	}
	assert_true(script->items >= pushes);
	assert_true(claims->producers == LFB_MANY || pushers <= 1);
	assert_true(claims->consumers == LFB_MANY || poppers <= 1);
}

static void scripts_are_sound(void **state)
{
	const struct lfb_claims *const all[] = { &many, &one, &funnel };

	(void)state;
	for (unsigned s = 0; lfb_check_shapes[s].name != NULL; s++)
		for (size_t c = 0; c < COUNT(all); c++)
			for (uint64_t seed = 0; seed < (UNIT_SANITIZED ? 3 : 20); seed++) {
				struct lfb_script script;

				if (!lfb_check_shape_fits(&lfb_check_shapes[s], all[c], true))
					continue;
				script = make(&lfb_check_shapes[s], all[c], seed);
				is_sound(&script, all[c]);
				lfb_script_free(&script);
			}
}

static bool same(const struct lfb_script *a, const struct lfb_script *b)
{
	bool same = a->threads == b->threads && a->capacity == b->capacity;

	for (unsigned t = 0; same && t < a->threads; t++)
		same = a->thread[t].count == b->thread[t].count &&
		       memcmp(a->thread[t].steps, b->thread[t].steps, a->thread[t].count * sizeof(a->thread[t].steps[0])) == 0;
	return same;
}

static void the_seed_decides(void **state)
{
	struct lfb_script a = make(&lfb_check_shapes[0], &many, 7), again = make(&lfb_check_shapes[0], &many, 7), other = make(&lfb_check_shapes[0], &many, 8);

	(void)state;
	assert_true(same(&a, &again));
	assert_false(same(&a, &other));
	lfb_script_free(&a);
	lfb_script_free(&again);
	lfb_script_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_fit_the_claims),
		cmocka_unit_test(scripts_are_sound),
		cmocka_unit_test(the_seed_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
