/* plan.c - see plan.h. */
#include "plan.h"

#include "names.h"
#include "numbers.h"
#include "stats.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list of shapes that grows. */
struct shapes {
	struct lfb_shape *list;
	size_t count, room;
};

/* Returns 0, -ENOMEM, or -E2BIG before lists that multiply to billions have filled the memory. */
static int shapes_add(struct shapes *shapes, const struct lfb_shape *shape)
{
	if (shapes->count == LFB_PLAN_CELLS_MAX)
		return -E2BIG;
	if (shapes->count == shapes->room) {
		const size_t room = shapes->room > 0 ? 2 * shapes->room : 64;
		struct lfb_shape *const list = (struct lfb_shape *)realloc(shapes->list, room * sizeof(list[0]));

		if (list == NULL)
			return -ENOMEM;
		shapes->list = list;
		shapes->room = room;
	}
	shapes->list[shapes->count++] = *shape;
	return 0;
}

/* `base` times the lists that every workload takes. */
static int add_settings(struct shapes *shapes, const struct lfb_options *o, struct lfb_shape base)
{
	for (size_t c = 0; c < o->capacities.count; c++) {
		for (size_t b = 0; b < o->batches.count; b++) {
			for (size_t w = 0; w < o->waits.count; w++) {
				int rc;

				base.capacity = o->capacities.values[c];
				base.batch = (uint32_t)o->batches.values[b];
				base.wait = (enum lfb_wait)o->waits.values[w];
				rc = shapes_add(shapes, &base);
				if (rc != 0)
					return rc;
			}
		}
	}
	return 0;
}

static int add_threads(struct shapes *shapes, const struct lfb_options *o, const struct lfb_workload *workload, uint64_t threads)
{
	const bool fixed = workload->threads_min == workload->threads_max;
	struct lfb_shape shape = { .workload = workload, .pin = o->pin };

	shape.producers = shape.consumers = fixed ? 1 : (uint32_t)threads;
	return add_settings(shapes, o, shape);
}

/* The shapes of one workload; thread counts that do not fit it are left out. */
static int add_workload(struct shapes *shapes, const struct lfb_options *o, const struct lfb_workload *workload)
{
	int rc = 0;

	if (workload->by_threads) {
		for (size_t t = 0; rc == 0 && t < o->threads.count; t++)
			if (o->threads.values[t] >= workload->threads_min && o->threads.values[t] <= workload->threads_max)
				rc = add_threads(shapes, o, workload, o->threads.values[t]);
		return rc;
	}
	for (size_t p = 0; rc == 0 && p < o->producers.count; p++) {
		for (size_t c = 0; rc == 0 && c < o->consumers.count; c++) {
			const struct lfb_shape shape = { .workload = workload,
							 .producers = (uint32_t)o->producers.values[p],
							 .consumers = (uint32_t)o->consumers.values[c],
							 .pin = o->pin };

			rc = add_settings(shapes, o, shape);
		}
	}
	return rc;
}

/*
 * With nothing said about workloads and threads: every workload, and producer_consumer both
 * with one thread per side and with two. 1x1 is the shape every queue can run, so it compares
 * all of them; 2x2 adds contention on each side (and on 2 CPUs shows what happens when threads
 * exceed CPUs, where blocking queues win). Two threads in pairs contend for both ends at once,
 * and ping_pong's round trip is the nearest thing to latency without a rate.
 */
static int add_default_sweep(struct shapes *shapes, const struct lfb_options *o)
{
	int rc = 0;

	for (const struct lfb_workload *workload = lfb_workloads; rc == 0 && workload->name != NULL; workload++) {
		rc = add_workload(shapes, o, workload);
		if (rc == 0 && !workload->by_threads)
			rc = add_settings(shapes, o,
					  (struct lfb_shape){ .workload = workload, .producers = 2, .consumers = 2, .pin = o->pin });
	}
	return rc;
}

/* Whether the options ask for this workload: by name, or by an option that shapes it. */
static bool wants(const struct lfb_options *o, size_t index)
{
	for (size_t i = 0; i < o->workloads.count; i++)
		if (o->workloads.values[i] == index)
			return true;
	return o->workloads.count == 0 && (lfb_workloads[index].by_threads ? o->threads_given : o->sides_given);
}

static int check_shaping(const struct lfb_options *o, struct lfb_error *error)
{
	bool by_threads = false, by_sides = false;

	for (size_t i = 0; lfb_workloads[i].name != NULL; i++) {
		by_threads |= wants(o, i) && lfb_workloads[i].by_threads;
		by_sides |= wants(o, i) && !lfb_workloads[i].by_threads;
	}
	if (o->sides_given && !by_sides)
		return lfb_fail(error, -EINVAL, "--producers and --consumers shape none of the workloads given; those take --threads");
	if (o->threads_given && !by_threads)
		return lfb_fail(error, -EINVAL, "--threads shapes none of the workloads given; those take --producers and --consumers");
	return 0;
}

static int make_shapes(const struct lfb_options *o, struct shapes *shapes, struct lfb_error *error)
{
	int rc = check_shaping(o, error);

	if (rc != 0)
		return rc;
	if (o->workloads.count == 0 && !o->sides_given && !o->threads_given)
		rc = add_default_sweep(shapes, o);
	for (size_t i = 0; rc == 0 && lfb_workloads[i].name != NULL; i++)
		if (wants(o, i))
			rc = add_workload(shapes, o, &lfb_workloads[i]);
	if (rc == -E2BIG)
		return lfb_fail(error, -EINVAL, "the lists multiply to more than %u cells; give shorter lists", LFB_PLAN_CELLS_MAX);
	if (rc != 0)
		return lfb_fail(error, rc, "out of memory");
	if (shapes->count == 0)
		return lfb_fail(error, -EINVAL, "no workload given can run with that number of --threads (ping_pong takes 2)");
	return 0;
}

/* Whether any option lists more than one value, even where only one of them fits the workload. */
static bool gives_a_list(const struct lfb_options *o)
{
	return o->producers.count > 1 || o->consumers.count > 1 || o->threads.count > 1 || o->capacities.count > 1 ||
	       o->batches.count > 1 || o->waits.count > 1 || o->allocs.count > 1 ||
	       (o->backends != NULL && strchr(o->backends, ',') != NULL);
}

int lfb_plan_single_shape(const struct lfb_options *o, const struct lfb_workload *workload, struct lfb_shape *shape,
			  struct lfb_error *error)
{
	struct shapes shapes = { .count = 0 };
	int rc;

	if (workload->by_threads ? o->sides_given : o->threads_given)
		return lfb_fail(error, -EINVAL, "%s is shaped by %s", workload->name,
				workload->by_threads ? "--threads" : "--producers and --consumers");
	if (gives_a_list(o))
		return lfb_fail(error, -EINVAL, "a benchmark binary runs one cell, but a list is given; 'lfbench run' sweeps over lists");
	rc = add_workload(&shapes, o, workload);
	if (rc != 0)
		rc = lfb_fail(error, rc, "out of memory");
	else if (shapes.count == 0)
		rc = lfb_fail(error, -EINVAL, "--threads: %s takes %" PRIu32 " to %" PRIu32 " threads", workload->name,
			      workload->threads_min, workload->threads_max);
	if (rc == 0) {
		*shape = shapes.list[0];
		shape->pool = o->allocs.values[0] == 1;
	}
	free(shapes.list);
	return rc;
}

/* Append the object for `argument`, unless it is there already (a ring has no pool flavour). */
static int add_backend(struct lfb_plan *plan, const struct lfb_paths *paths, const char *argument, bool pool,
		       struct lfb_error *error)
{
	struct lfb_plan_backend *grown, *backend;
	int rc;

	grown = (struct lfb_plan_backend *)realloc(plan->backends, (plan->backend_count + 1) * sizeof(grown[0]));
	if (grown == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	plan->backends = grown;
	backend = &grown[plan->backend_count];
	memset(backend, 0, sizeof(*backend));
	rc = lfb_backend_path(paths, argument, pool, backend->path, error);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < plan->backend_count; i++)
		if (strcmp(grown[i].path, backend->path) == 0)
			return 0;
	backend->pool = pool;
	(void)snprintf(backend->label, sizeof(backend->label), "%s", argument);
	rc = lfb_inspect(backend->path, &backend->inspection);
	if (rc != 0)
		return lfb_fail(error, rc, "no process can be started to look at backend '%s': %s", argument, strerror(-rc));
	plan->backend_count++;
	return 0;
}

static int add_named_backends(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_paths *paths, bool pool,
			      struct lfb_error *error)
{
	char *const list = strdup(o->backends), *rest = NULL;
	int rc = list == NULL ? lfb_fail(error, -ENOMEM, "out of memory") : 0;

	if (list != NULL)
		for (char *name = strtok_r(list, ",", &rest); rc == 0 && name != NULL; name = strtok_r(NULL, ",", &rest))
			rc = add_backend(plan, paths, name, pool, error);
	free(list);
	return rc;
}

static int add_all_backends(struct lfb_plan *plan, const struct lfb_paths *paths, bool pool, struct lfb_error *error)
{
	char **const names = lfb_backend_names(paths, error);
	int rc = names == NULL ? -ENOENT : 0;

	for (size_t i = 0; rc == 0 && names[i] != NULL; i++)
		rc = add_backend(plan, paths, names[i], pool, error);
	lfb_backend_names_free(names);
	return rc;
}

/* Bytes of a path that fit into a label, beside a name of 64. */
#define LABEL_PATH_BYTES 140u

/* A name that several objects have, and what tells this one apart: its path, of a long one the end and its place. */
static void label_by_path(struct lfb_plan_backend *backend, size_t nth)
{
	const size_t length = strlen(backend->path);

	if (length <= LABEL_PATH_BYTES)
		(void)snprintf(backend->label, sizeof(backend->label), "%.64s (%.140s)", backend->inspection.info.name, backend->path);
	else
		(void)snprintf(backend->label, sizeof(backend->label), "%.64s (...%.140s, the %zu.)", backend->inspection.info.name,
			       backend->path + length - LABEL_PATH_BYTES, nth);
}

/* Two objects may call themselves the same (an old and a new build): then the path tells them apart. */
static void label_backends(struct lfb_plan *plan)
{
	for (size_t i = 0; i < plan->backend_count; i++) {
		struct lfb_plan_backend *const mine = &plan->backends[i];
		bool shared = false;

		if (mine->inspection.status != LFB_INSPECT_OK)
			continue;
		for (size_t j = 0; j < plan->backend_count; j++) {
			const struct lfb_inspection *const other = &plan->backends[j].inspection;

			shared |= j != i && other->status == LFB_INSPECT_OK && other->info.alloc == mine->inspection.info.alloc &&
				  strcmp(other->info.name, mine->inspection.info.name) == 0;
		}
		if (shared)
			label_by_path(mine, i + 1);
		else
			(void)snprintf(mine->label, sizeof(mine->label), "%s", mine->inspection.info.name);
	}
}

static int make_backends(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_paths *paths, struct lfb_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->allocs.count; i++) {
		const bool pool = o->allocs.values[i] == 1;

		rc = o->backends != NULL ? add_named_backends(plan, o, paths, pool, error) : add_all_backends(plan, paths, pool, error);
	}
	if (rc == 0 && plan->backend_count == 0)
		rc = lfb_fail(error, -EINVAL, "there is no backend in %s", paths->backends);
	label_backends(plan);
	return rc;
}

/* What the cell's row will say if it cannot even be started. */
static void judge(struct lfb_plan_cell *cell)
{
	static const enum lfb_status statuses[] = {
		[LFB_INSPECT_OK] = LFB_STATUS_OK,
		[LFB_INSPECT_INCOMPATIBLE] = LFB_STATUS_INCOMPATIBLE,
		[LFB_INSPECT_CRASHED] = LFB_STATUS_CRASHED,
		[LFB_INSPECT_TIMEOUT] = LFB_STATUS_TIMEOUT,
	};
	const struct lfb_inspection *const inspection = &cell->backend->inspection;

	cell->status = statuses[inspection->status];
	if (cell->status != LFB_STATUS_OK)
		(void)snprintf(cell->reason, sizeof(cell->reason), "%s", inspection->reason);
	else if (lfb_cell_unsupported(&cell->shape, &inspection->info, cell->reason, sizeof(cell->reason)))
		cell->status = LFB_STATUS_UNSUPPORTED;
}

static int identify(struct lfb_plan_cell *cell)
{
	const struct lfb_inspection *const inspection = &cell->backend->inspection;
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
	return backend->inspection.status == LFB_INSPECT_OK && !backend->inspection.info.claims.bounded &&
	       shape->capacity != o->capacities.values[0];
}

static int make_cells(struct lfb_plan *plan, const struct lfb_options *o, const struct shapes *shapes, struct lfb_error *error)
{
	size_t nth = 0;

	if (shapes->count * plan->backend_count > LFB_PLAN_CELLS_MAX) /* both are small: no overflow */
		return lfb_fail(error, -EINVAL, "the lists multiply to %zu cells, more than %u; give shorter lists",
				shapes->count * plan->backend_count, LFB_PLAN_CELLS_MAX);
	plan->cells = (struct lfb_plan_cell *)calloc(shapes->count * plan->backend_count, sizeof(plan->cells[0]));
	if (plan->cells == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	for (size_t s = 0; s < shapes->count; s++) {
		for (size_t b = 0; b < plan->backend_count; b++) {
			struct lfb_plan_cell *const cell = &plan->cells[plan->cell_count];

			if (is_repetition(o, &shapes->list[s], &plan->backends[b]) || nth++ % o->shards != o->shard - 1)
				continue;
			cell->shape = shapes->list[s];
			cell->shape.pool = plan->backends[b].pool;
			cell->backend = &plan->backends[b];
			judge(cell);
			if (identify(cell) != 0)
				return lfb_fail(error, -ENOMEM, "out of memory");
			plan->runnable += cell->status == LFB_STATUS_OK;
			plan->cell_count++;
		}
	}
	if (plan->cell_count == 0)
		return lfb_fail(error, -EINVAL, "part %" PRIu64 " of %" PRIu64 " has no cell: the plan has only %zu", o->shard, o->shards, nth);
	return 0;
}

static int make_order(struct lfb_plan *plan, uint64_t launches, struct lfb_error *error)
{
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
	for (uint64_t launch = 1; launch <= launches; launch++) {
		size_t n = 0;

		for (size_t i = 0; i < plan->cell_count; i++)
			if (plan->cells[i].status == LFB_STATUS_OK)
				order[n++] = i;
		lfb_rng_shuffle(&rng, order, n);
		for (size_t i = 0; i < n; i++)
			plan->launches[plan->launch_count++] = (struct lfb_plan_launch){ .cell = order[i], .launch = launch };
	}
	free(order);
	return 0;
}

int lfb_plan_make(const struct lfb_options *options, const struct lfb_paths *paths, struct lfb_plan *plan, struct lfb_error *error)
{
	struct shapes shapes = { .count = 0 };
	int rc;

	memset(plan, 0, sizeof(*plan));
	plan->seed = options->seed;
	rc = make_shapes(options, &shapes, error);
	if (rc == 0)
		rc = make_backends(plan, options, paths, error);
	if (rc == 0)
		rc = make_cells(plan, options, &shapes, error);
	if (rc == 0)
		rc = make_order(plan, options->launches, error);
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

/* Process, audit and arena of a launch beside its trials, as seen on the machines of the project. */
#define LAUNCH_OVERHEAD_NS UINT64_C(40000000)

uint64_t lfb_plan_launch_estimate_ns(const struct lfb_options *options)
{
	return lfb_sum_u64(LAUNCH_OVERHEAD_NS + options->duration_ns / 4, lfb_product_u64(options->trials, options->duration_ns));
}
