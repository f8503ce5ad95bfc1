/* plan_shapes.c - see plan_parts.h: from the options to the shapes of a plan. */
#include "plan/plan_parts.h"

#include "machine/affinity.h"
#include "applications/application.h"
#include "machine/cpu_list.h"
#include "machine/topology.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Returns 0, -ENOMEM, or -E2BIG before lists that multiply to billions have filled the memory. */
static int shapes_add(struct lfb_shapes *shapes, const struct lfb_shape *shape)
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

/* CPUs that threads may have: of the process, or those that the user lists. */
static size_t cpus_given(const struct lfb_options *o)
{
	struct lfb_cpu_list list = { 0 };
	struct lfb_error error;
	enum lfb_pin policy;
	size_t count = 0;

	if (lfb_pin_parse(o->pin, &policy, &list, &error) == 0 && list.count > 0)
		count = lfb_cpus_distinct(list.cpus, list.count);
	lfb_cpu_list_clear(&list);
	if (count == 0 && lfb_affinity_read(&list) == 0)
		count = list.count;
	lfb_cpu_list_clear(&list);
	return count > 0 ? count : 1;
}

/* How to wait where nobody said: a thread without a CPU of its own must give away the one it has. */
static enum lfb_wait wait_preset(size_t cpus, const struct lfb_shape *shape)
{
	const uint32_t threads = lfb_workload_threads(shape->workload, shape->producers, shape->consumers);

	return threads > cpus ? LFB_WAIT_YIELD : LFB_WAIT_BACKOFF;
}

/* Of a pipeline: the threads follow from the stages. */
static void shape_by_stages(struct lfb_shape *shape)
{
	const bool diamond = shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND;

	if (diamond) /* four threads, three queues, whatever --stages says */
		shape->param[LFB_PARAM_stages] = (uint32_t)lfb_params[LFB_PARAM_stages].preset;
	shape->producers = 1;
	shape->consumers = diamond ? 3 : shape->param[LFB_PARAM_stages] - 1;
}

static int add_finished(struct lfb_shapes *shapes, const struct lfb_options *o, struct lfb_shape shape)
{
	const bool diamond = shape.workload->by_stages && shape.param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND;

	/* A diamond has its own number of threads: one is enough of a sweep over them. */
	if (diamond && o->params[LFB_PARAM_stages].count > 1 && shape.param[LFB_PARAM_stages] != o->params[LFB_PARAM_stages].values[0])
		return 0;
	if (shape.workload->by_stages)
		shape_by_stages(&shape);
	if (shape.param[LFB_PARAM_burst] == 0)
		shape.param[LFB_PARAM_burst] = shape.workload->burst_preset;
	if (!o->waits_given)
		shape.wait = wait_preset(shapes->cpus, &shape);
	return shapes_add(shapes, &shape);
}

/* `base` times the lists of the parameters from `first` on. */
static int add_params(struct lfb_shapes *shapes, const struct lfb_options *o, struct lfb_shape base, enum lfb_param first)
{
	int rc = 0;

	while (first < LFB_PARAM_TOTAL && (o->params[first].count == 0 || !lfb_param_fits(first, base.workload->name)))
		first++;
	if (first == LFB_PARAM_TOTAL)
		return add_finished(shapes, o, base);
	for (size_t i = 0; rc == 0 && i < o->params[first].count; i++) {
		base.param[first] = (uint32_t)o->params[first].values[i]; /* params.h sees to it that it fits */
		rc = add_params(shapes, o, base, first + 1);
	}
	return rc;
}

/* `base` times the lists that every workload takes. */
static int add_settings(struct lfb_shapes *shapes, const struct lfb_options *o, struct lfb_shape base)
{
	lfb_shape_preset(&base);
	for (size_t c = 0; c < o->capacities.count; c++) {
		for (size_t b = 0; b < o->batches.count; b++) {
			for (size_t w = 0; w < o->waits.count; w++) {
				int rc;

				base.capacity = o->capacities.values[c];
				if (!o->capacity_given && base.workload->capacity_preset > 0)
					base.capacity = base.workload->capacity_preset;
				base.batch = (uint32_t)o->batches.values[b];
				base.wait = (enum lfb_wait)o->waits.values[w];
				rc = add_params(shapes, o, base, (enum lfb_param)0);
				if (rc != 0)
					return rc;
			}
		}
	}
	return 0;
}

static int add_threads(struct lfb_shapes *shapes, const struct lfb_options *o, const struct lfb_workload *workload, uint64_t threads)
{
	const bool fixed = workload->threads_min == workload->threads_max;
	struct lfb_shape shape = { .workload = workload, .pin = o->pin };

	shape.producers = shape.consumers = fixed ? 1 : (uint32_t)threads;
	return add_settings(shapes, o, shape);
}

/* The numbers of threads of one side: as told, or the workload's own; those it cannot have are left out. */
static struct lfb_list side_list(const struct lfb_side *side, const struct lfb_list *told, bool given)
{
	struct lfb_list list = { .count = 0 };

	if (!given && side->preset > 0)
		return (struct lfb_list){ .count = 1, .values = { side->preset } };
	for (size_t i = 0; i < told->count; i++)
		if (side->max == 0 || told->values[i] <= side->max)
			list.values[list.count++] = told->values[i];
	return list;
}

static int add_sides(struct lfb_shapes *shapes, const struct lfb_options *o, const struct lfb_workload *workload)
{
	const struct lfb_list producers = side_list(&workload->producers, &o->producers, o->producers_given);
	const struct lfb_list consumers = side_list(&workload->consumers, &o->consumers, o->consumers_given);
	int rc = 0;

	for (size_t p = 0; rc == 0 && p < producers.count; p++) {
		for (size_t c = 0; rc == 0 && c < consumers.count; c++) {
			const struct lfb_shape shape = { .workload = workload,
							 .producers = (uint32_t)producers.values[p],
							 .consumers = (uint32_t)consumers.values[c],
							 .pin = o->pin };

			rc = add_settings(shapes, o, shape);
		}
	}
	return rc;
}

/* The shapes of one workload; thread counts that do not fit it are left out. */
static int add_workload(struct lfb_shapes *shapes, const struct lfb_options *o, const struct lfb_workload *workload)
{
	int rc = 0;

	if (workload->by_stages)
		return add_settings(shapes, o, (struct lfb_shape){ .workload = workload, .producers = 1, .consumers = 2, .pin = o->pin });
	if (!workload->by_threads)
		return add_sides(shapes, o, workload);
	for (size_t t = 0; rc == 0 && t < o->threads.count; t++)
		if (o->threads.values[t] >= workload->threads_min && o->threads.values[t] <= workload->threads_max)
			rc = add_threads(shapes, o, workload, o->threads.values[t]);
	return rc;
}

/*
 * With nothing said about workloads and threads: the three plain workloads, and producer_consumer both
 * with one thread per side and with two. 1x1 is the shape every queue can run, so it compares
 * all of them; 2x2 adds contention on each side (and on 2 CPUs shows what happens when threads
 * exceed CPUs, where blocking queues win). Two threads in pairs contend for both ends at once,
 * and ping_pong's round trip is the nearest thing to latency without a rate.
 */
static int add_default_sweep(struct lfb_shapes *shapes, const struct lfb_options *o)
{
	int rc = 0;

	for (const struct lfb_workload *workload = lfb_workloads; rc == 0 && workload->name != NULL; workload++) {
		if (!workload->in_default_sweep)
			continue;
		rc = add_workload(shapes, o, workload);
		if (rc == 0 && !workload->by_threads)
			rc = add_settings(shapes, o,
					  (struct lfb_shape){ .workload = workload, .producers = 2, .consumers = 2, .pin = o->pin });
	}
	return rc;
}

/* Whether a parameter is given that this workload takes. */
static bool takes_params(const struct lfb_options *o, const struct lfb_workload *workload)
{
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++)
		if (o->params[p].count > 0 && lfb_param_fits(p, workload->name))
			return true;
	return false;
}

static bool params_given(const struct lfb_options *o)
{
	for (int p = 0; p < LFB_PARAM_TOTAL; p++)
		if (o->params[p].count > 0)
			return true;
	return false;
}

static bool by_sides(const struct lfb_workload *workload)
{
	return !workload->by_threads && !workload->by_stages;
}

/*
 * Whether the options ask for this workload: by name, or else by an option that shapes it. What many workloads
 * take (threads) asks for those of the default sweep only.
 */
static bool wants(const struct lfb_options *o, size_t index)
{
	const struct lfb_workload *const workload = &lfb_workloads[index];

	for (size_t i = 0; i < o->workloads.count; i++)
		if (o->workloads.values[i] == index)
			return true;
	if (o->workloads.count > 0)
		return false;
	if (params_given(o))
		return takes_params(o, workload);
	return workload->in_default_sweep && (workload->by_threads ? o->threads_given : o->sides_given);
}

/* The options that shape none of the workloads asked for. */
static int check_shaping(const struct lfb_options *o, struct lfb_error *error)
{
	bool threads = false, sides = false, taken[LFB_PARAM_TOTAL] = { false };

	for (size_t i = 0; lfb_workloads[i].name != NULL; i++) {
		threads |= wants(o, i) && lfb_workloads[i].by_threads;
		sides |= wants(o, i) && by_sides(&lfb_workloads[i]);
		for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++)
			taken[p] |= wants(o, i) && lfb_param_fits(p, lfb_workloads[i].name);
	}
	if (o->sides_given && !sides)
		return lfb_fail(error, -EINVAL, "--producers and --consumers shape none of the workloads given; those take --threads");
	if (o->threads_given && !threads)
		return lfb_fail(error, -EINVAL, "--threads shapes none of the workloads given; those take --producers and --consumers");
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++)
		if (o->params[p].count > 0 && !taken[p])
			return lfb_fail(error, -EINVAL, "--%s is for %s, and shapes none of the workloads given", lfb_params[p].option,
					lfb_params[p].workloads);
	return 0;
}

bool lfb_is_default_sweep(const struct lfb_options *o)
{
	return o->workloads.count == 0 && !o->sides_given && !o->threads_given && !params_given(o);
}

int lfb_shapes_make(const struct lfb_options *o, struct lfb_shapes *shapes, struct lfb_error *error)
{
	int rc = check_shaping(o, error);

	if (rc != 0)
		return rc;
	shapes->cpus = cpus_given(o);
	if (lfb_is_default_sweep(o))
		rc = add_default_sweep(shapes, o);
	for (size_t i = 0; rc == 0 && !lfb_is_default_sweep(o) && lfb_workloads[i].name != NULL; i++)
		if (wants(o, i))
			rc = add_workload(shapes, o, &lfb_workloads[i]);
	if (rc == -E2BIG)
		return lfb_fail(error, -EINVAL, "the lists multiply to more than %u cells; give shorter lists", LFB_PLAN_CELLS_MAX);
	if (rc != 0)
		return lfb_fail(error, rc, "out of memory");
	if (shapes->count == 0)
		return lfb_fail(error, -EINVAL, "no workload given can run with that number of threads (ping_pong takes 2; fan_in and logger have 1 consumer, echo_server 1 producer)");
	return 0;
}

/* Whether any option lists more than one value, even where only one of them fits the workload. */
static bool gives_a_list(const struct lfb_options *o)
{
	for (int p = 0; p < LFB_PARAM_TOTAL; p++)
		if (o->params[p].count > 1)
			return true;
	return o->rates.count > 1 || o->producers.count > 1 || o->consumers.count > 1 || o->threads.count > 1 || o->capacities.count > 1 ||
	       o->batches.count > 1 || o->waits.count > 1 || o->allocs.count > 1 ||
	       (o->backends != NULL && strchr(o->backends, ',') != NULL);
}

/* A benchmark binary measures in one pass; a rate makes it an open loop. */
static int single_pass(const struct lfb_options *o, struct lfb_shape *shape, struct lfb_error *error)
{
	const bool rated = o->rates.count > 0;

	if (o->passes.count > 1)
		return lfb_fail(error, -EINVAL, "--pass: a benchmark binary runs one pass; 'lfbench run' takes several");
	shape->pass = o->passes.count == 1 ? (enum lfb_pass)o->passes.values[0] : rated ? LFB_PASS_LATENCY : LFB_PASS_THROUGHPUT;
	if (rated && shape->pass != LFB_PASS_LATENCY)
		return lfb_fail(error, -EINVAL, "--rate is for --pass latency; throughput and contention run as fast as they can");
	if (rated && shape->workload->role[0].open == LFB_LOOP_KINDS)
		return lfb_fail(error, -EINVAL, "--rate: %s has no open loop, producer_consumer has", shape->workload->name);
	if (lfb_shape_records(shape) && shape->pass != LFB_PASS_THROUGHPUT)
		return lfb_fail(error, -EINVAL, "--check history is for --pass throughput; latency and contention have loops of their own");
	shape->rate_per_s = rated ? o->rates.values[0] : 0;
	shape->load_percent = (uint32_t)o->load_of;
	shape->arrival = o->arrival;
	return 0;
}

/* Options that a binary of this workload has no use for. */
static int check_binary(const struct lfb_options *o, const struct lfb_workload *workload, struct lfb_error *error)
{
	const char *const shaped_by = workload->by_threads ? "--threads" : workload->by_stages ? "--stages" : "--producers and --consumers";

	if ((o->sides_given && !by_sides(workload)) || (o->threads_given && !workload->by_threads))
		return lfb_fail(error, -EINVAL, "%s is shaped by %s", workload->name, shaped_by);
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++)
		if (o->params[p].count > 0 && !lfb_param_fits(p, workload->name))
			return lfb_fail(error, -EINVAL, "--%s is for %s, not for %s", lfb_params[p].option, lfb_params[p].workloads, workload->name);
	return 0;
}

int lfb_plan_single_shape(const struct lfb_options *o, const struct lfb_workload *workload, struct lfb_shape *shape,
			  struct lfb_error *error)
{
	struct lfb_shapes shapes = { .cpus = cpus_given(o) };
	int rc;

	rc = check_binary(o, workload, error);
	if (rc != 0)
		return rc;
	if (gives_a_list(o))
		return lfb_fail(error, -EINVAL, "a benchmark binary runs one cell, but a list is given; 'lfbench run' sweeps over lists");
	rc = add_workload(&shapes, o, workload);
	if (rc != 0)
		rc = lfb_fail(error, rc, "out of memory");
	else if (shapes.count == 0 && workload->by_threads)
		rc = lfb_fail(error, -EINVAL, "--threads: %s takes %" PRIu32 " to %" PRIu32 " threads", workload->name,
			      workload->threads_min, workload->threads_max);
	else if (shapes.count == 0)
		rc = lfb_fail(error, -EINVAL, "%s has at most %" PRIu32 " %s", workload->name,
			      workload->consumers.max > 0 ? workload->consumers.max : workload->producers.max,
			      workload->consumers.max > 0 ? "consumer" : "producer");
	if (rc == 0)
		rc = single_pass(o, &shapes.list[0], error);
	if (rc == 0) {
		*shape = shapes.list[0];
		shape->pool = o->allocs.values[0] == 1;
	}
	free(shapes.list);
	return rc;
}
