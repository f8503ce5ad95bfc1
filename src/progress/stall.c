/*
 * stall.c - who goes on while one thread is stopped? At each instruction of its operation, from each starting state.
 *
 * A pair of roles is done with at the first place that blocks it three times over; with `all`, every place is tried, and counted as blocking if it does so
 * once. What blocks inside malloc is kept apart: that is the allocator's doing, and any queue with nodes has it. Once it is known, further places
 * in there are not waited for.
 */
#include "attempt.h"
#include "machine/clock.h"
#include "cover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Places of one operation that are tried at most; and where each takes a new queue, or many turns of a rival. */
#define POINTS_MAX 400u
#define POINTS_MAX_FRESH 100u
#define POINTS_MAX_RIVALLED 120u
/* Times in a row that a place must block. Where it did once and then did not, so many more have to show that this was chance. */
#define CONFIRMATIONS 3u
#define CHANCE_TRIES 8u
#define WAITED_MOST_NS UINT64_C(10000000000)
/* Tries by signal, of each state: most find the thread outside of the operation. */
#define SIGNAL_TRIES 4000u
/* A loop has fewer instructions. */
#define LOOK_BACK 512u
/* Items inside where an unbounded queue is neither empty nor small. */
#define MANY 100u

struct scan {
	struct inquiry *q;
	bool decided[LFB_ROLES];   /* blocks, and it is known where */
	bool allocator[LFB_ROLES]; /* blocks in malloc */
	uintptr_t same;            /* by signal: watch at that place only; 0: where nobody has */
	uint64_t waited_ns;        /* for what blocked */
	struct cover cover;
	uintptr_t trace[PROGRESS_STEPS_MAX];
	bool chosen[PROGRESS_STEPS_MAX], fresh[PROGRESS_STEPS_MAX]; /* steps to stop at; first ones of an instruction never tried */
};

static const bool nobody[LFB_ROLES] = { false, false };

static bool all_decided(const struct scan *s)
{
	bool all = true;

	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		all &= s->decided[role] || !crew_allows(s->q->crew, s->q->role, role);
	return all && !s->q->all;
}

/* By signal nobody knows where the next stop will be. */
static bool is_signalled(const struct scan *s)
{
	return s->q->crew->way == LFB_STALL_SIGNAL;
}

static const bool *decided(const struct scan *s)
{
	return s->q->all ? nobody : s->decided;
}

/* Somebody is still to be watched who has not been watched at that instruction. */
static bool is_new(const struct scan *s, uintptr_t pc)
{
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		if (crew_allows(s->q->crew, s->q->role, role) && !decided(s)[role] && !cover_is_tried(&s->cover, pc, role))
			return true;
	return false;
}

static bool is_worth_it(const struct place *place, void *context)
{
	const struct scan *const s = (const struct scan *)context;

	if (place_is_allocator(place) && (s->allocator[LFB_ROLE_PUSH] || s->allocator[LFB_ROLE_POP]))
		return false;
	return !is_signalled(s) || (s->same != 0 ? place->pc == s->same : is_new(s, place->pc));
}

static void keep_place(struct scan *s, const struct start *start, const struct attempt *a, enum lfb_role role, uint64_t step, uint64_t steps)
{
	struct lfb_progress_finding *const f = &s->q->finding[role];

	if (place_is_allocator(&a->place)) {
		label_place(&a->place, f->allocator, sizeof(f->allocator));
		s->allocator[role] = true;
		return;
	}
	f->verdict = LFB_PROGRESS_BLOCKS;
	f->step = step;
	f->steps = steps;
	f->window_ns = s->q->window_ns;
	f->inside = a->watch.outcome[role] == OUTCOME_INSIDE ? -1 : a->watch.inside;
	(void)snprintf(f->state, sizeof(f->state), "%s", start->name);
	label_place(&a->place, f->where, sizeof(f->where));
	s->decided[role] = !s->q->all;
}

/* It blocks there now and then. The first such place is told. */
static void keep_unsteady(struct scan *s, const struct start *start, const struct attempt *a, enum lfb_role role)
{
	struct lfb_progress_finding *const f = &s->q->finding[role];

	if (f->unsteady++ > 0 || f->verdict == LFB_PROGRESS_BLOCKS)
		return;
	(void)snprintf(f->state, sizeof(f->state), "%s", start->name);
	f->inside = a->watch.outcome[role] == OUTCOME_INSIDE ? -1 : a->watch.inside;
	label_place(&a->place, f->where, sizeof(f->where));
}

/* What became of one role at a place that blocked once. */
struct trial {
	unsigned blocked, passed;
};

static bool is_known(const struct trial *t)
{
	return t->blocked == 0 || (t->passed == 0 && t->blocked >= CONFIRMATIONS) || t->blocked + t->passed >= CHANCE_TRIES;
}

/* Try there again. Stops elsewhere, which a signal mostly brings, and those that nobody got over say nothing. */
static int try_again(struct scan *s, const struct start *start, uint64_t step, const struct attempt *once, struct trial trials[LFB_ROLES])
{
	unsigned tries = is_signalled(s) ? SIGNAL_TRIES : CHANCE_TRIES;
	int rc = 0;

	s->same = once->place.pc;
	for (; rc == 0 && tries > 0 && !(is_known(&trials[LFB_ROLE_PUSH]) && is_known(&trials[LFB_ROLE_POP])); tries--) {
		struct attempt again;

		rc = attempt_make(s->q, start, step, decided(s), is_worth_it, s, &again);
		if (rc != 0 || !again.reached || again.place.pc != once->place.pc || !again.resumed)
			continue;
		for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
			if (trials[role].blocked > 0)
				*(outcome_blocks(again.watch.outcome[role]) ? &trials[role].blocked : &trials[role].passed) += 1;
	}
	s->same = 0;
	return rc;
}

/* It blocked once at that place, and went on when released. Keep what does so each time, and forget what does not do it again. */
static int confirm(struct scan *s, const struct start *start, uint64_t step, uint64_t steps, const struct attempt *once)
{
	struct trial trials[LFB_ROLES] = { { 0, 0 }, { 0, 0 } };
	int rc;

	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		trials[role].blocked = outcome_blocks(once->watch.outcome[role]) && s->q->finding[role].verdict != LFB_PROGRESS_BLOCKS;
	rc = try_again(s, start, step, once, trials);
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &s->q->finding[role];

		if (trials[role].blocked >= CONFIRMATIONS && trials[role].passed == 0)
			keep_place(s, start, once, role, step, steps);
		else if (trials[role].blocked > 1 || (trials[role].blocked == 1 && trials[role].passed == 0))
			keep_unsteady(s, start, once, role);
		else
			f->blocked -= trials[role].blocked;
	}
	return rc;
}

/*
 * Count what was seen at a place. Where the operation went another way than expected, by chance, its instruction is not done with. Returns whether
 * somebody was blocked who has to be confirmed.
 */
static bool take(struct scan *s, const struct attempt *a, uintptr_t expected)
{
	bool blocked = false;

	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &s->q->finding[role];
		const enum outcome outcome = a->watch.outcome[role];

		if (outcome == OUTCOME_ABSENT)
			continue;
		f->points++;
		if (expected == 0 || a->place.pc == expected)
			cover_try(&s->cover, a->place.pc, role);
		f->starved += outcome == OUTCOME_STARVES;
		f->blocked += outcome_blocks(outcome);
		blocked |= outcome_blocks(outcome) && f->verdict != LFB_PROGRESS_BLOCKS && !(s->allocator[role] && place_is_allocator(&a->place));
	}
	return blocked;
}

/* Where the operation is expected to be after so many instructions; 0: anywhere. */
static uintptr_t expected_at(const struct scan *s, const struct start *start, uint64_t step)
{
	return is_signalled(s) || start->rivalled ? 0 : s->trace[step];
}

/* What was blocked on a way that the operation took by chance does not come again from that state: another one leads there surely (find_rare). */
static int judge_place(struct scan *s, const struct start *start, uint64_t step, uint64_t steps)
{
	const uintptr_t expected = expected_at(s, start, step);
	struct attempt attempt;
	const int rc = attempt_make(s->q, start, step, decided(s), is_worth_it, s, &attempt);

	if (rc != 0 || !attempt.reached || !take(s, &attempt, expected))
		return rc;
	if (attempt.resumed && (expected == 0 || attempt.place.pc == expected))
		return confirm(s, start, step, steps, &attempt);
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		if (outcome_blocks(attempt.watch.outcome[role]))
			keep_unsteady(s, start, &attempt, role);
	return 0;
}

/* Windows that are waited for come on top of the budget, up to a bound: they are what this is for. */
static int try_place(struct scan *s, const struct start *start, uint64_t step, uint64_t steps)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	const int rc = judge_place(s, start, step, steps);
	const uint64_t took_ns = lfb_clock_now_ns() - start_ns;

	if (took_ns >= s->q->window_ns && s->waited_ns < WAITED_MOST_NS) {
		s->waited_ns += took_ns;
		s->q->until_ns += took_ns;
	}
	return rc;
}

static bool is_over(const struct scan *s)
{
	return all_decided(s) || (!s->q->all && lfb_clock_now_ns() >= s->q->until_ns);
}

/* Mark about `most` of the `count` steps that are not marked yet, evenly; of the new ones only, or of all. Returns how many. */
static uint64_t choose(struct scan *s, uint64_t steps, uint64_t most, bool new_only)
{
	uint64_t count = 0, seen = 0, chosen = 0;

	for (uint64_t i = 0; i < steps; i++)
		count += !s->chosen[i] && (!new_only || s->fresh[i]);
	for (uint64_t i = 0; i < steps && count > 0; i++) {
		if (s->chosen[i] || (new_only && !s->fresh[i]))
			continue;
		s->chosen[i] = count <= most || seen * most / count != (seen + 1) * most / count;
		chosen += s->chosen[i];
		seen++;
	}
	return chosen;
}

/* Instructions at which nobody was stopped yet come first, once each; then others, as after so many rounds of a loop. */
static void choose_steps(struct scan *s, uint64_t steps, uint64_t most)
{
	uint64_t chosen;

	memset(s->chosen, 0, steps * sizeof(s->chosen[0]));
	for (uint64_t i = 0; i < steps; i++) {
		const uintptr_t pc = s->trace[i];
		bool seen = !is_new(s, pc);

		cover_know(&s->cover, pc);
		for (uint64_t k = i; !seen && k > 0 && i - k < LOOK_BACK; k--)
			seen = s->trace[k - 1] == pc;
		s->fresh[i] = !seen;
	}
	chosen = choose(s, steps, most, true);
	if (chosen < most)
		(void)choose(s, steps, most - chosen, false);
}

static uint64_t points_most(const struct start *start)
{
	return start->fresh ? POINTS_MAX_FRESH : start->rivalled ? POINTS_MAX_RIVALLED : POINTS_MAX;
}

static int scan_steps(struct scan *s, const struct start *start)
{
	struct lfb_stepper *const stepper = &s->q->crew->victim[0].stepper;
	uint64_t steps = 0;
	int rc;

	stepper->trace = s->trace;
	stepper->trace_room = PROGRESS_STEPS_MAX;
	rc = attempt_count(s->q, start, &steps);
	stepper->trace_room = 0;
	if (rc == 0 && steps >= PROGRESS_STEPS_MAX)
		return lfb_fail(s->q->error, -EOVERFLOW, "an operation has more than %ju instructions", (uintmax_t)PROGRESS_STEPS_MAX);
	if (rc == 0)
		choose_steps(s, steps, points_most(start));
	for (uint64_t i = 0; rc == 0 && i < steps && !is_over(s); i++)
		if (s->chosen[i])
			rc = try_place(s, start, i, steps);
	return rc;
}

static int scan_by_signal(struct scan *s, const struct start *start)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < SIGNAL_TRIES && !is_over(s); i++)
		rc = try_place(s, start, 0, 0);
	return rc;
}

static int scan_state(struct scan *s, const struct start *start)
{
	if (is_over(s) || start->name == NULL)
		return 0;
	return is_signalled(s) ? scan_by_signal(s, start) : scan_steps(s, start);
}

/* Where others are still to be looked at, and nothing has blocked yet: what an operation does when it is interfered with. */
static int scan_rivalled(struct scan *s)
{
	static const struct start rivalled = { .name = "one item, interfered", .items = 1, .rivalled = true };

	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		if (s->q->finding[role].verdict == LFB_PROGRESS_BLOCKS)
			return 0;
	return is_signalled(s) ? 0 : scan_state(s, &rivalled);
}

static uint64_t count_news(const uintptr_t *trace, uint64_t steps, void *context)
{
	const struct scan *const s = (const struct scan *)context;
	uint64_t news = 0;

	for (uint64_t i = 0; i < steps; i++)
		news += is_new(s, trace[i]);
	return news;
}

static int find_rare(struct scan *s, struct start *rare, struct start *first)
{
	s->q->crew->victim[0].stepper.trace = s->trace;
	return attempt_find_rare(s->q, PROGRESS_STEPS_MAX, count_news, s, rare, first);
}

static int scan_states(struct scan *s)
{
	const uint64_t capacity = s->q->crew->capacity;
	const struct start starts[] = {
		{ .name = "one item", .items = 1 },
		{ .name = "empty", .items = 0 },
		{ .name = capacity > 2 ? "nearly full" : NULL, .items = capacity - 1 },
		{ .name = capacity > 1 ? "full" : NULL, .items = capacity },
		{ .name = capacity == 0 ? "many items" : NULL, .items = MANY },
	};
	struct start rare = { .name = NULL }, first = { .name = NULL };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(starts) / sizeof(starts[0]); i++)
		rc = scan_state(s, &starts[i]);
	if (rc == 0)
		rc = scan_rivalled(s);
	if (rc == 0 && !is_over(s) && !is_signalled(s))
		rc = find_rare(s, &rare, &first);
	if (rc == 0)
		rc = scan_state(s, &rare);
	return rc == 0 ? scan_state(s, &first) : rc;
}

/* What nobody has blocked is not refuted, if anything was tried at all. */
static void conclude(struct scan *s, int rc)
{
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &s->q->finding[role];

		f->covered = s->cover.tried[role];
		f->instructions = is_signalled(s) ? 0 : s->cover.known;
		if (!crew_allows(s->q->crew, s->q->role, role))
			(void)snprintf(f->text, sizeof(f->text), "nobody else may %s", role == LFB_ROLE_PUSH ? "push" : "pop");
		else if (f->verdict == LFB_PROGRESS_ABSENT)
			f->verdict = rc == 0 && f->points > 0 && f->unsteady == 0 ? LFB_PROGRESS_UNREFUTED : LFB_PROGRESS_INCONCLUSIVE;
		if (f->verdict == LFB_PROGRESS_INCONCLUSIVE && f->unsteady > 0)
			(void)snprintf(f->text, sizeof(f->text), "it blocks at %ju places, but not each time, or nobody went on afterwards (start: %s, inside: %jd): %.120s", (uintmax_t)f->unsteady, f->state, (intmax_t)f->inside, f->where);
		else if (f->verdict == LFB_PROGRESS_INCONCLUSIVE && rc == 0)
			(void)snprintf(f->text, sizeof(f->text), "no thread could be stopped inside an operation");
	}
}

int inquire_stall(struct inquiry *q)
{
	struct scan *const s = (struct scan *)calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return lfb_fail(q->error, -ENOMEM, "out of memory");
	s->q = q;
	rc = attempt_renew(q);
	if (rc == 0)
		rc = watch_window(q->crew, &q->window_ns, q->error);
	if (rc == 0)
		rc = scan_states(s);
	conclude(s, rc);
	free(s);
	return rc;
}
