/* gate_print.c - see gate_print.h. */
#include "commands/gate/gate_print.h"

#include "text/numbers.h"
#include "commands/show/render.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column { VERDICT, BACKEND, SHAPE, METRIC, RATIO, INTERVAL, BASE, HEAD, VALUES, NOTE, COLUMNS };

static const struct lfb_table_column columns[COLUMNS] = {
	[VERDICT] = { .title = "verdict" },
	[BACKEND] = { .title = "backend", .shrink = true },
	[SHAPE] = { .title = "workload", .shrink = true },
	[METRIC] = { .title = "metric", .rank = 3 },
	[RATIO] = { .title = "head/base", .right = true },
	[INTERVAL] = { .title = "interval", .right = true },
	[BASE] = { .title = "base", .right = true, .rank = 1 },
	[HEAD] = { .title = "head ns", .right = true, .rank = 1 },
	[VALUES] = { .title = "n", .right = true, .rank = 2 },
	[NOTE] = { .title = "" },
};

#define CELL_BYTES 64

struct gate_tally gate_tally_of(const struct gate_run *run)
{
	struct gate_tally tally = { { 0 }, 0 };

	for (size_t i = 0; i < run->count; i++) {
		if (run->cells[i].control != GATE_NO_CONTROL || run->cells[i].unsupported)
			continue;
		tally.verdicts[run->cells[i].judgement.verdict]++;
		tally.cells++;
	}
	return tally;
}

/* A size on the scale of logarithms as a percentage: 0.00995 is 1 %. */
static double percent(double d)
{
	return 100 * expm1(d);
}

/* Replicates behind the figures of a cell. */
static size_t replicates_of(const struct gate_cell *cell)
{
	return cell->judgement.confirmed_only ? cell->confirm.count : cell->screen.count;
}

/* What more launches would take, in time. A forecast that has already come to nothing is not repeated: then twice as many is the least that may do. */
static void say_needed(const struct gate_run *run, const struct gate_cell *cell, char *out, size_t out_bytes)
{
	const struct gate_judgement *const j = &cell->judgement;
	const double more = j->n > 0 ? fmax(2, (double)j->needed / (double)j->n) : 0;
	const double replicates = more * (double)replicates_of(cell);
	const double ns = replicates * cell->allotment.replicate_ns * (run->single_stage ? 1 : 2);
	char time[48];

	out[0] = '\0';
	if (j->needed == 0 || !(ns > 0) || ns > 1e15)
		return;
	(void)snprintf(out, out_bytes, "; about %.0f replicates, a budget of %s for this cell, would settle it", replicates,
		       lfb_duration_text((uint64_t)(ns < 1e9 ? 1e9 : ns), time, sizeof(time)));
}

static void say_inconclusive(const struct gate_run *run, const struct gate_cell *cell, char *out, size_t out_bytes)
{
	const struct gate_judgement *const j = &cell->judgement;
	char needed[160], detects[80] = "";

	say_needed(run, cell, needed, sizeof(needed));
	if (isfinite(j->detectable))
		(void)snprintf(detects, sizeof(detects), "; what was measured would have shown a change of %.2g %%", percent(j->detectable));
	switch (j->doubt) {
	case GATE_DOUBT_CONTROL:
		(void)snprintf(out, out_bytes, "a control moved: base differs from itself here, so the machine is unfit for a verdict");
		break;
	case GATE_DOUBT_DROPPED:
		(void)snprintf(out, out_bytes, "%.0f %% of the blocks were disturbed from outside; run it on a quieter machine",
			       100 * (double)cell->dropped / (double)(cell->blocks > 0 ? cell->blocks : 1));
		break;
	case GATE_DOUBT_UNFINISHED:
		(void)snprintf(out, out_bytes, "not finished: %zu of %zu replicates%s", cell->screen.count + cell->confirm.count,
			       cell->screen.planned + cell->confirm.planned, needed);
		break;
	case GATE_DOUBT_FEW:
		(void)snprintf(out, out_bytes, "%zu replicates are too few; the budget was too small, or the values did not come%s", replicates_of(cell), needed);
		break;
	case GATE_DOUBT_WIDE:
	case GATE_NO_DOUBT:
	case GATE_DOUBTS:
		(void)snprintf(out, out_bytes, "a slowdown of %.2g %% is not ruled out%s%s", percent(run->rule.fail_effect), detects, needed);
		break;
	}
}

const char *gate_sentence(const struct gate_run *run, const struct gate_cell *cell, char *out, size_t out_bytes)
{
	const struct gate_judgement *const j = &cell->judgement;

	if (cell->unsupported || j->verdict == GATE_INVALID) {
		(void)snprintf(out, out_bytes, "%s", cell->reason);
	} else if (j->verdict == GATE_REGRESSED) {
		(void)snprintf(out, out_bytes, "slower by %.*f %%, shown to be more than %.2g %% (p %.2g after Holm)", percent(j->d) < 9.95, percent(j->d),
			       percent(run->rule.min_effect), j->p_holm);
	} else if (j->verdict == GATE_IMPROVED) {
		(void)snprintf(out, out_bytes, "faster by %.3g %%, shown to be more than %.2g %% (p %.2g after Holm)", -percent(j->d),
			       percent(run->rule.min_effect), j->p_holm);
	} else if (j->verdict == GATE_PASS) {
		(void)snprintf(out, out_bytes, j->high > 0 ? "slower by less than %.2g %%" : "not slower (faster by more than %.2g %%)",
			       fabs(percent(j->high)));
	} else {
		say_inconclusive(run, cell, out, out_bytes);
	}
	return out;
}

static enum lfb_style style_of(const struct gate_cell *cell)
{
	switch (cell->judgement.verdict) {
	case GATE_REGRESSED:
	case GATE_INVALID:
		return LFB_STYLE_BAD;
	case GATE_IMPROVED:
		return LFB_STYLE_BEST;
	case GATE_INCONCLUSIVE:
		return LFB_STYLE_DIM;
	case GATE_PASS:
	case GATE_VERDICTS:
		break;
	}
	return LFB_STYLE_PLAIN;
}

/* Invalid builds, then by how much slower the head is; unsupported cells at the end. */
static int worst_first(const void *left, const void *right)
{
	const struct gate_cell *const a = *(const struct gate_cell *const *)left, *const b = *(const struct gate_cell *const *)right;
	const int rank_a = a->unsupported ? 3 : a->invalid ? 0 : a->judgement.verdict == GATE_REGRESSED ? 1 : 2;
	const int rank_b = b->unsupported ? 3 : b->invalid ? 0 : b->judgement.verdict == GATE_REGRESSED ? 1 : 2;
	const double d_a = isfinite(a->judgement.d) ? a->judgement.d : 0, d_b = isfinite(b->judgement.d) ? b->judgement.d : 0;

	if (rank_a != rank_b)
		return rank_a - rank_b;
	return d_a > d_b ? -1 : d_a < d_b;
}

static void shape_text(const struct lfb_shape *shape, char out[CELL_BYTES])
{
	if (shape->workload->by_threads)
		(void)snprintf(out, CELL_BYTES, "%s %" PRIu32, shape->workload->name,
			       lfb_workload_threads(shape->workload, shape->producers, shape->consumers));
	else
		(void)snprintf(out, CELL_BYTES, "%s %" PRIu32 "x%" PRIu32, shape->workload->name, shape->producers, shape->consumers);
}

static void add_cell(struct lfb_table *table, const struct gate_run *run, const struct gate_cell *cell)
{
	const struct gate_judgement *const j = &cell->judgement;
	char text[COLUMNS][CELL_BYTES] = { "" }, note[GATE_SENTENCE_BYTES];
	const char *cells[COLUMNS];

	for (int i = 0; i < COLUMNS; i++)
		cells[i] = text[i];
	cells[VERDICT] = cell->unsupported ? "unsupported" : gate_verdict_names[j->verdict];
	cells[BACKEND] = cell->label;
	cells[METRIC] = gate_metric_names[cell->metric];
	shape_text(&cell->shape, text[SHAPE]);
	if (!cell->unsupported && isfinite(j->d) && j->n > 0) {
		(void)snprintf(text[RATIO], CELL_BYTES, "%.4f", exp(j->d));
		if (j->has_interval)
			(void)snprintf(text[INTERVAL], CELL_BYTES, "%.4f..%.4f", exp(j->low), exp(j->high));
		(void)snprintf(text[BASE], CELL_BYTES, "%.3g", cell->ns[GATE_BASE]);
		(void)snprintf(text[HEAD], CELL_BYTES, "%.3g", cell->ns[GATE_HEAD]);
		(void)snprintf(text[VALUES], CELL_BYTES, "%zu", replicates_of(cell));
	}
	lfb_table_add(table, style_of(cell), cells, -1);
	lfb_table_add(table, LFB_STYLE_DIM, (const char *const[]){ "", gate_sentence(run, cell, note, sizeof(note)), NULL }, -1);
}

/* The answer: the worst that was found, in a sentence. */
static void print_answer(FILE *out, const struct gate_run *run)
{
	const struct gate_tally tally = gate_tally_of(run);
	const size_t of = tally.cells;

	if (tally.verdicts[GATE_INVALID] > 0)
		(void)fprintf(out, "INVALID: %zu of %zu cells failed verification, crashed or hung.\n", tally.verdicts[GATE_INVALID], of);
	else if (tally.verdicts[GATE_REGRESSED] > 0)
		(void)fprintf(out, "REGRESSED: head is slower in %zu of %zu cells.\n", tally.verdicts[GATE_REGRESSED], of);
	else if (tally.verdicts[GATE_INCONCLUSIVE] == of)
		(void)fprintf(out, "INCONCLUSIVE: nothing can be said of %s.\n", of == 1 ? "the cell" : "any cell");
	else if (tally.verdicts[GATE_INCONCLUSIVE] > 0)
		(void)fprintf(out, "No regression found; %zu of %zu cells are INCONCLUSIVE.\n", tally.verdicts[GATE_INCONCLUSIVE], of);
	else
		(void)fprintf(out, "%s: no cell is slower by %.2g %%.\n", tally.verdicts[GATE_IMPROVED] > 0 ? "PASS, with improvements" : "PASS",
			      percent(run->rule.fail_effect));
	if (run->was_interrupted)
		(void)fprintf(out, "Interrupted: this is what was known by then.\n");
	(void)fputc('\n', out);
}

static void print_controls(FILE *out, const struct gate_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct gate_cell *const cell = &run->cells[i];

		if (cell->control == GATE_NO_CONTROL)
			continue;
		(void)fprintf(out, "Control: ");
		render_safe(out, cell->label);
		(void)fprintf(out, "%s against itself: ", cell->control == GATE_CONTROL_SELF ? " (base)" : " (reference)");
		if (cell->invalid)
			render_safe(out, cell->reason);
		else if (cell->screen.count == 0)
			(void)fprintf(out, "not measured");
		else
			(void)fprintf(out, "ratio %.4f over %zu replicates", exp(cell->control_d), cell->screen.count);
		(void)fputc('\n', out);
	}
	if (run->control_moved)
		(void)fprintf(out, "A control moved: two copies of the same code differ here. The machine is unfit just now; try again later.\n");
}

static void print_method(FILE *out, const struct gate_run *run)
{
	char time[48];
	bool sampled = false, bare = false;

	for (size_t i = 0; i < run->count; i++) {
		sampled |= run->cells[i].control == GATE_NO_CONTROL && run->cells[i].layouts > 1;
		bare |= run->cells[i].control == GATE_NO_CONTROL && run->cells[i].layouts == 1;
	}
	(void)fprintf(out,
		      "\nhead/base: the centre of the replicates; above 1 head is slower. A replicate is a pair of launches in which both builds\n"
		      "take turns in one process; the interval holds the true ratio with at least 95 %% (signed ranks, of at most %u batches).\n",
		      GATE_VALUES_MAX);
	if (sampled)
		(void)fprintf(out, "Judged are pairs of layouts of the code, each the centre of its replicates: where the code lands was sampled.\n");
	if (bare)
		(void)fprintf(out,
			      "Where the code lands was not sampled: a verdict is about these files, and another build of the same source\n"
			      "may differ by some tenths of a percent. scripts/ci/gate-revisions builds and samples several layouts.\n");
	(void)fprintf(out, "Shown: more than %.3g %%, ruled out: %.3g %%, chance of any false REGRESSED at most %.3g; seed %" PRIu64 "; took %s.\n",
		      percent(run->rule.min_effect), percent(run->rule.fail_effect), run->rule.alpha, run->seed,
		      lfb_duration_text(run->elapsed_ns, time, sizeof(time)));
}

/* Where cells differ in what was measured, that column may not go. */
static void fit_columns(const struct gate_run *run, struct lfb_table_column fitted[COLUMNS])
{
	memcpy(fitted, columns, sizeof(columns));
	for (size_t i = 0; i < run->count; i++)
		if (run->cells[i].metric != GATE_THROUGHPUT)
			fitted[METRIC].rank = 0;
}

int gate_print(FILE *out, const struct gate_run *run, const struct lfb_medium *medium)
{
	const struct gate_cell **const order = calloc(run->count + 1, sizeof(*order));
	struct lfb_table_column fitted[COLUMNS];
	struct lfb_table *table;
	size_t count = 0;
	int rc = -ENOMEM;

	fit_columns(run, fitted);
	table = lfb_table_new(fitted, COLUMNS, medium);
	if (order != NULL && table != NULL) {
		for (size_t i = 0; i < run->count; i++)
			if (run->cells[i].control == GATE_NO_CONTROL)
				order[count++] = &run->cells[i];
		qsort(order, count, sizeof(*order), worst_first);
		for (size_t i = 0; i < count; i++)
			add_cell(table, run, order[i]);
		print_answer(out, run);
		rc = lfb_table_write(table, out);
		(void)fputc('\n', out);
		print_controls(out, run);
		print_method(out, run);
	}
	lfb_table_free(table);
	free(order);
	return rc;
}
