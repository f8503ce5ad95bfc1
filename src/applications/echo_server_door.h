/*
 * echo_server_door.h - where connections come in: the listening socket, and who is let through.
 *
 * DESIGN. Any process on the machine can connect to the port. So a connection counts only once its header has come,
 * with the trial's token and a number that was not there before; all others are closed and counted as strangers. The
 * acceptor must not wait for anybody's header: those that have not sent it yet are visitors, watched by the same epoll
 * as the listening socket, for a second at most. TCP_DEFER_ACCEPT makes the kernel hand out a connection
 * when its first bytes are there, so clients of our own are hardly ever visitors. One thread uses a door.
 */
#ifndef LFBENCH_ECHO_SERVER_DOOR_H
#define LFBENCH_ECHO_SERVER_DOOR_H

#include "echo_client.h"

#define LFB_ECHO_VISITORS 64

struct lfb_echo_visitor {
	int fd; /* -1: none */
	uint64_t since_ns;
	size_t bytes; /* of the header that have come */
	struct lfb_echo_header header;
};

struct lfb_echo_door {
	int listener, epoll;
	int off_fd;  /* readable when the trial is called off; the owner's */
	int life_fd; /* at its end when the client has ended; the owner's. -1: seen */
	const unsigned char *token;
	uint8_t *outcome; /* by connection: set to LFB_ECHO_ADMITTED here, from LFB_ECHO_NONE */
	uint64_t items;
	uint64_t strangers;
	uint32_t visitors;
	struct lfb_echo_visitor visitor[LFB_ECHO_VISITORS];
};

/*
 * Listen on `port` (0: any) of the loopback address of `family`; *address is where. Returns 0; -ENOTSUP: no such family
 * here; or -errno; with a sentence. To be closed with lfb_echo_door_close in either case.
 */
int lfb_echo_door_open(struct lfb_echo_door *door, enum lfb_family family, uint16_t port, uint32_t backlog,
		       struct sockaddr_storage *address, socklen_t *address_bytes, char *reason, size_t reason_bytes);

/* Watch these too, which the caller keeps. Before the first lfb_echo_door_next. Returns 0 or -errno. */
int lfb_echo_door_watch(struct lfb_echo_door *door, int off_fd, int life_fd);

/*
 * The next of our own connections: its socket, which does not block, and its number. Sleeps until there is one. Returns
 * -1 when the trial was called off, or the client has ended and nobody waits any more.
 */
int lfb_echo_door_next(struct lfb_echo_door *door, uint64_t *id);

void lfb_echo_door_close(struct lfb_echo_door *door);

#endif
