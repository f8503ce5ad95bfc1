/* test_steady.c - when a launch counts as warm. */
#include "unit.h"

#include "statistics/steady.h"
#include "statistics/stats.h"

#include <math.h>

static void says_when(void **state)
{
	static const struct {
		double rates[LFB_STEADY_TRIALS_MAX + 1];
		size_t n;
		bool steady;
	} cases[] = {
		{ { 0 }, 0, false },
		{ { 100 }, 1, false },
		{ { 100, 100 }, 2, true },
		{ { 100, 104.9 }, 2, true },
		{ { 100, 105.1 }, 2, false },
		{ { 100, 10 }, 2, true },
		{ { 100, 10, 20 }, 3, true }, /* with the best before it, not with the last */
		{ { 100, 130, 136 }, 3, true },
		{ { 100, 130, 137 }, 3, false },
		{ { NAN, 100 }, 2, false },
		{ { 0, 100, 100 }, 3, true },
		{ { 100, NAN }, 2, false },
		{ { 100, INFINITY }, 2, false },
		{ { INFINITY, 100 }, 2, false },
		{ { 1, 2, 4, 8, 16 }, 5, false },
		{ { 1, 2, 4, 8, 16, 32 }, 6, true }, /* enough is enough */
		{ { 1, 2, 4, 8, 16, NAN }, 6, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (lfb_steady(cases[i].rates, cases[i].n) != cases[i].steady)
			fail_msg("case %zu", i);
}

/* Under noise alone it takes e trials on average, at most. */
static void costs_little(void **state)
{
	const unsigned rounds = 20000;
	struct lfb_rng rng;
	double trials = 0, mean;

	(void)state;
	lfb_rng_seed(&rng, 1);
	for (unsigned round = 0; round < rounds; round++) {
		double rates[LFB_STEADY_TRIALS_MAX];
		size_t n = 0;

		do
			rates[n++] = exp(8 * (double)(lfb_rng_next(&rng) >> 11) * 0x1p-53); /* 5 % is nothing beside it */
		while (!lfb_steady(rates, n));
		trials += (double)n;
	}
	mean = trials / rounds;
	if (!(mean > 2.65 && mean < exp(1) + 0.02))
		fail_msg("%g trials on average", mean);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_when),
		cmocka_unit_test(costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
