/* run_values.c - what the launches of a run add up to, and the verdicts; see run.h. */
#include "run_values.h"

#include "signed_rank.h"
#include "stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void note_probe(struct gate_cell *cell, double probe_ns)
{
	if (!(probe_ns > 0))
		return;
	if (cell->probe_min_ns == 0 || probe_ns < cell->probe_min_ns)
		cell->probe_min_ns = probe_ns;
	if (probe_ns > cell->probe_max_ns)
		cell->probe_max_ns = probe_ns;
}

/* Costs per item are shown, and judged by nobody: without memory for them there are fewer. */
static void note_cost(struct gate_cell *cell, const double ns[GATE_ARMS])
{
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++) {
		double *const longer = realloc(cell->launch_ns[arm], (cell->launch_ns_count + 1) * sizeof(*longer));

		if (longer == NULL)
			return;
		cell->launch_ns[arm] = longer;
		longer[cell->launch_ns_count] = ns[arm];
	}
	cell->launch_ns_count++;
}

void gate_cell_note(struct gate_cell *cell, const struct gate_duet_result *result, enum gate_stage stage)
{
	note_probe(cell, result->probe_first_ns);
	note_probe(cell, result->probe_last_ns);
	if (stage != GATE_STAGE_SCREEN && stage != GATE_STAGE_CONFIRM)
		return;
	cell->blocks += result->blocks;
	cell->dropped += result->dropped;
	if (isfinite(result->d))
		note_cost(cell, result->ns);
}

/* Sorts. */
static double centre_of(double *values, size_t n)
{
	lfb_sort(values, n);
	return signed_rank_centre(values, n);
}

/* The values of every `step`th replicate from `first` on that have one, into `out`. Returns how many. */
static size_t pick(const struct gate_values *values, size_t first, size_t step, double *out)
{
	size_t n = 0;

	for (size_t i = first; i < values->count; i += step)
		if (isfinite(values->d[i]))
			out[n++] = values->d[i];
	return n;
}

/*
 * The values to judge: of replicates, or of layouts, each the centre of its replicates. Those without a value are left out. `out` has
 * room for values->count. Returns how many.
 */
static size_t judged_values(const struct gate_cell *cell, const struct gate_values *values, double *out)
{
	size_t count = 0;

	if (cell->layouts <= 1)
		return pick(values, 0, 1, out);
	for (size_t layout = 0; layout < cell->layouts; layout++) {
		/* Behind those that are done: no more are picked than have been passed. */
		const size_t n = pick(values, layout, cell->layouts, out + count);

		if (n > 0) {
			out[count] = centre_of(out + count, n);
			count++;
		}
	}
	return count;
}

/* Room for the values of all cells in one piece. */
static double *room_for(const struct gate_run *run)
{
	size_t values = 1;

	for (size_t i = 0; i < run->count; i++)
		values += run->cells[i].screen.count + run->cells[i].confirm.count;
	return malloc(values * sizeof(double));
}

static void judge_controls(struct gate_run *run, double *room)
{
	run->control_moved = false;
	for (size_t i = 0; i < run->count; i++) {
		struct gate_cell *const cell = &run->cells[i];
		size_t n;

		if (cell->control == GATE_NO_CONTROL)
			continue;
		n = judged_values(cell, &cell->screen, room);
		run->control_moved |= gate_control_moved(room, n, &run->rule);
		cell->control_d = centre_of(room, n);
	}
}

static struct gate_evidence evidence_of(const struct gate_run *run, const struct gate_cell *cell, double **room)
{
	struct gate_evidence evidence = {
		.dropped = cell->blocks > 0 ? (double)cell->dropped / (double)cell->blocks : 0,
		.invalid = cell->invalid,
		.unfinished = cell->screen.count < cell->screen.planned || cell->confirm.count < cell->confirm.planned ||
			      run->was_interrupted || run->out_of_budget,
	};

	evidence.screen = *room;
	evidence.screen_count = judged_values(cell, &cell->screen, *room);
	*room += evidence.screen_count;
	evidence.confirm = *room;
	evidence.confirm_count = judged_values(cell, &cell->confirm, *room);
	*room += evidence.confirm_count;
	return evidence;
}

/* Sorts the costs. */
static void summarise_costs(struct gate_cell *cell)
{
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		cell->ns[arm] = lfb_median(cell->launch_ns[arm], cell->launch_ns_count);
}

int gate_run_judge(struct gate_run *run)
{
	struct gate_evidence *const evidence = calloc(run->count + 1, sizeof(*evidence));
	struct gate_judgement *const judged = calloc(run->count + 1, sizeof(*judged));
	double *const room = room_for(run), *next = room;
	size_t count = 0;
	int rc = evidence == NULL || judged == NULL || room == NULL ? -ENOMEM : 0;

	if (rc == 0)
		judge_controls(run, room);
	for (size_t i = 0; rc == 0 && i < run->count; i++) {
		summarise_costs(&run->cells[i]);
		if (run->cells[i].control == GATE_NO_CONTROL && !run->cells[i].unsupported)
			evidence[count++] = evidence_of(run, &run->cells[i], &next);
	}
	if (rc == 0)
		rc = gate_judge(evidence, count, &run->rule, run->single_stage, run->control_moved, judged);
	count = 0;
	for (size_t i = 0; rc == 0 && i < run->count; i++)
		if (run->cells[i].control == GATE_NO_CONTROL && !run->cells[i].unsupported)
			run->cells[i].judgement = judged[count++];
	free(room);
	free(judged);
	free(evidence);
	return rc;
}

void gate_run_free(struct gate_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct gate_cell *const cell = &run->cells[i];

		free(cell->screen.d);
		free(cell->confirm.d);
		for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
			free(cell->launch_ns[arm]);
		cell->screen.d = cell->confirm.d = NULL;
		cell->launch_ns[GATE_BASE] = cell->launch_ns[GATE_HEAD] = NULL;
	}
}
