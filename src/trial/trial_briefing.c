/* trial_briefing.c - see trial_threads_parts.h: the memory of a crew, and for each thread its loop, its queues and its share of the values. */
#include "trial/trial_threads_parts.h"

#include "trial/parking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Room for values popped twice, so that the audit sees them instead of a cut log. */
#define LOG_SPARE 64u

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
		m->order.handle[end] = lfb_crew_handle(crew, index, (unsigned)end);
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
