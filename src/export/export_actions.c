/*
 * export_actions.c - GitHub Actions: annotations by commands on standard output, and the summary page of a step. The
 * runner takes a line that begins with :: for a command, so what is in it is escaped as escapeData and escapeProperty
 * of its toolkit (actions/toolkit, packages/core/src/command.ts) do.
 */
#include "export/export_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* GitHub refuses the whole summary of a step beyond 1 MiB; this leaves room for what others add. */
#define SUMMARY_BYTES_MAX ((size_t)960 << 10)

/* Escaped first, then made safe: line ends stay as %0A, other control characters do not. */
static void put_escaped(FILE *out, const char *text, bool property)
{
	char escaped[EXPORT_TEXT_BYTES], safe[EXPORT_TEXT_BYTES];
	size_t used = 0;

	for (; text != NULL && *text != '\0' && used + 4 < sizeof(escaped); text++) {
		if (strchr("%\r\n", *text) != NULL || (property && strchr(":,", *text) != NULL))
			used += (size_t)snprintf(escaped + used, 4, "%%%02X", (unsigned char)*text);
		else
			escaped[used++] = *text;
	}
	escaped[used] = '\0';
	(void)fputs(export_text(escaped, safe), out);
}

static void put_annotation(const struct export_result *result, FILE *out)
{
	const bool error = result->verdict == EXPORT_REGRESSED || result->verdict == EXPORT_FAILED;
	char name[EXPORT_TEXT_BYTES];

	if (!error && result->verdict != EXPORT_INCONCLUSIVE)
		return;
	(void)fprintf(out, "::%s title=", error ? "error" : "warning");
	put_escaped(out, export_verdict_names[result->verdict], true);
	(void)fputc(' ', out);
	put_escaped(out, export_full_name(result, name), true);
	(void)fputs("::", out);
	put_escaped(out, result->message != NULL && result->message[0] != '\0' ? result->message : name, false);
	(void)fputc('\n', out);
}

/* As many rows as there is room for, behind the `used` bytes that are there. */
static int write_rows(const struct export_list *list, size_t used, FILE *out)
{
	size_t i = 0;

	export_markdown_head(list, out);
	for (; i < list->count; i++) {
		char *row = NULL;
		size_t bytes = 0;
		FILE *const memory = open_memstream(&row, &bytes);

		if (memory == NULL)
			return -ENOMEM;
		export_markdown_row(&list->results[i], memory);
		if (fclose(memory) != 0) {
			free(row);
			return -ENOMEM;
		}
		used += bytes;
		if (used <= SUMMARY_BYTES_MAX)
			(void)fputs(row, out);
		free(row);
		if (used > SUMMARY_BYTES_MAX)
			break;
	}
	if (i < list->count)
		(void)fprintf(out, "\n%zu more rows: GitHub takes 1 MiB.\n", list->count - i);
	(void)fputc('\n', out);
	return ferror(out) ? -EIO : 0;
}

static int append_summary(const struct export_list *list, const char *path, struct lfb_error *error)
{
	FILE *const file = fopen(path, "ae");
	struct stat status;
	int rc;

	if (file == NULL)
		return lfb_fail(error, -errno, "GITHUB_STEP_SUMMARY is '%.200s', which cannot be written: %s", path,
				strerror(errno));
	rc = write_rows(list, fstat(fileno(file), &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 0,
			file);
	if (fclose(file) != 0 && rc == 0)
		rc = -errno;
	return rc == 0 ? 0
		       : lfb_fail(error, rc, "GITHUB_STEP_SUMMARY is '%.200s', which cannot be written: %s", path,
				  strerror(-rc));
}

int export_github(const struct export_list *list, FILE *out, struct lfb_error *error)
{
	const char *const actions = getenv("GITHUB_ACTIONS"), *const summary = getenv("GITHUB_STEP_SUMMARY");

	if (actions == NULL || strcmp(actions, "true") != 0)
		return 0;
	for (size_t i = 0; i < list->count; i++)
		put_annotation(&list->results[i], out);
	return summary != NULL && summary[0] != '\0' ? append_summary(list, summary, error) : 0;
}
