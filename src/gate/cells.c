/* cells.c - see cells.h. */
#include "cells.h"

#include "plugin/inspect.h"
#include "plan/names.h"
#include "machine/pinning.h"
#include "plan/plan_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shape of a gate where nothing is said: what every queue can run. */
static void preset_workload(struct lfb_options *o)
{
	bool said = o->workloads.count > 0 || o->sides_given || o->threads_given;

	for (int p = 0; p < LFB_PARAM_TOTAL; p++)
		said |= o->params[p].count > 0;
	if (!said)
		o->workloads = (struct lfb_list){ .count = 1, .values = { (uint64_t)lfb_name_find(lfb_workload_names, "producer_consumer") } };
}

static int make_shapes(struct lfb_options *options, struct gate_cells *out, struct lfb_error *error)
{
	struct lfb_shapes shapes = { NULL, 0, 0, 0 };
	int rc;

	preset_workload(options);
	rc = lfb_shapes_make(options, &shapes, error);
	out->shapes = shapes.list;
	out->shape_count = shapes.count;
	for (size_t i = 0; rc == 0 && i < shapes.count; i++) {
		struct lfb_shape *const shape = &shapes.list[i];

		shape->pool = options->allocs.values[0] == 1;
		if (strcmp(shape->workload->name, "producer_consumer") != 0 && strcmp(shape->workload->name, "pairs") != 0 &&
		    strcmp(shape->workload->name, "ping_pong") != 0)
			return lfb_fail(error, -EINVAL,
					"--workload: two builds take turns in producer_consumer, pairs and ping_pong only; compare programs of '%s' with --program-base and --program-head",
					shape->workload->name);
		if (lfb_shape_application(shape) != NULL)
			return lfb_fail(error, -EINVAL, "the gate's items do no work; compare programs with --program-base and --program-head");
		if (lfb_workload_threads(shape->workload, shape->producers, shape->consumers) > GATE_THREADS_MAX)
			return lfb_fail(error, -EINVAL, "a gate has at most %u threads", GATE_THREADS_MAX);
	}
	return rc;
}

static int resolve_cpus(struct gate_cells *out, struct lfb_error *error)
{
	struct lfb_pinning pinning = { NULL, 0 };
	int rc = lfb_pinning_load(&pinning, error);

	out->cpus = calloc(out->shape_count, sizeof(*out->cpus));
	if (rc == 0 && out->cpus == NULL)
		rc = lfb_fail(error, -ENOMEM, "out of memory");
	for (size_t i = 0; rc == 0 && i < out->shape_count; i++) {
		const struct lfb_shape *const shape = &out->shapes[i];

		rc = lfb_pinning_resolve(&pinning, shape->pin, lfb_workload_threads(shape->workload, shape->producers, shape->consumers),
					 &out->cpus[i], error);
	}
	lfb_pinning_free(&pinning);
	return rc;
}

static struct gate_cell *add_cell(struct gate_cells *out, size_t shape, const struct gate_build *build, enum gate_metric metric)
{
	struct gate_cell *const longer = realloc(out->cells, (out->count + 1) * sizeof(*longer));

	if (longer == NULL)
		return NULL;
	out->cells = longer;
	memset(&longer[out->count], 0, sizeof(*longer));
	longer[out->count].shape = out->shapes[shape];
	longer[out->count].shape.pass = metric == GATE_THROUGHPUT ? LFB_PASS_THROUGHPUT : LFB_PASS_LATENCY;
	longer[out->count].metric = metric;
	longer[out->count].label = build->name;
	longer[out->count].builds = build->paths;
	longer[out->count].layouts = build->layouts;
	longer[out->count].cpus = out->cpus[shape].count > 0 ? out->cpus[shape].cpus : NULL;
	longer[out->count].cpu_count = (unsigned)out->cpus[shape].count;
	return &longer[out->count++];
}

/* Both builds must be able to run a shape: claims can differ. */
static bool can_run(struct gate_cells *out, size_t shape, const struct gate_build *build, enum gate_metric metric)
{
	struct lfb_shape asked = out->shapes[shape];
	char reason[400];

	asked.pass = metric == GATE_THROUGHPUT ? LFB_PASS_THROUGHPUT : LFB_PASS_LATENCY;
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		if (!lfb_cell_unsupported(&asked, &build->info[arm], reason, sizeof(reason)))
			continue;
		if (out->skipped++ == 0)
			(void)snprintf(out->skipped_reason, sizeof(out->skipped_reason), "%s: %s", build->name, reason);
		return false;
	}
	return true;
}

static int add_cells(const struct gate_builds *builds, const struct gate_metrics *metrics, struct gate_cells *out, struct lfb_error *error)
{
	for (size_t shape = 0; shape < out->shape_count; shape++)
		for (size_t build = 0; build < builds->count; build++)
			for (enum gate_metric metric = 0; metric < GATE_METRICS; metric++)
				if (metrics->wanted[metric] && can_run(out, shape, &builds->builds[build], metric) &&
				    add_cell(out, shape, &builds->builds[build], metric) == NULL)
					return lfb_fail(error, -ENOMEM, "out of memory");
	if (out->count == 0)
		return lfb_fail(error, -EINVAL, "no build can run what is asked for (%.300s)", out->skipped_reason);
	return 0;
}

/* The reference is looked at like any other build, on both sides. */
static int find_reference(const char *path, struct gate_cells *out)
{
	struct gate_build *const reference = &out->reference;
	struct lfb_inspection inspection;

	if (path == NULL || strlen(path) >= PATH_MAX || lfb_inspect(path, &inspection) != 0 || inspection.status != LFB_INSPECT_OK)
		return 0;
	reference->paths = calloc(1, sizeof(*reference->paths));
	if (reference->paths == NULL)
		return -ENOMEM;
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		(void)snprintf(reference->paths[0].path[arm], PATH_MAX, "%s", path);
		reference->info[arm] = inspection.info;
	}
	reference->layouts = 1;
	(void)snprintf(reference->name, sizeof(reference->name), "%s", inspection.info.name);
	return 0;
}

/* The same shape as the first cell's, for what nothing has changed in. */
static int add_controls(const char *reference_path, struct gate_cells *out, struct lfb_error *error)
{
	const struct gate_cell first = out->cells[0];
	struct gate_cell *self = realloc(out->cells, (out->count + 2) * sizeof(*self));
	char reason[400];

	if (self == NULL || find_reference(reference_path, out) != 0)
		return lfb_fail(error, -ENOMEM, "out of memory");
	out->cells = self;
	self = &out->cells[out->count];
	*self = first;
	self->control = GATE_CONTROL_SELF;
	out->controls = 1;
	if (out->reference.name[0] != '\0' && !lfb_cell_unsupported(&first.shape, &out->reference.info[0], reason, sizeof(reason))) {
		self[1] = first;
		self[1].control = GATE_CONTROL_REFERENCE;
		self[1].label = out->reference.name;
		self[1].builds = out->reference.paths;
		self[1].layouts = 1;
		out->controls = 2;
	}
	out->count += out->controls;
	return 0;
}

int gate_cells_make(const struct gate_builds *builds, struct lfb_options *options, const struct gate_metrics *metrics,
		    const char *reference_path, struct gate_cells *out, struct lfb_error *error)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = make_shapes(options, out, error);
	if (rc == 0)
		rc = resolve_cpus(out, error);
	if (rc == 0)
		rc = add_cells(builds, metrics, out, error);
	return rc == 0 ? add_controls(reference_path, out, error) : rc;
}

void gate_cells_free(struct gate_cells *cells)
{
	for (size_t i = 0; cells->cpus != NULL && i < cells->shape_count; i++)
		lfb_cpu_list_clear(&cells->cpus[i]);
	free(cells->cpus);
	free(cells->shapes);
	free(cells->reference.paths);
	free(cells->cells);
	memset(cells, 0, sizeof(*cells));
}

const char *gate_shape_text(const struct lfb_shape *shape, char *out, size_t out_bytes)
{
	const bool by_threads = shape->workload->by_threads;
	char threads[64];

	if (by_threads)
		(void)snprintf(threads, sizeof(threads), "threads=%" PRIu32, lfb_workload_threads(shape->workload, shape->producers, shape->consumers));
	else
		(void)snprintf(threads, sizeof(threads), "producers=%" PRIu32, shape->producers);
	if (by_threads)
		(void)snprintf(out, out_bytes, "batch=%" PRIu32 "/capacity=%" PRIu64 "/%s/wait=%s%s", shape->batch, shape->capacity, threads,
			       lfb_wait_names[shape->wait], shape->pool ? "/alloc=pool" : "");
	else
		(void)snprintf(out, out_bytes, "batch=%" PRIu32 "/capacity=%" PRIu64 "/consumers=%" PRIu32 "/%s/wait=%s%s", shape->batch, shape->capacity,
			       shape->consumers, threads, lfb_wait_names[shape->wait], shape->pool ? "/alloc=pool" : "");
	return out;
}
