/*
 * cmd_run.c - `lfbench run`: plan, open the files, run, make the files final, show the table.
 */
#include "commands/commands.h"

#include "machine/env.h"
#include "commands/run/export_run.h"
#include "text/numbers.h"
#include "commands/run/plan_print.h"
#include "commands/run/progress.h"
#include "commands/recording_cost.h"
#include "commands/show/render.h"
#include "run/run.h"
#include "commands/run/run_files.h"
#include "commands/signals.h"
#include "machine/topology.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
	(void)printf("lfbench run - run a sweep and write the results file\n\n"
		     "Usage: lfbench run [options]\n\n"
		     "Lists (1,2,4 or 1-8) sweep: every combination is a cell. Each cell is launched several times,\n"
		     "in shuffled order, as a process of its own; every trial is verified and becomes a row.\n"
		     "Without options it runs the default sweep: all backends, all workloads.\n"
		     "A backend that crashes or hangs costs its own row, never the run.\n\nOptions:\n");
	lfb_options_print(stdout, LFB_SCOPE_RUN, NULL);
	(void)printf("\nExamples:\n"
		     "  lfbench run\n"
		     "  lfbench run --backend ck_ring_mpmc,vyukov_mpmc,./my_queue.so --producers 1,2 --consumers 1,2 -o today.csv\n"
		     "  lfbench run --workload pairs --threads 1-8 --launches 10 --duration 100ms\n"
		     "  lfbench run --resume today.csv\n"
		     "\nFiles: FILE.csv (rows), FILE.detail.csv (per thread), FILE.hist.csv (latency histograms), FILE.env.json\n"
		     "(the machine and the options).\n"
		     "While it runs the rows are in FILE.csv.partial; Ctrl-C keeps the finished ones.\n"
		     "\nExit status: 0 done; 2 wrong usage or an unusable file; 4 a cell crashed, hung, was incompatible or\n"
		     "failed verification; 128+N interrupted by signal N.\n");
}

/* Everything of one run of the command. */
struct session {
	struct lfb_options options;
	struct lfb_paths paths;
	struct lfb_plan plan;
	struct lfb_env *env;
	struct run_files files;
	struct export_run exports;
	struct run_record record; /* of the run that is resumed */
	struct progress progress;
	char run_id[LFB_RUN_ID_BYTES];
	int argc;
	char **argv;
};

static int on_row(const struct lfb_row *row, void *context)
{
	struct session *const s = (struct session *)context;

	return lfb_csv_write_row(lfb_out_stream(s->files.csv), row);
}

static int on_detail(const struct lfb_detail *detail, void *context)
{
	struct session *const s = (struct session *)context;

	return s->files.detail == NULL ? 0 : lfb_detail_write(lfb_out_stream(s->files.detail), detail);
}

static int on_hist(const struct lfb_hist_line *line, void *context)
{
	struct session *const s = (struct session *)context;

	return s->files.hist == NULL ? 0 : lfb_hist_write(lfb_out_stream(s->files.hist), line);
}

/* Companions first: rows on disk then always have theirs. */
static int on_launch_end(void *context)
{
	struct session *const s = (struct session *)context;
	int rc = s->files.detail == NULL ? 0 : lfb_out_flush(s->files.detail);

	if (rc == 0 && s->files.hist != NULL)
		rc = lfb_out_flush(s->files.hist);
	return rc != 0 ? rc : lfb_out_flush(s->files.csv);
}

static void on_progress(const struct lfb_run_progress *state, void *context)
{
	struct session *const s = (struct session *)context;

	progress_show(&s->progress, state);
}

/* The options of the interrupted run in place of our own, which may only change what is shown and exported. */
static int take_up(struct session *s, struct lfb_error *error)
{
	const struct lfb_options given = s->options;
	const char *const path = s->options.resume;
	int rc = run_files_name(&s->files, path, error);

	if (rc == 0)
		rc = run_record_read(&s->files, &s->record, error);
	if (rc != 0)
		return rc;
	lfb_options_free(&s->options);
	rc = lfb_options_parse(&s->options, LFB_SCOPE_RUN, s->record.count, s->record.arguments, error);
	if (rc != 0)
		return rc;
	s->options.resume = path;
	s->options.progress = given.progress;
	s->options.color = given.color;
	if (given.export_count > 0) {
		memcpy(s->options.exports, given.exports, sizeof(given.exports));
		s->options.export_count = given.export_count;
	}
	s->options.seed = s->record.seed;
	s->argc = s->record.count;
	s->argv = s->record.arguments;
	(void)snprintf(s->run_id, sizeof(s->run_id), "%s", s->record.run_id);
	return 0;
}

static int name_files(struct session *s, struct lfb_error *error)
{
	char chosen[PATH_MAX];

	if (s->options.out == NULL)
		run_files_choose_name(chosen);
	lfb_run_id_make(s->run_id);
	if (!s->options.seed_given)
		s->options.seed = plan_new_seed();
	return run_files_name(&s->files, s->options.out != NULL ? s->options.out : chosen, error);
}

static int look_at_machine(struct session *s, struct lfb_error *error)
{
	struct lfb_topology *topology = NULL;
	int rc;

	(void)lfb_topology_load(&topology); /* without it some facts are unknown */
	rc = lfb_env_gather("", topology, 0, &s->env);
	lfb_topology_free(topology);
	return rc == 0 ? 0 : lfb_fail(error, rc, "out of memory");
}

static int prepare(struct session *s, struct lfb_error *error)
{
	int rc = s->options.resume != NULL ? take_up(s, error) : name_files(s, error);

	if (rc == 0)
		rc = lfb_paths_find(&s->paths, error);
	if (rc == 0)
		rc = lfb_plan_make(&s->options, &s->paths, &s->plan, error);
	return rc;
}

static int open_files(struct session *s, struct lfb_error *error)
{
	int rc = look_at_machine(s, error);

	if (rc == 0)
		rc = export_run_prepare(&s->exports, &s->options, &s->files, error);
	if (rc == 0)
		rc = run_files_open(&s->files, s->options.force, s->options.resume != NULL, &s->options, error);
	if (rc != 0)
		return rc;
	rc = run_files_write_env(&s->files, s->env, s->argc, s->argv, s->run_id, s->options.seed, "running", error);
	if (rc != 0)
		run_files_abandon(&s->files);
	return rc;
}

/* The table on standard output, unless the rows or an export go there. */
static void show_table(const struct session *s)
{
	const struct lfb_medium medium = render_medium(stdout, s->options.color, false);
	struct lfb_csv_error error;
	struct lfb_rows rows;

	if (!s->files.companions || s->exports.to_stdout || lfb_csv_read_file(s->files.csv_path, NULL, &rows, &error) != 0)
		return;
	(void)render_rows(stdout, &rows, s->options.color);
	lfb_rows_free(&rows);
	(void)recording_cost_print(stdout, s->files.csv_path, &medium);
}

static void print_start(const struct session *s)
{
	char duration[32];
	const uint64_t estimate_ns = lfb_plan_estimate_ns(&s->plan, &s->options);

	if (s->options.progress == LFB_WHEN_NEVER)
		return;
	(void)fprintf(stderr, "lfbench: %zu cells, %zu launches, seed %llu, about %s; rows go to ", s->plan.cell_count, s->plan.launch_count,
		      (unsigned long long)s->options.seed, lfb_duration_text(estimate_ns, duration, sizeof(duration)));
	render_safe(stderr, s->files.csv_path);
	(void)fprintf(stderr, "\n");
}

/* Make the files final and say how it went. Returns the exit status. */
static int finish(struct session *s, const struct lfb_run_outcome *outcome, int run_error, struct lfb_error *error)
{
	int rc = outcome->sink_error;

	if (rc == 0 && run_error == 0 && outcome->rows == 0 && s->files.earlier.count == 0 && outcome->interrupted) {
		run_files_abandon(&s->files);
		(void)fprintf(stderr, "lfbench run: interrupted before the first row; nothing is written\n");
		return signals_exit_code();
	}
	if (rc == 0)
		rc = run_files_commit(&s->files);
	else
		run_files_abandon(&s->files);
	if (rc != 0) {
		(void)lfb_fail(error, rc, "%s: %s. What was written is in %s.partial", s->files.csv_path, lfb_out_error_text(rc), s->files.csv_path);
		return render_error("run", error->text);
	}
	if (run_files_write_env(&s->files, s->env, s->argc, s->argv, s->run_id, s->options.seed, outcome->interrupted ? "interrupted" : "done", error) != 0)
		return render_error("run", error->text);
	if (run_error != 0)
		return render_error("run", error->text);
	show_table(s);
	if (outcome->interrupted) {
		(void)fprintf(stderr, "lfbench run: interrupted; the finished rows are in %s. Go on with: lfbench run --resume %s\n%s",
			      s->files.csv_path, s->files.csv_path, s->exports.count > 0 ? "Exports are written when all is done.\n" : "");
		return signals_exit_code();
	}
	if (s->files.companions)
		(void)fprintf(stderr, "lfbench run: results in %s\n", s->files.csv_path);
	if (export_run_write(&s->exports, &s->files, s->env, error) != 0)
		return render_error("run", error->text);
	return outcome->bad_rows > 0 ? 4 : 0;
}

static int execute(struct session *s)
{
	struct lfb_run_outcome outcome;
	struct lfb_error error;
	int rc = open_files(s, &error);

	if (rc != 0)
		return render_error("run", error.text);
	print_start(s);
	progress_start(&s->progress, s->options.progress);
	signals_catch();
	{
		const struct lfb_run run = {
			.plan = &s->plan,
			.options = &s->options,
			.paths = &s->paths,
			.run_id = s->run_id,
			.earlier = s->files.done,
			.interrupted = &signals_caught,
			.earlier_rows = &s->files.earlier,
			.sink = { on_row, on_detail, on_hist, on_launch_end, on_progress, s },
		};

		rc = lfb_run(&run, &outcome, &error);
	}
	progress_end(&s->progress);
	return finish(s, &outcome, rc, &error);
}

int cmd_run(int argc, char **argv)
{
	struct session s = { .argc = argc, .argv = argv };
	struct lfb_error error;
	int code = 0;

	if (lfb_options_parse(&s.options, LFB_SCOPE_RUN, argc, argv, &error) != 0)
		return render_error("run", error.text);
	if (s.options.help) {
		print_help();
		return 0;
	}
	if (prepare(&s, &error) != 0)
		code = render_error("run", error.text);
	else if (s.options.dry_run)
		plan_print(stdout, &s.plan, &s.options);
	else
		code = execute(&s);
	lfb_plan_free(&s.plan);
	lfb_env_free(s.env);
	run_record_free(&s.record);
	lfb_options_free(&s.options);
	return code;
}
