/* inspect.c - see inspect.h. */
#include "plugin/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 5000

/* The child: nothing the object prints may reach the terminal or the pipe. */
static void answer(const char *path, int pipe_fd)
{
	const int null_fd = open("/dev/null", O_RDWR);
	struct lfb_inspection result = { .status = LFB_INSPECT_OK };
	struct lfb_plugin plugin;
	struct lfb_error error;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	for (int fd = 0; fd <= 2; fd++)
		(void)dup2(null_fd, fd);
	if (lfb_plugin_open(path, &plugin, &error) == 0) {
		result.info = plugin.info;
	} else {
		result.status = LFB_INSPECT_INCOMPATIBLE;
		(void)snprintf(result.reason, sizeof(result.reason), "%s", error.text);
	}
	_exit(write(pipe_fd, &result, sizeof(result)) == (ssize_t)sizeof(result) ? 0 : 1);
}

/* Reads the whole answer. Returns true when it came within the time limit. */
static bool read_answer(int fd, struct lfb_inspection *out, bool *timed_out)
{
	unsigned char *const at = (unsigned char *)out;
	size_t got = 0;

	while (got < sizeof(*out)) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		const int polled = poll(&ready, 1, TIMEOUT_MS);
		ssize_t n;

		if (polled < 0 && errno == EINTR)
			continue;
		*timed_out = polled == 0;
		if (polled <= 0)
			return false;
		n = read(fd, at + got, sizeof(*out) - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	out->reason[sizeof(out->reason) - 1] = '\0';
	return out->status <= LFB_INSPECT_TIMEOUT && lfb_backend_info_check(&out->info);
}

static void explain(struct lfb_inspection *out, bool timed_out, int wait_status)
{
	memset(out, 0, sizeof(*out));
	out->status = timed_out ? LFB_INSPECT_TIMEOUT : LFB_INSPECT_CRASHED;
	if (timed_out)
		(void)snprintf(out->reason, sizeof(out->reason), "still loading after %d s", TIMEOUT_MS / 1000);
	else if (WIFSIGNALED(wait_status))
		(void)snprintf(out->reason, sizeof(out->reason), "SIG%s while it was loaded", sigabbrev_np(WTERMSIG(wait_status)));
	else
		(void)snprintf(out->reason, sizeof(out->reason), "it ended the process while it was loaded");
}

/* A pipe whose ends are not where standard streams belong, though these may be closed. */
static int open_pipe(int out[2])
{
	int ends[2], rc = 0;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	out[0] = fcntl(ends[0], F_DUPFD_CLOEXEC, 3);
	out[1] = out[0] < 0 ? -1 : fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
	if (out[1] < 0) {
		rc = -errno;
		if (out[0] >= 0)
			(void)close(out[0]);
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
	return rc;
}

int lfb_inspect(const char *path, struct lfb_inspection *out)
{
	int pipe_fds[2] = { -1, -1 }, wait_status = 0;
	bool answered, timed_out = false;
	pid_t child;
	const int rc = open_pipe(pipe_fds);

	if (rc != 0)
		return rc;
	child = fork();
	if (child < 0) {
		const int fork_rc = -errno;

		(void)close(pipe_fds[0]);
		(void)close(pipe_fds[1]);
		return fork_rc;
	}
	if (child == 0)
		answer(path, pipe_fds[1]);
	(void)setpgid(child, child); /* in both, so that it holds whoever runs first */
	(void)close(pipe_fds[1]);
	answered = read_answer(pipe_fds[0], out, &timed_out);
	(void)close(pipe_fds[0]);
	/*
	 * Whatever was answered: the object may have written the answer itself, and stay, or have
	 * started others. A process that has crashed keeps the status it crashed with.
	 */
	(void)kill(-child, SIGKILL);
	(void)kill(child, SIGKILL);
	while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR)
		;
	if (!answered)
		explain(out, timed_out, wait_status);
	return 0;
}
