/* duet.c - see duet.h. */
#include "duet.h"

#include "arena.h"
#include "clock.h"
#include "stats.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

/* Reserved and faulted in: the queues here take some 10 kB, but arena.h goes by whole huge pages. */
#define ARENA_BYTES ((size_t)2 << 20)
/* The arena's start is moved by up to this many steps of LFB_LINE, one page in all. */
#define ARENA_SHIFTS (4096 / LFB_LINE)
/* Items of the first slice of a calibration, and slices of each arm in its last step. */
#define CALIBRATION_ITEMS 64u
#define CALIBRATION_SLICES 9u
/* Slices of each arm before the first block: caches, branch predictors, lazy binding. */
#define WARM_UP_SLICES 4u

/* What one thread writes, on lines of its own. */
struct side {
	uint32_t arrived __attribute__((aligned(LFB_LINE))); /* meetings so far */
	uint64_t start_ns, end_ns;
};

struct duet {
	struct arm arms[ARM_KINDS];
	struct side sides[2]; /* [0] pops, on the second thread if there is one; [1] pushes */
	struct arm *turn;     /* arm of this slice; NULL: over */
	struct lfb_arena arena;
	struct lfb_rng rng;
	bool producing;
	int cpus[2];
	pthread_t second;
};

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

bool duet_possible(void)
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
static void meet(struct duet *duet, bool producer)
{
	struct side *const mine = &duet->sides[producer], *const other = &duet->sides[!producer];
	const uint32_t meeting = mine->arrived + 1;

	if (!duet->producing)
		return;
	/* Release and acquire pair with each other, both ways: what was written before is seen after. */
	__atomic_store_n(&mine->arrived, meeting, __ATOMIC_RELEASE);
	while ((int32_t)(__atomic_load_n(&other->arrived, __ATOMIC_ACQUIRE) - meeting) < 0)
		lfb_pause();
}

/* One thread's part of a slice. */
static void play(struct duet *duet, bool producer)
{
	struct side *const mine = &duet->sides[producer];
	struct arm *const arm = duet->turn;

	arm_enter(arm, producer);
	meet(duet, producer);
	mine->start_ns = lfb_clock_now_ns();
	if (producer)
		arm_produce(arm);
	else
		arm_consume(arm);
	mine->end_ns = lfb_clock_now_ns();
	arm_leave(arm, producer);
	meet(duet, producer);
}

static void *second_thread(void *context)
{
	struct duet *const duet = context;

	for (;;) {
		meet(duet, false); /* the slice is ready, or there is none */
		if (duet->turn == NULL)
			return NULL;
		play(duet, false);
	}
}

static uint64_t elapsed_ns(const struct duet *duet)
{
	const struct side *const pop = &duet->sides[0], *const push = &duet->sides[1];

	if (!duet->producing)
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

/* Both arms' slices of that many items. */
static struct arm_slice slice_of(const struct duet *duet, uint64_t items)
{
	return (struct arm_slice){
		.items = items,
		.hash = hash_of(items),
		.capacity = duet->arms[ARM_HAND].hand->capacity,
		.producing = duet->producing,
	};
}

static int run_slice(struct duet *duet, enum arm_kind kind, const struct arm_slice *slice, uint64_t *ns,
		     struct lfb_error *error)
{
	struct arm *const arm = &duet->arms[kind];
	const int rc = arm_start(arm, &duet->arena, slice, error);

	if (rc != 0)
		return rc;
	duet->turn = arm;
	meet(duet, true);
	play(duet, duet->producing);
	*ns = elapsed_ns(duet);
	return arm_finish(arm, slice, error);
}

/* Median of some slices of the slower arm. */
static int slower_arm(struct duet *duet, uint64_t items, size_t slices, double *ns, struct lfb_error *error)
{
	const struct arm_slice of_items = slice_of(duet, items);
	double samples[ARM_KINDS][CALIBRATION_SLICES];
	double medians[ARM_KINDS];

	for (size_t i = 0; i < slices; i++) {
		for (enum arm_kind kind = 0; kind < ARM_KINDS; kind++) {
			uint64_t took;
			const int rc = run_slice(duet, kind, &of_items, &took, error);

			if (rc != 0)
				return rc;
			samples[kind][i] = (double)took;
		}
	}
	for (enum arm_kind kind = 0; kind < ARM_KINDS; kind++)
		medians[kind] = lfb_median(samples[kind], slices);
	*ns = medians[ARM_SUITE] > medians[ARM_HAND] ? medians[ARM_SUITE] : medians[ARM_HAND];
	return 0;
}

static int calibrate(struct duet *duet, uint64_t *items, struct lfb_error *error)
{
	double ns = 0;
	int rc;

	for (*items = CALIBRATION_ITEMS; ns < (double)DUET_SLICE_NS / 2; *items *= 2) {
		rc = slower_arm(duet, *items, 3, &ns, error);
		if (rc != 0)
			return rc;
	}
	rc = slower_arm(duet, *items, CALIBRATION_SLICES, &ns, error);
	*items = (uint64_t)((double)*items * (double)DUET_SLICE_NS / ns) + 1;
	return rc;
}

static int run_block(struct duet *duet, const struct arm_slice *slice, struct duet_block *block,
		     struct lfb_error *error)
{
	const enum arm_kind a = lfb_rng_below(&duet->rng, 2) == 0 ? ARM_SUITE : ARM_HAND;
	const enum arm_kind b = a == ARM_SUITE ? ARM_HAND : ARM_SUITE;
	const enum arm_kind order[] = { a, b, b, a };

	memset(block, 0, sizeof(*block));
	block->first = a;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		uint64_t ns;
		const int rc = run_slice(duet, order[i], slice, &ns, error);

		if (rc != 0)
			return rc;
		block->ns[order[i]] += ns;
	}
	return 0;
}

static int run_plan(struct duet *duet, const struct duet_plan *plan, uint64_t *items, struct duet_block *blocks,
		    struct lfb_error *error)
{
	struct arm_slice slice;
	double ns;
	int rc;

	if (plan->items == 0)
		return calibrate(duet, items, error);
	*items = plan->items;
	rc = slower_arm(duet, plan->items, WARM_UP_SLICES, &ns, error);
	slice = slice_of(duet, plan->items);
	for (uint64_t i = 0; rc == 0 && i < plan->blocks; i++)
		rc = run_block(duet, &slice, &blocks[i], error);
	return rc;
}

/* Load both arms in the order of the plan; none is open on failure. */
static int open_arms(struct duet *duet, const struct duet_plan *plan, struct lfb_error *error)
{
	const enum arm_kind first = plan->loaded_first == ARM_SUITE ? ARM_SUITE : ARM_HAND;
	const enum arm_kind second = first == ARM_SUITE ? ARM_HAND : ARM_SUITE;
	int rc = arm_open(&duet->arms[first], first, plan->paths[first], error);

	if (rc != 0)
		return rc;
	rc = arm_open(&duet->arms[second], second, plan->paths[second], error);
	if (rc != 0)
		arm_close(&duet->arms[first]);
	return rc;
}

/* One range for both arms, its start somewhere in the first page. */
static int open_arena(struct duet *duet, struct lfb_arena *whole)
{
	int rc = lfb_arena_map(whole, ARENA_BYTES);
	size_t shift;

	if (rc != 0)
		return rc;
	rc = lfb_arena_prepare(whole, ARENA_BYTES, ARENA_BYTES);
	if (rc != 0) {
		lfb_arena_unmap(whole, ARENA_BYTES);
		return rc;
	}
	shift = LFB_LINE * (size_t)lfb_rng_below(&duet->rng, ARENA_SHIFTS);
	duet->arena = *whole;
	duet->arena.base += shift;
	duet->arena.size_bytes -= shift;
	return 0;
}

/* Start the second thread where it will stay. */
static int start_second(struct duet *duet)
{
	pthread_attr_t attributes;
	cpu_set_t set;
	int rc;

	rc = -pthread_attr_init(&attributes);
	if (rc != 0)
		return rc;
	CPU_ZERO(&set);
	CPU_SET(duet->cpus[1], &set);
	rc = -pthread_attr_setaffinity_np(&attributes, sizeof(set), &set);
	if (rc == 0)
		rc = -pthread_create(&duet->second, &attributes, second_thread, duet);
	pthread_attr_destroy(&attributes);
	return rc;
}

/* Pin this thread, and start the second where there is something to produce. */
static int start_threads(struct duet *duet, struct lfb_error *error)
{
	int rc;

	if (!first_cpus(duet->cpus, duet->producing ? 2 : 1))
		return lfb_fail(error, -ENODEV, "not enough CPUs to run on");
	rc = pin_here(duet->cpus[0]);
	if (rc != 0)
		return lfb_fail(error, rc, "cannot pin a thread to CPU %d: %s", duet->cpus[0], strerror(-rc));
	if (!duet->producing)
		return 0;
	rc = start_second(duet);
	if (rc != 0)
		return lfb_fail(error, rc, "cannot start a thread on CPU %d: %s", duet->cpus[1], strerror(-rc));
	return 0;
}

/* Let the second thread leave its loop. */
static void stop_threads(struct duet *duet)
{
	duet->turn = NULL;
	if (!duet->producing)
		return;
	meet(duet, true);
	pthread_join(duet->second, NULL);
}

int duet_run(const struct duet_plan *plan, uint64_t *items, struct duet_block *blocks, struct lfb_error *error)
{
	static struct duet duet; /* too large for a stack; one per process, see duet.h */
	struct lfb_arena whole;
	int rc;

	memset(&duet, 0, sizeof(duet));
	duet.producing = plan->producing;
	lfb_rng_seed(&duet.rng, plan->seed);
	rc = open_arms(&duet, plan, error);
	if (rc != 0)
		return rc;
	rc = open_arena(&duet, &whole);
	if (rc != 0) {
		(void)lfb_fail(error, rc, "no memory for the queues: %s", strerror(-rc));
		goto close_arms;
	}
	rc = start_threads(&duet, error);
	if (rc == 0) {
		rc = run_plan(&duet, plan, items, blocks, error);
		stop_threads(&duet);
	}
	lfb_arena_unmap(&whole, ARENA_BYTES);
close_arms:
	arm_close(&duet.arms[ARM_SUITE]);
	arm_close(&duet.arms[ARM_HAND]);
	return rc;
}
