/* test_term_log.c - wrapping by columns, and a real (pseudo) terminal whose width changes. */
#include "unit.h"

#include "text/term_log.h"

#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static char seen[1 << 16];
static size_t seen_bytes;

static int keep(void *context, const char *bytes, size_t count)
{
	(void)context;
	assert_true(seen_bytes + count < sizeof(seen));
	memcpy(seen + seen_bytes, bytes, count);
	seen_bytes += count;
	seen[seen_bytes] = '\0';
	return 0;
}

static void forget(void)
{
	seen_bytes = 0;
	seen[0] = '\0';
}

static void wraps(unsigned columns, const char *text, const char *rows)
{
	struct lfb_term_log log;

	forget();
	assert_int_equal(lfb_term_log_open(&log, -1, columns, keep, NULL), 0);
	assert_int_equal(lfb_term_log_line(&log, text), 0);
	assert_string_equal(seen, rows);
	lfb_term_log_close(&log);
}

static void rows_of_a_line(void **state)
{
	(void)state;
	wraps(80, "", "\n");
	wraps(80, "short", "short\n");
	wraps(5, "12345", "12345\n");
	wraps(5, "12345 7", "12345\n7\n");
	wraps(5, "1 345678", "1\n34567\n8\n");
	wraps(5, "123456789012", "12345\n67890\n12\n");
	wraps(1, "abc", "a\nb\nc\n");
	wraps(0, "not wrapped at all, however long", "not wrapped at all, however long\n");
	/* Columns, not bytes: e with an acute accent is two bytes and one column, the second character three and two. */
	wraps(3, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", "\xC3\xA9\xC3\xA9\xC3\xA9\n\xC3\xA9\n");
	wraps(3, "\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x97\xA5\n\xE6\x9C\xAC\n");
	wraps(1, "\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x97\xA5\n\xE6\x9C\xAC\n");
}

static void hostile_lines(void **state)
{
	(void)state;
	wraps(80, "\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD\n");
	wraps(80, "a\033[2Jb", "a\xEF\xBF\xBD[2Jb\n");
	wraps(80, "two\nlines\r", "two\xEF\xBF\xBDlines\xEF\xBF\xBD\n");
}

static void too_long_lines_are_cut(void **state)
{
	static char text[3 * LFB_TERM_LINE_BYTES];
	struct lfb_term_log log;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	forget();
	assert_int_equal(lfb_term_log_open(&log, -1, 0, keep, NULL), 0);
	assert_int_equal(lfb_term_log_line(&log, text), 0);
	assert_int_equal(seen_bytes, LFB_TERM_LINE_BYTES); /* and a line end for the final NUL */
	lfb_term_log_close(&log);
}

/* Every way a row can end, at every width: nothing is lost but the spaces at which rows end, and no row is too long. */
static void nothing_is_lost(void **state)
{
	static const char text[] = "  a bb  ccc dddd eeeee ffffff ggggggg  ";

	(void)state;
	for (unsigned columns = 1; columns < 60; columns++) {
		size_t at = 0, skip, shown = 0, spaces = 0, bytes;

		while ((bytes = lfb_wrap_next(text + at, columns, &skip)) > 0) {
			assert_true(bytes <= columns);
			assert_true(skip == 0 || (skip == 1 && text[at + bytes] == ' '));
			shown += bytes;
			spaces += skip;
			at += bytes + skip;
		}
		assert_int_equal(shown + spaces, strlen(text));
		assert_int_equal(at, strlen(text));
	}
}

static void set_columns(int terminal, unsigned short columns)
{
	const struct winsize size = { .ws_col = columns, .ws_row = 10 };

	assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
}

/* What is on the screen is wrapped anew when the next line comes. */
static void a_terminal_that_changes_its_width(void **state)
{
	struct lfb_term_log log;
	int master, terminal;

	(void)state;
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	set_columns(terminal, 8);
	forget();
	assert_int_equal(lfb_term_log_open(&log, terminal, 0, keep, NULL), 0);
	assert_int_equal(lfb_term_log_line(&log, "one two three"), 0);
	assert_string_equal(seen, "one two\nthree\n");
	set_columns(terminal, 4);
	forget();
	assert_int_equal(lfb_term_log_line(&log, "four"), 0);
	assert_string_equal(seen, "\033[2J\033[Hone\ntwo\nthre\ne\nfour\n");
	assert_int_equal(log.redraws, 1);
	/* A terminal that does not know its width, or has one column. */
	set_columns(terminal, 0);
	forget();
	assert_int_equal(lfb_term_log_line(&log, "x"), 0);
	assert_string_equal(seen, "\033[2J\033[Hone two three\nfour\nx\n");
	set_columns(terminal, 1);
	forget();
	assert_int_equal(lfb_term_log_line(&log, "y"), 0);
	assert_non_null(strstr(seen, "f\no\nu\nr\nx\ny\n"));
	lfb_term_log_close(&log);
	(void)close(terminal);
	(void)close(master);
}

/* More lines than are kept: the last ones that fit the screen come again, in order. */
static void only_a_screenful_is_drawn_again(void **state)
{
	struct lfb_term_log log;
	int master, terminal;
	char text[16];

	(void)state;
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	set_columns(terminal, 80);
	assert_int_equal(lfb_term_log_open(&log, terminal, 0, keep, NULL), 0);
	for (unsigned i = 0; i < 250; i++) {
		forget();
		(void)snprintf(text, sizeof(text), "line %u", i);
		assert_int_equal(lfb_term_log_line(&log, text), 0);
	}
	set_columns(terminal, 40);
	forget();
	assert_int_equal(lfb_term_log_line(&log, "last"), 0);
	assert_ptr_equal(strstr(seen, "line "), strstr(seen, "line 240\n"));
	assert_non_null(strstr(seen, "line 248\nline 249\nlast\n"));
	lfb_term_log_close(&log);
	(void)close(terminal);
	(void)close(master);
}

static void the_status_line(void **state)
{
	struct lfb_term_log log;
	int master, terminal;

	(void)state;
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	set_columns(terminal, 8);
	assert_int_equal(lfb_term_log_open(&log, terminal, 0, keep, NULL), 0);
	forget();
	assert_int_equal(lfb_term_log_status(&log, "10 % done"), 0);
	assert_string_equal(seen, "10 % do"); /* the last column stays free */
	forget();
	assert_int_equal(lfb_term_log_line(&log, "a line"), 0);
	assert_string_equal(seen, "\r\033[Ka line\n10 % do");
	forget();
	assert_int_equal(lfb_term_log_status(&log, ""), 0);
	assert_string_equal(seen, "\r\033[K");
	lfb_term_log_close(&log);
	(void)close(terminal);
	(void)close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_a_line),
		cmocka_unit_test(hostile_lines),
		cmocka_unit_test(too_long_lines_are_cut),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(a_terminal_that_changes_its_width),
		cmocka_unit_test(only_a_screenful_is_drawn_again),
		cmocka_unit_test(the_status_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
