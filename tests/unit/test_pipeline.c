/* Which queues the threads of a pipeline stand between. */
#include "unit.h"

#include "applications/applications.h"
#include "plan/workload.h"

#define CONSUMERS_MAX 15u

/* How often each queue is pushed to and popped from by the stages and the sink. */
struct ends {
	int pushes[LFB_QUEUES_MAX], pops[LFB_QUEUES_MAX];
};

static void count(struct ends *ends, const struct lfb_place *place)
{
	if (place->pushes_to >= 0)
		ends->pushes[place->pushes_to]++;
	if (place->pops_from >= 0)
		ends->pops[place->pops_from]++;
}

static struct ends count_ends(uint32_t consumers, bool diamond)
{
	struct ends ends = { { 0 }, { 0 } };
	struct lfb_place place = lfb_pipeline_place(0, 0, consumers, diamond);

	count(&ends, &place);
	for (uint32_t nth = 0; nth + 1 < consumers; nth++) {
		place = lfb_pipeline_place(1, nth, consumers, diamond);
		assert_int_equal(place.fed, LFB_RELAY);
		assert_int_equal(place.out, place.pops_from);
		assert_int_equal(place.back, place.pushes_to);
		count(&ends, &place);
	}
	place = lfb_pipeline_place(2, 0, consumers, diamond);
	assert_int_equal(place.fed, LFB_SERVE);
	assert_int_equal(place.out, place.pops_from);
	count(&ends, &place);
	return ends;
}

static void each_queue_of_a_line_has_one_thread_at_each_end(void **unused)
{
	(void)unused;
	for (uint32_t consumers = 1; consumers <= CONSUMERS_MAX; consumers++) {
		const struct ends ends = count_ends(consumers, false);

		for (uint32_t i = 0; i < LFB_QUEUES_MAX; i++) {
			assert_int_equal(ends.pushes[i], i < consumers);
			assert_int_equal(ends.pops[i], i < consumers);
		}
	}
}

static void stages_of_a_line_are_in_order(void **unused)
{
	(void)unused;
	assert_int_equal(lfb_pipeline_place(0, 0, 5, false).fed, LFB_FEED);
	for (uint32_t nth = 0; nth < 4; nth++) {
		assert_int_equal(lfb_pipeline_place(1, nth, 5, false).pops_from, nth);
		assert_int_equal(lfb_pipeline_place(1, nth, 5, false).pushes_to, nth + 1);
	}
	assert_int_equal(lfb_pipeline_place(2, 0, 5, false).pops_from, 4);
}

static void a_diamond_splits_and_joins(void **unused)
{
	const struct lfb_place source = lfb_pipeline_place(0, 0, 3, true);
	const struct ends ends = count_ends(3, true);

	(void)unused;
	assert_int_equal(source.fed, LFB_SPLIT);
	assert_int_equal(source.pushes_to, -1);
	assert_int_equal(source.out, 0);
	assert_int_equal(source.back, 1);
	assert_int_equal(ends.pops[0], 1);
	assert_int_equal(ends.pops[1], 1);
	assert_int_equal(ends.pushes[2], 2);
	assert_int_equal(ends.pops[2], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_queue_of_a_line_has_one_thread_at_each_end),
		cmocka_unit_test(stages_of_a_line_are_in_order),
		cmocka_unit_test(a_diamond_splits_and_joins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
