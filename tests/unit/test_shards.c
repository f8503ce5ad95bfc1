/*
 * test_shards.c - the parts of a plan are disjoint and complete, whatever their number, and a shape's passes
 * and loads stay together: a load is a part of the saturation that the same part of the plan measures.
 */
#include "unit.h"

#include "plan_fixture.h"

static const char *const lines[] = {
	"-b mutex_ring,mutex_cond,two_lock,null -w producer_consumer,pairs -p 1-3 -c 1,2 -t 1-4",
	"-b mutex_ring,two_lock -w producer_consumer -p 1,2 -c 1,2 --capacity 8,16,32 --pass throughput,latency,contention",
	"-b mutex_ring,two_lock,null -w producer_consumer,pairs -p 1,2 --pass latency --load 50,90",
	"-b mutex_ring,mutex_cond -w pairs --wait spin,yield,block --batch 1,4",
	"-b two_lock -w pairs --alloc malloc,pool -t 1-5",
};

/* The cells of the plan that was made, copied. */
static struct lfb_plan_cell *keep(size_t *count)
{
	struct lfb_plan_cell *const cells = (struct lfb_plan_cell *)calloc(plan.cell_count, sizeof(cells[0]));

	assert_non_null(cells);
	memcpy(cells, plan.cells, plan.cell_count * sizeof(cells[0]));
	*count = plan.cell_count;
	return cells;
}

static size_t find(const struct lfb_plan_cell *cells, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(cells[i].id, id) == 0)
			return i;
	fail_msg("cell %s is none of the whole plan", id);
	return 0;
}

/* Whether the part that was made can be made at all: there may be fewer families than parts. */
static bool make_part(const char *line, unsigned part, unsigned parts)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "%s --seed 7 --shard %u/%u", line, part, parts);
	lfb_plan_free(&plan);
	parse(LFB_SCOPE_RUN, text);
	return lfb_plan_make(&options, &paths, &plan, &error) == 0;
}

/* Count how often each cell of the whole is in a part, and in which part each family is. */
static void tally(const struct lfb_plan_cell *whole, size_t count, unsigned part, unsigned *times, unsigned *part_of)
{
	for (size_t i = 0; i < plan.cell_count; i++) {
		const size_t at = find(whole, count, plan.cells[i].id);

		times[at]++;
		part_of[at] = part;
		assert_int_equal(plan.cells[i].status, whole[at].status);
	}
}

static void check_parts(const char *line, const struct lfb_plan_cell *whole, size_t count, size_t launches, unsigned parts)
{
	unsigned *const times = (unsigned *)calloc(count, sizeof(times[0])), *const part_of = (unsigned *)calloc(count, sizeof(part_of[0]));
	size_t launches_of_parts = 0;

	assert_non_null(times);
	assert_non_null(part_of);
	for (unsigned part = 1; part <= parts; part++) {
		if (!make_part(line, part, parts)) {
			unit_has(error.text, "has no cell");
			continue;
		}
		tally(whole, count, part, times, part_of);
		launches_of_parts += plan.launch_count;
	}
	for (size_t i = 0; i < count; i++) {
		if (times[i] != 1)
			fail_msg("%s, %u parts: cell %zu is in %u of them", line, parts, i, times[i]);
		for (size_t j = 0; j < i; j++)
			if (whole[i].family == whole[j].family)
				assert_int_equal(part_of[i], part_of[j]);
	}
	assert_int_equal(launches_of_parts, launches);
	free(times);
	free(part_of);
}

static void parts_are_the_whole(void **state)
{
	(void)state;
	use(true);
	for (size_t i = 0; i < COUNT(lines); i++) {
		char text[512];
		struct lfb_plan_cell *whole;
		size_t count, launches;

		(void)snprintf(text, sizeof(text), "%s --seed 7", lines[i]);
		make(text);
		launches = plan.launch_count;
		whole = keep(&count);
		assert_true(count >= 5);
		for (unsigned parts = 1; parts <= 7; parts += parts < 3 ? 1 : 4)
			check_parts(lines[i], whole, count, launches, parts);
		free(whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parts_are_the_whole) };

	return cmocka_run_group_tests(tests, make_folder, clean);
}
