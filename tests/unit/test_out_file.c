/* test_out_file.c - a results file is old or new, never torn; what can fail is reported, and by the right name. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "results/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test has a directory of its own and works in it. */
static int enter_folder(void **state)
{
	char folder[] = "/tmp/lfbench-out-XXXXXX";

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return -1;
	*state = strdup(folder);
	return 0;
}

static int leave_folder(void **state)
{
	char command[128];
	int rc;

	(void)snprintf(command, sizeof(command), "rm -rf %s", (char *)*state);
	free(*state);
	rc = chdir("/");
	return rc != 0 ? rc : system(command);
}

static void make_file(const char *path, const char *text)
{
	FILE *const out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static void has(const char *path, const char *expected)
{
	char text[256] = "";
	FILE *const in = fopen(path, "r");

	if (in == NULL) {
		if (expected != NULL)
			fail_msg("%s is not there", path);
		return;
	}
	(void)!fread(text, 1, sizeof(text) - 1, in);
	(void)fclose(in);
	if (expected == NULL)
		fail_msg("%s is there", path);
	assert_string_equal(text, expected);
}

static struct lfb_out *open_ok(const char *path, unsigned flags)
{
	struct lfb_out *out = NULL;
	struct lfb_error error = { "" };

	if (lfb_out_open(path, flags, &out, &error) != 0)
		fail_msg("%s", error.text);
	return out;
}

static void open_fails(const char *path, unsigned flags, int status)
{
	struct lfb_out *out = NULL;
	struct lfb_error error = { "" };
	const int rc = lfb_out_open(path, flags, &out, &error);

	if (rc != status)
		fail_msg("%s: %d, %s", path, rc, error.text);
	assert_null(out);
	assert_non_null(strstr(error.text, path));
}

static void write_text(struct lfb_out *out, const char *text)
{
	assert_true(fputs(text, lfb_out_stream(out)) >= 0);
}

static void appears_on_commit(void **state)
{
	struct lfb_out *const out = open_ok("a.csv", 0);

	(void)state;
	assert_false(lfb_out_resumed(out));
	assert_string_equal(lfb_out_path(out), "a.csv.partial");
	write_text(out, "one\n");
	has("a.csv.partial", "");
	assert_int_equal(lfb_out_flush(out), 0);
	has("a.csv.partial", "one\n");
	has("a.csv", NULL);
	write_text(out, "two\n");
	assert_int_equal(lfb_out_commit(out), 0);
	has("a.csv", "one\ntwo\n");
	has("a.csv.partial", NULL);
}

static void does_not_replace_unasked(void **state)
{
	struct lfb_out *out;

	(void)state;
	make_file("a.csv", "old\n");
	open_fails("a.csv", 0, -EEXIST);
	open_fails("a.csv", LFB_OUT_RESUME, -EEXIST);
	has("a.csv.partial", NULL);
	out = open_ok("a.csv", LFB_OUT_FORCE);
	write_text(out, "new\n");
	assert_int_equal(lfb_out_flush(out), 0);
	has("a.csv", "old\n");
	assert_int_equal(lfb_out_commit(out), 0);
	has("a.csv", "new\n");
}

/* A file that came up during the run is not replaced either. */
static void does_not_replace_late_comer(void **state)
{
	struct lfb_out *const out = open_ok("a.csv", 0);

	(void)state;
	write_text(out, "mine\n");
	make_file("a.csv", "other\n");
	assert_int_equal(lfb_out_commit(out), -EEXIST);
	has("a.csv", "other\n");
	has("a.csv.partial", "mine\n");
}

static void partial_of_earlier_run(void **state)
{
	struct lfb_out *out;

	(void)state;
	make_file("a.csv.partial", "header\nrow 1\nro");
	open_fails("a.csv", 0, -EINPROGRESS);
	has("a.csv.partial", "header\nrow 1\nro");
	out = open_ok("a.csv", LFB_OUT_RESUME);
	assert_true(lfb_out_resumed(out));
	assert_int_equal(fgetc(lfb_out_stream(out)), 'h');
	assert_int_equal(lfb_out_truncate(out, strlen("header\nrow 1\n")), 0);
	write_text(out, "row 2\n");
	assert_int_equal(lfb_out_commit(out), 0);
	has("a.csv", "header\nrow 1\nrow 2\n");

	make_file("b.csv.partial", "header\nrow 1\nro");
	out = open_ok("b.csv", LFB_OUT_RESUME);
	assert_int_equal(lfb_out_truncate_line(out), 0);
	write_text(out, "row 2\n");
	assert_int_equal(lfb_out_commit(out), 0);
	has("b.csv", "header\nrow 1\nrow 2\n");

	make_file("c.csv.partial", "thrown away\n");
	out = open_ok("c.csv", LFB_OUT_FORCE);
	assert_false(lfb_out_resumed(out));
	write_text(out, "new\n");
	assert_int_equal(lfb_out_commit(out), 0);
	has("c.csv", "new\n");

	out = open_ok("d.csv", LFB_OUT_RESUME);
	assert_false(lfb_out_resumed(out));
	lfb_out_abandon(out);
}

static void abandoned_partial_stays(void **state)
{
	struct lfb_out *out = open_ok("a.csv", 0);

	(void)state;
	write_text(out, "row\n");
	lfb_out_abandon(out);
	has("a.csv.partial", "row\n");
	has("a.csv", NULL);
	/* Nothing written: nothing is in the way of the next run. */
	out = open_ok("b.csv", 0);
	lfb_out_abandon(out);
	has("b.csv.partial", NULL);
	lfb_out_abandon(NULL);
}

static void two_runs_do_not_mix(void **state)
{
	struct lfb_out *const out = open_ok("a.csv", 0);

	(void)state;
	write_text(out, "mine\n");
	assert_int_equal(lfb_out_flush(out), 0);
	open_fails("a.csv", 0, -EBUSY);
	open_fails("a.csv", LFB_OUT_RESUME, -EBUSY);
	open_fails("a.csv", LFB_OUT_FORCE, -EBUSY);
	has("a.csv.partial", "mine\n");
	assert_int_equal(lfb_out_commit(out), 0);
}

static void impossible_paths(void **state)
{
	(void)state;
	make_file("file", "");
	assert_int_equal(mkdir("folder", 0777), 0);
	open_fails("folder", LFB_OUT_FORCE, -EISDIR);
	open_fails("folder/", 0, -EISDIR);
	open_fails("new/", 0, -EISDIR);
	open_fails(".", LFB_OUT_FORCE, -EISDIR);
	open_fails("", 0, -ENOENT);
	open_fails("missing/a.csv", 0, -ENOENT);
	open_fails("file/a.csv", 0, -ENOTDIR);
	assert_int_equal(symlink("nowhere", "link"), 0);
	open_fails("link", 0, -ENOENT);
	assert_int_equal(symlink("loop", "loop"), 0);
	open_fails("loop", LFB_OUT_FORCE, -ELOOP);
	/* Permissions do not hold root back, but /proc has no files to make for anyone. */
	open_fails("/proc/a.csv", 0, -ENOENT);
	assert_int_equal(symlink("file", "b.csv.partial"), 0);
	open_fails("b.csv", LFB_OUT_FORCE, -ELOOP);
	assert_int_equal(mkfifo("c.csv.partial", 0666), 0);
	open_fails("c.csv", LFB_OUT_FORCE, -EINVAL);
}

static void long_names(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[250] = '\0'; /* fits, but not with .partial */
	open_fails(name, 0, -ENAMETOOLONG);
}

static void links_stay(void **state)
{
	struct stat found;
	struct lfb_out *out;

	(void)state;
	assert_int_equal(mkdir("folder", 0777), 0);
	make_file("folder/real.csv", "old\n");
	assert_int_equal(symlink("folder/real.csv", "link.csv"), 0);
	open_fails("link.csv", 0, -EEXIST);
	out = open_ok("link.csv", LFB_OUT_FORCE);
	write_text(out, "new\n");
	assert_int_equal(lfb_out_commit(out), 0);
	assert_int_equal(lstat("link.csv", &found), 0);
	assert_true(S_ISLNK(found.st_mode));
	has("folder/real.csv", "new\n");
}

/* The directory is held, so a process that changes its own does not lose the file. */
static void survives_chdir(void **state)
{
	struct lfb_out *const out = open_ok("a.csv", 0);

	(void)state;
	write_text(out, "row\n");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(lfb_out_commit(out), 0);
	assert_int_equal(chdir(*state), 0);
	has("a.csv", "row\n");
}

static void full_device(void **state)
{
	struct lfb_out *out = open_ok("/dev/full", 0);

	(void)state;
	assert_string_equal(lfb_out_path(out), "/dev/full");
	write_text(out, "row\n");
	assert_int_equal(lfb_out_flush(out), -ENOSPC);
	assert_int_equal(lfb_out_flush(out), -ENOSPC); /* the first error stays */
	assert_int_equal(lfb_out_commit(out), -ENOSPC);
	out = open_ok("/dev/full", 0);
	write_text(out, "row\n");
	assert_int_equal(lfb_out_commit(out), -ENOSPC);
	out = open_ok("/dev/null", 0);
	write_text(out, "row\n");
	assert_int_equal(lfb_out_commit(out), 0);
	has("/dev/null.partial", NULL);
	assert_non_null(strstr(lfb_out_error_text(-ENOSPC), "disk is full"));
	assert_string_equal(lfb_out_error_text(-ECHILD), strerror(ECHILD));
}

static void size_limit(void **state)
{
	struct rlimit before, limit;
	struct lfb_out *out;
	char block[3000];
	int rc = 0;

	(void)state;
	memset(block, 'x', sizeof(block));
	(void)signal(SIGXFSZ, SIG_IGN);
	make_file("a.csv", "old\n");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 10000;
	out = open_ok("a.csv", LFB_OUT_FORCE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 4; i++) {
		(void)fwrite(block, 1, sizeof(block), lfb_out_stream(out));
		rc = lfb_out_flush(out);
		if (i < 3)
			assert_int_equal(rc, 0);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(rc, -EFBIG);
	/* Room again: but rows are missing by now, and the file must not come out as whole. */
	assert_int_equal(lfb_out_commit(out), -EFBIG);
	has("a.csv", "old\n");
	(void)signal(SIGXFSZ, SIG_DFL);
}

static void closed_pipe(void **state)
{
	int ends[2];
	char path[32];
	struct lfb_out *out;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	(void)snprintf(path, sizeof(path), "fd:%d", ends[1]);
	out = open_ok(path, 0);
	assert_int_equal(close(ends[0]), 0);
	write_text(out, "row\n");
	assert_int_equal(lfb_out_commit(out), -EPIPE);
	assert_int_equal(close(ends[1]), 0);
	(void)signal(SIGPIPE, SIG_DFL);
}

static void descriptors(void **state)
{
	int ends[2];
	char path[32], text[8] = "";
	struct lfb_out *out;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	(void)snprintf(path, sizeof(path), "fd:%d", ends[1]);
	out = open_ok(path, 0);
	write_text(out, "row\n");
	assert_int_equal(lfb_out_commit(out), 0);
	assert_int_equal(write(ends[1], "x", 1), 1); /* still open */
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	assert_string_equal(text, "row\nx");
	(void)snprintf(path, sizeof(path), "fd:%d", ends[0]);
	open_fails(path, 0, -EBADF); /* for reading only */
	(void)close(ends[0]);
	(void)close(ends[1]);
	open_fails(path, 0, -EBADF);
	open_fails("fd:", 0, -EINVAL);
	open_fails("fd:1x", 0, -EINVAL);
	open_fails("fd:-1", 0, -EINVAL);
	open_fails("fd:99999999999", 0, -EINVAL);
}

static void standard_output(void **state)
{
	const int saved = dup(STDOUT_FILENO), file = open("stdout", O_WRONLY | O_CREAT, 0666);
	struct lfb_out *out;

	(void)state;
	(void)fflush(stdout);
	assert_int_equal(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
	out = open_ok("-", 0);
	write_text(out, "row\n");
	assert_int_equal(lfb_out_commit(out), 0);
	assert_int_equal(write(STDOUT_FILENO, "x", 1), 1);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	(void)close(saved);
	(void)close(file);
	has("stdout", "row\nx");
	has("-.partial", NULL);
}

static void fifo(void **state)
{
	char text[8] = "";
	int reader;
	struct lfb_out *out;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0666), 0);
	reader = open("pipe", O_RDONLY | O_NONBLOCK);
	out = open_ok("pipe", 0);
	write_text(out, "row\n");
	assert_int_equal(lfb_out_commit(out), 0);
	assert_int_equal(read(reader, text, sizeof(text)), 4);
	(void)close(reader);
}

/* Writes rows, flushing each, until it is killed. `told` gets a byte once the first is flushed. */
static void write_for_ever(int told)
{
	struct lfb_out *out;

	if (lfb_out_open("a.csv", LFB_OUT_FORCE, &out, NULL) != 0)
		_exit(1);
	for (unsigned i = 0;; i++) {
		(void)fprintf(lfb_out_stream(out), "row %u\n", i);
		if (lfb_out_flush(out) != 0 || (i == 0 && write(told, "!", 1) != 1))
			_exit(1);
	}
}

static void killed_run_leaves_old_file(void **state)
{
	(void)state;
	make_file("a.csv", "old\n");
	for (unsigned round = 0; round < 10; round++) {
		int ends[2], status;
		char byte, line[32];
		pid_t child;
		FILE *partial;
		struct lfb_out *out;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			write_for_ever(ends[1]);
		assert_int_equal(read(ends[0], &byte, 1), 1);
		(void)usleep(200 * round);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		(void)close(ends[0]);
		(void)close(ends[1]);
		has("a.csv", "old\n");
		partial = fopen("a.csv.partial", "r");
		assert_non_null(partial);
		assert_non_null(fgets(line, sizeof(line), partial));
		assert_string_equal(line, "row 0\n");
		(void)fclose(partial);
		/* The lock went with the process. */
		out = open_ok("a.csv", LFB_OUT_FORCE | LFB_OUT_RESUME);
		assert_true(lfb_out_resumed(out));
		lfb_out_abandon(out);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appears_on_commit),
		TEST(does_not_replace_unasked),
		TEST(does_not_replace_late_comer),
		TEST(partial_of_earlier_run),
		TEST(abandoned_partial_stays),
		TEST(two_runs_do_not_mix),
		TEST(impossible_paths),
		TEST(long_names),
		TEST(links_stay),
		TEST(survives_chdir),
		TEST(full_device),
		TEST(size_limit),
		TEST(closed_pipe),
		TEST(descriptors),
		TEST(standard_output),
		TEST(fifo),
		TEST(killed_run_leaves_old_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
