/* crew.c - see crew.h. */
#include "crew.h"

#include "machine/affinity.h"
#include "trial/arena.h"
#include "check/queue.h"
#include "machine/clock.h"
#include "trial/parking.h"
#include "machine/quiet_threads.h"
#include "machine/topology.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Addresses only. */
#define ARENA_RESERVED_BYTES ((size_t)1 << 30)
#define HANDS (CREW_VICTIMS + LFB_ROLES)
/* Handles that one queue can need: threads attach anew where a reader must be gone. */
#define HANDLES (8 * HANDS)
/* Pops of a reset: more than was ever inside. */
#define RESET_POPS 1000000u

lfb_loop crew_operation(const struct crew *crew, enum lfb_role role)
{
	return crew->plugin->ops->loops[role == LFB_ROLE_PUSH ? LFB_TRY_PUSH : LFB_TRY_POP][LFB_WAIT_SPIN];
}

bool crew_allows(const struct crew *crew, enum lfb_role of, enum lfb_role role)
{
	const struct lfb_claims *const claims = &crew->plugin->info.claims;

	return of != role || (role == LFB_ROLE_PUSH ? claims->producers : claims->consumers) == LFB_MANY;
}

static void prepare_value(struct hand *hand, enum lfb_role role)
{
	if (role == LFB_ROLE_PUSH)
		hand->order.single = hand->order.first_value + hand->values++;
}

static bool transferred(const struct hand *hand, enum lfb_role role)
{
	return (role == LFB_ROLE_PUSH ? hand->order.pushed : hand->order.popped) > 0;
}

static bool operate(struct hand *hand, enum lfb_role role)
{
	prepare_value(hand, role);
	crew_operation(hand->crew, role)(&hand->order);
	return transferred(hand, role);
}

/* Release, in all of this: the host that reads the new `returned` sees what the operation did to the other fields. */
bool hand_try(struct hand *hand, enum lfb_role role, struct tally *t)
{
	bool ok;

	__atomic_store_n(&t->begun, t->begun + 1, __ATOMIC_RELEASE);
	ok = operate(hand, role);
	if (ok) {
		const uint64_t now_ns = lfb_clock_now_ns(), gap_ns = now_ns - t->last_ns;

		if (gap_ns > t->longest_ns)
			__atomic_store_n(&t->longest_ns, gap_ns, __ATOMIC_RELAXED);
		__atomic_store_n(&t->last_ns, now_ns, __ATOMIC_RELAXED);
		__atomic_store_n(&t->done, t->done + 1, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&t->refused, !ok, __ATOMIC_RELAXED);
	__atomic_store_n(&t->returned, t->returned + 1, __ATOMIC_RELEASE);
	return ok;
}

void job_operate(struct hand *hand)
{
	hand->result = 0;
	for (uint64_t i = 0; i < hand->count; i++)
		hand->result += operate(hand, hand->role);
}

/* Undo the operation that the signal did not come in, and prepare the next one. */
static void step_again(void *context)
{
	struct hand *const hand = (struct hand *)context;

	if (transferred(hand, hand->role))
		(void)operate(hand, hand->role == LFB_ROLE_PUSH ? LFB_ROLE_POP : LFB_ROLE_PUSH);
	prepare_value(hand, hand->role);
}

void job_step(struct hand *hand)
{
	if (hand->crew->way == LFB_STALL_SIGNAL) {
		hand->stepper.again = step_again;
		hand->stepper.context = hand;
	}
	prepare_value(hand, hand->role);
	lfb_stepper_call(&hand->stepper, crew_operation(hand->crew, hand->role), &hand->order);
	hand->result = transferred(hand, hand->role);
}

void job_reset(struct hand *hand)
{
	uint64_t value;

	for (unsigned i = 0; i < RESET_POPS && hand->crew->plugin->ops->pop(hand->order.queue[0], hand->order.handle[0], &value); i++)
		;
	hand->result = 0;
	for (uint64_t i = 0; i < hand->count; i++)
		hand->result += operate(hand, LFB_ROLE_PUSH);
}

/* Enough is inside: an unbounded queue would else grow for as long as its consumer does not run. */
static bool is_limited(const struct crew *crew)
{
	const uint64_t pushed = crew->inside + __atomic_load_n(&crew->tally[LFB_ROLE_PUSH].done, __ATOMIC_RELAXED);

	return crew->capacity == 0 && pushed >= __atomic_load_n(&crew->tally[LFB_ROLE_POP].done, __ATOMIC_RELAXED) + CREW_INSIDE_MAX;
}

static bool is_over(const struct crew *crew)
{
	return __atomic_load_n(&crew->stop, __ATOMIC_RELAXED) || __atomic_load_n(&crew->satisfied, __ATOMIC_RELAXED) >= crew->members;
}

static void transfer_once(struct hand *hand, enum lfb_role role)
{
	struct crew *const crew = hand->crew;
	struct tally *const t = &crew->tally[role];
	const bool limited = role == LFB_ROLE_PUSH && is_limited(crew);

	__atomic_store_n(&t->limited, limited, __ATOMIC_RELAXED);
	if (limited || !hand_try(hand, role, t)) {
		(void)sched_yield();
	} else if (t->done == crew->target) {
		/* Acquire-release: who reads the sum sees all tallies that are in it. */
		(void)__atomic_add_fetch(&crew->satisfied, 1, __ATOMIC_ACQ_REL);
		lfb_futex_wake(&crew->satisfied);
	}
}

void job_transfer(struct hand *hand)
{
	while (!is_over(hand->crew))
		transfer_once(hand, hand->role);
}

/* `count` has a bit for each role. */
void job_alternate(struct hand *hand)
{
	while (!is_over(hand->crew))
		for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
			if (hand->count & 1u << role)
				transfer_once(hand, role);
}

static void job_attach(struct hand *hand)
{
	hand->result = hand->crew->plugin->ops->attach(hand->order.queue[0], hand->order.handle[0]) == 0;
}

static void job_detach(struct hand *hand)
{
	hand->crew->plugin->ops->detach(hand->order.queue[0], hand->order.handle[0]);
}

/* So that what depends on the CPU, such as queues with a part for each, goes the same way every time. */
static void pin_victim(void)
{
	struct lfb_cpu_list cpus = { NULL, 0 };

	if (lfb_affinity_read(&cpus) == 0)
		(void)lfb_thread_pin(cpus.cpus[0]);
	lfb_cpu_list_clear(&cpus);
}

/* Acquire and release: what the host wrote before it asked is seen here, and what the job wrote by the host. */
static void *hand_main(void *argument)
{
	struct hand *const hand = (struct hand *)argument;
	uint32_t done = 0;

	hand->tid = gettid();
	if (hand->is_victim) {
		pin_victim();
		hand->result = lfb_stepper_open(&hand->stepper, hand->crew->way, lfb_code_of((const void *)(uintptr_t)crew_operation(hand->crew, LFB_ROLE_PUSH))) == 0;
	}
	for (;;) {
		while (__atomic_load_n(&hand->asked, __ATOMIC_ACQUIRE) == done)
			lfb_futex_wait(&hand->asked, done, UINT64_MAX);
		hand->job(hand);
		__atomic_store_n(&hand->answered, ++done, __ATOMIC_RELEASE);
		lfb_futex_wake(&hand->answered);
	}
	return NULL;
}

void hand_ask(struct hand *hand, void (*job)(struct hand *hand), enum lfb_role role, uint64_t count)
{
	hand->job = job;
	hand->role = role;
	hand->count = count;
	__atomic_store_n(&hand->stepper.state, LFB_STEPPER_FREE, __ATOMIC_RELAXED);
	__atomic_store_n(&hand->stepper.released, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&hand->asked, hand->asked + 1, __ATOMIC_RELEASE);
	lfb_futex_wake(&hand->asked);
}

int hand_wait(struct hand *hand, uint64_t ns)
{
	const uint64_t start_ns = lfb_clock_now_ns();

	for (;;) {
		const uint32_t answered = __atomic_load_n(&hand->answered, __ATOMIC_ACQUIRE);
		const uint64_t passed_ns = lfb_clock_now_ns() - start_ns;

		if (answered == hand->asked)
			return 0;
		if (passed_ns >= ns)
			return -ETIMEDOUT;
		lfb_futex_wait(&hand->answered, answered, ns - passed_ns);
	}
}

static struct hand *hand_at(struct crew *crew, unsigned i)
{
	return i < CREW_VICTIMS ? &crew->victim[i] : &crew->survivor[i - CREW_VICTIMS];
}

static void job_nothing(struct hand *hand)
{
	(void)hand;
}

static int start_hand(struct crew *crew, unsigned i, struct lfb_error *error)
{
	struct hand *const hand = hand_at(crew, i);
	int rc;

	hand->crew = crew;
	hand->is_victim = i < CREW_VICTIMS;
	hand->result = 1;
	hand->order.shared = &crew->shared;
	hand->order.events[0] = &crew->events;
	hand->order.parking = &lfb_futex_parking;
	hand->order.first_value = (uint64_t)i << LFB_VALUE_SHIFT | 1;
	rc = lfb_quiet_thread(&hand->thread, hand_main, hand);
	if (rc != 0)
		return lfb_fail(error, -EAGAIN, "thread %u of %u cannot be created: %s", i + 1, HANDS, strerror(-rc));
	hand_ask(hand, job_nothing, LFB_ROLE_PUSH, 0);
	if (hand_wait(hand, CREW_HANG_NS) != 0 || hand->result == 0)
		return lfb_fail(error, -EAGAIN, "thread %u of %u cannot be prepared", i + 1, HANDS);
	return 0;
}

int crew_open(const struct lfb_plugin *plugin, enum lfb_stall_way way, struct crew **out, struct lfb_error *error)
{
	struct crew *const crew = (struct crew *)aligned_alloc(LFB_LINE, sizeof(*crew));
	int rc;

	if (crew == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	memset(crew, 0, sizeof(*crew));
	*out = crew;
	crew->plugin = plugin;
	crew->way = way;
	rc = lfb_arena_map(&crew->arena, ARENA_RESERVED_BYTES);
	if (rc != 0)
		return lfb_fail(error, rc, "no memory for the queue");
	for (unsigned i = 0; rc == 0 && i < HANDS; i++)
		rc = start_hand(crew, i, error);
	return rc;
}

static int hangs(struct lfb_error *error, const char *where)
{
	return lfb_fail(error, -ETIMEDOUT, "a thread did not come back from %s, with nobody stopped", where);
}

int crew_attach(struct crew *crew, struct hand *hand, struct lfb_error *error)
{
	void *const handle = lfb_arena_alloc(&crew->arena, crew->plugin->ops->handle_bytes);

	if (handle == NULL)
		return lfb_fail(error, -ENOMEM, "no memory for a thread's handle");
	memset(handle, 0, crew->plugin->ops->handle_bytes);
	hand->order.queue[0] = crew->queue;
	hand->order.handle[0] = handle;
	hand_ask(hand, job_attach, LFB_ROLE_PUSH, 0);
	if (hand_wait(hand, CREW_HANG_NS) != 0)
		return hangs(error, "q_attach");
	if (hand->result == 0)
		return lfb_fail(error, -ENOMEM, "a thread cannot attach to the queue");
	hand->attached = true;
	return 0;
}

int crew_detach(struct crew *crew, struct hand *hand, struct lfb_error *error)
{
	(void)crew;
	if (!hand->attached)
		return 0;
	hand_ask(hand, job_detach, LFB_ROLE_PUSH, 0);
	hand->attached = false;
	return hand_wait(hand, CREW_HANG_NS) != 0 ? hangs(error, "q_detach") : 0;
}

int crew_create(struct crew *crew, uint64_t capacity, unsigned victims, bool survivors, struct lfb_error *error)
{
	const struct lfb_claims *const claims = &crew->plugin->info.claims;
	const struct lfb_check_size size = { claims->producers == LFB_MANY ? HANDS : 1, claims->consumers == LFB_MANY ? HANDS : 1, capacity, CREW_ITEMS,
					     HANDLES };
	int rc = lfb_check_queue_create(crew->plugin, &size, &crew->arena, ARENA_RESERVED_BYTES, &crew->queue, &crew->capacity, error);

	if (!claims->bounded)
		crew->capacity = 0;
	for (unsigned i = 0; rc == 0 && i < HANDS; i++)
		if (i < CREW_VICTIMS ? i < victims : survivors)
			rc = crew_attach(crew, hand_at(crew, i), error);
	return rc;
}

int crew_destroy(struct crew *crew, struct lfb_error *error)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < HANDS; i++)
		rc = crew_detach(crew, hand_at(crew, i), error);
	if (rc == 0)
		crew->plugin->ops->destroy(crew->queue);
	return rc;
}

int crew_reset(struct crew *crew, uint64_t items)
{
	hand_ask(&crew->victim[0], job_reset, LFB_ROLE_PUSH, items);
	if (hand_wait(&crew->victim[0], CREW_HANG_NS) != 0)
		return -ETIMEDOUT;
	crew->inside = crew->victim[0].result;
	return 0;
}

void crew_start(struct crew *crew, const bool use[LFB_ROLES], bool by_one, uint64_t target)
{
	const uint64_t now_ns = lfb_clock_now_ns();
	uint64_t roles = 0;

	memset(crew->tally, 0, sizeof(crew->tally));
	crew->target = target;
	crew->members = 0;
	__atomic_store_n(&crew->satisfied, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&crew->stop, 0, __ATOMIC_RELAXED);
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		crew->tally[role].last_ns = now_ns;
		crew->members += use[role];
		roles |= (uint64_t)use[role] << role;
	}
	if (by_one)
		hand_ask(&crew->survivor[0], job_alternate, LFB_ROLE_PUSH, roles);
	for (enum lfb_role role = LFB_ROLE_PUSH; !by_one && role < LFB_ROLES; role++)
		if (use[role])
			hand_ask(&crew->survivor[role], job_transfer, role, 0);
}

int crew_stop(struct crew *crew)
{
	int rc = 0;

	__atomic_store_n(&crew->stop, 1, __ATOMIC_RELAXED);
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++)
		rc = hand_wait(&crew->survivor[role], CREW_HANG_NS);
	return rc;
}
