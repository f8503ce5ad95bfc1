/* exact.c - the search itself, see exact.h. */
#include "exact.h"

#include <stdlib.h>
#include <string.h>

/* Slots for states: at first, and at most; with more states it gives up. Powers of two. */
#define SLOTS_FIRST 64u
#define SLOTS_MOST 65536u

/* What has been done, and what is in the queue: numbers of the pushes, the head first. */
struct state {
	uint32_t done; /* a bit per operation */
	uint8_t length;
	uint8_t queue[CHECK_EXACT_OPS];
};

struct slot {
	uint32_t search; /* the search it belongs to */
	struct state state;
};

struct check_seen {
	uint32_t search, states;
	bool exhausted;
	size_t slot_count;
	struct slot *slots;
};

struct check_seen *check_seen_new(void)
{
	struct check_seen *const seen = calloc(1, sizeof(*seen));

	if (seen == NULL)
		return NULL;
	seen->slot_count = SLOTS_FIRST;
	seen->slots = calloc(SLOTS_FIRST, sizeof(*seen->slots));
	if (seen->slots == NULL) {
		free(seen);
		return NULL;
	}
	return seen;
}

void check_seen_free(struct check_seen *seen)
{
	if (seen != NULL)
		free(seen->slots);
	free(seen);
}

static uint64_t hash_state(const struct state *state)
{
	uint64_t hash = lfb_mix(state->done + UINT64_C(1));

	for (unsigned i = 0; i < state->length; i++)
		hash = lfb_mix(hash * 31 + state->queue[i] + 1);
	return hash;
}

static bool same_state(const struct state *a, const struct state *b)
{
	return a->done == b->done && a->length == b->length && memcmp(a->queue, b->queue, a->length) == 0;
}

/* Where a state is, or the free slot where it would be. */
static struct slot *find_slot(const struct check_seen *seen, const struct state *state)
{
	size_t at = (size_t)hash_state(state) & (seen->slot_count - 1);

	while (seen->slots[at].search == seen->search && !same_state(&seen->slots[at].state, state))
		at = (at + 1) & (seen->slot_count - 1);
	return &seen->slots[at];
}

/* Twice the slots. false: there are as many as may be, or there is no memory. */
static bool grow(struct check_seen *seen)
{
	struct slot *const old = seen->slots, *const slots = calloc(2 * seen->slot_count, sizeof(*slots));
	const size_t old_count = seen->slot_count;

	if (slots == NULL || old_count == SLOTS_MOST) {
		free(slots);
		return false;
	}
	seen->slots = slots;
	seen->slot_count = 2 * old_count;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].search == seen->search)
			*find_slot(seen, &old[i].state) = old[i];
	free(old);
	return true;
}

/* Remember a state. false: it was there, or there is no room, and the search is exhausted. */
static bool is_new(struct check_seen *seen, const struct state *state)
{
	struct slot *slot = find_slot(seen, state);

	if (slot->search == seen->search)
		return false;
	if (seen->states >= seen->slot_count / 4 * 3) {
		if (!grow(seen)) {
			seen->exhausted = true;
			return false;
		}
		slot = find_slot(seen, state);
	}
	seen->states++;
	*slot = (struct slot){ seen->search, *state };
	return true;
}

struct search {
	const struct check_exact_op *ops;
	unsigned count;
	uint64_t capacity;
	uint32_t needed;                      /* operations that have returned */
	uint32_t before[CHECK_EXACT_OPS];     /* those that came before each for certain */
	int8_t pushed_by[CHECK_EXACT_OPS];    /* of a pop that brought a value: the push of it, -1: there is none */
	struct check_seen *seen;
};

/* Whether the queue can answer as operation `i` was answered; if so, *state is what it leaves. */
static bool apply(const struct search *s, unsigned i, struct state *state)
{
	const struct check_exact_op *const op = &s->ops[i];
	const bool full = s->capacity > 0 && state->length >= s->capacity;

	state->done |= UINT32_C(1) << i;
	if (op->kind == LFB_HISTORY_PUSH) {
		if (op->answer == LFB_HISTORY_REFUSED)
			return full;
		if (!full)
			state->queue[state->length++] = (uint8_t)i;
		return !full;
	}
	if (op->answer == LFB_HISTORY_REFUSED)
		return state->length == 0;
	if (state->length == 0 || (op->answer == LFB_HISTORY_OK && state->queue[0] != s->pushed_by[i]))
		return false;
	memmove(state->queue, state->queue + 1, --state->length);
	return true;
}

/* Whether the rest can be explained. Deep as there are operations. */
static bool explain(const struct search *s, const struct state *state)
{
	if ((state->done & s->needed) == s->needed)
		return true;
	if (!is_new(s->seen, state))
		return false;
	for (unsigned i = 0; i < s->count; i++) {
		struct state next = *state;

		if ((state->done >> i & 1) == 0 && (s->before[i] & ~state->done) == 0 && apply(s, i, &next) && explain(s, &next))
			return true;
	}
	return false;
}

/* Certain order: by the clock, and within a thread. A operation that never returned comes before none. */
static bool precedes(const struct check_exact_op *a, const struct check_exact_op *b)
{
	if (a->ret == CHECK_NEVER)
		return false;
	return a->ret < b->call || (a->thread == b->thread && a->at < b->at);
}

static int push_of(const struct search *s, uint64_t value)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->ops[i].kind == LFB_HISTORY_PUSH && s->ops[i].answer != LFB_HISTORY_REFUSED && s->ops[i].value == value)
			return (int)i;
	return -1;
}

enum check_exact check_exact(const struct check_exact_op *ops, unsigned count, uint64_t capacity, struct check_seen *seen)
{
	struct search s = { .ops = ops, .count = count, .capacity = capacity, .seen = seen };
	const struct state empty = { .done = 0 };

	for (unsigned i = 0; i < count; i++) {
		for (unsigned k = 0; k < count; k++)
			if (k != i && precedes(&ops[k], &ops[i]))
				s.before[i] |= UINT32_C(1) << k;
		if (ops[i].answer != LFB_HISTORY_PENDING)
			s.needed |= UINT32_C(1) << i;
		s.pushed_by[i] = (int8_t)push_of(&s, ops[i].value);
	}
	seen->search++;
	seen->states = 0;
	seen->exhausted = false;
	if (explain(&s, &empty))
		return CHECK_EXACT_EXPLAINED;
	return seen->exhausted ? CHECK_EXACT_GAVE_UP : CHECK_EXACT_WRONG;
}
