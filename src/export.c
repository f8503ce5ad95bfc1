/* export.c - see export.h: the list, the arguments, the files. */
#include "export_parts.h"

#include "names.h"
#include "out_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const export_format_names[] = { "github-action-benchmark", "bmf",	"benchfmt", "google-benchmark",
					    "hyperfine",	       "junit", "markdown", NULL };

const char *const export_verdict_names[] = { "measured", "PASS", "IMPROVED", "REGRESSED", "INCONCLUSIVE", "INVALID", "unsupported", NULL };

struct export_result *export_add(struct export_list *list)
{
	struct export_result *const longer = realloc(list->results, (list->count + 1) * sizeof(*longer));

	if (longer == NULL)
		return NULL;
	list->results = longer;
	memset(&longer[list->count], 0, sizeof(*longer));
	return &longer[list->count++];
}

void export_free(struct export_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct export_result *const result = &list->results[i];
		char *const texts[] = { result->workload, result->backend, result->shape, result->metric, result->base_unit, result->message };

		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			free(texts[k]);
		free(result->trials);
	}
	free(list->results);
	free(list->producer);
	free(list->host);
	free(list->commit);
	free(list->time_utc);
	memset(list, 0, sizeof(*list));
}

const char *export_name(const struct export_result *result, char *out, size_t out_bytes)
{
	(void)snprintf(out, out_bytes, "%s/backend=%s/%s", result->workload, result->backend, result->shape);
	return out;
}

int export_parse_target(const char *word, struct export_target *out, struct lfb_error *error)
{
	const char *const equals = strchr(word, '=');
	const size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);

	for (int i = 0; i < EXPORT_FORMATS; i++) {
		if (strlen(export_format_names[i]) != length || strncmp(export_format_names[i], word, length) != 0)
			continue;
		if (equals != NULL && equals[1] == '\0')
			return lfb_fail(error, -EINVAL, "'%.80s' names no file after the '='", word);
		*out = (struct export_target){ (enum export_format)i, equals != NULL ? equals + 1 : NULL };
		return 0;
	}
	return lfb_fail(error, -EINVAL,
			"'%.80s' is not one of github-action-benchmark, bmf, benchfmt, google-benchmark, hyperfine, junit, markdown, each with =FILE or without",
			word);
}

int export_write(const struct export_list *list, enum export_format format, FILE *out)
{
	static int (*const writers[EXPORT_FORMATS])(const struct export_list *list, FILE *out) = {
		[EXPORT_GITHUB_ACTION_BENCHMARK] = export_json_github,
		[EXPORT_BMF] = export_json_bmf,
		[EXPORT_BENCHFMT] = export_benchfmt,
		[EXPORT_GOOGLE_BENCHMARK] = export_json_google,
		[EXPORT_HYPERFINE] = export_json_hyperfine,
		[EXPORT_JUNIT] = export_junit,
		[EXPORT_MARKDOWN] = export_markdown,
	};

	return writers[format](list, out);
}

static int write_file(const struct export_list *list, const struct export_target *target, struct lfb_error *error)
{
	struct lfb_out *out = NULL;
	/* A report is made again at every run: what was there before is the last one. */
	int rc = lfb_out_open(target->path, LFB_OUT_FORCE, &out, error);

	if (rc != 0)
		return rc;
	rc = export_write(list, target->format, lfb_out_stream(out));
	if (rc == 0)
		rc = lfb_out_commit(out);
	else
		lfb_out_abandon(out);
	return rc == 0 ? 0 : lfb_fail(error, rc, "%.200s: %s", target->path, lfb_out_error_text(rc));
}

int export_write_targets(const struct export_list *list, const struct export_target *targets, size_t count, FILE *default_out,
			 struct lfb_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (targets[i].path != NULL) {
			rc = write_file(list, &targets[i], error);
			continue;
		}
		rc = export_write(list, targets[i].format, default_out != NULL ? default_out : stdout);
		if (rc != 0)
			(void)lfb_fail(error, rc, "%s: %s", export_format_names[targets[i].format], strerror(-rc));
	}
	return rc;
}
