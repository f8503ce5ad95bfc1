/*
 * cmd_merge.c - `lfbench merge`: several results files as one, with their companions.
 *
 * All of them are written under names that end in .partial, and take their own when they are complete;
 * the rows last, so that a merge that is cut off leaves no new rows without what belongs to them.
 */
#include "machine/clock.h"
#include "commands/commands.h"
#include "results/detail.h"
#include "results/hist_file.h"
#include "results/merge.h"
#include "results/out_file.h"
#include "commands/show/render.h"
#include "commands/run/run_files.h"
#include "text/safe_text.h"
#include "commands/signals.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option longs[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf(
		"lfbench merge - join results files\n\n"
		"Usage: lfbench merge [options] OUT.csv FILE.csv...\n\n"
		"Writes the rows of all files into one, in order of time, as the parts of a run that was split with\n"
		"--shard; and beside it their companions: OUT.detail.csv, OUT.hist.csv, and OUT.env.json with the\n"
		"machine of each. Rows keep the run they belong to. A trial that is there twice is refused, as is a\n"
		"file of another schema, or of a run that is still going on. Nothing is replaced without --force.\n"
		"- as OUT.csv is standard output, without companions.\n\n"
		"Options:\n"
		"  --force       replace OUT.csv and its companions, which may be one of the files that are joined\n"
		"  -h, --help    this text\n\n"
		"Examples:\n"
		"  lfbench run --shard 1/2 --seed 7 -o half1.csv && lfbench run --shard 2/2 --seed 7 -o half2.csv\n"
		"  lfbench merge whole.csv half1.csv half2.csv\n"
		"  lfbench merge --force all.csv all.csv tuesday.csv\n"
		"  lfbench merge - monday.csv tuesday.csv | lfbench show -\n\n"
		"Exit status: 0 joined; 2 wrong usage, or a file that cannot be read, joined or written;\n"
		"128+N interrupted by signal N: nothing was changed.\n");
}

/* The companions of all files, and what they are merged into. Inputs come after the first. */
struct merging {
	struct lfb_merge merge;
	struct run_files to;
	struct run_files *from;
	size_t count;
	bool force;
	struct lfb_error error;
};

static int fail(struct merging *m, const char *path, int code)
{
	return lfb_fail(&m->error, code, "%.200s: %s", path, lfb_out_error_text(code));
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* What a pattern such as *.csv also matches, or what is still being written. */
static int refuse_name(struct merging *m, const char *path)
{
	if (ends_with(path, ".partial"))
		return lfb_fail(&m->error, -EINVAL,
				"%.200s belongs to a run that is going on or was cut off; finish it with lfbench run --resume first", path);
	if (ends_with(path, ".detail.csv") || ends_with(path, ".hist.csv"))
		return lfb_fail(&m->error, -EINVAL, "%.200s goes with a results file and is taken along; name the results files only", path);
	return 0;
}

static int read_all(struct merging *m, char **paths)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->count; i++) {
		rc = refuse_name(m, paths[i]);
		if (rc == 0)
			rc = run_files_name(&m->from[i], paths[i], &m->error);
		if (rc == 0)
			rc = lfb_merge_add(&m->merge, paths[i], &m->error);
	}
	return rc != 0 ? rc : lfb_merge_finish(&m->merge, &m->error);
}

/* A kind of companion that is a file of lines. */
struct kind {
	size_t path; /* where in struct run_files */
	int (*write_header)(FILE *out);
	int (*append)(const char *path, FILE *out, struct lfb_error *error);
};

static const struct kind kinds[] = {
	{ offsetof(struct run_files, detail_path), lfb_detail_write_header, lfb_merge_details },
	{ offsetof(struct run_files, hist_path), lfb_hist_write_header, lfb_merge_histograms },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *path_of(const struct run_files *files, size_t offset)
{
	return (const char *)files + offset;
}

/* Whether any of the files has this companion. */
static bool have(const struct merging *m, size_t offset)
{
	for (size_t i = 0; i < m->count; i++)
		if (access(path_of(&m->from[i], offset), F_OK) == 0)
			return true;
	return false;
}

static int write_companion(struct merging *m, const struct kind *kind, struct lfb_out **out)
{
	int rc = lfb_out_open(path_of(&m->to, kind->path), m->force ? LFB_OUT_FORCE : 0, out, &m->error);

	if (rc != 0)
		return rc;
	rc = kind->write_header(lfb_out_stream(*out));
	if (rc != 0)
		return fail(m, path_of(&m->to, kind->path), rc);
	for (size_t i = 0; rc == 0 && i < m->count; i++) {
		rc = kind->append(path_of(&m->from[i], kind->path), lfb_out_stream(*out), &m->error);
		if (rc == -ENOENT)
			rc = 0;
	}
	return rc;
}

/* What is known of one file's machine: a list of one, or of those it was itself joined from. */
static int add_machine(struct merging *m, const struct run_files *files, json_t *list)
{
	const char *const base = strrchr(files->csv_path, '/');
	char name[256];
	json_error_t why;
	json_t *json, *merged;
	int rc = -1;

	if (access(files->env_path, F_OK) != 0)
		return 0;
	json = json_load_file(files->env_path, 0, &why);
	if (!json_is_object(json)) {
		json_decref(json);
		return lfb_fail(&m->error, -EBADMSG, "%.200s, line %d: %.160s", files->env_path, why.line,
				why.text[0] != '\0' ? why.text : "this is not the description of a machine");
	}
	merged = json_object_get(json, "merged");
	if (json_is_array(merged))
		rc = json_array_extend(list, merged);
	else if (json_object_set_new(json, "file", json_string(lfb_safe_text(base != NULL ? base + 1 : files->csv_path, false, name, sizeof(name)))) == 0)
		rc = json_array_append(list, json);
	json_decref(json);
	return rc == 0 ? 0 : lfb_fail(&m->error, -ENOMEM, "out of memory");
}

static int write_machines(struct merging *m, struct lfb_out **out)
{
	json_t *const list = json_array();
	json_t *const whole = json_pack("{s:O}", "merged", list);
	int rc = whole == NULL ? lfb_fail(&m->error, -ENOMEM, "out of memory") : 0;

	for (size_t i = 0; rc == 0 && i < m->count; i++)
		rc = add_machine(m, &m->from[i], list);
	if (rc == 0)
		rc = lfb_out_open(m->to.env_path, m->force ? LFB_OUT_FORCE : 0, out, &m->error);
	if (rc == 0 && (json_dumpf(whole, lfb_out_stream(*out), JSON_INDENT(2)) != 0 || fputc('\n', lfb_out_stream(*out)) == EOF))
		rc = fail(m, m->to.env_path, -EIO);
	json_decref(whole);
	json_decref(list);
	return rc;
}

/* Companions of an earlier file of that name would be taken for the new one's. */
static int check_stale(struct merging *m, const char *path, bool is_written)
{
	if (is_written || access(path, F_OK) != 0)
		return 0;
	if (!m->force)
		return lfb_fail(&m->error, -EEXIST, "%.200s exists, and would be taken for a part of the new file; use --force to remove it", path);
	return unlink(path) == 0 ? 0 : fail(m, path, -errno);
}

enum out_index { OUT_DETAIL, OUT_HIST, OUT_ENV, OUT_CSV, OUTS };

static int write_companions(struct merging *m, struct lfb_out *outs[OUTS])
{
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < KINDS; k++)
		if (have(m, kinds[k].path))
			rc = write_companion(m, &kinds[k], &outs[k]);
	if (rc == 0 && have(m, offsetof(struct run_files, env_path)))
		rc = write_machines(m, &outs[OUT_ENV]);
	return rc;
}

/* Everything under its final name; after an error what is left keeps its .partial name. */
static int commit(struct merging *m, struct lfb_out *outs[OUTS])
{
	const char *const paths[OUTS] = { m->to.detail_path, m->to.hist_path, m->to.env_path, m->to.csv_path };
	int rc = 0;

	for (int i = 0; rc == 0 && m->to.companions && i < OUT_CSV; i++)
		rc = check_stale(m, paths[i], outs[i] != NULL);
	for (int i = 0; rc == 0 && i < OUTS; i++) {
		if (outs[i] == NULL)
			continue;
		rc = lfb_out_commit(outs[i]);
		outs[i] = NULL;
		if (rc != 0)
			(void)fail(m, paths[i], rc);
	}
	return rc;
}

/* A merge that fails can be repeated: unlike a run's, its partial files are worth nothing. */
static void throw_away(struct lfb_out *out)
{
	char partial[PATH_MAX + sizeof(".partial")];

	if (out == NULL)
		return;
	(void)snprintf(partial, sizeof(partial), "%s", lfb_out_path(out));
	if (ends_with(partial, ".partial"))
		(void)unlink(partial);
	lfb_out_abandon(out);
}

static int write_all(struct merging *m)
{
	struct lfb_out *outs[OUTS] = { NULL };
	int rc = lfb_out_open(m->to.csv_path, m->force ? LFB_OUT_FORCE : 0, &outs[OUT_CSV], &m->error);

	if (rc == 0) {
		rc = lfb_merge_write(&m->merge, lfb_out_stream(outs[OUT_CSV]));
		rc = rc != 0 ? rc : lfb_out_flush(outs[OUT_CSV]);
		if (rc != 0)
			(void)fail(m, m->to.csv_path, rc);
	}
	if (rc == 0 && m->to.companions)
		rc = write_companions(m, outs);
	if (rc == 0 && signals_caught != 0)
		rc = lfb_fail(&m->error, -EINTR, "interrupted; nothing was changed");
	if (rc == 0)
		rc = commit(m, outs);
	for (int i = 0; i < OUTS; i++)
		throw_away(outs[i]);
	return rc;
}

static int merge_files(struct merging *m, const char *to, char **paths)
{
	int rc = refuse_name(m, to);

	if (rc == 0)
		rc = run_files_name(&m->to, to, &m->error);
	if (rc == 0)
		rc = read_all(m, paths);
	return rc == 0 ? write_all(m) : rc;
}

static int merge(const char *to, char **paths, int count, bool force)
{
	struct merging *const m = (struct merging *)calloc(1, sizeof(*m));
	int code = 0;

	if (m != NULL)
		m->from = (struct run_files *)calloc((size_t)count, sizeof(m->from[0]));
	if (m == NULL || m->from == NULL) {
		free(m);
		return render_error("merge", "out of memory");
	}
	m->count = (size_t)count;
	m->force = force;
	if (merge_files(m, to, paths) != 0)
		code = render_error("merge", m->error.text);
	lfb_merge_free(&m->merge);
	free(m->from);
	free(m);
	return signals_caught != 0 && code != 0 ? signals_exit_code() : code;
}

int cmd_merge(int argc, char **argv)
{
	bool force = false;
	int found;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while ((found = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (found == 'h') {
			print_help();
			return 0;
		}
		if (found != 'f')
			return render_unknown_option("merge", longs, argv[optind - 1]);
		force = true;
	}
	if (argc - optind < 2)
		return render_error("merge", "name the file to write, then those to join, as in 'lfbench merge all.csv one.csv two.csv'");
	signals_catch();
	return merge(argv[optind], &argv[optind + 1], argc - optind - 1, force);
}
