/*
 * test_done.c - which launches an interrupted run has completed: a table of cases, and random
 * rows in random order against an oracle that counts them anew for every question.
 */
#include "unit.h"

#include "results/done.h"
#include "statistics/stats.h"

#include <inttypes.h>

static void fill(struct lfb_row *row, const char *cell, uint64_t launch, uint64_t trial, const char *status)
{
	memset(row, 0, sizeof(*row));
	lfb_row_set(row, LFB_COL_cell_id, cell);
	lfb_row_set_u64(row, LFB_COL_launch, launch);
	lfb_row_set_u64(row, LFB_COL_trial, trial);
	lfb_row_set(row, LFB_COL_status, status);
	assert_false(row->failed);
}

static void clear(struct lfb_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		lfb_row_clear(&rows[i]);
}

#define CELL_A "00000000000000aa"
#define CELL_B "00000000000000bb"
#define CELL_C "00000000000000cc"

static void complete_with_all_trials(void **state)
{
	struct lfb_row list[6];
	const struct lfb_rows rows = { list, COUNT(list) };
	struct lfb_done *done = NULL;

	(void)state;
	fill(&list[0], CELL_A, 1, 1, "ok");
	fill(&list[1], CELL_B, 1, 1, "ok");
	fill(&list[2], CELL_A, 1, 2, "ok"); /* rows of one launch need not be neighbours */
	fill(&list[3], CELL_A, 2, 1, "ok");
	fill(&list[4], CELL_B, 1, 2, "ok");
	fill(&list[5], CELL_B, 10, 1, "ok");
	assert_int_equal(lfb_done_make(&rows, 2, 2, &done), 0);
	assert_true(lfb_done_launch(done, CELL_A, 1));
	assert_true(lfb_done_launch(done, CELL_B, 1));
	assert_false(lfb_done_launch(done, CELL_A, 2));
	assert_false(lfb_done_launch(done, CELL_B, 2));
	assert_false(lfb_done_launch(done, CELL_B, 10));
	assert_false(lfb_done_launch(done, CELL_C, 1));
	assert_false(lfb_done_launch(done, "", 1));
	assert_false(lfb_done_all_whole(done));
	assert_false(lfb_done_cell_failed(done, CELL_A));
	lfb_done_free(done);
	/* With one trial per launch all of them are whole. */
	assert_int_equal(lfb_done_make(&rows, 1, 1, &done), 0);
	assert_true(lfb_done_all_whole(done));
	assert_true(lfb_done_launch(done, CELL_B, 10));
	lfb_done_free(done);
	clear(list, COUNT(list));
}

static void a_row_that_says_why_completes_a_launch(void **state)
{
	static const char *const statuses[] = { "invalid",  "crashed",	   "timeout",
						"resource", "unsupported", "incompatible" };

	(void)state;
	for (size_t s = 0; s < COUNT(statuses); s++) {
		struct lfb_row list[3];
		const struct lfb_rows rows = { list, COUNT(list) };
		struct lfb_done *done = NULL;

		fill(&list[0], CELL_A, 1, 1, "ok");
		fill(&list[1], CELL_A, 1, 2, statuses[s]);
		fill(&list[2], CELL_B, 1, 1, "ok");
		assert_int_equal(lfb_done_make(&rows, 3, 3, &done), 0);
		assert_true(lfb_done_launch(done, CELL_A, 1));
		assert_true(lfb_done_cell_failed(done, CELL_A)); /* so it is not launched again */
		assert_false(lfb_done_launch(done, CELL_A, 2));
		assert_false(lfb_done_cell_failed(done, CELL_B));
		assert_false(lfb_done_launch(done, CELL_B, 1));
		lfb_done_free(done);
		clear(list, COUNT(list));
	}
}

/* A launch that a signal stopped is what resuming is for: neither complete nor a reason to give the cell up. */
static void an_interrupted_launch_is_run_again(void **state)
{
	struct lfb_row list[2];
	const struct lfb_rows rows = { list, COUNT(list) };
	struct lfb_done *done = NULL;

	(void)state;
	fill(&list[0], CELL_A, 1, 1, "ok");
	fill(&list[1], CELL_A, 1, 0, "interrupted");
	assert_int_equal(lfb_done_make(&rows, 2, 2, &done), 0);
	assert_false(lfb_done_launch(done, CELL_A, 1));
	assert_false(lfb_done_cell_failed(done, CELL_A));
	assert_false(lfb_done_all_whole(done));
	lfb_done_free(done);
	clear(list, COUNT(list));
}

static void nothing_is_done(void **state)
{
	const struct lfb_rows none = { NULL, 0 };
	struct lfb_done *done = NULL;

	(void)state;
	assert_int_equal(lfb_done_make(&none, 3, 3, &done), 0);
	assert_false(lfb_done_launch(done, CELL_A, 1));
	assert_false(lfb_done_cell_failed(done, CELL_A));
	assert_true(lfb_done_all_whole(done));
	lfb_done_free(done);
	lfb_done_free(NULL);
	assert_false(lfb_done_launch(NULL, CELL_A, 1));
	assert_false(lfb_done_cell_failed(NULL, CELL_A));
}

/* What somebody wrote into the file: no number, no id, an id that is far too long. */
static void strange_rows(void **state)
{
	struct lfb_row list[4];
	const struct lfb_rows rows = { list, COUNT(list) };
	struct lfb_done *done = NULL;

	(void)state;
	memset(list, 0, sizeof(list));
	fill(&list[1], "an id that is so long that it is certainly none of ours", 1, 1, "ok");
	lfb_row_set(&list[2], LFB_COL_launch, "many");
	fill(&list[3], CELL_A, UINT64_MAX, 1, "ok");
	assert_int_equal(lfb_done_make(&rows, 1, 1, &done), 0);
	assert_false(lfb_done_launch(done, CELL_A, 1));
	assert_true(lfb_done_launch(done, CELL_A, UINT64_MAX));
	assert_false(lfb_done_launch(done, CELL_B, 1));
	lfb_done_free(done);
	clear(list, COUNT(list));
}

struct fact {
	unsigned cell;
	uint64_t launch;
	bool ok;
};

static void agrees_with_counting(void **state)
{
	enum { ROWS = 60, CELLS = 4, LAUNCHES = 5 };
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 12);
	for (unsigned round = 0; round < 300; round++) {
		const size_t count = lfb_rng_below(&rng, ROWS);
		const uint64_t trials = 1 + lfb_rng_below(&rng, 4);
		struct lfb_row list[ROWS];
		struct fact facts[ROWS];
		const struct lfb_rows rows = { list, count };
		struct lfb_done *done = NULL;
		bool all_whole = true;

		for (size_t i = 0; i < count; i++) {
			char id[17];

			facts[i] = (struct fact){ (unsigned)lfb_rng_below(&rng, CELLS),
						  1 + lfb_rng_below(&rng, LAUNCHES), lfb_rng_below(&rng, 12) != 0 };
			(void)snprintf(id, sizeof(id), "%016x", facts[i].cell);
			fill(&list[i], id, facts[i].launch, 1, facts[i].ok ? "ok" : "invalid");
		}
		assert_int_equal(lfb_done_make(&rows, trials, trials, &done), 0);
		for (unsigned cell = 0; cell < CELLS; cell++) {
			bool cell_failed = false;
			char id[17];

			(void)snprintf(id, sizeof(id), "%016x", cell);
			for (uint64_t launch = 1; launch <= LAUNCHES; launch++) {
				uint64_t ok = 0, bad = 0;

				for (size_t i = 0; i < count; i++) {
					ok += facts[i].cell == cell && facts[i].launch == launch && facts[i].ok;
					bad += facts[i].cell == cell && facts[i].launch == launch && !facts[i].ok;
				}
				assert_int_equal(lfb_done_launch(done, id, launch), bad > 0 || ok >= trials);
				all_whole &= (ok == 0 && bad == 0) || bad > 0 || ok >= trials;
				cell_failed |= bad > 0;
			}
			assert_int_equal(lfb_done_cell_failed(done, id), cell_failed);
		}
		assert_int_equal(lfb_done_all_whole(done), all_whole);
		lfb_done_free(done);
		clear(list, count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_with_all_trials),
		cmocka_unit_test(a_row_that_says_why_completes_a_launch),
		cmocka_unit_test(an_interrupted_launch_is_run_again),
		cmocka_unit_test(nothing_is_done),
		cmocka_unit_test(strange_rows),
		cmocka_unit_test(agrees_with_counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
