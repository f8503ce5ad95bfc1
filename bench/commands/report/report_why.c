/* report_why.c - why it is so: what each queue spends, and its latencies at each load. See report.h. */
#include "commands/report/report_parts.h"

#include "commands/report/html.h"
#include "commands/show/render_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static void put_load(FILE *out, const char *label, const struct lfb_at_load *at)
{
	char load[RENDER_CELL_BYTES], offered[RENDER_CELL_BYTES] = "", note[256], ns[RENDER_CELL_BYTES];

	render_load(load, at);
	if (isfinite(at->offered_per_s) && !isinf(at->load_percent))
		render_rate(offered, at->offered_per_s);
	render_load_note(note, sizeof(note), at);
	html_put(out, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td class=\"n\">%s</td>", label, load, offered);
	for (unsigned i = 0; i < LFB_LAT_FIGURES; i++) {
		render_time(ns, render_load_lacks_figures(at) ? NAN : at->ns[i], false);
		html_put(out, "<td class=\"n\">%s</td>", ns);
	}
	(void)fputs(at->overloaded > 0 && !isinf(at->load_percent) ? "<td class=\"bad\">" : "<td>", out);
	html_put(out, "%s</td></tr>\n", note);
}

static void put_loads(FILE *out, const struct lfb_group *group)
{
	size_t lines = 0;

	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		for (size_t i = 0; i < entry->load_count; i++) {
			if (!entry->loads[i].open)
				continue;
			if (lines++ == 0)
				(void)fputs("<h4>Latency at a given load</h4><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Latency at a given "
					    "load\"><table><thead><tr><th scope=\"col\">queue</th><th scope=\"col\" class=\"n\">load</th><th scope=\"col\" "
					    "class=\"n\">items/s</th><th scope=\"col\" class=\"n\">p50</th><th scope=\"col\" class=\"n\">p99</th><th "
					    "scope=\"col\" class=\"n\">p99.9</th><th scope=\"col\" class=\"n\">max</th><th scope=\"col\">kept up?</th></tr>"
					    "</thead><tbody>\n",
					    out);
			put_load(out, entry->label, &entry->loads[i]);
		}
	}
	if (lines > 0)
		(void)fputs("</tbody></table></div>\n", out);
}

static int put_counts_of(FILE *out, const struct lfb_entry *entry)
{
	static const enum render_column counts[] = { RENDER_CAS_FAILURES, RENDER_ATOMICS, RENDER_LOCK_WAITS, RENDER_SWITCHES, RENDER_EMPTY, RENDER_FULL, RENDER_FAIRNESS };
	char *text = NULL, cell[RENDER_CELL_BYTES];
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return -ENOMEM;
	render_why_text(memory, &entry->contention, false);
	if (fclose(memory) == 0)
		html_put(out, "<tr><th scope=\"row\">%s</th><td>%s</td>", entry->label, text);
	free(text);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		html_put(out, "<td class=\"n\">%s</td>", render_cell(entry, counts[i], 0, false, cell));
	(void)fputs("</tr>\n", out);
	return 0;
}

static int put_counts(FILE *out, const struct lfb_group *group)
{
	size_t lines = 0;
	int rc = 0;

	for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if (entry->reference || !render_has_counts(&entry->contention))
			continue;
		if (lines++ == 0)
			(void)fputs("<h4>What costs time</h4><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"What costs time\"><table><thead><tr><th "
				    "scope=\"col\">queue</th><th scope=\"col\">per operation, the likely dearest first</th><th scope=\"col\" class=\"n\">failed "
				    "CAS</th><th scope=\"col\" class=\"n\">atomics</th><th scope=\"col\" class=\"n\">lock waits</th><th scope=\"col\" "
				    "class=\"n\">switches/s</th><th scope=\"col\" class=\"n\">empty polls</th><th scope=\"col\" class=\"n\">full "
				    "polls</th><th scope=\"col\" class=\"n\">fairness</th></tr></thead><tbody>\n",
				    out);
		rc = put_counts_of(out, entry);
	}
	if (lines > 0)
		(void)fputs("</tbody></table></div>\n", out);
	return rc;
}

static bool says_why(const struct lfb_group *group)
{
	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if ((entry->load_count > 0 && entry->loads[entry->load_count - 1].open) || (!entry->reference && render_has_counts(&entry->contention)))
			return true;
	}
	return false;
}

int report_put_why(FILE *out, const struct report *report)
{
	size_t groups = 0;
	int rc = 0;

	(void)fputs("<section id=\"" REPORT_WHY "\" aria-labelledby=\"" REPORT_WHY "-h\"><h2 id=\"" REPORT_WHY "-h\">Why?</h2>\n", out);
	report_begin_tables(out, report);
	for (size_t g = 0; g < report->summary.group_count && rc == 0; g++) {
		if (!says_why(report->summary.groups[g]))
			continue;
		if (groups++ == 0)
			(void)fputs("<p>Counted in a pass of its own, with instrumented builds whose speed is not shown. Counts times a rough price each (a failed "
				    "compare-and-swap: a round trip core to core; a context switch: 2000 ns) give the order. An empty field was not measured. Fairness is "
				    "Jain's index of the threads' shares in the throughput pass: 1 where all had the same, 1/n where one of n had all. "
				    "Latencies at a load run from the intended send to the pop; OVERLOADED: less than 99 % of what was asked for was sent, and no "
				    "percentile means anything.</p>\n",
				    out);
		(void)fputs("<section class=\"shape\"><h3>", out);
		rc = report_put_shape(out, report, g);
		(void)fputs("</h3>\n", out);
		if (rc == 0)
			rc = put_counts(out, report->summary.groups[g]);
		put_loads(out, report->summary.groups[g]);
		(void)fputs("</section>\n", out);
	}
	if (groups == 0)
		(void)fputs("<p>There are no rows that say why: they come from the latency and contention passes, as in "
			    "<code>lfbench run --pass all</code>.</p>\n",
			    out);
	report_end_tables(out, report);
	(void)fputs("</section>\n", out);
	return rc;
}
