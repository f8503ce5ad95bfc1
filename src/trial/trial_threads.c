/* trial_threads.c - see trial_threads.h and the design in trial.h. */
#include "trial/trial_threads.h"

#include "machine/clock.h"
#include "trial/parking.h"
#include "machine/quiet_threads.h"
#include "machine/topology.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* Room for values popped twice, so that the audit sees them instead of a cut log. */
#define LOG_SPARE 64u
/* Tries at the gate before a thread gives up its CPU to one that has not arrived yet. */
#define GATE_SPINS 4096u
/* How long threads that were called off may take to come back. */
#define GRACE_NS UINT64_C(2000000000)
/* Longest time a signal may go unnoticed; a trial of the usual length is over before. */
#define LOOK_NS UINT64_C(200000000)

enum gate { GATE_SHUT, GATE_OPEN, GATE_CANCELLED };

/* One thread: only itself writes here while it runs. */
struct member {
	struct lfb_thread order; /* first: it is aligned to LFB_LINE, and so is the member */
	struct lfb_crew *crew;
	const struct lfb_role *role;
	struct lfb_place place;
	lfb_loop loop;
	pthread_t thread;
	int cpu; /* -1: not pinned */
	int attach_error;
	bool unpinned;
	uint64_t start_ns, end_ns;
	size_t log_bytes;
	struct lfb_usage usage;
};

struct lfb_crew {
	struct lfb_shared shared[LFB_QUEUES_MAX]; /* by queue */
	struct lfb_queue_events events[LFB_QUEUES_MAX];
	uint32_t gate __attribute__((aligned(LFB_LINE)));
	uint32_t arrived __attribute__((aligned(LFB_LINE)));
	uint32_t left; /* threads that have finished */
	uint32_t attach_failed;
	uint32_t count;
	uint32_t created;
	struct lfb_trial_setup *setup;
	const struct lfb_crew_work *work;
	struct lfb_tally *tallies; /* counting flavour, in the contention pass */
	sem_t all_left;
	char error[160];
	struct member *members;
	lfb_loop loops[LFB_LOOP_KINDS]; /* of the backend, for the way of waiting */
	unsigned char *handles; /* two per thread, and the host's, one per queue */
	size_t handle_stride;
};

#define HANDLES_PER_THREAD 2u

static void *handle_of(const struct lfb_crew *crew, uint32_t thread, unsigned nth)
{
	return crew->handles + ((size_t)thread * HANDLES_PER_THREAD + nth) * crew->handle_stride;
}

/* How a thread that polls does so: an audit is not timed, and yields. */
static enum lfb_wait polls_by(const struct lfb_crew *crew)
{
	const enum lfb_wait wait = crew->setup->shape->wait;

	return crew->work->audit && (wait == LFB_WAIT_SPIN || wait == LFB_WAIT_BACKOFF) ? LFB_WAIT_YIELD : wait;
}

/* The loop for this role at this shape. */
static lfb_loop choose_loop(const struct lfb_crew *crew, const struct lfb_role *role, const struct lfb_place *place)
{
	const struct lfb_shape *const shape = crew->setup->shape;
	const bool batch = shape->batch > 1;
	enum lfb_loop_kind kind = batch ? role->batch : role->loop;

	if (crew->work->app != NULL)
		return place->fed == LFB_LOOP_KINDS ? role->program : crew->loops[place->fed];
	if (crew->work->audit)
		kind = batch ? role->batch_audit : role->audit;
	else if (crew->work->latency != NULL)
		kind = batch ? role->batch_closed : shape->rate_per_s > 0 ? role->open : role->closed;
	else if (crew->work->recording != NULL)
		kind = lfb_recording_loop(kind);
	return crew->loops[kind];
}

static struct lfb_place place_of(const struct lfb_shape *shape, unsigned role, uint32_t nth)
{
	const struct lfb_role *const r = &shape->workload->role[role];

	if (shape->workload->place != NULL)
		return shape->workload->place(role, nth, shape->consumers, shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND);
	return (struct lfb_place){ .fed = r->fed, .out = r->out, .back = r->back, .pushes_to = r->pushes_to, .pops_from = r->pops_from };
}

/* A log that takes memory only as it is written. */
static int map_log(struct member *m, uint64_t items)
{
	void *log;

	m->log_bytes = (size_t)(items + LOG_SPARE) * sizeof(m->order.log[0]);
	log = mmap(NULL, m->log_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (log == MAP_FAILED) {
		m->log_bytes = 0;
		return -ENOMEM;
	}
	m->order.log = (uint64_t *)log;
	m->order.log_slots = items + LOG_SPARE;
	return 0;
}

/* The queues of a member, and what belongs to each. */
static void brief_ends(struct lfb_crew *crew, struct member *m, uint32_t index)
{
	const int ends[2] = { m->place.out, m->place.back };

	for (int end = 0; end < 2; end++) {
		if (ends[end] < 0)
			continue;
		m->order.queue[end] = crew->work->queues[ends[end]];
		m->order.handle[end] = handle_of(crew, index, (unsigned)end);
		m->order.events[end] = &crew->events[ends[end]];
	}
	m->order.shared = &crew->shared[ends[0]];
	m->order.shared_out = ends[1] >= 0 ? &crew->shared[ends[1]] : NULL;
}

/* Who else must be done pushing before the poppers of a queue may leave. */
static void count_producer(struct lfb_crew *crew, const struct member *m)
{
	if (m->place.pushes_to >= 0) {
		crew->shared[m->place.pushes_to].producers_running++;
	} else if (m->role->produces) { /* splits */
		crew->shared[m->place.out].producers_running++;
		crew->shared[m->place.back].producers_running++;
	}
}

/* Give thread `index`, the nth of a role, its order. `producer` is the next producing thread's number. */
static int brief_member(struct lfb_crew *crew, uint32_t index, unsigned role, uint32_t nth, uint32_t *producer)
{
	const struct lfb_crew_work *const work = crew->work;
	struct member *const m = &crew->members[index];
	int rc = 0;

	m->crew = crew;
	m->role = &crew->setup->shape->workload->role[role];
	m->place = place_of(crew->setup->shape, role, nth);
	m->loop = choose_loop(crew, m->role, &m->place);
	m->cpu = crew->setup->cpus != NULL ? (int)crew->setup->cpus[index] : -1;
	m->order.batch = crew->setup->shape->batch;
	m->order.tallies = crew->tallies;
	m->order.tally_count = crew->count;
	m->order.index = index;
	m->order.wait = polls_by(crew);
	m->order.parking = &lfb_futex_parking;
	brief_ends(crew, m, index);
	count_producer(crew, m);
	m->order.items = work->items; /* pong: as many as ping sends */
	if (m->role->produces) {
		m->order.first_value = (uint64_t)*producer << LFB_VALUE_SHIFT | 1;
		m->order.items = work->produced[(*producer)++];
	}
	if (work->recording != NULL)
		m->order.recording = &work->recording->thread[index];
	if (work->latency != NULL)
		lfb_latency_brief(work->latency, index, &m->order);
	if (work->app != NULL)
		rc = work->app->brief(work->app_state, role, nth, crew->loops, &m->order);
	return rc == 0 && work->audit && m->place.pops_from >= 0 ? map_log(m, work->items) : rc;
}

static int brief_all(struct lfb_crew *crew)
{
	const struct lfb_shape *const shape = crew->setup->shape;
	uint32_t index = 0, producer = 0;

	for (unsigned r = 0; r < shape->workload->roles; r++) {
		const uint32_t threads = lfb_role_threads(&shape->workload->role[r], shape->producers, shape->consumers);

		for (uint32_t nth = 0; nth < threads; nth++) {
			const int rc = brief_member(crew, index++, r, nth, &producer);

			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

/* Members, handles and tallies, all zero. */
static int take_memory(struct lfb_crew *crew)
{
	const size_t handle_bytes = (crew->count * (size_t)HANDLES_PER_THREAD + LFB_QUEUES_MAX) * crew->handle_stride;

	crew->members = (struct member *)aligned_alloc(LFB_LINE, crew->count * sizeof(crew->members[0]));
	crew->handles = (unsigned char *)lfb_arena_alloc(&crew->setup->arena, handle_bytes);
	if (crew->members == NULL || crew->handles == NULL)
		return -ENOMEM;
	memset(crew->members, 0, crew->count * sizeof(crew->members[0]));
	memset(crew->handles, 0, handle_bytes);
	if (!crew->setup->plugin->info.counting || crew->work->audit)
		return 0;
	crew->tallies = (struct lfb_tally *)aligned_alloc(LFB_LINE, crew->count * sizeof(crew->tallies[0]));
	if (crew->tallies == NULL)
		return -ENOMEM;
	memset(crew->tallies, 0, crew->count * sizeof(crew->tallies[0]));
	return 0;
}

int lfb_crew_create(struct lfb_trial_setup *setup, const struct lfb_crew_work *work, struct lfb_crew **out)
{
	const struct lfb_shape *const shape = setup->shape;
	struct lfb_crew *const crew = (struct lfb_crew *)aligned_alloc(LFB_LINE, sizeof(*crew));
	int rc;

	if (crew == NULL)
		return -ENOMEM;
	memset(crew, 0, sizeof(*crew));
	crew->setup = setup;
	crew->work = work;
	crew->count = lfb_workload_threads(shape->workload, shape->producers, shape->consumers);
	for (unsigned kind = 0; kind < LFB_LOOP_KINDS && kind < setup->plugin->ops->loop_kinds; kind++)
		crew->loops[kind] = setup->plugin->ops->loops[kind][shape->wait];
	crew->handle_stride = (setup->plugin->ops->handle_bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1);
	(void)sem_init(&crew->all_left, 0, 0);
	rc = take_memory(crew);
	if (rc == 0)
		rc = brief_all(crew);
	if (rc != 0)
		lfb_crew_free(crew);
	else
		*out = crew;
	return rc;
}

void lfb_crew_free(struct lfb_crew *crew)
{
	for (uint32_t i = 0; crew->members != NULL && i < crew->count; i++)
		if (crew->members[i].log_bytes > 0)
			(void)munmap(crew->members[i].order.log, crew->members[i].log_bytes);
	free(crew->members);
	free(crew->tallies);
	(void)sem_destroy(&crew->all_left);
	free(crew);
}

/* Attach to the queue or queues; what was attached before a failure is detached again. */
static void attach(struct member *m)
{
	const struct lfb_ops *const ops = m->crew->setup->plugin->ops;

	for (int end = 0; end < 2 && m->order.queue[end] != NULL; end++) {
		m->attach_error = ops->attach(m->order.queue[end], m->order.handle[end]);
		if (m->attach_error != 0) {
			if (end == 1)
				ops->detach(m->order.queue[0], m->order.handle[0]);
			__atomic_store_n(&m->crew->attach_failed, 1, __ATOMIC_RELAXED);
			return;
		}
	}
}

static void detach(struct member *m)
{
	const struct lfb_ops *const ops = m->crew->setup->plugin->ops;

	for (int end = 0; end < 2 && m->order.queue[end] != NULL; end++)
		ops->detach(m->order.queue[end], m->order.handle[end]);
}

/*
 * Wait until all are here; the last to arrive opens the gate. Returns whether to work.
 * The acquire-release of `arrived` passes on each thread's attach_failed and preparations;
 * the acquire load of `gate` pairs with its release by whoever opens or cancels it.
 */
static bool pass_gate(struct lfb_crew *crew)
{
	if (__atomic_add_fetch(&crew->arrived, 1, __ATOMIC_ACQ_REL) == crew->count)
		__atomic_store_n(&crew->gate,
				 __atomic_load_n(&crew->attach_failed, __ATOMIC_RELAXED) ? GATE_CANCELLED : GATE_OPEN,
				 __ATOMIC_RELEASE);
	for (unsigned spins = 0;; spins++) {
		const uint32_t gate = __atomic_load_n(&crew->gate, __ATOMIC_ACQUIRE);

		if (gate != GATE_SHUT)
			return gate == GATE_OPEN;
		if (spins < GATE_SPINS)
			lfb_pause();
		else
			(void)sched_yield();
	}
}

/* Acquire-release: the host reads every member's results after the last one has left. */
static void leave(struct lfb_crew *crew)
{
	if (__atomic_add_fetch(&crew->left, 1, __ATOMIC_ACQ_REL) == crew->created)
		(void)sem_post(&crew->all_left);
}

static void *member_main(void *argument)
{
	struct member *const m = (struct member *)argument;
	struct lfb_crew *const crew = m->crew;
	struct lfb_usage_meter meter;

	m->unpinned = m->cpu >= 0 && lfb_thread_pin((unsigned)m->cpu) != 0;
	attach(m);
	if (m->attach_error == 0 && crew->work->app != NULL && crew->work->app->warm != NULL)
		crew->work->app->warm(&m->order);
	lfb_usage_open(&meter, crew->setup->shape->pass == LFB_PASS_CONTENTION && !crew->work->audit);
	if (pass_gate(crew)) {
		lfb_usage_start(&meter);
		m->start_ns = lfb_clock_now_ns();
		m->loop(&m->order);
		m->end_ns = lfb_clock_now_ns();
		lfb_usage_stop(&meter, &m->usage);
	}
	lfb_usage_close(&meter);
	if (m->attach_error == 0)
		detach(m);
	leave(crew);
	return NULL;
}

/* Threads take no signals: those are for the host thread, which sleeps. */
static int start_threads(struct lfb_crew *crew)
{
	int rc = 0;

	crew->created = crew->count;
	for (uint32_t i = 0; rc == 0 && i < crew->count; i++) {
		rc = lfb_quiet_thread(&crew->members[i].thread, member_main, &crew->members[i]);
		if (rc != 0) {
			/* The gate never opens by itself now: arrived stays below count. */
			crew->created = i;
			(void)snprintf(crew->error, sizeof(crew->error), "thread %u of %u cannot be created: %s", i + 1, crew->count,
				       strerror(-rc));
			__atomic_store_n(&crew->gate, GATE_CANCELLED, __ATOMIC_RELEASE);
		}
	}
	return rc;
}

static void join_threads(struct lfb_crew *crew)
{
	for (uint32_t i = 0; i < crew->created; i++)
		(void)pthread_join(crew->members[i].thread, NULL);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/*
 * Sleep until all have left. Returns 0, ETIMEDOUT, or EINTR once the interrupt flag is up, which
 * may be NULL. The flag is also looked at every LOOK_NS: a signal just before the sleep ends no sleep.
 */
static int await_all(struct lfb_crew *crew, uint64_t limit_ns, const volatile sig_atomic_t *interrupted)
{
	const uint64_t until_ns = monotonic_ns() + limit_ns;

	for (;;) {
		const uint64_t now_ns = monotonic_ns(), look_ns = now_ns + LOOK_NS;
		const uint64_t next_ns = interrupted != NULL && look_ns < until_ns ? look_ns : until_ns;
		const struct timespec next = { .tv_sec = (time_t)(next_ns / UINT64_C(1000000000)),
					       .tv_nsec = (long)(next_ns % UINT64_C(1000000000)) };

		if (interrupted != NULL && *interrupted)
			return EINTR;
		if (sem_clockwait(&crew->all_left, CLOCK_MONOTONIC, &next) == 0)
			return 0;
		if (now_ns >= until_ns)
			return ETIMEDOUT;
	}
}

/* Make every loop leave at its next wait, and wake those the backend has put to sleep. */
static void call_off(struct lfb_crew *crew)
{
	const struct lfb_ops *const ops = crew->setup->plugin->ops;

	/* All flags before the first sequence: a thread may look at the flag of one queue and sleep at another. */
	for (unsigned i = 0; i < LFB_QUEUES_MAX; i++)
		__atomic_store_n(&crew->shared[i].abort, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < LFB_QUEUES_MAX; i++) {
		lfb_event_broadcast(&crew->events[i].not_empty);
		lfb_event_broadcast(&crew->events[i].not_full);
	}
	if (crew->work->app != NULL && crew->work->app->call_off != NULL)
		crew->work->app->call_off(crew->work->app_state);
	for (uint32_t i = 0; ops->close != NULL && i < crew->count; i++)
		for (int end = 0; end < 2 && crew->members[i].order.queue[end] != NULL; end++)
			ops->close(crew->members[i].order.queue[end]);
}

enum lfb_crew_end lfb_crew_run(struct lfb_crew *crew)
{
	enum lfb_crew_end end = LFB_CREW_DONE;
	int rc;

	if (start_threads(crew) != 0) {
		join_threads(crew);
		return LFB_CREW_FAILED;
	}
	rc = await_all(crew, crew->setup->timeout_ns, crew->setup->interrupted);
	if (rc != 0) {
		end = rc == EINTR ? LFB_CREW_INTERRUPTED : LFB_CREW_TIMEOUT;
		call_off(crew);
		if (await_all(crew, GRACE_NS, NULL) != 0) /* no signal may cut this short: a join would hang */
			return LFB_CREW_HUNG;
	}
	join_threads(crew);
	if (crew->attach_failed) {
		(void)snprintf(crew->error, sizeof(crew->error), "a thread cannot attach to the queue");
		return LFB_CREW_FAILED;
	}
	return end;
}

const char *lfb_crew_error(const struct lfb_crew *crew)
{
	return crew->error;
}

void lfb_crew_results(const struct lfb_crew *crew, struct lfb_trial_result *result)
{
	uint64_t first_ns = UINT64_MAX, last_ns = 0;

	result->thread = (struct lfb_thread_result *)calloc(crew->count, sizeof(result->thread[0]));
	result->threads = result->thread != NULL ? crew->count : 0;
	for (uint32_t i = 0; i < crew->count; i++) {
		const struct member *const m = &crew->members[i];

		first_ns = m->start_ns < first_ns ? m->start_ns : first_ns;
		last_ns = m->end_ns > last_ns ? m->end_ns : last_ns;
		result->unpinned |= m->unpinned;
		if (result->thread != NULL)
			result->thread[i] = (struct lfb_thread_result){
				.role = m->role->name,
				.pushes = m->place.pushes_to >= 0 || m->role->produces,
				.pops = m->place.pops_from >= 0,
				.pushed = m->order.pushed,
				.popped = m->order.popped,
				.hash = m->order.hash,
				.push_full = m->order.push_full,
				.pop_empty = m->order.pop_empty,
				.parks = m->order.parks,
				.wakes = m->order.wakes,
				.drops = m->order.drops,
				.duration_ns = m->end_ns - m->start_ns,
				.usage = m->usage,
				.counters = m->order.counters,
			};
	}
	result->duration_ns = last_ns - first_ns;
}

struct lfb_traffic lfb_crew_traffic(const struct lfb_crew *crew, int queue)
{
	struct lfb_traffic traffic = { 0, 0, 0 };

	for (uint32_t i = 0; i < crew->count; i++) {
		const struct member *const m = &crew->members[i];

		if (m->place.pushes_to == queue) {
			traffic.pushed += m->order.pushed;
			traffic.popped += m->order.drops; /* accounted for, as if popped */
			traffic.hash += m->order.drops_hash;
		}
		if (m->place.pops_from == queue) {
			traffic.popped += m->order.popped;
			traffic.hash += m->order.hash;
			if (m->place.pushes_to < 0)
				traffic.pushed += m->order.pushed; /* tasks that submit tasks */
		}
	}
	return traffic;
}

int lfb_crew_logs(const struct lfb_crew *crew, int queue, struct lfb_popped **out, uint32_t *count)
{
	struct lfb_popped *const logs = (struct lfb_popped *)calloc(crew->count, sizeof(logs[0]));

	if (logs == NULL)
		return -ENOMEM;
	*count = 0;
	for (uint32_t i = 0; i < crew->count; i++) {
		const struct lfb_thread *const order = &crew->members[i].order;

		if (crew->members[i].place.pops_from != queue)
			continue;
		logs[*count].values = order->log;
		logs[*count].count = order->popped < order->log_slots ? order->popped : order->log_slots;
		++*count;
	}
	*out = logs;
	return 0;
}

void *lfb_crew_host_handle(struct lfb_crew *crew, unsigned queue)
{
	return handle_of(crew, crew->count, queue);
}
