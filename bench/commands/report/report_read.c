/* report_read.c - see report.h: a pass over each file, from which the summary and the comparisons with the first file come. */
#include "commands/report/report.h"

#include "results/csv_file.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More is no description of a machine. */
#define ENV_BYTES_MAX ((size_t)1 << 20)
#define CSV ".csv"
#define PARTIAL ".partial"

/* As lfbench compare has it by default: the more figures are tested together, the less can be shown of each. */
static const bool metrics[COMPARE_METRICS] = { [COMPARE_NS_PER_OP] = true };

/* What the rows of a file go to. */
struct sink {
	struct report *report;
	const struct lfb_where *where;
	size_t file, file_count;
};

static bool is_history(const struct sink *sink)
{
	return sink->file_count >= REPORT_HISTORY_FILES;
}

/* The first file is the base of all pairs, each other one the head of its own. */
static int add_to_pairs(const struct sink *sink, const struct lfb_row *row)
{
	struct report_pair *const pairs = sink->report->pair;
	int rc = is_history(sink) ? compare_add_row(&sink->report->history, row) : 0;

	if (rc == 0 && sink->file > 0)
		return compare_add_row(&pairs[sink->file - 1].compare, row);
	for (size_t i = 0; i + 1 < sink->file_count && rc == 0; i++)
		rc = compare_add_row(&pairs[i].compare, row);
	return rc;
}

static int add_row(const struct lfb_row *row, void *context)
{
	const struct sink *const sink = (const struct sink *)context;
	int rc;

	if (!lfb_where_wants(sink->where, row)) {
		sink->report->passed_over++;
		return 0;
	}
	sink->report->file[sink->file].rows++;
	rc = lfb_summary_add(&sink->report->summary, row);
	return rc == 0 ? add_to_pairs(sink, row) : rc;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	return length > strlen(end) && memcmp(text + length - strlen(end), end, strlen(end)) == 0;
}

/* "NAME.env.json" of "NAME.csv" or "NAME.csv.partial", for `suffix` ".env.json". Returns false if the name is another. */
static bool companion(const char *path, const char *suffix, bool partial, char out[PATH_MAX])
{
	size_t length = strlen(path);
	int written;

	if (ends_with(path, length, PARTIAL))
		length -= strlen(PARTIAL);
	else
		partial = false;
	if (!ends_with(path, length, CSV))
		return false;
	written = snprintf(out, PATH_MAX, "%.*s%s%s", (int)(length - strlen(CSV)), path, suffix, partial ? PARTIAL : "");
	return written > 0 && written < PATH_MAX;
}

static int begin_file(struct sink *sink, const char *path)
{
	struct report_pair *const pairs = sink->report->pair;
	int rc = is_history(sink) ? compare_add_file(&sink->report->history, COMPARE_BASE, path) : 0;

	if (rc == 0 && sink->file > 0)
		return compare_add_file(&pairs[sink->file - 1].compare, COMPARE_HEAD, path);
	for (size_t i = 0; i + 1 < sink->file_count && rc == 0; i++)
		rc = compare_add_file(&pairs[i].compare, COMPARE_BASE, path);
	return rc;
}

/* A refusal that names the file, the line and the reason. */
static int refuse(const char *path, int rc, const struct lfb_csv_error *found, struct lfb_error *error)
{
	char where[64] = "";

	if (found->line > 0)
		(void)snprintf(where, sizeof(where), ", line %" PRIu64, found->line);
	return lfb_fail(error, rc, "%.200s%s: %s", path, where,
			rc == -E2BIG ? "more workloads, shapes and backends than a report can show; select rows with --where" : found->text);
}

static int read_rows(struct sink *sink, const char *path, struct lfb_error *error)
{
	const struct lfb_csv_limits limits = { .torn_end = ends_with(path, strlen(path), PARTIAL) };
	const bool standard_input = strcmp(path, "-") == 0;
	struct lfb_csv_error found = { .line = 0 };
	FILE *const in = standard_input ? stdin : fopen(path, "re");
	int rc;

	if (in == NULL)
		return lfb_fail(error, -errno, "%.200s: %s", path, strerror(errno));
	rc = begin_file(sink, path);
	if (rc == 0)
		rc = lfb_csv_read(in, &limits, add_row, sink, &found);
	if (!standard_input)
		(void)fclose(in);
	sink->report->file[sink->file].torn = found.torn;
	return rc == 0 ? 0 : rc == -ENOMEM ? rc : refuse(standard_input ? "standard input" : path, rc, &found, error);
}

/* The machine. What cannot be read is said in the report, and no reason to make none. */
static void read_env(struct report_file *file)
{
	char path[PATH_MAX], *text = NULL;
	json_error_t found = { .line = 0 };
	FILE *in = NULL;
	size_t bytes = 0;

	(void)snprintf(file->no_env, sizeof(file->no_env), "there is no .env.json beside it");
	if (companion(file->path, ".env.json", false, path))
		in = fopen(path, "re");
	if (in == NULL)
		return;
	text = malloc(ENV_BYTES_MAX);
	if (text != NULL)
		bytes = fread(text, 1, ENV_BYTES_MAX, in);
	if (bytes > 0 && bytes < ENV_BYTES_MAX)
		file->env = json_loadb(text, bytes, 0, &found);
	if (!json_is_object(file->env)) {
		json_decref(file->env);
		file->env = NULL;
		(void)snprintf(file->no_env, sizeof(file->no_env), "its .env.json is damaged: %.150s (line %d)",
			       found.text[0] != '\0' ? found.text : "not an object", found.line);
	}
	free(text);
	(void)fclose(in);
}

/* The histograms, if there are any: only of rows that are wanted, which the summary knows; see report_json.c. */
static int read_histograms(struct report *report, struct report_file *file, struct lfb_error *error)
{
	const bool partial = ends_with(file->path, strlen(file->path), PARTIAL);
	struct lfb_csv_error found = { .line = 0 };
	char path[PATH_MAX];
	int rc;

	if (!companion(file->path, ".hist.csv", true, path) || access(path, R_OK) != 0)
		return 0;
	file->histograms = true;
	rc = latency_rows_read(&report->latency_rows, file->path, partial, &found);
	if (rc == 0)
		rc = lfb_hist_read_file(path, partial, latency_cells_add, &report->latency, &found);
	return rc == 0 || rc == -ENOMEM ? rc : refuse(path, rc, &found, error);
}

/* The machines of a comparison's files. */
static int read_facts(struct compare *compare)
{
	char path[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < compare->file_count && rc == 0; i++)
		if (companion(compare->files[i].path, ".env.json", false, path))
			rc = compare_read_facts(&compare->files[i], path);
	return rc;
}

static int judge(struct report_pair *pair)
{
	int rc = read_facts(&pair->compare);

	for (size_t i = 0; i < pair->compare.cell_count; i++)
		pair->common += pair->compare.cells[i]->half[COMPARE_BASE].rows > 0 && pair->compare.cells[i]->half[COMPARE_HEAD].rows > 0;
	pair->same_run = compare_share_run(&pair->compare.files[0], &pair->compare.files[1]);
	if (rc == 0)
		rc = compare_check(&pair->compare, &pair->findings);
	pair->rule = compare_rule_preset;
	pair->rule.force = pair->findings.refusing > 0;
	if (rc == 0 && pair->common > 0 && !pair->same_run)
		rc = compare_judge(&pair->compare, metrics, &pair->rule, &pair->results);
	return rc;
}

int report_read(struct report *report, char *const *paths, size_t count, const struct lfb_where *where, struct lfb_error *error)
{
	struct sink sink = { .report = report, .where = where };
	int rc = 0;

	report->latency.rows = &report->latency_rows;
	for (size_t i = 0; i < count && rc == 0; i++) {
		if (report_is_verdicts(paths[i]))
			rc = report_verdicts_read(&report->verdicts[report->verdicts_count++], paths[i], error);
		else
			report->file[sink.file_count++].path = paths[i];
	}
	for (; sink.file < sink.file_count && rc == 0; sink.file++) {
		struct report_file *const file = &report->file[report->file_count++];

		rc = read_rows(&sink, file->path, error);
		if (rc == 0)
			rc = read_histograms(report, file, error);
		read_env(file);
	}
	if (rc == 0)
		rc = lfb_summary_finish(&report->summary);
	if (rc == 0)
		rc = read_facts(&report->history);
	for (size_t i = 0; i + 1 < sink.file_count && rc == 0; i++)
		rc = judge(&report->pair[i]);
	return rc == -ENOMEM ? lfb_fail(error, rc, "out of memory") : rc;
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->file_count; i++)
		json_decref(report->file[i].env);
	for (size_t i = 0; i < report->verdicts_count; i++)
		json_decref(report->verdicts[i].json);
	for (size_t i = 0; i + 1 < REPORT_FILES_MAX; i++) {
		compare_results_free(&report->pair[i].results);
		compare_findings_free(&report->pair[i].findings);
		compare_free(&report->pair[i].compare);
	}
	compare_free(&report->history);
	latency_cells_free(&report->latency);
	latency_rows_free(&report->latency_rows);
	lfb_summary_free(&report->summary);
}
