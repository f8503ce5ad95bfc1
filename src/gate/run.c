/* run.c - see run.h. */
#include "run_parts.h"

#include "run_values.h"
#include "statistics/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of what is left after the pilot. */
#define CONTROL_SHARE 0.10
#define SCREEN_SHARE 0.50
#define CONTROL_REPLICATES 12u
/* Of each stage; both together 95 %. */
#define STAGE_POWER 0.975
/* Part of the budget that is planned with: launches of a busy machine take longer than the pilot's. */
#define PLANNED_SHARE 0.85
/* A stage was planned within the budget; a machine that has since become this much slower ends it. */
#define OVERTIME 1.25
/* And screening that takes this much longer than planned ends where it is: what it flags would otherwise find no time left to be confirmed. */
#define SCREEN_OVERTIME 1.15

const char *const gate_stage_names[] = { "calibrate", "pilot", "screen", "confirm", NULL };

static int calibrate_all(struct gate_job *job)
{
	int rc = 0;

	job->stage = GATE_STAGE_CALIBRATE;
	job->done = 0;
	job->planned = job->run->count;
	for (size_t i = 0; rc == 0 && i < job->run->count; i++)
		rc = gate_job_calibrate(job, &job->run->cells[i]);
	return rc;
}

/* Whether there is still a cell to judge: without one, controls control nothing. */
static bool is_worth_going_on(const struct gate_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->cells[i].control == GATE_NO_CONTROL && !gate_cell_is_over(&run->cells[i]))
			return true;
	return false;
}

/* Called for one replicate of one cell. */
typedef int (*replicate_fn)(struct gate_job *job, struct gate_cell *cell, size_t nth);

/* What was screened by now is all that was wanted. */
static void cut_short(struct gate_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		run->cells[i].screen.planned = run->cells[i].screen.count;
}

/* `want[i]` replicates of each cell, in rounds. */
static int run_stage(struct gate_job *job, enum gate_stage stage, const size_t *want, replicate_fn one)
{
	const size_t count = job->run->count;
	size_t *const order = malloc(count * sizeof(*order));
	size_t most = 0;
	int rc = order == NULL ? lfb_fail(job->error, -ENOMEM, "out of memory") : 0;

	job->stage = stage;
	job->done = job->planned = 0;
	for (size_t i = 0; i < count; i++) {
		most = want[i] > most ? want[i] : most;
		job->planned += 2 * want[i];
	}
	for (size_t round = 0; rc == 0 && round < most && is_worth_going_on(job->run); round++) {
		for (size_t i = 0; i < count; i++)
			order[i] = i;
		lfb_rng_shuffle(&job->rng, order, count);
		for (size_t i = 0; rc == 0 && i < count; i++)
			if (round < want[order[i]] && !gate_cell_is_over(&job->run->cells[order[i]]))
				rc = one(job, &job->run->cells[order[i]], round);
		if (stage == GATE_STAGE_SCREEN && job->screen_until_ns > 0 && (double)gate_job_elapsed_ns(job) > job->screen_until_ns) {
			cut_short(job->run);
			break;
		}
		if ((double)gate_job_elapsed_ns(job) > OVERTIME * (double)job->run->budget_ns) {
			job->run->out_of_budget = round + 1 < most;
			break;
		}
	}
	free(order);
	return rc;
}

static int pilot_one(struct gate_job *job, struct gate_cell *cell, size_t nth)
{
	double d;

	return gate_job_replicate(job, cell, nth, gate_pilot_slice_ns[nth % GATE_PILOT_SLICES], GATE_PILOT_BLOCKS, &d);
}

static int measure_one(struct gate_job *job, struct gate_cell *cell, size_t nth)
{
	struct gate_values *const values = job->stage == GATE_STAGE_CONFIRM ? &cell->confirm : &cell->screen;
	double d;
	const int rc = gate_job_replicate(job, cell, nth, cell->allotment.slice_ns, cell->allotment.blocks, &d);

	if (rc == 0 && !gate_cell_is_over(cell))
		values->d[values->count++] = d;
	return rc;
}

static int pilot_all(struct gate_job *job, size_t *want)
{
	int rc;

	for (size_t i = 0; i < job->run->count; i++)
		want[i] = GATE_PILOT_SLICES;
	rc = run_stage(job, GATE_STAGE_PILOT, want, pilot_one);
	for (size_t i = 0; i < job->run->count; i++)
		if (job->run->cells[i].pilots > 0)
			gate_allot(job->run->cells[i].pilot, job->run->cells[i].pilots, &job->run->cells[i].allotment);
	return rc;
}

/* How the replicates of a stage are asked for. */
struct demand {
	double alpha, budget_ns; /* of each test, and of all cells together */
	bool flagged_only;
};

static bool takes_part(const struct gate_cell *cell, const struct demand *demand, const struct gate_rule *rule)
{
	if (gate_cell_is_over(cell) || cell->pilots == 0 || cell->control != GATE_NO_CONTROL)
		return false;
	return !demand->flagged_only || gate_cell_flag(cell, rule) != 0;
}

static size_t rounded_to_layouts(const struct gate_cell *cell, size_t replicates)
{
	if (cell->layouts == 1 || replicates == 0)
		return replicates;
	/* Every pair of layouts equally often, and each at least once: fewer pairs would have no interval. */
	return (replicates + cell->layouts - 1) / cell->layouts * cell->layouts;
}

/*
 * Divide the time: every cell may have an equal part of what is left; what a cell does not need goes to those after it, so
 * they are gone through from the least demanding.
 */
static void plan_replicates(const struct gate_run *run, const struct demand *demand, size_t *want)
{
	double left_ns = demand->budget_ns;
	size_t open = 0;

	for (size_t i = 0; i < run->count; i++) {
		want[i] = SIZE_MAX;
		if (takes_part(&run->cells[i], demand, &run->rule))
			open++;
		else
			want[i] = 0;
	}
	for (size_t i = 0; run->replicates > 0 && i < run->count; i++) {
		if (want[i] == SIZE_MAX) {
			want[i] = rounded_to_layouts(&run->cells[i], run->replicates);
			open--;
		}
	}
	while (open > 0) {
		size_t least = SIZE_MAX, replicates_of_least = 0;
		double least_ns = INFINITY;

		for (size_t i = 0; i < run->count; i++) {
			const struct gate_allotment *const a = &run->cells[i].allotment;
			size_t replicates;

			if (want[i] != SIZE_MAX)
				continue;
			replicates = gate_allot_replicates(a, fmax(run->rule.min_effect, 1e-4), demand->alpha, STAGE_POWER, left_ns / (double)open);
			if (least == SIZE_MAX || (double)replicates * a->replicate_ns < least_ns) {
				least = i;
				replicates_of_least = replicates;
				least_ns = (double)replicates * a->replicate_ns;
			}
		}
		want[least] = rounded_to_layouts(&run->cells[least], replicates_of_least);
		left_ns -= least_ns;
		open--;
	}
}

/* Controls: enough to be able to say that they moved, no more than their share. */
static void plan_controls(const struct gate_run *run, double budget_ns, size_t *want)
{
	size_t controls = 0;

	for (size_t i = 0; i < run->count; i++)
		controls += run->cells[i].control != GATE_NO_CONTROL && !gate_cell_is_over(&run->cells[i]);
	for (size_t i = 0; i < run->count; i++) {
		const struct gate_cell *const cell = &run->cells[i];
		double afford;

		if (cell->control == GATE_NO_CONTROL || gate_cell_is_over(cell) || cell->pilots == 0)
			continue;
		afford = budget_ns / (double)controls / fmax(cell->allotment.replicate_ns, 1);
		want[i] = afford < CONTROL_REPLICATES ? (size_t)afford : CONTROL_REPLICATES;
		if (want[i] < GATE_REPLICATES_MIN)
			want[i] = GATE_REPLICATES_MIN; /* with fewer it could not move at all */
	}
}

static int reserve(struct gate_job *job, enum gate_stage stage, const size_t *want)
{
	for (size_t i = 0; i < job->run->count; i++) {
		struct gate_cell *const cell = &job->run->cells[i];
		struct gate_values *const values = stage == GATE_STAGE_CONFIRM ? &cell->confirm : &cell->screen;

		values->planned = want[i];
		values->d = calloc(want[i] + 1, sizeof(*values->d));
		if (values->d == NULL)
			return lfb_fail(job->error, -ENOMEM, "out of memory");
	}
	return 0;
}

static size_t judged_cells(const struct gate_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->count; i++)
		n += run->cells[i].control == GATE_NO_CONTROL && !gate_cell_is_over(&run->cells[i]);
	return n;
}

static double left_ns(const struct gate_job *job)
{
	const double left = PLANNED_SHARE * (double)job->run->budget_ns - (double)gate_job_elapsed_ns(job);

	return left > 0 ? left : 0;
}

static int screen_all(struct gate_job *job, size_t *want)
{
	struct gate_run *const run = job->run;
	const double share = run->single_stage ? 1 - CONTROL_SHARE : SCREEN_SHARE;
	const struct demand demand = {
		.alpha = run->single_stage ? GATE_SINGLE_LOOK * run->rule.alpha / (double)(judged_cells(run) > 0 ? judged_cells(run) : 1) : run->rule.screen_alpha,
		.budget_ns = share * left_ns(job),
	};
	int rc;

	if (!run->single_stage)
		job->screen_until_ns = (double)gate_job_elapsed_ns(job) + SCREEN_OVERTIME * (share + CONTROL_SHARE) * left_ns(job);
	plan_replicates(run, &demand, want);
	plan_controls(run, CONTROL_SHARE * left_ns(job), want);
	rc = reserve(job, GATE_STAGE_SCREEN, want);
	return rc == 0 ? run_stage(job, GATE_STAGE_SCREEN, want, measure_one) : rc;
}

static int confirm_all(struct gate_job *job, size_t *want)
{
	struct gate_run *const run = job->run;
	struct demand demand = { .budget_ns = left_ns(job), .flagged_only = true };
	size_t flagged = 0;
	int rc;

	for (size_t i = 0; i < run->count; i++)
		flagged += takes_part(&run->cells[i], &demand, &run->rule);
	demand.alpha = run->rule.alpha / (double)(flagged > 0 ? flagged : 1);
	plan_replicates(run, &demand, want);
	rc = reserve(job, GATE_STAGE_CONFIRM, want);
	return rc == 0 ? run_stage(job, GATE_STAGE_CONFIRM, want, measure_one) : rc;
}

/* Of layouts there is no fresh set to confirm with. */
static bool has_single_stage(const struct gate_run *run)
{
	bool layouts = false;

	for (size_t i = 0; i < run->count; i++)
		layouts |= run->cells[i].control == GATE_NO_CONTROL && run->cells[i].layouts > 1;
	return layouts || run->replicates > 0;
}

static int run_all(struct gate_job *job)
{
	size_t *const want = calloc(job->run->count + 1, sizeof(*want));
	int rc = want == NULL ? lfb_fail(job->error, -ENOMEM, "out of memory") : calibrate_all(job);

	if (rc == 0)
		rc = pilot_all(job, want);
	job->run->single_stage = has_single_stage(job->run);
	if (rc == 0)
		rc = screen_all(job, want);
	if (rc == 0 && !job->run->single_stage)
		rc = confirm_all(job, want);
	free(want);
	return rc == -EINTR ? 0 : rc;
}

int gate_run(struct gate_run *run, struct lfb_error *error)
{
	struct gate_job job = { .run = run, .start_ns = lfb_clock_now_ns(), .error = error };
	int rc;

	lfb_rng_seed(&job.rng, run->seed);
	job.layout_shift = (size_t)lfb_rng_below(&job.rng, GATE_LAYOUTS_MAX);
	for (size_t i = 0; i < run->count; i++)
		if (run->cells[i].layouts == 0 || run->cells[i].layouts > GATE_LAYOUTS_MAX)
			return lfb_fail(error, -EINVAL, "a backend has 1 to %u layouts", GATE_LAYOUTS_MAX);
	rc = run_all(&job);
	run->elapsed_ns = gate_job_elapsed_ns(&job);
	return gate_run_judge(run) != 0 ? lfb_fail(error, -ENOMEM, "out of memory") : rc;
}
