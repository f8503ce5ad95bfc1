/* options.c - see options.h. Each option is a row of the table and a small function. */
#include "options.h"

#include "names.h"
#include "topology.h"
#include "workload.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_when_names[] = { "auto", "always", "never", NULL };

#define THREADS_MAX 4096
#define CAPACITY_MAX (UINT64_C(1) << 30)
/* What a ring of 1024 slots holds that keeps one free (ck_ring): so all bounded queues get the same room. */
#define CAPACITY_DEFAULT 1023
#define COUNT_MAX (UINT64_C(1) << 40)
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
	return lfb_parse_name_list(value, lfb_workload_names, &o->workloads, error);
}

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
	o->sides_given = true;
	return lfb_parse_count_list(value, 1, THREADS_MAX, &o->producers, error);
}

static int parse_consumers(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->sides_given = true;
	return lfb_parse_count_list(value, 1, THREADS_MAX, &o->consumers, error);
}

static int parse_threads(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	o->threads_given = true;
	return lfb_parse_count_list(value, 1, THREADS_MAX, &o->threads, error);
}

static int parse_capacity(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return lfb_parse_count_list(value, 1, CAPACITY_MAX, &o->capacities, error);
}

static int parse_batch(struct lfb_options *o, const char *value, struct lfb_error *error)
{
	return lfb_parse_count_list(value, 1, LFB_BATCH_MAX, &o->batches, error);
}

static int parse_wait(struct lfb_options *o, const char *value, struct lfb_error *error)
{
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
	{ "workload", 'w', "NAME", RUN, "workloads to run (default: all)", parse_workload },
	{ "backend", 'b', "NAME|FILE.so", BENCH | RUN, "the queue: a name of 'lfbench list' or a plug-in's file (run: default all)", parse_backend },
	{ "producers", 'p', "N", BENCH | RUN, "threads that push (default 1)", parse_producers },
	{ "consumers", 'c', "N", BENCH | RUN, "threads that pop (default 1)", parse_consumers },
	{ "threads", 't', "N", BENCH | RUN, "threads, for workloads in which each pushes and pops (default 2)", parse_threads },
	{ "capacity", 0, "N", BENCH | RUN, "items a bounded queue is to hold (default 1023)", parse_capacity },
	{ "batch", 0, "N", BENCH | RUN, "items per push and pop call, 1 to 256 (default 1)", parse_batch },
	{ "wait", 0, "HOW", BENCH | RUN, "when full or empty: spin (yields where threads exceed CPUs), yield, or block (default spin)", parse_wait },
	{ "alloc", 0, "HOW", BENCH | RUN, "nodes of linked queues from malloc or pool; rings have none (default malloc)", parse_alloc },
	{ "pin", 0, "POLICY", BENCH | RUN, "threads to CPUs: compact, spread, smt, none, or cpus:0+2+4-7 (default compact)", parse_pin },
	{ "items", 'n', "N", BENCH | RUN, "items per trial, as 200000, 200k or 2e5 (default: by --duration)", parse_items },
	{ "duration", 'd', "TIME", BENCH | RUN, "length of a trial, turned into items by a calibrating trial (default 25ms)", parse_duration },
	{ "trials", 0, "N", BENCH | RUN, "timed trials per launch (default 3)", parse_trials },
	{ "launches", 'l', "N", RUN, "processes per cell; intervals need at least 6 (default 6)", parse_launches },
	{ "audit-items", 0, "N", BENCH | RUN, "items of the untimed, exact audit before the trials (default 10k)", parse_audit_items },
	{ "timeout", 0, "TIME", BENCH | RUN, "limit for one trial, times the threads per CPU (default 10s)", parse_timeout },
	{ "seed", 's', "N", BENCH | RUN, "seed of the random order, for the same order again (default: from the clock)", parse_seed },
	{ "csv", 0, "FILE", BENCH, "rows to this file, - for standard output, instead of a summary", parse_csv },
	{ "out", 'o', "FILE.csv", RUN, "results to this file, - for standard output (default: a name from time and host, in results/ if there is one)", parse_out },
	{ "force", 'f', NULL, BENCH | RUN, "replace a results file that exists", parse_force },
	{ "resume", 0, "FILE.csv", RUN | RESUME, "go on with an interrupted run; its options and seed are read from its companion", parse_resume },
	{ "shard", 0, "I/N", RUN, "only the I-th of N equal parts of the plan", parse_shard },
	{ "dry-run", 0, NULL, RUN | RESUME, "show the plan, run nothing", parse_dry_run },
	{ "progress", 0, "WHEN", RUN | RESUME, "auto, always or never (default auto: on a terminal a line, else one every 10 s)", parse_progress },
	{ "color", 0, "WHEN", RUN | RESUME, "auto, always or never; auto honours NO_COLOR (default auto)", parse_color },
	{ "help", 'h', NULL, BENCH | RUN | RESUME, "this text", parse_help },
	{ "version", 'V', NULL, BENCH, "version and revision", parse_version },
	{ "detail", 0, "FILE", HIDDEN, "per-thread figures to this file", parse_detail },
	{ "run-id", 0, "ID", HIDDEN, "run_id column", parse_run_id },
	{ "label", 0, "TEXT", HIDDEN, "backend column", parse_label },
	{ "cpus", 0, "LIST", HIDDEN, "CPUs of the threads, already resolved", parse_cpus },
	{ "launch", 0, "N", HIDDEN, "launch column", parse_launch },
	{ "order", 0, "N", HIDDEN, "order column", parse_order },
	{ .name = NULL },
};

/* More than the table has. */
#define TABLE_MAX 64

LFB_STATIC_ASSERT(sizeof(lfb_option_table) / sizeof(lfb_option_table[0]) <= TABLE_MAX, "raise TABLE_MAX");

/* The part of the table that `scope` accepts, as getopt_long wants it. */
struct accepted {
	struct option longs[TABLE_MAX];
	const struct lfb_option *rows[TABLE_MAX];
	const char *names[TABLE_MAX]; /* to suggest: not the hidden ones */
	char letters[2 * TABLE_MAX + 3];
};

static void accept_options(struct accepted *a, enum lfb_option_scope scope)
{
	size_t n = 0, visible = 0;
	char *letter = a->letters;

	*letter++ = '+'; /* getopt: leave argv in its order */
	*letter++ = ':'; /* and tell a missing value from an unknown option */
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		if ((row->scopes & scope) == 0)
			continue;
		a->longs[n] = (struct option){ row->name, row->value != NULL ? required_argument : no_argument, NULL, 256 + (int)n };
		if ((row->scopes & LFB_SCOPE_HIDDEN) == 0)
			a->names[visible++] = row->name;
		a->rows[n++] = row;
		if (row->letter != 0) {
			*letter++ = row->letter;
			if (row->value != NULL)
				*letter++ = ':';
		}
	}
	*letter = '\0';
	a->longs[n] = (struct option){ NULL, 0, NULL, 0 };
	a->names[visible] = NULL;
	a->rows[n] = NULL;
}

static const struct lfb_option *row_of(const struct accepted *a, int found)
{
	if (found >= 256)
		return a->rows[found - 256];
	for (size_t i = 0; a->rows[i] != NULL; i++)
		if (a->rows[i]->letter == found)
			return a->rows[i];
	return NULL;
}

/* `letter` is what getopt stumbled over in a cluster of letters, or else not one. */
static int unknown_option(const struct accepted *a, const char *argument, int letter, struct lfb_error *error)
{
	char name[64];
	const char *nearest = NULL;

	if (letter > 0 && letter < 256)
		return lfb_fail(error, -EINVAL, "unknown option '-%c'; --help shows all", letter);
	if (strncmp(argument, "--", 2) == 0) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
		nearest = lfb_name_nearest(a->names, name);
	}
	if (nearest != NULL)
		return lfb_fail(error, -EINVAL, "unknown option '%s'; did you mean '--%s'?", argument, nearest);
	return lfb_fail(error, -EINVAL, "unknown option '%s'; --help shows all", argument);
}

/* What says that two options contradict each other. */
static int check_together(const struct lfb_options *o, struct lfb_error *error)
{
	if (o->items_given && o->duration_given)
		return lfb_fail(error, -EINVAL, "--items and --duration both say how long a trial is; give one");
	if (o->resume != NULL && o->plan_given)
		return lfb_fail(error, -EINVAL, "--resume takes its plan from the interrupted run; give no other options with it");
	return 0;
}

static void set_defaults(struct lfb_options *o)
{
	memset(o, 0, sizeof(*o));
	o->producers = o->consumers = (struct lfb_list){ .count = 1, .values = { 1 } };
	o->threads = (struct lfb_list){ .count = 1, .values = { 2 } };
	o->capacities = (struct lfb_list){ .count = 1, .values = { CAPACITY_DEFAULT } };
	o->batches = (struct lfb_list){ .count = 1, .values = { 1 } };
	o->waits = (struct lfb_list){ .count = 1, .values = { LFB_WAIT_SPIN } };
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

/* Parse all of argv. Returns as lfb_options_parse. */
static int parse_all(struct lfb_options *options, const struct accepted *a, int argc, char **argv, struct lfb_error *error)
{
	int found;

	optind = 0; /* GNU: start anew, this may not be the first parse of the process */
	opterr = 0;
	while ((found = getopt_long(argc, argv, a->letters, a->longs, NULL)) != -1) {
		const struct lfb_option *const row = found == '?' || found == ':' ? NULL : row_of(a, found);
		struct lfb_error why = { "out of memory" };

		if (found == ':')
			return lfb_fail(error, -EINVAL, "option '%s' needs a value", argv[optind - 1]);
		if (row == NULL)
			return unknown_option(a, argv[optind - 1], optopt, error);
		options->plan_given |= (row->scopes & LFB_SCOPE_RESUME) == 0;
		if (row->parse(options, optarg, &why) != 0)
			return lfb_fail(error, -EINVAL, "--%s: %s", row->name, why.text);
	}
	if (optind < argc)
		return lfb_fail(error, -EINVAL, "'%s' is not an option; options start with --", argv[optind]);
	return check_together(options, error);
}

int lfb_options_parse(struct lfb_options *options, enum lfb_option_scope scope, int argc, char **argv, struct lfb_error *error)
{
	struct accepted a;
	int rc;

	set_defaults(options);
	accept_options(&a, scope);
	rc = parse_all(options, &a, argc, argv, error);
	if (rc != 0)
		lfb_options_free(options);
	return rc;
}

void lfb_options_free(struct lfb_options *options)
{
	free(options->backends);
	options->backends = NULL;
}

void lfb_options_print(FILE *out, enum lfb_option_scope scope)
{
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		char name[64];

		if ((row->scopes & (unsigned)scope) == 0 || (row->scopes & LFB_SCOPE_HIDDEN) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "--%s%s%s", row->name, row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
		if (row->letter != 0)
			(void)fprintf(out, "  -%c, %-24s  %s\n", row->letter, name, row->help);
		else
			(void)fprintf(out, "      %-24s  %s\n", name, row->help);
	}
}
