/* test_history_file.c - a history survives being written and read; what is no history is named with file and line; the timeline. */
#include "check_fixture.h"

#include "check/history_file.h"
#include "check/timeline.h"

#define HEAD "lfbench-history 1\n"

static int read_text(const char *text, size_t bytes, struct lfb_history **out, struct lfb_error *error)
{
	FILE *const in = fmemopen((void *)(uintptr_t)text, bytes, "r");
	int rc;

	assert_non_null(in);
	rc = lfb_history_read(in, "some.hist", out, error);
	(void)fclose(in);
	return rc;
}

static char *write_text(const struct lfb_history *h)
{
	char *text = NULL;
	size_t bytes;
	FILE *const out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(lfb_history_write(out, h), 0);
	(void)fclose(out);
	return text;
}

static struct lfb_history *a_bit_of_everything(void)
{
	struct lfb_history *const h = fresh_history();

	(void)snprintf(h->backend, sizeof(h->backend), "my queue");
	(void)snprintf(h->shape, sizeof(h->shape), "tiny");
	h->seed = UINT64_MAX;
	h->contract = (struct lfb_contract){ LFB_ORDER_PER_PRODUCER, LFB_ANSWER_WEAK, LFB_ANSWER_NEVER, 3 };
	h->epsilon_ticks = 77;
	h->ticks_per_us = 2.5;
	push(h, 0, VALUE(0, 1), 1, 2);
	full(h, 0, VALUE(0, 2), 3, 4);
	add(h, 0, LFB_HISTORY_PUSH, VALUE(0, 2), 5, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	pop(h, 2, UINT64_MAX, 1, 2); /* what a wrong queue may make up */
	empty(h, 2, 3, LFB_HISTORY_TICKS_MAX - 1);
	add(h, 2, LFB_HISTORY_POP, 0, 5, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	return h;
}

static void written_and_read_it_is_the_same(void **state)
{
	struct lfb_history *const h = a_bit_of_everything(), *back = NULL;
	char *const text = write_text(h), *again;
	struct lfb_error error;

	(void)state;
	if (read_text(text, strlen(text), &back, &error) != 0)
		fail_msg("%s", error.text);
	assert_string_equal(back->backend, "my queue");
	assert_string_equal(back->shape, "tiny");
	assert_int_equal(back->threads, 3);
	assert_int_equal(back->log[1].count, 0);
	assert_memory_equal(&back->contract, &h->contract, sizeof(h->contract));
	for (unsigned t = 0; t < 3; t++)
		assert_memory_equal(back->log[t].ops, h->log[t].ops, h->log[t].count * sizeof(h->log[t].ops[0]));
	again = write_text(back);
	assert_string_equal(again, text);
	free(text);
	free(again);
	lfb_history_free(h);
	lfb_history_free(back);
}

static void a_name_cannot_add_lines(void **state)
{
	struct lfb_history *const h = fresh_history();
	char *text;

	(void)state;
	(void)snprintf(h->backend, sizeof(h->backend), "evil\nseed 3\033[2J");
	text = write_text(h);
	unit_has(text, "backend evil?seed 3?[2J\n");
	free(text);
	lfb_history_free(h);
}

static void refused(const char *text, size_t bytes, unsigned line, const char *part)
{
	struct lfb_history *back = NULL;
	struct lfb_error error = { "" };
	char place[32];

	if (read_text(text, bytes, &back, &error) != -EINVAL)
		fail_msg("'%s' is taken", text);
	(void)snprintf(place, sizeof(place), "some.hist: line %u: ", line);
	unit_has(error.text, place);
	unit_has(error.text, part);
	assert_null(back);
}

static void what_is_no_history_is_named(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *part;
	} cases[] = {
		{ "\n", 1, "has to begin" },
		{ "lfbench-history 2\n", 1, "has to begin" },
		{ HEAD, 2, "'end' is missing" },
		{ HEAD "end", 2, "cut off" },
		{ HEAD "end\nmore\n", 3, "nothing may follow" },
		{ HEAD "colour red\nend\n", 2, "'colour' is no setting" },
		{ HEAD "seed\nend\n", 2, "no setting" },
		{ HEAD "seed 1\nseed 2\nend\n", 3, "twice" },
		{ HEAD "seed -1\nend\n", 2, "not a number" },
		{ HEAD "seed 18446744073709551616\nend\n", 2, "not a number" },
		{ HEAD "order sideways\nend\n", 2, "fifo" },
		{ HEAD "epsilon 4611686018427387904\nend\n", 2, "too large" },
		{ HEAD "ticks_per_us nan\nend\n", 2, "rate" },
		{ HEAD "ticks_per_us 0\nend\n", 2, "rate" },
		{ HEAD "push 0:1 1 2 ok\nend\n", 2, "before the first 'thread 0'" },
		{ HEAD "thread 1\nend\n", 2, "thread 0 should follow" },
		{ HEAD "thread 0\nthread 0\nend\n", 3, "thread 1 should follow" },
		{ HEAD "thread 0\nseed 1\nend\n", 3, "not an operation" },
		{ HEAD "thread 0\npush 0:1 1 2\nend\n", 3, "not an operation" },
		{ HEAD "thread 0\npush 0:1 1 2 ok ok\nend\n", 3, "not an operation" },
		{ HEAD "thread 0\npush 0:1 1  2 ok\nend\n", 3, "not an operation" },
		{ HEAD "thread 0\npush 0:1 2 1 ok\nend\n", 3, "returned before" },
		{ HEAD "thread 0\npush 0:1 1 2 empty\nend\n", 3, "make sense" },
		{ HEAD "thread 0\npop - 1 2 full\nend\n", 3, "make sense" },
		{ HEAD "thread 0\npop 0:1 1 2 empty\nend\n", 3, "has - for its value" },
		{ HEAD "thread 0\npop - 1 2 ok\nend\n", 3, "no value" },
		{ HEAD "thread 0\npush 65536:1 1 2 ok\nend\n", 3, "no value" },
		{ HEAD "thread 0\npush 0:281474976710656 1 2 ok\nend\n", 3, "no value" },
		{ HEAD "thread 0\npush 0:1 1 4611686018427387904 ok\nend\n", 3, "make sense" },
		{ HEAD "thread 0\npush 0:1 1 2 never\nend\n", 3, "make sense" },
		{ HEAD "thread 0\npush 0:1 1 - ok\nend\n", 3, "make sense" },
		{ HEAD "# \033[2J\nend\n", 2, "no text" },
		{ HEAD "\r\nend\n", 2, "no text" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		refused(cases[i].text, strlen(cases[i].text), cases[i].line, cases[i].part);
	refused(HEAD "\0end\n", sizeof(HEAD "\0end\n") - 1, 2, "no text");
}

static void long_lines_and_many_threads(void **state)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	(void)state;
	(void)fprintf(out, HEAD "backend %0300d\nend\n", 0);
	(void)fclose(out);
	refused(text, bytes, 2, "longer than");
	free(text);
	out = open_memstream(&text, &bytes);
	(void)fprintf(out, HEAD);
	for (unsigned t = 0; t <= LFB_HISTORY_THREADS_MAX; t++)
		(void)fprintf(out, "thread %u\n", t);
	(void)fprintf(out, "end\n");
	(void)fclose(out);
	refused(text, bytes, LFB_HISTORY_THREADS_MAX + 2, "more than 256 threads");
	free(text);
}

static void what_cannot_be_written_is_an_error(void **state)
{
	struct lfb_history *const h = a_bit_of_everything();
	FILE *const out = fopen("/dev/full", "w");

	(void)state;
	if (out != NULL)
		assert_int_equal(lfb_history_write(out, h), -ENOSPC);
	if (out != NULL)
		(void)fclose(out);
	lfb_history_free(h);
}

static char *timeline(const struct lfb_history *h, unsigned width)
{
	struct lfb_check_result result;
	char *text = NULL;
	size_t bytes;
	FILE *const out = open_memstream(&text, &bytes);

	assert_int_equal(lfb_check(h, &result, NULL), 0);
	assert_int_equal(lfb_witness_write(out, &result.witness, h, 2, width), 0);
	(void)fclose(out);
	return text;
}

static void a_timeline_shows_what_overlaps(void **state)
{
	struct lfb_history *const h = fresh_history();
	char *text;

	(void)state;
	push(h, 0, VALUE(0, 1), 1000, 2000);
	empty(h, 1, 3000, 4000);
	add(h, 0, LFB_HISTORY_PUSH, VALUE(0, 2), 5000, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	text = timeline(h, 100);
	assert_string_equal(text, "  VWit: a pop said EMPTY while a value was in the queue all the time.\n"
				  "  thread 0   push 0:1            ok         0.000 .. 1.000      us  [====]\n"
				  "  thread 1   pop                 EMPTY      2.000 .. 3.000      us          [====]\n");
	free(text);
	text = timeline(h, 20); /* no room for bars */
	assert_null(strchr(text, '['));
	free(text);
	lfb_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_read_it_is_the_same),
		cmocka_unit_test(a_name_cannot_add_lines),
		cmocka_unit_test(what_is_no_history_is_named),
		cmocka_unit_test(long_lines_and_many_threads),
		cmocka_unit_test(what_cannot_be_written_is_an_error),
		cmocka_unit_test(a_timeline_shows_what_overlaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
