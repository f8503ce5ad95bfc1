/*
 * test_inspect.c - asking a file what it is, in a process of its own: files that are no objects,
 * objects that are no backends, and backends that crash, hang or exit while they are loaded.
 */
#include "unit.h"

#include "plugin/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

static struct lfb_inspection inspection;

static void inspect(const char *path)
{
	/* cmocka's own handlers would catch the crash of the inspecting process, and go on testing in it. */
	(void)signal(SIGSEGV, SIG_DFL);
	(void)signal(SIGBUS, SIG_DFL);
	memset(&inspection, 0x5A, sizeof(inspection)); /* all of it is to be filled */
	assert_int_equal(lfb_inspect(path, &inspection), 0);
	assert_non_null(memchr(inspection.reason, '\0', sizeof(inspection.reason)));
	/* The process that looked is gone. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void good_backends(void **state)
{
	struct lfb_backend_info before;
	char path[PATH_MAX];

	(void)state;
	inspect(unit_file("BUILD_DIR", "backends/mutex_ring.so", path));
	assert_int_equal(inspection.status, LFB_INSPECT_OK);
	assert_string_equal(inspection.info.name, "mutex_ring");
	assert_int_equal(strlen(inspection.info.build_id), 40);
	assert_true(inspection.info.claims.bounded);
	before = inspection.info;
	inspect(path);
	assert_string_equal(before.build_id, inspection.info.build_id);
	inspect(unit_file("BUILD_DIR", "backends/null.so", path));
	assert_int_equal(inspection.status, LFB_INSPECT_OK);
	assert_true(inspection.info.claims.reference);
}

static void no_backends(void **state)
{
	static const char *const paths[] = { "/nowhere/at_all.so", "/bin/sh", "/tmp", "/etc/passwd", "/dev/null", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		inspect(paths[i]);
		if (inspection.status != LFB_INSPECT_INCOMPATIBLE)
			fail_msg("'%s' has status %d: %s", paths[i], (int)inspection.status, inspection.reason);
		assert_true(strlen(inspection.reason) > 10);
	}
	inspect("/nowhere/at_all.so");
	unit_has(inspection.reason, "cannot be loaded");
	unit_has(inspection.reason, "/nowhere/at_all.so");
	inspect("libm.so.6");
	unit_has(inspection.reason, "lfb_backend");
}

/* A named pipe that nobody writes to: dlopen waits for ever, and only the time limit ends it. */
static void still_loading(void **state)
{
	char folder[] = "/tmp/lfbench-inspect-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/x.so", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	inspect(path);
	assert_int_equal(inspection.status, LFB_INSPECT_TIMEOUT);
	unit_has(inspection.reason, "still loading after");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void broken_backends(void **state)
{
	static const struct {
		const char *file;
		enum lfb_inspect_status status;
		const char *why;
	} broken[] = {
		{ "crash_on_load.so", LFB_INSPECT_CRASHED, "SIGSEGV while it was loaded" },
		{ "not_elf.so", LFB_INSPECT_INCOMPATIBLE, "cannot be loaded" },
		{ "wrong_abi.so", LFB_INSPECT_INCOMPATIBLE, "ABI" },
		{ "short_struct.so", LFB_INSPECT_INCOMPATIBLE, "bytes" },
		{ "no_symbol.so", LFB_INSPECT_INCOMPATIBLE, "no symbol 'lfb_backend'" },
		{ "lossy.so", LFB_INSPECT_OK, "" }, /* what is wrong with it does not show from outside */
	};
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		inspect(unit_file("BROKEN_DIR", broken[i].file, path));
		if (inspection.status != broken[i].status)
			fail_msg("%s has status %d: %s", broken[i].file, (int)inspection.status, inspection.reason);
		if (broken[i].status != LFB_INSPECT_OK)
			unit_has(inspection.reason, broken[i].why);
	}
}

/* What an object prints while it is loaded appears nowhere. */
static int print_into_a_pipe(void *context)
{
	int pipe_fds[2];
	char byte;

	if (pipe(pipe_fds) != 0 || dup2(pipe_fds[1], 1) < 0 || dup2(pipe_fds[1], 2) < 0)
		return 2;
	(void)close(pipe_fds[1]);
	if (lfb_inspect((const char *)context, &inspection) != 0 || inspection.status != LFB_INSPECT_OK)
		return 3;
	(void)close(1);
	(void)close(2);
	return read(pipe_fds[0], &byte, 1) == 0 ? 0 : 1;
}

static void noisy_backends(void **state)
{
	char path[PATH_MAX];

	(void)state;
	unit_file("BROKEN_DIR", "noisy.so", path);
	assert_int_equal(unit_in_child(print_into_a_pipe, path, 20), 0);
}

/* Whoever started lfbench closed its standard streams: the answer still comes. */
static int without_standard_streams(void *context)
{
	(void)close(0);
	(void)close(1);
	return lfb_inspect((const char *)context, &inspection) == 0 && inspection.status == LFB_INSPECT_OK ? 0 : 1;
}

static void closed_standard_streams(void **state)
{
	char path[PATH_MAX];

	(void)state;
	unit_file("BUILD_DIR", "backends/null.so", path);
	assert_int_equal(unit_in_child(without_standard_streams, path, 20), 0);
}

static void nothing_is_used_up(void **state)
{
	int before, after;

	(void)state;
	before = dup(0);
	(void)close(before);
	for (int i = 0; i < 20; i++)
		inspect("/etc/passwd");
	after = dup(0);
	(void)close(after);
	assert_int_equal(before, after);
}

static int without_descriptors(void *context)
{
	(void)context;
	while (dup(0) >= 0)
		;
	return lfb_inspect("/etc/passwd", &inspection) == -EMFILE ? 0 : 1;
}

static void no_descriptors(void **state)
{
	(void)state;
	assert_int_equal(unit_in_child(without_descriptors, NULL, 20), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_backends),      cmocka_unit_test(no_backends),
		cmocka_unit_test(still_loading),      cmocka_unit_test(broken_backends),
		cmocka_unit_test(noisy_backends),     cmocka_unit_test(closed_standard_streams),
		cmocka_unit_test(nothing_is_used_up), cmocka_unit_test(no_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
