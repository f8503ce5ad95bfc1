/* watch.c - see watch.h. */
#include "watch.h"

#include "machine/clock.h"

#include <errno.h>
#include <time.h>

#define WINDOW_LEAST_NS UINT64_C(200000000)
#define WINDOW_MOST_NS UINT64_C(10000000000)
#define WINDOW_GAPS 20u
/* How long survivors are watched with nobody stopped. */
#define UNDISTURBED_NS UINT64_C(25000000)
#define UNDISTURBED_MOST 200u
/* Looks at the tallies: rarer and rarer. */
#define LOOK_LEAST_NS UINT64_C(200000)
#define LOOK_MOST_NS UINT64_C(10000000)
/* A role of which it is known that it blocks is taken to do so after that. */
#define KNOWN_NS UINT64_C(2000000)
/* Longer than that nobody is watched, whatever he does. */
#define WINDOWS_MOST 20u

struct look {
	uint64_t returned, begun, done, last_ns;
	bool refused, limited;
};

/* A transfer may be later than the look at the clock. */
static uint64_t since(uint64_t then_ns, uint64_t now_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

/* Acquire: pairs with the release in hand_try, so that `done` and `refused` are at least those of that operation. */
static struct look look_at(const struct tally *t)
{
	struct look look;

	look.returned = __atomic_load_n(&t->returned, __ATOMIC_ACQUIRE);
	look.begun = __atomic_load_n(&t->begun, __ATOMIC_RELAXED);
	look.done = __atomic_load_n(&t->done, __ATOMIC_RELAXED);
	look.last_ns = __atomic_load_n(&t->last_ns, __ATOMIC_RELAXED);
	look.refused = __atomic_load_n(&t->refused, __ATOMIC_RELAXED);
	look.limited = __atomic_load_n(&t->limited, __ATOMIC_RELAXED);
	return look;
}

/* Items inside, whatever the stopped operations have done: the least, and the most. */
static int64_t inside(const struct crew *crew, const struct watch *watch, bool most)
{
	const int64_t returned = (int64_t)(crew->inside + __atomic_load_n(&crew->tally[LFB_ROLE_PUSH].done, __ATOMIC_RELAXED) -
					   __atomic_load_n(&crew->tally[LFB_ROLE_POP].done, __ATOMIC_RELAXED));

	return most ? returned + (int64_t)watch->stopped[LFB_ROLE_PUSH] : returned - (int64_t)watch->stopped[LFB_ROLE_POP];
}

static bool has_nothing_to_do(const struct crew *crew, const struct watch *watch, enum lfb_role role)
{
	return role == LFB_ROLE_POP ? inside(crew, watch, false) <= 0 : crew->capacity > 0 && inside(crew, watch, true) >= (int64_t)crew->capacity;
}

/* What changes during a watch. */
struct state {
	uint64_t start_ns;
	uint64_t returned[LFB_ROLES], since_ns[LFB_ROLES]; /* operations that had returned, and since when no more */
};

/* Nobody will bring it items, or make room for it. */
static bool is_alone(const struct crew *crew, const struct watch *watch, enum lfb_role role, uint64_t now_ns)
{
	const enum lfb_role other = role == LFB_ROLE_PUSH ? LFB_ROLE_POP : LFB_ROLE_PUSH;

	const struct look look = look_at(&crew->tally[other]);

	return !watch->use[other] || (watch->decided[other] && look.begun > 0 && since(look.last_ns, now_ns) >= KNOWN_NS);
}

/* false: it is too early to say. */
static bool judge(const struct crew *crew, struct watch *watch, struct state *state, enum lfb_role role, uint64_t now_ns)
{
	const struct look look = look_at(&crew->tally[role]);
	enum outcome *const out = &watch->outcome[role];

	if (look.returned != state->returned[role]) {
		state->returned[role] = look.returned;
		state->since_ns[role] = now_ns;
	}
	if (look.done >= crew->target)
		*out = OUTCOME_GOES_ON;
	else if ((look.refused && has_nothing_to_do(crew, watch, role) && is_alone(crew, watch, role, now_ns)) || (look.limited && look.done > 0))
		*out = OUTCOME_STARVES;
	else if (watch->by_one && watch->outcome[role == LFB_ROLE_PUSH ? LFB_ROLE_POP : LFB_ROLE_PUSH] == OUTCOME_INSIDE)
		*out = OUTCOME_STARVES; /* it does not come to it */
	else if (now_ns - state->start_ns >= WINDOWS_MOST * watch->window_ns)
		*out = OUTCOME_ABSENT; /* nothing is known */
	else if (since(look.last_ns, now_ns) < watch->window_ns)
		return false;
	else if (look.begun != look.returned && now_ns - state->since_ns[role] >= watch->window_ns)
		*out = OUTCOME_INSIDE;
	else if (look.returned == 0 || now_ns - state->since_ns[role] >= watch->window_ns / 2)
		return false; /* it is not refused now: it does not run, or is inside */
	else if (!look.refused && !look.limited)
		return false; /* it has just transferred something */
	else
		*out = look.limited || has_nothing_to_do(crew, watch, role) ? OUTCOME_STARVES : OUTCOME_REFUSED;
	return true;
}

void watch_survivors(struct crew *crew, struct watch *watch)
{
	struct state state = { .start_ns = lfb_clock_now_ns() };
	uint64_t look_ns = LOOK_LEAST_NS;
	bool known = false;

	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		watch->outcome[role] = OUTCOME_ABSENT;
		state.since_ns[role] = state.start_ns;
	}
	while (!known) {
		const uint32_t satisfied = __atomic_load_n(&crew->satisfied, __ATOMIC_ACQUIRE);
		const uint64_t now_ns = lfb_clock_now_ns();

		known = true;
		for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
			if (watch->use[role] && !watch->decided[role] && !judge(crew, watch, &state, role, now_ns))
				known = false;
		if (known)
			break;
		lfb_futex_wait(&crew->satisfied, satisfied, look_ns);
		look_ns = 2 * look_ns < LOOK_MOST_NS ? 2 * look_ns : LOOK_MOST_NS;
	}
	watch->inside = inside(crew, watch, false);
}

bool watch_resumes(struct crew *crew, const struct watch *watch)
{
	const uint64_t until_ns = lfb_clock_now_ns() + watch->window_ns;
	struct look before[LFB_ROLES];
	bool resumed = false;

	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		before[role] = look_at(&crew->tally[role]);
	for (unsigned i = 0; i < CREW_VICTIMS; i++)
		lfb_stepper_release(&crew->victim[i].stepper);
	while (!resumed && lfb_clock_now_ns() < until_ns) {
		resumed = true;
		for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
			const struct look now = look_at(&crew->tally[role]);

			if (outcome_blocks(watch->outcome[role]) && now.done == before[role].done &&
			    !(watch->outcome[role] == OUTCOME_INSIDE && now.returned > before[role].returned))
				resumed = false;
		}
		if (!resumed)
			lfb_futex_wait(&crew->satisfied, __atomic_load_n(&crew->satisfied, __ATOMIC_RELAXED), LOOK_LEAST_NS);
	}
	return resumed;
}

/* Let both survivors run for a while from when each has transferred something; how long nothing went through, at most. */
static int run_undisturbed(struct crew *crew, uint64_t *longest_ns)
{
	const struct timespec pause = { .tv_nsec = (long)UNDISTURBED_NS };
	const bool use[LFB_ROLES] = { true, true };
	int rc;

	crew_start(crew, use, false, UINT64_MAX);
	for (unsigned i = 0; i < UNDISTURBED_MOST; i++) {
		(void)nanosleep(&pause, NULL);
		if (look_at(&crew->tally[LFB_ROLE_PUSH]).done > 0 && look_at(&crew->tally[LFB_ROLE_POP]).done > 0 && i > 0)
			break;
	}
	rc = crew_stop(crew);
	*longest_ns = 0;
	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES; role++) {
		if (crew->tally[role].done == 0)
			rc = -ENODATA;
		if (crew->tally[role].longest_ns > *longest_ns)
			*longest_ns = crew->tally[role].longest_ns;
	}
	return rc;
}

int watch_window(struct crew *crew, uint64_t *window_ns, struct lfb_error *error)
{
	uint64_t longest_ns = 0;
	int rc = crew_reset(crew, crew->capacity == 1 ? 0 : 1);

	if (rc == 0)
		rc = run_undisturbed(crew, &longest_ns);
	if (rc == -ETIMEDOUT)
		return lfb_fail(error, rc, "a thread did not come back from the queue, with nobody stopped");
	if (rc != 0)
		return lfb_fail(error, rc, "with nobody stopped, one thread that pushes and one that pops got nothing through");
	*window_ns = WINDOW_GAPS * longest_ns > WINDOW_LEAST_NS ? WINDOW_GAPS * longest_ns : WINDOW_LEAST_NS;
	return *window_ns <= WINDOW_MOST_NS ? 0 : lfb_fail(error, -EBUSY, "this machine is too busy: for %u ms nothing went through, with nobody stopped",
							   (unsigned)(longest_ns / 1000000));
}
