/* stage.c - see stage.h. */
#include "stage.h"

#include "trial/arena.h"
#include "machine/clock.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

/* Reserved and faulted in: the queues here take some 10 kB, but arena.h goes by whole huge pages. */
#define ARENA_BYTES ((size_t)2 << 20)
/* The arena's start is moved by up to this many steps of LFB_LINE, one page in all. */
#define ARENA_SHIFTS (4096 / LFB_LINE)

/* Finds the first `n` CPUs this process may use. */
static bool first_cpus(int *cpus, int n)
{
	cpu_set_t set;
	int found = 0;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return false;
	for (int cpu = 0; cpu < CPU_SETSIZE && found < n; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus[found++] = cpu;
	return found == n;
}

bool stage_possible(void)
{
	int cpus[2];

	return first_cpus(cpus, 2);
}

static int pin_here(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return -pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

/* Both threads go on when both have arrived. */
static void meet(struct stage *stage, bool producer)
{
	struct side *const mine = &stage->sides[producer], *const other = &stage->sides[!producer];
	const uint32_t meeting = mine->arrived + 1;

	if (stage->mode != MODE_PAIR)
		return;
	/* Release and acquire pair with each other, both ways: what was written before is seen after. */
	__atomic_store_n(&mine->arrived, meeting, __ATOMIC_RELEASE);
	while ((int32_t)(__atomic_load_n(&other->arrived, __ATOMIC_ACQUIRE) - meeting) < 0)
		lfb_pause();
}

/* One thread's part of a slice. */
static void play(struct stage *stage, bool producer)
{
	struct side *const mine = &stage->sides[producer];
	struct arm *const arm = stage->turn;

	arm_enter(arm, producer);
	meet(stage, producer);
	mine->start_ns = lfb_clock_now_ns();
	if (producer)
		arm_produce(arm);
	else
		arm_consume(arm);
	mine->end_ns = lfb_clock_now_ns();
	arm_leave(arm, producer);
	meet(stage, producer);
}

static void *second_thread(void *context)
{
	struct stage *const stage = context;

	for (;;) {
		meet(stage, false); /* the slice is ready, or there is none */
		if (stage->turn == NULL)
			return NULL;
		play(stage, false);
	}
}

static uint64_t elapsed_ns(const struct stage *stage)
{
	const struct side *const pop = &stage->sides[0], *const push = &stage->sides[1];

	if (stage->mode != MODE_PAIR)
		return pop->end_ns - pop->start_ns;
	return (pop->end_ns > push->end_ns ? pop->end_ns : push->end_ns) -
	       (pop->start_ns < push->start_ns ? pop->start_ns : push->start_ns);
}

/* The sum of hashes over the values 1..items. */
static uint64_t hash_of(uint64_t items)
{
	uint64_t sum = 0;

	for (uint64_t value = 1; value <= items; value++)
		sum += hand_hash(value);
	return sum;
}

struct arm_slice stage_slice_of(const struct stage *stage, uint64_t items)
{
	return (struct arm_slice){
		.items = items,
		.hash = hash_of(items),
		.capacity = stage->arms[ARM_HAND].hand->capacity,
		.producing = stage->mode != MODE_CONSUME,
	};
}

/* The same thread pushes and pops, in turns. Making the queue anew for each costs next to nothing. */
static int take_turns(struct stage *stage, struct arm *arm, const struct arm_slice *slice, struct lfb_error *error)
{
	const struct arm_slice turn = stage_slice_of(stage, STAGE_TURN_ITEMS);
	int rc = 0;

	stage->sides[0].start_ns = lfb_clock_now_ns();
	for (uint64_t done = 0; rc == 0 && done < slice->items; done += turn.items) {
		rc = arm_start(arm, &stage->arena, &turn, error);
		if (rc != 0)
			return rc;
		arm_enter(arm, true);
		arm_produce(arm);
		arm_leave(arm, true);
		arm_enter(arm, false);
		arm_consume(arm);
		arm_leave(arm, false);
		rc = arm_finish(arm, &turn, error);
	}
	stage->sides[0].end_ns = lfb_clock_now_ns();
	return rc;
}

int stage_run_slice(struct stage *stage, enum arm_kind kind, const struct arm_slice *slice, uint64_t *ns,
		    struct lfb_error *error)
{
	struct arm *const arm = &stage->arms[kind];
	int rc;

	if (stage->mode == MODE_IN_TURNS) {
		rc = take_turns(stage, arm, slice, error);
	} else {
		rc = arm_start(arm, &stage->arena, slice, error);
		if (rc != 0)
			return rc;
		stage->turn = arm;
		meet(stage, true); /* a lone thread plays the part of side 0, and meets nobody */
		play(stage, stage->mode == MODE_PAIR);
		rc = arm_finish(arm, slice, error);
	}
	*ns = elapsed_ns(stage);
	return rc;
}

/* Load both arms in the order of the plan; none is open on failure. */
static int open_arms(struct stage *stage, const struct stage_plan *plan, struct lfb_error *error)
{
	const enum arm_kind first = plan->loaded_first == ARM_SUITE ? ARM_SUITE : ARM_HAND;
	const enum arm_kind second = first == ARM_SUITE ? ARM_HAND : ARM_SUITE;
	int rc = arm_open(&stage->arms[first], first, plan->paths[first], error);

	if (rc != 0)
		return rc;
	rc = arm_open(&stage->arms[second], second, plan->paths[second], error);
	if (rc != 0)
		arm_close(&stage->arms[first]);
	return rc;
}

/* One range for both arms, its start somewhere in the first page. */
static int open_arena(struct stage *stage, struct lfb_rng *rng)
{
	int rc = lfb_arena_map(&stage->whole, ARENA_BYTES);
	size_t shift;

	if (rc != 0)
		return rc;
	rc = lfb_arena_prepare(&stage->whole, ARENA_BYTES, ARENA_BYTES);
	if (rc != 0) {
		lfb_arena_unmap(&stage->whole, ARENA_BYTES);
		return rc;
	}
	shift = LFB_LINE * (size_t)lfb_rng_below(rng, ARENA_SHIFTS);
	stage->arena = stage->whole;
	stage->arena.base += shift;
	stage->arena.size_bytes -= shift;
	return 0;
}

/* Start the second thread, the one that pops, where it will stay. */
static int start_second(struct stage *stage)
{
	pthread_attr_t attributes;
	cpu_set_t set;
	int rc;

	rc = -pthread_attr_init(&attributes);
	if (rc != 0)
		return rc;
	CPU_ZERO(&set);
	CPU_SET(stage->cpus[1], &set);
	rc = -pthread_attr_setaffinity_np(&attributes, sizeof(set), &set);
	if (rc == 0)
		rc = -pthread_create(&stage->second, &attributes, second_thread, stage);
	pthread_attr_destroy(&attributes);
	return rc;
}

/* Pin this thread, and start the second if there is one. */
static int start_threads(struct stage *stage, struct lfb_error *error)
{
	int rc;

	if (!first_cpus(stage->cpus, stage->mode == MODE_PAIR ? 2 : 1))
		return lfb_fail(error, -ENODEV, "not enough CPUs to run on");
	rc = pin_here(stage->cpus[0]);
	if (rc != 0)
		return lfb_fail(error, rc, "cannot pin a thread to CPU %d: %s", stage->cpus[0], strerror(-rc));
	if (stage->mode != MODE_PAIR)
		return 0;
	rc = start_second(stage);
	if (rc != 0)
		return lfb_fail(error, rc, "cannot start a thread on CPU %d: %s", stage->cpus[1], strerror(-rc));
	return 0;
}

/* Let the second thread leave its loop. */
static void stop_threads(struct stage *stage)
{
	stage->turn = NULL;
	if (stage->mode != MODE_PAIR)
		return;
	meet(stage, true);
	pthread_join(stage->second, NULL);
}

int stage_open(struct stage *stage, const struct stage_plan *plan, struct lfb_rng *rng, struct lfb_error *error)
{
	int rc;

	memset(stage, 0, sizeof(*stage));
	stage->mode = plan->mode;
	rc = open_arms(stage, plan, error);
	if (rc != 0)
		return rc;
	rc = open_arena(stage, rng);
	if (rc != 0) {
		(void)lfb_fail(error, rc, "no memory for the queues: %s", strerror(-rc));
		goto close_arms;
	}
	rc = start_threads(stage, error);
	if (rc == 0)
		return 0;
	lfb_arena_unmap(&stage->whole, ARENA_BYTES);
close_arms:
	arm_close(&stage->arms[ARM_SUITE]);
	arm_close(&stage->arms[ARM_HAND]);
	return rc;
}

void stage_close(struct stage *stage)
{
	stop_threads(stage);
	lfb_arena_unmap(&stage->whole, ARENA_BYTES);
	arm_close(&stage->arms[ARM_SUITE]);
	arm_close(&stage->arms[ARM_HAND]);
}
