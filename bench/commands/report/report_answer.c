/* report_answer.c - the first question: which queue, by what is needed of it, in each shape; one line an answer. See report.h. */
#include "commands/report/report_parts.h"

#include "commands/report/html.h"
#include "commands/show/render_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Names of those that cannot be told from the fastest, before the rest is a number. */
#define TIED_NAMED 3u

char *report_title(const struct report *report, const struct lfb_group *group)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return NULL;
	(void)fprintf(memory, "%s: ", lfb_row_get(&group->row, LFB_COL_workload));
	render_describe_shape(memory, &report->summary, group);
	if (fclose(memory) == 0)
		return text;
	free(text);
	return NULL;
}

int report_put_shape(FILE *out, const struct report *report, size_t group)
{
	char *const title = report_title(report, report->summary.groups[group]);

	if (title == NULL)
		return -ENOMEM;
	html_put(out, "<a href=\"#shape-%z\">%s</a>", group + 1, title);
	free(title);
	return 0;
}

const char *report_base_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

const char *report_ratio_text(const struct lfb_against *against, char out[REPORT_TEXT_BYTES])
{
	char ratio[RENDER_CELL_BYTES], low[RENDER_CELL_BYTES], high[RENDER_CELL_BYTES];

	render_ns(ratio, against->ratio);
	if (!against->has_interval) {
		(void)snprintf(out, REPORT_TEXT_BYTES, "%s\u00D7", ratio);
		return out;
	}
	render_ns(low, against->low);
	render_ns(high, against->high);
	(void)snprintf(out, REPORT_TEXT_BYTES, "%s\u00D7 (%s\u2013%s)", ratio, low, high);
	return out;
}

/* "mutex_ring and 2 others cannot be told from it" */
static void put_tied(FILE *out, const struct lfb_class *class)
{
	size_t named = 0, left = class->tied;

	if (class->count == 1)
		html_put(out, "<span class=\"quiet\">the only one measured</span>");
	else if (class->lacks_interval)
		html_put(out, "<span class=\"tie\">not established</span> it takes 6 launches");
	else if (class->tied == 0)
		html_put(out, "<span class=\"quiet\">none</span>");
	if (class->lacks_interval || class->tied == 0)
		return;
	(void)fputs("<span class=\"tie\">not resolved</span> ", out);
	for (size_t i = 1; i < class->count && named < TIED_NAMED; i++) {
		if (lfb_entry_against(class->entries[i], class->entries[0]).resolved)
			continue;
		html_put(out, "%s%s", named++ > 0 ? ", " : "", class->entries[i]->label);
		left--;
	}
	if (left > 0)
		html_put(out, " and %z more", left);
}

/* The first one that is slower for sure. */
static void put_next(FILE *out, const struct lfb_class *class)
{
	char ratio[REPORT_TEXT_BYTES];

	for (size_t i = 1; i < class->count; i++) {
		const struct lfb_against against = lfb_entry_against(class->entries[i], class->entries[0]);

		if (!against.resolved)
			continue;
		html_put(out, "%s: <span class=\"ratio\">%s</span>", class->entries[i]->label, report_ratio_text(&against, ratio));
		return;
	}
	(void)fputs("<span class=\"quiet\">\u2013</span>", out);
}

static void put_line(FILE *out, const struct lfb_class *class)
{
	const struct lfb_entry *const first = class->entries[0];
	char ns[RENDER_CELL_BYTES], interval[RENDER_CELL_BYTES];

	html_put(out, "<tr><td>%s</td><th scope=\"row\">%s</th><td class=\"n\">%s</td><td class=\"n quiet\">%s</td><td>", lfb_need_names[class->need],
		 first->label, render_cell(first, RENDER_NS_PER_OP, 0, false, ns), render_cell(first, RENDER_INTERVAL, 0, false, interval));
	put_tied(out, class);
	(void)fputs("</td><td>", out);
	put_next(out, class);
	(void)fputs("</td></tr>\n", out);
}

static int put_group(FILE *out, const struct report *report, size_t at)
{
	struct lfb_class classes[LFB_NEEDS] = { { .count = 0 } };
	int rc = lfb_classes_make(report->summary.groups[at], classes);

	if (rc == 0 && report->summary.groups[at]->ranked > 0) {
		(void)fputs("<tbody><tr class=\"class\"><th colspan=\"6\" scope=\"rowgroup\">", out);
		rc = report_put_shape(out, report, at);
		(void)fputs("</th></tr>\n", out);
		for (size_t i = 0; i < LFB_NEEDS && rc == 0; i++)
			if (classes[i].count > 0)
				put_line(out, &classes[i]);
		(void)fputs("</tbody>\n", out);
	}
	lfb_classes_free(classes);
	return rc;
}

int report_put_answer(FILE *out, const struct report *report)
{
	int rc = 0;

	(void)fputs("<section id=\"" REPORT_ANSWER "\" aria-labelledby=\"" REPORT_ANSWER "-h\">\n<h2 id=\"" REPORT_ANSWER "-h\">Which queue for my shape?</h2>\n",
		    out);
	report_begin_tables(out, report);
	(void)fputs("<p>For each shape, and for what a queue has to promise there, the fastest that was measured, which others cannot be told from it, and the "
		    "first one that is slower for sure. Queues are held against queues that promise the same; null and faa are references and not in it.</p>\n"
		    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Fastest queues\"><table class=\"answer\">\n<thead><tr><th scope=\"col\">what is needed</th>"
		    "<th scope=\"col\">fastest</th><th scope=\"col\" class=\"n\">ns/op</th><th scope=\"col\" class=\"n\">95 % interval</th>"
		    "<th scope=\"col\">cannot be told from it</th><th scope=\"col\">first that is slower</th></tr></thead>\n",
		    out);
	for (size_t g = 0; g < report->summary.group_count && rc == 0; g++)
		rc = put_group(out, report, g);
	(void)fputs("</table></div>\n<p class=\"note\">ns/op: a trial's duration divided by its pushes and pops; the median over launches of each launch's "
		    "median trial; less is faster. 1.32\u00D7 (1.10\u20131.58): takes 1.32 times as long, and with a probability of at least 90 % "
		    "between 1.10 and 1.58 times.</p>\n",
		    out);
	report_end_tables(out, report);
	(void)fputs("</section>\n", out);
	return rc;
}
