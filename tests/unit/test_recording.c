/*
 * test_recording.c - the sample of a timed trial: how much is taken, what is said of it, and that a sample of a right history is never refuted.
 */
#include "unit.h"

#include "check/script.h"
#include "trial/recording.h"

#include <errno.h>

#define THREADS 4u /* two push, two pop */
#define ITEMS 2000u

static const struct lfb_claims fifo = { .order = LFB_ORDER_FIFO, .empty = LFB_ANSWER_STRICT, .full = LFB_ANSWER_STRICT, .bounded = true };

static void prepare(struct lfb_recording_trial *trial, const struct lfb_claims *claims, uint64_t samples, uint64_t seed)
{
	const struct lfb_recording_plan plan = { .time = { .mult = 1 }, .epsilon_ticks = 0, .samples = samples };
	const struct lfb_recording_part parts[THREADS] = { { false, ITEMS }, { false, ITEMS }, { true, 0 }, { true, 0 } };

	assert_int_equal(lfb_recording_prepare(trial, &plan, claims, parts, THREADS, seed), 0);
}

static void log_op(struct lfb_recording_trial *trial, unsigned thread, uint32_t kind, uint64_t value, uint64_t call, uint64_t ret)
{
	lfb_recording_add(&trial->thread[thread], kind, value != 0 ? LFB_HISTORY_OK : LFB_HISTORY_REFUSED, value, call, ret);
}

static uint64_t judge(struct lfb_recording_trial *trial, int expected, const char *pattern)
{
	char reason[256] = "";
	uint64_t judged = 0;

	assert_int_equal(lfb_recording_judge(trial, &judged, reason, sizeof(reason)), expected);
	if (pattern != NULL && strstr(reason, pattern) == NULL)
		fail_msg("'%s' does not name %s", reason, pattern);
	lfb_recording_free(trial);
	return judged;
}

static void longer_trials_are_sampled_less(void **state)
{
	(void)state;
	assert_int_equal(lfb_recording_shift(1000, 1000), 0);
	assert_int_equal(lfb_recording_shift(1001, 1000), 1);
	assert_int_equal(lfb_recording_shift(UINT64_C(1) << 40, UINT64_C(1) << 16), 24);
}

/* One in 2^shift of the windows, the same of every producer, and others with another seed. */
static void windows_are_sampled(void **state)
{
	const struct lfb_recording_sample a = { .seed = 1, .mask = 15 }, b = { .seed = 2, .mask = 15 };
	unsigned taken = 0, unlike = 0;

	(void)state;
	for (uint64_t n = 0; n < 16000; n++) {
		const uint64_t number = n * LFB_RECORDING_WINDOW;
		const bool takes = lfb_recording_takes(&a, number);

		taken += takes;
		unlike += takes != lfb_recording_takes(&b, number);
		assert_true(takes == lfb_recording_takes(&a, number + LFB_RECORDING_WINDOW - 1));
		assert_true(takes == lfb_recording_takes(&a, UINT64_C(7) << LFB_VALUE_SHIFT | number));
	}
	assert_in_range(taken, 800, 1200);
	assert_true(unlike > 1000);
}

static void there_is_room_for_all_of_them(void **state)
{
	struct lfb_recording_trial trial;
	uint64_t sampled = 0;

	(void)state;
	prepare(&trial, &fifo, 500, 3);
	for (uint64_t number = 1; number <= ITEMS; number++)
		sampled += lfb_recording_takes(&trial.sample, number);
	assert_int_equal(trial.thread[0].slots, sampled);
	assert_true(trial.thread[2].slots >= 2 * sampled + trial.thread[2].empties);
	assert_int_equal(judge(&trial, 0, NULL), 0);
}

static void what_is_right_is_counted(void **state)
{
	struct lfb_recording_trial trial;

	(void)state;
	prepare(&trial, &fifo, ITEMS * 2, 1);
	log_op(&trial, 0, LFB_HISTORY_PUSH, 1, 10, 20);
	log_op(&trial, 2, LFB_HISTORY_POP, 1, 15, 30);
	log_op(&trial, 2, LFB_HISTORY_POP, 0, 31, 32);
	lfb_recording_drained(&trial, 100, 110);
	assert_int_equal(judge(&trial, 0, NULL), 4);
}

static void what_is_wrong_is_named(void **state)
{
	struct lfb_recording_trial trial;

	(void)state;
	prepare(&trial, &fifo, ITEMS * 2, 1); /* lost */
	log_op(&trial, 0, LFB_HISTORY_PUSH, 1, 10, 20);
	lfb_recording_drained(&trial, 100, 110);
	(void)judge(&trial, -EBADMSG, "VWit");
	prepare(&trial, &fifo, ITEMS * 2, 1);
	log_op(&trial, 0, LFB_HISTORY_PUSH, 1, 10, 20);
	log_op(&trial, 1, LFB_HISTORY_PUSH, UINT64_C(1) << LFB_VALUE_SHIFT | 1, 30, 40);
	log_op(&trial, 2, LFB_HISTORY_POP, UINT64_C(1) << LFB_VALUE_SHIFT | 1, 50, 60);
	log_op(&trial, 3, LFB_HISTORY_POP, 1, 70, 80);
	(void)judge(&trial, -EBADMSG, "VOrd");
	prepare(&trial, &fifo, ITEMS * 2, 1);
	log_op(&trial, 0, LFB_HISTORY_PUSH, 1, 10, 20);
	log_op(&trial, 2, LFB_HISTORY_POP, 1, 30, 40);
	log_op(&trial, 3, LFB_HISTORY_POP, 1, 30, 40);
	(void)judge(&trial, -EBADMSG, "VRepet");
}

/* An end of the log that is missing would look like values that nobody popped. */
static void a_log_that_is_not_whole_says_nothing(void **state)
{
	struct lfb_recording_trial trial;

	(void)state;
	prepare(&trial, &fifo, ITEMS * 2, 1);
	log_op(&trial, 0, LFB_HISTORY_PUSH, 1, 10, 20);
	trial.thread[2].used = trial.thread[2].slots;
	log_op(&trial, 2, LFB_HISTORY_POP, 1, 30, 40);
	trial.thread[2].used = 0;
	lfb_recording_drained(&trial, 100, 110);
	assert_int_equal(judge(&trial, 0, NULL), 0);
}

/* A simulated queue: each operation takes effect at one moment, somewhere between its call and its return. */
struct simulation {
	struct lfb_recording_trial *trial;
	uint64_t inside[2 * ITEMS], pushed, popped;
	uint64_t number[2];
	uint64_t call[THREADS], effect[THREADS];
	uint64_t random;
	bool lies; /* EMPTY now and then while others are at the queue, as a weak one may */
};

static uint64_t below(struct simulation *s, uint64_t limit)
{
	return lfb_script_random(&s->random) % limit;
}

static void plan_next(struct simulation *s, unsigned t, uint64_t after)
{
	s->call[t] = after + below(s, 4);
	s->effect[t] = s->call[t] + below(s, 30);
}

/* What happens at that moment. Only what is sampled is logged, as the loops do it. */
static void take_effect(struct simulation *s, unsigned t)
{
	const uint64_t ret = s->effect[t] + below(s, 10);
	uint64_t value = 0;

	if (t < 2) {
		value = (uint64_t)t << LFB_VALUE_SHIFT | ++s->number[t];
		s->inside[s->pushed++] = value;
	} else if (s->popped < s->pushed && !(s->lies && below(s, 8) == 0)) {
		value = s->inside[s->popped++];
	}
	if (value != 0 ? lfb_recording_takes(&s->trial->sample, value) : s->trial->thread[t].empties > 0)
		log_op(s->trial, t, t < 2 ? LFB_HISTORY_PUSH : LFB_HISTORY_POP, value, s->call[t], ret);
	plan_next(s, t, ret + 1);
}

static void simulate(struct simulation *s)
{
	for (unsigned t = 0; t < THREADS; t++)
		plan_next(s, t, 0);
	while (s->popped < 2 * 300) {
		unsigned first = s->number[0] < 300 ? 0 : s->number[1] < 300 ? 1 : 2;

		for (unsigned t = 0; t < THREADS; t++)
			if (s->effect[t] < s->effect[first] && (t >= 2 || s->number[t] < 300))
				first = t;
		take_effect(s, first);
	}
	lfb_recording_drained(s->trial, UINT64_C(1) << 40, (UINT64_C(1) << 40) + 9);
}

static void check_samples(const struct lfb_claims *claims, bool lies)
{
	static struct simulation s;
	uint64_t judged = 0;

	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct lfb_recording_trial trial;

		memset(&s, 0, sizeof(s));
		prepare(&trial, claims, 2 * ITEMS >> (seed % 4), seed);
		s.trial = &trial;
		s.random = seed;
		s.lies = lies;
		simulate(&s);
		judged += judge(&trial, 0, NULL);
	}
	assert_true(judged > 400 * 100);
}

static void a_sample_of_a_right_history_is_right(void **state)
{
	struct lfb_claims per_producer = fifo, none = fifo;

	(void)state;
	per_producer.order = LFB_ORDER_PER_PRODUCER;
	none.order = LFB_ORDER_NONE;
	check_samples(&fifo, false);
	check_samples(&per_producer, false);
	check_samples(&none, false);
}

/* Of most operations there is no record: an EMPTY that looks lonely need not have been. */
static void a_weak_empty_is_not_held_against_the_queue(void **state)
{
	struct lfb_claims weak = fifo;

	(void)state;
	weak.empty = LFB_ANSWER_WEAK;
	check_samples(&weak, true);
}

/* A stream of two samples, a right one and one whose EMPTY is false. To be freed. */
static char *make_stream(size_t *bytes)
{
	char *stream = NULL;
	struct lfb_recording_sink sink = { .out = open_memstream(&stream, bytes) };

	assert_non_null(sink.out);
	for (unsigned wrong = 0; wrong < 2; wrong++) {
		struct lfb_recording_trial trial;

		prepare(&trial, &fifo, UINT64_MAX, 1);
		sink.trial = wrong + 1;
		log_op(&trial, 0, LFB_HISTORY_PUSH, 1, 10, 20);
		if (wrong)
			log_op(&trial, 3, LFB_HISTORY_POP, 0, 30, 40);
		log_op(&trial, 2, LFB_HISTORY_POP, 1, 50, 60);
		lfb_recording_send(&sink, &trial);
		lfb_recording_free(&trial);
	}
	assert_int_equal(fclose(sink.out), 0);
	return stream;
}

static void a_sample_is_judged_elsewhere(void **state)
{
	struct lfb_recording_verdict verdicts[3];
	size_t bytes = 0;
	char *const stream = make_stream(&bytes);

	(void)state;
	assert_int_equal(lfb_recording_receive(stream, bytes, &fifo, verdicts, 3), 2);
	assert_int_equal(verdicts[0].trial, 1);
	assert_int_equal(verdicts[0].rc, 0);
	assert_int_equal(verdicts[0].ops, 2);
	assert_int_equal(verdicts[1].trial, 2);
	assert_int_equal(verdicts[1].rc, -EBADMSG);
	assert_non_null(strstr(verdicts[1].reason, "VWit"));
	assert_int_equal(lfb_recording_receive(stream, bytes, &fifo, verdicts, 1), 1);
	free(stream);
}

/* Whatever came: cut off anywhere, and every byte changed. */
static void a_damaged_stream_harms_nobody(void **state)
{
	struct lfb_recording_verdict verdicts[3];
	size_t bytes = 0;
	char *const stream = make_stream(&bytes);

	(void)state;
	for (size_t size = 0; size < bytes; size++) {
		char *const cut = malloc(size); /* of that size, so that a sanitizer sees what is read behind it */

		assert_true(cut != NULL || size == 0);
		if (size > 0)
			memcpy(cut, stream, size);
		assert_true(lfb_recording_receive(cut, size, &fifo, verdicts, 3) < 2);
		free(cut);
	}
	for (size_t at = 0; at < bytes; at++) {
		stream[at] ^= (char)0xA5;
		assert_true(lfb_recording_receive(stream, bytes, &fifo, verdicts, 3) <= 2);
		stream[at] ^= (char)0xA5;
	}
	free(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longer_trials_are_sampled_less),
		cmocka_unit_test(windows_are_sampled),
		cmocka_unit_test(there_is_room_for_all_of_them),
		cmocka_unit_test(what_is_right_is_counted),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_log_that_is_not_whole_says_nothing),
		cmocka_unit_test(a_sample_of_a_right_history_is_right),
		cmocka_unit_test(a_weak_empty_is_not_held_against_the_queue),
		cmocka_unit_test(a_sample_is_judged_elsewhere),
		cmocka_unit_test(a_damaged_stream_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
