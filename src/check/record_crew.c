/* record_crew.c - see record_crew.h. Threads wait for one another before their scripts begin; the host sleeps meanwhile. */
#include "record_crew.h"

#include "trial/arena.h"
#include "trial/parking.h"
#include "machine/quiet_threads.h"
#include "record_parts.h"
#include "stalls.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Pops of the host beyond what was pushed. */
#define SPARE_POPS 64u

enum gate { GATE_SHUT, GATE_OPEN, GATE_CANCELLED };

struct member {
	struct lfb_thread order; /* first: it is aligned to LFB_LINE, and so is the member */
	struct lfb_history_order history;
	struct lfb_check_crew *crew;
	pthread_t thread;
	bool attached;
	struct lfb_check_stalls stalls;
};

struct lfb_check_crew {
	struct lfb_shared shared;
	struct lfb_queue_events events;
	struct lfb_history_meeting meeting;
	uint32_t gate __attribute__((aligned(LFB_LINE)));
	uint32_t arrived __attribute__((aligned(LFB_LINE)));
	uint32_t left __attribute__((aligned(LFB_LINE)));
	uint32_t attach_failed;
	struct lfb_recorder *recorder;
	const struct lfb_script *script;
	void *queue, *host_handle;
	unsigned created;
	sem_t all_left;
	struct member *members;
};

/* Zeroed, and in memory: pages that come only when they are written to cost a thread as much as many operations. */
static struct lfb_history_op *take_log(uint64_t slots)
{
	struct lfb_history_op *const ops = malloc(slots * sizeof(*ops));

	if (ops != NULL)
		memset(ops, 0, slots * sizeof(*ops));
	return ops;
}

static int brief(struct lfb_check_crew *crew, unsigned t, uint64_t seed)
{
	const struct lfb_script_thread *const part = &crew->script->thread[t];
	struct member *const m = &crew->members[t];

	m->crew = crew;
	m->history = (struct lfb_history_order){
		.steps = part->steps,
		.step_count = part->count,
		.slots = part->slots + LFB_HISTORY_BATCH_MAX + 2,
		.meeting = &crew->meeting,
		.use_counter = crew->recorder->time.use_counter,
		.produces = part->produces,
	};
	m->history.ops = take_log(m->history.slots);
	m->order.history = &m->history;
	m->order.queue[0] = crew->queue;
	m->order.handle[0] = lfb_record_handle(crew->recorder);
	m->order.shared = &crew->shared;
	m->order.events[0] = &crew->events;
	m->order.parking = &lfb_futex_parking;
	m->order.wait = LFB_WAIT_YIELD;
	m->order.first_value = (uint64_t)t << LFB_VALUE_SHIFT | 1;
	m->stalls.random = seed ^ (uint64_t)(t + 1) << 32;
	crew->shared.producers_running += part->produces;
	return m->history.ops == NULL || m->order.handle[0] == NULL ? -ENOMEM : 0;
}

int lfb_check_crew_create(struct lfb_recorder *recorder, const struct lfb_script *script, void *queue, uint64_t seed, struct lfb_check_crew **out)
{
	struct lfb_check_crew *const crew = aligned_alloc(LFB_LINE, sizeof(*crew));
	int rc = 0;

	if (crew == NULL)
		return -ENOMEM;
	memset(crew, 0, sizeof(*crew));
	*out = crew;
	crew->recorder = recorder;
	crew->script = script;
	crew->queue = queue;
	crew->meeting.members = script->threads;
	(void)sem_init(&crew->all_left, 0, 0);
	crew->members = aligned_alloc(LFB_LINE, script->threads * sizeof(*crew->members));
	if (crew->members == NULL)
		return -ENOMEM;
	memset(crew->members, 0, script->threads * sizeof(*crew->members));
	crew->host_handle = lfb_record_handle(crew->recorder);
	rc = crew->host_handle == NULL ? -ENOMEM : 0;
	for (unsigned t = 0; rc == 0 && t < script->threads; t++)
		rc = brief(crew, t, seed);
	return rc;
}

void lfb_check_crew_free(struct lfb_check_crew *crew)
{
	if (crew == NULL)
		return;
	for (unsigned t = 0; crew->members != NULL && t < crew->script->threads; t++)
		free(crew->members[t].history.ops);
	free(crew->members);
	(void)sem_destroy(&crew->all_left);
	free(crew);
}

/*
 * Wait until all are here; the last to arrive opens the gate. Returns whether to work. The acquire-release of `arrived` passes on each
 * thread's attach_failed; the acquire load of `gate` pairs with its release by whoever opens or cancels it.
 */
static bool pass_gate(struct lfb_check_crew *crew)
{
	uint32_t gate;

	if (__atomic_add_fetch(&crew->arrived, 1, __ATOMIC_ACQ_REL) == crew->script->threads)
		__atomic_store_n(&crew->gate, __atomic_load_n(&crew->attach_failed, __ATOMIC_RELAXED) ? GATE_CANCELLED : GATE_OPEN, __ATOMIC_RELEASE);
	while ((gate = __atomic_load_n(&crew->gate, __ATOMIC_ACQUIRE)) == GATE_SHUT)
		(void)sched_yield();
	return gate == GATE_OPEN;
}

static void *member_main(void *argument)
{
	struct member *const m = argument;
	struct lfb_check_crew *const crew = m->crew;
	const struct lfb_ops *const ops = crew->recorder->plugin->ops;

	m->attached = ops->attach(m->order.queue[0], m->order.handle[0]) == 0;
	if (!m->attached)
		__atomic_store_n(&crew->attach_failed, 1, __ATOMIC_RELAXED);
	if (pass_gate(crew)) {
		if (crew->script->stalls)
			lfb_check_stalls_begin(&m->stalls);
		ops->loops[LFB_HISTORY][LFB_WAIT_YIELD](&m->order);
		lfb_check_stalls_end(&m->stalls);
	}
	if (m->attached)
		ops->detach(m->order.queue[0], m->order.handle[0]);
	/* Acquire-release: the host reads every log after the last one has left. */
	if (__atomic_add_fetch(&crew->left, 1, __ATOMIC_ACQ_REL) == crew->script->threads)
		(void)sem_post(&crew->all_left);
	return NULL;
}

static void join(struct lfb_check_crew *crew)
{
	for (unsigned t = 0; t < crew->created; t++)
		(void)pthread_join(crew->members[t].thread, NULL);
}

static int start(struct lfb_check_crew *crew, struct lfb_error *error)
{
	for (; crew->created < crew->script->threads; crew->created++) {
		const int rc = lfb_quiet_thread(&crew->members[crew->created].thread, member_main, &crew->members[crew->created]);

		if (rc != 0) {
			/* The gate never opens by itself now: `arrived` stays below. */
			__atomic_store_n(&crew->gate, GATE_CANCELLED, __ATOMIC_RELEASE);
			join(crew);
			return lfb_fail(error, -EAGAIN, "thread %u of %u cannot be created: %s", crew->created + 1, crew->script->threads, strerror(-rc));
		}
	}
	return 0;
}

/* Sleep until all have left, or for so long. Returns whether they have. */
static bool all_left_within(struct lfb_check_crew *crew, uint64_t ns)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	ns += (uint64_t)until.tv_nsec;
	until.tv_sec += (time_t)(ns / UINT64_C(1000000000));
	until.tv_nsec = (long)(ns % UINT64_C(1000000000));
	while (sem_clockwait(&crew->all_left, CLOCK_MONOTONIC, &until) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

/* Make every loop leave at its next wait, and wake those that the backend has put to sleep. */
static void call_off(struct lfb_check_crew *crew)
{
	const struct lfb_ops *const ops = crew->recorder->plugin->ops;

	__atomic_store_n(&crew->shared.abort, 1, __ATOMIC_RELAXED);
	if (ops->close != NULL)
		ops->close(crew->queue);
}

int lfb_check_crew_run(struct lfb_check_crew *crew, struct lfb_error *error)
{
	int rc;

	lfb_check_stalls_handle();
	rc = start(crew, error);
	if (rc != 0)
		return rc;
	if (!all_left_within(crew, crew->recorder->limit_ns)) {
		call_off(crew);
		if (!all_left_within(crew, crew->recorder->grace_ns))
			return lfb_fail(error, -ETIMEDOUT, "a thread did not come back from the queue");
	}
	join(crew);
	return crew->attach_failed ? lfb_fail(error, -EIO, "a thread cannot attach to the queue") : 0;
}

/* Pop until EMPTY, as thread number `thread` of the history. */
static int drain(struct lfb_check_crew *crew, struct lfb_history *history, unsigned thread)
{
	const struct lfb_ops *const ops = crew->recorder->plugin->ops;
	const uint32_t use_counter = crew->recorder->time.use_counter;
	bool more = true;
	int rc = 0;

	if (ops->attach(crew->queue, crew->host_handle) != 0)
		return -ENOMEM;
	for (uint64_t n = 0; rc == 0 && more && n < crew->script->items + SPARE_POPS; n++) {
		struct lfb_history_op op = { .kind = LFB_HISTORY_POP, .call = lfb_stamp_call(use_counter) };

		more = ops->pop(crew->queue, crew->host_handle, &op.value);
		op.ret = lfb_stamp_return(use_counter);
		op.ret = op.ret > op.call ? op.ret : op.call;
		op.answer = more ? LFB_HISTORY_OK : LFB_HISTORY_REFUSED;
		op.value = more ? op.value : 0;
		rc = lfb_history_add(history, thread, &op);
	}
	ops->detach(crew->queue, crew->host_handle);
	return rc;
}

/* Entries that are written; with threads that hang, also those under way. */
static size_t logged(const struct lfb_history_order *o)
{
	size_t count = o->used;

	while (count < o->slots && o->ops[count].kind != LFB_HISTORY_UNUSED)
		count++;
	return count;
}

int lfb_check_crew_take(struct lfb_check_crew *crew, bool and_drain, struct lfb_history *history)
{
	int rc = 0;

	history->threads = crew->script->threads;
	for (unsigned t = 0; rc == 0 && t < crew->script->threads; t++) {
		const struct lfb_history_order *const o = &crew->members[t].history;
		const size_t count = logged(o);

		history->log[t].ops = malloc((count + 1) * sizeof(o->ops[0]));
		if (history->log[t].ops == NULL)
			return -ENOMEM;
		memcpy(history->log[t].ops, o->ops, count * sizeof(o->ops[0]));
		history->log[t].count = history->log[t].room = count;
	}
	return and_drain ? drain(crew, history, crew->script->threads) : 0;
}
