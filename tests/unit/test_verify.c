/*
 * test_verify.c - the exact audit: every kind of misbehaviour by itself, and thousands of small
 * random logs, some right and some damaged, judged by an oracle that compares everything with
 * everything.
 */
#include "unit.h"

#include "statistics/stats.h"
#include "trial/verify.h"

#include <errno.h>

#define V(producer, number) ((uint64_t)(producer) << LFB_VALUE_SHIFT | (uint64_t)(number))

static char reason[200];

/* Audit of one or two threads' logs; arrays end with 0, which is no value (see zero_is_no_value for that). */
static int audit(const uint64_t *items, uint32_t producers, const uint64_t *first, const uint64_t *second, bool ordered)
{
	const struct lfb_pushed pushed = { items, producers };
	struct lfb_popped popped[2] = { { first, 0 }, { second, 0 } };

	while (first[popped[0].count] != 0)
		popped[0].count++;
	while (second != NULL && second[popped[1].count] != 0)
		popped[1].count++;
	reason[0] = '\0';
	return lfb_verify_audit(&pushed, popped, second != NULL ? 2 : 1, ordered, reason, sizeof(reason));
}

#define LOG(...) ((const uint64_t[]){ __VA_ARGS__, 0 })
#define NOTHING ((const uint64_t[]){ 0 })

static void right_logs(void **state)
{
	const uint64_t one[] = { 3 }, two[] = { 2, 2 }, uneven[] = { 0, 3, 0, 1 };

	(void)state;
	assert_int_equal(audit(one, 1, LOG(V(0, 1), V(0, 2), V(0, 3)), NULL, true), 0);
	assert_int_equal(audit(two, 2, LOG(V(0, 1), V(1, 1), V(0, 2), V(1, 2)), NULL, true), 0);
	assert_int_equal(audit(two, 2, LOG(V(1, 1), V(1, 2), V(0, 1), V(0, 2)), NULL, true), 0);
	/* Two threads: each sees increasing numbers; one may be ahead of the other. */
	assert_int_equal(audit(two, 2, LOG(V(0, 2), V(1, 2)), LOG(V(0, 1), V(1, 1)), true), 0);
	assert_int_equal(audit(two, 2, LOG(V(0, 2), V(1, 1)), LOG(V(0, 1), V(1, 2)), true), 0);
	assert_int_equal(audit(two, 2, NOTHING, LOG(V(1, 1), V(0, 1), V(1, 2), V(0, 2)), true), 0);
	/* Producers without items, at the start, in between. */
	assert_int_equal(audit(uneven, 4, LOG(V(1, 1), V(3, 1), V(1, 2)), LOG(V(1, 3)), true), 0);
	assert_string_equal(reason, "");
}

static void nothing_at_all(void **state)
{
	const uint64_t none[] = { 0 }, one[] = { 1 };
	const struct lfb_pushed nobody = { none, 0 }, idle = { none, 1 }, somebody = { one, 1 };

	(void)state;
	assert_int_equal(lfb_verify_audit(&nobody, NULL, 0, true, reason, sizeof(reason)), 0);
	assert_int_equal(lfb_verify_audit(&idle, NULL, 0, true, reason, sizeof(reason)), 0);
	assert_int_equal(lfb_verify_audit(&somebody, NULL, 0, true, reason, sizeof(reason)), -EBADMSG);
	unit_has(reason, "1 values lost");
	assert_true(lfb_verify_expected_hash(&nobody) == 0);
	assert_true(lfb_verify_expected_hash(&idle) == 0);
}

static void lost(void **state)
{
	const uint64_t items[] = { 3, 2 };

	(void)state;
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 3), V(1, 1), V(1, 2)), NULL, true), -EBADMSG);
	unit_has(reason, "1 values lost, the first is value 2 of producer 0");
	/* The first, the last, all of one producer, everything. */
	assert_int_equal(audit(items, 2, LOG(V(0, 2), V(0, 3), V(1, 1), V(1, 2)), NULL, true), -EBADMSG);
	unit_has(reason, "the first is value 1 of producer 0");
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 2), V(0, 3), V(1, 1)), NULL, false), -EBADMSG);
	unit_has(reason, "1 values lost, the first is value 2 of producer 1");
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 2), V(0, 3)), NOTHING, true), -EBADMSG);
	unit_has(reason, "2 values lost, the first is value 1 of producer 1");
	assert_int_equal(audit(items, 2, NOTHING, NOTHING, true), -EBADMSG);
	unit_has(reason, "5 values lost");
}

static void popped_twice(void **state)
{
	const uint64_t items[] = { 2, 2 };

	(void)state;
	/* By one thread, at once and later; by two threads; and one more in place of a lost one. */
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 1), V(0, 2), V(1, 1), V(1, 2)), NULL, true), -EBADMSG);
	unit_has(reason, "value 1 of producer 0 was popped twice");
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 2), V(1, 1), V(1, 2), V(0, 1)), NULL, false), -EBADMSG);
	unit_has(reason, "twice");
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(1, 1), V(1, 2)), LOG(V(0, 2), V(1, 2)), true), -EBADMSG);
	unit_has(reason, "value 2 of producer 1 was popped twice");
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 2), V(1, 1), V(1, 1)), NULL, true), -EBADMSG);
	unit_has(reason, "twice");
}

static void never_pushed(void **state)
{
	static const uint64_t strange[] = {
		V(0, 3),    V(1, 4), V(2, 1), V(65535, 1), V(0, UINT64_C(1) << 47), (UINT64_C(1) << 48) - 1,
		UINT64_MAX, V(1, 0), V(9, 0),
	};
	const uint64_t items[] = { 2, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT(strange); i++) {
		char value[32];

		assert_int_equal(
			audit(items, 2, LOG(V(0, 1), V(0, 2)), LOG(V(1, 1), V(1, 2), strange[i], V(1, 3)), false),
			-EBADMSG);
		(void)snprintf(value, sizeof(value), "%#lx", strange[i]);
		unit_has(reason, "never pushed");
		unit_has(reason, value);
		unit_has(reason, "thread 1");
	}
}

static void zero_is_no_value(void **state)
{
	const uint64_t items[] = { 2 }, values[] = { 0, V(0, 1), V(0, 2) };
	const struct lfb_pushed pushed = { items, 1 };
	const struct lfb_popped popped = { values, 3 };

	(void)state;
	assert_int_equal(lfb_verify_audit(&pushed, &popped, 1, true, reason, sizeof(reason)), -EBADMSG);
	unit_has(reason, "never pushed");
}

static void out_of_order(void **state)
{
	const uint64_t items[] = { 3, 2 };

	(void)state;
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(0, 3), V(0, 2), V(1, 1), V(1, 2)), NULL, true), -EBADMSG);
	unit_has(reason, "order: thread 0 popped value 2 of producer 0 after value 3");
	/* What lies between does not hide it; neither does another thread's log in between. */
	assert_int_equal(audit(items, 2, LOG(V(1, 2), V(0, 1), V(0, 2), V(0, 3), V(1, 1)), NULL, true), -EBADMSG);
	unit_has(reason, "value 1 of producer 1 after value 2");
	assert_int_equal(audit(items, 2, LOG(V(0, 1), V(1, 1)), LOG(V(0, 3), V(1, 2), V(0, 2)), true), -EBADMSG);
	unit_has(reason, "order: thread 1 popped value 2 of producer 0 after value 3");
	/* A queue that promises no order is not held to one. */
	assert_int_equal(audit(items, 2, LOG(V(0, 3), V(0, 2), V(0, 1), V(1, 2), V(1, 1)), NULL, false), 0);
}

/* Bits lie across the words of the table: losing or repeating any single value is seen, and named. */
static void every_single_value_counts(void **state)
{
	enum { FIRST = 67, SECOND = 130, ALL = FIRST + SECOND };
	const uint64_t items[] = { FIRST, SECOND };
	const struct lfb_pushed pushed = { items, 2 };
	uint64_t values[ALL];

	(void)state;
	for (unsigned victim = 0; victim < ALL; victim++) {
		struct lfb_popped popped = { values, 0 };
		char named[64];

		for (unsigned i = 0; i < ALL; i++)
			if (i != victim)
				values[popped.count++] = i < FIRST ? V(0, i + 1) : V(1, i - FIRST + 1);
		assert_int_equal(lfb_verify_audit(&pushed, &popped, 1, true, reason, sizeof(reason)), -EBADMSG);
		(void)snprintf(named, sizeof(named), "1 values lost, the first is value %u of producer %d",
			       victim < FIRST ? victim + 1 : victim - FIRST + 1, victim >= FIRST);
		assert_string_equal(reason, named);
		/* Another one in its place. */
		values[popped.count] = values[(victim * 7) % popped.count];
		popped.count++;
		assert_int_equal(lfb_verify_audit(&pushed, &popped, 1, false, reason, sizeof(reason)), -EBADMSG);
		unit_has(reason, "twice");
	}
}

static void large_producer_numbers(void **state)
{
	enum { PRODUCERS = 4096 };
	static uint64_t items[PRODUCERS], values[2 * PRODUCERS];
	const struct lfb_pushed pushed = { items, PRODUCERS };
	const struct lfb_popped popped = { values, 2 * PRODUCERS };

	(void)state;
	for (uint64_t p = 0; p < PRODUCERS; p++) {
		items[p] = 2;
		values[p] = V(p, 1);
		values[2 * PRODUCERS - 1 - p] = V(p, 2);
	}
	assert_int_equal(lfb_verify_audit(&pushed, &popped, 1, true, reason, sizeof(reason)), 0);
	values[0] = V(PRODUCERS, 1);
	assert_int_equal(lfb_verify_audit(&pushed, &popped, 1, true, reason, sizeof(reason)), -EBADMSG);
	unit_has(reason, "0x1000000000000001");
}

/* The table is sized by what was pushed: more than any address space has is said, not tried. */
static void too_many_to_check(void **state)
{
	enum { PRODUCERS = 4096 };
	static uint64_t items[PRODUCERS];
	const struct lfb_pushed pushed = { items, PRODUCERS };

	(void)state;
	if (UNIT_SANITIZED)
		skip(); /* the sanitizers end the process when an allocation is too large */
	for (uint64_t p = 0; p < PRODUCERS; p++)
		items[p] = UINT64_C(1) << 47;
	assert_int_equal(lfb_verify_audit(&pushed, NULL, 0, true, reason, sizeof(reason)), -ENOMEM);
}

static void a_short_buffer_for_the_reason(void **state)
{
	const uint64_t items[] = { 1 };
	const struct lfb_pushed pushed = { items, 1 };
	char small[8] = "#######";

	(void)state;
	assert_int_equal(lfb_verify_audit(&pushed, NULL, 0, true, small, 4), -EBADMSG);
	assert_string_equal(small, "1 v");
	assert_int_equal(small[4], '#');
}

enum verdict { RIGHT, WRONG };

struct history {
	uint64_t items[4];
	uint32_t producers, poppers;
	uint64_t values[3][32];
	struct lfb_popped popped[3];
};

/* Whether each value pushed was popped exactly once, and nothing else was: by counting, for each. */
static bool oracle_exact(const struct history *h)
{
	uint64_t pushed = 0, popped = 0;

	for (uint32_t p = 0; p < h->producers; p++) {
		for (uint64_t n = 1; n <= h->items[p]; n++) {
			unsigned times = 0;

			pushed++;
			for (uint32_t t = 0; t < h->poppers; t++)
				for (uint64_t i = 0; i < h->popped[t].count; i++)
					times += h->popped[t].values[i] == V(p, n);
			if (times != 1)
				return false;
		}
	}
	for (uint32_t t = 0; t < h->poppers; t++)
		popped += h->popped[t].count;
	return pushed == popped;
}

/* Whether no thread popped a producer's value after a later one: every pair of each thread. */
static bool oracle_ordered(const struct history *h)
{
	for (uint32_t t = 0; t < h->poppers; t++)
		for (uint64_t i = 0; i < h->popped[t].count; i++)
			for (uint64_t j = i + 1; j < h->popped[t].count; j++)
				if (h->values[t][i] >> LFB_VALUE_SHIFT == h->values[t][j] >> LFB_VALUE_SHIFT &&
				    h->values[t][i] > h->values[t][j])
					return false;
	return true;
}

/* A right history: the producers' values in some order that keeps theirs, dealt to the threads. */
static void make_right(struct lfb_rng *rng, struct history *h)
{
	uint64_t left[4], all = 0;

	memset(h, 0, sizeof(*h));
	h->producers = 1 + (uint32_t)lfb_rng_below(rng, 4);
	h->poppers = 1 + (uint32_t)lfb_rng_below(rng, 3);
	for (uint32_t t = 0; t < h->poppers; t++)
		h->popped[t].values = h->values[t];
	for (uint32_t p = 0; p < h->producers; p++)
		all += left[p] = h->items[p] = lfb_rng_below(rng, 5);
	while (all > 0) {
		const uint32_t p = (uint32_t)lfb_rng_below(rng, h->producers),
			       t = (uint32_t)lfb_rng_below(rng, h->poppers);

		if (left[p] == 0)
			continue;
		h->values[t][h->popped[t].count++] = V(p, h->items[p] - left[p]-- + 1);
		all--;
	}
}

/* One random damage, or none: sometimes the result is still right, which the oracle knows. */
static void damage(struct lfb_rng *rng, struct history *h)
{
	const uint32_t t = (uint32_t)lfb_rng_below(rng, h->poppers), u = (uint32_t)lfb_rng_below(rng, h->poppers);
	struct lfb_popped *const log = &h->popped[t];
	uint64_t *const values = h->values[t];
	uint64_t a, b, kept;

	if (log->count == 0)
		return;
	a = lfb_rng_below(rng, log->count);
	b = lfb_rng_below(rng, log->count);
	kept = values[a];
	switch (lfb_rng_below(rng, 7)) {
	case 0: /* lose */
		values[a] = values[--log->count];
		break;
	case 1: /* repeat, in this or another thread */
		h->values[u][h->popped[u].count++] = kept;
		break;
	case 2: /* exchange */
		values[a] = values[b];
		values[b] = kept;
		break;
	case 3: /* one in place of another */
		values[a] = values[b];
		break;
	case 4: /* invent */
		values[a] = V(lfb_rng_below(rng, h->producers + 1), lfb_rng_below(rng, 6));
		break;
	case 5: /* move to the other thread's end */
		values[a] = values[--log->count];
		h->values[u][h->popped[u].count++] = kept;
		break;
	default:
		break;
	}
}

static void agrees_with_the_oracle(void **state)
{
	unsigned verdicts[2] = { 0, 0 };
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 2024);
	for (unsigned round = 0; round < 40000; round++) {
		struct history h;
		struct lfb_pushed pushed;
		bool exact, ordered;

		make_right(&rng, &h);
		for (uint64_t i = lfb_rng_below(&rng, 4); i > 0; i--)
			damage(&rng, &h);
		pushed = (struct lfb_pushed){ h.items, h.producers };
		exact = oracle_exact(&h);
		ordered = oracle_ordered(&h);
		verdicts[exact && ordered ? RIGHT : WRONG]++;
		assert_int_equal(lfb_verify_audit(&pushed, h.popped, h.poppers, true, reason, sizeof(reason)),
				 exact && ordered ? 0 : -EBADMSG);
		assert_int_equal(lfb_verify_audit(&pushed, h.popped, h.poppers, false, reason, sizeof(reason)),
				 exact ? 0 : -EBADMSG);
	}
	assert_true(verdicts[RIGHT] > 5000 && verdicts[WRONG] > 5000);
}

/* The sum the consumers must reach, by adding up the values one by one in another order. */
static void expected_hash_is_the_sum(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 8);
	for (unsigned round = 0; round < 300; round++) {
		uint64_t items[5], sum = 0;
		const uint32_t producers = (uint32_t)lfb_rng_below(&rng, 6);
		const struct lfb_pushed pushed = { items, producers };

		for (uint32_t p = 0; p < producers; p++)
			items[p] = lfb_rng_below(&rng, 500);
		for (uint32_t p = producers; p-- > 0;)
			for (uint64_t n = items[p]; n > 0; n--)
				sum += lfb_mix(V(p, n));
		assert_true(lfb_verify_expected_hash(&pushed) == sum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_logs),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(lost),
		cmocka_unit_test(popped_twice),
		cmocka_unit_test(never_pushed),
		cmocka_unit_test(zero_is_no_value),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(every_single_value_counts),
		cmocka_unit_test(large_producer_numbers),
		cmocka_unit_test(too_many_to_check),
		cmocka_unit_test(a_short_buffer_for_the_reason),
		cmocka_unit_test(agrees_with_the_oracle),
		cmocka_unit_test(expected_hash_is_the_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
