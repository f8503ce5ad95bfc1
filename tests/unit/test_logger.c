/* test_logger.c - the logger's lines, and its sink before terminals that are slow, stopped, gone or resized all the time. */
#include "unit.h"

#include "applications/logger.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define LINES 2000u

static struct lfb_shape shape;
static struct logger *app;
static int master, terminal, saved_stderr;
static char got[1 << 20];

/* A sink on a terminal that takes bytes as they are. Standard error is that terminal meanwhile. */
static int open_terminal(void **state)
{
	const struct winsize size = { .ws_col = 40, .ws_row = 10 };
	struct termios raw;
	char reason[200] = "";

	(void)state;
	app = (struct logger *)aligned_alloc(LFB_LINE, sizeof(*app));
	assert_non_null(app);
	memset(app, 0, sizeof(*app));
	shape.param[LFB_PARAM_sink] = LFB_SINK_TERMINAL;
	app->setup.shape = &shape;
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(terminal, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(terminal, TCSANOW, &raw), 0);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(saved_stderr >= 0 && dup2(terminal, STDERR_FILENO) == STDERR_FILENO);
	assert_int_equal(lfb_logger_sink_open(app, reason, sizeof(reason)), 0);
	return 0;
}

static int close_terminal(void **state)
{
	(void)state;
	lfb_term_log_close(&app->log);
	lfb_logger_sink_close(&app->sink);
	(void)dup2(saved_stderr, STDERR_FILENO);
	(void)close(saved_stderr);
	(void)close(terminal);
	if (master >= 0)
		(void)close(master);
	free(app);
	return 0;
}

static void *write_lines(void *nothing)
{
	for (unsigned i = 0; i < LINES; i++) {
		(void)lfb_term_log_line(&app->log, "a line of some length, which takes two rows of this terminal");
		lfb_logger_sink_line(&app->sink);
	}
	/* The end, for who reads: nothing else writes it. */
	(void)lfb_term_log_line(&app->log, "END");
	lfb_logger_sink_line(&app->sink);
	return nothing;
}

static void lines_follow_from_their_values(void **state)
{
	static struct logger plain;
	static char text[LFB_TERM_LINE_BYTES];
	static const uint64_t means[] = { 1, 2, 9, 10, 11, 80, 4095, 4096 };

	(void)state;
	assert_true(2 * lfb_params[LFB_PARAM_line].max <= LFB_TERM_LINE_BYTES); /* none is cut */
	for (size_t m = 0; m < sizeof(means) / sizeof(means[0]); m++) {
		uint64_t sum = 0;

		plain.line_bytes = means[m];
		for (uint64_t n = 0; n < 2000; n++) {
			const size_t length = lfb_logger_length(&plain, 3, n);

			assert_true(length >= 1 && length >= means[m] / 10 && length <= 2 * means[m]);
			lfb_logger_text(&plain, 3, n, text);
			assert_int_equal(strlen(text), length);
			assert_true(lfb_logger_text_is(&plain, 3, n, text));
			text[length - 1] ^= 1;
			assert_false(lfb_logger_text_is(&plain, 3, n, text));
			sum += length;
		}
		assert_true(sum / 2000 + 1 >= means[m] - means[m] / 20 && sum / 2000 <= means[m] + means[m] / 20);
	}
}

/* What arrives until the end, or everything there is; the size of the window changes `storm` times meanwhile. */
static size_t read_all(unsigned storm)
{
	size_t used = 0;

	while (used < sizeof(got) - 1 && (used < 4 || strcmp(got + used - 4, "END\n") != 0)) {
		const size_t room = sizeof(got) - 1 - used;
		/* In small bites: the other side has to wait. */
		const ssize_t n = read(master, got + used, room < 512 ? room : 512);

		if (n <= 0)
			break;
		used += (size_t)n;
		got[used] = '\0';
		if (storm > 0) {
			const struct winsize size = { .ws_col = (unsigned short)(storm % 5 * 13), .ws_row = 3 };

			storm--;
			assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
			assert_int_equal(raise(SIGWINCH), 0);
		}
	}
	return used;
}

static void a_slow_terminal_gets_everything(void **state)
{
	static const char rows[] = "a line of some length, which takes two\nrows of this terminal\n";
	pthread_t writer;
	size_t got_bytes;

	(void)state;
	assert_int_equal(fcntl(terminal, F_SETFL, O_RDWR | O_NONBLOCK), 0); /* as some shells and programs leave it */
	assert_int_equal(pthread_create(&writer, NULL, write_lines, NULL), 0);
	got_bytes = read_all(0);
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_int_equal(got_bytes, app->sink.bytes);
	assert_int_equal(lfb_logger_sink_finish(&app->sink), 0);
	assert_int_equal(app->log.wrapped, LINES);
	for (size_t i = 0; i < LINES; i++)
		assert_memory_equal(got + i * (sizeof(rows) - 1), rows, sizeof(rows) - 1);
	assert_string_equal(got + LINES * (sizeof(rows) - 1), "END\n");
}

static void a_storm_of_sizes(void **state)
{
	pthread_t writer;
	size_t got_bytes;

	(void)state;
	assert_int_equal(pthread_create(&writer, NULL, write_lines, NULL), 0);
	got_bytes = read_all(100);
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_int_equal(got_bytes, app->sink.bytes);
	assert_int_equal(lfb_logger_sink_finish(&app->sink), 0);
	assert_true(app->log.redraws > 0 && app->log.redraws <= 100);
}

/* Nobody reads. Without the call the writer would never come back: it is for the test's time limit to find. */
static void a_stopped_terminal_is_left_when_called_off(void **state)
{
	pthread_t writer;

	(void)state;
	assert_int_equal(pthread_create(&writer, NULL, write_lines, NULL), 0);
	(void)usleep(20000); /* most likely it waits by now; the outcome is the same if not */
	lfb_logger_sink_call_off(&app->sink);
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_int_equal(lfb_logger_sink_finish(&app->sink), -ECANCELED);
}

static void a_terminal_that_goes_away(void **state)
{
	(void)state;
	(void)close(master);
	master = -1;
	(void)write_lines(NULL);
	assert_int_equal(lfb_logger_sink_finish(&app->sink), -EIO);
}

/* Others share the open file of standard error: its flags stay what they were. */
static void standard_error_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
	assert_int_not_equal(app->sink.fd, STDERR_FILENO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_follow_from_their_values),
		cmocka_unit_test_setup_teardown(a_slow_terminal_gets_everything, open_terminal, close_terminal),
		cmocka_unit_test_setup_teardown(a_storm_of_sizes, open_terminal, close_terminal),
		cmocka_unit_test_setup_teardown(a_stopped_terminal_is_left_when_called_off, open_terminal, close_terminal),
		cmocka_unit_test_setup_teardown(a_terminal_that_goes_away, open_terminal, close_terminal),
		cmocka_unit_test_setup_teardown(standard_error_is_left_alone, open_terminal, close_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
