/* test_where.c - which rows a condition wants, and what is refused. */
#include "unit.h"

#include "results/where.h"

#include <errno.h>

static bool wants(const char *text)
{
	struct lfb_where where = { .count = 0 };
	struct lfb_row row = { .failed = false };
	struct lfb_error error;
	bool wanted;

	lfb_row_set(&row, LFB_COL_backend, "ring");
	lfb_row_set(&row, LFB_COL_producers, "2");
	lfb_row_set(&row, LFB_COL_ns_per_op, "10.50");
	if (lfb_where_add(&where, text, &error) != 0)
		fail_msg("'%s': %s", text, error.text);
	wanted = lfb_where_wants(&where, &row);
	lfb_where_free(&where);
	lfb_row_clear(&row);
	return wanted;
}

static void wants_what_meets_all(void **state)
{
	static const struct {
		const char *text;
		bool wanted;
	} cases[] = {
		{ "backend=ring", true },	{ "backend=Ring", false },	    { "backend=ringo", false },	   { "backend=a|ring|b", true },
		{ "backend=a|b", false },	{ "backend!=a|ring", false },	    { "backend!=a", true },	   { "producers=2", true },
		{ "producers=2.0", true },	{ "producers=1|2", true },	    { "producers>=2", true },	   { "producers>2", false },
		{ "producers<=2", true },	{ "producers<2", false },	    { "ns_per_op=10.5", true },	   { "ns_per_op<10.6", true },
		{ "backend=ring,producers=2", true }, { "backend=ring,producers=3", false }, { "consumers=", true },  { "consumers!=1", true },
		{ "consumers>0", false },	{ "consumers<1", false },	    { "backend=", false },	   { "backend=|ring", true },
		{ "backend>0", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (wants(cases[i].text) != cases[i].wanted)
			fail_msg("'%s' is %s", cases[i].text, cases[i].wanted ? "passed over" : "wanted");
}

static void refuses(const char *text, const char *says)
{
	struct lfb_where where = { .count = 0 };
	struct lfb_error error = { "" };

	assert_int_equal(lfb_where_add(&where, text, &error), -EINVAL);
	unit_has(error.text, says);
	lfb_where_free(&where);
}

static void says_what_is_accepted(void **state)
{
	char much[5000];

	(void)state;
	refuses("", "as in producers>=2");
	refuses("backend", "one of = != < <= > >=");
	refuses("=ring", "is no condition");
	refuses("backend=ring,", "is no condition");
	refuses("backend!ring", "is no condition");
	refuses("bakend=ring", "did you mean 'backend'?");
	refuses("nothing_like_it=1", "workload, backend, producers");
	refuses("producers>=two", ">= takes a number");
	refuses("producers>", "takes a number");
	refuses("producers>1|2", "takes a number");
	memset(much, 'x', sizeof(much));
	much[sizeof(much) - 1] = '\0';
	refuses(much, "is no condition");
	much[4000] = '=';
	refuses(much, "there is no column");
}

/* Conditions add up, over several texts. */
static void adds_up(void **state)
{
	struct lfb_where where = { .count = 0 };
	struct lfb_row row = { .failed = false };

	(void)state;
	assert_true(lfb_where_wants(&where, &row));
	assert_int_equal(lfb_where_add(&where, "producers=2", NULL), 0);
	assert_int_equal(lfb_where_add(&where, "backend=ring", NULL), 0);
	lfb_row_set(&row, LFB_COL_backend, "ring");
	assert_false(lfb_where_wants(&where, &row));
	lfb_row_set(&row, LFB_COL_producers, "2");
	assert_true(lfb_where_wants(&where, &row));
	lfb_where_free(&where);
	lfb_row_clear(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wants_what_meets_all),
		cmocka_unit_test(says_what_is_accepted),
		cmocka_unit_test(adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
