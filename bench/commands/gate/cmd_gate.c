/*
 * cmd_gate.c - `lfbench gate`: whether head is slower than base, as a verdict with an exit status.
 *
 * What is done is in src/gate/; here are the options, the files, and what is printed.
 */
#include "commands/commands.h"

#include "export/export.h"
#include "commands/gate/gate_export.h"
#include "commands/gate/gate_options.h"
#include "commands/gate/gate_print.h"
#include "results/out_file.h"
#include "commands/run/plan_print.h"
#include "commands/run/progress.h"
#include "commands/show/render.h"
#include "commands/signals.h"
#include "statistics/signed_rank.h"

#include "gate/object.h"
#include "gate/program.h"
#include "gate/raw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_REGRESSED 1
#define EXIT_USAGE 2
#define EXIT_UNLIKE 3
#define EXIT_INVALID 4

/* What no change under test touches: the suite's own algorithm, which needs no library. */
#define REFERENCE "vyukov_mpmc"

struct session {
	struct gate_options options;
	struct gate_builds builds;
	struct gate_cells cells;
	struct gate_run run;
	struct lfb_out *raw; /* NULL: not asked for */
	struct progress progress;
	struct lfb_error error;
};

static void show_progress(const struct gate_progress *state, void *context)
{
	struct session *const s = (struct session *)context;
	const uint64_t left_s = state->budget_ns > state->elapsed_ns ? (state->budget_ns - state->elapsed_ns) / UINT64_C(1000000000) : 0;
	char text[200];

	(void)snprintf(text, sizeof(text), "%s [%zu/%zu]  at most %" PRIu64 ":%02" PRIu64 " left  %.64s", gate_stage_names[state->stage],
		       state->done, state->planned, left_s / 60, left_s % 60, state->cell->label);
	progress_show_text(&s->progress, text, state->elapsed_ns, false);
}

static int keep_record(const struct gate_record *record, void *context)
{
	struct session *const s = (struct session *)context;
	int rc;

	if (s->raw == NULL)
		return 0;
	rc = gate_raw_write(lfb_out_stream(s->raw), s->run.seed, record);
	if (rc == 0)
		rc = lfb_out_flush(s->raw);
	return rc == 0 ? 0 : lfb_fail(&s->error, rc, "%.200s: %s", s->options.out, lfb_out_error_text(rc));
}

/* Figures of unlike builds stand for something else than a change of the queue. */
static int check_alike(struct session *s)
{
	for (size_t i = 0; i < s->builds.count; i++) {
		const struct gate_build *const build = &s->builds.builds[i];

		if (build->identical && !s->options.self_check)
			(void)fprintf(stderr, "lfbench gate: %s: base and head are the same bytes; what follows is a comparison of a build with itself.\n",
				      build->name);
		if (build->unlike[0] == '\0')
			continue;
		if (!s->options.allow_unlike)
			return lfb_fail(&s->error, -EXDEV, "%s cannot be compared: %s, so a difference need not be the queue's; build both alike, or add --allow-unlike",
					build->name, build->unlike);
		(void)fprintf(stderr, "lfbench gate: %s: %s; a difference need not be the queue's.\n", build->name, build->unlike);
	}
	return 0;
}

/* The second control, where this installation has it. */
static const char *reference_path(char out[PATH_MAX])
{
	struct lfb_paths paths;

	return lfb_paths_find(&paths, NULL) == 0 && lfb_backend_path(&paths, REFERENCE, false, out, NULL) == 0 ? out : NULL;
}

/* Every layout: they are built alike, but what lies in a folder need not have been. */
static int check_objects(const struct gate_build *build, struct lfb_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < build->layouts; i++)
		rc = gate_object_check(build->paths[i].path[GATE_BASE], build->paths[i].path[GATE_HEAD], error);
	return rc;
}

/* Layouts are judged in one look, each pair of them one value: with too few, no change could be shown however large it is. */
static void warn_of_few_layouts(const struct session *s)
{
	const size_t judged = s->cells.count - s->cells.controls;
	const double alpha = GATE_SINGLE_LOOK * s->options.rule.alpha / (double)(judged > 0 ? judged : 1);
	size_t needed = 1;

	while (signed_rank_p_least(needed) > alpha)
		needed++;
	for (size_t i = 0; i < s->builds.count; i++)
		if (s->builds.builds[i].layouts > 1 && s->builds.builds[i].layouts < needed)
			(void)fprintf(stderr, "lfbench gate: warning: %zu layouts of %s are too few to show any change over %zu cells; build at least %zu, or give fewer cells.\n",
				      s->builds.builds[i].layouts, s->builds.builds[i].name, judged, needed);
}

static int prepare(struct session *s)
{
	char reference[PATH_MAX];
	int rc = gate_builds_find(&s->options.sides, &s->builds, &s->error);

	if (rc == 0)
		rc = check_alike(s);
	for (size_t i = 0; rc == 0 && i < s->builds.count; i++)
		rc = check_objects(&s->builds.builds[i], &s->error);
	if (rc == 0)
		rc = gate_cells_make(&s->builds, &s->options.shapes, &s->options.metrics, reference_path(reference), &s->cells, &s->error);
	if (rc == 0)
		warn_of_few_layouts(s);
	if (rc == 0 && s->builds.alone[0] != '\0')
		(void)fprintf(stderr, "lfbench gate: left out: %s.\n", s->builds.alone);
	if (rc == 0 && s->cells.skipped > 0)
		(void)fprintf(stderr, "lfbench gate: %zu cells left out that the backend cannot run, as %s.\n", s->cells.skipped, s->cells.skipped_reason);
	return rc;
}

static int open_raw(struct session *s)
{
	int rc;

	if (s->options.out == NULL)
		return 0;
	rc = lfb_out_open(s->options.out, s->options.force ? LFB_OUT_FORCE : 0, &s->raw, &s->error);
	return rc == 0 ? gate_raw_write_header(lfb_out_stream(s->raw)) : rc;
}

/* Launches that were made are kept, however the run ended. */
static int close_raw(struct session *s)
{
	const int rc = s->raw != NULL ? lfb_out_commit(s->raw) : 0;

	s->raw = NULL;
	return rc == 0 ? 0 : lfb_fail(&s->error, rc, "%.200s: %s", s->options.out, lfb_out_error_text(rc));
}

static int exit_code_of(const struct session *s)
{
	const struct gate_tally tally = gate_tally_of(&s->run);

	for (size_t i = 0; i < s->run.count; i++)
		if (s->run.cells[i].invalid)
			return EXIT_INVALID;
	if (tally.verdicts[GATE_REGRESSED] > 0)
		return EXIT_REGRESSED;
	if (tally.cells == 0)
		return EXIT_USAGE;
	if (tally.verdicts[GATE_INCONCLUSIVE] == 0)
		return 0;
	(void)fprintf(stderr, "lfbench gate: warning: %zu of %zu cells are INCONCLUSIVE%s.\n", tally.verdicts[GATE_INCONCLUSIVE], tally.cells,
		      s->options.strict ? "" : "; --strict makes that an exit status of 3");
	return s->options.strict ? EXIT_UNLIKE : 0;
}

/* How a failure of the run itself ends the command. */
static int failure_code(int rc)
{
	return rc == -EXDEV ? EXIT_UNLIKE : rc == -EBADMSG ? EXIT_INVALID : EXIT_USAGE;
}

static int write_exports(struct session *s)
{
	struct export_list list = { 0 };
	int rc = gate_export_fill(&list, &s->run, &s->error);

	if (rc == 0)
		rc = export_write_targets(&list, s->options.exports, s->options.export_count, NULL, &s->error);
	if (rc == 0)
		rc = export_github(&list, stdout, &s->error);
	export_free(&list);
	return rc;
}

static int report(struct session *s)
{
	const struct lfb_medium medium = render_medium(stdout, s->options.color, s->options.ascii);
	int rc = gate_print(stdout, &s->run, &medium);

	if (rc != 0)
		return lfb_fail(&s->error, rc, "%s", rc == -ENOMEM ? "out of memory" : "the output cannot be written");
	return write_exports(s);
}

static void set_up_run(struct session *s)
{
	s->run = (struct gate_run){
		.rule = s->options.rule,
		.budget_ns = s->options.budget_ns,
		.seed = s->options.seed_given ? s->options.seed : plan_new_seed(),
		.replicates = (size_t)s->options.collect,
		.cells = s->cells.cells,
		.count = s->options.collect > 0 ? s->cells.count - s->cells.controls : s->cells.count,
		.interrupted = &signals_caught,
		.on_progress = show_progress,
		.on_record = keep_record,
		.context = s,
	};
}

/* Without controls and without a verdict. */
static int collected(const struct session *s)
{
	for (size_t i = 0; i < s->run.count; i++) {
		if (!s->run.cells[i].invalid)
			continue;
		(void)render_error("gate", s->run.cells[i].reason);
		return EXIT_INVALID;
	}
	(void)fprintf(stderr, "lfbench gate: collected %zu cells; no verdict was asked for.\n", s->run.count);
	return 0;
}

/* Every step of a gate of objects. Returns the exit status. */
static int gate_objects(struct session *s)
{
	int rc = prepare(s), closed;

	if (rc == 0)
		rc = open_raw(s);
	if (rc == 0) {
		set_up_run(s);
		progress_start(&s->progress, s->options.progress);
		rc = gate_run(&s->run, &s->error);
		progress_end(&s->progress);
		closed = close_raw(s);
		if (rc == 0 && s->options.collect == 0)
			rc = report(s);
		if (rc == 0)
			rc = closed;
	}
	if (rc != 0) {
		(void)render_error("gate", s->error.text);
		return failure_code(rc);
	}
	if (s->run.was_interrupted)
		return signals_exit_code();
	return s->options.collect > 0 ? collected(s) : exit_code_of(s);
}

/* Whole programs: the same rule over the wall times of processes. */
static int gate_programs(struct session *s)
{
	struct gate_cell cells[2];
	int rc;

	memset(cells, 0, sizeof(cells));
	gate_program_cells(&s->options.program, cells);
	s->cells.cells = NULL;
	set_up_run(s);
	s->run.cells = cells;
	s->run.count = 2;
	progress_start(&s->progress, s->options.progress);
	rc = gate_program_run(&s->run, &s->options.program, &s->error);
	progress_end(&s->progress);
	if (rc == 0)
		rc = report(s);
	if (rc == 0)
		(void)printf("Programs were compared, not queues: their start, their memory and everything else they do is in the figures, and each ran in\n"
			     "a process of its own. Expect to resolve several times less than with two shared objects (docs/gate.md).\n");
	else
		(void)render_error("gate", s->error.text);
	rc = rc != 0 ? failure_code(rc) : s->run.was_interrupted ? signals_exit_code() : exit_code_of(s);
	gate_run_free(&s->run);
	s->run.count = 0;
	return rc;
}

int cmd_gate(int argc, char **argv)
{
	struct session *const s = (struct session *)calloc(1, sizeof(*s));
	int code;

	if (s == NULL)
		return render_error("gate", "out of memory");
	code = gate_options_parse(&s->options, argc, argv);
	if (code == GATE_OPTIONS_RUN) {
		signals_catch();
		code = s->options.program.command[GATE_BASE] != NULL ? gate_programs(s) : gate_objects(s);
	}
	gate_run_free(&s->run);
	gate_cells_free(&s->cells);
	gate_builds_free(&s->builds);
	gate_options_free(&s->options);
	free(s);
	return code;
}
