/* run_files.c - see run_files.h. */
#include "commands/run/run_files.h"

#include "machine/clock.h"
#include "results/csv_file.h"
#include "results/detail.h"
#include "results/hist_file.h"
#include "plan/plan.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void run_files_choose_name(char out[PATH_MAX])
{
	char now[LFB_CLOCK_TEXT_BYTES], host[65] = "";
	struct stat folder;
	const bool in_results = stat("results", &folder) == 0 && S_ISDIR(folder.st_mode);

	lfb_clock_utc_compact(now);
	(void)gethostname(host, sizeof(host) - 1);
	for (char *c = host; *c != '\0'; c++)
		if (*c == '/' || (unsigned char)*c < 0x21)
			*c = '_';
	(void)snprintf(out, PATH_MAX, "%s%s-%s.csv", in_results ? "results/" : "", now, host);
}

/* A plain file, or one to be made, has companions; standard output and devices have none. */
static bool has_companions(const char *path)
{
	struct stat status;

	return strcmp(path, "-") != 0 && strncmp(path, "fd:", 3) != 0 && (stat(path, &status) != 0 || S_ISREG(status.st_mode));
}

int run_files_name(struct run_files *files, const char *csv_path, struct lfb_error *error)
{
	const size_t length = strlen(csv_path);
	const int stem = (int)(length > 4 && strcmp(csv_path + length - 4, ".csv") == 0 ? length - 4 : length);

	memset(files, 0, sizeof(*files));
	if (length + sizeof(".detail.csv.partial") > PATH_MAX)
		return lfb_fail(error, -ENAMETOOLONG, "the file name is too long");
	(void)snprintf(files->csv_path, PATH_MAX, "%s", csv_path);
	(void)snprintf(files->detail_path, PATH_MAX, "%.*s.detail.csv", stem, csv_path);
	(void)snprintf(files->hist_path, PATH_MAX, "%.*s.hist.csv", stem, csv_path);
	(void)snprintf(files->env_path, PATH_MAX, "%.*s.env.json", stem, csv_path);
	files->companions = has_companions(csv_path);
	return 0;
}

static int keep_row(const struct lfb_row *row, void *context)
{
	struct lfb_rows *const rows = (struct lfb_rows *)context;
	struct lfb_row *const grown = (struct lfb_row *)realloc(rows->rows, (rows->count + 1) * sizeof(grown[0]));

	if (grown == NULL)
		return -ENOMEM;
	rows->rows = grown;
	memset(&grown[rows->count], 0, sizeof(grown[0]));
	return lfb_row_copy(&grown[rows->count++], row);
}

/* Write the earlier rows anew, without those of a launch that was cut off in the middle. */
static int rewrite_rows(struct run_files *files)
{
	FILE *const out = lfb_out_stream(files->csv);
	int rc = lfb_csv_write_header(out);

	for (size_t i = 0; rc == 0 && i < files->earlier.count; i++) {
		const struct lfb_row *const row = &files->earlier.rows[i];

		if (lfb_done_launch(files->done, lfb_row_get(row, LFB_COL_cell_id), lfb_row_get_u64(row, LFB_COL_launch, 0)))
			rc = lfb_csv_write_row(out, row);
	}
	return rc != 0 ? rc : lfb_out_flush(files->csv);
}

/* Read what the interrupted run left, and stand where the next row goes. */
static int take_up_rows(struct run_files *files, const struct lfb_options *options, struct lfb_error *error)
{
	const struct lfb_csv_limits limits = { .torn_end = true };
	struct lfb_csv_error csv_error;
	const bool partial = lfb_out_resumed(files->csv);
	int rc;

	if (partial)
		rc = lfb_csv_read(lfb_out_stream(files->csv), &limits, keep_row, &files->earlier, &csv_error);
	else
		rc = lfb_csv_read_file(files->csv_path, &limits, &files->earlier, &csv_error);
	if (rc != 0)
		return lfb_fail(error, rc, "%s, line %llu: %s", lfb_out_path(files->csv), (unsigned long long)csv_error.line, csv_error.text);
	rc = lfb_done_make(&files->earlier, lfb_plan_trials(options, LFB_PASS_THROUGHPUT), lfb_plan_trials(options, LFB_PASS_LATENCY),
			   &files->done);
	if (rc == 0 && partial && files->earlier.count > 0 && lfb_done_all_whole(files->done))
		return lfb_out_truncate(files->csv, csv_error.good_bytes);
	if (rc == 0 && partial)
		rc = lfb_out_truncate(files->csv, 0);
	if (rc == 0)
		rc = rewrite_rows(files);
	return rc == 0 ? 0 : lfb_fail(error, rc, "%s: %s", files->csv_path, strerror(-rc));
}

/* One kind of companion: a file of lines, each belonging to a launch. */
struct companion {
	int (*write_header)(FILE *out);
	/* Write `line` again if its launch is complete; a header or a torn line is none. Returns 0 or -errno. */
	int (*keep)(const struct run_files *files, char *line, FILE *kept);
};

static int keep_detail(const struct run_files *files, char *line, FILE *kept)
{
	struct lfb_detail detail;

	if (lfb_detail_parse(line, &detail) != 0 || !lfb_done_launch(files->done, detail.cell_id, detail.launch))
		return 0;
	return lfb_detail_write(kept, &detail);
}

static int keep_hist(const struct run_files *files, char *text, FILE *kept)
{
	struct lfb_hist_line line;

	if (lfb_hist_parse(text, &line) != 0 || !lfb_done_launch(files->done, line.cell_id, line.launch))
		return 0;
	return lfb_hist_write(kept, &line);
}

static const struct companion details = { lfb_detail_write_header, keep_detail };
static const struct companion hists = { lfb_hist_write_header, keep_hist };

/* Append to `kept` the lines of the launches that are complete. */
static int keep_lines(const struct run_files *files, const struct companion *kind, FILE *from, FILE *kept)
{
	char *line = NULL;
	size_t room = 0;
	int rc = 0;

	while (rc == 0 && getline(&line, &room, from) > 0) {
		char *const end = strchr(line, '\n');

		if (end == NULL)
			break;
		*end = '\0';
		rc = kind->keep(files, line, kept);
	}
	free(line);
	return rc;
}

/* The start of the new file in memory: the header, and the old lines that are kept. */
static int keep_old(const struct run_files *files, const struct companion *kind, const char *path, struct lfb_out *out, FILE *kept)
{
	FILE *final = NULL;
	int rc = kind->write_header(kept);

	if (lfb_out_resumed(out))
		return rc != 0 ? rc : keep_lines(files, kind, lfb_out_stream(out), kept);
	final = fopen(path, "re");
	if (final == NULL)
		return rc;
	rc = rc != 0 ? rc : keep_lines(files, kind, final, kept);
	(void)fclose(final);
	return rc;
}

static int take_up_companion(const struct run_files *files, const struct companion *kind, const char *path, struct lfb_out **out,
			     struct lfb_error *error)
{
	FILE *kept;
	char *text = NULL;
	size_t bytes = 0;
	int rc = lfb_out_open(path, LFB_OUT_FORCE | LFB_OUT_RESUME, out, error);

	if (rc != 0)
		return rc;
	kept = open_memstream(&text, &bytes);
	if (kept == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	rc = keep_old(files, kind, path, *out, kept);
	if (fclose(kept) != 0 && rc == 0)
		rc = -ENOMEM;
	if (rc == 0 && lfb_out_resumed(*out))
		rc = lfb_out_truncate(*out, 0);
	if (rc == 0 && fwrite(text, 1, bytes, lfb_out_stream(*out)) != bytes)
		rc = -EIO;
	free(text);
	return rc == 0 ? 0 : lfb_fail(error, rc, "%s: %s", path, strerror(-rc));
}

static int open_companion(const struct run_files *files, const struct companion *kind, const char *path, bool resume,
			  struct lfb_out **out, struct lfb_error *error)
{
	int rc;

	if (resume)
		return take_up_companion(files, kind, path, out, error);
	rc = lfb_out_open(path, LFB_OUT_FORCE, out, error);
	return rc != 0 ? rc : kind->write_header(lfb_out_stream(*out));
}

int run_files_open(struct run_files *files, bool force, bool resume, const struct lfb_options *options, struct lfb_error *error)
{
	int rc = lfb_out_open(files->csv_path, resume ? LFB_OUT_FORCE | LFB_OUT_RESUME : force ? LFB_OUT_FORCE : 0, &files->csv, error);

	if (rc != 0)
		return rc;
	rc = resume ? take_up_rows(files, options, error) : lfb_csv_write_header(lfb_out_stream(files->csv));
	if (rc == 0 && files->companions)
		rc = open_companion(files, &details, files->detail_path, resume, &files->detail, error);
	if (rc == 0 && files->companions && lfb_options_want(options, LFB_PASS_LATENCY))
		rc = open_companion(files, &hists, files->hist_path, resume, &files->hist, error);
	if (rc != 0)
		run_files_abandon(files);
	return rc;
}

/* The arguments behind the command's name, as they were given. */
static json_t *arguments_json(int argc, char **argv)
{
	json_t *const list = json_array();

	for (int i = 1; i < argc; i++)
		(void)json_array_append_new(list, json_string_nocheck(argv[i]));
	return list;
}

int run_files_write_env(const struct run_files *files, const struct lfb_env *env, int argc, char **argv, const char *run_id,
			uint64_t seed, const char *state, struct lfb_error *error)
{
	struct lfb_out *out = NULL;
	json_t *json;
	char number[32];
	int rc;

	if (!files->companions)
		return 0;
	json = lfb_env_json(env);
	/* As a text: a 64-bit seed does not fit every reader's numbers. */
	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)seed);
	if (json == NULL || json_object_set_new(json, "run", json_pack("{s:s, s:s, s:s, s:o}", "run_id", run_id, "state", state, "seed",
									number, "arguments", arguments_json(argc, argv))) != 0) {
		json_decref(json);
		return lfb_fail(error, -ENOMEM, "out of memory");
	}
	rc = lfb_out_open(files->env_path, LFB_OUT_FORCE, &out, error);
	if (rc == 0) {
		if (json_dumpf(json, lfb_out_stream(out), JSON_INDENT(2)) != 0 || fputc('\n', lfb_out_stream(out)) == EOF)
			rc = -EIO;
		rc = rc == 0 ? lfb_out_commit(out) : (lfb_out_abandon(out), rc);
		if (rc != 0)
			(void)lfb_fail(error, rc, "%s: %s", files->env_path, strerror(-rc));
	}
	json_decref(json);
	return rc;
}

static int record_arguments(const json_t *list, struct run_record *record)
{
	record->arguments = (char **)calloc(json_array_size(list) + 2, sizeof(record->arguments[0]));
	if (record->arguments == NULL)
		return -ENOMEM;
	record->arguments[record->count++] = strdup("run");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *const text = json_string_value(json_array_get(list, i));

		if (text == NULL)
			return -EBADMSG;
		record->arguments[record->count++] = strdup(text);
	}
	return 0;
}

int run_record_read(const struct run_files *files, struct run_record *record, struct lfb_error *error)
{
	json_error_t json_error;
	json_t *const json = json_load_file(files->env_path, 0, &json_error);
	const json_t *const run = json_object_get(json, "run");
	const char *const run_id = json_string_value(json_object_get(run, "run_id"));
	const char *const seed = json_string_value(json_object_get(run, "seed"));
	int rc = -EBADMSG;

	memset(record, 0, sizeof(*record));
	if (run_id != NULL && strspn(run_id, "0123456789abcdef") == sizeof(record->run_id) - 1 && seed != NULL && json_is_array(json_object_get(run, "arguments"))) {
		(void)snprintf(record->run_id, sizeof(record->run_id), "%s", run_id);
		record->seed = strtoull(seed, NULL, 10);
		rc = record_arguments(json_object_get(run, "arguments"), record);
	}
	json_decref(json);
	if (rc == 0)
		return 0;
	run_record_free(record);
	return lfb_fail(error, rc, "%s does not say what was run (%s), so it cannot be resumed; start the run anew", files->env_path,
			json_error.text[0] != '\0' ? json_error.text : "no \"run\" in it");
}

void run_record_free(struct run_record *record)
{
	for (int i = 0; i < record->count; i++)
		free(record->arguments[i]);
	free(record->arguments);
	memset(record, 0, sizeof(*record));
}

static void free_rest(struct run_files *files)
{
	lfb_rows_free(&files->earlier);
	lfb_done_free(files->done);
	files->done = NULL;
	files->csv = files->detail = files->hist = NULL;
}

int run_files_commit(struct run_files *files)
{
	int rc = lfb_out_commit(files->csv);

	for (int i = 0; i < 2; i++) {
		struct lfb_out *const companion = i == 0 ? files->detail : files->hist;
		const int companion_rc = companion != NULL ? lfb_out_commit(companion) : 0;

		rc = rc != 0 ? rc : companion_rc;
	}
	free_rest(files);
	return rc;
}

void run_files_abandon(struct run_files *files)
{
	lfb_out_abandon(files->csv);
	lfb_out_abandon(files->detail);
	lfb_out_abandon(files->hist);
	free_rest(files);
}
