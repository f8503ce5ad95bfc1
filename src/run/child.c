/* child.c - see child.h. */
#include "run/child.h"

#include "machine/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* More output than this from one cell is not results. */
#define OUTPUT_MAX ((size_t)64 << 20)
#define READ_BYTES 65536u

/* Pipes' reading ends stay with the parent, writing ends become the child's from LFB_CHILD_FIRST_FD on. */
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
		(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
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
	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		(void)dup2(pipes->write[i], LFB_CHILD_FIRST_FD + i);
	(void)close_range(LFB_CHILD_FIRST_FD + LFB_CHILD_STREAMS, ~0u, 0); /* what our own parent left open to us */
	(void)execv(argv[0], argv);
	_exit(127);
}

/* A stream that is being collected. */
struct inlet {
	int fd; /* -1: at its end */
	size_t room;
	struct lfb_child_output *out;
};

/* Room for READ_BYTES more and a final NUL; doubled, so that megabytes are not copied over and over. */
static bool make_room(struct inlet *in)
{
	const size_t needed = in->out->size + READ_BYTES + 1, room = needed > 2 * in->room ? needed : 2 * in->room;
	char *grown;

	if (needed <= in->room)
		return true;
	grown = (char *)realloc(in->out->bytes, room);
	if (grown == NULL)
		return false;
	in->out->bytes = grown;
	in->room = room;
	return true;
}

/* Take all that is there without waiting; at the end of the stream, or on too much output, close it. */
static void drain(struct inlet *in)
{
	while (in->fd >= 0) {
		ssize_t n = -1;

		errno = EFBIG;
		if (in->out->size <= OUTPUT_MAX && make_room(in))
			n = read(in->fd, in->out->bytes + in->out->size, READ_BYTES);
		if (n > 0)
			in->out->size += (size_t)n;
		if (in->out->bytes != NULL)
			in->out->bytes[in->out->size] = '\0';
		if (n < 0 && errno == EAGAIN)
			return;
		if (n == 0 || (n < 0 && errno != EINTR)) {
			(void)close(in->fd);
			in->fd = -1;
		}
	}
}

/* Whether the child is a zombie by now. It stays one, so that its number stands for its group. */
static bool has_ended(pid_t child)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == child;
}

/* Without a pidfd (before Linux 5.3) nothing wakes the parent when the child ends: look this often. */
#define LOOK_NS UINT64_C(100000000)

/* Sleep until there is something to look at. `mask` lets the signals in that are blocked outside. */
static void doze(const struct inlet inlets[LFB_CHILD_STREAMS], int pidfd, uint64_t left_ns, const sigset_t *mask)
{
	const uint64_t ns = pidfd < 0 && left_ns > LOOK_NS ? LOOK_NS : left_ns;
	const struct timespec timeout = { .tv_sec = (time_t)(ns / UINT64_C(1000000000)),
					  .tv_nsec = (long)(ns % UINT64_C(1000000000)) };
	struct pollfd ready[LFB_CHILD_STREAMS + 1];

	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		ready[i] = (struct pollfd){ .fd = inlets[i].fd, .events = POLLIN };
	ready[LFB_CHILD_STREAMS] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	(void)ppoll(ready, LFB_CHILD_STREAMS + 1, &timeout, mask);
}

/*
 * Collect until the child has ended, the limit is over, or a signal came. What it has written
 * is in the pipes by then; that somebody it started still holds them is not waited for.
 */
static void collect(struct inlet inlets[LFB_CHILD_STREAMS], pid_t child, uint64_t limit_ns,
		    const volatile sig_atomic_t *interrupted, struct lfb_child_result *result, const sigset_t *mask)
{
	const uint64_t now_ns = lfb_clock_now_ns();
	const uint64_t until_ns = limit_ns < UINT64_MAX - now_ns ? now_ns + limit_ns : UINT64_MAX;
	const int pidfd = pidfd_open(child, 0);

	for (;;) {
		const bool ended = has_ended(child); /* before the last look at the pipes, not after it */
		const uint64_t at_ns = lfb_clock_now_ns();

		for (int i = 0; i < LFB_CHILD_STREAMS; i++)
			drain(&inlets[i]);
		if (ended)
			break;
		result->interrupted = interrupted != NULL && *interrupted;
		result->timed_out = at_ns >= until_ns;
		if (result->interrupted || result->timed_out)
			break;
		doze(inlets, pidfd, until_ns - at_ns, mask);
	}
	if (pidfd >= 0)
		(void)close(pidfd);
}

/*
 * End the child's whole group, whatever a plug-in has left running in it, and reap the child.
 * In this order: the group's number is the child's, and is free for others once that is reaped.
 */
static void end_group(pid_t child, struct lfb_child_result *result)
{
	(void)kill(-child, SIGKILL);
	if (result->timed_out || result->interrupted)
		(void)kill(child, SIGKILL); /* in case it has left its group */
	while (waitpid(child, &result->wait_status, 0) < 0 && errno == EINTR)
		;
}

int lfb_child_run(char *const argv[], uint64_t limit_ns, const volatile sig_atomic_t *interrupted,
		  struct lfb_child_result *result, struct lfb_error *error)
{
	struct inlet inlets[LFB_CHILD_STREAMS];
	struct pipes pipes;
	sigset_t blocked, before;
	pid_t child;
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
	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		inlets[i] = (struct inlet){ .fd = pipes.read[i], .out = &result->stream[i] };
	/* A signal between looking at *interrupted and sleeping must not be slept through: ppoll lets it in. */
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGINT);
	(void)sigaddset(&blocked, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &blocked, &before);
	collect(inlets, child, limit_ns, interrupted, result, &before);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		if (inlets[i].fd >= 0)
			(void)close(inlets[i].fd);
	end_group(child, result);
	return 0;
}

void lfb_child_result_free(struct lfb_child_result *result)
{
	for (int i = 0; i < LFB_CHILD_STREAMS; i++)
		free(result->stream[i].bytes);
	memset(result, 0, sizeof(*result));
}
