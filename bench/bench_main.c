/*
 * bench_main.c - a benchmark binary: parse, load, run, write, exit. One cell, one process.
 *
 * With --csv the rows go to a file (- is standard output); without it a summary for
 * people goes to standard output. Diagnostics go to standard error.
 */
#include "bench_main.h"
#include "bench_print.h"

#include "machine/affinity.h"
#include "trial/arena.h"
#include "results/csv_file.h"
#include "machine/env.h"
#include "trial/launch.h"
#include "plan/names.h"
#include "plan/options.h"
#include "plugin/paths.h"
#include "machine/pinning.h"
#include "plan/plan.h"
#include "commands/show/render.h"
#include "run/run.h"
#include "commands/signals.h"
#include "version.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void print_help(const struct lfb_workload *workload)
{
	(void)printf("%s - %s\n\n"
		     "Usage: %s --backend NAME [options]\n\n"
		     "Runs one cell: an untimed audit that checks every single value, then the timed trials.\n"
		     "A figure is shown only if the queue behaved in that very trial.\n\nOptions:\n",
		     workload->name, workload->summary, workload->name);
	lfb_options_print(stdout, LFB_SCOPE_BENCH, workload->name);
	(void)printf("\nExamples:\n"
		     "  %s --backend mutex_ring --items 1e6 --csv -\n"
		     "  %s --backend ck_ring_mpmc --capacity 256 --trials 10\n"
		     "  %s --backend ./my_queue.so --pin cpus:0+1\n"
		     "\nExit status: 0 done; 2 wrong usage or not a usable backend; 4 crashed, hung or failed\n"
		     "verification; 77 this backend cannot run this cell; 128+N interrupted by signal N.\n"
		     "See lfbench(1) for the other commands and lfbench-csv(5) for the columns.\n",
		     workload->name, workload->name, workload->name);
}

static int on_row(const struct lfb_row *row, void *context)
{
	struct bench_output *const out = (struct bench_output *)context;
	int rc;

	if (out->csv == NULL) {
		bench_print_trial(out, row);
		return 0;
	}
	rc = lfb_csv_write_row(lfb_out_stream(out->csv), row);
	return rc != 0 ? rc : lfb_out_flush(out->csv);
}

static int on_detail(const struct lfb_detail *detail, void *context)
{
	struct bench_output *const out = (struct bench_output *)context;

	if (out->csv == NULL && detail->thread[0] == '\0' && strcmp(detail->metric, "sample_every") != 0)
		bench_print_own_figure(detail);
	return out->detail == NULL ? 0 : lfb_detail_write(lfb_out_stream(out->detail), detail);
}

static int on_hist(const struct lfb_hist_line *line, void *context)
{
	struct bench_output *const out = (struct bench_output *)context;

	return out->hist == NULL ? 0 : lfb_hist_write(lfb_out_stream(out->hist), line);
}

static int usage_error(const char *workload, const char *text)
{
	(void)fprintf(stderr, "%s: ", workload);
	render_safe(stderr, text);
	(void)fprintf(stderr, "\n");
	return 2;
}

/* Where rows and details go; found out before anything runs. */
static int open_output(const struct lfb_options *options, struct bench_output *out, struct lfb_error *error)
{
	const unsigned flags = options->force ? LFB_OUT_FORCE : 0;
	int rc = 0;

	out->ns_per_op = (double *)calloc(options->trials, sizeof(out->ns_per_op[0]));
	if (out->ns_per_op == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	if (options->csv != NULL) {
		rc = lfb_out_open(options->csv, flags, &out->csv, error);
		if (rc == 0)
			rc = lfb_csv_write_header(lfb_out_stream(out->csv));
	}
	if (rc == 0 && options->detail != NULL) {
		rc = lfb_out_open(options->detail, flags, &out->detail, error);
		if (rc == 0)
			rc = lfb_detail_write_header(lfb_out_stream(out->detail));
	}
	if (rc == 0 && options->hist != NULL) {
		rc = lfb_out_open(options->hist, flags, &out->hist, error);
		if (rc == 0)
			rc = lfb_hist_write_header(lfb_out_stream(out->hist));
	}
	if (rc == 0 && options->log != NULL)
		rc = lfb_out_open(options->log, flags, &out->log, error);
	return rc;
}

/* Close without results: nothing was run. */
static void abandon_output(struct bench_output *out)
{
	lfb_out_abandon(out->csv);
	lfb_out_abandon(out->detail);
	lfb_out_abandon(out->hist);
	lfb_out_abandon(out->log);
	free(out->ns_per_op);
}

/* Make the results final. Returns 0 or -errno. */
static int close_output(struct bench_output *out)
{
	int rc = 0;

	if (out->csv != NULL)
		rc = lfb_out_commit(out->csv);
	if (out->detail != NULL && lfb_out_commit(out->detail) != 0 && rc == 0)
		rc = -EIO;
	if (out->hist != NULL && lfb_out_commit(out->hist) != 0 && rc == 0)
		rc = -EIO;
	if (out->log != NULL && lfb_out_commit(out->log) != 0 && rc == 0)
		rc = -EIO;
	free(out->ns_per_op);
	return rc;
}

/* The CPUs of the threads: as resolved by lfbench run, or by looking at the machine here. */
static int find_cpus(const struct lfb_options *options, unsigned threads, struct lfb_cpu_list *cpus, unsigned *usable,
		     struct lfb_error *error)
{
	struct lfb_pinning pinning = { .topology = NULL };
	int rc;

	if (options->cpus != NULL) {
		struct lfb_cpu_list allowed = { 0 };

		*usable = lfb_affinity_read(&allowed) == 0 ? (unsigned)allowed.count : 1;
		lfb_cpu_list_clear(&allowed);
		rc = options->cpus[0] == '\0' ? 0 : lfb_cpu_list_parse(options->cpus, cpus, error);
		if (rc == 0 && cpus->count > 0 && cpus->count < threads)
			rc = lfb_fail(error, -EINVAL, "--cpus: %zu CPUs for %u threads", cpus->count, threads);
		return rc;
	}
	rc = lfb_pinning_load(&pinning, error);
	if (rc == 0) {
		*usable = pinning.usable;
		rc = lfb_pinning_resolve(&pinning, options->pin, threads, cpus, error);
		lfb_pinning_free(&pinning);
	}
	return rc;
}

/* Part of the memory that is free which an unbounded queue may fill. */
#define MEMORY_PART 0.8

/*
 * Let malloc fail before the machine runs out of memory: a producer that outruns its consumers
 * then ends its trial as status=resource, instead of waking the kernel's OOM killer. A sanitizer's
 * shadow memory counts as data, so its builds go without.
 */
static void limit_memory(void)
{
	struct rlimit limit;
	const double bytes = (double)lfb_memory_available_bytes() * MEMORY_PART;

	if (strstr(lfb_env_build_flags(), "sanitizer") != NULL || getrlimit(RLIMIT_DATA, &limit) != 0)
		return;
	if (limit.rlim_cur == RLIM_INFINITY || (double)limit.rlim_cur > bytes)
		limit.rlim_cur = (rlim_t)bytes;
	(void)setrlimit(RLIMIT_DATA, &limit);
}

/* What a cell needs, found before anything runs. */
struct job {
	struct lfb_shape shape;
	char path[PATH_MAX];
	struct lfb_cpu_list cpus;
	unsigned usable;
	struct bench_output out;
};

static int prepare(const struct lfb_options *options, const struct lfb_workload *workload, struct job *job, struct lfb_error *error)
{
	struct lfb_paths paths;
	char counting[PATH_MAX];
	int rc = lfb_plan_single_shape(options, workload, &job->shape, error);

	if (rc == 0)
		rc = lfb_paths_find(&paths, error);
	if (rc == 0)
		rc = lfb_backend_path(&paths, options->backends, job->shape.pool, job->path, error);
	/* Without a counting flavour the timing one is looked at: what kernel and CPU count is there all the same. */
	if (rc == 0 && job->shape.pass == LFB_PASS_CONTENTION && lfb_counting_path(job->path, counting))
		(void)snprintf(job->path, sizeof(job->path), "%s", counting);
	if (rc == 0)
		rc = find_cpus(options, lfb_workload_threads(workload, job->shape.producers, job->shape.consumers), &job->cpus, &job->usable, error);
	if (rc == 0)
		rc = open_output(options, &job->out, error);
	if (rc != 0) {
		abandon_output(&job->out);
		lfb_cpu_list_clear(&job->cpus);
	}
	return rc;
}

static enum lfb_status launch(const struct lfb_options *options, struct job *job, bool *hung, int *failed)
{
	char run_id[LFB_RUN_ID_BYTES];
	struct lfb_launch launch = {
		.identity = { .run_id = options->run_id, .launch = options->launch, .order = options->order, .seed = options->seed },
		.shape = job->shape,
		.path = job->path,
		.label = options->label,
		.items = options->items,
		.duration_ns = options->duration_ns,
		.audit_items = options->audit_items,
		.trials = options->trials,
		.brief_histograms = options->brief_histograms,
		.timeout_ns = options->timeout_ns,
		.cpus = job->cpus.count > 0 ? job->cpus.cpus : NULL,
		.cpus_usable = job->usable,
		.log = job->out.log != NULL ? lfb_out_stream(job->out.log) : NULL,
		.interrupted = &signals_caught,
		.on_row = on_row,
		.on_detail = on_detail,
		.on_hist = on_hist,
		.context = &job->out,
	};

	if (launch.identity.run_id == NULL) {
		lfb_run_id_make(run_id);
		launch.identity.run_id = run_id;
	}
	return lfb_launch_run(&launch, hung, failed);
}

static int run_cell(const struct lfb_options *options, const struct lfb_workload *workload)
{
	struct job job = { .out = { .workload = workload->name } };
	struct lfb_error error = { "out of memory" };
	enum lfb_status status;
	bool hung = false;
	int failed = 0, rc;

	if (prepare(options, workload, &job, &error) != 0)
		return usage_error(workload->name, error.text);
	status = launch(options, &job, &hung, &failed);
	lfb_cpu_list_clear(&job.cpus);
	if (failed == 0)
		bench_print_median(&job.out);
	rc = close_output(&job.out);
	if (rc != 0 || failed != 0) {
		(void)fprintf(stderr, "%s: the results cannot be written: %s\n", workload->name, strerror(-(failed != 0 ? failed : rc)));
		return 2;
	}
	if (hung) {
		/* Threads are still inside the queue: run no destructors under them. */
		(void)fflush(stdout);
		_exit(4);
	}
	return signals_caught ? signals_exit_code() : lfb_status_exit_code(status);
}

int bench_main(const char *name, int argc, char **argv)
{
	const struct lfb_workload *const workload = &lfb_workloads[lfb_name_find(lfb_workload_names, name)];
	struct lfb_options options;
	struct lfb_error error;
	int code;

	if (lfb_options_parse(&options, LFB_SCOPE_BENCH, argc, argv, &error) != 0)
		return usage_error(name, error.text);
	if (options.help) {
		print_help(workload);
		return 0;
	}
	if (options.version) {
		(void)printf("%s of lfbench %s (%s)\n", name, LFB_VERSION, LFB_COMMIT);
		return 0;
	}
	if (options.backends == NULL)
		return usage_error(name, "no --backend given; 'lfbench list' shows what there is");
	signals_catch();
	limit_memory();
	code = run_cell(&options, workload);
	lfb_options_free(&options);
	return code;
}
