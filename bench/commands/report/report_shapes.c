/* report_shapes.c - a table for each shape: every queue that was measured in it, ranked among those that promise the same. See report.h. */
#include "commands/report/report_parts.h"

#include "commands/report/html.h"
#include "commands/show/render_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLOT_WIDTH 220.0
#define PLOT_MARGIN 8.0
#define COLUMNS_TEXT "8"

/* From ns to a place in a plot: logarithmic, since what matters is a ratio. */
struct scale {
	double low, high; /* logarithms; equal: nothing to draw */
	double floor, ceiling; /* ns of null and faa; NaN: not measured */
};

static void stretch(struct scale *scale, double ns)
{
	const double at = log10(ns);

	if (!isfinite(at))
		return;
	scale->low = fmin(scale->low, at);
	scale->high = fmax(scale->high, at);
}

static struct scale scale_of(const struct lfb_group *group)
{
	struct scale scale = { INFINITY, -INFINITY, NAN, NAN };

	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];
		const char *const name = lfb_row_get(&entry->row, LFB_COL_backend);

		if (entry->launches == 0)
			continue;
		stretch(&scale, entry->ns_per_op.median);
		if (entry->ns_per_op.has_interval && !entry->reference) {
			stretch(&scale, entry->ns_per_op.low);
			stretch(&scale, entry->ns_per_op.high);
		}
		if (entry->reference && strcmp(name, "null") == 0)
			scale.floor = entry->ns_per_op.median;
		if (entry->reference && strcmp(name, "faa") == 0)
			scale.ceiling = entry->ns_per_op.median;
	}
	return scale;
}

static double place(const struct scale *scale, double ns)
{
	if (!(scale->high > scale->low))
		return PLOT_WIDTH / 2;
	return PLOT_MARGIN + (log10(ns) - scale->low) / (scale->high - scale->low) * (PLOT_WIDTH - 2 * PLOT_MARGIN);
}

static void put_line(FILE *out, const struct scale *scale, double ns, const char *class)
{
	if (ns > 0)
		(void)fprintf(out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"20\"/>", class, place(scale, ns), place(scale, ns));
}

static void put_grid(FILE *out, const struct scale *scale)
{
	for (double at = ceil(scale->low); at <= scale->high; at++)
		put_line(out, scale, pow(10, at), "grid");
	put_line(out, scale, scale->floor, "floor");
	put_line(out, scale, scale->ceiling, "ceiling");
}

/* Its figures stand beside it, so it is hidden from screen readers. */
static void put_plot(FILE *out, const struct scale *scale, const struct lfb_entry *entry)
{
	const struct lfb_figure *const figure = &entry->ns_per_op;

	(void)fputs("<svg class=\"plot\" viewBox=\"0 0 220 20\" aria-hidden=\"true\">", out);
	put_grid(out, scale);
	if (figure->has_interval)
		(void)fprintf(out, "<line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"10\"/>", place(scale, figure->low),
			      place(scale, figure->high));
	if (figure->median > 0)
		(void)fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"10\" r=\"4\"/>", entry->reference ? "ref" : "dot", place(scale, figure->median));
	(void)fputs("</svg>", out);
}

/* The decades as labels: the axis of all plots below. */
static void put_axis(FILE *out, const struct scale *scale)
{
	(void)fputs("<svg class=\"plot axis\" viewBox=\"0 0 220 20\" aria-hidden=\"true\">", out);
	for (double at = ceil(scale->low); at <= scale->high; at++)
		(void)fprintf(out, "<text x=\"%.1f\" y=\"14\">%g</text>", place(scale, pow(10, at)), pow(10, at));
	(void)fputs("</svg>", out);
}

static void put_head(FILE *out, const struct scale *scale)
{
	(void)fputs("<thead><tr><th scope=\"col\">queue</th><th scope=\"col\">semantics</th><th scope=\"col\" class=\"n\">ns/op</th>"
		    "<th scope=\"col\" class=\"n\">95 % interval</th><th scope=\"col\"><span class=\"sr\">ns/op on a logarithmic scale</span>",
		    out);
	put_axis(out, scale);
	(void)fputs("</th><th scope=\"col\">against the fastest of its kind</th><th scope=\"col\" class=\"n\">p50</th>"
		    "<th scope=\"col\" class=\"n\">p99</th></tr></thead>\n",
		    out);
}

static void put_standing(FILE *out, const struct lfb_entry *entry, const struct lfb_class *class)
{
	struct lfb_against against;
	char text[REPORT_TEXT_BYTES];

	if (class == NULL)
		return;
	if (entry == class->entries[0]) {
		(void)fputs(class->count == 1 ? "<span class=\"quiet\">the only one</span>" : "<strong>fastest</strong>", out);
		if (class->count > 1 && class->tied > 0)
			(void)fputs(" <span class=\"tie\">not alone</span>", out);
		return;
	}
	against = lfb_entry_against(entry, class->entries[0]);
	html_put(out, "<span class=\"ratio\">%s</span>", report_ratio_text(&against, text));
	if (!against.resolved)
		html_put(out, " <span class=\"tie\">%s</span>", against.has_interval ? "not resolved" : "not established");
}

static void put_flags(FILE *out, const struct report *report, uint32_t flags)
{
	for (size_t i = 0; i < report->summary.flag_count; i++)
		if ((flags >> i & 1) != 0)
			html_put(out, " <span class=\"flag\">%s</span>", report->summary.flags[i].word);
}

/* `class` is NULL for a reference. */
static void put_entry(FILE *out, const struct report *report, const struct lfb_group *group, const struct lfb_entry *entry,
		      const struct lfb_class *class, const struct scale *scale)
{
	char cell[RENDER_CELL_BYTES];

	(void)fputs(entry->reference ? "<tr class=\"reference\">" : "<tr>", out);
	html_put(out, "<th scope=\"row\">%s", entry->label);
	if (entry->incomplete)
		(void)fputs(" <span class=\"flag bad\">some rows not ok</span>", out);
	put_flags(out, report, entry->flags & ~group->common_flags);
	html_put(out, "</th><td>%s</td>", render_cell(entry, RENDER_SEMANTICS, 0, false, cell));
	html_put(out, "<td class=\"n\">%s</td>", render_cell(entry, RENDER_NS_PER_OP, 0, false, cell));
	html_put(out, "<td class=\"n quiet\">%s</td><td>", render_cell(entry, RENDER_INTERVAL, 0, false, cell));
	if (entry->launches > 0)
		put_plot(out, scale, entry);
	(void)fputs("</td><td>", out);
	put_standing(out, entry, class);
	html_put(out, "</td><td class=\"n\">%s</td>", render_cell(entry, RENDER_P50, 0, false, cell));
	html_put(out, "<td class=\"n\">%s</td></tr>\n", render_cell(entry, RENDER_P99, 0, false, cell));
}

static void begin_class(FILE *out, const char *name, const char *meaning)
{
	html_put(out, "<tbody><tr class=\"class\"><th colspan=\"" COLUMNS_TEXT "\" scope=\"rowgroup\">%s <span class=\"quiet\">%s</span></th></tr>\n", name,
		 meaning);
}

static void put_class(FILE *out, const struct report *report, const struct lfb_group *group, const struct lfb_class *class, const struct scale *scale)
{
	if (class->count == 0)
		return;
	begin_class(out, lfb_need_names[class->need], lfb_need_meanings[class->need]);
	if (class->unlike_threads)
		(void)fputs("<tr class=\"class\"><td colspan=\"" COLUMNS_TEXT "\" class=\"note\">Unlike semantics: s stands for one thread and m for many, so an "
			    "spsc queue may be used by no more threads than these. The looser promise may be the cheaper one to keep.</td></tr>\n",
			    out);
	for (size_t i = 0; i < class->count; i++)
		put_entry(out, report, group, class->entries[i], class, scale);
	(void)fputs("</tbody>\n", out);
}

static void put_references(FILE *out, const struct report *report, const struct lfb_group *group, const struct scale *scale)
{
	bool begun = false;

	for (size_t e = 0; e < group->references; e++) {
		if (!render_has_figures(group->entries[e]))
			continue;
		if (!begun)
			begin_class(out, "references",
				    "no queues: null is what the harness costs (dotted line), faa the ceiling for queues with a shared counter (dashed line)");
		begun = true;
		put_entry(out, report, group, group->entries[e], NULL, scale);
	}
	if (begun)
		(void)fputs("</tbody>\n", out);
}

/* One line for each way in which something was not ok. */
static int put_problems(FILE *out, const struct lfb_group *group)
{
	bool begun = false;

	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		for (size_t p = 0; p < entry->problem_count; p++) {
			char *const text = render_problem(&entry->problems[p]);

			if (text == NULL)
				return -ENOMEM;
			if (!begun)
				begin_class(out, "not ok", "what has no figure here, and why");
			begun = true;
			html_put(out, "<tr><th scope=\"row\">%s</th><td colspan=\"7\" class=\"%s\">%s</td></tr>\n", entry->label,
				 render_is_unsupported(&entry->problems[p]) ? "quiet" : "bad", text);
			free(text);
		}
		if (entry->problem_count == 0 && entry->launches == 0)
			html_put(out, "<tr><th scope=\"row\">%s</th><td colspan=\"7\" class=\"quiet\">%s</td></tr>\n", entry->label, render_absence(entry));
	}
	if (begun)
		(void)fputs("</tbody>\n", out);
	return 0;
}

static int put_described(FILE *out, const struct report *report, const struct lfb_group *group)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return -ENOMEM;
	if (group->launches_max > 0)
		render_describe_lines(memory, &report->summary, group);
	if (group->regimes.found) {
		(void)fputc(' ', memory);
		render_regimes_text(memory, &group->regimes, false);
	}
	if (fclose(memory) == 0)
		html_put(out, "<p class=\"note\">%s</p>\n", text);
	free(text);
	return 0;
}

static int put_group(FILE *out, const struct report *report, size_t at)
{
	const struct lfb_group *const group = report->summary.groups[at];
	const struct scale scale = scale_of(group);
	struct lfb_class classes[LFB_NEEDS] = { { .count = 0 } };
	char *const title = report_title(report, group);
	int rc = title == NULL ? -ENOMEM : lfb_classes_make(group, classes);

	if (rc == 0) {
		html_put(out, "<section class=\"shape\" id=\"shape-%z\" aria-labelledby=\"shape-%z-h\"><h3 id=\"shape-%z-h\">%s</h3>\n", at + 1, at + 1, at + 1,
			 title);
		rc = put_described(out, report, group);
		html_put(out, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"shape-%z-h\"><table>\n", at + 1);
		put_head(out, &scale);
		for (size_t i = 0; i < LFB_NEEDS; i++)
			put_class(out, report, group, &classes[i], &scale);
		put_references(out, report, group, &scale);
	}
	if (rc == 0)
		rc = put_problems(out, group);
	(void)fputs("</table></div></section>\n", out);
	lfb_classes_free(classes);
	free(title);
	return rc;
}

int report_put_shapes(FILE *out, const struct report *report)
{
	int rc = 0;

	(void)fputs("<section id=\"" REPORT_SHAPES "\" aria-labelledby=\"" REPORT_SHAPES "-h\"><h2 id=\"" REPORT_SHAPES "-h\">All queues by shape</h2>\n",
		    out);
	report_begin_tables(out, report);
	(void)fputs("<p>Ranked within what they promise. The plots are logarithmic: the same distance is the same ratio. A dot is the median, the line through it "
		    "the interval. p50 and p99 are latencies from push to pop in a closed loop.</p>\n",
		    out);
	for (size_t g = 0; g < report->summary.group_count && rc == 0; g++)
		rc = put_group(out, report, g);
	report_end_tables(out, report);
	(void)fputs("</section>\n", out);
	return rc;
}
