/* export_markdown.c - a table for the summary page of a CI run, in the Markdown of GitHub and GitLab. */
#include "export/export_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

void export_markdown_text(FILE *out, const char *text)
{
	char safe[EXPORT_TEXT_BYTES];
	unsigned char before = ' ';

	for (const char *at = export_text(text, safe); *at != '\0'; before = (unsigned char)*at++) {
		const bool in_word = before < 0x80 && isalnum(before) && isalnum((unsigned char)at[1]);

		if (*at == '<')
			(void)fputs("&lt;", out);
		else if (*at == '>')
			(void)fputs("&gt;", out);
		else if (*at == '&')
			(void)fputs("&amp;", out);
		else if (*at == '@')
			(void)fputs("&#64;", out); /* a backslash does not keep it from naming someone */
		else if (strchr("|\\`*[]!#~$", *at) != NULL || (*at == '_' && !in_word))
			(void)fprintf(out, "\\%c", *at);
		else
			(void)fputc(*at, out);
	}
}

void export_markdown_head(const struct export_list *list, FILE *out)
{
	(void)fputs("### ", out);
	export_markdown_text(out, list->producer);
	(void)fputs("\n\n", out);
	export_markdown_text(out, list->host);
	if (list->time_utc != NULL && list->time_utc[0] != '\0') {
		(void)fputs(", ", out);
		export_markdown_text(out, list->time_utc);
	}
	(void)fputs("\n\n| verdict | backend | cell | metric | value | 95 % interval | n | "
		    "|\n|---|---|---|---|---:|---|---:|---|\n",
		    out);
}

void export_markdown_row(const struct export_result *result, FILE *out)
{
	const int digits = export_is_ratio(result) ? 5 : 4;

	(void)fprintf(out, "| %s | ", export_verdict_names[result->verdict]);
	export_markdown_text(out, result->backend);
	(void)fputs(" | ", out);
	export_markdown_text(out, result->workload);
	(void)fputc(' ', out);
	export_markdown_text(out, result->shape);
	(void)fputs(" | ", out);
	export_markdown_text(out, result->metric);
	(void)fputs(" | ", out);
	if (isfinite(result->value))
		(void)fprintf(out, "%.*g", digits, result->value);
	(void)fputs(" | ", out);
	if (isfinite(result->low) && isfinite(result->high))
		(void)fprintf(out, "%.*g to %.*g", digits, result->low, digits, result->high);
	(void)fputs(" | ", out);
	if (result->n > 0)
		(void)fprintf(out, "%zu", result->n);
	(void)fputs(" | ", out);
	export_markdown_text(out, result->message);
	(void)fputs(" |\n", out);
}

int export_write_markdown(const struct export_list *list, FILE *out)
{
	export_markdown_head(list, out);
	for (size_t i = 0; i < list->count; i++)
		export_markdown_row(&list->results[i], out);
	return 0;
}
