/* test_check.c - each pattern that refutes a history, just before and just after it is one; contracts; what never returned. */
#include "check_fixture.h"

#define A VALUE(0, 1)
#define B VALUE(1, 1)
#define C VALUE(2, 1)

static void nothing_and_a_plain_history_are_fine(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	is_confirmed(fresh_history());
	empty(h, 0, 0, 1);
	push(h, 0, A, 2, 3);
	push(h, 1, B, 4, 5);
	pop(h, 1, A, 6, 7);
	pop(h, 0, B, 8, 9);
	empty(h, 0, 10, 11);
	is_confirmed(h);
}

static void a_value_from_nowhere(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	pop(h, 0, A, 0, 1);
	is_refuted(h, LFB_PATTERN_FRESH, 1);
	h = fresh_history();
	pop(h, 0, A, 0, 1);
	push(h, 1, A, 2, 3);
	is_refuted(h, LFB_PATTERN_FRESH, 2);
	h = fresh_history();
	pop(h, 0, A, 0, 2);
	push(h, 1, A, 2, 3); /* a tie is no order */
	is_confirmed(h);
	h = fresh_history();
	full(h, 1, A, 0, 1);
	pop(h, 0, A, 2, 3);
	is_refuted(h, LFB_PATTERN_FRESH, 1);
}

static void a_value_twice(void **state)
{
	struct lfb_history *const h = fresh_history();

	(void)state;
	push(h, 0, A, 0, 1);
	pop(h, 1, A, 2, 5);
	pop(h, 2, A, 2, 5);
	is_refuted(h, LFB_PATTERN_REPET, 3);
}

/* Two values whose pushes and pops are where the arguments say. */
static struct lfb_history *two(uint64_t re_a, uint64_t ce_b, uint64_t rd_b, uint64_t cd_a)
{
	struct lfb_history *const h = fresh_history();

	push(h, 0, A, 0, re_a);
	push(h, 1, B, ce_b, ce_b + 3);
	pop(h, 2, B, 15, rd_b);
	if (cd_a > 0)
		pop(h, 3, A, cd_a, cd_a + 3);
	return h;
}

static void out_of_order(void **state)
{
	struct lfb_history *h;

	(void)state;
	is_refuted(two(4, 5, 20, 21), LFB_PATTERN_ORD, 4);
	is_refuted(two(4, 5, 20, 0), LFB_PATTERN_ORD, 3); /* a is still inside */
	is_confirmed(two(5, 5, 20, 21));
	is_confirmed(two(4, 5, 20, 20));
	h = two(4, 5, 20, 30);
	h->epsilon_ticks = 2;
	is_confirmed(h);
	h = two(4, 8, 20, 30);
	h->epsilon_ticks = 2;
	is_refuted(h, LFB_PATTERN_ORD, 4);
}

static void a_wrong_empty(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	push(h, 0, A, 0, 1);
	empty(h, 1, 2, 3);
	pop(h, 0, A, 4, 5);
	is_refuted(h, LFB_PATTERN_WIT, 3);
	h = fresh_history();
	push(h, 0, A, 0, 1);
	empty(h, 1, 2, 4);
	pop(h, 0, A, 4, 5);
	is_confirmed(h);
	h = fresh_history(); /* lost */
	push(h, 0, A, 0, 1);
	empty(h, 1, 2, 3);
	is_refuted(h, LFB_PATTERN_WIT, 2);
}

/* A is there until B is: no moment without a value. With `gap` B arrives too late. */
static struct lfb_history *relay(bool gap, bool longer)
{
	struct lfb_history *const h = fresh_history();

	push(h, 0, A, 0, 10);
	empty(h, 3, 11, longer ? 40 : 30);
	push(h, 1, B, 12, gap ? 20 : 19);
	pop(h, 0, A, 20, 21);
	if (longer)
		push(h, 2, C, 12, 30);
	pop(h, 1, B, 31, 32);
	if (longer)
		pop(h, 2, C, 41, 42);
	return h;
}

static void a_wrong_empty_by_a_chain(void **state)
{
	(void)state;
	is_refuted(relay(false, false), LFB_PATTERN_WIT, 5);
	is_confirmed(relay(true, false));
	is_refuted(relay(false, true), LFB_PATTERN_WIT, 7);
}

static void the_shortest_chain_is_shown(void **state)
{
	struct lfb_history *const h = relay(false, false);

	(void)state;
	push(h, 4, VALUE(4, 1), 50, 51);
	empty(h, 4, 60, 61);
	pop(h, 4, VALUE(4, 1), 70, 71);
	is_refuted(h, LFB_PATTERN_WIT, 3);
}

static void order_of_one_producer(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	h->contract.order = LFB_ORDER_PER_PRODUCER;
	push(h, 0, VALUE(0, 1), 0, 1);
	push(h, 0, VALUE(0, 2), 2, 3);
	push(h, 1, VALUE(1, 1), 0, 1);
	pop(h, 2, VALUE(0, 2), 10, 11);
	pop(h, 3, VALUE(0, 1), 12, 13);
	is_refuted(h, LFB_PATTERN_PROD, 4);
	h = fresh_history(); /* by the log of the consumer alone, however vague the clock */
	h->contract.order = LFB_ORDER_PER_PRODUCER;
	h->epsilon_ticks = 1000;
	push(h, 0, VALUE(0, 1), 0, 1);
	push(h, 0, VALUE(0, 2), 2, 3);
	pop(h, 2, VALUE(0, 2), 10, 11);
	pop(h, 2, VALUE(0, 1), 12, 13);
	is_refuted(h, LFB_PATTERN_PROD, 4);
	h = fresh_history(); /* of two producers there is no order */
	h->contract.order = LFB_ORDER_PER_PRODUCER;
	push(h, 0, A, 0, 1);
	push(h, 1, B, 2, 3);
	pop(h, 2, B, 10, 11);
	pop(h, 2, A, 12, 13);
	is_confirmed(h);
}

static struct lfb_history *stack(uint64_t re_a, uint64_t re_b, uint64_t rd_a)
{
	struct lfb_history *const h = fresh_history();

	h->contract.order = LFB_ORDER_LIFO;
	push(h, 0, A, 0, re_a);
	push(h, 1, B, 5, re_b);
	pop(h, 2, A, 20, rd_a);
	pop(h, 3, B, 30, 35);
	return h;
}

static void a_stack(void **state)
{
	(void)state;
	is_refuted(stack(4, 10, 25), LFB_PATTERN_LIFO, 4);
	is_confirmed(stack(5, 10, 25));
	is_confirmed(stack(4, 20, 25));
	is_confirmed(stack(4, 10, 30));
}

static void no_order_at_all(void **state)
{
	struct lfb_history *const h = two(4, 5, 20, 21);

	(void)state;
	h->contract.order = LFB_ORDER_NONE;
	is_confirmed(h);
}

static struct lfb_history *bounded(uint64_t capacity)
{
	struct lfb_history *const h = fresh_history();

	h->contract.capacity = capacity;
	return h;
}

static void more_than_fits(void **state)
{
	struct lfb_history *h = bounded(1);

	(void)state;
	push(h, 0, A, 0, 1);
	push(h, 1, B, 2, 3);
	pop(h, 0, A, 4, 5);
	pop(h, 0, B, 6, 7);
	is_refuted(h, LFB_PATTERN_OVER, 4);
	h = bounded(2);
	push(h, 0, A, 0, 1);
	push(h, 1, B, 2, 3);
	pop(h, 0, A, 4, 5);
	pop(h, 0, B, 6, 7);
	is_confirmed(h);
	h = bounded(1);
	push(h, 0, A, 0, 1);
	push(h, 1, B, 2, 5);
	pop(h, 0, A, 4, 5);
	pop(h, 0, B, 6, 7);
	is_confirmed(h);
}

static void a_wrong_full(void **state)
{
	struct lfb_history *h = bounded(2);

	(void)state;
	push(h, 0, A, 0, 1);
	full(h, 1, B, 2, 3);
	pop(h, 0, A, 4, 5);
	is_refuted(h, LFB_PATTERN_FULL, 3);
	h = bounded(2);
	push(h, 0, A, 0, 1);
	full(h, 1, B, 2, 9);
	push(h, 2, C, 8, 12); /* it may have been inside by 9 */
	pop(h, 0, A, 14, 15);
	pop(h, 0, C, 16, 17);
	is_confirmed(h);
	h = bounded(2); /* all weak answers are pardoned but the one that was alone */
	h->contract.full = LFB_ANSWER_WEAK;
	push(h, 0, A, 0, 2);
	full(h, 1, B, 2, 3);
	pop(h, 0, A, 4, 5);
	is_confirmed(h);
	h = bounded(2);
	h->contract.full = LFB_ANSWER_WEAK;
	push(h, 0, A, 0, 1);
	full(h, 1, B, 2, 3);
	pop(h, 0, A, 4, 5);
	is_refuted(h, LFB_PATTERN_FULL, 3);
}

/* FULL is true while both A and C are inside, EMPTY while neither is; and A leaves as C comes, in one order or the other. */
static struct lfb_history *full_or_empty(bool both)
{
	struct lfb_history *const h = bounded(2);

	push(h, 0, A, 0, 1);
	full(h, 1, B, 5, 20);
	pop(h, 2, A, 8, 10);
	push(h, 3, C, 10, 11);
	if (both)
		empty(h, 4, 9, 12);
	pop(h, 2, C, 30, 31);
	return h;
}

static void only_the_search_sees_it(void **state)
{
	struct lfb_history *h = full_or_empty(true);

	(void)state;
	is_confirmed(full_or_empty(false));
	push(h, 0, VALUE(0, 2), 40, 41); /* a later burst is not part of it */
	pop(h, 0, VALUE(0, 2), 42, 43);
	is_refuted(h, LFB_PATTERN_BURST, 6);
	h = full_or_empty(true);
	h->contract.full = LFB_ANSWER_WEAK;
	is_confirmed(h);
}

static void weak_answers_are_pardoned_unless_alone(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	h->contract.empty = LFB_ANSWER_WEAK;
	push(h, 0, A, 0, 1);
	push(h, 1, B, 0, 5);
	empty(h, 2, 2, 3); /* B is under way */
	pop(h, 2, A, 4, 6);
	pop(h, 2, B, 7, 8);
	is_confirmed(h);
	h = fresh_history();
	h->contract.empty = LFB_ANSWER_WEAK;
	push(h, 0, A, 0, 1);
	empty(h, 2, 2, 3);
	pop(h, 2, A, 4, 6);
	is_refuted(h, LFB_PATTERN_WIT, 3);
	h = fresh_history(); /* FULL of a queue that is never full is a lack of memory, and refutes nothing */
	h->contract.full = LFB_ANSWER_NEVER;
	full(h, 0, A, 0, 1);
	is_confirmed(h);
}

static void a_push_that_never_returned(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	add(h, 0, LFB_HISTORY_PUSH, A, 0, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	empty(h, 1, 5, 6);
	is_confirmed(h);
	h = fresh_history();
	add(h, 0, LFB_HISTORY_PUSH, A, 0, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	pop(h, 1, A, 3, 4);
	empty(h, 1, 5, 6);
	is_confirmed(h);
}

static void a_pop_that_never_returned(void **state)
{
	struct lfb_history *h = fresh_history();
	struct lfb_check_result result;

	(void)state;
	push(h, 0, A, 0, 1);
	add(h, 1, LFB_HISTORY_POP, 0, 2, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	empty(h, 2, 3, 4); /* it may have taken A */
	result = verdict_of(h);
	assert_int_equal(result.verdict, LFB_CHECK_INCONCLUSIVE);
	assert_true(result.reason[0] != '\0');
	h = fresh_history();
	push(h, 0, A, 0, 1);
	empty(h, 2, 3, 4); /* it cannot have taken A yet */
	add(h, 1, LFB_HISTORY_POP, 0, 5, LFB_HISTORY_NEVER, LFB_HISTORY_PENDING);
	is_refuted(h, LFB_PATTERN_WIT, 2);
}

static void what_is_no_history(void **state)
{
	struct lfb_check_result result;
	struct lfb_error error;
	struct lfb_history *h = fresh_history();

	(void)state;
	push(h, 0, A, 5, 4);
	assert_int_equal(lfb_check(h, &result, &error), -EINVAL);
	unit_has(error.text, "operation 1 of thread 0");
	lfb_history_free(h);
	h = fresh_history();
	push(h, 0, A, 5, 6);
	push(h, 1, A, 5, 6);
	assert_int_equal(lfb_check(h, &result, &error), -EINVAL);
	unit_has(error.text, "0:1 is pushed twice");
	assert_int_equal(lfb_check(h, &result, NULL), -EINVAL);
	lfb_history_free(h);
	h = fresh_history();
	assert_int_equal(lfb_history_add(h, LFB_HISTORY_THREADS_MAX, &(struct lfb_history_op){ .kind = LFB_HISTORY_PUSH }), -EINVAL);
	lfb_history_free(h);
}

/* Values that do not count up through the logs are looked up by another way. */
static void values_in_any_order(void **state)
{
	struct lfb_history *h = fresh_history();

	(void)state;
	for (uint64_t i = 100; i > 0; i--)
		push(h, 0, VALUE(i % 7, i), 1000 - 2 * i, 1001 - 2 * i);
	for (uint64_t i = 100; i > 0; i--)
		pop(h, 1, VALUE(i % 7, i), 3000 - 2 * i, 3001 - 2 * i);
	empty(h, 1, 4000, 4001);
	is_confirmed(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_and_a_plain_history_are_fine),
		cmocka_unit_test(a_value_from_nowhere),
		cmocka_unit_test(a_value_twice),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(a_wrong_empty),
		cmocka_unit_test(a_wrong_empty_by_a_chain),
		cmocka_unit_test(the_shortest_chain_is_shown),
		cmocka_unit_test(order_of_one_producer),
		cmocka_unit_test(a_stack),
		cmocka_unit_test(no_order_at_all),
		cmocka_unit_test(more_than_fits),
		cmocka_unit_test(a_wrong_full),
		cmocka_unit_test(only_the_search_sees_it),
		cmocka_unit_test(weak_answers_are_pardoned_unless_alone),
		cmocka_unit_test(a_push_that_never_returned),
		cmocka_unit_test(a_pop_that_never_returned),
		cmocka_unit_test(what_is_no_history),
		cmocka_unit_test(values_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
