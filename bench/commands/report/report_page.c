/* report_page.c - the page around the sections. See report.h. */
#include "commands/report/report_parts.h"

#include "commands/report/html.h"
#include "version.h"

#include <errno.h>
#include <string.h>

static void put_policy(FILE *out, const struct report_bundle *bundle)
{
	/* Nothing is loaded from anywhere, and no script runs but the bundle. Styles: the charts set theirs on their elements. */
	(void)fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
		    "form-action 'none'; script-src ",
		    out);
	if (bundle->script != NULL)
		html_put(out, "'sha256-%s'\">\n", bundle->hash);
	else
		(void)fputs("'none'\">\n", out);
}

static bool has_rows(const struct report *report)
{
	return report->summary.group_count > 0;
}

static void put_names(FILE *out, const struct report *report)
{
	for (size_t i = 0; i < report->file_count; i++)
		html_put(out, "%s%s", i > 0 ? ", " : "", strcmp(report->file[i].path, "-") == 0 ? "standard input" : report_base_name(report->file[i].path));
	for (size_t i = 0; i < report->verdicts_count; i++)
		html_put(out, "%s%s", i + report->file_count > 0 ? ", " : "", report_base_name(report->verdicts[i].path));
}

static void put_head(FILE *out, const struct report *report, const struct report_bundle *bundle)
{
	(void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
	put_policy(out, bundle);
	(void)fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
		    "<meta name=\"generator\" content=\"lfbench " LFB_VERSION "\">\n<title>",
		    out);
	put_names(out, report);
	(void)fputs(" \u2013 lfbench</title>\n<style>\n", out);
	(void)fputs(report_page_css, out);
	(void)fputs("</style>\n</head>\n", out);
}

static void put_host(FILE *out, const struct report *report)
{
	const char *const host = report->summary.group_count > 0 ? lfb_row_get(&report->summary.groups[0]->row, LFB_COL_host) : "";

	for (size_t g = 1; g < report->summary.group_count; g++)
		if (strcmp(lfb_row_get(&report->summary.groups[g]->row, LFB_COL_host), host) != 0) {
			(void)fputs(", on several machines", out);
			return;
		}
	if (host[0] != '\0')
		html_put(out, ", on %s", host);
}

static void put_title(FILE *out, const struct report *report, const struct report_bundle *bundle)
{
	(void)fputs("<header>\n<p class=\"brand\">lfbench report</p>\n<h1>", out);
	put_names(out, report);
	(void)fputs("</h1>\n<p class=\"quiet\">", out);
	if (has_rows(report))
		html_put(out, "%z rows, %z of them ok; %z shapes", report->summary.rows, report->summary.rows_ok, report->summary.group_count);
	else
		(void)fputs("Verdicts, without the rows of a run", out);
	put_host(out, report);
	if (report->passed_over > 0)
		html_put(out, "; %z rows that do not meet --where are left out", (size_t)report->passed_over);
	(void)fputs(".</p>\n", out);
	if (bundle->script == NULL && bundle->missing[0] != '\0')
		html_put(out, "<p class=\"callout\">The charts are missing, the tables are whole: %s.</p>\n", bundle->missing);
	(void)fputs("</header>\n", out);
}

static void put_link(FILE *out, const char *anchor, const char *text)
{
	html_put(out, "<li><a href=\"#%s\">%s</a></li>", anchor, text);
}

static void put_navigation(FILE *out, const struct report *report)
{
	(void)fputs("<nav aria-label=\"Sections\"><ul>", out);
	if (has_rows(report))
		put_link(out, REPORT_ANSWER, "Which queue?");
	if (report->file_count > 1 || report->verdicts_count > 0)
		put_link(out, REPORT_COMPARE, "What changed?");
	if (has_rows(report)) {
		put_link(out, REPORT_SHAPES, "All queues");
		put_link(out, REPORT_SURE, "How sure?");
		put_link(out, REPORT_WHY, "Why?");
		put_link(out, REPORT_MACHINE, "Machine and method");
	}
	(void)fputs("</ul></nav>\n", out);
}

/* Up to so many shapes, or cells compared, the tables are made with the page, where a search finds them. */
#define SHAPES_AT_ONCE 48u
#define CELLS_AT_ONCE 1000u

static bool is_large(const struct report *report)
{
	size_t cells = 0;

	for (size_t i = 0; i + 1 < report->file_count; i++)
		cells += report->pair[i].results.count;
	return report->summary.group_count > SHAPES_AT_ONCE || cells > CELLS_AT_ONCE;
}

void report_begin_tables(FILE *out, const struct report *report)
{
	if (report->held_back)
		(void)fputs("<noscript>\n", out);
}

void report_end_tables(FILE *out, const struct report *report)
{
	if (report->held_back)
		(void)fputs("</noscript>\n", out);
}

static int put_sections(FILE *out, const struct report *report)
{
	static int (*const sections[])(FILE *, const struct report *) = {
		report_put_answer, report_put_compare, report_put_shapes, report_put_sure, report_put_why, report_put_machine,
	};
	int rc = 0;

	if (!has_rows(report))
		return report_put_compare(out, report);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && rc == 0; i++)
		rc = sections[i](out, report);
	return rc;
}

/* The bundle finds its data by the id, its place by the class, and the tables, which it folds up, by theirs. */
static int put_script(FILE *out, const struct report *report, const struct report_bundle *bundle)
{
	int rc;

	if (bundle->script == NULL)
		return 0;
	(void)fputs("<script type=\"application/json\" id=\"lfbench-data\">", out);
	rc = report_put_data(out, report);
	(void)fputs("</script>\n<script>", out);
	(void)fwrite(bundle->script, 1, bundle->bytes, out);
	(void)fputs("</script>\n", out);
	return rc;
}

int report_write(struct report *report, const struct report_bundle *bundle, FILE *out)
{
	int rc;

	report->held_back = bundle->script != NULL && is_large(report);
	put_head(out, report, bundle);
	(void)fputs("<body>\n<a class=\"skip\" href=\"#main\">Skip to the answer</a>\n", out);
	put_title(out, report, bundle);
	put_navigation(out, report);
	(void)fputs("<main id=\"main\">\n<div id=\"tables\">\n", out);
	rc = put_sections(out, report);
	(void)fputs("</div>\n</main>\n<footer><p class=\"quiet\">Made by lfbench " LFB_VERSION " (" LFB_COMMIT ").</p></footer>\n", out);
	if (rc == 0)
		rc = put_script(out, report, bundle);
	(void)fputs("</body>\n</html>\n", out);
	return rc != 0 ? rc : ferror(out) ? -EIO : 0;
}
