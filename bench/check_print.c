/* check_print.c - see check_print.h. */
#include "check_print.h"

#include "check/timeline.h"
#include "check_progress.h"
#include "names.h"
#include "render.h"

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
	{ .title = "progress" },
	{ .title = "stopped at", .right = true, .rank = 2 },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define NUMBER_BYTES 24

/* "812", "20.4 k", "1.53 M" */
static const char *count_text(uint64_t count, char out[NUMBER_BYTES])
{
	if (count < 10000)
		(void)snprintf(out, NUMBER_BYTES, "%" PRIu64, count);
	else if (count < 1000000)
		(void)snprintf(out, NUMBER_BYTES, "%.1f k", (double)count / 1e3);
	else
		(void)snprintf(out, NUMBER_BYTES, "%.2f M", (double)count / 1e6);
	return out;
}

/* "mpmc-fifo bounded EMPTY strict FULL weak" */
static const char *claim_text(const struct lfb_claims *claims, char *out, size_t bytes)
{
	char semantics[64];

	(void)lfb_semantics_text(claims, semantics, sizeof(semantics));
	if (claims->full == LFB_ANSWER_NEVER)
		(void)snprintf(out, bytes, "%s, EMPTY %s", semantics, lfb_answer_names[claims->empty]);
	else
		(void)snprintf(out, bytes, "%s, EMPTY %s, FULL %s", semantics, lfb_answer_names[claims->empty], lfb_answer_names[claims->full]);
	return out;
}

static void add_row(struct lfb_table *table, const struct check_row *row)
{
	const struct lfb_suite_result *const result = &row->result;
	char claim[160] = "", ops[NUMBER_BYTES], searched[NUMBER_BYTES], histories[NUMBER_BYTES], shapes[NUMBER_BYTES], stopped[NUMBER_BYTES] = "";
	const char *const cells[COLUMNS] = {
		row->label,
		claim,
		lfb_suite_verdict_names[result->verdict],
		count_text(result->ops, ops),
		count_text(result->searched_ops, searched),
		count_text(result->histories, histories),
		count_text(result->shapes, shapes),
		check_progress_word(row),
		stopped,
	};
	const bool good = result->verdict == LFB_SUITE_CONFIRMED || result->verdict == LFB_SUITE_INCONCLUSIVE;

	if (row->known)
		(void)claim_text(&row->info.claims, claim, sizeof(claim));
	if (row->probed)
		(void)count_text(lfb_progress_points(&row->progress), stopped);
	lfb_table_add(table, good && !check_progress_failed(row) ? LFB_STYLE_PLAIN : LFB_STYLE_BAD, cells, -1);
}

/* How to see it again. */
static void print_again(FILE *out, const struct check_row *row)
{
	const struct lfb_history *const history = row->result.history;

	if (row->kept[0] != '\0') {
		(void)fputs("  History kept: lfbench check --replay ", out);
		render_safe(out, row->kept);
		(void)fputc('\n', out);
	}
	(void)fputs("  The same scripts again: lfbench check ", out);
	render_safe(out, row->argument);
	(void)fprintf(out, " --seed %" PRIu64 " --shape %s --rounds 100\n", history->seed, history->shape);
}

static void print_reason(FILE *out, const struct check_row *row, const struct lfb_medium *medium)
{
	const struct lfb_suite_result *const result = &row->result;
	const bool witnessed = result->verdict == LFB_SUITE_REFUTED && result->found.verdict == LFB_CHECK_REFUTED && result->history != NULL;

	(void)fputc('\n', out);
	render_safe(out, row->label);
	(void)fprintf(out, ": %s", lfb_suite_verdict_names[result->verdict]);
	if (witnessed) {
		(void)fprintf(out, " under shape %s\n", result->history->shape);
		(void)lfb_witness_write(out, &result->found.witness, result->history, 2, medium->width);
	} else {
		(void)fputs(": ", out);
		render_safe(out, result->reason);
		(void)fputc('\n', out);
	}
	if (result->history != NULL)
		print_again(out, row);
}

int check_print(FILE *out, const struct check_row *rows, size_t count, uint64_t seed, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	int rc;

	if (table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		add_row(table, &rows[i]);
	rc = lfb_table_write(table, out);
	lfb_table_free(table);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (rows[i].result.reason[0] != '\0')
			print_reason(out, &rows[i], medium);
	if (rc == 0)
		check_progress_explain(out, rows, count);
	(void)fprintf(out, "\nseed %" PRIu64 "; \"exactly\": operations in bursts for which every order was tried, FULL included\n", seed);
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
