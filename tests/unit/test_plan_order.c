/*
 * test_plan_order.c - the order of a plan's launches: each has every cell once, the seed decides,
 * parts of a plan make up the whole; and how many cells and launches are too many.
 */
#include "unit.h"

#include "plan_fixture.h"

#include <errno.h>
#include <sys/resource.h>

/* Parts of a plan are disjoint, of equal size, and together the whole. */
static void shards(void **state)
{
	static char whole[64][LFB_CELL_ID_BYTES];
	unsigned times[64];
	size_t all;

	(void)state;
	use(false);
	make("-p 1-3 -c 1-3 --batch 1,2,4");
	all = plan.cell_count;
	assert_int_equal(all, 54);
	for (size_t i = 0; i < all; i++)
		memcpy(whole[i], plan.cells[i].id, sizeof(whole[i]));
	for (unsigned parts = 1; parts <= 7; parts++) {
		memset(times, 0, sizeof(times));
		for (unsigned part = 1; part <= parts; part++) {
			char line[96];

			(void)snprintf(line, sizeof(line), "-p 1-3 -c 1-3 --batch 1,2,4 --shard %u/%u", part, parts);
			make(line);
			assert_in_range(plan.cell_count, all / parts, (all + parts - 1) / parts);
			for (size_t c = 0; c < plan.cell_count; c++)
				for (size_t i = 0; i < all; i++)
					times[i] += strcmp(whole[i], plan.cells[c].id) == 0;
		}
		for (size_t i = 0; i < all; i++)
			assert_int_equal(times[i], 1);
	}
}

/* Whether the launches from `first` on are the same cells in the same order as those from `second` on. */
static bool same_order(size_t first, size_t second, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (plan.launches[first + i].cell != plan.launches[second + i].cell)
			return false;
	return true;
}

static void every_launch_has_every_cell_once(void **state)
{
	size_t n, different = 0;

	(void)state;
	use(true);
	make("-b mutex_ring,null,vyukov_mpmc -w producer_consumer,pairs -p 1,2 --batch 1,2 --wait spin,block "
	     "--launches 5 --seed 1");
	n = plan.runnable;
	assert_true(n >= 6 && n < plan.cell_count); /* some are unsupported: no blocking, no batches of pairs */
	assert_int_equal(plan.launch_count, 5 * n);
	for (size_t launch = 0; launch < 5; launch++) {
		unsigned times[256] = { 0 };

		assert_true(plan.cell_count < COUNT(times));
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(plan.launches[launch * n + i].launch,
					 launch + 1); /* launches are the outer loop */
			times[plan.launches[launch * n + i].cell]++;
		}
		for (size_t c = 0; c < plan.cell_count; c++)
			assert_int_equal(times[c], plan.cells[c].status == LFB_STATUS_OK);
		for (size_t earlier = 0; earlier < launch; earlier++)
			different += !same_order(earlier * n, launch * n, n);
	}
	assert_true(different >= 9); /* of 10 pairs: shuffled anew each time */
	ids_are_distinct();
}

static void a_seed_gives_its_order(void **state)
{
	static const char line[] = "-b mutex_ring,null -w producer_consumer,pairs -p 1,2 --launches 4 --seed ";
	struct lfb_plan_launch first[64];
	char with_seed[128];
	size_t n;

	(void)state;
	use(true);
	(void)snprintf(with_seed, sizeof(with_seed), "%s77", line);
	make(with_seed);
	n = plan.launch_count;
	assert_int_equal(plan.seed, 77);
	assert_in_range(n, 16, COUNT(first));
	memcpy(first, plan.launches, n * sizeof(first[0]));
	make(with_seed);
	assert_int_equal(plan.launch_count, n);
	for (size_t i = 0; i < n; i++)
		assert_true(plan.launches[i].cell == first[i].cell && plan.launches[i].launch == first[i].launch);
	(void)snprintf(with_seed, sizeof(with_seed), "%s78", line);
	make(with_seed);
	assert_int_not_equal(memcmp(first, plan.launches, n * sizeof(first[0])), 0);
}

static void too_many_cells(void **state)
{
	(void)state;
	use(false);
	refuses("-p 1-256 -c 1-256", -EINVAL, "more than 100000");
	refuses("-p 1-256 -c 1-256 --batch 1-256", -EINVAL, "more than 100000");
	make("-p 1-100 -c 1-100");
	assert_int_equal(plan.cell_count, 20000);
}

/* In a process of its own, whose memory is measured: too much is noticed before it is allocated. */
static int refuse_billions(void *context)
{
	struct rusage before, after;

	(void)context;
	parse(LFB_SCOPE_RUN, "-p 1-256 -c 1-256 --batch 1-64");
	(void)getrusage(RUSAGE_SELF, &before);
	if (lfb_plan_make(&options, &paths, &plan, &error) != -EINVAL)
		return 1;
	lfb_plan_free(&plan);
	(void)getrusage(RUSAGE_SELF, &after);
	return after.ru_maxrss - before.ru_maxrss < 64 << 10 ? 0 : 2;
}

static void too_many_cells_cost_nothing(void **state)
{
	(void)state;
	use(false);
	assert_int_equal(unit_in_child(refuse_billions, NULL, 60), 0);
}

static void too_many_launches(void **state)
{
	(void)state;
	use(true);
	refuses("-b mutex_ring,null -p 1-16 -c 1-16 --launches 1000000", -EINVAL, "launches");
	make("-b mutex_ring -w pairs --launches 1000");
	assert_int_equal(plan.launch_count, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shards),
		cmocka_unit_test(every_launch_has_every_cell_once),
		cmocka_unit_test(a_seed_gives_its_order),
		cmocka_unit_test(too_many_cells),
		cmocka_unit_test(too_many_cells_cost_nothing),
		cmocka_unit_test(too_many_launches),
	};

	return cmocka_run_group_tests(tests, make_folder, clean);
}
