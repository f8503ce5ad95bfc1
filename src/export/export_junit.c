/*
 * export_junit.c - JUnit's XML, which CI systems show as a table of tests: a regression is a failure, what crashed an
 * error, and what was not decided is skipped, never passed.
 */
#include "export/export_parts.h"

#include <math.h>
#include <string.h>

/* export_text leaves only U+FFFE and U+FFFF of what XML 1.0 does not allow. */
static bool is_noncharacter(const char *text)
{
	return strncmp(text, "\xEF\xBF\xBE", 3) == 0 || strncmp(text, "\xEF\xBF\xBF", 3) == 0;
}

static void put_xml(FILE *out, const char *text)
{
	char safe[EXPORT_TEXT_BYTES];

	for (const char *at = export_text(text, safe); *at != '\0'; at++) {
		if (is_noncharacter(at)) {
			(void)fputc('?', out);
			at += 2;
		} else if (strchr("<>&\"'", *at) != NULL) {
			(void)fprintf(out, "&#%d;", *at);
		} else {
			(void)fputc(*at, out);
		}
	}
}

enum outcome { PASSED, FAILURE, ERROR, SKIPPED, OUTCOMES };
static const char *const elements[OUTCOMES] = { NULL, "failure", "error", "skipped" };

static enum outcome outcome_of(const struct export_result *result)
{
	switch (result->verdict) {
	case EXPORT_REGRESSED:
		return FAILURE;
	case EXPORT_FAILED:
		return ERROR;
	case EXPORT_INCONCLUSIVE:
	case EXPORT_UNSUPPORTED:
		return SKIPPED;
	case EXPORT_MEASURED:
	case EXPORT_PASS:
	case EXPORT_IMPROVED:
		break;
	}
	return PASSED;
}

/* All trials together, where there are any whose length is known. */
static void put_time(FILE *out, const struct export_result *result)
{
	double ns = 0;

	for (size_t i = 0; i < result->trial_count; i++)
		ns += result->trials[i].duration_ns;
	if (result->trial_count > 0 && isfinite(ns))
		(void)fprintf(out, " time=\"%.6f\"", ns / 1e9);
}

/* "REGRESSED: 12.1 ns/op (11.9 to 12.4): why" */
static void put_outcome_text(FILE *out, const struct export_result *result)
{
	(void)fputs(export_verdict_names[result->verdict], out);
	if (isfinite(result->value)) {
		(void)fprintf(out, ": %.6g ", result->value);
		put_xml(out, result->metric);
	}
	if (isfinite(result->low) && isfinite(result->high))
		(void)fprintf(out, " (%.6g to %.6g)", result->low, result->high);
	if (result->message != NULL && result->message[0] != '\0') {
		(void)fputs(": ", out);
		put_xml(out, result->message);
	}
}

static void put_case(FILE *out, const struct export_result *result)
{
	const enum outcome outcome = outcome_of(result);
	char name[EXPORT_TEXT_BYTES];

	(void)fputs("    <testcase classname=\"lfbench.", out);
	put_xml(out, result->workload);
	(void)fputs("\" name=\"", out);
	put_xml(out, export_name(result, name));
	(void)fputc(' ', out);
	put_xml(out, result->metric);
	(void)fputc('"', out);
	put_time(out, result);
	(void)fputs(outcome == PASSED ? ">\n      <system-out>" : ">\n      <", out);
	if (outcome != PASSED)
		(void)fprintf(out, "%s type=\"%s\" message=\"", elements[outcome],
			      export_verdict_names[result->verdict]);
	put_outcome_text(out, result);
	(void)fputs(outcome == PASSED ? "</system-out>\n    </testcase>\n" : "\"/>\n    </testcase>\n", out);
}

int export_write_junit(const struct export_list *list, FILE *out)
{
	size_t counts[OUTCOMES] = { 0 };

	for (size_t i = 0; i < list->count; i++)
		counts[outcome_of(&list->results[i])]++;
	(void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"", out);
	put_xml(out, list->producer);
	(void)fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", list->count,
		      counts[FAILURE], counts[ERROR], counts[SKIPPED]);
	if (list->host != NULL && list->host[0] != '\0') {
		(void)fputs(" hostname=\"", out);
		put_xml(out, list->host);
		(void)fputc('"', out);
	}
	(void)fputs(">\n", out);
	for (size_t i = 0; i < list->count; i++)
		put_case(out, &list->results[i]);
	(void)fputs("  </testsuite>\n</testsuites>\n", out);
	return 0;
}
