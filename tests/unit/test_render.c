/* test_render.c - what goes to a terminal: safe, fitted to its width, and saying what it must. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "results/flags.h"
#include "commands/show/render.h"
#include "text/safe_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BAD "\xEF\xBF\xBD"

static const struct lfb_medium plain = { .width = 80 };

static void makes_text_safe(void **state)
{
	static const struct {
		const char *text, *safe, *ascii;
	} texts[] = {
		{ "plain", "plain", "plain" },
		{ "\x1b[31mred\x1b[0m", BAD "[31mred" BAD "[0m", "?[31mred?[0m" },
		{ "a\nb\tc\rd\x7f", "a" BAD "b" BAD "c" BAD "d" BAD, "a?b?c?d?" },
		{ "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x8C", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x8C",
		  "caf? ? ?" },
		{ "\xC2\x9B"
		  "31m",
		  BAD "31m", "?31m" }, /* C1: CSI in one character */
		{ "\x9B"
		  "31m",
		  BAD "31m", "?31m" }, /* and in one byte */
		{ "a\xE2\x80\xAE"
		  "b",
		  "a" BAD "b", "a?b" },	       /* right-to-left override */
		{ "\xC0\xAF", BAD BAD, "??" }, /* overlong */
		{ "\xE0\x80\xAF", BAD BAD BAD, "???" },
		{ "\xED\xA0\x80", BAD BAD BAD, "???" },		 /* surrogate */
		{ "\xF4\x90\x80\x80", BAD BAD BAD BAD, "????" }, /* beyond Unicode */
		{ "\xE2\x82", BAD BAD, "??" },			 /* cut off */
		{ "\xFF\xFE", BAD BAD, "??" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_string_equal(lfb_safe_text(texts[i].text, false, out, sizeof(out)), texts[i].safe);
		assert_string_equal(lfb_safe_text(texts[i].text, true, out, sizeof(out)), texts[i].ascii);
	}
}

/* Whatever the room, the result fits and is never cut inside a character. */
static void cuts_between_characters(void **state)
{
	char out[16], again[16];

	(void)state;
	for (size_t bytes = 1; bytes <= sizeof(out); bytes++) {
		memset(out, 'x', sizeof(out));
		(void)lfb_safe_text("\xE2\x82\xAC\x1b\xC3\xA9z", false, out, bytes);
		assert_true(strlen(out) < bytes);
		assert_string_equal(lfb_safe_text(out, false, again, sizeof(again)), out);
	}
}

/* However many marks sit on one character: no piece is larger than its buffer, and nothing is lost. */
static void prints_text_that_takes_no_columns(void **state)
{
	char long_text[3001], *text = NULL;
	size_t bytes = 0;
	FILE *const out = open_memstream(&text, &bytes);

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(long_text); i += 2)
		memcpy(long_text + i, "\xCC\x81", 2);
	long_text[sizeof(long_text) - 1] = '\0';
	render_safe(out, long_text);
	(void)fclose(out);
	assert_string_equal(text, long_text);
	free(text);
	assert_int_equal(lfb_text_cut("ab\xE2\x82\xAC", 4), 2);
	assert_int_equal(lfb_text_cut("ab\xE2\x82\xAC", 5), 5);
	assert_int_equal(lfb_text_cut("\xFF\xFF\xFF", 2), 2);
}

static void measures_columns(void **state)
{
	(void)state;
	assert_int_equal(lfb_text_columns("", SIZE_MAX), 0);
	assert_int_equal(lfb_text_columns("caf\xC3\xA9", SIZE_MAX), 4);
	assert_int_equal(lfb_text_columns("e\xCC\x81", SIZE_MAX), 1);		     /* combining */
	assert_int_equal(lfb_text_columns("\xE6\x97\xA5\xE6\x9C\xAC", SIZE_MAX), 4); /* wide */
	assert_int_equal(lfb_text_columns("caf\xC3\xA9", 3), 3);
	assert_int_equal(lfb_text_fit("caf\xC3\xA9s", 4), 5);
	assert_int_equal(lfb_text_fit("\xE6\x97\xA5\xE6\x9C\xAC", 3), 3);
	assert_int_equal(lfb_text_fit("abc", 9), 3);
}

static struct lfb_row make_row(const char *backend, unsigned launch, const char *ns, const char *ops)
{
	struct lfb_row row = { .failed = false };

	lfb_row_set(&row, LFB_COL_workload, "producer_consumer");
	lfb_row_set(&row, LFB_COL_backend, backend);
	lfb_row_set(&row, LFB_COL_semantics, "mpmc-fifo");
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set(&row, LFB_COL_producers, "1");
	lfb_row_set(&row, LFB_COL_consumers, "2");
	lfb_row_set_u64(&row, LFB_COL_launch, launch);
	lfb_row_set(&row, LFB_COL_ns_per_op, ns);
	lfb_row_set(&row, LFB_COL_ops_per_s, ops);
	return row;
}

static void add(struct lfb_summary *summary, struct lfb_row *row)
{
	assert_int_equal(lfb_summary_add(summary, row), 0);
	lfb_row_clear(row);
}

static void add_launches(struct lfb_summary *summary, const char *backend, unsigned n, const char *ns, const char *ops)
{
	for (unsigned launch = 1; launch <= n; launch++) {
		struct lfb_row row = make_row(backend, launch, ns, ops);

		if (strcmp(backend, "faa") == 0)
			lfb_row_set(&row, LFB_COL_check_level, "n/a");
		add(summary, &row);
	}
}

static void add_bad(struct lfb_summary *summary, const char *backend, const char *status, const char *reason,
		    const char *flags)
{
	struct lfb_row row = make_row(backend, 1, "", "");

	lfb_row_set(&row, LFB_COL_status, status);
	lfb_row_set(&row, LFB_COL_reason, reason);
	lfb_row_set(&row, LFB_COL_flags, flags);
	add(summary, &row);
}

/* What is printed; the summary is used up. */
static char *print(struct lfb_summary *summary, struct lfb_medium medium)
{
	char *text = NULL;
	size_t bytes;
	FILE *const out = open_memstream(&text, &bytes);

	assert_int_equal(lfb_summary_finish(summary), 0);
	assert_int_equal(render_summary(out, summary, &medium), 0);
	(void)fclose(out);
	lfb_summary_free(summary);
	return text;
}

static void contains(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no '%s' in:\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("there is '%s' in:\n%s", part, text);
}

/* Some of everything. */
static struct lfb_summary sample(void)
{
	struct lfb_summary summary = { .rows = 0 };

	add_launches(&summary, "faa", 6, "5.1", "196078431");
	add_launches(&summary, "ring", 6, "10.2", "98039216");
	add_launches(&summary, "tied", 6, "10.2", "98039216");
	add_launches(&summary, "stack", 6, "1020", "980392");
	add_bad(&summary, "ring", "invalid", "value 7 was popped twice", "oversubscribed");
	add_bad(&summary, "broken", "crashed", "SIGSEGV", "");
	add_bad(&summary, "spsc", "unsupported", "2 consumers, the backend allows 1", "");
	return summary;
}

static void says_what_it_must(void **state)
{
	struct lfb_summary summary = sample();
	char *text;

	(void)state;
	add_launches(&summary, "late", 6, "10.2", "98039216");
	add_bad(&summary, "late", "invalid", "value 7 was popped twice", "");
	text = print(&summary, plain);
	contains(text, "producer_consumer: 1 producer, 2 consumers\n");
	contains(text, "6 launches of 1 trial.");
	contains(text, "=! ring     mpmc-fifo   10.2  10.2\u201310.2  98.0 M    50 %  a ");
	contains(text, "=  tied     mpmc-fifo   10.2  10.2\u201310.2  98.0 M    50 %    ");
	contains(text, "!  late     mpmc-fifo   10.2  ");
	contains(text, "   stack    mpmc-fifo   1020  1020\u20131020   980 k   0.5 %");
	contains(text, "   faa      reference   5.10  5.10\u20135.10   196 M   100 %\n");
	contains(text, "            invalid: value 7 was popped twice\n");
	contains(text, "   broken   crashed: SIGSEGV\n");
	contains(text, "   spsc     unsupported: 2 consumers, the backend allows 1\n");
	contains(text, "= not resolved");
	contains(text, "! some of its rows were not ok");
	contains(text, "a oversubscribed (1 of 34 rows): more threads than CPUs");
	contains(text, "crashed: the process died");
	contains(text, "  34 rows, 30 ok.\n");
	free(text);
}

/* No line is wider than the medium or ends in a space, from 60 columns up. */
static void fits_the_width(void **state)
{
	(void)state;
	for (unsigned width = 60; width <= 160; width += 4) {
		struct lfb_summary summary = sample();
		char *const text = print(&summary, (struct lfb_medium){ .width = width });

		for (char *line = text, *next; *line != '\0'; line = next + 1) {
			next = strchr(line, '\n');
			assert_non_null(next);
			if (lfb_text_columns(line, (size_t)(next - line)) > width || (next > line && next[-1] == ' '))
				fail_msg("at width %u: '%.*s'", width, (int)(next - line), line);
		}
		contains(text, "10.2");
		contains(text, "98.0 M");
		free(text);
	}
}

static void ascii_is_ascii(void **state)
{
	struct lfb_summary summary = sample();
	char *text;

	(void)state;
	add_bad(&summary, "caf\xC3\xA9", "crashed", "\xE2\x80\xA6", "");
	text = print(&summary, (struct lfb_medium){ .width = 100, .ascii = true });
	for (const char *c = text; *c != '\0'; c++)
		assert_true((*c >= ' ' && *c <= '~') || *c == '\n');
	contains(text, "caf?");
	contains(text, "###");
	free(text);
}

/* A file can put nothing on the terminal that steers it: all control there is comes from us. */
static void file_cannot_steer_the_terminal(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("q", 1, "10", "1e8");
	char *text;

	(void)state;
	for (int c = 0; c < LFB_COLUMN_COUNT; c++)
		if (c != LFB_COL_status && c != LFB_COL_ns_per_op && c != LFB_COL_ops_per_s)
			lfb_row_set(&row, (enum lfb_column)c,
				    "\x1b]0;owned\x07\r\n\xC2\x9B"
				    "2J\xE2\x80\xAE%n%s");
	add(&summary, &row);
	row = make_row("\x1b[2J", 1, "", "");
	lfb_row_set(&row, LFB_COL_status, "\x1b[2J");
	lfb_row_set(&row, LFB_COL_reason, "\x1b[2J\n");
	add(&summary, &row);
	text = print(&summary, plain);
	for (const char *c = text; *c != '\0'; c++)
		assert_true((unsigned char)*c >= ' ' || *c == '\n');
	lacks(text, "\xC2\x9B");
	lacks(text, "\xE2\x80\xAE");
	contains(text, "owned");
	free(text);
}

static void colour_only_where_allowed(void **state)
{
	struct lfb_summary summary = sample();
	char *text = print(&summary, plain);
	struct lfb_medium medium;
	FILE *const file = tmpfile();

	(void)state;
	lacks(text, "\x1b");
	free(text);
	summary = sample();
	text = print(&summary, (struct lfb_medium){ .width = 80, .color = true });
	contains(text, "\x1b[31m");
	free(text);
	assert_false(render_medium(file, LFB_WHEN_AUTO, false).color); /* no terminal */
	assert_true(render_medium(file, LFB_WHEN_ALWAYS, false).color);
	assert_false(render_medium(file, LFB_WHEN_NEVER, false).color);
	(void)setenv("COLUMNS", "100", 1);
	assert_int_equal(render_medium(file, LFB_WHEN_AUTO, false).width, 100);
	(void)setenv("COLUMNS", "20", 1);
	assert_int_equal(render_medium(file, LFB_WHEN_AUTO, false).width, 60);
	(void)setenv("COLUMNS", "junk", 1);
	assert_int_equal(render_medium(file, LFB_WHEN_AUTO, false).width, 80);
	(void)unsetenv("COLUMNS");
	(void)setenv("LC_ALL", "C", 1);
	assert_true(render_medium(file, LFB_WHEN_AUTO, false).ascii);
	(void)setenv("LC_ALL", "de_DE.UTF-8", 1);
	medium = render_medium(file, LFB_WHEN_AUTO, false);
	assert_false(medium.ascii);
	assert_int_equal(medium.width, 80);
	assert_true(render_medium(file, LFB_WHEN_AUTO, true).ascii);
	(void)fclose(file);
}

/* The fastest is coloured only if that is sure and fair. */
static void crowns_only_a_winner(void **state)
{
	const struct lfb_medium color = { .width = 80, .color = true };
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;
	char *text;

	(void)state;
	add_launches(&summary, "fast", 6, "10", "1e8");
	add_launches(&summary, "slow", 6, "20", "5e7");
	text = print(&summary, color);
	contains(text, "\x1b[32m");
	free(text);

	add_launches(&summary, "fast", 6, "10", "1e8");
	add_launches(&summary, "same", 6, "10", "1e8");
	text = print(&summary, color);
	lacks(text, "\x1b[32m");
	free(text);

	add_launches(&summary, "fast", 5, "10", "1e8"); /* no interval */
	add_launches(&summary, "slow", 6, "20", "5e7");
	text = print(&summary, color);
	lacks(text, "\x1b[32m");
	free(text);

	add_launches(&summary, "slow", 6, "20", "5e7");
	for (unsigned launch = 1; launch <= 6; launch++) {
		row = make_row("fast", launch, "10", "1e8");
		lfb_row_set(&row, LFB_COL_semantics, "spsc-fifo");
		add(&summary, &row);
	}
	text = print(&summary, color);
	lacks(text, "\x1b[32m");
	contains(text, "Unlike semantics");
	free(text);
}

/* A setting is named in the heading, whatever stands beside it; at which load it ran is not. */
static void names_settings_beside_a_load(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("q", 1, "10", "1e8");
	char *text;

	(void)state;
	lfb_row_set(&row, LFB_COL_params, "arrivals=poisson;burst=4;load=50;sink=file");
	add(&summary, &row);
	text = print(&summary, plain);
	contains(text, "1 producer, 2 consumers, burst=4, sink=file\n");
	free(text);
}

/* What is slow beyond drawing still has a bar; what is flagged throughout says so once. */
static void common_flags_and_short_bars(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row;
	char *text;

	(void)state;
	row = make_row("hare", 1, "10", "1e8");
	lfb_row_set(&row, LFB_COL_flags, "debug");
	add(&summary, &row);
	row = make_row("snail", 1, "1e7", "100");
	lfb_row_set(&row, LFB_COL_flags, "debug");
	add(&summary, &row);
	text = print(&summary, plain);
	contains(text, "All lines carry flag a.");
	lacks(text, "  flags");
	contains(text, "  hare     mpmc-fifo      10.0  100 M  \u2588");
	contains(text, "  snail    mpmc-fifo  10000000    100  \u258F\n");
	contains(text, "a debug (2 of 2 rows): built without optimisation");
	free(text);

	row = make_row("hare", 1, "10", "1e8");
	lfb_row_set(&row, LFB_COL_flags, "debug;unpinned");
	add(&summary, &row);
	row = make_row("snail", 1, "1e7", "100");
	lfb_row_set(&row, LFB_COL_flags, "debug");
	add(&summary, &row);
	text = print(&summary, plain);
	contains(text, "All lines carry flag a.");
	contains(text, "  flags");
	contains(text, "100 M  b ");
	free(text);
}

static void nothing_ok_is_shown_too(void **state)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_row row = make_row("empty", 1, "", "");
	char *text;

	(void)state;
	add_bad(&summary, "a", "crashed", "SIGSEGV", "unheard_of");
	add(&summary, &row);
	text = print(&summary, plain);
	contains(text, "crashed: SIGSEGV");
	contains(text, "empty");
	contains(text, "no figures");
	contains(text, "2 rows, 1 ok");
	contains(text, "unheard_of (1 of 2 rows): not known");
	lacks(text, "launch of");
	free(text);
}

static void full_output_is_an_error(void **state)
{
	struct lfb_summary summary = sample();
	FILE *const full = fopen("/dev/full", "w");

	(void)state;
	(void)setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(lfb_summary_finish(&summary), 0);
	assert_int_equal(render_summary(full, &summary, &plain), -EIO);
	lfb_summary_free(&summary);
	(void)fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_text_safe),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(prints_text_that_takes_no_columns),
		cmocka_unit_test(measures_columns),
		cmocka_unit_test(says_what_it_must),
		cmocka_unit_test(fits_the_width),
		cmocka_unit_test(ascii_is_ascii),
		cmocka_unit_test(file_cannot_steer_the_terminal),
		cmocka_unit_test(colour_only_where_allowed),
		cmocka_unit_test(crowns_only_a_winner),
		cmocka_unit_test(nothing_ok_is_shown_too),
		cmocka_unit_test(full_output_is_an_error),
		cmocka_unit_test(names_settings_beside_a_load),
		cmocka_unit_test(common_flags_and_short_bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
