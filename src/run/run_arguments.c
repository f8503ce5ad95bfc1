/* run_arguments.c - see run_parts.h: the command line of one launch. */
#include "run/run_parts.h"

#include "plan/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void argue(struct lfb_run_arguments *a, const char *name, const char *value)
{
	a->list[a->count++] = (char *)(uintptr_t)name;
	a->list[a->count++] = (char *)(uintptr_t)value; /* exec does not write to them */
}

static void argue_number(struct lfb_run_arguments *a, const char *name, uint64_t value, const char *unit)
{
	char *const text = a->text[a->count];

	(void)snprintf(text, LFB_RUN_ARGUMENT_BYTES, "%" PRIu64 "%s", value, unit);
	argue(a, name, text);
}

static void argue_stream(struct lfb_run_arguments *a, const char *name, enum lfb_child_stream stream)
{
	char *const text = a->text[a->count];

	(void)snprintf(text, LFB_RUN_ARGUMENT_BYTES, "fd:%d", LFB_CHILD_FIRST_FD + (int)stream);
	argue(a, name, text);
}

/* The parameters that are not at their default. */
static void argue_params(struct lfb_run_arguments *a, const struct lfb_shape *shape)
{
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		char *const text = a->text[a->count];

		if (shape->param[p] == lfb_params[p].preset)
			continue;
		(void)snprintf(a->option[p], sizeof(a->option[p]), "--%s", lfb_params[p].option);
		argue(a, a->option[p], lfb_param_text(p, shape->param[p], false, text, LFB_RUN_ARGUMENT_BYTES));
	}
}

void lfb_run_make_arguments(const struct lfb_run_state *s, const char *cpus, uint64_t rate_per_s, struct lfb_run_arguments *a)
{
	const struct lfb_options *const o = s->run->options;
	const struct lfb_shape *const shape = &s->cell->shape;

	memset(a, 0, sizeof(*a));
	(void)snprintf(a->program, sizeof(a->program), "%.3000s/%s", s->run->paths->bench, shape->workload->name);
	a->list[a->count++] = a->program;
	argue(a, "--backend", s->cell->object->path);
	argue(a, "--label", s->cell->backend->label);
	argue_params(a, shape);
	if (shape->workload->by_threads) {
		argue_number(a, "--threads", lfb_workload_threads(shape->workload, shape->producers, shape->consumers), "");
	} else if (!shape->workload->by_stages) { /* there they follow from the parameters */
		argue_number(a, "--producers", shape->producers, "");
		argue_number(a, "--consumers", shape->consumers, "");
	}
	argue_number(a, "--capacity", shape->capacity, "");
	argue_number(a, "--batch", shape->batch, "");
	argue(a, "--wait", lfb_wait_names[shape->wait]);
	argue(a, "--alloc", shape->pool ? "pool" : "malloc");
	argue(a, "--pin", shape->pin);
	argue(a, "--cpus", cpus);
	if (o->items > 0)
		argue_number(a, "--items", o->items, "");
	else
		argue_number(a, "--duration", o->duration_ns, "ns");
	argue(a, "--pass", lfb_pass_names[shape->pass]);
	if (rate_per_s > 0) {
		argue_number(a, "--rate", rate_per_s, "");
		argue(a, "--arrivals", lfb_arrival_names[shape->arrival]);
	}
	if (shape->load_percent > 0)
		argue_number(a, "--load-of", shape->load_percent, "");
	argue(a, "--histograms", o->brief_histograms ? "brief" : "full");
	argue_number(a, "--trials", s->trials, "");
	argue_number(a, "--audit-items", o->audit_items, "");
	argue_number(a, "--timeout", o->timeout_ns, "ns");
	argue_number(a, "--seed", s->run->plan->seed, "");
	argue(a, "--run-id", s->run->run_id);
	argue_number(a, "--launch", s->launch, "");
	argue_number(a, "--order", s->order, "");
	argue_stream(a, "--csv", LFB_CHILD_ROWS);
	argue_stream(a, "--detail", LFB_CHILD_DETAIL);
	argue_stream(a, "--hist", LFB_CHILD_HIST);
	if (lfb_shape_records(shape))
		argue_stream(a, "--log", LFB_CHILD_LOG);
}
