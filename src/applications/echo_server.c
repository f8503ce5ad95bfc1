/*
 * echo_server.c - workload echo_server: real TCP on loopback. An acceptor pushes accepted sockets, workers pop them, echo
 * what comes until the client has no more to say, and close. Modelled on a server's pool of workers behind one
 * accept loop, where the queue decides who serves and what happens when all are busy.
 *
 * The client's side is in echo_client.c, the door in echo_server_door.c, one connection in echo_server_serve.c and the verdict
 * in echo_server_judge.c.
 */
#include "echo_server.h"

#include "applications/applications.h"
#include "machine/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

/* Connections of one trial at most: both sides keep a byte for each. */
#define CONNECTIONS_MAX (UINT64_C(1) << 30)
/* A connection on which nothing moves is closed after this; sooner where silent clients are to be expected. */
#define IDLE_MS 10000
#define IDLE_SILENT_MS 20
/* Look again for a free slot. */
#define SLOT_MS 1
/* Files that the process has open beside connections: results, backends, what a launch was started with. */
#define FILES_SPARE 64u

/* ---- files ---- */

/* Both sides' needs are the same limit: the server's is the larger one. */
static int allow_files(const struct lfb_echo_server *s, char *reason, size_t reason_bytes)
{
	const rlim_t needed = (rlim_t)s->slots + LFB_ECHO_VISITORS + FILES_SPARE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
		return 0;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < needed) {
		(void)snprintf(reason, reason_bytes,
			       "%" PRIu32 " connections and %" PRIu32 " workers take %llu open files, the limit is %llu: try fewer --connections, or a higher 'ulimit -Hn'",
			       s->plan.connections, s->workers, (unsigned long long)needed, (unsigned long long)limit.rlim_max);
		return -EMFILE;
	}
	limit.rlim_cur = needed;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	(void)snprintf(reason, reason_bytes, "the limit of open files cannot be raised to %llu: %s", (unsigned long long)needed, strerror(errno));
	return -EMFILE;
}

/* ---- the acceptor ---- */

/* Whether the trial was called off, looked at for `ms` at most. */
static bool is_off(const struct lfb_echo_server *s, int ms)
{
	struct pollfd off = { .fd = s->off_fd, .events = POLLIN };

	return poll(&off, 1, ms) > 0;
}

/* A free slot, waited for. One whose value the queue has lost is passed over. NULL: called off. */
static struct lfb_echo_slot *free_slot(struct lfb_echo_server *s)
{
	do {
		for (uint32_t tried = 0; tried < s->slots; tried++) {
			struct lfb_echo_slot *const slot = &s->slot[s->next_slot++ % s->slots];

			/* Acquire: pairs with the release in free_it; who served the last connection is done with the slot. */
			if (__atomic_load_n(&slot->value, __ATOMIC_ACQUIRE) == 0)
				return slot;
		}
	} while (!is_off(s, SLOT_MS));
	return NULL;
}

static bool feed(struct lfb_thread *thread, uint64_t *value)
{
	struct lfb_echo_server *const s = (struct lfb_echo_server *)thread->application;
	struct lfb_echo_slot *slot;

	if (s->start_ns == 0) {
		s->start_ns = lfb_clock_now_ns();
		lfb_echo_client_go(&s->client);
	}
	if (s->accepted == s->plan.items)
		return false;
	slot = free_slot(s);
	if (slot == NULL)
		return false;
	slot->fd = lfb_echo_door_next(&s->door, &slot->id);
	if (slot->fd < 0)
		return false;
	if (s->setup->timebase != NULL)
		slot->accepted_ticks = lfb_ticks_before(s->setup->timebase);
	*value = lfb_app_value(0, s->accepted++);
	s->accepted_hash += lfb_mix(*value);
	/* Relaxed: the push publishes both, and only the acceptor looks for 0. */
	__atomic_store_n(&s->slot_of[s->accepted - 1], (uint32_t)(slot - s->slot), __ATOMIC_RELAXED);
	__atomic_store_n(&slot->value, *value, __ATOMIC_RELAXED);
	return true;
}

/* The slot of a value, taken so that nobody else serves it; NULL: nobody waits under that value. */
static struct lfb_echo_slot *claim(struct lfb_echo_server *s, uint64_t value)
{
	struct lfb_echo_slot *slot;
	uint64_t expected = value;

	if (value == 0 || value > s->plan.items)
		return NULL;
	slot = &s->slot[__atomic_load_n(&s->slot_of[value - 1], __ATOMIC_RELAXED)];
	/* Acquire beyond the queue's own order: a queue that hands a value out twice must not make two threads close one socket. */
	return __atomic_compare_exchange_n(&slot->value, &expected, UINT64_MAX, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED) ? slot : NULL;
}

/* Release: pairs with the acquire in free_slot. */
static void free_it(struct lfb_echo_slot *slot)
{
	slot->fd = -1;
	__atomic_store_n(&slot->value, 0, __ATOMIC_RELEASE);
}

/* The queue is full: this connection is closed unserved. Called by the acceptor's thread. */
static void shed(struct lfb_thread *thread, uint64_t value)
{
	struct lfb_echo_server *const s = (struct lfb_echo_server *)thread->application;
	struct lfb_echo_slot *const slot = claim(s, value);

	s->shed_newest += thread->overflow == LFB_OVERFLOW_DROP;
	if (slot == NULL)
		return; /* no such connection: the sums will not be right */
	(void)close(slot->fd);
	s->outcome[slot->id] = LFB_ECHO_SHED;
	free_it(slot);
}

/* ---- the workers ---- */

static void note_queued(const struct lfb_echo_server *s, struct lfb_thread *thread, const struct lfb_echo_slot *slot)
{
	uint64_t now;

	if (s->setup->timebase == NULL)
		return;
	now = lfb_ticks_after(s->setup->timebase);
	/* The CPUs' counters may differ by a few ticks. */
	lfb_histogram_record(thread->service,
			     now > slot->accepted_ticks ? lfb_ticks_ns(s->setup->timebase, now - slot->accepted_ticks) : 0);
}

static bool serve(struct lfb_thread *thread, uint64_t value)
{
	struct lfb_echo_worker *const worker = (struct lfb_echo_worker *)thread->application;
	struct lfb_echo_server *const s = worker->server;
	struct lfb_echo_slot *const slot = claim(s, value);
	enum lfb_echo_outcome outcome;

	if (slot == NULL) {
		worker->unknown++;
		return true;
	}
	note_queued(s, thread, slot);
	outcome = lfb_echo_serve(worker, slot->fd);
	s->outcome[slot->id] = (uint8_t)outcome;
	worker->served++;
	worker->last_ns = lfb_clock_now_ns();
	free_it(slot);
	return outcome != LFB_ECHO_NONE;
}

/* ---- the application ---- */

static int make_workers(struct lfb_echo_server *s)
{
	s->worker = (struct lfb_echo_worker *)aligned_alloc(LFB_LINE, s->workers * sizeof(s->worker[0]));
	if (s->worker == NULL)
		return -ENOMEM;
	memset(s->worker, 0, s->workers * sizeof(s->worker[0]));
	for (uint32_t w = 0; w < s->workers; w++) {
		s->worker[w].server = s;
		s->worker[w].buffer = (unsigned char *)malloc(LFB_ECHO_BUFFER_BYTES);
		if (s->worker[w].buffer == NULL)
			return -ENOMEM;
		memset(s->worker[w].buffer, 0, LFB_ECHO_BUFFER_BYTES); /* faulted in, off the clock */
	}
	return 0;
}

static int make_memory(struct lfb_echo_server *s)
{
	s->slot = (struct lfb_echo_slot *)calloc(s->slots, sizeof(s->slot[0]));
	s->slot_of = (uint32_t *)calloc((size_t)s->plan.items, sizeof(s->slot_of[0]));
	s->outcome = (uint8_t *)calloc((size_t)s->plan.items, 1);
	if (s->setup->timebase != NULL) {
		s->queued = (struct lfb_histogram *)malloc(sizeof(*s->queued));
		if (s->queued == NULL)
			return -ENOMEM;
	}
	if (s->slot == NULL || s->slot_of == NULL || s->outcome == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->slots; i++)
		s->slot[i].fd = -1;
	return make_workers(s);
}

/* Door, then client: it is told where to connect to, and what to say. */
static int open_sockets(struct lfb_echo_server *s, char *reason, size_t reason_bytes)
{
	const uint32_t *const param = s->setup->shape->param;
	int rc = lfb_echo_door_open(&s->door, (enum lfb_family)param[LFB_PARAM_family], (uint16_t)param[LFB_PARAM_port],
				    s->plan.connections + LFB_ECHO_VISITORS, &s->plan.address, &s->plan.address_bytes, reason, reason_bytes);

	if (rc != 0)
		return rc;
	s->door.token = s->plan.token;
	s->door.outcome = s->outcome;
	s->door.items = s->plan.items;
	s->off_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->off_fd < 0 || getrandom(s->plan.token, sizeof(s->plan.token), 0) != (ssize_t)sizeof(s->plan.token))
		return -errno;
	if (s->setup->arena != NULL) /* or the fork would make every page of the queue's be copied at its first write */
		(void)madvise(s->setup->arena->base, s->setup->arena->size_bytes, MADV_DONTFORK);
	rc = lfb_echo_client_start(&s->client, &s->plan, reason, reason_bytes);
	return rc == 0 ? lfb_echo_door_watch(&s->door, s->off_fd, s->client.life_fd) : rc;
}

static void close_app(void *state)
{
	struct lfb_echo_server *const s = (struct lfb_echo_server *)state;

	lfb_echo_client_end(&s->client);
	for (uint32_t i = 0; s->slot != NULL && i < s->slots; i++)
		if (s->slot[i].fd >= 0)
			(void)close(s->slot[i].fd);
	lfb_echo_door_close(&s->door);
	if (s->off_fd >= 0)
		(void)close(s->off_fd);
	for (uint32_t w = 0; s->worker != NULL && w < s->workers; w++)
		free(s->worker[w].buffer);
	free(s->worker);
	free(s->slot);
	free(s->slot_of);
	free(s->outcome);
	free(s->queued);
	free(s);
}

static void fill_plan(struct lfb_echo_server *s)
{
	const struct lfb_app_setup *const setup = s->setup;
	const uint32_t *const param = setup->shape->param;

	s->plan = (struct lfb_echo_plan){
		.items = setup->items,
		.connections = (uint32_t)(param[LFB_PARAM_connections] < setup->items ? param[LFB_PARAM_connections] : setup->items),
		.message_bytes = (uint32_t)param[LFB_PARAM_message],
		.clients = (enum lfb_clients)param[LFB_PARAM_clients],
		.seed = setup->seed,
		.timebase = setup->timebase,
	};
	s->workers = setup->shape->consumers;
	/* Some clients are gone before they are served, while others have come: room for both. */
	s->slots = 2 * s->plan.connections + s->workers + 1;
	s->idle_ms = s->plan.clients == LFB_CLIENTS_SILENT || s->plan.clients == LFB_CLIENTS_MIXED ? IDLE_SILENT_MS : IDLE_MS;
}

static int open_app(const struct lfb_app_setup *setup, void **state, char *reason, size_t reason_bytes)
{
	struct lfb_echo_server *s;
	int rc;

	if (setup->items > CONNECTIONS_MAX) {
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " connections are too many for one trial: try --items %" PRIu64 " at most",
			       setup->items, CONNECTIONS_MAX);
		return -EOVERFLOW;
	}
	s = (struct lfb_echo_server *)calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->setup = setup;
	s->off_fd = s->client.go_fd = s->client.life_fd = s->door.listener = s->door.epoll = -1;
	for (int i = 0; i < LFB_ECHO_VISITORS; i++)
		s->door.visitor[i].fd = -1;
	fill_plan(s);
	rc = allow_files(s, reason, reason_bytes);
	if (rc == 0)
		rc = make_memory(s);
	if (rc == 0)
		rc = open_sockets(s, reason, reason_bytes);
	if (rc != 0)
		close_app(s);
	else
		*state = s;
	return rc;
}

/* enum lfb_overflow has the same order as what can be asked for. An audit is of all values: nothing is shed. */
static int brief(void *state, unsigned role, uint32_t nth, const lfb_loop loops[LFB_LOOP_KINDS], struct lfb_thread *order)
{
	struct lfb_echo_server *const s = (struct lfb_echo_server *)state;

	(void)loops;
	if (role == 0) {
		order->application = s;
		order->feed = feed;
		order->dropped = shed;
		order->overflow = s->setup->audit ? LFB_OVERFLOW_WAIT : (uint32_t)s->setup->shape->param[LFB_PARAM_overflow];
	} else {
		order->application = &s->worker[nth];
		order->serve = serve;
	}
	return 0;
}

static void call_off(void *state)
{
	const struct lfb_echo_server *const s = (const struct lfb_echo_server *)state;
	const uint64_t one = 1;

	(void)!write(s->off_fd, &one, sizeof(one)); /* fails only when it has been written 2^64 times */
	lfb_echo_client_kill(&s->client);
}

/* Fewer than all if the client has ended early, which the judge tells. */
static void expect(const void *state, unsigned queue, struct lfb_app_traffic *traffic)
{
	const struct lfb_echo_server *const s = (const struct lfb_echo_server *)state;

	(void)queue;
	*traffic = (struct lfb_app_traffic){ .pushed = s->accepted, .hash = s->accepted_hash };
}

static void measure(const void *state, uint64_t *items, uint64_t *ops, uint64_t *duration_ns)
{
	const struct lfb_echo_server *const s = (const struct lfb_echo_server *)state;

	(void)duration_ns;
	*ops = 2 * (*items - s->shed_newest);
}

static const struct lfb_histogram *histogram(const void *state, unsigned nth, const char **name)
{
	const struct lfb_echo_server *const s = (const struct lfb_echo_server *)state;

	if (nth == 0) {
		*name = "round_trip";
		return &s->client.report->round_trip;
	}
	if (nth > 1)
		return NULL;
	lfb_latency_service(s->setup->latency, s->queued);
	*name = "queued";
	return s->queued;
}

/* From the client's go to the last connection closed by a worker. */
static double duration_s(const struct lfb_echo_server *s)
{
	uint64_t last_ns = s->start_ns;

	for (uint32_t w = 0; w < s->workers; w++)
		last_ns = s->worker[w].last_ns > last_ns ? s->worker[w].last_ns : last_ns;
	return (double)(last_ns - s->start_ns) / 1e9;
}

static void figures(const void *state, lfb_app_figure_fn put, void *context)
{
	const struct lfb_echo_server *const s = (const struct lfb_echo_server *)state;
	const struct lfb_echo_report *const report = s->client.report;
	const double seconds = duration_s(s);

	if (seconds > 0) {
		put("", "echoed_per_s", "1/s", (double)s->counts[LFB_ECHO_ECHOED] / seconds, context);
		put("", "echoed_bytes_per_s", "B/s", (double)report->bytes / seconds, context);
	}
	put("", "echoed", "connections", (double)s->counts[LFB_ECHO_ECHOED], context);
	put("", "shed", "connections", (double)s->counts[LFB_ECHO_SHED], context);
	put("", "reset", "connections", (double)s->counts[LFB_ECHO_RESET], context);
	put("", "timed_out", "connections", (double)s->counts[LFB_ECHO_TIMED_OUT], context);
	put("", "half_closed", "connections", (double)report->half_closed, context);
	put("", "strangers", "connections", (double)s->door.strangers, context);
	put("", "port_waits", "times", (double)report->retries, context);
	for (uint32_t w = 0; w < s->workers; w++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "worker%" PRIu32, w + 1); /* as the trial numbers threads: 0 is the acceptor */
		put(name, "served", "connections", (double)s->worker[w].served, context);
	}
}

const struct lfb_application lfb_app_echo_server = {
	.open = open_app,
	.brief = brief,
	.call_off = call_off,
	.expect = expect,
	.judge = lfb_echo_judge,
	.measure = measure,
	.histogram = histogram,
	.figures = figures,
	.close = close_app,
};
