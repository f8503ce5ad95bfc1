/* plan_print.c - see plan_print.h. */
#include "commands/run/plan_print.h"

#include "machine/clock.h"
#include "plan/names.h"
#include "text/numbers.h"
#include "commands/show/render.h"

#include <inttypes.h>

/* Launches listed in full; the rest is counted. */
#define LAUNCHES_SHOWN 20u
#define SEED_LIMIT UINT64_C(1000000)

uint64_t plan_new_seed(void)
{
	return lfb_clock_now_ns() / 1000 % SEED_LIMIT;
}

/* Parameters that have a column of their own, where they are not at their default. */
static void print_columns(FILE *out, const struct lfb_shape *shape)
{
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		char value[32];

		if (lfb_params[p].column != LFB_COLUMN_COUNT && shape->param[p] != lfb_params[p].preset)
			(void)fprintf(out, ", %s %s", lfb_params[p].option, lfb_param_text(p, shape->param[p], false, value, sizeof(value)));
	}
}

static void print_cell(FILE *out, const struct lfb_plan_cell *cell)
{
	const struct lfb_shape *const shape = &cell->shape;
	char text[320], params[LFB_CELL_PARAMS_BYTES];

	(void)fprintf(out, "  ");
	render_safe(out, lfb_cell_text(shape, cell->backend->label, text, sizeof(text)));
	(void)fprintf(out, "  capacity %" PRIu64 ", batch %" PRIu32 ", wait %s%s", shape->capacity, shape->batch, lfb_wait_names[shape->wait],
		      shape->pool ? ", alloc pool" : "");
	print_columns(out, shape);
	if (*lfb_cell_params(shape, params, sizeof(params)) != '\0')
		(void)fprintf(out, ", %s", params);
	if (shape->pass != LFB_PASS_THROUGHPUT)
		(void)fprintf(out, ", pass %s", lfb_pass_names[shape->pass]);
	if (cell->status != LFB_STATUS_OK) {
		(void)fprintf(out, "  %s: ", lfb_status_names[cell->status]);
		render_safe(out, cell->reason);
	}
	(void)fprintf(out, "\n");
}

static void print_order(FILE *out, const struct lfb_plan *plan)
{
	char text[320];

	(void)fprintf(out, "\nOrder of the launches:\n");
	for (size_t i = 0; i < plan->launch_count && i < LAUNCHES_SHOWN; i++) {
		const struct lfb_plan_cell *const cell = &plan->cells[plan->launches[i].cell];

		(void)fprintf(out, "  %3zu  ", i + 1);
		render_safe(out, lfb_cell_text(&cell->shape, cell->backend->label, text, sizeof(text)));
		(void)fprintf(out, "  launch %" PRIu64 "\n", plan->launches[i].launch);
	}
	if (plan->launch_count > LAUNCHES_SHOWN)
		(void)fprintf(out, "  ... and %zu more\n", plan->launch_count - LAUNCHES_SHOWN);
}

void plan_print(FILE *out, const struct lfb_plan *plan, const struct lfb_options *options)
{
	char duration[32];

	(void)fprintf(out, "%zu cells, %zu of them can run; %zu launches of %" PRIu64 " trials; seed %" PRIu64 "; ", plan->cell_count,
		      plan->runnable, plan->launch_count, options->trials, plan->seed);
	if (options->items_given)
		(void)fprintf(out, "%" PRIu64 " items a trial, so the time depends on the queues\n\n", options->items);
	else
		(void)fprintf(out, "about %s\n\n", lfb_duration_text(lfb_plan_estimate_ns(plan, options), duration, sizeof(duration)));
	for (size_t i = 0; i < plan->cell_count; i++)
		print_cell(out, &plan->cells[i]);
	print_order(out, plan);
	(void)fprintf(out, "\nThe same order again: --seed %" PRIu64 "\n", plan->seed);
}
