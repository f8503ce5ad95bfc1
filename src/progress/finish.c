/*
 * finish.c - does an operation end, whatever others do? After each of its instructions a rival completes one of its own. One that has not ended after
 * `bound` instructions has no such bound: wait-freedom is refuted at it. One that ends has not been met by the rival that it fears.
 */
#include "attempt.h"
#include "rival.h"

#include <errno.h>
#include <stdio.h>

/* The bound is for an operation that takes far less by itself. */
#define BOUND_TIMES 20u
/* For one instruction and the rival's turn, a machine that is busy included. */
#define TURN_NS UINT64_C(3000000)

/* What the rival does at each turn. */
struct manner {
	const char *name;
	bool same, other; /* an operation as the victim's, one of the other kind */
};

static const struct manner manners[] = {
	{ "the same and the opposite", true, true },
	{ "the same", true, false },
	{ "the opposite", false, true },
};

static int run(struct inquiry *q, struct rival *rival, uint64_t bound)
{
	struct hand *const victim = &q->crew->victim[0];
	int rc;

	victim->stepper.stop_at = LFB_STEPPER_NEVER;
	victim->stepper.steps_max = bound;
	rival_start(rival, &q->crew->survivor[0], &victim->stepper);
	hand_ask(victim, job_step, q->role, 0);
	rc = lfb_stepper_wait(&victim->stepper, bound * TURN_NS + CREW_HANG_NS) == LFB_STEPPER_FINISHED ? hand_wait(victim, CREW_HANG_NS) : -ETIMEDOUT;
	if (rc == 0)
		rc = rival_stop(rival, &victim->stepper);
	return rc == 0 ? 0 : lfb_fail(q->error, rc, "an operation did not end, with nobody stopped, after another one had interfered with it");
}

static int try_manner(struct inquiry *q, const struct manner *manner, uint64_t bound)
{
	const enum lfb_role first = manner->same ? q->role : other_role(q->role);
	struct rival rival = { .roles = { first, other_role(q->role) }, .count = (unsigned)manner->same + manner->other, .patience_ns = q->window_ns };
	const struct lfb_stepper *const stepper = &q->crew->victim[0].stepper;
	struct lfb_progress_finding *const f = &q->finding[q->role];
	int rc;

	if (crew_reset(q->crew, 1) != 0)
		return lfb_fail(q->error, -ETIMEDOUT, "a thread did not come back from the queue, with nobody stopped");
	rc = run(q, &rival, bound);
	if (rc != 0)
		return rc;
	f->points += stepper->steps;
	f->unsteady += rival.stuck;
	if (stepper->steps > f->step) {
		f->step = stepper->steps;
		(void)snprintf(f->state, sizeof(f->state), "%s", manner->name);
	}
	if (stepper->gave_up && !rival.stuck)
		f->verdict = LFB_PROGRESS_BLOCKS;
	return 0;
}

int inquire_finish(struct inquiry *q)
{
	const struct start start = { .name = "one item", .items = 1 };
	struct lfb_progress_finding *const f = &q->finding[q->role];
	uint64_t alone, bound;
	int rc = attempt_renew(q);

	if (rc == 0 && q->crew->way != LFB_STALL_TRAP)
		return lfb_fail(q->error, -EOPNOTSUPP, "without the trap flag nobody can interfere after each instruction");
	if (rc == 0)
		rc = watch_window(q->crew, &q->window_ns, q->error);
	for (unsigned i = 0; rc == 0 && i < 3; i++) /* the last one has met everything before */
		rc = attempt_count(q, &start, &alone);
	if (rc != 0)
		return rc;
	bound = BOUND_TIMES * alone > q->bound ? BOUND_TIMES * alone : q->bound;
	f->steps = bound;
	for (size_t i = 0; rc == 0 && f->verdict != LFB_PROGRESS_BLOCKS && i < sizeof(manners) / sizeof(manners[0]); i++)
		if (!manners[i].same || crew_allows(q->crew, q->role, q->role))
			rc = try_manner(q, &manners[i], bound);
	if (rc == 0 && f->verdict == LFB_PROGRESS_ABSENT)
		f->verdict = f->unsteady == 0 ? LFB_PROGRESS_UNREFUTED : LFB_PROGRESS_INCONCLUSIVE;
	if (f->verdict == LFB_PROGRESS_INCONCLUSIVE)
		(void)snprintf(f->text, sizeof(f->text), "the rival had to wait for the operation it was to interfere with");
	return rc;
}
