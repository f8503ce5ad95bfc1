/* plan.c - see plan.h. Shapes and backends are found in plan_shapes.c and plan_backends.c; here they become cells. */
#include "plan/plan_parts.h"

#include "plan/names.h"
#include "text/numbers.h"
#include "statistics/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the cell's row will say if it cannot even be started. */
static void judge(struct lfb_plan_cell *cell)
{
	static const enum lfb_status statuses[] = {
		[LFB_INSPECT_OK] = LFB_STATUS_OK,
		[LFB_INSPECT_INCOMPATIBLE] = LFB_STATUS_INCOMPATIBLE,
		[LFB_INSPECT_CRASHED] = LFB_STATUS_CRASHED,
		[LFB_INSPECT_TIMEOUT] = LFB_STATUS_TIMEOUT,
	};
	const struct lfb_inspection *const inspection = &cell->object->inspection;

	cell->status = statuses[inspection->status];
	if (cell->status != LFB_STATUS_OK)
		(void)snprintf(cell->reason, sizeof(cell->reason), "%s", inspection->reason);
	else if (lfb_cell_unsupported(&cell->shape, &inspection->info, cell->reason, sizeof(cell->reason)))
		cell->status = LFB_STATUS_UNSUPPORTED;
}

static int identify(struct lfb_plan_cell *cell)
{
	const struct lfb_inspection *const inspection = &cell->object->inspection;
	struct lfb_row row = { .failed = false };
	int rc = 0;

	lfb_cell_fill_row(&row, &cell->shape, cell->backend->label, inspection->status == LFB_INSPECT_OK ? &inspection->info : NULL);
	(void)snprintf(cell->id, sizeof(cell->id), "%s", lfb_row_get(&row, LFB_COL_cell_id));
	if (row.failed)
		rc = -ENOMEM;
	lfb_row_clear(&row);
	return rc;
}

/* An unbounded queue ignores the capacity: one cell of a sweep over it is enough. */
static bool is_repetition(const struct lfb_options *o, const struct lfb_shape *shape, const struct lfb_plan_backend *backend)
{
	return backend->timing.inspection.status == LFB_INSPECT_OK && !backend->timing.inspection.info.claims.bounded &&
	       shape->capacity != o->capacities.values[0];
}

/* One cell more: `shape` on `backend`. */
static int add_cell(struct lfb_plan *plan, const struct lfb_shape *shape, const struct lfb_plan_backend *backend, size_t family,
		    struct lfb_error *error)
{
	struct lfb_plan_cell *cell;

	if (plan->cell_count == LFB_PLAN_CELLS_MAX)
		return lfb_fail(error, -EINVAL, "the lists multiply to more than %u cells; give shorter lists", LFB_PLAN_CELLS_MAX);
	if ((plan->cell_count & (plan->cell_count - 1)) == 0) { /* room for a power of two is full */
		const size_t room = plan->cell_count > 0 ? 2 * plan->cell_count : 1;
		struct lfb_plan_cell *const grown = (struct lfb_plan_cell *)realloc(plan->cells, room * sizeof(grown[0]));

		if (grown == NULL)
			return lfb_fail(error, -ENOMEM, "out of memory");
		plan->cells = grown;
	}
	cell = &plan->cells[plan->cell_count];
	memset(cell, 0, sizeof(*cell));
	cell->shape = *shape;
	cell->shape.pool = backend->pool;
	cell->backend = backend;
	cell->object = shape->pass == LFB_PASS_CONTENTION ? &backend->counting : &backend->timing;
	cell->family = family;
	judge(cell);
	if (identify(cell) != 0)
		return lfb_fail(error, -ENOMEM, "out of memory");
	plan->runnable += cell->status == LFB_STATUS_OK;
	plan->cell_count++;
	return 0;
}

static bool is_reference(const struct lfb_plan_backend *backend)
{
	return backend->timing.inspection.status == LFB_INSPECT_OK && backend->timing.inspection.info.claims.reference;
}

/* Every way of measuring one shape of one backend: one family, which stays together in one shard. */
static int add_family(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_shape *base,
		      const struct lfb_plan_backend *backend, size_t family, struct lfb_error *error)
{
	struct lfb_shape *const variants = (struct lfb_shape *)calloc(LFB_VARIANTS_MAX, sizeof(variants[0]));
	const size_t count = variants == NULL ? 0 : lfb_shape_variants(o, base, variants);
	int rc = variants == NULL ? lfb_fail(error, -ENOMEM, "out of memory") : 0;

	for (size_t v = 0; rc == 0 && v < count; v++)
		if (variants[v].pass != LFB_PASS_LATENCY || !is_reference(backend)) /* no value goes through those */
			rc = add_cell(plan, &variants[v], backend, family, error);
	free(variants);
	return rc;
}

static int make_cells(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_shapes *shapes, struct lfb_error *error)
{
	size_t nth = 0;
	int rc = 0;

	if (shapes->count * plan->backend_count > LFB_PLAN_CELLS_MAX) /* both are small: no overflow */
		return lfb_fail(error, -EINVAL, "the lists multiply to %zu cells, more than %u; give shorter lists",
				shapes->count * plan->backend_count, LFB_PLAN_CELLS_MAX);
	for (size_t s = 0; s < shapes->count; s++) {
		for (size_t b = 0; rc == 0 && b < plan->backend_count; b++) {
			if (is_repetition(o, &shapes->list[s], &plan->backends[b]) || nth++ % o->shards != o->shard - 1)
				continue;
			rc = add_family(plan, o, &shapes->list[s], &plan->backends[b], nth, error);
		}
	}
	if (rc == 0 && plan->cell_count == 0)
		return lfb_fail(error, -EINVAL, "part %" PRIu64 " of %" PRIu64 " has no cell: the plan has only %zu", o->shard, o->shards, nth);
	return rc;
}

/* Cells at a load come after the one that measures what it is a part of, and that after all others. */
static int stage_of(const struct lfb_plan_cell *cell)
{
	return cell->shape.load_percent == 0 ? 0 : cell->shape.load_percent == LFB_LOAD_SATURATION ? 1 : 2;
}

/* One launch of every runnable cell of one stage, shuffled. `order` is room for all cells. */
static void order_stage(struct lfb_plan *plan, uint64_t launch, int stage, bool pilot, struct lfb_rng *rng, size_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->cell_count; i++)
		if (plan->cells[i].status == LFB_STATUS_OK && stage_of(&plan->cells[i]) == stage)
			order[n++] = i;
	lfb_rng_shuffle(rng, order, n);
	for (size_t i = 0; i < n; i++)
		plan->launches[plan->launch_count++] = (struct lfb_plan_launch){
			.cell = order[i], .launch = launch, .pilot = pilot && plan->cells[order[i]].shape.pass == LFB_PASS_THROUGHPUT
		};
}

static int make_order(struct lfb_plan *plan, const struct lfb_options *options, struct lfb_error *error)
{
	const uint64_t launches = options->launches;
	struct lfb_rng rng;
	size_t *order;

	if (plan->runnable > LFB_PLAN_LAUNCHES_MAX / launches)
		return lfb_fail(error, -EINVAL, "%zu cells with %" PRIu64 " launches each are more than %u processes; give fewer --launches",
				plan->runnable, launches, LFB_PLAN_LAUNCHES_MAX);
	order = (size_t *)calloc(plan->cell_count + 1, sizeof(order[0]));
	plan->launches = (struct lfb_plan_launch *)calloc(plan->runnable * launches + 1, sizeof(plan->launches[0]));
	if (order == NULL || plan->launches == NULL) {
		free(order);
		return lfb_fail(error, -ENOMEM, "out of memory");
	}
	lfb_rng_seed(&rng, plan->seed);
	for (int stage = 0; stage < 3; stage++)
		for (uint64_t launch = 1; launch <= launches; launch++)
			order_stage(plan, launch, stage, options->precision > 0, &rng, order);
	free(order);
	return 0;
}

int lfb_plan_make(const struct lfb_options *options, const struct lfb_paths *paths, struct lfb_plan *plan, struct lfb_error *error)
{
	struct lfb_shapes shapes = { .count = 0 };
	int rc;

	memset(plan, 0, sizeof(*plan));
	plan->seed = options->seed;
	rc = lfb_shapes_make(options, &shapes, error);
	if (rc == 0)
		rc = lfb_plan_backends_make(plan, options, paths, error);
	if (rc == 0)
		rc = make_cells(plan, options, &shapes, error);
	if (rc == 0)
		rc = make_order(plan, options, error);
	free(shapes.list);
	return rc;
}

void lfb_plan_free(struct lfb_plan *plan)
{
	free(plan->launches);
	free(plan->cells);
	free(plan->backends);
	memset(plan, 0, sizeof(*plan));
}

/* Process, audit, arena and probes of a launch beside its trials, as seen on the machines of the project. */
#define LAUNCH_OVERHEAD_NS UINT64_C(45000000)

uint64_t lfb_plan_trials(const struct lfb_options *options, enum lfb_pass pass)
{
	return pass == LFB_PASS_THROUGHPUT || options->trials_given ? options->trials : 1;
}

uint64_t lfb_plan_estimate_ns(const struct lfb_plan *plan, const struct lfb_options *options)
{
	uint64_t total_ns = 0;

	for (size_t i = 0; i < plan->launch_count; i++) {
		const struct lfb_shape *const shape = &plan->cells[plan->launches[i].cell].shape;
		const uint64_t trials = lfb_plan_trials(options, shape->pass) * lfb_shape_runs(shape);
		const uint64_t trials_ns = lfb_product_u64(trials, options->duration_ns);

		total_ns = lfb_sum_u64(total_ns, lfb_sum_u64(LAUNCH_OVERHEAD_NS + options->duration_ns / 4, trials_ns));
	}
	return total_ns;
}
