/*
 * echo_server.h - what the parts of the echo server share: the server of one trial, and one connection's echo.
 *
 * DESIGN. The value that goes through the queue is lfb_app_value(0, n) of the nth connection accepted; its socket lies in
 * a slot, which slot_of[n] names. The acceptor waits for a free one: so there are never more open connections than
 * slots, however long the queue is and in whatever order it gives values back.
 */
#ifndef LFBENCH_ECHO_SERVER_H
#define LFBENCH_ECHO_SERVER_H

#include "applications/application.h"
#include "echo_client.h"
#include "echo_server_door.h"

/* A connection between acceptor and worker. */
struct lfb_echo_slot {
	/* Of the connection; 0: free. Release of 0 by who closed it, acquire by the acceptor: the rest may be written. */
	uint64_t value;
	uint64_t id;
	uint64_t accepted_ticks; /* latency pass */
	int fd;                  /* -1: none */
};

struct lfb_echo_server;

struct lfb_echo_worker {
	struct lfb_echo_server *server;
	unsigned char *buffer;
	uint64_t served, bytes;
	uint64_t last_ns; /* when it closed its last connection */
	uint64_t unknown; /* values that no slot has: the queue made them up */
} __attribute__((aligned(LFB_LINE)));

struct lfb_echo_server {
	const struct lfb_app_setup *setup;
	struct lfb_echo_plan plan;
	struct lfb_echo_client client;
	struct lfb_echo_door door;
	int off_fd;   /* an eventfd, readable when called off */
	int idle_ms;  /* a connection on which nothing moves for so long is closed */
	uint32_t slots;
	struct lfb_echo_slot *slot;
	uint32_t *slot_of; /* by connection, in the order of acceptance */
	uint8_t *outcome; /* enum lfb_echo_outcome by connection: the acceptor's until pushed, then the worker's */
	struct lfb_echo_worker *worker;
	uint32_t workers;
	struct lfb_histogram *queued; /* accepted to popped, of all workers; latency pass */
	/* The acceptor's */
	uint64_t accepted, accepted_hash;
	uint32_t next_slot;   /* to be tried */
	uint64_t shed_newest; /* which the queue never saw */
	uint64_t start_ns;
	/* Counted by the judge */
	uint64_t counts[LFB_ECHO_OUTCOMES];
};

/*
 * Echo until the client has closed its writing side, and close. Called by the worker's thread. Returns how it ended;
 * LFB_ECHO_NONE: called off.
 */
enum lfb_echo_outcome lfb_echo_serve(struct lfb_echo_worker *worker, int fd);

/* Bytes that a worker reads at once. */
#define LFB_ECHO_BUFFER_BYTES 65536u

/* The verdict, when all threads are joined. As lfb_application.judge. */
int lfb_echo_judge(void *state, char *reason, size_t reason_bytes);

#endif
