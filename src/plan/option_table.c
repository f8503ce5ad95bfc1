/*
 * option_table.c - the table of options.h: each option is a row and a small function, and the defaults stand at the end.
 */
#include "plan/options.h"

#include "plan/cell.h"
#include "plan/names.h"
#include "plan/option_table.h"
#include "plan/pass.h"
#include "machine/topology.h"
#include "plan/workload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_when_names[] = { "auto", "always", "never", NULL };

#define THREADS_MAX 4096
#define CAPACITY_MAX (UINT64_C(1) << 30)
/* What a ring of 1024 slots holds that keeps one free (ck_ring): so all bounded queues get the same room. */
#define CAPACITY_DEFAULT 1023
#define COUNT_MAX (UINT64_C(1) << 40)
/* More than the throughput there is: to see what overload looks like. */
#define LOAD_MAX 400
#define PRECISION_MIN 0.1
#define PRECISION_MAX 50.0
#define TIME_MAX_NS (UINT64_C(86400) * 1000000000)

static int parse_count_in(const char *value, uint64_t min, uint64_t max, uint64_t *out, struct lfb_error *error)
{
	const int rc = lfb_parse_count(value, out, error);

	if (rc == 0 && (*out < min || *out > max))
		return lfb_fail(error, -EINVAL, "'%s' is outside %llu to %llu", value, (unsigned long long)min, (unsigned long long)max);
	return rc;
}

static int parse_time(const char *value, uint64_t *out_ns, struct lfb_error *error)
{
	const int rc = lfb_parse_duration(value, out_ns, error);

	if (rc == 0 && (*out_ns == 0 || *out_ns > TIME_MAX_NS))
		return lfb_fail(error, -EINVAL, "'%s' is outside 1ns to 24h", value);
	return rc;
}

static int parse_when(const char *value, enum lfb_when *out, struct lfb_error *error)
{
	const int found = lfb_name_find(lfb_when_names, value);

	if (found < 0)
		return lfb_fail(error, -EINVAL, "'%s' is not one of auto, always, never", value);
	*out = (enum lfb_when)found;
	return 0;
}

static int parse_workload(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (strcmp(value, "all") != 0)
		return lfb_parse_name_list(value, lfb_workload_names, &o->workloads, error);
	for (o->workloads.count = 0; lfb_workload_names[o->workloads.count] != NULL; o->workloads.count++)
		o->workloads.values[o->workloads.count] = o->workloads.count;
	return 0;
}

/* A list of times: "0,100ns,1us". */
static int parse_time_list(const char *value, uint64_t max_ns, struct lfb_list *list, struct lfb_error *error)
{
	char *text, *rest = NULL;
	int rc = 0;

	if (value[0] == '\0' || value[0] == ',' || strstr(value, ",,") != NULL || value[strlen(value) - 1] == ',')
		return lfb_fail(error, -EINVAL, "the list '%s' has an empty item", value);
	text = strdup(value);
	if (text == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	list->count = 0;
	for (char *item = text; rc == 0 && (item = strtok_r(item, ",", &rest)) != NULL; item = NULL) {
		uint64_t *const ns = &list->values[list->count];

		*ns = 0;
		if (list->count == LFB_LIST_MAX)
			rc = lfb_fail(error, -EINVAL, "the list has more than %d items", LFB_LIST_MAX);
		else if (strcmp(item, "0") != 0)
			rc = lfb_parse_duration(item, ns, error);
		if (rc == 0 && *ns > max_ns)
			rc = lfb_fail(error, -EINVAL, "'%s' is more than %llu ns", item, (unsigned long long)max_ns);
		for (size_t i = 0; rc == 0 && i < list->count; i++)
			if (list->values[i] == *ns)
				rc = lfb_fail(error, -EINVAL, "'%s' is given twice", item);
		list->count += rc == 0;
	}
	free(text);
	return rc;
}

static int parse_param(struct lfb_options *o, enum lfb_param param, const char *value, struct lfb_error *error)
{
	const struct lfb_param_info *const info = &lfb_params[param];
	struct lfb_list *const list = &o->params[param];

	switch (info->kind) {
	case LFB_PARAM_TIME:
		return parse_time_list(value, info->max, list, error);
	case LFB_PARAM_WORD:
		return lfb_parse_name_list(value, info->words, list, error);
	case LFB_PARAM_COUNT:
		break;
	}
	return lfb_parse_count_list(value, info->min, info->max, list, error);
}

#define PARSE_PARAM(id, ...)                                                                                           \
	static int parse_param_##id(struct lfb_options *o, const char *value, struct lfb_error *error)                 \
	{                                                                                                              \
		return parse_param(o, LFB_PARAM_##id, value, error);                                                   \
	}
LFB_PARAMS(PARSE_PARAM)
#undef PARSE_PARAM

static int parse_backend(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (value[0] == '\0' || value[0] == ',' || strstr(value, ",,") != NULL || value[strlen(value) - 1] == ',')
		return lfb_fail(error, -EINVAL, "the list '%s' has an empty item", value);
	free(o->backends);
	o->backends = strdup(value);
	return o->backends != NULL ? 0 : lfb_fail(error, -ENOMEM, "out of memory");
}

static int parse_producers(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->sides_given = o->producers_given = true;
	return lfb_parse_count_list(value, 1, THREADS_MAX, &o->producers, error);
}

static int parse_consumers(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->sides_given = o->consumers_given = true;
	return lfb_parse_count_list(value, 1, THREADS_MAX, &o->consumers, error);
}

static int parse_threads(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->threads_given = true;
	return lfb_parse_count_list(value, 1, THREADS_MAX, &o->threads, error);
}

static int parse_capacity(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->capacity_given = true;
	return lfb_parse_count_list(value, 1, CAPACITY_MAX, &o->capacities, error);
}

static int parse_batch(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return lfb_parse_count_list(value, 1, LFB_BATCH_MAX, &o->batches, error);
}

static int parse_wait(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->waits_given = true;
	return lfb_parse_name_list(value, lfb_wait_names, &o->waits, error);
}

static int parse_alloc(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	static const char *const choices[] = { "malloc", "pool", NULL };

	return lfb_parse_name_list(value, choices, &o->allocs, error);
}

static int parse_pin(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	struct lfb_cpu_list list = { 0 };
	enum lfb_pin policy;
	const int rc = lfb_pin_parse(value, &policy, &list, error);

	lfb_cpu_list_clear(&list);
	o->pin = value;
	return rc;
}

/* "all", or a list of passes. */
static int parse_pass(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (strcmp(value, "all") != 0)
		return lfb_parse_name_list(value, lfb_pass_names, &o->passes, error);
	o->passes.count = LFB_PASSES;
	for (uint64_t pass = 0; pass < LFB_PASSES; pass++)
		o->passes.values[pass] = pass;
	return 0;
}

static int parse_rate(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return lfb_parse_count_list(value, 1, LFB_RATE_MAX, &o->rates, error);
}

static int parse_load(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return lfb_parse_count_list(value, 1, LOAD_MAX, &o->loads, error);
}

static int parse_histograms(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->brief_histograms = strcmp(value, "brief") == 0;
	if (!o->brief_histograms && strcmp(value, "full") != 0)
		return lfb_fail(error, -EINVAL, "'%s' is not one of full, brief", value);
	return 0;
}

static int parse_arrivals(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	const int found = lfb_name_find(lfb_arrival_names, value);

	if (found < 0)
		return lfb_fail(error, -EINVAL, "'%s' is not one of poisson, fixed", value);
	o->arrival = (enum lfb_arrival)found;
	return 0;
}

/* "2%": the half-width of the interval, as a part of the median. */
static int parse_precision(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	char *end;
	const double percent = strtod(value, &end);

	if (end == value || strcmp(end, "%") != 0 || value[0] == ' ' || !(percent >= PRECISION_MIN && percent <= PRECISION_MAX))
		return lfb_fail(error, -EINVAL, "'%s' is not a percentage of 0.1%% to 50%%, as in 2%%", value);
	o->precision = percent / 100;
	return 0;
}

static int parse_quick(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)value;
	(void)error;
	o->quick = true;
	return 0;
}

static int parse_items(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->items_given = true;
	return parse_count_in(value, 1, COUNT_MAX, &o->items, error);
}

static int parse_duration(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->duration_given = true;
	return parse_time(value, &o->duration_ns, error);
}

static int parse_trials(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->trials_given = true;
	return parse_count_in(value, 1, 1000000, &o->trials, error);
}

static int parse_launches(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_count_in(value, 1, 1000000, &o->launches, error);
}

static int parse_audit_items(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_count_in(value, 1, UINT64_C(1) << 32, &o->audit_items, error);
}

static int parse_timeout(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_time(value, &o->timeout_ns, error);
}

static int parse_seed(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->seed_given = true;
	return parse_count_in(value, 0, UINT64_MAX, &o->seed, error);
}

static int parse_csv(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (value[0] == '\0')
		return lfb_fail(error, -EINVAL, "the file name is empty");
	o->csv = value;
	return 0;
}

static int parse_out(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (value[0] == '\0')
		return lfb_fail(error, -EINVAL, "the file name is empty");
	o->out = value;
	return 0;
}

static int parse_export(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (o->export_count == EXPORT_TARGETS_MAX)
		return lfb_fail(error, -EINVAL, "more than %u exports", EXPORT_TARGETS_MAX);
	return export_parse_target(value, &o->exports[o->export_count++], error);
}

static int parse_force(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)value;
	(void)error;
	o->force = true;
	return 0;
}

static int parse_resume(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	if (value[0] == '\0')
		return lfb_fail(error, -EINVAL, "the file name is empty");
	o->resume = value;
	return 0;
}

static int parse_shard(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	const char *const slash = strchr(value, '/');
	char first[32];

	if (slash == NULL || (size_t)(slash - value) >= sizeof(first))
		return lfb_fail(error, -EINVAL, "'%s' is not of the form I/N, as in 2/4", value);
	memcpy(first, value, (size_t)(slash - value));
	first[slash - value] = '\0';
	if (parse_count_in(slash + 1, 1, 100000, &o->shards, error) != 0)
		return -EINVAL;
	return parse_count_in(first, 1, o->shards, &o->shard, error);
}

static int parse_dry_run(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)value;
	(void)error;
	o->dry_run = true;
	return 0;
}

static int parse_progress(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_when(value, &o->progress, error);
}

static int parse_color(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_when(value, &o->color, error);
}

static int parse_help(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)value;
	(void)error;
	o->help = true;
	return 0;
}

static int parse_version(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)value;
	(void)error;
	o->version = true;
	return 0;
}

static int parse_detail(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)error;
	o->detail = value;
	return 0;
}

static int parse_run_id(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)error;
	o->run_id = value;
	return 0;
}

static int parse_label(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)error;
	o->label = value;
	return 0;
}

static int parse_cpus(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)error;
	o->cpus = value;
	return 0;
}

static int parse_load_of(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_count_in(value, 1, LFB_LOAD_SATURATION, &o->load_of, error);
}

static int parse_hist(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)error;
	o->hist = value;
	return 0;
}

static int parse_log(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	(void)error;
	o->log = value;
	return 0;
}

static int parse_launch(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_count_in(value, 1, COUNT_MAX, &o->launch, error);
}

static int parse_order(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return parse_count_in(value, 1, COUNT_MAX, &o->order, error);
}

#define BENCH LFB_SCOPE_BENCH
#define RUN LFB_SCOPE_RUN
#define HIDDEN (LFB_SCOPE_BENCH | LFB_SCOPE_HIDDEN)
#define RESUME LFB_SCOPE_RESUME

const struct lfb_option lfb_option_table[] = {
	{ "workload", 'w', "NAME", RUN, "workloads to run, or all (default: producer_consumer, pairs, ping_pong)", parse_workload, NULL, lfb_workload_names },
	{ "backend", 'b', "NAME|FILE.so", BENCH | RUN, "the queue: a name of 'lfbench list' or a plug-in's file (run: default all)", parse_backend, NULL, NULL },
	{ "producers", 'p', "N", BENCH | RUN, "threads that push (default 1)", parse_producers, NULL, NULL },
	{ "consumers", 'c', "N", BENCH | RUN, "threads that pop (default 1)", parse_consumers, NULL, NULL },
	{ "threads", 't', "N", BENCH | RUN, "threads, for workloads in which each pushes and pops (default 2)", parse_threads, NULL, NULL },
	{ "capacity", 0, "N", BENCH | RUN, "items a bounded queue is to hold (default 1023)", parse_capacity, NULL, NULL },
	{ "batch", 0, "N", BENCH | RUN, "items per push and pop call, 1 to 256 (default 1)", parse_batch, NULL, NULL },
	{ "wait", 0, "HOW", BENCH | RUN, "when full or empty: spin, backoff, yield, park (sleep until woken), or block, the backend's own (default backoff; yield where threads exceed CPUs)", parse_wait, NULL, lfb_wait_names },
	{ "workers", 0, "N", BENCH | RUN, "threads that pop: another name for --consumers", parse_consumers, "worker_pool echo_server spawn_join stop", NULL },
#define PARAM_ROW(id, option, value, kind, words, preset, min, max, workloads, column, help)                            \
	{ option, 0, value, BENCH | RUN, help, parse_param_##id, workloads, words },
	LFB_PARAMS(PARAM_ROW)
#undef PARAM_ROW
	{ "alloc", 0, "HOW", BENCH | RUN, "nodes of linked queues from malloc or pool; rings have none (default malloc)", parse_alloc, NULL, NULL },
	{ "pin", 0, "POLICY", BENCH | RUN, "threads to CPUs: compact, spread, socket, smt, none, or cpus:0+2+4-7 (default compact)", parse_pin, NULL, NULL },
	{ "pass", 0, "PASS", BENCH | RUN, "what to measure: throughput, latency, contention or all (default throughput)", parse_pass, NULL, NULL },
	{ "rate", 0, "N", BENCH | RUN, "latency in an open loop: items per second, over all producers", parse_rate, NULL, NULL },
	{ "load", 0, "PERCENT", RUN, "the same, in percent of the saturation measured first, as 25,50,75,90", parse_load, NULL, NULL },
	{ "arrivals", 0, "HOW", BENCH | RUN, "open loop: times of the items, poisson or fixed (default poisson)", parse_arrivals, NULL, NULL },
	{ "histograms", 0, "HOW", BENCH | RUN, "lines of FILE.hist.csv: full, buckets 0.1 % wide, or brief, 1.6 % (default full)", parse_histograms, NULL, NULL },
	{ "items", 'n', "N", BENCH | RUN, "items per trial, as 200000, 200k or 2e5 (default: by --duration)", parse_items, NULL, NULL },
	{ "duration", 'd', "TIME", BENCH | RUN, "length of a trial, turned into items by a calibrating trial (default 25ms)", parse_duration, NULL, NULL },
	{ "trials", 0, "N", BENCH | RUN, "timed trials per launch (default 3); 1 for latency and contention unless given", parse_trials, NULL, NULL },
	{ "launches", 'l', "N", RUN, "processes per cell; intervals need at least 6 (default 6)", parse_launches, NULL, NULL },
	{ "precision", 0, "PERCENT", RUN, "as many launches as make the interval of the throughput this narrow (2%: +-2%), after a pilot of --launches", parse_precision, NULL, NULL },
	{ "quick", 0, NULL, RUN, "one trial of 10 ms per launch, throughput only: the default sweep within 30 s", parse_quick, NULL, NULL },
	{ "audit-items", 0, "N", BENCH | RUN, "items of the untimed, exact audit before the trials (default 10k)", parse_audit_items, NULL, NULL },
	{ "timeout", 0, "TIME", BENCH | RUN, "limit for one trial, times the threads per CPU (default 10s)", parse_timeout, NULL, NULL },
	{ "seed", 's', "N", BENCH | RUN, "seed of the random order, for the same order again (default: from the clock)", parse_seed, NULL, NULL },
	{ "csv", 0, "FILE", BENCH, "rows to this file, - for standard output, instead of a summary", parse_csv, NULL, NULL },
	{ "out", 'o', "FILE.csv", RUN, "results to this file, - for standard output (default: a name from time and host, in results/ if there is one)", parse_out, NULL, NULL },
	{ "export", 0, "FORMAT[=FILE]", RUN | RESUME, "also write the results as github-action-benchmark, bmf, benchfmt, google-benchmark, hyperfine, junit, markdown or json; may be repeated (default: beside the results)", parse_export, NULL, export_format_names },
	{ "force", 'f', NULL, BENCH | RUN, "replace a results file that exists", parse_force, NULL, NULL },
	{ "resume", 0, "FILE.csv", RUN | RESUME, "go on with an interrupted run; its options and seed are read from its companion", parse_resume, NULL, NULL },
	{ "shard", 0, "I/N", RUN, "only the I-th of N equal parts of the plan", parse_shard, NULL, NULL },
	{ "dry-run", 0, NULL, RUN | RESUME, "show the plan, run nothing", parse_dry_run, NULL, NULL },
	{ "progress", 0, "WHEN", RUN | RESUME, "auto, always or never (default auto: on a terminal a line, else one every 10 s)", parse_progress, NULL, NULL },
	{ "color", 0, "WHEN", RUN | RESUME, "auto, always or never; auto honours NO_COLOR (default auto)", parse_color, NULL, NULL },
	{ "help", 'h', NULL, BENCH | RUN | RESUME, "this text", parse_help, NULL, NULL },
	{ "version", 'V', NULL, BENCH, "version and revision", parse_version, NULL, NULL },
	{ "detail", 0, "FILE", HIDDEN, "per-thread figures to this file", parse_detail, NULL, NULL },
	{ "hist", 0, "FILE", HIDDEN, "latency histograms to this file", parse_hist, NULL, NULL },
	{ "log", 0, "FILE", HIDDEN, "sampled operations of --check history to this file, to be judged by who reads it", parse_log, NULL, NULL },
	{ "load-of", 0, "PERCENT", HIDDEN, "the load that --rate stands for", parse_load_of, NULL, NULL },
	{ "run-id", 0, "ID", HIDDEN, "run_id column", parse_run_id, NULL, NULL },
	{ "label", 0, "TEXT", HIDDEN, "backend column", parse_label, NULL, NULL },
	{ "cpus", 0, "LIST", HIDDEN, "CPUs of the threads, already resolved", parse_cpus, NULL, NULL },
	{ "launch", 0, "N", HIDDEN, "launch column", parse_launch, NULL, NULL },
	{ "order", 0, "N", HIDDEN, "order column", parse_order, NULL, NULL },
	{ .name = NULL },
};

void lfb_options_set_defaults(struct lfb_options *o)
{
	memset(o, 0, sizeof(*o));
	o->producers = o->consumers = (struct lfb_list){ .count = 1, .values = { 1 } };
	o->threads = (struct lfb_list){ .count = 1, .values = { 2 } };
	o->capacities = (struct lfb_list){ .count = 1, .values = { CAPACITY_DEFAULT } };
	o->batches = (struct lfb_list){ .count = 1, .values = { 1 } };
	o->waits = (struct lfb_list){ .count = 1, .values = { LFB_WAIT_BACKOFF } };
	o->allocs = (struct lfb_list){ .count = 1, .values = { 0 } };
	o->pin = "compact";
	o->duration_ns = 25000000;
	o->trials = 3;
	o->launches = 6;
	o->audit_items = 10000;
	o->timeout_ns = UINT64_C(10000000000);
	o->shard = o->shards = 1;
	o->launch = o->order = 1;
}
