/* attempt.c - see attempt.h. */
#include "attempt.h"

#include "check/script.h"
#include "rival.h"

#include <errno.h>
#include <string.h>

/* Operations in a row among which there is one at the end of a segment: more than the blocks of 32 and 64 that are usual. */
#define IN_A_ROW 160u
/* Where the signal is sent at random: up to so long after the call. */
#define DELAY_NS 30000u

static int hangs(struct inquiry *q)
{
	return lfb_fail(q->error, -ETIMEDOUT, "a thread did not come back from the queue, with nobody stopped");
}

int attempt_renew(struct inquiry *q)
{
	int rc = q->crew->queue != NULL ? crew_destroy(q->crew, q->error) : 0;

	q->crew->queue = NULL;
	return rc == 0 ? crew_create(q->crew, PROGRESS_CAPACITY, 1, true, q->error) : rc;
}

/* The victim's operations before the one that matters. Where they would fill or empty the queue, each is undone. */
static int go_on_to(struct inquiry *q, uint64_t operations)
{
	struct hand *const victim = &q->crew->victim[0];
	const bool undone = q->crew->capacity > 0;
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < operations; i++) {
		hand_ask(victim, job_operate, q->role, 1);
		rc = hand_wait(victim, CREW_HANG_NS);
		q->crew->inside += q->role == LFB_ROLE_PUSH ? victim->result : -victim->result;
		if (rc != 0 || !undone)
			continue;
		hand_ask(victim, job_operate, other_role(q->role), 1);
		rc = hand_wait(victim, CREW_HANG_NS);
		q->crew->inside += q->role == LFB_ROLE_PUSH ? -victim->result : victim->result;
	}
	return rc == 0 ? 0 : hangs(q);
}

static int prepare(struct inquiry *q, const struct start *start)
{
	int rc = start->fresh ? attempt_renew(q) : 0;

	if (rc != 0)
		return rc;
	if (crew_reset(q->crew, start->items) != 0)
		return hangs(q);
	return go_on_to(q, start->before);
}

/* Wait until the victim has stopped or finished. */
static int await_victim(struct inquiry *q, bool *stopped)
{
	struct hand *const victim = &q->crew->victim[0];
	const enum lfb_stepper_state state = lfb_stepper_wait(&victim->stepper, CREW_HANG_NS);

	*stopped = state == LFB_STEPPER_PARKED;
	if (*stopped)
		return 0;
	return state == LFB_STEPPER_FINISHED ? hand_wait(victim, CREW_HANG_NS) : -ETIMEDOUT;
}

/*
 * The same with a rival. If that is stuck behind the victim, and still is after a window in which the victim stands still, it is the one who is blocked,
 * and nobody else need be watched.
 */
static int await_rivalled(struct inquiry *q, struct rival *rival, struct attempt *out)
{
	struct hand *const victim = &q->crew->victim[0];
	int rc = await_victim(q, &out->reached);

	if (rc == 0 && out->reached && rival->stuck && !rival_returns(rival, q->window_ns)) {
		out->rival_blocked = true;
		out->watch.outcome[rival->now] = OUTCOME_INSIDE;
		out->place = (struct place){ victim->stepper.pc, victim->stepper.own, victim->stepper.entry };
		lfb_stepper_release(&victim->stepper);
		out->resumed = rival_returns(rival, q->window_ns);
		rc = hand_wait(victim, CREW_HANG_NS);
	}
	if (rc == 0)
		rc = rival_stop(rival, &victim->stepper);
	q->crew->inside += rival->done[LFB_ROLE_PUSH] - rival->done[LFB_ROLE_POP];
	return rc;
}

/* Let the victim run up to where it is to stop. Returns 0 or -errno. */
static int run_victim(struct inquiry *q, uint64_t stop_at, bool rivalled, struct attempt *out)
{
	const bool same = crew_allows(q->crew, q->role, q->role);
	struct hand *const victim = &q->crew->victim[0];
	struct rival rival = { .roles = { same ? q->role : other_role(q->role), other_role(q->role) }, .count = same ? 2 : 1, .patience_ns = q->window_ns };
	int rc;

	victim->stepper.stop_at = stop_at;
	victim->stepper.steps_max = PROGRESS_STEPS_MAX;
	victim->stepper.delay_ns = lfb_script_random(&q->random) % DELAY_NS;
	if (rivalled)
		rival_start(&rival, &q->crew->survivor[0], &victim->stepper);
	hand_ask(victim, job_step, q->role, 0);
	rc = rivalled ? await_rivalled(q, &rival, out) : await_victim(q, &out->reached);
	return rc == 0 ? 0 : hangs(q);
}

int attempt_make(struct inquiry *q, const struct start *start, uint64_t stop_at, const bool decided[LFB_ROLES], attempt_filter filter, void *context,
		 struct attempt *out)
{
	struct hand *const victim = &q->crew->victim[0];
	int rc = prepare(q, start);

	memset(out, 0, sizeof(*out));
	if (rc == 0)
		rc = run_victim(q, stop_at, start->rivalled, out);
	if (rc != 0 || !out->reached || out->rival_blocked)
		return rc;
	out->place = (struct place){ victim->stepper.pc, victim->stepper.own, victim->stepper.entry };
	out->watch.window_ns = q->window_ns;
	out->watch.stopped[q->role] = 1;
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		out->watch.use[role] = crew_allows(q->crew, q->role, role);
		out->watch.decided[role] = decided[role];
	}
	if (filter == NULL || filter(&out->place, context)) {
		crew_start(q->crew, out->watch.use, false, CREW_TRANSFERS);
		watch_survivors(q->crew, &out->watch);
	}
	out->resumed = watch_resumes(q->crew, &out->watch);
	if (crew_stop(q->crew) != 0 || hand_wait(victim, CREW_HANG_NS) != 0)
		return lfb_fail(q->error, -ETIMEDOUT, "after a thread was stopped and released, one did not come back from the queue");
	return 0;
}

int attempt_count(struct inquiry *q, const struct start *start, uint64_t *steps)
{
	struct attempt none;
	int rc = prepare(q, start);

	if (rc == 0)
		rc = run_victim(q, LFB_STEPPER_NEVER, false, &none);
	*steps = q->crew->victim[0].stepper.steps;
	return rc;
}

/* How much is new in each of `count` operations in a row. */
static int look_at_row(struct inquiry *q, const struct start *start, unsigned count, uint64_t room, attempt_news news, void *context, uint64_t found[])
{
	struct hand *const victim = &q->crew->victim[0];
	struct attempt none;
	int rc = prepare(q, start);

	for (unsigned i = 0; rc == 0 && i < count; i++) {
		victim->stepper.trace_room = room;
		rc = run_victim(q, LFB_STEPPER_NEVER, false, &none);
		victim->stepper.trace_room = 0;
		found[i] = rc == 0 ? news(victim->stepper.trace, victim->stepper.steps < room ? victim->stepper.steps : room, context) : 0;
		if (rc == 0 && q->crew->capacity > 0) {
			hand_ask(victim, job_operate, other_role(q->role), 1);
			rc = hand_wait(victim, CREW_HANG_NS);
		}
	}
	return rc;
}

int attempt_find_rare(struct inquiry *q, uint64_t room, attempt_news news, void *context, struct start *rare, struct start *first)
{
	const uint64_t items = q->crew->capacity > 0 ? 1 : IN_A_ROW + 1;
	uint64_t found[IN_A_ROW] = { 0 }, found_first = 0;
	unsigned at = 0;
	int rc;

	*rare = (struct start){ .items = items, .fresh = true };
	*first = (struct start){ .items = q->role == LFB_ROLE_POP ? 1 : 0, .fresh = true };
	rc = look_at_row(q, rare, IN_A_ROW, room, news, context, found);
	if (rc == 0)
		rc = look_at_row(q, first, 1, room, news, context, &found_first);
	for (unsigned i = 1; i < IN_A_ROW; i++)
		at = found[i] > found[at] ? i : at;
	rare->before = at;
	if (rc == 0 && found[at] > 0)
		rare->name = "one in a row that does more";
	if (rc == 0 && found_first > 0)
		first->name = "first use";
	return rc;
}
