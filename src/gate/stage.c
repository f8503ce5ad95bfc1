/* stage.c - see stage.h: the threads, and what each does when they meet. */
#include "stage.h"

#include "stage_parts.h"

#include "machine/affinity.h"
#include "machine/clock.h"
#include "trial/parking.h"
#include "machine/quiet_threads.h"
#include "machine/topology.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The arena is given this many addresses; what is used of them is decided by the items of a slice. */
#define RESERVED_BYTES ((size_t)1 << 34)
/* The arena's start is moved by up to this many lines, one page in all. */
#define SHIFTS (4096 / LFB_LINE)
/* Tries at a meeting before a thread gives its CPU to one that has not arrived yet. */
#define SPINS 20000u
#define SPINS_CROWDED 50u
/* Of a probe; it takes 10 to 40 us. */
#define ROUND_TRIPS 64u
/* Looks at the ball before its CPU is given away: longer than any cache line takes, far shorter than a time slice. */
#define SPINS_PROBE 100u

/*
 * All threads go on when all have arrived. Acquire-release on `arrived`: what each wrote before is seen by the last one; the acquire of `phase` pairs with that
 * one's release, and passes it on to the rest.
 */
static void meet(struct gate_stage *stage)
{
	const uint32_t phase = __atomic_load_n(&stage->phase, __ATOMIC_RELAXED);

	if (__atomic_add_fetch(&stage->arrived, 1, __ATOMIC_ACQ_REL) == stage->count) {
		__atomic_store_n(&stage->arrived, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&stage->phase, phase + 1, __ATOMIC_RELEASE);
		return;
	}
	for (unsigned spins = 0; __atomic_load_n(&stage->phase, __ATOMIC_ACQUIRE) == phase; spins++) {
		if (spins < stage->spins)
			lfb_pause();
		else
			(void)sched_yield();
	}
}

static void attach(struct gate_member *m, const struct lfb_ops *ops)
{
	m->attached = 0;
	for (unsigned end = 0; end < 2 && m->order.queue[end] != NULL; end++) {
		if (ops->attach(m->order.queue[end], m->order.handle[end]) != 0) {
			__atomic_store_n(&m->stage->attach_failed, 1, __ATOMIC_RELAXED); /* the next meeting publishes it */
			return;
		}
		m->attached++;
	}
}

static void play(struct gate_member *m)
{
	struct gate_stage *const stage = m->stage;
	const struct lfb_ops *const ops = stage->sides[stage->arm].plugin.ops;

	attach(m, ops);
	meet(stage);
	if (!__atomic_load_n(&stage->attach_failed, __ATOMIC_RELAXED)) {
		m->start_ns = lfb_clock_now_ns();
		m->loop(&m->order);
		m->end_ns = lfb_clock_now_ns();
	}
	for (unsigned end = 0; end < m->attached; end++)
		ops->detach(m->order.queue[end], m->order.handle[end]);
}

/* Two threads that are not pinned can be on one CPU: without yielding, each way would take a time slice there. Acquire pairs with the release in probe. */
static void await_ball(const struct gate_stage *stage, uint32_t mine)
{
	for (unsigned spins = 0; __atomic_load_n(&stage->ball, __ATOMIC_ACQUIRE) != mine; spins++) {
		if (spins < SPINS_PROBE)
			lfb_pause();
		else
			(void)sched_yield();
	}
}

/* The ball is odd while the second thread has it. Its release pairs with the acquire of the one who awaits it. */
static void probe(struct gate_member *m)
{
	struct gate_stage *const stage = m->stage;
	const uint64_t start_ns = lfb_clock_now_ns();

	for (uint32_t i = 0; m->index < 2 && i < 2 * ROUND_TRIPS; i += 2) {
		const uint32_t mine = i + m->index;

		await_ball(stage, mine);
		__atomic_store_n(&stage->ball, mine + 1, __ATOMIC_RELEASE);
	}
	if (m->index == 0) {
		await_ball(stage, 2 * ROUND_TRIPS);
		stage->probe_ns = (double)(lfb_clock_now_ns() - start_ns) / ROUND_TRIPS;
	}
}

/* What all do between two meetings. */
static void act(struct gate_member *m)
{
	if (m->stage->turn == GATE_TURN_SLICE)
		play(m);
	else if (m->stage->turn == GATE_TURN_PROBE)
		probe(m);
}

static void *member_main(void *argument)
{
	struct gate_member *const m = argument;

	if (m->cpu >= 0 && lfb_thread_pin((unsigned)m->cpu) != 0)
		__atomic_store_n(&m->stage->pin_failed, 1, __ATOMIC_RELAXED);
	for (;;) {
		meet(m->stage);
		if (m->stage->turn == GATE_TURN_END)
			return NULL;
		act(m);
		meet(m->stage);
	}
}

/* The first thread's part: all the others wait at a meeting. */
static void take_turn(struct gate_stage *stage, enum gate_turn turn)
{
	stage->turn = turn;
	meet(stage);
	if (turn == GATE_TURN_END)
		return;
	act(&stage->members[0]);
	meet(stage);
}

double gate_stage_probe_ns(struct gate_stage *stage)
{
	if (!stage->can_probe)
		return 0;
	stage->ball = 0;
	take_turn(stage, GATE_TURN_PROBE);
	return stage->probe_ns;
}

static uint64_t elapsed_ns(const struct gate_stage *stage)
{
	uint64_t first_ns = UINT64_MAX, last_ns = 0;

	for (uint32_t i = 0; i < stage->count; i++) {
		first_ns = stage->members[i].start_ns < first_ns ? stage->members[i].start_ns : first_ns;
		last_ns = stage->members[i].end_ns > last_ns ? stage->members[i].end_ns : last_ns;
	}
	return last_ns - first_ns;
}

int gate_stage_slice(struct gate_stage *stage, enum gate_arm arm, struct lfb_histogram *latencies, uint64_t *ns,
		     struct lfb_error *error)
{
	int rc;

	stage->arm = arm;
	stage->attach_failed = 0;
	rc = gate_side_start(stage, latencies != NULL, error);
	if (rc != 0)
		return rc;
	take_turn(stage, GATE_TURN_SLICE);
	*ns = elapsed_ns(stage);
	rc = gate_side_finish(stage, latencies, error);
	/* Published by the first meeting; before it, the threads may not have run yet. */
	if (rc == 0 && __atomic_load_n(&stage->pin_failed, __ATOMIC_RELAXED))
		return lfb_fail(error, -EINVAL, "a thread cannot be pinned to its CPU: is it online, and may this process use it?");
	return rc;
}

int gate_stage_set_items(struct gate_stage *stage, uint64_t items, struct lfb_error *error)
{
	const struct lfb_shape *const shape = &stage->plan->shape;
	size_t bytes = 0;
	int rc;

	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		const size_t needed = lfb_trial_arena_bytes(shape, &stage->sides[arm].plugin, items);

		bytes = needed > bytes ? needed : bytes;
	}
	rc = lfb_arena_prepare(&stage->whole, RESERVED_BYTES, bytes + 4096);
	if (rc != 0)
		return lfb_fail(error, rc, "no memory: the queues would take %zu MiB", bytes >> 20);
	stage->arena = stage->whole;
	stage->arena.base += stage->shift_bytes;
	stage->arena.size_bytes -= stage->shift_bytes;
	gate_side_share_items(stage, items);
	return 0;
}

/* Where threads are more than CPUs, or the two are pinned to one, a probe would be a matter of the scheduler. */
static bool may_probe(const struct gate_stage *stage, size_t usable)
{
	if (stage->count < 2 || stage->count > usable)
		return false;
	return stage->members[0].cpu < 0 || stage->members[0].cpu != stage->members[1].cpu;
}

static int start_threads(struct gate_stage *stage, struct lfb_error *error)
{
	struct lfb_cpu_list usable = { NULL, 0 };
	int rc = lfb_affinity_read(&usable);
	const size_t cpus = rc == 0 && usable.count > 0 ? usable.count : 1;

	lfb_cpu_list_clear(&usable);
	stage->spins = stage->count > cpus ? SPINS_CROWDED : SPINS;
	stage->can_probe = may_probe(stage, cpus);
	rc = stage->members[0].cpu >= 0 ? lfb_thread_pin((unsigned)stage->members[0].cpu) : 0;
	if (rc != 0)
		return lfb_fail(error, rc, "a thread cannot be pinned to CPU %d: %s", stage->members[0].cpu, strerror(-rc));
	for (uint32_t i = 1; i < stage->count; i++) {
		rc = lfb_quiet_thread(&stage->members[i].thread, member_main, &stage->members[i]);
		if (rc != 0) /* those before it wait for ever, and end with the process */
			return lfb_fail(error, rc, "thread %u of %u cannot be created: %s", i + 1, stage->count, strerror(-rc));
	}
	stage->started = true;
	return 0;
}

static int open_memory(struct gate_stage *stage, struct lfb_rng *rng, struct lfb_error *error)
{
	const int rc = lfb_arena_map(&stage->whole, RESERVED_BYTES);

	if (rc != 0)
		return lfb_fail(error, rc, "no addresses for the queues: %s", strerror(-rc));
	stage->shift_bytes = LFB_LINE * (size_t)lfb_rng_below(rng, SHIFTS);
	return 0;
}

static struct gate_stage *new_stage(const struct gate_duet_plan *plan)
{
	const uint32_t count = lfb_workload_threads(plan->shape.workload, plan->shape.producers, plan->shape.consumers);
	struct gate_stage *const stage = aligned_alloc(LFB_LINE, (sizeof(*stage) + LFB_LINE - 1) / LFB_LINE * LFB_LINE);

	if (stage == NULL)
		return NULL;
	memset(stage, 0, sizeof(*stage));
	stage->plan = plan;
	stage->count = count;
	stage->members = aligned_alloc(LFB_LINE, count * sizeof(stage->members[0]));
	if (stage->members == NULL) {
		free(stage);
		return NULL;
	}
	memset(stage->members, 0, count * sizeof(stage->members[0]));
	for (uint32_t i = 0; i < count; i++) {
		stage->members[i].stage = stage;
		stage->members[i].index = i;
		stage->members[i].cpu = plan->cpus != NULL && i < plan->cpu_count ? (int)plan->cpus[i] : -1;
	}
	return stage;
}

int gate_stage_open(const struct gate_duet_plan *plan, struct lfb_rng *rng, struct gate_stage **out, struct lfb_error *error)
{
	struct gate_stage *const stage = new_stage(plan);
	int rc;

	if (stage == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	rc = gate_sides_open(stage, error);
	if (rc == 0)
		rc = open_memory(stage, rng, error);
	if (rc == 0)
		rc = start_threads(stage, error);
	if (rc != 0) {
		gate_stage_close(stage);
		return rc;
	}
	*out = stage;
	return 0;
}

void gate_stage_close(struct gate_stage *stage)
{
	if (stage->started) {
		take_turn(stage, GATE_TURN_END);
		for (uint32_t i = 1; i < stage->count; i++)
			(void)pthread_join(stage->members[i].thread, NULL);
	}
	if (stage->whole.base != NULL)
		lfb_arena_unmap(&stage->whole, RESERVED_BYTES);
	gate_sides_close(stage);
	free(stage->members);
	free(stage);
}
