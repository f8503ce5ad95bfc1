/*
 * unit.h - what the unit tests share: cmocka with the headers it wants first, files of the
 * build (a test that needs one is skipped when it is not there), and a process of one's own
 * for what would hang or leak in this one.
 */
#ifndef LFBENCH_TESTS_UNIT_H
#define LFBENCH_TESTS_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNIT_SANITIZED 1
#else
#define UNIT_SANITIZED 0
#endif

/* Path of `file` below the folder that the environment variable names; skips the test if it is not there. */
static inline const char *unit_file(const char *variable, const char *file, char out[PATH_MAX])
{
	const char *const folder = getenv(variable);

	if (folder == NULL || snprintf(out, PATH_MAX, "%s/%s", folder, file) >= PATH_MAX || access(out, R_OK) != 0)
		skip();
	return out;
}

static inline void unit_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("'%s' does not say '%s'", text, part);
}

static inline double unit_now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/*
 * Run `body` in a process of its own, ended after `limit_s` seconds, beside this one. `body` returns
 * the exit status; what it leaks or leaves running ends with the process.
 */
static inline pid_t unit_start_child(int (*body)(void *context), void *context, unsigned limit_s)
{
	pid_t child;

	(void)fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)alarm(limit_s);
		(void)syscall(SYS_exit_group,
			      body(context)); /* _exit would let the thread sanitizer look for threads */
	}
	return child;
}

/* Its status, as of waitpid. */
static inline int unit_end_child(pid_t child)
{
	int status = 0;

	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static inline int unit_in_child(int (*body)(void *context), void *context, unsigned limit_s)
{
	return unit_end_child(unit_start_child(body, context, limit_s));
}

#endif
