/*
 * test_run_arguments.c - what 'lfbench run' tells the process of a launch: read back by the parser of that
 * process it is the very cell that was planned, with the same cell_id, whatever options the plan was made from.
 */
#include "unit.h"

#include "plan/names.h"
#include "plan_fixture.h"
#include "run/run_parts.h"

/* The cell_id that the process of this launch will write. */
static void id_of_child(const struct lfb_run_state *s, struct lfb_run_arguments *arguments, char id[LFB_CELL_ID_BYTES])
{
	const struct lfb_plan_cell *const cell = s->cell;
	struct lfb_options of_child;
	struct lfb_shape shape;
	struct lfb_row row = { .failed = false };

	if (lfb_options_parse(&of_child, LFB_SCOPE_BENCH, (int)arguments->count, arguments->list, &error) != 0)
		fail_msg("%s", error.text);
	if (lfb_plan_single_shape(&of_child, cell->shape.workload, &shape, &error) != 0)
		fail_msg("%s: %s", cell->shape.workload->name, error.text);
	assert_int_equal(shape.wait, cell->shape.wait);
	assert_int_equal(shape.producers, cell->shape.producers);
	assert_int_equal(shape.consumers, cell->shape.consumers);
	assert_int_equal(shape.capacity, cell->shape.capacity);
	assert_memory_equal(shape.param, cell->shape.param, sizeof(shape.param));
	lfb_cell_fill_row(&row, &shape, of_child.label,
			  cell->object->inspection.status == LFB_INSPECT_OK ? &cell->object->inspection.info : NULL);
	lfb_cell_id(&row, id);
	lfb_row_clear(&row);
	lfb_options_free(&of_child);
}

static void as_planned(const char *line)
{
	struct lfb_run run = { .plan = &plan, .options = &options, .paths = &paths, .run_id = "12" };

	make(line);
	assert_true(plan.cell_count > 0);
	for (size_t i = 0; i < plan.cell_count; i++) {
		static struct lfb_run_arguments arguments;
		const struct lfb_plan_cell *const cell = &plan.cells[i];
		const struct lfb_run_state s = { .run = &run, .cell = cell, .launch = 1, .order = 1, .trials = 1 };
		char id[LFB_CELL_ID_BYTES];

		lfb_run_make_arguments(&s, "0", cell->shape.load_percent > 0 ? 1000 : cell->shape.rate_per_s, &arguments);
		assert_true(arguments.count < LFB_RUN_ARGUMENTS);
		assert_null(arguments.list[arguments.count]);
		id_of_child(&s, &arguments, id);
		if (strcmp(id, cell->id) != 0)
			fail_msg("%s: cell %zu (%s) is %s in the plan and %s in its process", line, i, cell->shape.workload->name,
				 cell->id, id);
	}
}

static void launches_are_what_was_planned(void **state)
{
	static const char *const lines[] = {
		"-b mutex_ring,two_lock --pass all",
		"-b mutex_ring -w all",
		"-b mutex_cond -w all --wait block,park --capacity 4,64",
		"-b mutex_ring -p 1-3 -c 1,2 --work-pop 0,1us --work-dist exponential --payload 8,64 --by pointer",
		"-b mutex_ring -w producer_consumer --prefill 0,5 --burst 16 --stop count,time,sentinel --join no,yes",
		"-b mutex_ring -w producer_consumer --pass latency --load 25,50 --work-push 10ns",
		"-b mutex_ring -w pipeline --stages 2-16 --work-pop 100ns",
		"-b mutex_ring -w pipeline --topology diamond,line",
		"-b mutex_ring --connections 3 --message 100 --clients slow,reset --family ipv6 --overflow wait,drop",
		"-b mutex_ring -w worker_pool,spawn_join --executor pool,spawn --workers 1-4",
		"-b mutex_ring -w logger --sink null,file --line 10 --overflow overwrite",
		"-b mutex_ring -w fan_in --creation timed,untimed -p 3,20",
		"-b mutex_ring -w stop --workers-are busy,idle",
		"-b mutex_ring -t 2,64",
	};

	(void)state;
	use(true);
	for (size_t i = 0; i < COUNT(lines); i++)
		as_planned(lines[i]);
}

/* Every parameter at its largest: all of them find room in the list of arguments. */
static void all_parameters_at_once(void **state)
{
	struct lfb_run run = { .plan = &plan, .options = &options, .paths = &paths, .run_id = "0123456789abcdef" };
	static struct lfb_run_arguments arguments;
	struct lfb_plan_cell cell;
	struct lfb_run_state s = { .run = &run, .cell = &cell };

	(void)state;
	use(true);
	make("-b mutex_ring -w producer_consumer --pass latency --rate 1000000");
	for (size_t i = 0; i < plan.cell_count; i++) {
		cell = plan.cells[i];
		for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++)
			cell.shape.param[p] = lfb_params[p].preset == lfb_params[p].max ? lfb_params[p].min : lfb_params[p].max;
		lfb_run_make_arguments(&s, "0+1+2+3", cell.shape.rate_per_s, &arguments);
		assert_true(arguments.count < LFB_RUN_ARGUMENTS);
		for (size_t a = 0; a < arguments.count; a++)
			assert_true(strlen(arguments.list[a]) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(launches_are_what_was_planned),
		cmocka_unit_test(all_parameters_at_once),
	};

	return cmocka_run_group_tests(tests, make_folder, clean);
}
