/* The echo server's door, its client against servers that err, and whole trials over queues that do. */
#include "unit.h"

#include "trial_fixture.h"

#include "applications/echo_client.h"
#include "applications/echo_server_door.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#define ITEMS 8

static struct lfb_echo_door door;
static struct lfb_echo_plan plan;
static uint8_t outcome[ITEMS];
static int off_fd, life[2];
static char reason[200];

/* A door that is watched, and a plan of clients that come to it. */
static int open_door(void **state)
{
	(void)state;
	memset(outcome, 0, sizeof(outcome));
	plan = (struct lfb_echo_plan){ .token = "fifteen letters", .items = 1, .connections = 1, .message_bytes = 100, .seed = 1 };
	if (lfb_echo_door_open(&door, LFB_FAMILY_IPV4, 0, 2 * LFB_ECHO_VISITORS, &plan.address, &plan.address_bytes, reason, sizeof(reason)) != 0)
		return -1;
	door.token = plan.token;
	door.outcome = outcome;
	door.items = ITEMS;
	off_fd = eventfd(0, EFD_NONBLOCK);
	return pipe(life) != 0 || lfb_echo_door_watch(&door, off_fd, life[0]) != 0 ? -1 : 0;
}

static int close_door(void **state)
{
	(void)state;
	lfb_echo_door_close(&door);
	(void)close(off_fd);
	(void)close(life[0]);
	(void)close(life[1]);
	return 0;
}

/* Connect and send the first `bytes` of a header; the socket. */
static int come(const char *token, uint64_t id, size_t bytes)
{
	struct lfb_echo_header header = { .id = id };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	memcpy(header.token, token, sizeof(header.token));
	assert_int_equal(connect(fd, (const struct sockaddr *)&plan.address, plan.address_bytes), 0);
	assert_int_equal(send(fd, &header, bytes, MSG_NOSIGNAL), bytes);
	return fd;
}

static void is_let_in(uint64_t expected)
{
	uint64_t id = ITEMS;
	const int fd = lfb_echo_door_next(&door, &id);

	assert_true(fd >= 0);
	assert_int_equal(id, expected);
	assert_int_equal(outcome[id], LFB_ECHO_ADMITTED);
	(void)close(fd);
}

static void test_strangers_are_turned_away(void **state)
{
	int fd[6];

	(void)state;
	fd[0] = come("fifteen letterz", 0, sizeof(struct lfb_echo_header));
	fd[1] = come("fifteen letters", ITEMS, sizeof(struct lfb_echo_header)); /* no such number */
	fd[2] = come("fifteen letters", UINT64_MAX, sizeof(struct lfb_echo_header));
	fd[3] = come("fifteen letters", 5, sizeof(struct lfb_echo_header));
	is_let_in(5);
	assert_int_equal(door.strangers, 3);
	fd[4] = come("fifteen letters", 5, sizeof(struct lfb_echo_header)); /* was here before */
	fd[5] = come("fifteen letters", ITEMS - 1, sizeof(struct lfb_echo_header));
	is_let_in(ITEMS - 1);
	assert_int_equal(door.strangers, 4);
	for (size_t i = 0; i < COUNT(fd); i++)
		(void)close(fd[i]);
}

/* Half a header holds nobody up; it may be completed, given up, or never be. */
static void test_headers_in_parts(void **state)
{
	const int gone = come("fifteen letters", 1, 7), slow = come("fifteen letters", 2, 20), stays = come("fifteen letters", 3, 1);
	const int quick = come("fifteen letters", 4, sizeof(struct lfb_echo_header));
	const struct lfb_echo_header second = { .token = "fifteen letters", .id = 2 };
	uint64_t id;

	(void)state;
	is_let_in(4);
	(void)close(gone);
	assert_int_equal(send(slow, (const char *)&second + 20, sizeof(second) - 20, MSG_NOSIGNAL), sizeof(second) - 20);
	is_let_in(2);
	(void)close(life[1]); /* the client is gone: the last visitor is waited for a second, not for ever */
	life[1] = -1;
	assert_int_equal(lfb_echo_door_next(&door, &id), -1);
	assert_int_equal(door.strangers, 2);
	(void)close(slow);
	(void)close(stays);
	(void)close(quick);
}

/* More than there is room for: the oldest make room, and nobody is lost from sight. */
static void test_many_visitors(void **state)
{
	int fd[LFB_ECHO_VISITORS + 6];

	(void)state;
	for (size_t i = 0; i < COUNT(fd); i++)
		fd[i] = come("fifteen letters", 0, i < COUNT(fd) - 1 ? 3 : sizeof(struct lfb_echo_header));
	is_let_in(0);
	assert_int_equal(door.strangers, 5);
	assert_int_equal(door.visitors, LFB_ECHO_VISITORS);
	for (size_t i = 0; i < COUNT(fd); i++)
		(void)close(fd[i]);
}

static void test_call_off(void **state)
{
	const uint64_t one = 1;
	uint64_t id;

	(void)state;
	assert_int_equal(write(off_fd, &one, sizeof(one)), sizeof(one));
	assert_int_equal(lfb_echo_door_next(&door, &id), -1);
}

static void test_port_in_use(void **state)
{
	const uint16_t port = ntohs(((const struct sockaddr_in *)&plan.address)->sin_port);
	struct sockaddr_storage address;
	struct lfb_echo_door second;
	socklen_t bytes;

	(void)state;
	assert_int_equal(lfb_echo_door_open(&second, LFB_FAMILY_IPV4, port, 1, &address, &bytes, reason, sizeof(reason)), -EADDRINUSE);
	unit_has(reason, "is in use: try another --port");
	lfb_echo_door_close(&second);
}

/* ---- the client, against a server made here ---- */

static struct lfb_echo_client client;
static unsigned char message[100];

/* Start a client of one connection and read its header and message. */
static int first_connection(enum lfb_clients clients, size_t bytes)
{
	uint64_t id;
	int fd;

	plan.clients = clients;
	assert_int_equal(lfb_echo_client_start(&client, &plan, reason, sizeof(reason)), 0);
	lfb_echo_client_go(&client);
	fd = lfb_echo_door_next(&door, &id);
	assert_true(fd >= 0);
	for (size_t got = 0; got < bytes;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t n;

		assert_true(poll(&ready, 1, 10000) > 0);
		n = recv(fd, message + got, bytes - got, 0);
		assert_true(n > 0);
		got += (size_t)n;
	}
	return fd;
}

static void answer(int fd, size_t bytes)
{
	assert_int_equal(send(fd, message, bytes, MSG_NOSIGNAL), bytes);
}

static void saw(int fd, enum lfb_echo_outcome expected)
{
	(void)close(fd);
	assert_int_equal(lfb_echo_client_wait(&client, 10000), 0);
	assert_int_equal(client.report->outcome[0], expected);
	lfb_echo_client_end(&client);
}

static void test_good_answer(void **state)
{
	const int fd = first_connection(LFB_CLIENTS_GOOD, sizeof(message));
	struct pollfd end = { .fd = fd, .events = POLLIN };
	char none;

	(void)state;
	answer(fd, sizeof(message));
	assert_true(poll(&end, 1, 10000) > 0);
	assert_int_equal(recv(fd, &none, 1, 0), 0); /* it closes its side once it has got everything */
	assert_int_equal(client.report->bytes, sizeof(message));
	saw(fd, LFB_ECHO_ECHOED);
}

static void test_each_wrong_byte_is_seen(void **state)
{
	static const size_t at[] = { 0, 50, sizeof(message) - 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(at); i++) {
		const int fd = first_connection(LFB_CLIENTS_GOOD, sizeof(message));

		message[at[i]] ^= 1;
		answer(fd, sizeof(message));
		assert_int_equal(lfb_echo_client_wait(&client, 10000), 0);
		assert_int_equal(client.report->wrong_offset, at[i]);
		saw(fd, LFB_ECHO_WRONG);
		outcome[0] = LFB_ECHO_NONE; /* it may come again */
	}
}

static void test_too_much_and_too_little(void **state)
{
	int fd = first_connection(LFB_CLIENTS_HALF_CLOSE, sizeof(message));

	(void)state;
	answer(fd, sizeof(message) - 1);
	saw(fd, LFB_ECHO_CUT);
	outcome[0] = LFB_ECHO_NONE;
	fd = first_connection(LFB_CLIENTS_HALF_CLOSE, sizeof(message));
	answer(fd, sizeof(message));
	answer(fd, 1);
	saw(fd, LFB_ECHO_WRONG);
	outcome[0] = LFB_ECHO_NONE;
	fd = first_connection(LFB_CLIENTS_SLOW, 1);
	saw(fd, LFB_ECHO_CUT); /* in the middle of its message */
}

static void test_reset_early_and_silent(void **state)
{
	int fd = first_connection(LFB_CLIENTS_RESET, sizeof(message) / 2);

	(void)state;
	saw(fd, LFB_ECHO_RESET);
	outcome[0] = LFB_ECHO_NONE;
	fd = first_connection(LFB_CLIENTS_SILENT, sizeof(message));
	answer(fd, sizeof(message));
	assert_int_equal(lfb_echo_client_wait(&client, 50), -ETIMEDOUT); /* it does not end by itself */
	saw(fd, LFB_ECHO_CUT);
}

static void test_nobody_listens(void **state)
{
	(void)state;
	(void)close(door.listener);
	door.listener = -1;
	assert_int_equal(lfb_echo_client_start(&client, &plan, reason, sizeof(reason)), 0);
	lfb_echo_client_go(&client);
	assert_int_equal(lfb_echo_client_wait(&client, 10000), 0);
	assert_int_equal(client.report->outcome[0], LFB_ECHO_FAILED);
	assert_int_equal(client.report->error, ECONNREFUSED);
	lfb_echo_client_end(&client);
}

static void test_killed_client(void **state)
{
	(void)state;
	assert_int_equal(lfb_echo_client_start(&client, &plan, reason, sizeof(reason)), 0);
	lfb_echo_client_kill(&client);
	assert_int_equal(lfb_echo_client_wait(&client, 10000), -EBADMSG);
	lfb_echo_client_end(&client);
}

/* ---- what is believed ---- */

static void test_agree(void **state)
{
	(void)state;
	for (int kind = LFB_CLIENTS_GOOD; kind < LFB_CLIENTS_MIXED; kind++) {
		unsigned pairs = 0;

		for (int s = 0; s < LFB_ECHO_OUTCOMES; s++)
			for (int c = 0; c < LFB_ECHO_OUTCOMES; c++)
				pairs += lfb_echo_agree((enum lfb_clients)kind, (enum lfb_echo_outcome)s, (enum lfb_echo_outcome)c);
		assert_int_equal(pairs, kind == LFB_CLIENTS_RESET ? 5 : kind == LFB_CLIENTS_SILENT ? 2 : 3);
	}
	assert_true(lfb_echo_agree(LFB_CLIENTS_GOOD, LFB_ECHO_ECHOED, LFB_ECHO_ECHOED));
	assert_false(lfb_echo_agree(LFB_CLIENTS_SILENT, LFB_ECHO_ECHOED, LFB_ECHO_ECHOED));
	assert_true(lfb_echo_agree(LFB_CLIENTS_RESET, LFB_ECHO_RESET, LFB_ECHO_RESET));
	assert_true(lfb_echo_agree(LFB_CLIENTS_SLOW, LFB_ECHO_SHED, LFB_ECHO_CUT));
	assert_true(lfb_echo_agree(LFB_CLIENTS_SILENT, LFB_ECHO_TIMED_OUT, LFB_ECHO_CUT));
	assert_false(lfb_echo_agree(LFB_CLIENTS_GOOD, LFB_ECHO_NONE, LFB_ECHO_NONE));
	assert_false(lfb_echo_agree(LFB_CLIENTS_GOOD, LFB_ECHO_ECHOED, LFB_ECHO_WRONG));
}

static void test_mixed_has_all(void **state)
{
	unsigned seen[LFB_CLIENTS_MIXED] = { 0 }, reset_early = 0;

	(void)state;
	for (uint64_t id = 0; id < 64; id++) {
		seen[lfb_echo_kind(LFB_CLIENTS_MIXED, id)]++;
		reset_early += lfb_echo_kind(LFB_CLIENTS_MIXED, id) == LFB_CLIENTS_RESET && id % 2 == 0;
	}
	assert_int_equal(seen[LFB_CLIENTS_SLOW], 8);
	assert_int_equal(seen[LFB_CLIENTS_RESET], 16);
	assert_int_equal(reset_early, 8);
	assert_int_equal(seen[LFB_CLIENTS_HALF_CLOSE], 8);
	assert_int_equal(seen[LFB_CLIENTS_SILENT], 2);
	assert_int_equal(seen[LFB_CLIENTS_GOOD], 30);
}

/* ---- whole trials ---- */

static void test_trial(void **state)
{
	(void)state;
	for (uint64_t clients = LFB_CLIENTS_GOOD; clients <= LFB_CLIENTS_MIXED; clients++) {
		prepare("echo_server", 1, 2, FAULT_NONE, 0);
		shape.param[LFB_PARAM_clients] = clients;
		run(clients == LFB_CLIENTS_SILENT ? 10 : 40, true);
		ended(LFB_STATUS_OK, "");
	}
}

static double figure(const char *metric)
{
	for (size_t i = 0; i < result.figures; i++)
		if (strcmp(result.figure[i].metric, metric) == 0)
			return result.figure[i].value;
	fail_msg("no figure %s", metric);
	return -1;
}

/* Every connection is in exactly one of the figures. */
static void test_overflow(void **state)
{
	(void)state;
	for (uint64_t overflow = LFB_OVERFLOW_WAIT; overflow <= LFB_OVERFLOW_OVERWRITE; overflow++) {
		double sum;

		prepare("echo_server", 1, 2, FAULT_NONE, 0);
		shape.capacity = 2;
		shape.param[LFB_PARAM_overflow] = overflow;
		shape.param[LFB_PARAM_connections] = 40;
		shape.param[LFB_PARAM_clients] = LFB_CLIENTS_MIXED;
		run(200, false);
		ended(LFB_STATUS_OK, "");
		sum = figure("echoed") + figure("shed") + figure("reset") + figure("timed_out");
		assert_true(sum > 199.5 && sum < 200.5);
		assert_int_equal(figure("shed") > 0.5, overflow != LFB_OVERFLOW_WAIT);
	}
}

/* One connection is not served, or twice: with the others still coming, and with nobody else. */
static void test_faulty_queues(void **state)
{
	static const enum fault faults[] = { FAULT_LOSE, FAULT_REPEAT, FAULT_REPLACE, FAULT_INVENT, FAULT_CANCEL };

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		prepare("echo_server", 1, 2, faults[i], 5);
		setup.timeout_ns = 5 * SECOND_NS;
		run(60, false); /* more than there are slots: the one that is never freed must not stop it */
		ended(LFB_STATUS_INVALID, "");
	}
	prepare("echo_server", 1, 2, FAULT_LOSE, 5);
	shape.param[LFB_PARAM_connections] = 1;
	setup.timeout_ns = SECOND_NS / 2;
	run(40, false);
	ended(LFB_STATUS_INVALID, "1 of 5 values lost");
}

/* The trial is called off while a worker waits for a client, and while the acceptor does. */
static void test_timeout(void **state)
{
	(void)state;
	prepare("echo_server", 1, 1, FAULT_NONE, 0);
	shape.param[LFB_PARAM_clients] = LFB_CLIENTS_SLOW;
	shape.param[LFB_PARAM_connections] = 1;
	setup.timeout_ns = SECOND_NS / 5;
	run(100000, false);
	ended(LFB_STATUS_TIMEOUT, "not done within the time limit");
}

int main(void)
{
#define WITH_DOOR(test) cmocka_unit_test_setup_teardown(test, open_door, close_door)
	const struct CMUnitTest tests[] = {
		WITH_DOOR(test_strangers_are_turned_away),
		WITH_DOOR(test_headers_in_parts),
		WITH_DOOR(test_many_visitors),
		WITH_DOOR(test_call_off),
		WITH_DOOR(test_port_in_use),
		WITH_DOOR(test_good_answer),
		WITH_DOOR(test_each_wrong_byte_is_seen),
		WITH_DOOR(test_too_much_and_too_little),
		WITH_DOOR(test_reset_early_and_silent),
		WITH_DOOR(test_nobody_listens),
		WITH_DOOR(test_killed_client),
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_mixed_has_all),
		cmocka_unit_test(test_trial),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_faulty_queues),
		cmocka_unit_test(test_timeout),
	};

	return cmocka_run_group_tests(tests, map, unmap);
}
