/*
 * record_crew.c - see record_crew.h. Threads wait for one another before their scripts begin; the host sleeps meanwhile.
 *
 * Stalls: each thread has a timer, whose signal comes at a random moment, mostly in the middle of an operation, and whose handler sleeps for
 * a while. So a thread is stopped wherever it is, and the others run past it: what a preemption does, thousands of times as often.
 */
#include "record_crew.h"

#include "arena.h"
#include "parking.h"
#include "quiet_threads.h"
#include "record_parts.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Not one that libraries use. */
#define STALL_SIGNAL (SIGRTMIN + 5)
/* A thread runs for up to so long, and is then stopped for up to so long. */
#define STALL_RUN_NS 40000u
#define STALL_NS 80000u
/* Pops of the host beyond what was pushed. */
#define SPARE_POPS 64u

enum gate { GATE_SHUT, GATE_OPEN, GATE_CANCELLED };

struct member {
	struct lfb_thread order; /* first: it is aligned to LFB_LINE, and so is the member */
	struct lfb_history_order history;
	struct lfb_check_crew *crew;
	pthread_t thread;
	bool attached;
	bool stalls; /* `timer` and `random` are in use, by this thread's signal handler too */
	timer_t timer;
	uint64_t random;
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

/* glibc has the field, and in this version no name for it. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* The next signal for this thread. timer_settime is async-signal-safe. */
static void wind_up(struct member *m)
{
	const struct itimerspec next = { .it_value = { .tv_nsec = 1 + (long)(lfb_script_random(&m->random) % STALL_RUN_NS) } };

	(void)timer_settime(m->timer, 0, &next, NULL);
}

/* A stop in the middle of whatever the thread is doing: async-signal-safe calls only. */
static void on_stall(int number, siginfo_t *info, void *context)
{
	struct member *const m = info->si_value.sival_ptr;
	const int saved = errno;
	struct timespec pause = { .tv_nsec = 0 };

	(void)number;
	(void)context;
	if (info->si_code != SI_TIMER)
		return; /* from elsewhere: there is no member */
	pause.tv_nsec = 1 + (long)(lfb_script_random(&m->random) % STALL_NS);
	(void)nanosleep(&pause, NULL);
	wind_up(m);
	errno = saved;
}

/* Let the calling thread be stopped from now on. Without a timer it is not, and the history is one without stalls. */
static void stalls_begin(struct member *m)
{
	struct sigevent event;
	sigset_t set;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = STALL_SIGNAL;
	event.sigev_value.sival_ptr = m;
	event.sigev_notify_thread_id = gettid();
	m->stalls = m->crew->script->stalls && timer_create(CLOCK_MONOTONIC, &event, &m->timer) == 0;
	if (!m->stalls)
		return;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, STALL_SIGNAL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	wind_up(m);
}

/* Blocked first: a signal that is under way stays pending, and ends with the thread. */
static void stalls_end(struct member *m)
{
	sigset_t set;

	if (!m->stalls)
		return;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, STALL_SIGNAL);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)timer_delete(m->timer);
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
	m->history.ops = calloc(m->history.slots, sizeof(*m->history.ops));
	m->order.history = &m->history;
	m->order.queue[0] = crew->queue;
	m->order.handle[0] = lfb_record_handle(crew->recorder);
	m->order.shared = &crew->shared;
	m->order.events[0] = &crew->events;
	m->order.parking = &lfb_futex_parking;
	m->order.wait = LFB_WAIT_YIELD;
	m->order.first_value = (uint64_t)t << LFB_VALUE_SHIFT | 1;
	m->random = seed ^ (uint64_t)(t + 1) << 32;
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
		stalls_begin(m);
		ops->loops[LFB_HISTORY][LFB_WAIT_YIELD](&m->order);
		stalls_end(m);
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

/* The handler stays: a signal may still be on its way to a thread that has left. */
static void handle_stalls(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_stall;
	action.sa_flags = SA_RESTART | SA_SIGINFO;
	(void)sigaction(STALL_SIGNAL, &action, NULL);
}

int lfb_check_crew_run(struct lfb_check_crew *crew, struct lfb_error *error)
{
	int rc;

	handle_stalls();
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
