/*
 * echo_client.h - the other side of the echo server: a process of its own that opens connections, sends, compares
 * every byte that comes back, and behaves as badly as it was asked to.
 *
 * DESIGN. A process and not threads: what it does takes no place among the threads that are measured, and its death
 * leaves the server with broken connections, as in life. It is forked while the trial has no threads, waits for a
 * signal to start, drives all connections from one epoll loop (echo_client_loop.c), and leaves what it saw in memory
 * shared with its parent: how each connection ended, by number. The server keeps the same from its side, and
 * lfb_echo_agree says which pairs can be: neither side can lose or mix up a connection without the other noticing.
 */
#ifndef LFBENCH_ECHO_CLIENT_H
#define LFBENCH_ECHO_CLIENT_H

#include "plan/params.h"

#include <lfbench/histogram.h>
#include <lfbench/ticks.h>

#include <sys/socket.h>
#include <sys/types.h>

/* What a connection begins with; it is not echoed. The token is random, of one trial: others cannot know it. */
#define LFB_ECHO_TOKEN_BYTES 16
struct lfb_echo_header {
	unsigned char token[LFB_ECHO_TOKEN_BYTES];
	uint64_t id; /* number of the connection, from 0 */
};

/* How a connection ended, as seen from one side. */
enum lfb_echo_outcome {
	LFB_ECHO_NONE,      /* not yet */
	LFB_ECHO_ADMITTED,  /* server: its header was read */
	LFB_ECHO_ECHOED,    /* everything came back, and the end of it */
	LFB_ECHO_RESET,     /* the client broke it off */
	LFB_ECHO_SHED,      /* server: closed unserved, because the queue was full */
	LFB_ECHO_TIMED_OUT, /* server: nothing moved for too long */
	LFB_ECHO_CUT,       /* client: the server ended it before its time */
	LFB_ECHO_WRONG,     /* client: bytes came back that were not sent */
	LFB_ECHO_FAILED,    /* client: no connection, or an error that is nobody's doing */
	LFB_ECHO_OUTCOMES
};

/* What the client is to do. */
struct lfb_echo_plan {
	struct sockaddr_storage address; /* of the server */
	socklen_t address_bytes;
	unsigned char token[LFB_ECHO_TOKEN_BYTES];
	uint64_t items;       /* connections in all */
	uint32_t connections; /* open at once */
	uint32_t message_bytes;
	enum lfb_clients clients;
	uint64_t seed;                       /* of the bytes sent */
	const struct lfb_timebase *timebase; /* NULL: take no times */
};

/* What it leaves behind, in memory that both processes map. To be read when it has ended. */
struct lfb_echo_report {
	uint32_t finished;      /* 1: all connections were made and ended */
	int32_t error;          /* errno of the first failure, 0: none */
	uint64_t bytes;         /* that came back and were right */
	uint64_t half_closed;   /* echoed after the client had closed its writing side */
	uint64_t retries;       /* no free port on this machine: tried again later */
	uint64_t wrong_id;      /* the first connection with wrong bytes, and where in it */
	uint64_t wrong_offset;
	struct lfb_histogram round_trip; /* connect to end of the echo; empty without timebase */
	uint8_t outcome[];      /* enum lfb_echo_outcome by connection */
};

struct lfb_echo_client {
	struct lfb_echo_report *report;
	size_t report_bytes;
	pid_t pid;      /* 0: none, or reaped */
	int go_fd;      /* an eventfd that the client waits for */
	int life_fd;    /* a pipe whose end says that the client has ended */
	int wait_status; /* of waitpid, once reaped */
};

/* How connection `id` behaves. */
enum lfb_clients lfb_echo_kind(enum lfb_clients clients, uint64_t id);

/* Whether a connection of that kind can have ended so on both sides. */
bool lfb_echo_agree(enum lfb_clients kind, enum lfb_echo_outcome server, enum lfb_echo_outcome client);

/*
 * Fork the client; it waits for lfb_echo_client_go. No other thread may exist that holds a lock it needs (malloc's is
 * safe). Returns 0, or -errno with a sentence. `client` is to be given back with lfb_echo_client_end in either case.
 */
int lfb_echo_client_start(struct lfb_echo_client *client, const struct lfb_echo_plan *plan, char *reason, size_t reason_bytes);
void lfb_echo_client_go(const struct lfb_echo_client *client);

/* Wait until it has ended, and reap it. Returns 0, -ETIMEDOUT, or -EBADMSG: it did not end by itself and well. */
int lfb_echo_client_wait(struct lfb_echo_client *client, int limit_ms);

/* From any thread, while it is not waited for: it will end. */
void lfb_echo_client_kill(const struct lfb_echo_client *client);
void lfb_echo_client_end(struct lfb_echo_client *client);

/* The client's program: returns when all connections have ended, or -errno when it cannot work at all. */
int lfb_echo_client_run(const struct lfb_echo_plan *plan, struct lfb_echo_report *report);

#endif
