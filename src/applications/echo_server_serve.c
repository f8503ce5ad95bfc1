/* echo_server_serve.c - see echo_server.h: one connection, from its first byte to its end. */
#include "echo_server.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* Sleep until the socket is ready. Returns LFB_ECHO_ADMITTED: go on; otherwise how it ends. */
static enum lfb_echo_outcome await(const struct lfb_echo_server *server, int fd, short events)
{
	struct pollfd polled[2] = { { .fd = fd, .events = events }, { .fd = server->off_fd, .events = POLLIN } };
	int n;

	do
		n = poll(polled, 2, server->idle_ms);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return LFB_ECHO_TIMED_OUT;
	return polled[1].revents != 0 ? LFB_ECHO_NONE : LFB_ECHO_ADMITTED; /* an error of the socket: the next call has it */
}

static enum lfb_echo_outcome send_all(struct lfb_echo_worker *worker, int fd, size_t bytes)
{
	for (size_t sent = 0; sent < bytes;) {
		const ssize_t n = send(fd, worker->buffer + sent, bytes - sent, MSG_NOSIGNAL);
		enum lfb_echo_outcome ready = LFB_ECHO_ADMITTED;

		if (n >= 0)
			sent += (size_t)n;
		else if (errno == EAGAIN)
			ready = await(worker->server, fd, POLLOUT);
		else if (errno != EINTR)
			ready = LFB_ECHO_RESET;
		if (ready != LFB_ECHO_ADMITTED)
			return ready;
	}
	worker->bytes += bytes;
	return LFB_ECHO_ADMITTED;
}

static enum lfb_echo_outcome echo(struct lfb_echo_worker *worker, int fd)
{
	enum lfb_echo_outcome state = LFB_ECHO_ADMITTED;

	while (state == LFB_ECHO_ADMITTED) {
		const ssize_t n = recv(fd, worker->buffer, LFB_ECHO_BUFFER_BYTES, 0);

		if (n > 0)
			state = send_all(worker, fd, (size_t)n);
		else if (n == 0)
			state = LFB_ECHO_ECHOED;
		else if (errno == EAGAIN)
			state = await(worker->server, fd, POLLIN);
		else if (errno != EINTR)
			state = LFB_ECHO_RESET;
	}
	return state;
}

enum lfb_echo_outcome lfb_echo_serve(struct lfb_echo_worker *worker, int fd)
{
	const enum lfb_echo_outcome outcome = echo(worker, fd);

	/* What a client does not read would stay in the kernel with the closed socket: give it up, too. */
	if (outcome != LFB_ECHO_ECHOED) {
		const struct linger now = { .l_onoff = 1, .l_linger = 0 };

		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	}
	(void)close(fd);
	return outcome;
}
