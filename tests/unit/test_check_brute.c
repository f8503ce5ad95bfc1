/*
 * test_check_brute.c - the checkers against a search of all orders, on random small histories.
 *
 * DESIGN. The judge here tries every order of the operations that the times allow, on a plain array for a queue; it shares nothing with
 * src/check but the history. What the checkers promise: for FIFO queues the same verdict, for the others and where a
 * pop never returned no false alarm. Histories are a right one, with times drawn round the moments at which its operations took effect,
 * and then, often, something changed: so about as many are right as wrong. A failure prints the seed and the history.
 */
#include "check_fixture.h"

#include "check/history_file.h"

/* Under a sanitizer a twentieth. */
#define SHARE (UNIT_SANITIZED ? 20u : 1u)
#define FIFO_HISTORIES (1000000u / SHARE)
#define OTHER_HISTORIES (100000u / SHARE)
#define OPS_MAX 14u

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((random_state >> 33) % below);
}

/* A history with each operation in a thread of its own, or in the one it names; without allocating. */
static struct lfb_history sample;
static struct lfb_history_op sample_ops[OPS_MAX];
static unsigned sample_count;

/* What the judge knows. */
struct judge {
	enum lfb_order order;
	uint64_t capacity;
	uint32_t done, needed;    /* a bit per operation */
	uint32_t before[OPS_MAX]; /* those surely before each */
	uint8_t inside[OPS_MAX];  /* pushes, the oldest first */
	unsigned length;
};

static bool surely_before(unsigned a, unsigned b)
{
	return sample_ops[a].ret != LFB_HISTORY_NEVER && sample_ops[a].ret + sample.epsilon_ticks < sample_ops[b].call;
}

static uint64_t producer_of(unsigned op)
{
	return sample_ops[op].value >> LFB_VALUE_SHIFT;
}

/* Whether the nth value inside may leave next. */
static bool may_leave(const struct judge *j, unsigned nth)
{
	if (j->order == LFB_ORDER_FIFO)
		return nth == 0;
	if (j->order == LFB_ORDER_LIFO)
		return nth + 1 == j->length;
	for (unsigned i = 0; j->order == LFB_ORDER_PER_PRODUCER && i < nth; i++)
		if (producer_of(j->inside[i]) == producer_of(j->inside[nth]))
			return false;
	return true;
}

static bool explainable(struct judge *j);

static bool explain_push(struct judge *j, unsigned op)
{
	const bool has_room = j->capacity == 0 || j->length < j->capacity;
	bool found;

	if (sample_ops[op].answer == LFB_HISTORY_REFUSED)
		return !has_room && explainable(j);
	if (!has_room)
		return false;
	j->inside[j->length++] = (uint8_t)op;
	found = explainable(j);
	j->length--;
	return found;
}

static bool explain_pop_of(struct judge *j, unsigned nth)
{
	const uint8_t left = j->inside[nth];
	bool found;

	j->length--;
	for (unsigned i = nth; i < j->length; i++)
		j->inside[i] = j->inside[i + 1];
	found = explainable(j);
	for (unsigned i = j->length; i > nth; i--)
		j->inside[i] = j->inside[i - 1];
	j->inside[nth] = left;
	j->length++;
	return found;
}

static bool explain_pop(struct judge *j, unsigned op)
{
	if (sample_ops[op].answer == LFB_HISTORY_REFUSED)
		return j->length == 0 && explainable(j);
	for (unsigned i = 0; i < j->length; i++)
		if ((sample_ops[op].answer == LFB_HISTORY_PENDING || sample_ops[j->inside[i]].value == sample_ops[op].value) && may_leave(j, i) &&
		    explain_pop_of(j, i))
			return true;
	return false;
}

/* Whether what is not done yet can be put in an order that explains it; what never returned need not be in it. */
static bool explainable(struct judge *j)
{
	if ((j->needed & ~j->done) == 0)
		return true;
	for (unsigned i = 0; i < sample_count; i++) {
		bool found;

		if ((j->done >> i & 1) != 0 || (j->before[i] & ~j->done) != 0)
			continue;
		j->done |= 1u << i;
		found = sample_ops[i].kind == LFB_HISTORY_PUSH ? explain_push(j, i) : explain_pop(j, i);
		j->done &= ~(1u << i);
		if (found)
			return true;
	}
	return false;
}

static bool is_explainable(void)
{
	struct judge j = { .order = sample.contract.order, .capacity = sample.contract.capacity };

	for (unsigned i = 0; i < sample_count; i++) {
		j.needed |= (uint32_t)(sample_ops[i].answer != LFB_HISTORY_PENDING) << i;
		for (unsigned k = 0; k < sample_count; k++)
			j.before[i] |= (uint32_t)surely_before(k, i) << k;
	}
	return explainable(&j);
}

static void note(uint32_t kind, uint64_t value, uint32_t answer)
{
	if (sample_count < OPS_MAX)
		sample_ops[sample_count++] = (struct lfb_history_op){ .value = value, .kind = kind, .answer = answer };
}

/* A right history, as it took effect: its operations one after the other. */
static void draw_effects(unsigned steps, unsigned values)
{
	uint64_t inside[OPS_MAX];
	unsigned length = 0, pushed = 0;

	sample_count = 0;
	while (steps-- > 0) {
		const uint64_t next = VALUE(draw(2), pushed + 1);
		const bool has_room = sample.contract.capacity == 0 || length < sample.contract.capacity;

		if (draw(2) == 0) {
			if (pushed == values || (!has_room && draw(2) == 0))
				continue;
			pushed++;
			note(LFB_HISTORY_PUSH, next, has_room ? LFB_HISTORY_OK : LFB_HISTORY_REFUSED);
			if (has_room)
				inside[length++] = next;
		} else if (length == 0) {
			note(LFB_HISTORY_POP, 0, LFB_HISTORY_REFUSED);
		} else {
			note(LFB_HISTORY_POP, inside[0], LFB_HISTORY_OK);
			memmove(inside, inside + 1, --length * sizeof(inside[0]));
		}
	}
}

/* Times round the moments of the effects: the nth at 4n, calls and returns up to `spread` away. */
static void draw_times(uint32_t spread)
{
	for (unsigned i = 0; i < sample_count; i++) {
		const uint64_t at = 40 + 4 * (uint64_t)i;

		sample_ops[i].call = at - draw(spread);
		sample_ops[i].ret = at + draw(spread);
	}
}

/* Make it wrong, perhaps. */
static void spoil(void)
{
	struct lfb_history_op *const a = &sample_ops[draw(sample_count)], *const b = &sample_ops[draw(sample_count)];
	const uint64_t value = a->value;

	switch (draw(5)) {
	case 0: /* exchange what two pops brought */
		if (a->kind == LFB_HISTORY_POP && b->kind == LFB_HISTORY_POP && a->answer == LFB_HISTORY_OK && b->answer == LFB_HISTORY_OK) {
			a->value = b->value;
			b->value = value;
		}
		break;
	case 1: /* lose an operation */
		*a = sample_ops[--sample_count];
		break;
	case 2: /* elsewhere in time */
		a->call = 30 + draw(40);
		a->ret = a->call + draw(10);
		break;
	case 3: /* EMPTY instead of a value */
		if (a->kind == LFB_HISTORY_POP) {
			a->answer = LFB_HISTORY_REFUSED;
			a->value = 0;
		}
		break;
	default:
		break;
	}
}

/* An operation that never returned. */
static void let_hang(bool pops)
{
	struct lfb_history_op *const a = &sample_ops[draw(sample_count)];

	if (a->kind == LFB_HISTORY_POP && !pops)
		return;
	a->answer = LFB_HISTORY_PENDING;
	a->ret = LFB_HISTORY_NEVER;
	a->value = a->kind == LFB_HISTORY_PUSH ? a->value : 0;
}

/* Each operation is a thread, so that no order comes from elsewhere than the times. */
static void file_by_thread(void)
{
	sample.threads = sample_count;
	for (unsigned i = 0; i < sample_count; i++)
		sample.log[i] = (struct lfb_history_log){ &sample_ops[i], 1, 1 };
}

static void draw_history(unsigned values, bool hanging_pops)
{
	do {
		draw_effects(3 * values + draw(4), values);
		draw_times(1 + draw(16));
		for (unsigned n = draw(3); n > 0 && sample_count > 0; n--)
			spoil();
		if (sample_count > 0 && draw(4) == 0)
			let_hang(hanging_pops);
	} while (sample_count == 0);
	sample.epsilon_ticks = draw(4) == 0 ? draw(5) : 0;
	file_by_thread();
}

static void disagree(uint64_t seed, const struct lfb_check_result *result, bool right)
{
	(void)lfb_history_write(stderr, &sample);
	fail_msg("seed %llu: %s by %s, and brute force says %s", (unsigned long long)seed, lfb_check_verdict_names[result->verdict],
		 lfb_pattern_names[result->witness.pattern], right ? "right" : "wrong");
}

struct tally {
	unsigned right, wrong, refuted;
};

/* Compare on one history. `exact`: what is not refuted has to be right. */
static void compare(uint64_t seed, bool exact, struct tally *tally)
{
	struct lfb_check_result result;
	struct lfb_error error;
	bool right;

	if (lfb_check(&sample, &result, &error) != 0)
		fail_msg("seed %llu: %s", (unsigned long long)seed, error.text);
	right = is_explainable();
	tally->right += right;
	tally->wrong += !right;
	tally->refuted += result.verdict == LFB_CHECK_REFUTED;
	if ((result.verdict == LFB_CHECK_REFUTED && right) || (exact && result.verdict == LFB_CHECK_CONFIRMED && !right))
		disagree(seed, &result, right);
}

static void agree(const char *what, enum lfb_order order, unsigned histories, unsigned capacity, bool hanging_pops, bool exact, unsigned share_found)
{
	struct tally tally = { 0, 0, 0 };
	const double start_s = unit_now_s();

	for (unsigned n = 0; n < histories; n++) {
		const uint64_t seed = random_state = (uint64_t)n << 20 | capacity << 8 | order << 4 | hanging_pops;

		sample.contract.order = order;
		sample.contract.empty = sample.contract.full = LFB_ANSWER_STRICT;
		sample.contract.capacity = capacity > 0 ? 1 + draw(capacity) : 0;
		draw_history(capacity > 0 ? 5 : 4, hanging_pops);
		compare(seed, exact, &tally);
	}
	printf("%5.2f s %-28s %8u histories: %u right, %u wrong, %u refuted\n", unit_now_s() - start_s, what, histories, tally.right, tally.wrong, tally.refuted);
	/* A comparison that saw one kind only would say nothing. */
	assert_true(tally.right > histories / 10 && tally.wrong > histories / 20);
	assert_true((uint64_t)tally.refuted * 100 >= (uint64_t)tally.wrong * share_found);
	assert_true(!exact || hanging_pops || tally.refuted == tally.wrong);
}

static void fifo(void **state)
{
	(void)state;
	agree("FIFO", LFB_ORDER_FIFO, FIFO_HISTORIES, 0, false, true, 100);
	agree("FIFO, pops that hang", LFB_ORDER_FIFO, OTHER_HISTORIES, 0, true, false, 70);
}

static void bounded_fifo(void **state)
{
	(void)state;
	agree("bounded FIFO", LFB_ORDER_FIFO, OTHER_HISTORIES, 3, false, true, 100);
	agree("bounded FIFO, pops that hang", LFB_ORDER_FIFO, OTHER_HISTORIES, 3, true, false, 90);
}

static void other_orders(void **state)
{
	(void)state;
	agree("per producer", LFB_ORDER_PER_PRODUCER, OTHER_HISTORIES, 0, false, false, 30);
	agree("LIFO", LFB_ORDER_LIFO, OTHER_HISTORIES, 0, false, false, 30);
	agree("no order", LFB_ORDER_NONE, OTHER_HISTORIES, 0, false, false, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fifo),
		cmocka_unit_test(bounded_fifo),
		cmocka_unit_test(other_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
