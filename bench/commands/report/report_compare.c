/* report_compare.c - each file against the first: ratio and interval per cell, the worst first. See report.h. */
#include "commands/report/report_parts.h"

#include "commands/report/html.h"

#include <math.h>

static void put_findings(FILE *out, const struct report_pair *pair)
{
	if (pair->findings.count == 0)
		return;
	if (pair->rule.force)
		(void)fputs("<p class=\"callout\">These two are not like with like, so there is no verdict: the ratios say how the two measurements differ, not how "
			    "a queue changed.</p>\n",
			    out);
	(void)fputs("<ul>", out);
	for (int refusing = 1; refusing >= 0; refusing--)
		for (size_t i = 0; i < pair->findings.count; i++)
			if (pair->findings.items[i].refuses == (refusing == 1))
				html_put(out, "<li>%s</li>\n", pair->findings.items[i].text);
	(void)fputs("</ul>\n", out);
}

static const char *verdict_text(const struct report_pair *pair, const struct compare_result *result)
{
	const bool moved = result->verdict == COMPARE_REGRESSED || result->verdict == COMPARE_IMPROVED;

	if (pair->rule.force && result->verdict != COMPARE_FAILED)
		return "no verdict";
	return result->cell->reference && moved ? "reference" : compare_verdict_names[result->verdict];
}

static const char *class_of(const struct compare_result *result)
{
	if (result->verdict == COMPARE_FAILED || result->verdict == COMPARE_REGRESSED)
		return "bad";
	return result->verdict == COMPARE_IMPROVED ? "good" : "quiet";
}

static void put_number(FILE *out, const char *format, double value)
{
	(void)fputs("<td class=\"n\">", out);
	if (isfinite(value))
		(void)fprintf(out, format, value); /* of this file */
	(void)fputs("</td>", out);
}

static void put_result(FILE *out, const struct report_pair *pair, const struct compare_result *result)
{
	char shape[COMPARE_SHAPE_BYTES], sentence[COMPARE_SENTENCE_BYTES];

	html_put(out, "<tr><td class=\"%s\">%s</td><th scope=\"row\">%s</th><td class=\"shape-of\">%s <span class=\"quiet\">%s</span></td><td>%s</td>", class_of(result),
		 verdict_text(pair, result), lfb_row_get(&result->cell->row, LFB_COL_backend), lfb_row_get(&result->cell->row, LFB_COL_workload),
		 compare_shape_text(result->cell, shape),
		 result->metric < COMPARE_METRICS ? compare_metric_names[result->metric] : lfb_row_get(&result->cell->row, LFB_COL_pass));
	put_number(out, "%.4f", exp(result->shift));
	(void)fputs("<td class=\"n quiet\">", out);
	if (result->has_interval)
		(void)fprintf(out, "%.4f\u2013%.4f", exp(result->low), exp(result->high));
	(void)fputs("</td>", out);
	put_number(out, "%.4g", result->median[COMPARE_BASE]);
	put_number(out, "%.4g", result->median[COMPARE_HEAD]);
	html_put(out, "<td class=\"n\">%z + %z</td><td class=\"quiet said\">%s</td></tr>\n", result->n[COMPARE_BASE], result->n[COMPARE_HEAD],
		 compare_sentence(result, &pair->rule, sentence));
}

static bool is_shown(const struct compare_result *result)
{
	return result->verdict != COMPARE_ALONE && result->verdict != COMPARE_UNSUPPORTED;
}

static void put_results(FILE *out, const struct report_pair *pair)
{
	const size_t *const tally = pair->results.tally;

	if (!pair->rule.force)
		html_put(out, "<p>%z FAILED, %z REGRESSED, %z INCONCLUSIVE, %z PASS, %z IMPROVED. Advice, no proof: the two were measured at different times, and a "
			      "machine is not the same on two days; <code>lfbench gate</code> measures both in turns.</p>\n",
			 tally[COMPARE_FAILED], tally[COMPARE_REGRESSED], tally[COMPARE_INCONCLUSIVE], tally[COMPARE_PASS], tally[COMPARE_IMPROVED]);
	(void)fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Cells, the worst first\"><table><thead><tr><th scope=\"col\">verdict</th><th "
		    "scope=\"col\">queue</th><th scope=\"col\">shape</th><th scope=\"col\">figure</th><th scope=\"col\" class=\"n\">ratio</th><th scope=\"col\" "
		    "class=\"n\">95 % interval</th><th scope=\"col\" class=\"n\">first, ns</th><th scope=\"col\" class=\"n\">this, ns</th><th scope=\"col\" "
		    "class=\"n\">launches</th><th scope=\"col\">what that says</th></tr></thead><tbody>\n",
		    out);
	for (size_t i = 0; i < pair->results.count; i++)
		if (is_shown(&pair->results.items[i]))
			put_result(out, pair, &pair->results.items[i]);
	(void)fputs("</tbody></table></div>\n", out);
	if (tally[COMPARE_ALONE] > 0)
		html_put(out, "<p class=\"note\">%z cells are in one of the two only.</p>\n", tally[COMPARE_ALONE]);
}

static void put_pairs(FILE *out, const struct report *report)
{
	(void)fputs("<p>Above 1 the later file is slower. Launches are the samples; the ratio is that of Hodges and Lehmann, its interval from rank sums. The "
		    "tables of the other sections take all files together.</p>\n",
		    out);
	for (size_t i = 0; i + 1 < report->file_count; i++) {
		const struct report_pair *const pair = &report->pair[i];

		html_put(out, "<section><h3>%s, worst first</h3>\n", report_base_name(report->file[i + 1].path));
		if (pair->same_run)
			(void)fputs("<p>Both files hold rows of one and the same run: parts of it, perhaps. There is nothing to compare.</p>\n", out);
		else if (pair->common == 0)
			(void)fputs("<p>The two have no cell in common: same workload, backend, threads, capacity and so on.</p>\n", out);
		if (!pair->same_run && pair->common > 0) {
			put_findings(out, pair);
			put_results(out, pair);
		}
		(void)fputs("</section>\n", out);
	}
}

int report_put_compare(FILE *out, const struct report *report)
{
	int rc;

	if (report->file_count < 2 && report->verdicts_count == 0)
		return 0;
	(void)fputs("<section id=\"" REPORT_COMPARE "\" aria-labelledby=\"" REPORT_COMPARE "-h\"><h2 id=\"" REPORT_COMPARE "-h\">", out);
	if (report->file_count < 2)
		(void)fputs("What changed?</h2>\n", out);
	else
		html_put(out, "What changed since %s?</h2>\n", report_base_name(report->file[0].path));
	report_begin_tables(out, report);
	for (size_t i = 0; i < report->verdicts_count; i++)
		report_put_verdicts(out, &report->verdicts[i]);
	if (report->file_count >= 2)
		put_pairs(out, report);
	rc = report_put_history(out, report);
	report_end_tables(out, report);
	(void)fputs("</section>\n", out);
	return rc;
}
