/* test_progress.c - what findings make of a claim; which instructions were tried; an instruction in words. */
#include "unit.h"

#include "progress/cover.h"
#include "progress/label.h"
#include "progress/progress.h"

#include <dlfcn.h>

static struct lfb_progress_result result;

/* Nothing blocks, anywhere. */
static void reset(void)
{
	memset(&result, 0, sizeof(result));
	for (unsigned of = 0; of < LFB_PROGRESS_ROLES; of++) {
		for (unsigned role = 0; role < LFB_PROGRESS_ROLES; role++) {
			result.pair[of][role].verdict = LFB_PROGRESS_UNREFUTED;
			result.pair[of][role].points = 10 + of;
		}
		result.solo[of].verdict = result.finish[of].verdict = LFB_PROGRESS_UNREFUTED;
		result.solo[of].points = 5;
	}
}

static void judged(unsigned role, enum lfb_progress claim, enum lfb_progress_claim expected, bool known, enum lfb_progress seen)
{
	const struct lfb_progress_judgement j = lfb_progress_judge(&result, role, claim);

	assert_int_equal(j.claim, expected);
	assert_int_equal(j.known, known);
	if (known)
		assert_int_equal(j.seen, seen);
}

static void test_unrefuted(void **state)
{
	(void)state;
	reset();
	judged(LFB_PROGRESS_PUSH, LFB_WAIT_FREE, LFB_PROGRESS_CLAIM_KEPT, true, LFB_WAIT_FREE);
	judged(LFB_PROGRESS_PUSH, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_KEPT, true, LFB_WAIT_FREE);
	judged(LFB_PROGRESS_POP, LFB_BLOCKING, LFB_PROGRESS_CLAIM_KEPT, true, LFB_WAIT_FREE);
	result.finish[LFB_PROGRESS_PUSH].verdict = LFB_PROGRESS_BLOCKS;
	judged(LFB_PROGRESS_PUSH, LFB_WAIT_FREE, LFB_PROGRESS_CLAIM_REFUTED, true, LFB_LOCK_FREE);
	judged(LFB_PROGRESS_PUSH, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_KEPT, true, LFB_LOCK_FREE);
	result.finish[LFB_PROGRESS_PUSH].verdict = LFB_PROGRESS_INCONCLUSIVE;
	judged(LFB_PROGRESS_PUSH, LFB_WAIT_FREE, LFB_PROGRESS_CLAIM_OPEN, true, LFB_LOCK_FREE);
	assert_int_equal(lfb_progress_points(&result), 10 + 11 + 5);
}

/* A pop that a stopped push blocks says nothing about push. What blocks outweighs what was not seen. */
static void test_blocking(void **state)
{
	(void)state;
	reset();
	result.pair[LFB_PROGRESS_PUSH][LFB_PROGRESS_POP].verdict = LFB_PROGRESS_BLOCKS;
	result.pair[LFB_PROGRESS_POP][LFB_PROGRESS_POP].verdict = LFB_PROGRESS_INCONCLUSIVE;
	judged(LFB_PROGRESS_POP, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_REFUTED, true, LFB_BLOCKING);
	judged(LFB_PROGRESS_POP, LFB_WAIT_FREE, LFB_PROGRESS_CLAIM_REFUTED, true, LFB_BLOCKING);
	judged(LFB_PROGRESS_POP, LFB_BLOCKING, LFB_PROGRESS_CLAIM_KEPT, true, LFB_BLOCKING);
	assert_int_equal(lfb_progress_judge(&result, LFB_PROGRESS_POP, LFB_BLOCKING).stopped, LFB_PROGRESS_PUSH);
	judged(LFB_PROGRESS_PUSH, LFB_WAIT_FREE, LFB_PROGRESS_CLAIM_KEPT, true, LFB_WAIT_FREE);
	reset();
	result.solo[LFB_PROGRESS_PUSH].verdict = LFB_PROGRESS_BLOCKS;
	judged(LFB_PROGRESS_PUSH, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_REFUTED, true, LFB_BLOCKING);
}

static void test_unknown(void **state)
{
	(void)state;
	reset();
	result.pair[LFB_PROGRESS_POP][LFB_PROGRESS_PUSH].verdict = LFB_PROGRESS_INCONCLUSIVE;
	judged(LFB_PROGRESS_PUSH, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_OPEN, false, LFB_BLOCKING);
	result.pair[LFB_PROGRESS_POP][LFB_PROGRESS_PUSH].verdict = LFB_PROGRESS_CRASHED;
	judged(LFB_PROGRESS_PUSH, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_FAILED, false, LFB_BLOCKING);
	memset(&result, 0, sizeof(result)); /* nothing was asked */
	judged(LFB_PROGRESS_PUSH, LFB_LOCK_FREE, LFB_PROGRESS_CLAIM_OPEN, false, LFB_BLOCKING);
	/* one producer, one consumer: nobody else is in the role of the one that is stopped */
	reset();
	result.pair[0][0].verdict = result.pair[1][1].verdict = LFB_PROGRESS_ABSENT;
	result.solo[0].verdict = result.solo[1].verdict = LFB_PROGRESS_ABSENT;
	judged(LFB_PROGRESS_PUSH, LFB_WAIT_FREE, LFB_PROGRESS_CLAIM_KEPT, true, LFB_WAIT_FREE);
}

static void test_cover(void **state)
{
	struct cover *const cover = calloc(1, sizeof(*cover));

	(void)state;
	assert_non_null(cover);
	cover_know(cover, 0x1000);
	cover_know(cover, 0x1000);
	cover_try(cover, 0x1001, LFB_ROLE_POP);
	cover_try(cover, 0x1001, LFB_ROLE_POP);
	assert_int_equal(cover->known, 2);
	assert_int_equal(cover->tried[LFB_ROLE_PUSH], 0);
	assert_int_equal(cover->tried[LFB_ROLE_POP], 1);
	assert_true(cover_is_tried(cover, 0x1001, LFB_ROLE_POP) && !cover_is_tried(cover, 0x1001, LFB_ROLE_PUSH) && !cover_is_tried(cover, 0x1000, LFB_ROLE_POP));
	for (uintptr_t pc = 1; pc <= 2 * COVER_ROOM; pc++) /* full: what has no room is not counted, and nothing loops for ever */
		cover_try(cover, pc, LFB_ROLE_PUSH);
	assert_int_equal(cover->known, COVER_ROOM);
	assert_false(cover_is_tried(cover, 4 * COVER_ROOM, LFB_ROLE_PUSH));
	free(cover);
}

static void test_label(void **state)
{
	const uintptr_t allocator = (uintptr_t)dlsym(RTLD_DEFAULT, "malloc"), mutex = (uintptr_t)dlsym(RTLD_DEFAULT, "pthread_mutex_lock");
	char text[300];

	(void)state;
	label_place(&(struct place){ (uintptr_t)test_cover + 3, (uintptr_t)test_cover + 3, 0 }, text, sizeof(text));
	unit_has(text, "test_cover+0x3 (");
	label_place(&(struct place){ allocator + 1, (uintptr_t)test_cover + 3, allocator }, text, sizeof(text));
	unit_has(text, "called from test_cover+0x3");
	assert_true(place_is_allocator(&(struct place){ allocator + 1, (uintptr_t)test_cover, allocator }) || UNIT_SANITIZED);
	assert_false(place_is_allocator(&(struct place){ mutex, (uintptr_t)test_cover, mutex }));
	assert_false(place_is_allocator(&(struct place){ (uintptr_t)test_cover, (uintptr_t)test_cover, 0 }));
	label_place(&(struct place){ 3, 3, 0 }, text, sizeof(text));
	assert_string_equal(text, "0x3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unrefuted), cmocka_unit_test(test_blocking), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_cover),	  cmocka_unit_test(test_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
