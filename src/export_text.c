/* export_text.c - the formats that are lines, XML or Markdown, and GitHub's commands; see export.h. */
#include "export_parts.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int finished(FILE *out)
{
	return ferror(out) ? -EIO : 0;
}

/* Names in benchfmt have no spaces, and `-` at the end is the number of threads. */
static void put_go_word(FILE *out, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		(void)fputc(isalnum((unsigned char)*text) || strchr("_./=+:", *text) != NULL ? *text : '_', out);
}

/* "producer_consumer" as "ProducerConsumer": a Go benchmark begins with a capital letter. */
static void put_go_name(FILE *out, const char *text)
{
	bool upper = true;

	for (; text != NULL && *text != '\0'; text++) {
		if (isalnum((unsigned char)*text))
			(void)fputc(upper ? toupper((unsigned char)*text) : *text, out);
		upper = !isalnum((unsigned char)*text);
	}
}

static void go_line(FILE *out, const struct export_result *result, const char *side, uint64_t iterations, double ns)
{
	(void)fputs("Benchmark", out);
	put_go_name(out, result->workload);
	(void)fputs("/backend=", out);
	put_go_word(out, result->backend);
	(void)fputc('/', out);
	put_go_word(out, result->shape);
	(void)fprintf(out, "%s-%" PRIu32 " %" PRIu64 " %.6g ns/op\n", side, result->threads > 0 ? result->threads : 1, iterations > 0 ? iterations : 1, ns);
}

/* https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md; one line per trial. */
int export_benchfmt(const struct export_list *list, FILE *out)
{
	(void)fprintf(out, "goos: linux\npkg: lfbench\n");
	if (list->commit != NULL && list->commit[0] != '\0') {
		(void)fputs("commit: ", out);
		put_go_word(out, list->commit);
		(void)fputc('\n', out);
	}
	(void)fputs("host: ", out);
	put_go_word(out, list->host);
	(void)fputs("\nUnit ns/op better=lower\n", out);
	for (size_t i = 0; i < list->count; i++) {
		const struct export_result *const result = &list->results[i];

		for (size_t k = 0; k < result->trial_count; k++)
			go_line(out, result, "", result->trials[k].items, result->trials[k].ns_per_op);
		if (result->trial_count == 0 && isfinite(result->base_value) && isfinite(result->head_value)) {
			go_line(out, result, "/side=base", result->n, result->base_value);
			go_line(out, result, "/side=head", result->n, result->head_value);
		}
	}
	return finished(out);
}

/* Bytes of the UTF-8 character at `text` that XML 1.0 allows; 0 where there is none. */
static size_t xml_character(const unsigned char *text)
{
	uint32_t code;
	size_t length;

	if (text[0] < 0x80)
		return text[0] >= ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r';
	length = text[0] >= 0xF0 && text[0] < 0xF5 ? 4 : text[0] >= 0xE0 ? 3 : text[0] >= 0xC2 ? 2 : 0;
	if (length == 0 || text[0] >= 0xF5)
		return 0;
	code = text[0] & (0xFFu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3Fu);
	}
	if ((length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10FFFF)) || (code >= 0xD800 && code < 0xE000) || code == 0xFFFE ||
	    code == 0xFFFF)
		return 0;
	return length;
}

static void put_xml(FILE *out, const char *text)
{
	const unsigned char *at = (const unsigned char *)(text != NULL ? text : "");

	while (*at != '\0') {
		const size_t length = xml_character(at);

		if (length == 0)
			(void)fputc('?', out);
		else if (strchr("<>&\"'\n\r\t", *at) != NULL)
			(void)fprintf(out, "&#%u;", *at);
		else
			(void)fwrite(at, 1, length, out);
		at += length > 0 ? length : 1;
	}
}

/* What a test case of this verdict contains; inconclusive is not passed, and is skipped. */
static const char *junit_element(enum export_verdict verdict)
{
	switch (verdict) {
	case EXPORT_REGRESSED:
		return "failure";
	case EXPORT_FAILED:
		return "error";
	case EXPORT_INCONCLUSIVE:
	case EXPORT_UNSUPPORTED:
		return "skipped";
	case EXPORT_MEASURED:
	case EXPORT_PASS:
	case EXPORT_IMPROVED:
		break;
	}
	return NULL;
}

static size_t count_of(const struct export_list *list, const char *element)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *const of = junit_element(list->results[i].verdict);

		count += of != NULL && strcmp(of, element) == 0;
	}
	return count;
}

static void junit_case(FILE *out, const struct export_result *result)
{
	const char *const element = junit_element(result->verdict);
	char name[EXPORT_NAME_BYTES];

	(void)fputs("    <testcase classname=\"lfbench.", out);
	put_xml(out, result->workload);
	(void)fputs("\" name=\"", out);
	put_xml(out, export_name(result, name, sizeof(name)));
	(void)fputc(' ', out);
	put_xml(out, result->metric);
	(void)fputs("\" time=\"0\">", out);
	if (element != NULL) {
		(void)fprintf(out, "<%s message=\"", element);
		put_xml(out, result->message);
		(void)fprintf(out, "\"%s%s%s/>", strcmp(element, "skipped") != 0 ? " type=\"" : "",
			      strcmp(element, "skipped") != 0 ? export_verdict_names[result->verdict] : "", strcmp(element, "skipped") != 0 ? "\"" : "");
	} else {
		(void)fputs("<system-out>", out);
		put_xml(out, export_verdict_names[result->verdict]);
		(void)fputs(": ", out);
		put_xml(out, result->message);
		(void)fputs("</system-out>", out);
	}
	(void)fputs("</testcase>\n", out);
}

int export_junit(const struct export_list *list, FILE *out)
{
	(void)fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
	put_xml(out, list->producer);
	(void)fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n", list->count, count_of(list, "failure"),
		      count_of(list, "error"), count_of(list, "skipped"));
	for (size_t i = 0; i < list->count; i++)
		junit_case(out, &list->results[i]);
	(void)fputs("  </testsuite>\n</testsuites>\n", out);
	return finished(out);
}

/* A cell of a table: nothing in it may end the cell, begin a tag or be a link. */
static void put_markdown(FILE *out, const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7F)
			(void)fputc(' ', out);
		else if (c == '<')
			(void)fputs("&lt;", out);
		else if (c == '&')
			(void)fputs("&amp;", out);
		else if (strchr("|\\`*[]!@#~", c) != NULL)
			(void)fprintf(out, "\\%c", c);
		else
			(void)fputc(c, out);
	}
}

static void markdown_row(FILE *out, const struct export_result *result)
{
	const bool judged = result->verdict != EXPORT_MEASURED;

	(void)fprintf(out, "| %s | ", judged ? export_verdict_names[result->verdict] : "");
	put_markdown(out, result->backend);
	(void)fputs(" | ", out);
	put_markdown(out, result->workload);
	(void)fputc(' ', out);
	put_markdown(out, result->shape);
	(void)fputs(" | ", out);
	put_markdown(out, result->metric);
	if (isfinite(result->value))
		(void)fprintf(out, " | %.*g |", judged ? 5 : 3, result->value);
	else
		(void)fputs(" | |", out);
	if (isfinite(result->low) && isfinite(result->high))
		(void)fprintf(out, " %.*g to %.*g |", judged ? 5 : 3, result->low, judged ? 5 : 3, result->high);
	else
		(void)fputs(" |", out);
	(void)fputc(' ', out);
	put_markdown(out, result->message);
	(void)fputs(" |\n", out);
}

int export_markdown(const struct export_list *list, FILE *out)
{
	(void)fputs("### ", out);
	put_markdown(out, list->producer);
	(void)fputs("\n\n| verdict | backend | cell | metric | value | 95 % interval | |\n|---|---|---|---|---:|---|---|\n", out);
	for (size_t i = 0; i < list->count; i++)
		markdown_row(out, &list->results[i]);
	(void)fputs("\n", out);
	if (list->time_utc != NULL && list->time_utc[0] != '\0') {
		put_markdown(out, list->host);
		(void)fputs(", ", out);
		put_markdown(out, list->time_utc);
		(void)fputs("\n", out);
	}
	return finished(out);
}

/* As escapeData and escapeProperty of GitHub's @actions/core do. */
static void put_command(FILE *out, const char *text, bool property)
{
	for (; text != NULL && *text != '\0'; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ':' || *text == ',')))
			(void)fprintf(out, "%%%02X", (unsigned char)*text);
		else
			(void)fputc(*text, out);
	}
}

static void put_annotations(const struct export_list *list, FILE *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct export_result *const result = &list->results[i];
		const bool error = result->verdict == EXPORT_REGRESSED || result->verdict == EXPORT_FAILED;
		char name[EXPORT_NAME_BYTES];

		if (!error && result->verdict != EXPORT_INCONCLUSIVE)
			continue;
		(void)fprintf(out, "::%s title=", error ? "error" : "warning");
		put_command(out, export_verdict_names[result->verdict], true);
		(void)fputc(' ', out);
		put_command(out, export_name(result, name, sizeof(name)), true);
		(void)fputs("::", out);
		put_command(out, result->message, false);
		(void)fputc('\n', out);
	}
}

int export_github(const struct export_list *list, FILE *out, struct lfb_error *error)
{
	const char *const actions = getenv("GITHUB_ACTIONS"), *const summary = getenv("GITHUB_STEP_SUMMARY");
	FILE *file;
	int rc;

	if (actions == NULL || strcmp(actions, "true") != 0)
		return 0;
	put_annotations(list, out);
	if (summary == NULL || summary[0] == '\0')
		return 0;
	file = fopen(summary, "ae");
	if (file == NULL)
		return lfb_fail(error, -errno, "GITHUB_STEP_SUMMARY %.200s: %s", summary, strerror(errno));
	rc = export_markdown(list, file);
	if (fclose(file) != 0 && rc == 0)
		rc = -EIO;
	return rc == 0 ? 0 : lfb_fail(error, rc, "GITHUB_STEP_SUMMARY %.200s: %s", summary, strerror(-rc));
}
