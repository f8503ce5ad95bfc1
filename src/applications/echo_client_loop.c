/*
 * echo_client_loop.c - see echo_client.h: what the client does with its connections. One thread, one epoll; a
 * connection is a struct that events and time move on, and no call waits but epoll_wait.
 */
#include "echo_client.h"

#include "machine/clock.h"

#include <lfbench/backend.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#define HEADER_BYTES ((uint64_t)sizeof(struct lfb_echo_header))
/* Bytes of the pattern; each connection's message starts somewhere else in it. */
#define PATTERN_BYTES 65536u
#define START_STEP 7919u
#define EVENTS 64
/* A slow client sends its message in so many pieces, with a pause after each. */
#define PIECES 8u
#define PAUSE_NS UINT64_C(1000000)
/* The same until another try when the machine has no port left. */
#define PAUSE_MS 1

struct connection {
	struct lfb_echo_header header;
	enum lfb_clients kind;
	int fd;            /* -1: none */
	uint32_t listening_for; /* events */
	uint64_t sent;     /* with the header */
	uint64_t allowed;  /* to be sent by now, of slow ones */
	uint64_t received;
	uint64_t due_ns;   /* when to go on after a pause; 0: is not pausing */
	uint64_t start_ticks;
	bool shut;         /* has closed its writing side */
};

struct client {
	const struct lfb_echo_plan *plan;
	struct lfb_echo_report *report;
	int epoll;
	uint64_t next_id, ended;
	uint32_t pausing;
	uint32_t idle_count;
	uint32_t *idle; /* connections that have ended, to be started anew */
	struct connection *connections;
	unsigned char *pattern; /* twice, so that a piece of PATTERN_BYTES can start anywhere */
	unsigned char *buffer;
};

static const unsigned char *pattern_at(const struct client *client, const struct connection *c, uint64_t offset)
{
	return client->pattern + (c->header.id * START_STEP + offset) % PATTERN_BYTES;
}

/* Bytes of a connection to send before it does something else, header included. */
static uint64_t target(const struct client *client, const struct connection *c)
{
	const uint64_t message = client->plan->message_bytes;

	if (c->kind != LFB_CLIENTS_RESET)
		return HEADER_BYTES + message;
	/* Odd ones reset when the first byte comes back: so they send at least one. */
	return HEADER_BYTES + (message / 2 > 0 ? message / 2 : c->header.id % 2);
}

static void close_hard(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	(void)close(fd);
}

static void note_round_trip(struct client *client, const struct connection *c)
{
	const struct lfb_timebase *const timebase = client->plan->timebase;
	uint64_t now;

	if (timebase == NULL)
		return;
	now = lfb_ticks_after(timebase);
	lfb_histogram_record(&client->report->round_trip, now > c->start_ticks ? lfb_ticks_ns(timebase, now - c->start_ticks) : 0);
}

static void end(struct client *client, struct connection *c, enum lfb_echo_outcome outcome)
{
	if (outcome == LFB_ECHO_ECHOED) {
		note_round_trip(client, c);
		client->report->half_closed += c->kind == LFB_CLIENTS_HALF_CLOSE;
	}
	client->report->outcome[c->header.id] = (uint8_t)outcome;
	client->pausing -= c->due_ns != 0;
	c->due_ns = 0;
	if (c->fd >= 0) {
		if (outcome == LFB_ECHO_ECHOED)
			(void)close(c->fd); /* both sides are closed already */
		else
			close_hard(c->fd);
	}
	c->fd = -1;
	client->ended++;
	client->idle[client->idle_count++] = (uint32_t)(c - client->connections);
}

/* A call on its socket failed: by the server's doing, or for another reason. */
static void end_by_error(struct client *client, struct connection *c, int error)
{
	const bool cut = error == ECONNRESET || error == EPIPE;

	if (!cut && client->report->error == 0)
		client->report->error = error;
	end(client, c, cut ? LFB_ECHO_CUT : LFB_ECHO_FAILED);
}

static void listen_for(struct client *client, struct connection *c, uint32_t events)
{
	struct epoll_event event = { .events = events, .data = { .u32 = (uint32_t)(c - client->connections) } };

	if (c->listening_for == events)
		return;
	/* Cannot fail for lack of memory: adding does, and is checked; this is another mask. */
	(void)epoll_ctl(client->epoll, EPOLL_CTL_MOD, c->fd, &event);
	c->listening_for = events;
}

/* Errors and the other side's closing are seen always; a silent one never reads. */
static uint32_t events_of(const struct connection *c, bool blocked)
{
	return EPOLLRDHUP | (c->kind == LFB_CLIENTS_SILENT ? 0 : EPOLLIN) | (blocked ? EPOLLOUT : 0);
}

static void pause_until(struct client *client, struct connection *c, uint64_t due_ns)
{
	client->pausing += c->due_ns == 0;
	c->due_ns = due_ns;
}

/* All that may be sent by now is sent. */
static void sent_all(struct client *client, struct connection *c)
{
	if (c->sent < target(client, c)) {
		pause_until(client, c, lfb_clock_now_ns() + PAUSE_NS);
	} else if (c->kind == LFB_CLIENTS_RESET && c->header.id % 2 == 0) {
		end(client, c, LFB_ECHO_RESET);
	} else if (c->kind == LFB_CLIENTS_HALF_CLOSE && !c->shut) {
		c->shut = true;
		(void)shutdown(c->fd, SHUT_WR); /* an error shows when reading */
	}
}

/* Header and message from `sent` on, at most up to `until`. */
static ssize_t send_piece(const struct client *client, const struct connection *c, uint64_t until)
{
	const uint64_t header_left = c->sent < HEADER_BYTES ? HEADER_BYTES - c->sent : 0;
	const uint64_t left = until - c->sent - header_left, offset = c->sent + header_left - HEADER_BYTES;
	struct iovec parts[2] = {
		{ .iov_base = (unsigned char *)(uintptr_t)&c->header + (HEADER_BYTES - header_left), .iov_len = header_left },
		{ .iov_base = (void *)(uintptr_t)pattern_at(client, c, offset), .iov_len = left < PATTERN_BYTES ? left : PATTERN_BYTES },
	};
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	return sendmsg(c->fd, &message, MSG_NOSIGNAL);
}

static void send_more(struct client *client, struct connection *c)
{
	const uint64_t full = target(client, c), until = c->allowed < full ? c->allowed : full;

	while (c->sent < until) {
		const ssize_t n = send_piece(client, c, until);

		if (n < 0 && errno == EAGAIN) {
			listen_for(client, c, events_of(c, true));
			return;
		}
		if (n < 0 && errno != EINTR) {
			end_by_error(client, c, errno);
			return;
		}
		c->sent += n > 0 ? (uint64_t)n : 0;
	}
	listen_for(client, c, events_of(c, false));
	sent_all(client, c);
}

/* The server has closed its side. */
static void end_of_echo(struct client *client, struct connection *c)
{
	const bool whole = c->shut && c->received == client->plan->message_bytes;

	end(client, c, whole ? LFB_ECHO_ECHOED : LFB_ECHO_CUT);
}

/* Compare what came. Returns whether it is what was sent; otherwise the connection has ended. */
static bool compare(struct client *client, struct connection *c, size_t bytes)
{
	const unsigned char *const expected = pattern_at(client, c, c->received);
	const bool beyond = c->received + HEADER_BYTES + bytes > c->sent;
	size_t same = 0;

	if (!beyond && memcmp(client->buffer, expected, bytes) == 0) {
		c->received += bytes;
		client->report->bytes += bytes;
		return true;
	}
	while (same < bytes && client->buffer[same] == expected[same])
		same++;
	if (client->report->wrong_offset == 0 && client->report->wrong_id == 0) {
		client->report->wrong_id = c->header.id;
		client->report->wrong_offset = c->received + same;
	}
	end(client, c, LFB_ECHO_WRONG);
	return false;
}

/* After each part of the echo. */
static void received_part(struct client *client, struct connection *c)
{
	if (c->kind == LFB_CLIENTS_RESET && c->header.id % 2 == 1) {
		end(client, c, LFB_ECHO_RESET);
	} else if (c->received == client->plan->message_bytes && !c->shut) {
		c->shut = true;
		(void)shutdown(c->fd, SHUT_WR);
	}
}

static void receive(struct client *client, struct connection *c)
{
	while (c->fd >= 0) {
		const ssize_t n = recv(c->fd, client->buffer, PATTERN_BYTES, 0);

		if (n > 0) {
			if (compare(client, c, (size_t)n))
				received_part(client, c);
		} else if (n == 0) {
			end_of_echo(client, c);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			end_by_error(client, c, errno);
		}
	}
}

static void on_event(struct client *client, struct connection *c, uint32_t events)
{
	if (c->fd < 0)
		return;
	if (c->kind == LFB_CLIENTS_SILENT) {
		if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP))
			end(client, c, c->sent > 0 ? LFB_ECHO_CUT : LFB_ECHO_FAILED);
	} else if (events & ~(uint32_t)EPOLLOUT) {
		receive(client, c);
	}
	if (c->fd >= 0 && (events & EPOLLOUT))
		send_more(client, c);
}

/* Returns 0, or -errno; -EADDRNOTAVAIL and -EAGAIN: no port free just now. */
static int connect_one(struct client *client, struct connection *c)
{
	const struct lfb_echo_plan *const plan = client->plan;
	struct epoll_event event = { .events = events_of(c, false), .data = { .u32 = (uint32_t)(c - client->connections) } };
	const int one = 1;

	c->fd = socket(plan->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* small pieces go at once */
	c->listening_for = event.events;
	if ((connect(c->fd, (const struct sockaddr *)&plan->address, plan->address_bytes) != 0 && errno != EINPROGRESS) ||
	    epoll_ctl(client->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) {
		const int error = errno;

		(void)close(c->fd);
		c->fd = -1;
		return -error;
	}
	return 0;
}

/* Connect, or try again when there was no port. */
static void start(struct client *client, struct connection *c)
{
	int rc;

	c->start_ticks = client->plan->timebase != NULL ? lfb_ticks_before(client->plan->timebase) : 0;
	rc = connect_one(client, c);
	if (rc == 0) {
		send_more(client, c);
	} else if (rc == -EADDRNOTAVAIL || rc == -EAGAIN) {
		client->report->retries++;
		pause_until(client, c, lfb_clock_now_ns() + PAUSE_NS);
	} else {
		end_by_error(client, c, -rc);
	}
}

static void start_next(struct client *client, struct connection *c)
{
	const uint64_t piece = client->plan->message_bytes / PIECES + 1;

	*c = (struct connection){ .header = { .id = client->next_id++ }, .fd = -1, .allowed = UINT64_MAX };
	memcpy(c->header.token, client->plan->token, sizeof(c->header.token));
	c->kind = lfb_echo_kind(client->plan->clients, c->header.id);
	if (c->kind == LFB_CLIENTS_SLOW)
		c->allowed = HEADER_BYTES + piece;
	start(client, c);
}

/* Those whose pause is over. */
static void go_on(struct client *client)
{
	const uint64_t now_ns = lfb_clock_now_ns();

	for (uint32_t i = 0; i < client->plan->connections && client->pausing > 0; i++) {
		struct connection *const c = &client->connections[i];

		if (c->due_ns == 0 || c->due_ns > now_ns)
			continue;
		client->pausing--;
		c->due_ns = 0;
		if (c->fd < 0) {
			start(client, c);
			continue;
		}
		c->allowed += client->plan->message_bytes / PIECES + 1;
		send_more(client, c);
	}
}

static int drive(struct client *client)
{
	struct epoll_event events[EVENTS];

	while (client->ended < client->plan->items) {
		int n;

		while (client->idle_count > 0 && client->next_id < client->plan->items)
			start_next(client, &client->connections[client->idle[--client->idle_count]]);
		if (client->ended == client->plan->items)
			break;
		n = epoll_wait(client->epoll, events, EVENTS, client->pausing > 0 ? PAUSE_MS : -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n; i++)
			on_event(client, &client->connections[events[i].data.u32], events[i].events);
		if (client->pausing > 0)
			go_on(client);
	}
	return 0;
}

static int prepare(struct client *client)
{
	const uint32_t connections = client->plan->connections;
	uint64_t state = client->plan->seed;

	client->connections = (struct connection *)calloc(connections, sizeof(client->connections[0]));
	client->idle = (uint32_t *)calloc(connections, sizeof(client->idle[0]));
	client->pattern = (unsigned char *)malloc((size_t)2 * PATTERN_BYTES);
	client->buffer = (unsigned char *)malloc(PATTERN_BYTES);
	if (client->connections == NULL || client->idle == NULL || client->pattern == NULL || client->buffer == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < connections; i++) {
		client->connections[i].fd = -1;
		client->idle[client->idle_count++] = i;
	}
	for (size_t i = 0; i < PATTERN_BYTES; i++)
		client->pattern[i] = client->pattern[i + PATTERN_BYTES] = (unsigned char)(lfb_mix(++state) >> 24);
	client->epoll = epoll_create1(EPOLL_CLOEXEC);
	return client->epoll < 0 ? -errno : 0;
}

int lfb_echo_client_run(const struct lfb_echo_plan *plan, struct lfb_echo_report *report)
{
	struct client client = { .plan = plan, .report = report, .epoll = -1 };
	int rc = prepare(&client);

	if (rc == 0)
		rc = drive(&client);
	report->finished = rc == 0;
	for (uint32_t i = 0; client.connections != NULL && i < plan->connections; i++)
		if (client.connections[i].fd >= 0)
			(void)close(client.connections[i].fd);
	if (client.epoll >= 0)
		(void)close(client.epoll);
	free(client.connections);
	free(client.idle);
	free(client.pattern);
	free(client.buffer);
	return rc;
}
