/* report_sure.c - how sure that is: launches, ties, phases of the machine, flags. See report.h. */
#include "commands/report/report_parts.h"

#include "results/flags.h"
#include "commands/report/html.h"
#include "commands/show/render_table.h"

#include <string.h>

static void put_range(FILE *out, size_t least, size_t most)
{
	if (least != most)
		html_put(out, "%z\u2013", least);
	html_put(out, "%z", most);
}

static void put_resolved(FILE *out, const struct lfb_class classes[LFB_NEEDS])
{
	bool any = false;

	for (size_t i = 0; i < LFB_NEEDS; i++) {
		const struct lfb_class *const class = &classes[i];

		if (class->count < 2)
			continue;
		if (any)
			(void)fputs("<br>", out);
		html_put(out, "%s: ", lfb_need_names[class->need]);
		any = true;
		if (class->lacks_interval)
			(void)fputs("<span class=\"tie\">nothing established</span>", out);
		else
			html_put(out, "%s from %z of %z", class->entries[0]->label, class->count - 1 - class->tied, class->count - 1);
	}
	if (!any)
		(void)fputs("<span class=\"quiet\">nothing to tell apart</span>", out);
}

static void put_odd(FILE *out, const struct lfb_group *group)
{
	size_t outliers = 0, launches = 0, unlike = group->first.unlike;

	for (size_t e = 0; e < group->entry_count; e++) {
		outliers += group->entries[e]->outliers;
		launches += group->entries[e]->launches;
		unlike += group->entries[e]->first.unlike;
	}
	if (outliers > 0)
		html_put(out, "%z of %z launches lie far from the others of their queue", outliers, launches);
	if (unlike > 0)
		html_put(out, "%sfirst trials are unlike later ones", outliers > 0 ? "; " : "");
	if (outliers == 0 && unlike == 0)
		(void)fputs("<span class=\"quiet\">none</span>", out);
}

static void put_regimes(FILE *out, const struct lfb_regimes *regimes)
{
	char near[RENDER_CELL_BYTES], far[RENDER_CELL_BYTES];

	if (!regimes->found) {
		(void)fputs("<span class=\"quiet\">no change seen</span>", out);
		return;
	}
	render_time(near, regimes->probe_ns[0], false);
	render_time(far, regimes->probe_ns[1], false);
	html_put(out, "<span class=\"warn\">changed</span> %z launches at %s core to core, %z at %s", regimes->launches[0], near, regimes->launches[1], far);
}

static int put_group(FILE *out, const struct report *report, size_t at)
{
	const struct lfb_group *const group = report->summary.groups[at];
	struct lfb_class classes[LFB_NEEDS] = { { .count = 0 } };
	int rc = lfb_classes_make(group, classes);

	if (rc == 0) {
		(void)fputs("<tr><th scope=\"row\">", out);
		rc = report_put_shape(out, report, at);
		(void)fputs("</th><td class=\"n\">", out);
		put_range(out, group->launches_min, group->launches_max);
		(void)fputs("</td><td class=\"n\">", out);
		put_range(out, group->trials_min, group->trials_max);
		(void)fputs("</td><td>", out);
		put_resolved(out, classes);
		(void)fputs("</td><td>", out);
		put_regimes(out, &group->regimes);
		(void)fputs("</td><td>", out);
		put_odd(out, group);
		(void)fputs("</td></tr>\n", out);
	}
	lfb_classes_free(classes);
	return rc;
}

static void put_phase(FILE *out, const struct lfb_entry *entry, unsigned regime)
{
	char ns[RENDER_CELL_BYTES];

	(void)fputs("<td class=\"n\">", out);
	if (entry->regime_launches[regime] > 0) {
		render_ns(ns, entry->regime_ns_per_op[regime]);
		html_put(out, "%s <span class=\"quiet\">(%z)</span>", ns, entry->regime_launches[regime]);
	}
	(void)fputs("</td>", out);
}

/* What a median over both phases hides: whether the order is the same in each. */
static int put_phases(FILE *out, const struct report *report, size_t at)
{
	const struct lfb_group *const group = report->summary.groups[at];
	int rc;

	if (!group->regimes.found)
		return 0;
	(void)fputs("<tbody><tr class=\"class\"><th colspan=\"3\" scope=\"rowgroup\">", out);
	rc = report_put_shape(out, report, at);
	(void)fputs("</th></tr>\n<tr><td></td>", out);
	for (unsigned regime = 0; regime < LFB_SUMMARY_REGIMES; regime++) {
		char time[RENDER_CELL_BYTES];

		render_time(time, group->regimes.probe_ns[regime], false);
		html_put(out, "<td class=\"n quiet\">at %s core to core</td>", time);
	}
	(void)fputs("</tr>\n", out);
	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if (entry->launches == 0)
			continue;
		(void)fputs(entry->reference ? "<tr class=\"reference\">" : "<tr>", out);
		html_put(out, "<th scope=\"row\">%s</th>", entry->label);
		for (unsigned regime = 0; regime < LFB_SUMMARY_REGIMES; regime++)
			put_phase(out, entry, regime);
		(void)fputs("</tr>\n", out);
	}
	(void)fputs("</tbody>\n", out);
	return rc;
}

static int put_all_phases(FILE *out, const struct report *report)
{
	bool any = false;
	int rc = 0;

	for (size_t g = 0; g < report->summary.group_count; g++)
		any = any || report->summary.groups[g]->regimes.found;
	if (!any)
		return 0;
	(void)fputs("<h3>ns/op by phase of the machine</h3>\n<p>Medians over the launches of each phase, whose number is in parentheses. Where they are few there is no "
		    "interval, so an order that is the same in both phases is a hint and no proof.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
		    "aria-label=\"By phase of the machine\"><table>\n",
		    out);
	for (size_t g = 0; g < report->summary.group_count && rc == 0; g++)
		rc = put_phases(out, report, g);
	(void)fputs("</table></div>\n", out);
	return rc;
}

static void put_flag_words(FILE *out, const struct lfb_summary *summary)
{
	if (summary->flag_count == 0)
		return;
	(void)fputs("<h3>Flags</h3>\n<dl>", out);
	for (size_t i = 0; i < summary->flag_count; i++) {
		const char *const word = summary->flags[i].word;
		const struct lfb_word *const known = lfb_word_find(lfb_flag_words, word, strlen(word));

		html_put(out, "<dt><span class=\"flag\">%s</span> %z of %z rows</dt><dd>%s.", word, summary->flags[i].rows, summary->rows,
			 known != NULL ? known->meaning : "not known to this version of lfbench");
		if (known != NULL && known->advice != NULL)
			html_put(out, " <em>What to do:</em> %s.", known->advice);
		(void)fputs("</dd>\n", out);
	}
	(void)fputs("</dl>\n", out);
}

int report_put_sure(FILE *out, const struct report *report)
{
	int rc = 0;

	(void)fputs("<section id=\"" REPORT_SURE "\" aria-labelledby=\"" REPORT_SURE "-h\"><h2 id=\"" REPORT_SURE "-h\">How sure is that?</h2>\n",
		    out);
	report_begin_tables(out, report);
	(void)fputs("<p>Intervals are over launches, since trials of one process are not independent; each holds the true median with a probability of at least "
		    "95 %, whatever the distribution. Where two overlap, the order is not resolved. No launch is left out.</p>\n"
		    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"How sure\"><table>\n<thead><tr><th scope=\"col\">shape</th><th scope=\"col\" "
		    "class=\"n\">launches</th><th scope=\"col\" class=\"n\">trials each</th><th scope=\"col\">fastest, told from others of its kind</th><th "
		    "scope=\"col\">machine</th><th scope=\"col\">odd launches, kept</th></tr></thead><tbody>\n",
		    out);
	for (size_t g = 0; g < report->summary.group_count && rc == 0; g++)
		rc = put_group(out, report, g);
	(void)fputs("</tbody></table></div>\n", out);
	if (rc == 0)
		rc = put_all_phases(out, report);
	put_flag_words(out, &report->summary);
	report_end_tables(out, report);
	(void)fputs("</section>\n", out);
	return rc;
}
