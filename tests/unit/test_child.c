/*
 * test_child.c - processes that end well, badly, late, never, or by a signal; that write little,
 * nothing or megabytes; and that leave others behind. All of them are shells.
 */
#include "unit.h"

#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

#define SECOND_NS UINT64_C(1000000000)
#define LONG_NS (20 * SECOND_NS)

static struct lfb_child_result result;
static double took_s;

/* Runs the shell script; the result is kept until the next one. */
static void run(const char *script, uint64_t limit_ns, const volatile sig_atomic_t *interrupted)
{
	char text[512], *argv[] = { "/bin/sh", "-c", text, NULL };
	struct lfb_error error = { "" };
	const double start_s = unit_now_s();

	(void)snprintf(text, sizeof(text), "%s", script);
	lfb_child_result_free(&result);
	if (lfb_child_run(argv, limit_ns, interrupted, &result, &error) != 0)
		fail_msg("%s", error.text);
	took_s = unit_now_s() - start_s;
}

static void ended_with(int code)
{
	assert_true(WIFEXITED(result.wait_status));
	assert_int_equal(WEXITSTATUS(result.wait_status), code);
	assert_false(result.timed_out || result.interrupted);
}

static void wrote(unsigned stream, const char *text)
{
	assert_int_equal(result.stream[stream].size, strlen(text));
	if (text[0] != '\0' || result.stream[stream].bytes != NULL)
		assert_string_equal(result.stream[stream].bytes, text);
}

static void exit_codes(void **state)
{
	(void)state;
	run("exit 0", LONG_NS, NULL);
	ended_with(0);
	wrote(0, "");
	wrote(1, "");
	run("exit 4", LONG_NS, NULL);
	ended_with(4);
	run("exit 77", LONG_NS, NULL);
	ended_with(77);
	run("exit 255", LONG_NS, NULL);
	ended_with(255);
}

static void two_streams(void **state)
{
	(void)state;
	run("echo rows >&3; echo detail >&4; echo more >&3; echo nowhere; exit 3", LONG_NS, NULL);
	ended_with(3);
	wrote(0, "rows\nmore\n");
	wrote(1, "detail\n");
	/* Slowly, and one stream closed early. */
	run("printf a >&3; exec 3>&-; sleep 0.1; printf b >&4; sleep 0.1; printf c >&4", LONG_NS, NULL);
	ended_with(0);
	wrote(0, "a");
	wrote(1, "bc");
	/* Both closed early: it is still waited for. */
	run("exec 3>&- 4>&-; sleep 0.3; exit 9", LONG_NS, NULL);
	ended_with(9);
	assert_true(took_s >= 0.3);
	/* A NUL byte is a byte. */
	run("printf 'a\\0b' >&3", LONG_NS, NULL);
	assert_int_equal(result.stream[0].size, 3);
	assert_memory_equal(result.stream[0].bytes, "a\0b", 4);
}

/* Nothing of the parent is there but standard error and the two pipes: its standard input stays its own. */
static void descriptors_of_the_child(void **state)
{
	const int before = fcntl(0, F_DUPFD_CLOEXEC, 3);
	int input[2];

	(void)state;
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(write(input[1], "secret\n", 7), 7);
	assert_int_equal(dup2(input[0], 0), 0);
	run("read line; echo \"$?$line\" >&3; ls /proc/self/fd | sort -n | tr '\\n' ' ' >&4", LONG_NS, NULL);
	assert_int_equal(dup2(before, 0), 0);
	(void)close(before);
	(void)close(input[0]);
	(void)close(input[1]);
	ended_with(0);
	wrote(0, "1\n");
	wrote(1, "0 1 2 3 4 5 6 7 "); /* three, the streams, and the folder that ls reads */
}

static void megabytes(void **state)
{
	enum { BYTES = 8 << 20 };

	(void)state;
	run("head -c 8388608 /dev/zero | tr '\\0' x >&3 & head -c 8388608 /dev/zero | tr '\\0' y >&4; wait", LONG_NS,
	    NULL);
	ended_with(0);
	assert_int_equal(result.stream[0].size, BYTES);
	assert_int_equal(result.stream[1].size, BYTES);
	assert_int_equal(result.stream[0].bytes[BYTES - 1], 'x');
	assert_int_equal(result.stream[1].bytes[BYTES - 1], 'y');
	assert_int_equal(strlen(result.stream[0].bytes), BYTES);
}

/* More than results can be: the pipe is closed, and what writes to it ends by SIGPIPE. */
static void without_end(void **state)
{
	(void)state;
	run("exec cat /dev/zero >&3", LONG_NS, NULL);
	assert_true(WIFSIGNALED(result.wait_status));
	assert_int_equal(WTERMSIG(result.wait_status), SIGPIPE);
	assert_in_range(result.stream[0].size, 64 << 20, 65 << 20);
	assert_false(result.timed_out);
}

static void killed_by_a_signal(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGKILL, SIGTERM, SIGALRM };

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		char script[64];

		(void)snprintf(script, sizeof(script), "ulimit -c 0; echo before >&3; kill -%d $$; echo after >&3",
			       signals[i]);
		run(script, LONG_NS, NULL);
		assert_true(WIFSIGNALED(result.wait_status));
		assert_int_equal(WTERMSIG(result.wait_status), signals[i]);
		assert_false(result.timed_out || result.interrupted);
		wrote(0, "before\n");
	}
}

static void cannot_be_started(void **state)
{
	char *argv[] = { "/nowhere/at_all", NULL };
	struct lfb_error error = { "" };

	(void)state;
	lfb_child_result_free(&result);
	assert_int_equal(lfb_child_run(argv, LONG_NS, NULL, &result, &error), 0);
	ended_with(127);
	argv[0] = "/etc/passwd";
	lfb_child_result_free(&result);
	assert_int_equal(lfb_child_run(argv, LONG_NS, NULL, &result, &error), 0);
	ended_with(127);
}

static void time_limit(void **state)
{
	(void)state;
	run("echo early >&3; sleep 30", SECOND_NS / 4, NULL);
	assert_true(result.timed_out);
	assert_false(result.interrupted);
	assert_true(took_s >= 0.25 && took_s < 5);
	wrote(0, "early\n"); /* what was written in time is kept */
	assert_true(WIFSIGNALED(result.wait_status));
	assert_int_equal(WTERMSIG(result.wait_status), SIGKILL);
	/* One that does not want to end, and one that has closed its streams. */
	run("trap '' TERM INT HUP; exec 3>&- 4>&-; while :; do sleep 1; done", SECOND_NS / 4, NULL);
	assert_true(result.timed_out);
	assert_true(took_s < 5);
	/* No limit worth the name: the sum of now and the limit must not wrap around. */
	run("sleep 0.1; exit 5", UINT64_MAX, NULL);
	ended_with(5);
}

/* Whether the process group of a test still has somebody alive who was told to touch `file` after a while. */
static void nobody_left(const char *file)
{
	(void)usleep(350000);
	assert_int_not_equal(access(file, F_OK), 0);
}

/* The whole group ends with the child, however the child ended: a plug-in's helper does not run on. */
static void nothing_runs_on(void **state)
{
	char folder[] = "/tmp/lfbench-child-XXXXXX", file[64], script[256];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(file, sizeof(file), "%s/alive", folder);
	(void)snprintf(script, sizeof(script), "(exec 3>&- 4>&-; sleep 0.3; echo >%s) & exit 0", file);
	run(script, LONG_NS, NULL);
	ended_with(0);
	nobody_left(file);
	(void)snprintf(script, sizeof(script), "(sleep 0.5; echo >%s) & sleep 20", file);
	run(script, SECOND_NS / 5, NULL);
	assert_true(result.timed_out);
	nobody_left(file);
	(void)snprintf(script, sizeof(script), "(sleep 0.3; echo >%s) & kill -9 $$", file);
	run(script, LONG_NS, NULL);
	assert_true(WIFSIGNALED(result.wait_status));
	nobody_left(file);
	assert_int_equal(rmdir(folder), 0);
}

/* The child has ended; that something it started holds the pipes open is no reason to wait for the limit. */
static void a_grandchild_keeps_the_pipes(void **state)
{
	(void)state;
	run("sleep 30 & echo row >&3; exit 6", 4 * SECOND_NS, NULL);
	assert_false(result.timed_out);
	ended_with(6);
	wrote(0, "row\n");
	assert_true(took_s < 3);
}

static volatile sig_atomic_t interrupted;

static void on_alarm(int number)
{
	interrupted = number;
}

/* `body` with a SIGALRM after `after_ms` that sets `interrupted`. */
static void interrupt_after(unsigned after_ms)
{
	const struct itimerval timer = { .it_value = { .tv_usec = (suseconds_t)after_ms * 1000 } };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_alarm;
	interrupted = 0;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void interruption(void **state)
{
	(void)state;
	interrupt_after(200);
	run("echo row >&3; sleep 30", LONG_NS, &interrupted);
	assert_true(result.interrupted);
	assert_false(result.timed_out);
	assert_true(took_s < 5);
	assert_true(WIFSIGNALED(result.wait_status));
	wrote(0, "row\n");
	/* A child that has closed its streams, too. */
	interrupt_after(200);
	run("exec 3>&- 4>&-; sleep 4", LONG_NS, &interrupted);
	assert_true(result.interrupted);
	assert_true(took_s < 3);
	/* Interrupted before it began. */
	interrupted = 1;
	run("sleep 30", LONG_NS, &interrupted);
	assert_true(result.interrupted);
	assert_true(took_s < 5);
	/* A signal that is not an interruption interrupts nothing. */
	interrupt_after(100);
	run("sleep 0.4; exit 8", LONG_NS, NULL);
	ended_with(8);
	(void)signal(SIGALRM, SIG_DFL);
}

/* The keyboard's Ctrl-C reaches the parent only; a child that gets the signal dies of it as usual. */
static void signals_are_at_their_defaults(void **state)
{
	void (*const before)(int) = signal(SIGPIPE, SIG_IGN);

	(void)state;
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	run("ps=$(cut -d' ' -f5 /proc/$$/stat); [ \"$ps\" = $$ ] && echo leader >&3; kill -INT $$; echo survived >&3",
	    LONG_NS, NULL);
	wrote(0, "leader\n");
	assert_true(WIFSIGNALED(result.wait_status));
	assert_int_equal(WTERMSIG(result.wait_status), SIGINT);
	run("kill -TERM $$; echo survived >&3", LONG_NS, NULL);
	assert_int_equal(WTERMSIG(result.wait_status), SIGTERM);
	run("kill -PIPE $$; echo survived >&3", LONG_NS, NULL);
	assert_int_equal(WTERMSIG(result.wait_status), SIGPIPE);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGPIPE, before);
}

static unsigned open_files(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Hundreds of launches leave no descriptor and no zombie behind. */
static void nothing_is_used_up(void **state)
{
	const unsigned before = open_files();

	(void)state;
	for (int i = 0; i < 30; i++) {
		run("echo x >&3", LONG_NS, NULL);
		ended_with(0);
	}
	assert_int_equal(open_files(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* A program that was started without standard streams has the pipes at their numbers all the same. */
static int without_standard_streams(void *context)
{
	(void)context;
	(void)close(0);
	(void)close(1);
	run("echo rows >&3; echo detail >&4", LONG_NS, NULL);
	return result.stream[0].size == 5 && result.stream[1].size == 7 ? 0 : 1;
}

static void closed_standard_streams(void **state)
{
	(void)state;
	assert_int_equal(unit_in_child(without_standard_streams, NULL, 20), 0);
}

/* No descriptors left: said, and the result can be freed. */
static void no_descriptors(void **state)
{
	char *argv[] = { "/bin/true", NULL };
	struct lfb_error error = { "" };
	int fds[1024], count = 0;

	(void)state;
	lfb_child_result_free(&result);
	while (count < (int)COUNT(fds) && (fds[count] = fcntl(0, F_DUPFD_CLOEXEC, 3)) >= 0)
		count++;
	if (count == (int)COUNT(fds)) {
		while (count > 0)
			(void)close(fds[--count]);
		skip(); /* the limit is above what this test wants to open */
	}
	assert_int_equal(lfb_child_run(argv, LONG_NS, NULL, &result, &error), -EMFILE);
	unit_has(error.text, "no pipe");
	lfb_child_result_free(&result);
	/* With two descriptors the first pipe is there, but not where it has to be. */
	(void)close(fds[--count]);
	(void)close(fds[--count]);
	assert_int_equal(lfb_child_run(argv, LONG_NS, NULL, &result, &error), -EMFILE);
	while (count > 0)
		(void)close(fds[--count]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(two_streams),
		cmocka_unit_test(descriptors_of_the_child),
		cmocka_unit_test(megabytes),
		cmocka_unit_test(without_end),
		cmocka_unit_test(killed_by_a_signal),
		cmocka_unit_test(cannot_be_started),
		cmocka_unit_test(time_limit),
		cmocka_unit_test(nothing_runs_on),
		cmocka_unit_test(a_grandchild_keeps_the_pipes),
		cmocka_unit_test(interruption),
		cmocka_unit_test(signals_are_at_their_defaults),
		cmocka_unit_test(nothing_is_used_up),
		cmocka_unit_test(closed_standard_streams),
		cmocka_unit_test(no_descriptors),
	};
	const struct rlimit few = { .rlim_cur = 256, .rlim_max = 256 };
	int failed;

	(void)close_range(3, UINT_MAX, 0);    /* whoever started this may have left some open */
	(void)setrlimit(RLIMIT_NOFILE, &few); /* so that running out of them is quick */
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	lfb_child_result_free(&result);
	return failed;
}
