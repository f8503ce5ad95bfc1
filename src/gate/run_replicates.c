/* run_replicates.c - see run_parts.h: which builds a launch compares, and what becomes of its result. */
#include "run_parts.h"

#include "run_values.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A launch takes a second or two; one that takes this long hangs. */
#define LAUNCH_TIMEOUT_NS UINT64_C(30000000000)
#define CALIBRATION_SLICE_NS UINT64_C(1000000)

/* Which build takes which side. */
static void choose_layouts(const struct gate_job *job, const struct gate_cell *cell, size_t replicate, size_t layout[GATE_ARMS])
{
	const size_t base = replicate % cell->layouts;

	layout[GATE_BASE] = base;
	layout[GATE_HEAD] = (base + job->layout_shift) % cell->layouts; /* each is used once in a round, however many there are */
	if (cell->control != GATE_NO_CONTROL)
		layout[GATE_HEAD] = (base + 1) % cell->layouts; /* another layout of the same side */
}

static const char *path_of(const struct gate_cell *cell, enum gate_arm arm, const size_t layout[GATE_ARMS])
{
	const enum gate_arm side = cell->control != GATE_NO_CONTROL ? GATE_BASE : arm;

	return cell->builds[layout[arm]].path[side];
}

static void fill_plan(struct gate_job *job, const struct gate_cell *cell, const size_t layout[GATE_ARMS], struct gate_duet_plan *plan)
{
	*plan = (struct gate_duet_plan){
		.shape = cell->shape,
		.metric = cell->metric,
		.cpus = cell->cpus,
		.cpu_count = cell->cpu_count,
		.slice_ns = CALIBRATION_SLICE_NS,
		.seed = lfb_rng_next(&job->rng) >> 1, /* it travels as decimal digits */
		.timeout_ns = LAUNCH_TIMEOUT_NS,
	};
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		plan->paths[arm] = path_of(cell, arm, layout);
}

/* What a failed launch means for its cell. Returns 0 where the run can go on. */
static int take_failure(struct gate_job *job, struct gate_cell *cell, int rc, const struct lfb_error *why)
{
	if (rc == -EINTR) {
		job->run->was_interrupted = true;
		return -EINTR;
	}
	if (rc != -EBADMSG && rc != -ENOTSUP)
		return lfb_fail(job->error, rc, "%s", why->text[0] != '\0' ? why->text : strerror(-rc));
	cell->invalid = rc == -EBADMSG;
	cell->unsupported = rc == -ENOTSUP;
	(void)snprintf(cell->reason, sizeof(cell->reason), "%s", why->text);
	return 0;
}

static void report_progress(struct gate_job *job, const struct gate_cell *cell)
{
	const struct gate_progress progress = { job->stage, job->done, job->planned, gate_job_elapsed_ns(job), job->run->budget_ns, cell };

	if (job->run->on_progress != NULL)
		job->run->on_progress(&progress, job->run->context);
}

/* One launch. Returns 0 (also where the cell is over now), or what ends the run. */
static int launch(struct gate_job *job, struct gate_cell *cell, struct gate_duet_plan *plan, const size_t layout[GATE_ARMS],
		  size_t replicate, struct gate_duet_result *result)
{
	struct lfb_error why = { "" };
	struct gate_record record;
	int rc;

	report_progress(job, cell);
	rc = gate_launch(plan, result, NULL, job->run->interrupted, &why);
	job->done++;
	if (rc != 0)
		return take_failure(job, cell, rc, &why);
	gate_cell_note(cell, result, job->stage);
	record = (struct gate_record){
		.cell = cell,
		.cell_index = (size_t)(cell - job->run->cells),
		.stage = job->stage,
		.replicate = replicate,
		.layout = { layout[GATE_BASE], layout[GATE_HEAD] },
		.plan = plan,
		.result = result,
	};
	return job->run->on_record != NULL ? job->run->on_record(&record, job->run->context) : 0;
}

static uint64_t items_of(const struct gate_cell *cell, uint64_t slice_ns)
{
	const uint64_t items = (uint64_t)((double)cell->items_per_ms * (double)slice_ns / 1e6);

	return items > 0 ? items : 1;
}

int gate_job_replicate(struct gate_job *job, struct gate_cell *cell, size_t nth, uint64_t slice_ns, unsigned blocks, double *d)
{
	const enum gate_arm first = lfb_rng_below(&job->rng, 2) == 0 ? GATE_BASE : GATE_HEAD;
	size_t layout[GATE_ARMS];
	double sum = 0;

	*d = NAN;
	choose_layouts(job, cell, nth, layout);
	for (unsigned i = 0; i < 2; i++) {
		struct gate_duet_result result;
		struct gate_duet_plan plan;
		int rc;

		fill_plan(job, cell, layout, &plan);
		plan.loaded_first = i == 0 ? first : (enum gate_arm)(1 - (int)first);
		plan.items = items_of(cell, slice_ns);
		plan.blocks = blocks;
		rc = launch(job, cell, &plan, layout, nth, &result);
		if (rc != 0 || gate_cell_is_over(cell))
			return rc;
		if (job->stage == GATE_STAGE_PILOT && isfinite(result.d))
			cell->pilot[cell->pilots++] = (struct gate_pilot_launch){
				result.d, result.block_variance, result.blocks - result.dropped, result.setup_ns, result.blocks_ns, slice_ns
			};
		sum += result.d;
	}
	*d = sum / 2;
	return 0;
}

int gate_job_calibrate(struct gate_job *job, struct gate_cell *cell)
{
	const size_t layout[GATE_ARMS] = { 0, 0 };
	struct gate_duet_result result;
	struct gate_duet_plan plan;
	int rc;

	fill_plan(job, cell, layout, &plan);
	rc = launch(job, cell, &plan, layout, 0, &result);
	if (rc == 0 && !gate_cell_is_over(cell))
		cell->items_per_ms = result.items > 0 ? result.items : 1;
	return rc;
}
