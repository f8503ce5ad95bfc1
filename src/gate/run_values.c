/* run_values.c - what the launches of a run add up to, and the verdicts; see run.h. */
#include "run_values.h"

#include "statistics/signed_rank.h"
#include "statistics/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Judged of one cell at the most: layouts, or batches. */
#define VALUES_MAX (GATE_LAYOUTS_MAX > GATE_VALUES_MAX ? GATE_LAYOUTS_MAX : GATE_VALUES_MAX)

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

/* The centres of each layout's replicates, those without a value left out; `room` for all replicates. Returns how many. */
static size_t layout_values(const struct gate_cell *cell, const struct gate_values *values, double *room, double *out)
{
	size_t count = 0;

	for (size_t layout = 0; layout < cell->layouts; layout++) {
		size_t n = 0;

		for (size_t i = layout; i < values->count; i += cell->layouts)
			if (isfinite(values->d[i]))
				room[n++] = values->d[i];
		if (n > 0)
			out[count++] = centre_of(room, n);
	}
	return count;
}

/* What is judged: of layouts one value each, else what decide.h makes of replicates. Returns how many. */
static size_t judged_values(const struct gate_cell *cell, const struct gate_values *values, double out[VALUES_MAX])
{
	double *room;
	size_t count;

	if (cell->layouts <= 1)
		return gate_values(values->d, values->count, out);
	room = malloc((values->count + 1) * sizeof(*room));
	count = room != NULL ? layout_values(cell, values, room, out) : 0;
	free(room);
	return count;
}

int gate_cell_flag(const struct gate_cell *cell, const struct gate_rule *rule)
{
	double values[VALUES_MAX];

	return gate_screen(values, judged_values(cell, &cell->screen, values), rule);
}

static void judge_controls(struct gate_run *run)
{
	double room[VALUES_MAX];

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

/* The values that a cell is judged by. */
struct judged {
	double screen[VALUES_MAX], confirm[VALUES_MAX];
};

static struct gate_evidence evidence_of(const struct gate_run *run, const struct gate_cell *cell, struct judged *judged)
{
	struct gate_evidence evidence = {
		.dropped = cell->blocks > 0 ? (double)cell->dropped / (double)cell->blocks : 0,
		.invalid = cell->invalid,
		.unfinished = cell->screen.count < cell->screen.planned || cell->confirm.count < cell->confirm.planned ||
			      run->was_interrupted || run->out_of_budget,
	};

	evidence.screen = judged->screen;
	evidence.screen_count = judged_values(cell, &cell->screen, judged->screen);
	evidence.confirm = judged->confirm;
	evidence.confirm_count = judged_values(cell, &cell->confirm, judged->confirm);
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
	struct judged *const values = calloc(run->count + 1, sizeof(*values));
	size_t count = 0;
	int rc = evidence == NULL || judged == NULL || values == NULL ? -ENOMEM : 0;

	if (rc == 0)
		judge_controls(run);
	for (size_t i = 0; rc == 0 && i < run->count; i++) {
		summarise_costs(&run->cells[i]);
		if (run->cells[i].control != GATE_NO_CONTROL || run->cells[i].unsupported)
			continue;
		evidence[count] = evidence_of(run, &run->cells[i], &values[count]);
		count++;
	}
	if (rc == 0)
		rc = gate_judge(evidence, count, &run->rule, run->single_stage, run->control_moved, judged);
	count = 0;
	for (size_t i = 0; rc == 0 && i < run->count; i++)
		if (run->cells[i].control == GATE_NO_CONTROL && !run->cells[i].unsupported)
			run->cells[i].judgement = judged[count++];
	free(values);
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
