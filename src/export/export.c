/* export.c - see export.h: the list, the arguments, the files. */
#include "export/export_parts.h"

#include "plan/names.h"
#include "results/out_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char *const export_format_names[] = {
	[EXPORT_GITHUB_ACTION_BENCHMARK] = "github-action-benchmark",
	[EXPORT_BMF] = "bmf",
	[EXPORT_BENCHFMT] = "benchfmt",
	[EXPORT_GOOGLE_BENCHMARK] = "google-benchmark",
	[EXPORT_HYPERFINE] = "hyperfine",
	[EXPORT_JUNIT] = "junit",
	[EXPORT_MARKDOWN] = "markdown",
	[EXPORT_JSON] = "json",
	[EXPORT_FORMATS] = NULL,
};

const char *const export_suffixes[] = {
	[EXPORT_GITHUB_ACTION_BENCHMARK] = ".github.json",
	[EXPORT_BMF] = ".bmf.json",
	[EXPORT_BENCHFMT] = ".benchfmt.txt",
	[EXPORT_GOOGLE_BENCHMARK] = ".gbench.json",
	[EXPORT_HYPERFINE] = ".hyperfine.json",
	[EXPORT_JUNIT] = ".junit.xml",
	[EXPORT_MARKDOWN] = ".md",
	[EXPORT_JSON] = ".results.json",
	[EXPORT_FORMATS] = NULL,
};

struct export_result *export_add(struct export_list *list)
{
	/* There is room for the next power of two, so it is full when the count is one. */
	if ((list->count & (list->count - 1)) == 0) {
		const size_t room = list->count == 0 ? 1 : 2 * list->count;
		struct export_result *const longer =
			(struct export_result *)reallocarray(list->results, room, sizeof(*longer));

		if (longer == NULL)
			return NULL;
		list->results = longer;
	}
	memset(&list->results[list->count], 0, sizeof(list->results[0]));
	return &list->results[list->count++];
}

void export_free(struct export_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct export_result *const result = &list->results[i];
		char *const texts[] = { result->workload, result->backend,   result->shape,
					result->metric,	  result->base_unit, result->message };

		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			free(texts[k]);
		free(result->trials);
	}
	free(list->results);
	free(list->producer);
	free(list->host);
	free(list->commit);
	free(list->time_utc);
	free(list->cpu_model);
	free(list->arch);
	memset(list, 0, sizeof(*list));
}

int export_parse_target(const char *word, struct export_target *out, struct lfb_error *error)
{
	char name[64];
	int found;

	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	found = lfb_name_find(export_format_names, name);
	word += strcspn(word, "=");
	if (found < 0)
		return lfb_fail(error, -EINVAL,
				"'%s' is not one of github-action-benchmark, bmf, benchfmt, google-benchmark, "
				"hyperfine, junit, markdown, json",
				name);
	if (word[0] == '=' && word[1] == '\0')
		return lfb_fail(error, -EINVAL, "'%s=' names no file; leave out the = for the file's usual name", name);
	*out = (struct export_target){ (enum export_format)found, word[0] == '=' ? word + 1 : NULL };
	return 0;
}

static int write_smaller(const struct export_list *list, FILE *out)
{
	return export_write_github(list, false, out);
}

static int write_bigger(const struct export_list *list, FILE *out)
{
	return export_write_github(list, true, out);
}

typedef int (*writer_fn)(const struct export_list *list, FILE *out);

static const writer_fn writers[EXPORT_FORMATS] = {
	[EXPORT_GITHUB_ACTION_BENCHMARK] = write_smaller, [EXPORT_BMF] = export_write_bmf,
	[EXPORT_BENCHFMT] = export_write_benchfmt,	  [EXPORT_GOOGLE_BENCHMARK] = export_write_google,
	[EXPORT_HYPERFINE] = export_write_hyperfine,	  [EXPORT_JUNIT] = export_write_junit,
	[EXPORT_MARKDOWN] = export_write_markdown,
	[EXPORT_JSON] = export_write_json,
};

static int write_to(const struct export_list *list, writer_fn writer, FILE *out)
{
	int rc;

	errno = 0;
	rc = writer(list, out);
	if (rc == -ENOMEM || (fflush(out) == 0 && !ferror(out)))
		return rc;
	return errno != 0 ? -errno : -EIO;
}

int export_write(const struct export_list *list, enum export_format format, FILE *out)
{
	return write_to(list, writers[format], out);
}

/* Standard output, or a descriptor of the parent's: neither is looked at before it is written. */
static bool is_stream(const char *path)
{
	return strcmp(path, "-") == 0 || strncmp(path, "fd:", 3) == 0;
}

/* A report is made again at every run: what was there before is the last one. */
static int write_file(const struct export_list *list, writer_fn writer, const char *path, struct lfb_error *error)
{
	struct lfb_out *out = NULL;
	int rc = lfb_out_open(path, LFB_OUT_FORCE, &out, error);

	if (rc != 0)
		return rc;
	rc = write_to(list, writer, lfb_out_stream(out));
	if (rc == 0)
		rc = lfb_out_commit(out);
	else
		lfb_out_abandon(out);
	return rc == 0 ? 0 : lfb_fail(error, rc, "%.300s: %s", path, lfb_out_error_text(rc));
}

bool export_bigger_path(const char *path, char *out, size_t out_bytes)
{
	const char *const slash = strrchr(path, '/'), *const dot = strrchr(slash != NULL ? slash : path, '.');
	const size_t stem = dot != NULL ? (size_t)(dot - path) : strlen(path);
	const int length = snprintf(out, out_bytes, "%.*s.bigger%s", (int)stem, path, path + stem);

	return length > 0 && (size_t)length < out_bytes;
}

static bool has_bigger(const struct export_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->results[i].bigger_is_better)
			return true;
	return false;
}

/* The file beside that of `target`, if its format has one. */
static bool sibling_of(const struct export_target *target, char out[PATH_MAX])
{
	return target->format == EXPORT_GITHUB_ACTION_BENCHMARK && target->path != NULL && !is_stream(target->path) &&
	       export_bigger_path(target->path, out, PATH_MAX);
}

static int write_target(const struct export_list *list, const struct export_target *target, FILE *default_out,
			struct lfb_error *error)
{
	char sibling[PATH_MAX];
	int rc;

	if (target->path == NULL || strcmp(target->path, "-") == 0) {
		rc = export_write(list, target->format,
				  target->path == NULL && default_out != NULL ? default_out : stdout);
		return rc == 0 ? 0
			       : lfb_fail(error, rc, "%s: %s", export_format_names[target->format],
					  lfb_out_error_text(rc));
	}
	rc = write_file(list, writers[target->format], target->path, error);
	if (rc == 0 && has_bigger(list) && sibling_of(target, sibling))
		rc = write_file(list, write_bigger, sibling, error);
	return rc;
}

int export_write_targets(const struct export_list *list, const struct export_target *targets, size_t count,
			 FILE *default_out, struct lfb_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = write_target(list, &targets[i], default_out, error);
	return rc;
}

/* `path` with its folder resolved, or as it is where there is no such folder. */
static void canonical(const char *path, char out[PATH_MAX])
{
	const char *const slash = strrchr(path, '/'), *const name = slash != NULL ? slash + 1 : path;
	char folder[PATH_MAX], resolved[PATH_MAX];

	if (realpath(path, out) != NULL)
		return;
	(void)snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
		       slash == NULL ? "." : path);
	if (realpath(folder, resolved) == NULL || snprintf(out, PATH_MAX, "%s/%s", resolved, name) >= PATH_MAX)
		(void)snprintf(out, PATH_MAX, "%s", path);
}

static bool is_same(const char *path, const char *other)
{
	char a[PATH_MAX], b[PATH_MAX];

	if (is_stream(path) || is_stream(other))
		return strcmp(path, other) == 0;
	canonical(path, a);
	canonical(other, b);
	return strcmp(a, b) == 0 && strncmp(a, "/dev/", 5) != 0;
}

/* Nothing else may go to `path`: not a file of the run's, nor an earlier target or the file beside one. */
static int check_free(const char *path, const struct export_target *earlier, size_t count, const char *const *taken,
		      struct lfb_error *error)
{
	char sibling[PATH_MAX];

	for (; taken != NULL && *taken != NULL; taken++)
		if (is_same(path, *taken))
			return lfb_fail(error, -EEXIST,
					"%.300s is to hold the results themselves; name another file for the export",
					path);
	for (size_t i = 0; i < count; i++)
		if ((earlier[i].path != NULL && is_same(path, earlier[i].path)) ||
		    (sibling_of(&earlier[i], sibling) && is_same(path, sibling)))
			return lfb_fail(error, -EEXIST, "two exports are to go to %.300s; give each a file of its own",
					strcmp(path, "-") == 0 ? "standard output" : path);
	return 0;
}

static int check_writable(const char *path, struct lfb_error *error)
{
	struct lfb_out *out = NULL;
	const int rc = is_stream(path) ? 0 : lfb_out_open(path, LFB_OUT_FORCE, &out, error);

	lfb_out_abandon(out);
	return rc;
}

int export_check_targets(const struct export_target *targets, size_t count, const char *const *taken,
			 struct lfb_error *error)
{
	char sibling[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (targets[i].path == NULL)
			continue;
		rc = check_free(targets[i].path, targets, i, taken, error);
		if (rc == 0)
			rc = check_writable(targets[i].path, error);
		if (rc == 0 && sibling_of(&targets[i], sibling))
			rc = check_free(sibling, targets, i, taken, error);
		if (rc == 0 && sibling_of(&targets[i], sibling))
			rc = check_writable(sibling, error);
	}
	return rc;
}
