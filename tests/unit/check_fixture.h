/* check_fixture.h - histories written by hand, for the tests of src/check. */
#ifndef LFBENCH_TESTS_CHECK_FIXTURE_H
#define LFBENCH_TESTS_CHECK_FIXTURE_H

#include "unit.h"

#include <errno.h>

#include "check/check.h"
#include "check/history.h"

#define VALUE(producer, number) ((uint64_t)(producer) << LFB_VALUE_SHIFT | (number))

static inline void add(struct lfb_history *h, unsigned thread, uint32_t kind, uint64_t value, uint64_t call, uint64_t ret, uint32_t answer)
{
	const struct lfb_history_op op = { .value = value, .call = call, .ret = ret, .kind = kind, .answer = answer };

	assert_int_equal(lfb_history_add(h, thread, &op), 0);
}

static inline void push(struct lfb_history *h, unsigned thread, uint64_t value, uint64_t call, uint64_t ret)
{
	add(h, thread, LFB_HISTORY_PUSH, value, call, ret, LFB_HISTORY_OK);
}

static inline void pop(struct lfb_history *h, unsigned thread, uint64_t value, uint64_t call, uint64_t ret)
{
	add(h, thread, LFB_HISTORY_POP, value, call, ret, LFB_HISTORY_OK);
}

static inline void empty(struct lfb_history *h, unsigned thread, uint64_t call, uint64_t ret)
{
	add(h, thread, LFB_HISTORY_POP, 0, call, ret, LFB_HISTORY_REFUSED);
}

static inline void full(struct lfb_history *h, unsigned thread, uint64_t value, uint64_t call, uint64_t ret)
{
	add(h, thread, LFB_HISTORY_PUSH, value, call, ret, LFB_HISTORY_REFUSED);
}

static inline struct lfb_history *fresh_history(void)
{
	struct lfb_history *const h = lfb_history_new();

	assert_non_null(h);
	return h;
}

/* Judge and free it. */
static inline struct lfb_check_result verdict_of(struct lfb_history *h)
{
	struct lfb_check_result result;
	struct lfb_error error = { "" };

	if (lfb_check(h, &result, &error) != 0)
		fail_msg("no history: %s", error.text);
	lfb_history_free(h);
	return result;
}

static inline void is_confirmed(struct lfb_history *h)
{
	const struct lfb_check_result result = verdict_of(h);

	if (result.verdict != LFB_CHECK_CONFIRMED)
		fail_msg("%s: %s %s", lfb_check_verdict_names[result.verdict], lfb_pattern_names[result.witness.pattern], result.witness.why);
}

/* By this pattern, with a witness of so many operations. */
static inline void is_refuted(struct lfb_history *h, enum lfb_pattern pattern, unsigned operations)
{
	const struct lfb_check_result result = verdict_of(h);

	if (result.verdict != LFB_CHECK_REFUTED || result.witness.pattern != pattern || result.witness.count != operations)
		fail_msg("%s by %s with %u operations, not by %s with %u", lfb_check_verdict_names[result.verdict],
			 lfb_pattern_names[result.witness.pattern], result.witness.count, lfb_pattern_names[pattern], operations);
	assert_true(result.witness.why[0] != '\0');
}

#endif
