/*
 * memory.c - what becomes of the memory of popped items while a thread is stopped inside an operation?
 *
 * Schemes that let readers look at nodes without a lock (RCU, epochs) keep what was popped until no reader can see it. A stopped one holds up all of it:
 * the others go on and memory grows. That is a property worth knowing and no fault; it is one if the memory does not come back when the
 * thread has gone on and the queue is gone, which q_destroy owes. Compared with the same transfers while nobody is stopped.
 */
#include "machine/allocator.h"
#include "attempt.h"
#include "machine/clock.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More than a pool has nodes, so that one that gets none back is used up. */
#define TRANSFERS (5 * CREW_ITEMS / 2)
#define POINTS 6u
#define TRACE_ROOM 4096u
/* A node is larger; what is counted beside nodes is not per item. */
#define BYTES_PER_ITEM 4u
/* Helper threads give back later: wait while they do. */
#define SETTLE_NS 10000000
#define SETTLES 40u

static uint64_t used_bytes(void)
{
	return mallinfo2().uordblks;
}

/* What is in use once nothing more is given back. */
static uint64_t settled_bytes(void)
{
	const struct timespec pause = { .tv_nsec = SETTLE_NS };
	uint64_t used = used_bytes();

	for (unsigned i = 0, still = 0; i < SETTLES && still < 2; i++) {
		uint64_t now;

		(void)nanosleep(&pause, NULL);
		now = used_bytes();
		still = now < used ? 0 : still + 1;
		used = now;
	}
	return used;
}

static uint64_t more(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

struct run {
	uint64_t before;  /* bytes in use before there was a queue */
	uint64_t grown;   /* while the transfers were made */
	uint64_t left;    /* when the queue was gone */
	uint64_t done;    /* items popped */
	bool went_on;     /* all were */
	bool used_up;     /* pushes failed for lack of memory */
	struct place place;
};

static int transfer(struct inquiry *q, struct watch *watch, struct run *run)
{
	crew_start(q->crew, watch->use, false, TRANSFERS);
	watch_survivors(q->crew, watch);
	run->done = __atomic_load_n(&q->crew->tally[LFB_ROLE_POP].done, __ATOMIC_RELAXED);
	run->went_on = watch->outcome[LFB_ROLE_PUSH] == OUTCOME_GOES_ON && watch->outcome[LFB_ROLE_POP] == OUTCOME_GOES_ON;
	run->used_up = watch->outcome[LFB_ROLE_PUSH] == OUTCOME_REFUSED && q->crew->capacity == 0;
	return 0;
}

/* Nobody is stopped, and nobody who is idle is known to the queue as a reader. */
static int run_undisturbed(struct inquiry *q, struct run *run)
{
	struct watch watch = { .window_ns = q->window_ns, .use = { true, true } };
	uint64_t start;
	int rc;

	memset(run, 0, sizeof(*run));
	run->before = settled_bytes();
	rc = crew_create(q->crew, PROGRESS_CAPACITY, 1, true, q->error);
	if (rc == 0 && crew_reset(q->crew, 1) != 0)
		rc = lfb_fail(q->error, -ETIMEDOUT, "a thread did not come back from the queue, with nobody stopped");
	if (rc == 0)
		rc = crew_detach(q->crew, &q->crew->victim[0], q->error);
	if (rc != 0)
		return rc;
	start = used_bytes();
	rc = transfer(q, &watch, run);
	if (rc == 0 && crew_stop(q->crew) != 0)
		rc = lfb_fail(q->error, -ETIMEDOUT, "a thread did not come back from the queue, with nobody stopped");
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++)
		rc = crew_detach(q->crew, &q->crew->survivor[role], q->error);
	run->grown = rc == 0 ? more(settled_bytes(), start) : 0;
	if (rc == 0)
		rc = crew_destroy(q->crew, q->error);
	run->left = rc == 0 ? more(settled_bytes(), run->before) : 0;
	return rc;
}

/* The victim is stopped after `step` instructions. A place outside of the object is none: it may hold the allocator's lock. */
static int run_stopped(struct inquiry *q, uint64_t step, struct run *run)
{
	struct watch watch = { .window_ns = q->window_ns, .use = { true, true } };
	struct hand *const victim = &q->crew->victim[0];
	uint64_t start = 0;
	int rc;

	memset(run, 0, sizeof(*run));
	watch.stopped[q->role] = 1;
	run->before = settled_bytes();
	rc = crew_create(q->crew, PROGRESS_CAPACITY, 1, true, q->error);
	if (rc == 0 && crew_reset(q->crew, 1) != 0)
		return lfb_fail(q->error, -ETIMEDOUT, "a thread did not come back from the queue, with nobody stopped");
	if (rc != 0)
		return rc;
	victim->stepper.stop_at = step;
	victim->stepper.steps_max = PROGRESS_STEPS_MAX;
	hand_ask(victim, job_step, q->role, 0);
	if (lfb_stepper_wait(&victim->stepper, CREW_HANG_NS) == LFB_STEPPER_PARKED && victim->stepper.entry == 0) {
		run->place = (struct place){ victim->stepper.pc, victim->stepper.own, 0 };
		start = used_bytes();
		rc = transfer(q, &watch, run);
		__atomic_store_n(&q->crew->stop, 1, __ATOMIC_RELAXED);
		run->grown = run->went_on || run->used_up ? more(settled_bytes(), start) : 0;
	}
	lfb_stepper_release(&victim->stepper);
	if (crew_stop(q->crew) != 0 || hand_wait(victim, CREW_HANG_NS) != 0)
		return lfb_fail(q->error, -ETIMEDOUT, "after a thread was stopped and released, one did not come back from the queue");
	rc = crew_destroy(q->crew, q->error);
	run->left = rc == 0 ? more(settled_bytes(), run->before) : 0;
	return rc;
}

/* Instructions of the object itself, evenly spread over the operation. */
static int choose_steps(struct inquiry *q, uint64_t steps[POINTS], unsigned *count)
{
	const struct start start = { .name = "one item", .items = 1 };
	struct lfb_stepper *const stepper = &q->crew->victim[0].stepper;
	uintptr_t *const trace = calloc(TRACE_ROOM, sizeof(*trace));
	unsigned own = 0, taken = 0;
	uint64_t all = 0;
	int rc = trace == NULL ? lfb_fail(q->error, -ENOMEM, "out of memory") : 0;

	for (unsigned i = 0; rc == 0 && i < 3; i++) {
		stepper->trace = trace;
		stepper->trace_room = TRACE_ROOM;
		rc = attempt_count(q, &start, &all);
		stepper->trace_room = 0;
	}
	all = all < TRACE_ROOM ? all : TRACE_ROOM;
	for (uint64_t i = 0; rc == 0 && i < all; i++)
		own += trace[i] >= stepper->code.start && trace[i] < stepper->code.end;
	for (uint64_t i = 0, n = 0; rc == 0 && i < all && taken < POINTS; i++)
		if (trace[i] >= stepper->code.start && trace[i] < stepper->code.end && n++ * POINTS >= (uint64_t)taken * own + own / 2)
			steps[taken++] = i;
	free(trace);
	*count = taken;
	return rc;
}

static void take_run(struct inquiry *q, const struct run *run, const struct run *undisturbed)
{
	struct lfb_progress_finding *const f = &q->finding[q->role];
	const uint64_t grown = more(run->grown, undisturbed->grown), left = more(run->left, undisturbed->left);

	if (!run->went_on && !run->used_up)
		return;
	f->points++;
	if (run->used_up && f->allocator[0] == '\0')
		(void)snprintf(f->allocator, sizeof(f->allocator), "its pool was used up after %ju items", (uintmax_t)run->done);
	if (run->used_up || grown > BYTES_PER_ITEM * run->done)
		f->blocked++;
	if (grown > f->step && grown > BYTES_PER_ITEM * run->done) {
		f->step = grown;
		f->steps = run->done;
		label_place(&run->place, f->where, sizeof(f->where));
	}
	if (run->done > 0 && left > BYTES_PER_ITEM * run->done) {
		f->verdict = LFB_PROGRESS_BLOCKS;
		f->inside = (int64_t)(left / run->done);
		(void)snprintf(f->text, sizeof(f->text), "%ju bytes per item did not come back when the thread had gone on and the queue was gone", (uintmax_t)f->inside);
	}
}

/* Without anybody being stopped. */
static void take_undisturbed(struct inquiry *q, const struct run *run)
{
	struct lfb_progress_finding *const f = &q->finding[q->role];

	if (run->done == 0 || run->left <= BYTES_PER_ITEM * run->done)
		return;
	f->verdict = LFB_PROGRESS_BLOCKS;
	f->inside = (int64_t)(run->left / run->done);
	(void)snprintf(f->text, sizeof(f->text), "%ju bytes per item did not come back when the queue was gone, with nobody stopped", (uintmax_t)f->inside);
}

static int compare(struct inquiry *q)
{
	struct run undisturbed, run;
	uint64_t steps[POINTS];
	unsigned count = 0;
	int rc = choose_steps(q, steps, &count);

	if (rc == 0)
		rc = crew_destroy(q->crew, q->error);
	q->crew->queue = NULL;
	for (unsigned i = 0; rc == 0 && i < 2; i++) /* the first one warms up: what libraries take once is no growth */
		rc = run_undisturbed(q, &undisturbed);
	if (rc == 0)
		take_undisturbed(q, &undisturbed);
	for (unsigned i = 0; rc == 0 && i < count && q->finding[q->role].verdict != LFB_PROGRESS_BLOCKS; i++) {
		rc = run_stopped(q, steps[i], &run);
		if (rc == 0)
			take_run(q, &run, &undisturbed);
	}
	return rc;
}

int inquire_memory(struct inquiry *q)
{
	struct lfb_progress_finding *const f = &q->finding[q->role];
	char name[LFB_ALLOCATOR_BYTES];
	int rc;

	if (q->crew->way != LFB_STALL_TRAP)
		return lfb_fail(q->error, -EOPNOTSUPP, "without the trap flag a thread cannot be stopped at chosen places");
	if (!lfb_allocator_is_glibc())
		return lfb_fail(q->error, -EOPNOTSUPP, "the malloc of %s does not say what it has given out", lfb_allocator_name(name));
	if (!crew_allows(q->crew, q->role, q->role)) {
		(void)snprintf(f->text, sizeof(f->text), "nobody else may %s, so nothing is transferred meanwhile", q->role == LFB_ROLE_PUSH ? "push" : "pop");
		return 0;
	}
	rc = attempt_renew(q);
	if (rc == 0)
		rc = watch_window(q->crew, &q->window_ns, q->error);
	if (rc == 0)
		rc = compare(q);
	if (rc == 0 && f->verdict == LFB_PROGRESS_ABSENT)
		f->verdict = f->points > 0 ? LFB_PROGRESS_UNREFUTED : LFB_PROGRESS_INCONCLUSIVE;
	if (f->verdict == LFB_PROGRESS_INCONCLUSIVE)
		(void)snprintf(f->text, sizeof(f->text), "the others did not go on");
	return rc;
}
