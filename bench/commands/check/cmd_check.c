/*
 * cmd_check.c - `lfbench check`: put backends through loads that are hard on a queue, and say of each whether its answers are
 * ones that a queue with its claims can give; stop threads inside it, and say whether the others go on as it claims. Or judge a history that was kept.
 */
#include "commands/commands.h"

#include "check/history_file.h"
#include "commands/check/check_options.h"
#include "commands/check/check_print.h"
#include "check_progress.h"
#include "commands/check/check_record.h"
#include "check_replay.h"
#include "machine/clock.h"
#include "plugin/inspect.h"
#include "results/out_file.h"
#include "plugin/paths.h"
#include "commands/run/progress.h"
#include "commands/show/render.h"
#include "commands/signals.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* All backends together, unless a budget is given: what is left of 5 minutes is for looking at their progress. And where there are few, each. */
#define ALL_NS UINT64_C(160000000000)
#define ONE_OF_ALL_NS UINT64_C(10000000000)

/* The whole run. */
struct check {
	const struct check_options *options;
	uint64_t budget_ns; /* of one object */
	struct lfb_paths paths;
	struct progress progress;
	uint64_t start_ns;
	struct check_row *rows;
	size_t count, done, planned;
	bool unusable; /* something that was named is no backend */
};

static int out_of_memory(void)
{
	return render_error("check", "out of memory; close other programs and try again");
}

static void on_shape(const char *shape, void *context)
{
	struct check *const check = context;
	char text[200];

	(void)snprintf(text, sizeof(text), "[%zu/%zu] %.80s: %s", check->done + 1, check->planned, check->rows[check->count - 1].label, shape);
	progress_show_text(&check->progress, text, lfb_clock_now_ns() - check->start_ns, false);
}

/* "DIR/NAME-SHAPE-SEED.hist"; the name is the backend's own, and not to be trusted with a path. */
static void name_file(const struct check *check, const struct lfb_history *history, char *out, size_t bytes)
{
	char name[sizeof(history->backend)];
	size_t n = 0;

	for (; history->backend[n] != '\0' && n + 1 < sizeof(name); n++)
		name[n] = isalnum((unsigned char)history->backend[n]) ? history->backend[n] : '_';
	name[n] = '\0';
	(void)snprintf(out, bytes, "%s/%s-%s-%" PRIu64 ".hist", check->options->save, n > 0 ? name : "queue", history->shape, history->seed);
}

/* Keep the history that refuted a backend. That it cannot be written changes no verdict. */
static void keep(const struct check *check, struct check_row *row)
{
	struct lfb_error error;
	struct lfb_out *out;
	int rc;

	if (row->result.history == NULL)
		return;
	name_file(check, row->result.history, row->kept, sizeof(row->kept));
	rc = lfb_out_open(row->kept, LFB_OUT_FORCE, &out, &error);
	if (rc == 0) {
		(void)lfb_history_write(lfb_out_stream(out), row->result.history);
		rc = lfb_out_commit(out);
		if (rc != 0)
			(void)lfb_fail(&error, rc, "%s: %s", row->kept, lfb_out_error_text(rc));
	}
	if (rc != 0) {
		(void)render_error("check", error.text);
		row->kept[0] = '\0';
	}
}

static struct check_row *new_row(struct check *check, const char *label, const char *argument)
{
	struct check_row *const grown = reallocarray(check->rows, check->count + 1, sizeof(*grown));
	struct check_row *row;

	if (grown == NULL)
		return NULL;
	check->rows = grown;
	row = &grown[check->count++];
	memset(row, 0, sizeof(*row));
	(void)snprintf(row->label, sizeof(row->label), "%s", label);
	(void)snprintf(row->argument, sizeof(row->argument), "%s", argument);
	return row;
}

static void run_suite(struct check *check, struct check_row *row, const char *path)
{
	const struct check_options *const o = check->options;
	const struct lfb_suite suite = {
		.path = path,
		.info = &row->info,
		.seed = o->seed,
		.rounds = o->rounds,
		.budget_ns = check->budget_ns,
		.shapes = o->shapes_given ? o->shapes : NULL,
		.schedules = o->schedules,
		.depth = (unsigned)o->depth,
		.single_step = o->single_step,
		.interrupted = &signals_caught,
		.on_shape = on_shape,
		.context = check,
	};
	struct lfb_error error;

	row->checked = true;
	(void)lfb_suite_run(&suite, &row->result, &error);
	keep(check, row);
}

/* A queue that loses items or crashes has no progress worth looking at. */
static bool is_sound(const struct check_row *row)
{
	return !row->checked || row->result.verdict == LFB_SUITE_CONFIRMED || row->result.verdict == LFB_SUITE_INCONCLUSIVE;
}

static void on_question(const char *question, void *context)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "progress, %.60s", question);
	on_shape(text, context);
}

static void run_probe(struct check *check, struct check_row *row, const char *path)
{
	const struct check_options *const o = check->options;
	const struct lfb_progress_options options = {
		.path = path,
		.info = &row->info,
		.seed = o->seed,
		.budget_ns = o->budget_ns,
		.bound = o->bound,
		.all = o->all_points,
		.by_signal = o->by_signal,
		.interrupted = &signals_caught,
		.on_question = on_question,
		.context = check,
	};
	struct lfb_error error;

	row->probed = lfb_progress_run(&options, &row->progress, &error) == 0;
	if (!row->probed)
		(void)render_error("check", error.text);
}

/* What could not even be loaded. */
static void take_inspection(struct check *check, struct check_row *row, const struct lfb_inspection *inspection)
{
	row->result.verdict = inspection->status == LFB_INSPECT_TIMEOUT ? LFB_SUITE_HUNG : LFB_SUITE_CRASHED;
	(void)snprintf(row->result.reason, sizeof(row->result.reason), "%s", inspection->reason);
	if (inspection->status == LFB_INSPECT_INCOMPATIBLE) {
		char text[700];

		(void)snprintf(text, sizeof(text), "%s: %s", row->label, inspection->reason);
		(void)render_error("check", text);
		check->unusable = true;
		check->count--;
	}
}

/* One object. Returns 0 or the exit status. `named`: by itself, and not as one of all. */
static int check_object(struct check *check, const char *label, const char *argument, const char *path, bool named)
{
	struct lfb_inspection inspection;
	struct check_row *row;

	if (lfb_inspect(path, &inspection) != 0)
		return render_error("check", "no process can be started; are there too many?");
	if (inspection.status == LFB_INSPECT_OK && inspection.info.claims.reference) {
		if (named)
			return render_error("check", "null and faa are references for speed and no queues: there is nothing to check");
		return 0;
	}
	row = new_row(check, label, argument);
	if (row == NULL)
		return out_of_memory();
	if (inspection.status != LFB_INSPECT_OK) {
		take_inspection(check, row, &inspection);
		return 0;
	}
	row->known = true;
	row->info = inspection.info;
	if (check->options->histories)
		run_suite(check, row, path);
	if (check->options->progress && !signals_caught && is_sound(row))
		run_probe(check, row, path);
	return 0;
}

static const char *file_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* A backend by its name, and its flavour with pooled nodes, which are used again much sooner. */
static int check_backend(struct check *check, const char *name, bool named)
{
	char path[PATH_MAX], pool[PATH_MAX], label[80];
	struct lfb_error error;
	int code;

	if (lfb_backend_path(&check->paths, name, false, path, &error) != 0)
		return render_error("check", error.text);
	code = check_object(check, file_name(name), name, path, named);
	if (code == 0 && !signals_caught && !lfb_backend_is_file(name) && lfb_backend_path(&check->paths, name, true, pool, &error) == 0 &&
	    strcmp(path, pool) != 0) {
		(void)snprintf(label, sizeof(label), "%.60s, pool", name);
		code = check_object(check, label, pool, pool, named);
	}
	check->done++;
	return code;
}

static int check_names(struct check *check, char *const *names, bool named)
{
	int code = 0;

	for (size_t i = 0; names[i] != NULL; i++)
		check->planned++;
	for (size_t i = 0; code == 0 && !signals_caught && names[i] != NULL; i++)
		code = check_backend(check, names[i], named);
	return code;
}

/* What each of so many names gets of the time for all; a name may stand for two objects. */
static uint64_t share_of_all(const struct check *check, char *const *names)
{
	uint64_t objects = 0;

	for (; *names != NULL; names++) {
		char path[PATH_MAX], pool[PATH_MAX];

		objects += 1 + (lfb_backend_path(&check->paths, *names, false, path, NULL) == 0 &&
				lfb_backend_path(&check->paths, *names, true, pool, NULL) == 0 && strcmp(path, pool) != 0);
	}
	return objects * ONE_OF_ALL_NS > ALL_NS ? ALL_NS / objects : ONE_OF_ALL_NS;
}

static int check_all(struct check *check)
{
	struct lfb_error error;
	char **const names = lfb_backend_names(&check->paths, &error);
	int code;

	if (names == NULL)
		return render_error("check", error.text);
	if (!check->options->budget_given)
		check->budget_ns = share_of_all(check, names);
	code = check_names(check, names, false);
	lfb_backend_names_free(names);
	return code;
}

/* The exit status that the rows stand for. */
static int judge_rows(const struct check *check)
{
	if (signals_caught)
		return signals_exit_code();
	for (size_t i = 0; i < check->count; i++)
		if ((check->rows[i].result.verdict != LFB_SUITE_CONFIRMED && check->rows[i].result.verdict != LFB_SUITE_INCONCLUSIVE) ||
		    check_progress_failed(&check->rows[i]))
			return 4;
	return check->unusable ? 2 : 0;
}

static int report(const struct check *check)
{
	const struct lfb_medium medium = render_medium(stdout, check->options->color, check->options->ascii);

	if (check->options->progress && !check->options->histories) {
		if (check->count > 0 && check_progress_print(stdout, check->rows, check->count, &medium) != 0)
			return render_error("check", "the table cannot be written; is the disk full?");
		return judge_rows(check);
	}
	if (check->count > 0 && check_print(stdout, check->rows, check->count, check->options, &medium) != 0)
		return render_error("check", "the table cannot be written; is the disk full?");
	return judge_rows(check);
}

static int run(const struct check_options *options)
{
	struct check check = { .options = options, .budget_ns = options->budget_ns, .start_ns = lfb_clock_now_ns() };
	const bool all = strcmp(options->backends[0], "all") == 0 && options->backends[1] == NULL;
	struct lfb_error error;
	int code, printed;

	if (lfb_paths_find(&check.paths, &error) != 0)
		return render_error("check", error.text);
	signals_catch();
	progress_start(&check.progress, options->show_progress);
	code = all ? check_all(&check) : check_names(&check, options->backends, true);
	progress_end(&check.progress);
	check_record(check.rows, check.count, !options->shapes_given, options->bound >= CHECK_BOUND_DEFAULT);
	printed = report(&check); /* also what was found before something else went wrong */
	for (size_t i = 0; i < check.count; i++)
		lfb_suite_result_free(&check.rows[i].result);
	free(check.rows);
	return code != 0 && printed != 4 ? code : printed;
}

int cmd_check(int argc, char **argv)
{
	struct check_options options;
	const int code = check_options_parse(argc, argv, &options);

	if (code != 0)
		return code;
	if (options.help) {
		check_options_print_help();
		return 0;
	}
	return options.replay != NULL ? check_replay(&options) : run(&options);
}
