/* echo_server_door.c - see echo_server_door.h. */
#include "echo_server_door.h"

#include "machine/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Seconds for which the kernel keeps a connection that sends nothing, and then again for which a visitor may be one. */
#define HEADER_S 1
#define VISIT_NS UINT64_C(1000000000)
#define VISIT_MS 1000
/* Pause when there is no file descriptor for a connection that waits. */
#define NO_FILE_MS 10

/* What an event of the epoll is about; from WATCH_VISITOR on, that visitor. */
enum watch { WATCH_LISTENER, WATCH_OFF, WATCH_LIFE, WATCH_VISITOR };

static socklen_t loopback(enum lfb_family family, uint16_t port, struct sockaddr_storage *out)
{
	const struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };

	memset(out, 0, sizeof(*out));
	if (family == LFB_FAMILY_IPV6)
		memcpy(out, &v6, sizeof(v6));
	else
		memcpy(out, &v4, sizeof(v4));
	return family == LFB_FAMILY_IPV6 ? sizeof(v6) : sizeof(v4);
}

/* What the settings of a listening socket are for: see the header; the last is inherited by what is accepted. */
static int listen_at(int fd, const struct sockaddr_storage *address, socklen_t bytes, uint32_t backlog)
{
	const int one = 1, header_s = HEADER_S;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 || /* the last trial's connections linger */
	    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &header_s, sizeof(header_s)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 || bind(fd, (const struct sockaddr *)address, bytes) != 0 ||
	    listen(fd, (int)backlog) != 0)
		return -errno;
	return 0;
}

/* Why there is no listening socket, for people. Returns what to return. */
static int explain(int rc, enum lfb_family family, uint16_t port, char *reason, size_t reason_bytes)
{
	const char *const where = family == LFB_FAMILY_IPV6 ? "::1" : "127.0.0.1";

	if (rc == -EAFNOSUPPORT || rc == -EADDRNOTAVAIL) {
		(void)snprintf(reason, reason_bytes, "this machine has no %s; try --family %s", where,
			       family == LFB_FAMILY_IPV6 ? "ipv4" : "ipv6");
		return -ENOTSUP;
	}
	if (rc == -EADDRINUSE)
		(void)snprintf(reason, reason_bytes, "port %" PRIu16 " of %s is in use: try another --port, or 0 for any that is free", port, where);
	else if (rc == -EACCES)
		(void)snprintf(reason, reason_bytes, "port %" PRIu16 " is not for this user: try a --port above 1023, or 0 for any that is free", port);
	else
		(void)snprintf(reason, reason_bytes, "no listening socket on %s: %s", where, strerror(-rc));
	return rc;
}

int lfb_echo_door_open(struct lfb_echo_door *door, enum lfb_family family, uint16_t port, uint32_t backlog,
		       struct sockaddr_storage *address, socklen_t *address_bytes, char *reason, size_t reason_bytes)
{
	int rc;

	*door = (struct lfb_echo_door){ .listener = -1, .epoll = -1, .off_fd = -1, .life_fd = -1 };
	for (int i = 0; i < LFB_ECHO_VISITORS; i++)
		door->visitor[i].fd = -1;
	*address_bytes = loopback(family, port, address);
	door->listener = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	rc = door->listener < 0 ? -errno : listen_at(door->listener, address, *address_bytes, backlog);
	if (rc == 0 && getsockname(door->listener, (struct sockaddr *)address, address_bytes) != 0)
		rc = -errno;
	return rc == 0 ? 0 : explain(rc, family, port, reason, reason_bytes);
}

static int watch(const struct lfb_echo_door *door, int fd, uint32_t what)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .u32 = what } };

	return epoll_ctl(door->epoll, EPOLL_CTL_ADD, fd, &event) != 0 ? -errno : 0;
}

int lfb_echo_door_watch(struct lfb_echo_door *door, int off_fd, int life_fd)
{
	int rc;

	door->off_fd = off_fd;
	door->life_fd = life_fd;
	door->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (door->epoll < 0)
		return -errno;
	rc = watch(door, door->listener, WATCH_LISTENER);
	if (rc == 0)
		rc = watch(door, off_fd, WATCH_OFF);
	return rc == 0 ? watch(door, life_fd, WATCH_LIFE) : rc;
}

static bool is_ours(const struct lfb_echo_door *door, const struct lfb_echo_header *header)
{
	return memcmp(header->token, door->token, LFB_ECHO_TOKEN_BYTES) == 0 && header->id < door->items &&
	       door->outcome[header->id] == LFB_ECHO_NONE;
}

/* Read what there is of a header. Returns 1: it is ours; 0: some is missing yet; -1: a stranger's. */
static int read_header(const struct lfb_echo_door *door, struct lfb_echo_visitor *visitor)
{
	while (visitor->bytes < sizeof(visitor->header)) {
		const ssize_t n =
			recv(visitor->fd, (unsigned char *)&visitor->header + visitor->bytes, sizeof(visitor->header) - visitor->bytes, 0);

		if (n > 0)
			visitor->bytes += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			return 0;
		else if (n == 0 || errno != EINTR)
			return -1;
	}
	return is_ours(door, &visitor->header) ? 1 : -1;
}

static void turn_away(struct lfb_echo_door *door, struct lfb_echo_visitor *visitor)
{
	(void)close(visitor->fd); /* which also ends its being watched */
	visitor->fd = -1;
	door->strangers++;
}

/* Where one more visitor can be; the one that has been here longest makes room. */
static struct lfb_echo_visitor *visitor_place(struct lfb_echo_door *door)
{
	struct lfb_echo_visitor *oldest = &door->visitor[0];

	for (int i = 0; i < LFB_ECHO_VISITORS; i++) {
		if (door->visitor[i].fd < 0)
			return &door->visitor[i];
		if (door->visitor[i].since_ns < oldest->since_ns)
			oldest = &door->visitor[i];
	}
	turn_away(door, oldest);
	door->visitors--;
	return oldest;
}

static void let_wait(struct lfb_echo_door *door, const struct lfb_echo_visitor *visitor)
{
	struct lfb_echo_visitor *const place = visitor_place(door);

	*place = *visitor;
	place->since_ns = lfb_clock_now_ns();
	if (watch(door, place->fd, WATCH_VISITOR + (uint32_t)(place - door->visitor)) != 0)
		turn_away(door, place);
	else
		door->visitors++;
}

static void expire_visitors(struct lfb_echo_door *door)
{
	const uint64_t now_ns = lfb_clock_now_ns();

	for (int i = 0; i < LFB_ECHO_VISITORS && door->visitors > 0; i++)
		if (door->visitor[i].fd >= 0 && now_ns - door->visitor[i].since_ns > VISIT_NS) {
			turn_away(door, &door->visitor[i]);
			door->visitors--;
		}
}

static int admit(struct lfb_echo_door *door, const struct lfb_echo_visitor *visitor, uint64_t *id)
{
	*id = visitor->header.id;
	door->outcome[*id] = LFB_ECHO_ADMITTED;
	return visitor->fd;
}

/* Take one connection that waits. Returns its socket, or -1; *waits says whether there may be another. */
static int accept_one(struct lfb_echo_door *door, uint64_t *id, bool *waits)
{
	struct lfb_echo_visitor visitor = { .fd = accept4(door->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) };
	int rc;

	*waits = visitor.fd >= 0 || errno != EAGAIN;
	if (visitor.fd < 0) {
		struct pollfd off = { .fd = door->off_fd, .events = POLLIN };

		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			(void)poll(&off, 1, NO_FILE_MS);
		return -1;
	}
	rc = read_header(door, &visitor);
	if (rc > 0)
		return admit(door, &visitor, id);
	if (rc == 0)
		let_wait(door, &visitor);
	else
		turn_away(door, &visitor);
	return -1;
}

/* Something came from a visitor. Returns its socket if it is one of ours. */
static int hear(struct lfb_echo_door *door, struct lfb_echo_visitor *visitor, uint64_t *id)
{
	const int rc = read_header(door, visitor);
	int fd = -1;

	if (rc == 0)
		return -1;
	if (rc > 0) {
		fd = admit(door, visitor, id);
		(void)epoll_ctl(door->epoll, EPOLL_CTL_DEL, fd, NULL);
		visitor->fd = -1;
	} else {
		turn_away(door, visitor);
	}
	door->visitors--;
	return fd;
}

int lfb_echo_door_next(struct lfb_echo_door *door, uint64_t *id)
{
	for (;;) {
		struct epoll_event event;
		bool waits;
		int fd = accept_one(door, id, &waits);

		if (fd >= 0)
			return fd;
		if (!waits && door->life_fd < 0 && door->visitors == 0)
			return -1;
		if (door->visitors > 0)
			expire_visitors(door);
		if (epoll_wait(door->epoll, &event, 1, waits ? 0 : door->life_fd < 0 ? NO_FILE_MS : door->visitors > 0 ? VISIT_MS : -1) != 1)
			continue;
		if (event.data.u32 == WATCH_OFF)
			return -1;
		if (event.data.u32 == WATCH_LIFE) {
			(void)epoll_ctl(door->epoll, EPOLL_CTL_DEL, door->life_fd, NULL);
			door->life_fd = -1;
		}
		if (event.data.u32 >= WATCH_VISITOR)
			fd = hear(door, &door->visitor[event.data.u32 - WATCH_VISITOR], id);
		if (fd >= 0)
			return fd;
	}
}

void lfb_echo_door_close(struct lfb_echo_door *door)
{
	for (int i = 0; i < LFB_ECHO_VISITORS; i++)
		if (door->visitor[i].fd >= 0)
			(void)close(door->visitor[i].fd);
	if (door->listener >= 0)
		(void)close(door->listener);
	if (door->epoll >= 0)
		(void)close(door->epoll);
}
