/* run.c - see run.h. */
#include "run/run.h"

#include "machine/clock.h"
#include "trial/launch.h"
#include "plan/names.h"
#include "text/numbers.h"
#include "run/run_parts.h"
#include "statistics/steady.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Trials of a launch before the timed ones at most: the audit and the warm-up. */
#define UNTIMED_MAX (LFB_STEADY_TRIALS_MAX + 1)
/* How much longer than its trials' limits a child may live before the parent ends it. */
#define CHILD_SPARE_NS UINT64_C(10000000000)

void lfb_run_id_make(char out[LFB_RUN_ID_BYTES])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	struct {
		uint64_t now_ns;
		int64_t time, process;
		char host[64];
	} seed;

	memset(&seed, 0, sizeof(seed));
	seed.now_ns = lfb_clock_now_ns();
	seed.time = time(NULL);
	seed.process = getpid();
	(void)gethostname(seed.host, sizeof(seed.host) - 1);
	for (size_t i = 0; i < sizeof(seed); i++)
		hash = (hash ^ ((const unsigned char *)&seed)[i]) * UINT64_C(0x100000001b3);
	(void)snprintf(out, LFB_RUN_ID_BYTES, "%016" PRIx64, hash);
}

static bool is_bad(const char *status)
{
	return strcmp(status, "ok") != 0 && strcmp(status, "unsupported") != 0;
}

int lfb_run_deliver(struct lfb_run_state *s, const struct lfb_row *row)
{
	if (s->outcome->sink_error == 0)
		s->outcome->sink_error = s->run->sink.on_row(row, s->run->sink.context);
	s->outcome->rows++;
	s->outcome->bad_rows += is_bad(lfb_row_get(row, LFB_COL_status));
	return s->outcome->sink_error;
}

/* A row that the parent writes because the cell's process cannot. */
static int deliver_own(struct lfb_run_state *s, const struct lfb_plan_cell *cell, enum lfb_status status, const char *reason)
{
	const struct lfb_inspection *const inspection = &cell->object->inspection;
	const struct lfb_launch_identity identity = {
		.run_id = s->run->run_id, .launch = s->launch, .order = s->order, .seed = s->run->plan->seed
	};
	struct lfb_row row = { .failed = false };
	int rc;

	lfb_launch_fill_identity(&row, &identity);
	lfb_cell_fill_row(&row, &cell->shape, cell->backend->label, inspection->status == LFB_INSPECT_OK ? &inspection->info : NULL);
	lfb_row_set_u64(&row, LFB_COL_trial, 0);
	lfb_row_set(&row, LFB_COL_status, lfb_status_names[status]);
	lfb_row_set(&row, LFB_COL_reason, reason);
	rc = row.failed ? -ENOMEM : lfb_run_deliver(s, &row);
	lfb_row_clear(&row);
	return rc;
}

static uint64_t child_limit_ns(const struct lfb_run_state *s, unsigned threads, const struct lfb_cpu_list *list)
{
	const unsigned distinct = list->count > 0 ? lfb_cpus_distinct(list->cpus, list->count) : s->pinning.usable;
	const uint64_t crowd = distinct > 0 ? (threads + distinct - 1) / distinct : threads;

	return lfb_sum_u64(lfb_product_u64(lfb_product_u64(s->trials * lfb_shape_runs(&s->cell->shape) + UNTIMED_MAX, s->run->options->timeout_ns), crowd), CHILD_SPARE_NS);
}

/* The row for a child that ended without saying why. */
static int explain_end(struct lfb_run_state *s, const struct lfb_child_result *child, int output_error)
{
	char reason[256];
	enum lfb_status status = LFB_STATUS_CRASHED;
	const int code = WIFEXITED(child->wait_status) ? WEXITSTATUS(child->wait_status) : -1;

	if (child->timed_out || (WIFSIGNALED(child->wait_status) && WTERMSIG(child->wait_status) == SIGALRM)) {
		status = LFB_STATUS_TIMEOUT;
		(void)snprintf(reason, sizeof(reason), "the process did not end within its time limit");
	} else if (WIFSIGNALED(child->wait_status)) {
		(void)snprintf(reason, sizeof(reason), "SIG%s", sigabbrev_np(WTERMSIG(child->wait_status)));
	} else if (code == 127) {
		(void)snprintf(reason, sizeof(reason), "the benchmark binary cannot be started from %.180s", s->run->paths->bench);
	} else if (output_error != 0) {
		status = LFB_STATUS_INVALID;
		(void)snprintf(reason, sizeof(reason), "the process wrote something else than the rows of this launch");
	} else {
		(void)snprintf(reason, sizeof(reason), "the process ended with exit status %d after %" PRIu64 " of %" PRIu64 " trials", code,
			       s->rows_of_launch, s->trials);
	}
	return deliver_own(s, s->cell, status, reason);
}

/* Start the process of the current launch, whose `rate_per_s` is 0 but for an open loop, and take over what it writes. */
static int launch_once(struct lfb_run_state *s, uint64_t rate_per_s, struct lfb_error *error)
{
	const struct lfb_shape *const shape = &s->cell->shape;
	const unsigned threads = lfb_workload_threads(shape->workload, shape->producers, shape->consumers);
	struct lfb_cpu_list list = { 0 };
	struct lfb_child_result child;
	struct lfb_run_arguments arguments;
	char *cpus = NULL;
	uint64_t limit_ns;
	int rc, output_error;

	rc = lfb_pinning_resolve(&s->pinning, shape->pin, threads, &list, error);
	if (rc != 0)
		return rc;
	cpus = lfb_cpu_list_text(&list);
	limit_ns = child_limit_ns(s, threads, &list);
	lfb_cpu_list_clear(&list);
	if (cpus == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	lfb_run_make_arguments(s, cpus, rate_per_s, &arguments);
	s->rows_of_launch = 0;
	s->child_row_bad = false;
	rc = lfb_child_run(arguments.list, limit_ns, s->run->interrupted, &child, error);
	free(cpus);
	if (rc != 0)
		return rc;
	s->outcome->interrupted = child.interrupted;
	if (!child.interrupted) {
		output_error = lfb_run_take_output(s, &child);
		if (s->outcome->sink_error == 0 && !s->child_row_bad && (s->rows_of_launch < s->trials || output_error != 0))
			rc = explain_end(s, &child, output_error);
		s->dropped[s->cell - s->run->plan->cells] = s->child_row_bad || s->rows_of_launch < s->trials;
	}
	lfb_child_result_free(&child);
	return s->outcome->sink_error != 0 ? 0 : rc;
}

static void report(struct lfb_run_state *s, const struct lfb_plan_cell *next)
{
	const size_t left = s->launches_total - s->launches_done;
	const uint64_t elapsed_ns = lfb_clock_now_ns() - s->start_ns;
	const uint64_t each_ns = s->run_launches > 0 ? elapsed_ns / s->run_launches
						     : lfb_plan_estimate_ns(s->run->plan, s->run->options) / (s->launches_total + 1);
	const struct lfb_run_progress progress = {
		.done = s->launches_done, .total = s->launches_total, .cell = next, .elapsed_ns = elapsed_ns, .left_ns = each_ns * left
	};

	s->run->sink.on_progress(&progress, s->run->sink.context);
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct lfb_plan_cell *const *)a)->id, (*(const struct lfb_plan_cell *const *)b)->id);
}

/* What an earlier part of the run measured still counts, for rates that are parts of it. */
static int take_up_rates(struct lfb_run_state *s, const struct lfb_plan_cell **sorted)
{
	const struct lfb_plan *const plan = s->run->plan;
	const struct lfb_rows *const rows = s->run->earlier_rows;
	int rc = 0;

	for (size_t i = 0; i < plan->cell_count; i++)
		sorted[i] = &plan->cells[i];
	qsort(sorted, plan->cell_count, sizeof(sorted[0]), by_id);
	for (size_t r = 0; rc == 0 && r < rows->count; r++) {
		struct lfb_plan_cell key;
		const struct lfb_plan_cell *const wanted = &key;
		const struct lfb_plan_cell **found;

		(void)snprintf(key.id, sizeof(key.id), "%s", lfb_row_get(&rows->rows[r], LFB_COL_cell_id));
		found = (const struct lfb_plan_cell **)bsearch(&wanted, sorted, plan->cell_count, sizeof(sorted[0]), by_id);
		if (found != NULL)
			rc = lfb_run_rates_add(s, (size_t)(*found - plan->cells), &rows->rows[r]);
	}
	return rc;
}

/* Cells that an earlier part of the run gave up on stay given up. */
static int take_up_earlier(struct lfb_run_state *s)
{
	const size_t cells = s->run->plan->cell_count;
	const struct lfb_plan_cell **sorted;
	int rc = -ENOMEM;

	for (size_t i = 0; i < cells; i++)
		s->dropped[i] = lfb_done_cell_failed(s->run->earlier, s->run->plan->cells[i].id);
	if (s->run->earlier_rows == NULL || s->run->earlier_rows->count == 0)
		return 0;
	sorted = (const struct lfb_plan_cell **)calloc(cells + 1, sizeof(sorted[0]));
	if (sorted != NULL)
		rc = take_up_rates(s, sorted);
	free(sorted);
	return rc;
}

/* The rows of cells that cannot be started at all: known before anything runs. */
static int deliver_unrunnable(struct lfb_run_state *s)
{
	int rc = 0;

	s->launch = s->order = 1;
	for (size_t i = 0; rc == 0 && i < s->run->plan->cell_count; i++) {
		const struct lfb_plan_cell *const cell = &s->run->plan->cells[i];

		if (cell->status != LFB_STATUS_OK && !s->dropped[i])
			rc = deliver_own(s, cell, cell->status, cell->reason);
	}
	return rc;
}

/* One launch of the plan: of a cell whose rate is not known, only the row that says so. */
static int run_launch(struct lfb_run_state *s, const struct lfb_plan_launch *launch, struct lfb_error *error)
{
	uint64_t rate_per_s;
	int rc;

	s->cell = &s->run->plan->cells[launch->cell];
	s->launch = launch->launch;
	s->pilot = launch->pilot;
	s->trials = lfb_plan_trials(s->run->options, s->cell->shape.pass);
	if (s->dropped[launch->cell] || lfb_done_launch(s->run->earlier, s->cell->id, s->launch))
		return 0;
	report(s, s->cell);
	rate_per_s = lfb_run_rate(s, launch->cell);
	if (lfb_shape_is_open(&s->cell->shape) && rate_per_s == 0) {
		s->dropped[launch->cell] = true;
		rc = deliver_own(s, s->cell, LFB_STATUS_UNSUPPORTED, "a load is a part of the saturation, and that has no figure here");
	} else {
		rc = launch_once(s, rate_per_s, error);
		s->run_launches++;
	}
	if (rc == 0 && s->outcome->sink_error == 0)
		s->outcome->sink_error = s->run->sink.on_launch_end(s->run->sink.context);
	return rc;
}

static int run_launches(struct lfb_run_state *s, const struct lfb_plan_launch *launches, size_t count, struct lfb_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count && s->outcome->sink_error == 0 && !s->outcome->interrupted; i++) {
		s->order = s->launches_done + 1;
		rc = run_launch(s, &launches[i], error);
		s->launches_done++;
	}
	return rc;
}

/* The second stage of --precision: as many fresh launches of each cell as its pilot says. */
static int run_fresh(struct lfb_run_state *s, struct lfb_error *error)
{
	struct lfb_plan_launch *launches = NULL;
	size_t count = 0;
	int rc;

	if (s->run->options->precision <= 0 || s->outcome->interrupted || s->outcome->sink_error != 0)
		return 0;
	rc = lfb_run_fresh_launches(s, &launches, &count);
	if (rc != 0)
		return lfb_fail(error, rc, "out of memory");
	s->launches_total += count;
	rc = run_launches(s, launches, count, error);
	free(launches);
	return rc;
}

static int run_all(struct lfb_run_state *s, struct lfb_error *error)
{
	const struct lfb_plan *const plan = s->run->plan;
	int rc = take_up_earlier(s);

	if (rc == 0)
		rc = deliver_unrunnable(s);
	if (rc != 0)
		return lfb_fail(error, rc, "out of memory");
	s->launches_total = plan->launch_count;
	rc = run_launches(s, plan->launches, plan->launch_count, error);
	if (rc == 0)
		rc = run_fresh(s, error);
	if (rc == 0 && !s->outcome->interrupted)
		report(s, NULL);
	return rc;
}

int lfb_run(const struct lfb_run *run, struct lfb_run_outcome *outcome, struct lfb_error *error)
{
	struct lfb_run_state s = { .run = run, .outcome = outcome, .start_ns = lfb_clock_now_ns() };
	int rc;

	memset(outcome, 0, sizeof(*outcome));
	s.dropped = (bool *)calloc(run->plan->cell_count + 1, sizeof(s.dropped[0]));
	rc = s.dropped == NULL ? -ENOMEM : lfb_run_rates_make(&s);
	if (rc != 0)
		(void)lfb_fail(error, rc, "out of memory");
	else
		rc = lfb_pinning_load(&s.pinning, error);
	if (rc == 0) {
		rc = run_all(&s, error);
		lfb_pinning_free(&s.pinning);
	}
	lfb_run_rates_free(&s);
	lfb_run_histories_free(&s);
	free(s.dropped);
	return outcome->sink_error != 0 ? 0 : rc;
}
