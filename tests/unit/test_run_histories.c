/* test_run_histories.c - what the parent makes of the operations that a launch has logged: rows of trials, and streams that somebody wrote into. */
#include "unit.h"

#include "run/run_parts.h"

#include <errno.h>

#define TRIALS 3u

static struct lfb_plan_object object;
static struct lfb_plan_cell cell;
static struct lfb_run_state state;
static char *stream;
static size_t stream_bytes;
static FILE *out;
static struct lfb_recording_sink sink;

static int begin(void **context)
{
	(void)context;
	object.inspection.info.claims = (struct lfb_claims){ .order = LFB_ORDER_FIFO, .empty = LFB_ANSWER_STRICT };
	cell.object = &object;
	cell.shape.param[LFB_PARAM_check] = LFB_CHECK_BY_HISTORY;
	memset(&state, 0, sizeof(state));
	state.cell = &cell;
	state.trials = TRIALS;
	stream = NULL;
	out = open_memstream(&stream, &stream_bytes);
	sink = (struct lfb_recording_sink){ .out = out };
	return out == NULL;
}

static int end(void **context)
{
	(void)context;
	lfb_run_histories_free(&state);
	free(stream);
	return 0;
}

/* One value pushed and popped; with `wrong`, and an EMPTY between. */
static void log_trial(uint64_t number, bool wrong)
{
	const struct lfb_recording_plan plan = { .time = { .mult = 1 }, .samples = UINT64_MAX };
	const struct lfb_recording_part parts[2] = { { false, 10 }, { true, 0 } };
	struct lfb_recording_trial trial;

	assert_int_equal(lfb_recording_prepare(&trial, &plan, &object.inspection.info.claims, parts, 2, 1), 0);
	lfb_recording_add(&trial.thread[0], LFB_HISTORY_PUSH, LFB_HISTORY_OK, 1, 10, 20);
	if (wrong)
		lfb_recording_add(&trial.thread[1], LFB_HISTORY_POP, LFB_HISTORY_REFUSED, 0, 30, 40);
	lfb_recording_add(&trial.thread[1], LFB_HISTORY_POP, LFB_HISTORY_OK, 1, 50, 60);
	sink.trial = number;
	lfb_recording_send(&sink, &trial);
	lfb_recording_free(&trial);
}

static void judge(void)
{
	assert_int_equal(fclose(out), 0);
	lfb_run_histories_judge(&state, &(struct lfb_child_output){ stream, stream_bytes });
}

/* The row of a trial, as the child wrote it and with what was found. To be cleared. */
static struct lfb_row apply(const char *trial, const char *status, const char *level)
{
	struct lfb_row row = { .failed = false }, judged = { .failed = false };

	lfb_row_set(&row, LFB_COL_trial, trial);
	lfb_row_set(&row, LFB_COL_status, status);
	lfb_row_set(&row, LFB_COL_check_level, level);
	lfb_row_set(&row, LFB_COL_ns_per_op, "12.5");
	lfb_row_set(&row, LFB_COL_ops_checked, "1000");
	lfb_row_set(&row, LFB_COL_backend, "queue");
	assert_int_equal(lfb_run_apply_verdict(&state, &row, &judged), 0);
	lfb_row_clear(&row);
	return judged;
}

static void expect(const char *trial, const char *status, const char *level, const char *ops, const char *ns)
{
	struct lfb_row row = apply(trial, status[0] == '!' ? "ok" : status, "sum+audit+history");

	assert_string_equal(lfb_row_get(&row, LFB_COL_status), status[0] == '!' ? status + 1 : status);
	if (level != NULL)
		assert_string_equal(lfb_row_get(&row, LFB_COL_check_level), level);
	assert_string_equal(lfb_row_get(&row, LFB_COL_ops_checked), ops);
	assert_string_equal(lfb_row_get(&row, LFB_COL_ns_per_op), ns);
	assert_string_equal(lfb_row_get(&row, LFB_COL_backend), "queue");
	lfb_row_clear(&row);
}

static void rows_say_what_was_found(void **context)
{
	(void)context;
	log_trial(1, false);
	log_trial(2, true);
	judge();
	expect("1", "ok", "sum+audit+history", "2", "12.5");
	expect("2", "!invalid", NULL, "", "");
	assert_false(lfb_run_is_refuted(&state, 1));
	assert_true(lfb_run_is_refuted(&state, 2));
}

/* Whatever the child claims of a trial that nothing was logged of. */
static void without_a_log_nothing_was_judged(void **context)
{
	(void)context;
	log_trial(1, false);
	judge();
	expect("3", "ok", "sum+audit", "1000", "12.5");
	expect("3", "timeout", "sum+audit+history", "1000", "12.5"); /* as it came: it is no figure of ours */
}

/* A sample that is written first, to be taken for the one to come. */
static void a_sample_before_the_real_one_hides_nothing(void **context)
{
	(void)context;
	log_trial(1, false);
	log_trial(1, true);
	judge();
	assert_true(lfb_run_is_refuted(&state, 1));
	expect("1", "!invalid", NULL, "", "");
}

static void samples_out_of_order_are_damage(void **context)
{
	(void)context;
	log_trial(2, false);
	log_trial(1, false);
	judge();
	assert_true(lfb_run_is_refuted(&state, 2));
}

/* More than there are trials: those behind them may be the real ones. */
static void more_than_trials_are_damage(void **context)
{
	(void)context;
	for (uint64_t trial = 1; trial <= TRIALS + 2; trial++)
		log_trial(trial, false);
	judge();
	assert_int_equal(state.judged_count, TRIALS + 1);
	for (uint64_t trial = 1; trial <= TRIALS; trial++)
		assert_true(lfb_run_is_refuted(&state, trial));
}

static void junk_is_no_sample(void **context)
{
	(void)context;
	assert_true(fputs("1,2,3\nnot a log\n", out) >= 0);
	judge();
	assert_int_equal(state.judged_count, 0);
	expect("1", "ok", "sum+audit", "1000", "12.5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_say_what_was_found, begin, end),
		cmocka_unit_test_setup_teardown(without_a_log_nothing_was_judged, begin, end),
		cmocka_unit_test_setup_teardown(a_sample_before_the_real_one_hides_nothing, begin, end),
		cmocka_unit_test_setup_teardown(samples_out_of_order_are_damage, begin, end),
		cmocka_unit_test_setup_teardown(more_than_trials_are_damage, begin, end),
		cmocka_unit_test_setup_teardown(junk_is_no_sample, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
