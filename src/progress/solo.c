/*
 * solo.c - does one thread go on with all others stopped (obstruction-freedom)? Three victims are stopped one after the other, each at an instruction
 * and in an operation drawn at random, and one thread does what is left of push and pop.
 */
#include "attempt.h"
#include "check/script.h"
#include "machine/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Sets of places that are tried. */
#define SETS 150u
#define CONFIRMATIONS 3u

/* Where each victim is to stop. */
struct set {
	enum lfb_role role[CREW_VICTIMS];
	uint64_t step[CREW_VICTIMS];
	uint64_t items;
};

/* Roles at random, as far as the claims allow one more in each; the last ones are left to the survivor. */
static void draw(struct inquiry *q, const uint64_t steps[LFB_ROLES], struct set *set)
{
	unsigned in[LFB_ROLES] = { 0, 0 };

	for (unsigned v = 0; v < CREW_VICTIMS; v++) {
		enum lfb_role role = lfb_script_random(&q->random) % 2 == 0 ? LFB_ROLE_PUSH : LFB_ROLE_POP;

		if (!q->use[role]) /* it blocks, and the victims would each other */
			role = other_role(role);
		if (in[role] > 0 && !crew_allows(q->crew, role, role) && q->use[other_role(role)])
			role = other_role(role);
		in[role]++;
		set->role[v] = role;
		set->step[v] = lfb_script_random(&q->random) % steps[role];
	}
	set->items = lfb_script_random(&q->random) % (PROGRESS_CAPACITY + 1);
}

/* Whether the victims can all be in those roles, and somebody is left to watch. */
static bool is_possible(const struct inquiry *q, const struct set *set, struct watch *watch)
{
	memset(watch, 0, sizeof(*watch));
	watch->window_ns = q->window_ns;
	watch->by_one = true;
	for (unsigned v = 0; v < CREW_VICTIMS; v++)
		watch->stopped[set->role[v]]++;
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		watch->use[role] = q->use[role] && (watch->stopped[role] == 0 || crew_allows(q->crew, role, role));
		if (watch->stopped[role] > 1 && !crew_allows(q->crew, role, role))
			return false;
	}
	return watch->use[LFB_ROLE_PUSH] || watch->use[LFB_ROLE_POP];
}

static int release_all(struct inquiry *q)
{
	int rc = 0;

	for (unsigned v = 0; v < CREW_VICTIMS; v++)
		lfb_stepper_release(&q->crew->victim[v].stepper);
	for (unsigned v = 0; rc == 0 && v < CREW_VICTIMS; v++)
		rc = hand_wait(&q->crew->victim[v], CREW_HANG_NS);
	return rc;
}

/*
 * Stop them, one after the other. *stuck: one could not get to its place, or to its end, while those before it were stopped. What a victim does that
 * ends before its place is counted as done.
 */
static int stop_all(struct inquiry *q, const struct set *set, struct watch *watch, bool *stuck)
{
	struct crew *const crew = q->crew;

	if (crew_reset(crew, crew->capacity > 0 && set->items > crew->capacity ? crew->capacity : set->items) != 0)
		return -ETIMEDOUT;
	*stuck = false;
	for (unsigned v = 0; v < CREW_VICTIMS && !*stuck; v++) {
		struct hand *const victim = &crew->victim[v];
		enum lfb_stepper_state state;

		victim->stepper.stop_at = set->step[v];
		victim->stepper.steps_max = PROGRESS_STEPS_MAX;
		hand_ask(victim, job_step, set->role[v], 0);
		state = lfb_stepper_wait(&victim->stepper, q->window_ns);
		*stuck = state != LFB_STEPPER_PARKED && state != LFB_STEPPER_FINISHED;
		if (state != LFB_STEPPER_FINISHED)
			continue;
		if (hand_wait(victim, CREW_HANG_NS) != 0)
			return -ETIMEDOUT;
		watch->stopped[set->role[v]]--;
		crew->inside += set->role[v] == LFB_ROLE_PUSH ? victim->result : -victim->result;
	}
	return 0;
}

/* One set. *blocked: roles that did not go on, and did when all were released. */
static int try_set(struct inquiry *q, const struct set *set, bool blocked[LFB_ROLES], struct place *place)
{
	const struct lfb_stepper *const last = &q->crew->victim[CREW_VICTIMS - 1].stepper;
	struct watch watch;
	bool stuck, resumed = true;
	int rc;

	blocked[LFB_ROLE_PUSH] = blocked[LFB_ROLE_POP] = false;
	if (!is_possible(q, set, &watch))
		return 0;
	rc = stop_all(q, set, &watch, &stuck);
	*place = (struct place){ last->pc, last->own, last->entry };
	if (rc == 0 && !stuck) {
		crew_start(q->crew, watch.use, true, CREW_TRANSFERS);
		watch_survivors(q->crew, &watch);
		resumed = watch_resumes(q->crew, &watch);
	}
	if (rc == 0)
		rc = release_all(q);
	if (rc == 0 && !stuck)
		rc = crew_stop(q->crew);
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && !stuck && role < LFB_ROLES; role++) {
		q->finding[role].points += watch.outcome[role] != OUTCOME_ABSENT;
		q->finding[role].starved += watch.outcome[role] == OUTCOME_STARVES;
		blocked[role] = resumed && outcome_blocks(watch.outcome[role]);
	}
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++)
		q->finding[role].unsteady += stuck;
	return rc;
}

/* What blocked has to do so each time. */
static int confirm(struct inquiry *q, const struct set *set, const bool once[LFB_ROLES], const struct place *place)
{
	unsigned times[LFB_ROLES] = { once[LFB_ROLE_PUSH], once[LFB_ROLE_POP] };
	int rc = 0;

	for (unsigned i = 1; rc == 0 && i < CONFIRMATIONS; i++) {
		struct place elsewhere;
		bool again[LFB_ROLES];

		rc = try_set(q, set, again, &elsewhere);
		times[LFB_ROLE_PUSH] += again[LFB_ROLE_PUSH];
		times[LFB_ROLE_POP] += again[LFB_ROLE_POP];
	}
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &q->finding[role];

		if (times[role] >= CONFIRMATIONS && !place_is_allocator(place)) {
			f->verdict = LFB_PROGRESS_BLOCKS;
			f->window_ns = q->window_ns;
			label_place(place, f->where, sizeof(f->where));
		} else {
			f->unsteady += times[role] > 0;
		}
	}
	return rc;
}

static int try_sets(struct inquiry *q, const uint64_t steps[LFB_ROLES])
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < SETS && lfb_clock_now_ns() < q->until_ns; i++) {
		struct set set;
		struct place place;
		bool blocked[LFB_ROLES];

		draw(q, steps, &set);
		rc = try_set(q, &set, blocked, &place);
		if (rc == 0 && (blocked[LFB_ROLE_PUSH] || blocked[LFB_ROLE_POP]))
			rc = confirm(q, &set, blocked, &place);
		if (q->finding[LFB_ROLE_PUSH].verdict == LFB_PROGRESS_BLOCKS || q->finding[LFB_ROLE_POP].verdict == LFB_PROGRESS_BLOCKS)
			break;
	}
	return rc;
}

static int inquire(struct inquiry *q)
{
	const struct start start = { .name = "one item", .items = 1 };
	uint64_t steps[LFB_ROLES] = { 1, 1 };
	int rc;

	if (q->crew->way != LFB_STALL_TRAP)
		return lfb_fail(q->error, -EOPNOTSUPP, "without the trap flag several threads cannot be stopped at chosen places");
	rc = crew_create(q->crew, PROGRESS_CAPACITY, CREW_VICTIMS, true, q->error);
	if (rc == 0)
		rc = watch_window(q->crew, &q->window_ns, q->error);
	for (q->role = LFB_ROLE_PUSH; rc == 0 && q->role < LFB_ROLES; q->role++)
		for (unsigned i = 0; rc == 0 && i < 3; i++)
			rc = attempt_count(q, &start, &steps[q->role]);
	if (rc == 0) {
		rc = try_sets(q, steps);
		if (rc != 0)
			rc = lfb_fail(q->error, rc, "after threads were stopped and released, one did not come back from the queue");
	}
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &q->finding[role];

		if (f->verdict == LFB_PROGRESS_ABSENT && f->points > 0)
			f->verdict = f->unsteady == 0 ? LFB_PROGRESS_UNREFUTED : LFB_PROGRESS_INCONCLUSIVE;
		if (f->verdict == LFB_PROGRESS_INCONCLUSIVE)
			(void)snprintf(f->text, sizeof(f->text), "%ju sets of places blocked, but not each time, or one thread could not get to its place", (uintmax_t)f->unsteady);
	}
	return rc;
}

int inquire_solo(struct inquiry *q)
{
	q->use[LFB_ROLE_PUSH] = q->use[LFB_ROLE_POP] = true;
	return inquire(q);
}

int inquire_solo_one(struct inquiry *q)
{
	q->use[q->role] = true;
	return inquire(q);
}
