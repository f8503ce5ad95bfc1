/*
 * handover.c - looks for lost wake-ups: handover BACKEND.so HANDOVERS [THREADS]
 *
 * DESIGN. Values are handed over with wait=park at the smallest capacity the backend has, by eight threads for each CPU,
 * so that nearly each of them meets a sleeper; with two threads instead, nobody else's wake-up makes up for a lost one. Where a wake-up can get lost, between two steps of the protocol in
 * loop_parking.h, threads are held up at random:
 *
 *   between the operations        by `feed` and `serve`
 *   between the last try and the sleep, and between the new sequence and the wake
 *                                 by a sleep and a wake of our own around the harness's
 *   at any instruction, so also in the middle of a push, which hides the values behind it
 *                                 by a signal whose handler sleeps
 *
 * The main thread is the watchdog: no value popped for STUCK_S seconds is a lost wake-up (or a backend that hangs).
 * Exit status: 0, 1 (stuck, or values lost), 2 (cannot be run).
 */
#include "trial/arena.h"
#include "trial/parking.h"
#include "plugin/plugin.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_PER_CPU 8u
#define THREADS_MAX 64u
#define ARENA_BYTES ((size_t)64 << 20)
#define CAPACITY_MAX 64u
#define STUCK_S 20u
#define LOOK_NS 10000000L
#define SIGNAL_STALL SIGUSR1

struct member {
	struct lfb_thread order;
	pthread_t thread;
	uint64_t random, fed, moved;
	bool is_producer;
};

static struct {
	struct lfb_plugin plugin;
	struct lfb_arena arena;
	struct lfb_shared shared;
	struct lfb_queue_events events;
	void *queue;
	unsigned char *handles;
	struct member members[THREADS_MAX];
	unsigned producers, consumers, attached, running, threads;
} test;

static _Thread_local uint64_t stalls_random;

/* Marsaglia's xorshift64, "Xorshift RNGs", 2003. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void nap(long ns)
{
	const struct timespec time = { .tv_nsec = ns };
	const int saved = errno;

	(void)nanosleep(&time, NULL);
	errno = saved;
}

/* Mostly nothing; one in 8 gives up the CPU, one in 512 sleeps. */
static void stall(uint64_t *random)
{
	const uint64_t draw = next_random(random) >> 20;

	if (draw % 512 == 0)
		nap(20000);
	else if (draw % 8 == 0)
		(void)sched_yield();
}

static void stall_anywhere(int signal)
{
	(void)signal;
	nap(50000);
}

static void sleep_late(uint32_t *word, uint32_t seen)
{
	stall(&stalls_random);
	lfb_futex_parking.sleep(word, seen);
}

static void wake_late(uint32_t *word, uint32_t sleepers)
{
	stall(&stalls_random);
	lfb_futex_parking.wake(word, sleepers);
}

static const struct lfb_parking late_parking = { sleep_late, wake_late };

static bool feed(struct lfb_thread *thread, uint64_t *value)
{
	struct member *const m = (struct member *)thread->application;

	if (m->fed == thread->items)
		return false;
	stall(&m->random);
	*value = thread->first_value + m->fed++;
	return true;
}

static bool serve(struct lfb_thread *thread, uint64_t value)
{
	struct member *const m = (struct member *)thread->application;

	(void)value;
	__atomic_store_n(&m->moved, m->moved + 1, __ATOMIC_RELAXED); /* for the watchdog */
	stall(&m->random);
	return true;
}

/* All attach before one starts, as in a trial. Release and acquire: what one's attaching wrote, all see. */
static void await_others(void)
{
	(void)__atomic_add_fetch(&test.attached, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&test.attached, __ATOMIC_ACQUIRE) != test.producers + test.consumers)
		nap(100000);
}

static void *member_main(void *argument)
{
	struct member *const m = (struct member *)argument;
	const struct lfb_ops *const ops = test.plugin.ops;

	stalls_random = m->random * 3;
	if (ops->attach(test.queue, m->order.handle[0]) != 0)
		abort();
	await_others();
	ops->loops[m->is_producer ? LFB_FEED : LFB_SERVE][LFB_WAIT_PARK](&m->order);
	ops->detach(test.queue, m->order.handle[0]);
	(void)__atomic_sub_fetch(&test.running, 1, __ATOMIC_RELEASE); /* pairs with the watchdog's acquire */
	return NULL;
}

static void prepare_member(unsigned i, uint64_t items, size_t stride)
{
	struct member *const m = &test.members[i];

	m->is_producer = i < test.producers;
	m->random = (i + 1) * UINT64_C(0x9E3779B97F4A7C15);
	m->order.queue[0] = test.queue;
	m->order.handle[0] = test.handles + i * stride;
	m->order.shared = &test.shared;
	m->order.events[0] = &test.events;
	m->order.parking = &late_parking;
	m->order.wait = LFB_WAIT_PARK;
	m->order.feed = feed;
	m->order.serve = serve;
	m->order.application = m;
	m->order.index = i;
	m->order.first_value = ((uint64_t)i << LFB_VALUE_SHIFT) + 1;
	m->order.items = m->is_producer ? items / test.producers + (i < items % test.producers) : 0;
}

/* At the smallest capacity that the backend accepts. Returns 0 or -errno. */
static int create_queue(uint64_t items)
{
	struct lfb_report report = { 0 };
	struct lfb_cell cell = { .size = sizeof(cell), .producers = test.producers, .consumers = test.consumers,
				 .batch = 1, .items = items, .arena = &test.arena, .report = &report };
	int rc = -ENOTSUP;

	for (cell.capacity = 1; rc == -ENOTSUP && cell.capacity <= CAPACITY_MAX; cell.capacity++)
		rc = test.plugin.ops->create(&cell, &test.queue);
	if (rc == 0)
		printf("%u producers, %u consumers, capacity %" PRIu64 "\n", test.producers, test.consumers, report.capacity_effective);
	return rc;
}

static unsigned threads_wanted(void)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned threads = cpus > 0 && cpus < (long)(THREADS_MAX / THREADS_PER_CPU) ? (unsigned)cpus * THREADS_PER_CPU : THREADS_MAX;

	return threads;
}

/* Half of the threads on either side, or all but one where the backend allows one. */
static void choose_sides(void)
{
	const struct lfb_claims *const claims = &test.plugin.info.claims;
	const unsigned threads = test.threads;

	test.producers = claims->producers == LFB_ONE ? 1 : claims->consumers == LFB_ONE ? threads - 1 : threads / 2;
	test.consumers = claims->consumers == LFB_ONE ? 1 : threads - test.producers;
}

static int prepare(const char *path, uint64_t items)
{
	struct lfb_error error = { 0 };
	size_t stride;

	if (lfb_plugin_open(path, &test.plugin, &error) != 0)
		return fprintf(stderr, "handover: %s: %s\n", path, error.text), -ENOEXEC;
	choose_sides();
	if (lfb_arena_map(&test.arena, ARENA_BYTES) != 0 || lfb_arena_prepare(&test.arena, ARENA_BYTES, ARENA_BYTES) != 0)
		return -ENOMEM;
	stride = (test.plugin.ops->handle_bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);
	test.handles = (unsigned char *)lfb_arena_alloc(&test.arena, THREADS_MAX * stride);
	if (test.handles == NULL || create_queue(items) != 0)
		return -ENOMEM;
	memset(test.handles, 0, THREADS_MAX * stride);
	test.shared.producers_running = test.producers;
	test.running = test.producers + test.consumers;
	for (unsigned i = 0; i < test.running; i++)
		prepare_member(i, items, stride);
	return 0;
}

static uint64_t moved_so_far(void)
{
	uint64_t sum = 0;

	for (unsigned i = test.producers; i < test.producers + test.consumers; i++)
		sum += __atomic_load_n(&test.members[i].moved, __ATOMIC_RELAXED);
	return sum;
}

/* Hold threads up until all are done. false: nothing moves any more. */
static bool watch(void)
{
	const unsigned threads = test.producers + test.consumers;
	struct timespec now;
	time_t moved_at_s = 0;
	uint64_t moved = UINT64_MAX, random = 88172645463325252u;

	while (__atomic_load_n(&test.running, __ATOMIC_ACQUIRE) != 0) {
		const uint64_t seen = moved_so_far();

		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (seen != moved) {
			moved = seen;
			moved_at_s = now.tv_sec;
		} else if (now.tv_sec - moved_at_s > (time_t)STUCK_S) {
			return false;
		}
		/* While it looks stuck no signal comes: one would wake a sleeper, and hide what is looked for. */
		if (now.tv_sec - moved_at_s == 0)
			(void)pthread_kill(test.members[next_random(&random) % threads].thread, SIGNAL_STALL);
		nap(LOOK_NS / 20);
	}
	return true;
}

static void print_stuck(void)
{
	(void)fprintf(stderr, "handover: stuck after %" PRIu64 " values. Producers running: %u. Asleep for a value: %u, for room: %u\n",
		      moved_so_far(), __atomic_load_n(&test.shared.producers_running, __ATOMIC_RELAXED),
		      __atomic_load_n(&test.events.not_empty.sleepers, __ATOMIC_RELAXED),
		      __atomic_load_n(&test.events.not_full.sleepers, __ATOMIC_RELAXED));
}

/* What was pushed is what was popped. References pop what they like. */
static bool judge(uint64_t items)
{
	uint64_t popped = 0, hash = 0, parks = 0, wakes = 0;

	for (unsigned i = 0; i < test.producers + test.consumers; i++) {
		const struct lfb_thread *const o = &test.members[i].order;

		popped += o->popped;
		hash += o->hash;
		parks += o->parks;
		wakes += o->wakes;
		for (uint64_t n = 0; n < o->items; n++)
			hash -= lfb_mix(o->first_value + n);
	}
	printf("%" PRIu64 " handed over, %" PRIu64 " sleeps, %" PRIu64 " wakes\n", popped, parks, wakes);
	return popped == items && (hash == 0 || test.plugin.info.claims.reference);
}

static int run(uint64_t items)
{
	const struct sigaction action = { .sa_handler = stall_anywhere, .sa_flags = SA_RESTART };
	const unsigned threads = test.running;

	(void)sigaction(SIGNAL_STALL, &action, NULL);
	for (unsigned i = 0; i < threads; i++)
		if (pthread_create(&test.members[i].thread, NULL, member_main, &test.members[i]) != 0)
			return 2;
	if (!watch()) {
		print_stuck();
		(void)fflush(NULL);
		_exit(1); /* the threads cannot be joined */
	}
	for (unsigned i = 0; i < threads; i++)
		(void)pthread_join(test.members[i].thread, NULL);
	return judge(items) ? 0 : 1;
}

int main(int argc, char **argv)
{
	char *end = NULL;
	const uint64_t items = argc == 3 || argc == 4 ? strtoull(argv[2], &end, 10) : 0;
	int rc;

	test.threads = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : threads_wanted();
	if (items == 0 || *end != '\0' || test.threads < 2 || test.threads > THREADS_MAX)
		return fprintf(stderr, "Usage: handover BACKEND.so HANDOVERS [THREADS]\n"), 2;
	if (prepare(argv[1], items) != 0)
		return 2;
	rc = run(items);
	test.plugin.ops->destroy(test.queue);
	lfb_arena_unmap(&test.arena, ARENA_BYTES);
	lfb_plugin_close(&test.plugin);
	return rc;
}
