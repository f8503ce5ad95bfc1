/* compare_print.c - see compare_print.h. */
#include "commands/compare/compare_print.h"

#include "commands/show/render.h"
#include "text/safe_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column { VERDICT, BACKEND, WORKLOAD, METRIC, RATIO, INTERVAL, BASE, HEAD, LAUNCHES, COLUMNS };

static const struct lfb_table_column columns[COLUMNS] = {
	[VERDICT] = { .title = "verdict" },
	[BACKEND] = { .title = "backend", .shrink = true },
	[WORKLOAD] = { .title = "workload", .shrink = true },
	[METRIC] = { .title = "metric", .rank = 2 },
	[RATIO] = { .title = "head/base", .right = true },
	[INTERVAL] = { .title = "interval", .right = true },
	[BASE] = { .title = "base ns", .right = true, .rank = 3 },
	[HEAD] = { .title = "head ns", .right = true, .rank = 3 },
	[LAUNCHES] = { .title = "launches", .right = true, .rank = 1 },
};

#define CELL_BYTES 64
#define TEXT_BYTES 2048

/* A size on the scale of logarithms as a percentage. */
static double percent(double d)
{
	return 100 * expm1(d);
}

void compare_print_paragraph(FILE *out, const char *text, unsigned indent, const struct lfb_medium *medium)
{
	char safe[TEXT_BYTES];

	(void)fprintf(out, "%*s", (int)indent, "");
	lfb_text_write_wrapped(out, lfb_safe_text(text, medium->ascii, safe, sizeof(safe)), indent, indent, medium->width);
	(void)fputc('\n', out);
}

void compare_print_findings(FILE *out, const struct compare_findings *findings, const char *before, const struct lfb_medium *medium)
{
	char text[TEXT_BYTES];

	for (int refusing = 1; refusing >= 0; refusing--)
		for (size_t i = 0; i < findings->count; i++) {
			if (findings->items[i].refuses != (refusing == 1))
				continue;
			(void)snprintf(text, sizeof(text), "%s%s", before, findings->items[i].text);
			compare_print_paragraph(out, text, 2, medium);
		}
}

static enum lfb_style style_of(const struct compare_result *result)
{
	switch (result->verdict) {
	case COMPARE_REGRESSED:
	case COMPARE_FAILED:
		return LFB_STYLE_BAD;
	case COMPARE_IMPROVED:
		return LFB_STYLE_BEST;
	case COMPARE_INCONCLUSIVE:
		return LFB_STYLE_DIM;
	default:
		return LFB_STYLE_PLAIN;
	}
}

/* In the table, or one of the lines below it. */
static bool has_verdict(const struct compare_result *result)
{
	return result->verdict != COMPARE_ALONE && result->verdict != COMPARE_UNSUPPORTED;
}

static void fill_figures(const struct compare_result *result, char text[COLUMNS][CELL_BYTES])
{
	if (!isnan(result->shift))
		(void)snprintf(text[RATIO], CELL_BYTES, "%.4f", exp(result->shift));
	if (result->has_interval)
		(void)snprintf(text[INTERVAL], CELL_BYTES, "%.4f..%.4f", exp(result->low), exp(result->high));
	if (!isnan(result->median[COMPARE_BASE]))
		(void)snprintf(text[BASE], CELL_BYTES, "%.4g", result->median[COMPARE_BASE]);
	if (!isnan(result->median[COMPARE_HEAD]))
		(void)snprintf(text[HEAD], CELL_BYTES, "%.4g", result->median[COMPARE_HEAD]);
	if (result->n[COMPARE_BASE] + result->n[COMPARE_HEAD] > 0)
		(void)snprintf(text[LAUNCHES], CELL_BYTES, "%zu+%zu", result->n[COMPARE_BASE], result->n[COMPARE_HEAD]);
}

static void add_result(struct lfb_table *table, const struct compare_result *result, const struct compare_rule *rule)
{
	char text[COLUMNS][CELL_BYTES] = { "" }, sentence[COMPARE_SENTENCE_BYTES], shape[COMPARE_SHAPE_BYTES];
	char note[COMPARE_SENTENCE_BYTES + COMPARE_SHAPE_BYTES];
	const char *cells[COLUMNS];

	for (int i = 0; i < COLUMNS; i++)
		cells[i] = text[i];
	cells[VERDICT] = result->cell->reference && (result->verdict == COMPARE_REGRESSED || result->verdict == COMPARE_IMPROVED)
				 ? "reference"
				 : compare_verdict_names[result->verdict];
	cells[BACKEND] = lfb_row_get(&result->cell->row, LFB_COL_backend);
	cells[WORKLOAD] = lfb_row_get(&result->cell->row, LFB_COL_workload);
	cells[METRIC] = result->metric < COMPARE_METRICS ? compare_metric_names[result->metric] : lfb_row_get(&result->cell->row, LFB_COL_pass);
	fill_figures(result, text);
	lfb_table_add(table, style_of(result), cells, -1);
	(void)snprintf(note, sizeof(note), "%s: %s", compare_shape_text(result->cell, shape), compare_sentence(result, rule, sentence));
	lfb_table_add(table, LFB_STYLE_DIM, (const char *const[]){ "", note, NULL }, -1);
}

static void say_count(char *text, size_t bytes, const struct compare_results *results, enum compare_verdict verdict)
{
	const size_t used = strlen(text);

	if (results->tally[verdict] > 0 && used < bytes)
		(void)snprintf(text + used, bytes - used, "%s%zu %s", used > 0 ? ", " : "", results->tally[verdict], compare_verdict_names[verdict]);
}

/* The answer: the worst that was found, in a sentence. */
static void print_answer(FILE *out, const struct compare_results *results, const struct compare_rule *rule, const struct lfb_medium *medium)
{
	char counts[256] = "", text[512];
	const char *answer = "PASS";

	for (enum compare_verdict verdict = 0; verdict < COMPARE_ALONE; verdict++)
		say_count(counts, sizeof(counts), results, verdict);
	if (results->tally[COMPARE_FAILED] > 0)
		answer = "FAILED: the head does not run what the base ran";
	else if (results->tally[COMPARE_REGRESSED] > 0)
		answer = "REGRESSED: the head is slower";
	else if (results->tally[COMPARE_INCONCLUSIVE] > 0)
		answer = "No regression found, and not all could be judged";
	else if (results->tally[COMPARE_PASS] == 0 && results->tally[COMPARE_IMPROVED] > 0)
		answer = "IMPROVED";
	(void)snprintf(text, sizeof(text), "%s (%s).", answer, counts[0] != '\0' ? counts : "nothing to judge");
	lfb_style_begin(out, medium, LFB_STYLE_TITLE);
	compare_print_paragraph(out, text, 0, medium);
	lfb_style_end(out, medium, LFB_STYLE_TITLE);
	(void)snprintf(text, sizeof(text),
		       "Advice, no proof: what is compared was measured at different times, and a machine is not the same on two days. "
		       "lfbench gate measures both builds in turns. Shown: more than %.3g %%; ruled out: %.3g %%.",
		       percent(rule->min_effect), percent(rule->fail_effect));
	compare_print_paragraph(out, text, 0, medium);
	(void)fputc('\n', out);
}

static size_t files_of(const struct compare *compare, enum compare_arm arm)
{
	size_t count = 0;

	for (size_t i = 0; i < compare->file_count; i++)
		count += compare->files[i].arm == arm;
	return count;
}

/* "base: monday.csv, 2026-11-22T10:00:00Z, commit 8aeaf3c" */
static void print_files(FILE *out, const struct compare *compare, const struct lfb_medium *medium)
{
	char text[TEXT_BYTES];

	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++)
		for (size_t i = 0; i < compare->file_count; i++) {
			const struct compare_file *const file = &compare->files[i];

			if (file->arm != arm)
				continue;
			(void)snprintf(text, sizeof(text), "%s: %.600s, %zu rows, %.40s, lfbench %.40s%s", compare_arm_names[arm], file->path, file->rows,
				       file->first_time != NULL ? file->first_time : "no time", file->commits.count > 0 ? file->commits.word[0] : "unknown",
				       file->commits.count > 1 ? " and others" : "");
			compare_print_paragraph(out, text, 2, medium);
		}
	if (files_of(compare, COMPARE_BASE) > 1)
		compare_print_paragraph(out,
					"The launches of the base's files are taken together. Files differ among themselves, so REGRESSED and IMPROVED "
					"also take a head beyond every one of them.",
					2, medium);
}

/* What has no verdict: in one arm only, or not supported. */
static void print_others(FILE *out, const struct compare_results *results, const struct compare_rule *rule, const struct lfb_medium *medium)
{
	char text[TEXT_BYTES], shape[COMPARE_SHAPE_BYTES], sentence[COMPARE_SENTENCE_BYTES];

	for (enum compare_verdict verdict = COMPARE_ALONE; verdict < COMPARE_VERDICTS; verdict++) {
		if (results->tally[verdict] == 0)
			continue;
		(void)fprintf(out, "%s: %zu cell%s\n", verdict == COMPARE_ALONE ? "In one file only, so not compared" : "Not supported by the backend, in either",
			      results->tally[verdict], results->tally[verdict] > 1 ? "s" : "");
		for (size_t i = 0; i < results->count; i++) {
			const struct compare_result *const result = &results->items[i];
			const struct lfb_row *const row = &result->cell->row;

			if (result->verdict != verdict)
				continue;
			(void)snprintf(text, sizeof(text), "%.100s %.100s %s (%.40s): %s", lfb_row_get(row, LFB_COL_backend),
				       lfb_row_get(row, LFB_COL_workload), compare_shape_text(result->cell, shape),
				       lfb_row_get(row, LFB_COL_pass)[0] != '\0' ? lfb_row_get(row, LFB_COL_pass) : "throughput",
				       compare_sentence(result, rule, sentence));
			compare_print_paragraph(out, text, 2, medium);
		}
	}
	if (results->other_pass > 0)
		(void)fprintf(out, "%zu cell%s of other passes have no such figures and are not compared.\n", results->other_pass,
			      results->other_pass > 1 ? "s" : "");
}

static void print_method(FILE *out, const struct compare_results *results, const struct compare_rule *rule, const struct lfb_medium *medium)
{
	char text[1024];

	if (results->references_moved > 0)
		compare_print_paragraph(out,
					"A reference is no queue; where one moved, the machine or the harness did, and what is said of the queues is in doubt.",
					0, medium);
	(void)snprintf(text, sizeof(text),
		       "head/base: above 1 the head is slower; launches are the samples, the ratio is that of Hodges and Lehmann, the interval holds it with "
		       "at least 95 %% (rank sums). %zu figure%s tested together (Holm): the chance of any false REGRESSED is at most %.3g, were both "
		       "measured on one machine in one state.",
		       results->family, results->family == 1 ? " was" : "s were", rule->alpha);
	compare_print_paragraph(out, text, 0, medium);
}

int compare_print(FILE *out, const struct compare *compare, const struct compare_findings *findings,
		  const struct compare_results *results, const struct compare_rule *rule, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	size_t rows = 0;
	int rc = 0;

	if (table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < results->count; i++)
		if (has_verdict(&results->items[i])) {
			add_result(table, &results->items[i], rule);
			rows++;
		}
	print_answer(out, results, rule, medium);
	print_files(out, compare, medium);
	compare_print_findings(out, findings, rule->force && findings->refusing > 0 ? "FORCED all the same: " : "Note: ", medium);
	(void)fputc('\n', out);
	if (rows > 0)
		rc = lfb_table_write(table, out);
	lfb_table_free(table);
	(void)fputc('\n', out);
	print_others(out, results, rule, medium);
	print_method(out, results, rule, medium);
	return rc;
}
