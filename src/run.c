/* run.c - see run.h. */
#include "run.h"

#include "child.h"
#include "clock.h"
#include "csv_file.h"
#include "launch.h"
#include "names.h"
#include "numbers.h"
#include "pinning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Arguments of a child at most: about 20 options with their values. */
#define ARGUMENTS_MAX 48
#define ARGUMENT_BYTES 96
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

struct state {
	const struct lfb_run *run;
	struct lfb_run_outcome *outcome;
	struct lfb_pinning pinning;
	bool *dropped; /* per cell: its one bad row is written, it is not launched again */
	const struct lfb_plan_cell *cell; /* of the current launch */
	uint64_t launch, order;
	uint64_t rows_of_launch;
	bool child_row_bad; /* the child itself said how it failed */
	uint64_t start_ns, run_launches;
};

static bool is_bad(const char *status)
{
	return strcmp(status, "ok") != 0 && strcmp(status, "unsupported") != 0;
}

static int deliver(struct state *s, const struct lfb_row *row)
{
	if (s->outcome->sink_error == 0)
		s->outcome->sink_error = s->run->sink.on_row(row, s->run->sink.context);
	s->outcome->rows++;
	s->outcome->bad_rows += is_bad(lfb_row_get(row, LFB_COL_status));
	return s->outcome->sink_error;
}

/* A row that the parent writes because the cell's process cannot. */
static int deliver_own(struct state *s, const struct lfb_plan_cell *cell, enum lfb_status status, const char *reason)
{
	const struct lfb_inspection *const inspection = &cell->backend->inspection;
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
	rc = row.failed ? -ENOMEM : deliver(s, &row);
	lfb_row_clear(&row);
	return rc;
}

/*
 * A row from the child. It ran somebody's plug-in, which may have written to the pipe: a row
 * that is not of this very launch is not believed.
 */
static int take_row(const struct lfb_row *row, void *context)
{
	struct state *const s = (struct state *)context;

	if (strcmp(lfb_row_get(row, LFB_COL_run_id), s->run->run_id) != 0 || strcmp(lfb_row_get(row, LFB_COL_cell_id), s->cell->id) != 0 ||
	    lfb_row_get_u64(row, LFB_COL_launch, 0) != s->launch || lfb_name_find(lfb_status_names, lfb_row_get(row, LFB_COL_status)) < 0)
		return -EBADMSG;
	s->rows_of_launch++;
	s->child_row_bad |= strcmp(lfb_row_get(row, LFB_COL_status), "ok") != 0;
	return deliver(s, row);
}

static int take_detail(struct state *s, const struct lfb_detail *detail)
{
	if (strcmp(detail->run_id, s->run->run_id) != 0 || strcmp(detail->cell_id, s->cell->id) != 0 || detail->launch != s->launch)
		return -EBADMSG;
	if (s->outcome->sink_error == 0)
		s->outcome->sink_error = s->run->sink.on_detail(detail, s->run->sink.context);
	return s->outcome->sink_error;
}

/* The per-thread lines, behind their header; an unfinished last one is left out. */
static int take_details(struct state *s, const struct lfb_child_output *output)
{
	char *line = output->bytes;
	int rc = 0;

	for (bool header = true; rc == 0 && line != NULL; header = false) {
		char *const end = strchr(line, '\n');
		struct lfb_detail detail;

		if (end == NULL)
			break;
		*end = '\0';
		if (!header) {
			rc = lfb_detail_parse(line, &detail);
			if (rc == 0)
				rc = take_detail(s, &detail);
		}
		line = end + 1;
	}
	return rc;
}

/* Parse what the child wrote. Returns 0, or -EBADMSG when it is not rows of this launch. */
static int take_output(struct state *s, const struct lfb_child_result *child)
{
	const struct lfb_csv_limits limits = { .torn_end = true };
	const struct lfb_child_output *const rows = &child->stream[0];
	struct lfb_csv_error csv_error;
	FILE *in;
	int rc = 0;

	if (rows->size > 0) {
		in = fmemopen(rows->bytes, rows->size, "r");
		if (in == NULL)
			return -ENOMEM;
		rc = lfb_csv_read(in, &limits, take_row, s, &csv_error);
		(void)fclose(in);
	}
	return rc != 0 ? rc : take_details(s, &child->stream[1]);
}

/* Arguments of one child, each in a slot of its own. */
struct arguments {
	char *list[ARGUMENTS_MAX];
	char text[ARGUMENTS_MAX][ARGUMENT_BYTES];
	size_t count;
	char program[PATH_MAX];
};

static void argue(struct arguments *a, const char *name, const char *value)
{
	a->list[a->count++] = (char *)(uintptr_t)name;
	a->list[a->count++] = (char *)(uintptr_t)value;
}

static void argue_number(struct arguments *a, const char *name, uint64_t value, const char *unit)
{
	char *const text = a->text[a->count];

	(void)snprintf(text, ARGUMENT_BYTES, "%" PRIu64 "%s", value, unit);
	argue(a, name, text);
}

static void make_arguments(const struct state *s, const char *cpus, struct arguments *a)
{
	const struct lfb_options *const o = s->run->options;
	const struct lfb_shape *const shape = &s->cell->shape;

	memset(a, 0, sizeof(*a));
	(void)snprintf(a->program, sizeof(a->program), "%.3000s/%s", s->run->paths->bench, shape->workload->name);
	a->list[a->count++] = a->program;
	argue(a, "--backend", s->cell->backend->path);
	argue(a, "--label", s->cell->backend->label);
	if (shape->workload->by_threads) {
		argue_number(a, "--threads", lfb_workload_threads(shape->workload, shape->producers, shape->consumers), "");
	} else {
		argue_number(a, "--producers", shape->producers, "");
		argue_number(a, "--consumers", shape->consumers, "");
	}
	argue_number(a, "--capacity", shape->capacity, "");
	argue_number(a, "--batch", shape->batch, "");
	argue(a, "--wait", lfb_wait_names[shape->wait]);
	argue(a, "--alloc", shape->pool ? "pool" : "malloc");
	argue(a, "--pin", shape->pin);
	argue(a, "--cpus", cpus);
	if (o->items > 0)
		argue_number(a, "--items", o->items, "");
	else
		argue_number(a, "--duration", o->duration_ns, "ns");
	argue_number(a, "--trials", o->trials, "");
	argue_number(a, "--audit-items", o->audit_items, "");
	argue_number(a, "--timeout", o->timeout_ns, "ns");
	argue_number(a, "--seed", s->run->plan->seed, "");
	argue(a, "--run-id", s->run->run_id);
	argue_number(a, "--launch", s->launch, "");
	argue_number(a, "--order", s->order, "");
	argue(a, "--csv", "fd:3");
	argue(a, "--detail", "fd:4");
}

static uint64_t child_limit_ns(const struct state *s, unsigned threads, const struct lfb_cpu_list *list)
{
	const unsigned distinct = list->count > 0 ? lfb_cpus_distinct(list->cpus, list->count) : s->pinning.usable;
	const uint64_t crowd = distinct > 0 ? (threads + distinct - 1) / distinct : threads;

	return lfb_sum_u64(lfb_product_u64(lfb_product_u64(s->run->options->trials + 2, s->run->options->timeout_ns), crowd), CHILD_SPARE_NS);
}

/* The row for a child that ended without saying why. */
static int explain_end(struct state *s, const struct lfb_child_result *child, int output_error)
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
			       s->rows_of_launch, s->run->options->trials);
	}
	return deliver_own(s, s->cell, status, reason);
}

static int launch_once(struct state *s, struct lfb_error *error)
{
	const struct lfb_shape *const shape = &s->cell->shape;
	const unsigned threads = lfb_workload_threads(shape->workload, shape->producers, shape->consumers);
	struct lfb_cpu_list list = { 0 };
	struct lfb_child_result child;
	struct arguments arguments;
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
	make_arguments(s, cpus, &arguments);
	s->rows_of_launch = 0;
	s->child_row_bad = false;
	rc = lfb_child_run(arguments.list, limit_ns, s->run->interrupted, &child, error);
	free(cpus);
	if (rc != 0)
		return rc;
	s->outcome->interrupted = child.interrupted;
	if (!child.interrupted) {
		output_error = take_output(s, &child);
		if (s->outcome->sink_error == 0 && !s->child_row_bad && s->rows_of_launch < s->run->options->trials)
			rc = explain_end(s, &child, output_error);
		s->dropped[s->cell - s->run->plan->cells] = s->child_row_bad || s->rows_of_launch < s->run->options->trials;
	}
	lfb_child_result_free(&child);
	return s->outcome->sink_error != 0 ? 0 : rc;
}

static void report(struct state *s, size_t done, const struct lfb_plan_cell *next)
{
	const size_t total = s->run->plan->launch_count;
	const uint64_t elapsed_ns = lfb_clock_now_ns() - s->start_ns;
	const uint64_t each_ns = s->run_launches > 0 ? elapsed_ns / s->run_launches : lfb_plan_launch_estimate_ns(s->run->options);
	const struct lfb_run_progress progress = {
		.done = done, .total = total, .cell = next, .elapsed_ns = elapsed_ns, .left_ns = each_ns * (total - done)
	};

	s->run->sink.on_progress(&progress, s->run->sink.context);
}

/* Cells that an earlier part of the run gave up on stay given up. */
static void drop_earlier(struct state *s)
{
	for (size_t i = 0; i < s->run->plan->cell_count; i++)
		s->dropped[i] = lfb_done_cell_failed(s->run->earlier, s->run->plan->cells[i].id);
}

/* The rows of cells that cannot be started at all: known before anything runs. */
static int deliver_unrunnable(struct state *s)
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

static int run_launches(struct state *s, struct lfb_error *error)
{
	const struct lfb_plan *const plan = s->run->plan;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < plan->launch_count; i++) {
		s->cell = &plan->cells[plan->launches[i].cell];
		s->launch = plan->launches[i].launch;
		s->order = i + 1;
		if (s->dropped[plan->launches[i].cell] ||
		    lfb_done_launch(s->run->earlier, s->cell->id, s->launch))
			continue;
		report(s, i, s->cell);
		rc = launch_once(s, error);
		s->run_launches++;
		if (rc == 0 && s->outcome->sink_error == 0)
			s->outcome->sink_error = s->run->sink.on_launch_end(s->run->sink.context);
		if (s->outcome->sink_error != 0 || s->outcome->interrupted)
			return 0;
	}
	if (rc == 0)
		report(s, plan->launch_count, NULL);
	return rc;
}

int lfb_run(const struct lfb_run *run, struct lfb_run_outcome *outcome, struct lfb_error *error)
{
	struct state s = { .run = run, .outcome = outcome, .start_ns = lfb_clock_now_ns() };
	int rc;

	memset(outcome, 0, sizeof(*outcome));
	s.dropped = (bool *)calloc(run->plan->cell_count + 1, sizeof(s.dropped[0]));
	if (s.dropped == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	rc = lfb_pinning_load(&s.pinning, error);
	if (rc == 0) {
		drop_earlier(&s);
		rc = deliver_unrunnable(&s);
		if (rc == 0)
			rc = run_launches(&s, error);
		lfb_pinning_free(&s.pinning);
	}
	free(s.dropped);
	return outcome->sink_error != 0 ? 0 : rc;
}
