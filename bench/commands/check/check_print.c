/* check_print.c - see check_print.h. */
#include "commands/check/check_print.h"

#include "check/timeline.h"
#include "check_progress.h"
#include "commands/claims.h"
#include "plan/names.h"
#include "commands/show/render.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct lfb_table_column columns[] = {
	{ .title = "backend" },
	{ .title = "claim", .shrink = true, .rank = 1 },
	{ .title = "verdict" },
	{ .title = "operations", .right = true },
	{ .title = "exactly", .right = true, .rank = 2 },
	{ .title = "histories", .right = true, .rank = 3 },
	{ .title = "shapes", .right = true, .rank = 4 },
	{ .title = "claims of push/pop", .rank = 2 },
	{ .title = "progress" },
	{ .title = "stopped at", .right = true, .rank = 2 },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* With --schedules. */
static const struct lfb_table_column schedule_columns[] = {
	{ .title = "backend" },
	{ .title = "claim", .shrink = true, .rank = 1 },
	{ .title = "verdict" },
	{ .title = "schedules", .right = true },
	{ .title = "operations", .right = true, .rank = 2 },
	{ .title = "steps", .right = true },
	{ .title = "a step is" },
};

#define SCHEDULE_COLUMNS (sizeof(schedule_columns) / sizeof(schedule_columns[0]))

/* "mpmc-fifo, strict/weak": who may push and pop, the order, and how far EMPTY and FULL can be trusted. */
static const char *claim_text(const struct lfb_claims *claims, char *out, size_t bytes)
{
	char semantics[64];

	(void)snprintf(out, bytes, "%s, %s/%s", lfb_semantics_text(claims, semantics, sizeof(semantics)), lfb_answer_names[claims->empty],
		       lfb_answer_names[claims->full]);
	return out;
}

static enum lfb_style style_of(const struct check_row *row)
{
	const bool good = row->result.verdict == LFB_SUITE_CONFIRMED || row->result.verdict == LFB_SUITE_INCONCLUSIVE;

	return good && !check_progress_failed(row) ? LFB_STYLE_PLAIN : LFB_STYLE_BAD;
}

static void add_row(struct lfb_table *table, const struct check_row *row, bool schedules)
{
	const struct lfb_suite_result *const result = &row->result;
	char claim[160] = "", claims[64] = "", ops[CLAIMS_COUNT_BYTES], searched[CLAIMS_COUNT_BYTES], histories[CLAIMS_COUNT_BYTES], shapes[CLAIMS_COUNT_BYTES], steps[CLAIMS_COUNT_BYTES],
		stopped[CLAIMS_COUNT_BYTES] = "";
	const char *const verdict = lfb_suite_verdict_names[result->verdict];
	const char *const free_cells[COLUMNS] = { row->label,
						  claim,
						  verdict,
						  claims_count_text(result->ops, ops),
						  claims_count_text(result->searched_ops, searched),
						  claims_count_text(result->histories, histories),
						  claims_count_text(result->shapes, shapes),
						  claims,
						  check_progress_word(row),
						  stopped };
	const char *const schedule_cells[SCHEDULE_COLUMNS] = { row->label, claim, verdict, histories, ops, claims_count_text(result->steps, steps),
						      result->by_instruction ? "an instruction" : "an access" };

	if (row->known)
		(void)claim_text(&row->info.claims, claim, sizeof(claim));
	if (row->probed) {
		(void)snprintf(claims, sizeof(claims), "%s/%s", lfb_progress_names[row->info.claims.push], lfb_progress_names[row->info.claims.pop]);
		(void)claims_count_text(lfb_progress_points(&row->progress), stopped);
	}
	lfb_table_add(table, style_of(row), schedules ? schedule_cells : free_cells, -1);
}

/* Places are told as offsets: names of functions are not in what is loaded, but in what addr2line reads. */
static void print_switches(FILE *out, const struct check_row *row)
{
	const struct lfb_history *const history = row->result.history;

	if (history == NULL || history->switches == 0)
		return;
	(void)fprintf(out, "  How it went ('addr2line -fie FILE OFFSET' says where that is, FILE being the %s):\n",
		      row->result.by_instruction ? ".so" : ".sched.so");
	lfb_switches_write(out, history, 4);
}

static void print_same_schedule(FILE *out, const struct check_row *row, const struct check_options *options)
{
	(void)fputs("  The same schedule again: lfbench check ", out);
	render_safe(out, row->argument);
	(void)fprintf(out, " --schedules 1 --seed %" PRIu64 " --depth %" PRIu64 "%s\n", row->result.last_seed, options->depth,
		      options->single_step ? " --single-step" : "");
}

/* How to see it again. */
static void print_again(FILE *out, const struct check_row *row, const struct check_options *options)
{
	const struct lfb_history *const history = row->result.history;

	if (row->kept[0] != '\0') {
		(void)fputs("  History kept: lfbench check --replay ", out);
		render_safe(out, row->kept);
		(void)fputc('\n', out);
	}
	if (options->schedules > 0) {
		print_switches(out, row);
		if (row->result.histories > 0)
			print_same_schedule(out, row, options);
		return;
	}
	if (history == NULL)
		return;
	(void)fputs("  The same scripts again: lfbench check ", out);
	render_safe(out, row->argument);
	(void)fprintf(out, " --seed %" PRIu64 " --shape %s --rounds 100\n", history->seed, history->shape);
}

static void print_reason(FILE *out, const struct check_row *row, const struct check_options *options, const struct lfb_medium *medium)
{
	const struct lfb_suite_result *const result = &row->result;
	const bool witnessed = result->verdict == LFB_SUITE_REFUTED && result->found.verdict == LFB_CHECK_REFUTED && result->history != NULL;

	(void)fputc('\n', out);
	render_safe(out, row->label);
	(void)fprintf(out, ": %s", lfb_suite_verdict_names[result->verdict]);
	if (witnessed) {
		if (options->schedules > 0)
			(void)fprintf(out, " by schedule %" PRIu64 "\n", result->last_seed);
		else
			(void)fprintf(out, " under shape %s\n", result->history->shape);
		(void)lfb_witness_write(out, &result->found.witness, result->history, 2, medium->width);
	} else {
		(void)fputs(": ", out);
		render_safe(out, result->reason);
		(void)fputc('\n', out);
	}
	print_again(out, row, options);
}

static void print_foot(FILE *out, const struct check_options *options)
{
	if (options->schedules > 0)
		(void)fprintf(out,
			      "\nschedules %" PRIu64 " and following, depth %" PRIu64 "; sequentially consistent interleavings only: what weaker orders of memory allow "
			      "is not tried\n",
			      options->seed, options->depth);
	else
		(void)fprintf(out,
			      "\nseed %" PRIu64 ". claim: who may push and pop, order, EMPTY/FULL.\n"
			      "exactly: operations in bursts for which every order was tried, FULL included.\n%s",
			      options->seed, options->progress ? "progress: --progress alone tells what was found, where and how much was tried.\n" : "");
}

int check_print(FILE *out, const struct check_row *rows, size_t count, const struct check_options *options, const struct lfb_medium *medium)
{
	struct lfb_table *const table = options->schedules > 0 ? lfb_table_new(schedule_columns, SCHEDULE_COLUMNS, medium) : lfb_table_new(columns, COLUMNS, medium);
	int rc;

	if (table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		add_row(table, &rows[i], options->schedules > 0);
	rc = lfb_table_write(table, out);
	lfb_table_free(table);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (rows[i].result.reason[0] != '\0')
			print_reason(out, &rows[i], options, medium);
	if (rc == 0)
		check_progress_explain(out, rows, count);
	print_foot(out, options);
	return rc == 0 && (fflush(out) != 0 || ferror(out)) ? -EIO : rc;
}

int check_print_replay(FILE *out, const char *name, const struct lfb_history *history, const struct lfb_check_result *result,
		       const struct lfb_medium *medium)
{
	render_safe(out, name);
	(void)fprintf(out, ": %s: %" PRIu64 " operations", lfb_check_verdict_names[result->verdict], result->ops);
	if (history->backend[0] != '\0') {
		(void)fputs(" of ", out);
		render_safe(out, history->backend);
	}
	(void)fprintf(out, ", judged as %s, EMPTY %s, FULL %s, ", lfb_order_names[history->contract.order], lfb_answer_names[history->contract.empty],
		      lfb_answer_names[history->contract.full]);
	if (history->contract.capacity > 0)
		(void)fprintf(out, "capacity %" PRIu64 "\n", history->contract.capacity);
	else
		(void)fputs("unbounded\n", out);
	if (result->verdict == LFB_CHECK_REFUTED)
		(void)lfb_witness_write(out, &result->witness, history, 2, medium->width);
	else if (result->reason[0] != '\0')
		(void)fprintf(out, "  %s\n", result->reason);
	return fflush(out) != 0 || ferror(out) ? -EIO : 0;
}
