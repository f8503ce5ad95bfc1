/* child.c - see child.h. */
#include "child.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* More output than this from one cell is not results. */
#define OUTPUT_MAX ((size_t)64 << 20)
#define READ_BYTES 65536u

/* Pipes' reading ends stay with the parent, writing ends become fds 3 and 4 of the child. */
struct pipes {
	int read[LFB_CHILD_STREAMS], write[LFB_CHILD_STREAMS];
};

static void close_all(int *fds)
{
	for (int i = 0; i < LFB_CHILD_STREAMS; i++) {
		if (fds[i] >= 0)
			(void)close(fds[i]);
		fds[i] = -1;
	}
}

/* Both ends are kept above the fixed numbers, so that dup2 in the child cannot collide. */
static int open_pipes(struct pipes *pipes)
{
	int rc;

	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		pipes->read[i] = pipes->write[i] = -1;
	for (int i = 0; i < LFB_CHILD_STREAMS; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) != 0)
			goto fail;
		pipes->read[i] = fcntl(ends[0], F_DUPFD_CLOEXEC, 10);
		pipes->write[i] = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
		(void)close(ends[0]);
		(void)close(ends[1]);
		if (pipes->read[i] < 0 || pipes->write[i] < 0)
			goto fail;
	}
	return 0;
fail:
	rc = -errno;
	close_all(pipes->read);
	close_all(pipes->write);
	return rc;
}

/* The child, between fork and exec: async-signal-safe calls only. */
static void become(char *const argv[], const struct pipes *pipes)
{
	const int null_fd = open("/dev/null", O_RDWR);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)dup2(null_fd, STDIN_FILENO);
	(void)dup2(null_fd, STDOUT_FILENO);
	(void)dup2(pipes->write[0], LFB_CHILD_ROWS_FD);
	(void)dup2(pipes->write[1], LFB_CHILD_DETAIL_FD);
	(void)execv(argv[0], argv);
	_exit(127);
}

/* Append what is there. Returns false at the end of the stream or on too much output. */
static bool read_some(int fd, struct lfb_child_output *out)
{
	char *grown;
	ssize_t n;

	if (out->size > OUTPUT_MAX)
		return false;
	grown = (char *)realloc(out->bytes, out->size + READ_BYTES + 1);
	if (grown == NULL)
		return false;
	out->bytes = grown;
	do
		n = read(fd, grown + out->size, READ_BYTES);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		out->size += (size_t)n;
	grown[out->size] = '\0';
	return n > 0;
}

static int poll_ms(uint64_t ns)
{
	const uint64_t ms = ns / 1000000 + 1;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Sleep until both streams have ended, the limit is over, or a signal came. */
static void collect(struct pipes *pipes, uint64_t limit_ns, const volatile sig_atomic_t *interrupted,
		    struct lfb_child_result *result)
{
	const uint64_t until_ns = lfb_clock_now_ns() + limit_ns;

	while (pipes->read[0] >= 0 || pipes->read[1] >= 0) {
		struct pollfd ready[LFB_CHILD_STREAMS];
		const uint64_t now_ns = lfb_clock_now_ns();

		result->interrupted = interrupted != NULL && *interrupted;
		result->timed_out = now_ns >= until_ns;
		if (result->interrupted || result->timed_out)
			return;
		for (int i = 0; i < LFB_CHILD_STREAMS; i++)
			ready[i] = (struct pollfd){ .fd = pipes->read[i], .events = POLLIN };
		if (poll(ready, LFB_CHILD_STREAMS, poll_ms(until_ns - now_ns)) <= 0)
			continue;
		for (int i = 0; i < LFB_CHILD_STREAMS; i++) {
			if (ready[i].revents != 0 && !read_some(pipes->read[i], &result->stream[i])) {
				(void)close(pipes->read[i]);
				pipes->read[i] = -1;
			}
		}
	}
}

/* Reap the child; with `limit_ns` over, end its whole group first. */
static void reap(pid_t child, bool kill_now, uint64_t until_ns, struct lfb_child_result *result)
{
	static const struct timespec pause = { .tv_nsec = 2000000 };

	for (;;) {
		const pid_t reaped = waitpid(child, &result->wait_status, kill_now ? 0 : WNOHANG);

		if (reaped == child || (reaped < 0 && errno != EINTR))
			break;
		if (!kill_now && lfb_clock_now_ns() >= until_ns) {
			result->timed_out = true;
			kill_now = true;
			(void)kill(-child, SIGKILL);
			(void)kill(child, SIGKILL);
		}
		if (!kill_now)
			(void)nanosleep(&pause, NULL);
	}
	(void)kill(-child, SIGKILL); /* whatever a plug-in has left running */
}

int lfb_child_run(char *const argv[], uint64_t limit_ns, const volatile sig_atomic_t *interrupted,
		  struct lfb_child_result *result, struct lfb_error *error)
{
	const uint64_t until_ns = lfb_clock_now_ns() + limit_ns;
	struct pipes pipes;
	pid_t child;
	bool kill_now;
	int rc;

	memset(result, 0, sizeof(*result));
	rc = open_pipes(&pipes);
	if (rc != 0)
		return lfb_fail(error, rc, "no pipe to a new process: %s", strerror(-rc));
	child = fork();
	if (child < 0) {
		rc = lfb_fail(error, -errno, "no new process: %s", strerror(errno));
		close_all(pipes.read);
		close_all(pipes.write);
		return rc;
	}
	if (child == 0)
		become(argv, &pipes);
	(void)setpgid(child, child); /* in both, so that it holds whoever runs first */
	close_all(pipes.write);
	collect(&pipes, limit_ns, interrupted, result);
	close_all(pipes.read);
	kill_now = result->timed_out || result->interrupted;
	if (kill_now) {
		(void)kill(-child, SIGKILL);
		(void)kill(child, SIGKILL);
	}
	reap(child, kill_now, until_ns, result);
	return 0;
}

void lfb_child_result_free(struct lfb_child_result *result)
{
	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		free(result->stream[i].bytes);
	memset(result, 0, sizeof(*result));
}
