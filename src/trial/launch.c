/* launch.c - see launch.h. */
#include "trial/launch.h"

#include "trial/arena.h"
#include "machine/clock.h"
#include "machine/cpu_list.h"
#include "machine/env.h"
#include "trial/launch_details.h"
#include "trial/launch_figures.h"
#include "trial/launch_machine.h"
#include "statistics/steady.h"
#include "machine/ticks.h"
#include "version.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Addresses set aside for the arena; memory is taken only as trials need it. */
#define ARENA_RESERVED_BYTES ((size_t)1 << 36)
/* A calibrating trial aims at this part of the duration asked for. */
#define CALIBRATION_PART 4u
/* Fewer items than this say nothing, whatever the duration. */
#define ITEMS_MIN UINT64_C(1000)
/* SIGALRM ends a process that hangs where no trial's own time limit looks: this many limits later. */
#define ALARM_LIMITS 3u

struct state {
	const struct lfb_launch *launch;
	struct lfb_plugin plugin;
	struct lfb_trial_setup setup;
	struct lfb_timebase timebase;
	struct lfb_recording_plan recording;
	struct lfb_recording_sink sink;
	struct lfb_launch_machine machine; /* the CPUs under the trials */
	struct lfb_row common; /* the columns all rows of the launch share */
	enum lfb_status worst;
	bool hung;
	int failed;
};

void lfb_launch_fill_identity(struct lfb_row *row, const struct lfb_launch_identity *identity)
{
	char host[256] = "", time_utc[32];

	(void)gethostname(host, sizeof(host) - 1);
	lfb_clock_utc_text(time_utc);
	lfb_row_set(row, LFB_COL_run_id, identity->run_id);
	lfb_row_set_u64(row, LFB_COL_launch, identity->launch);
	lfb_row_set_u64(row, LFB_COL_order, identity->order);
	lfb_row_set_u64(row, LFB_COL_seed, identity->seed);
	lfb_row_set(row, LFB_COL_host, host);
	lfb_row_set(row, LFB_COL_time_utc, time_utc);
	lfb_row_set(row, LFB_COL_commit, LFB_COMMIT);
}

/* "a;b" += ";c" */
static void add_flag(char *flags, size_t bytes, const char *flag)
{
	const size_t used = strlen(flags);

	if (flag[0] != '\0')
		(void)snprintf(flags + used, bytes - used, "%s%s", used > 0 ? ";" : "", flag);
}

static void fill_flags(const struct state *s, struct lfb_row *row, const struct lfb_trial_result *result)
{
	char flags[128] = "";

	add_flag(flags, sizeof(flags), lfb_env_build_flags());
	if (s->setup.oversubscribed)
		add_flag(flags, sizeof(flags), "oversubscribed");
	if (result != NULL && result->unpinned)
		add_flag(flags, sizeof(flags), "unpinned");
	if (result != NULL && lfb_figures_overloaded(result) && s->launch->shape.load_percent != LFB_LOAD_SATURATION)
		add_flag(flags, sizeof(flags), "overloaded");
	if (result != NULL && lfb_launch_machine_changed(&s->machine))
		add_flag(flags, sizeof(flags), "regime");
	lfb_row_set(row, LFB_COL_flags, flags);
}

static void note(struct state *s, enum lfb_status status)
{
	if (status != LFB_STATUS_OK && s->worst == LFB_STATUS_OK)
		s->worst = status;
}

/* Hand out one row. trial 0 is the launch as a whole. */
static void emit(struct state *s, uint64_t trial, enum lfb_status status, const char *reason,
		 const struct lfb_trial_result *result)
{
	struct lfb_row row = { .failed = false };
	char now[32];

	note(s, status);
	if (lfb_row_copy(&row, &s->common) != 0) {
		s->failed = s->failed != 0 ? s->failed : -ENOMEM; /* a row that is missing must not go unnoticed */
		return;
	}
	lfb_clock_utc_text(now);
	lfb_row_set(&row, LFB_COL_time_utc, now);
	lfb_row_set_u64(&row, LFB_COL_trial, trial);
	lfb_row_set(&row, LFB_COL_status, lfb_status_names[status]);
	lfb_row_set(&row, LFB_COL_reason, reason);
	fill_flags(s, &row, result);
	if (result != NULL && result->capacity_effective > 0)
		lfb_row_set_u64(&row, LFB_COL_capacity_effective, result->capacity_effective);
	if (status == LFB_STATUS_OK && result != NULL) {
		lfb_figures_fill(&row, &s->setup, result);
		lfb_launch_machine_fill(&row, &s->machine);
	}
	if (s->failed == 0)
		s->failed = s->launch->on_row(&row, s->launch->context);
	lfb_row_clear(&row);
}

static uint32_t threads_of(const struct lfb_launch *launch)
{
	return lfb_workload_threads(launch->shape.workload, launch->shape.producers, launch->shape.consumers);
}

/* A process that hangs outside the timed loops (in create, say) is ended by SIGALRM. */
static void arm_alarm(const struct state *s)
{
	(void)alarm((unsigned)(s->setup.timeout_ns / UINT64_C(1000000000) + 1) * ALARM_LIMITS);
}

/* Whether the launch is to go on after this trial. */
static bool go_on(struct state *s, const struct lfb_trial_result *result)
{
	s->hung |= result->hung;
	return s->failed == 0 && !result->hung &&
	       (result->status == LFB_STATUS_OK || result->status == LFB_STATUS_INVALID);
}

/* The untimed trials before the first timed one. Returns the duration of the run, 0 if it was not ok. */
static uint64_t untimed_trial(struct state *s, uint64_t items, bool audit)
{
	struct lfb_trial_result result;
	uint64_t duration_ns = 0;

	arm_alarm(s);
	s->setup.duration_ns = 0; /* how many items to take is found out by taking some: it does not stop by time */
	lfb_trial_run(&s->setup, items, audit, &result);
	s->setup.duration_ns = s->launch->duration_ns;
	if (result.status == LFB_STATUS_OK) {
		duration_ns = result.duration_ns + 1;
	} else if (result.status == LFB_STATUS_INTERRUPTED) {
		note(s, result.status);
	} else {
		char reason[320];

		/* What cannot run at all has nothing to do with where that was seen. */
		(void)snprintf(reason, sizeof(reason), "%s%s", result.status == LFB_STATUS_UNSUPPORTED ? "" : audit ? "audit: " : "calibration: ",
			       result.reason);
		emit(s, 0, result.status, reason, &result);
	}
	(void)go_on(s, &result);
	lfb_trial_result_free(&result);
	return duration_ns;
}

static uint64_t fewer(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Items of an untimed trial at most: those of some workloads are dear. */
static uint64_t untimed_items(const struct lfb_launch *launch, uint64_t items)
{
	const uint64_t max = launch->shape.workload->items_max;

	return max > 0 ? fewer(items, max) : items;
}

static uint64_t items_for(const struct lfb_launch *launch, uint64_t items_seen, uint64_t seen_ns, uint64_t wanted_ns)
{
	const double items = (double)items_seen * (double)wanted_ns / (double)seen_ns;
	const uint64_t least = untimed_items(launch, ITEMS_MIN);

	if (items < (double)least)
		return least;
	return items > (double)LFB_ITEMS_MAX ? LFB_ITEMS_MAX : (uint64_t)items;
}

/*
 * Untimed trials with the loops that are measured, until their rate has stopped rising (steady.h says when):
 * warm is what is seen to be warm. Each takes `items` at first and then as many as fill a part of the duration.
 * Returns the time per item of the last one, 0 if there is none.
 */
static double warm_up(struct state *s, uint64_t items)
{
	double rates[LFB_STEADY_TRIALS_MAX];
	double item_ns = 0;

	for (size_t n = 0; n < LFB_STEADY_TRIALS_MAX; n++) {
		const uint64_t took_ns = untimed_trial(s, items, false);

		if (took_ns == 0)
			return 0;
		item_ns = (double)took_ns / (double)items;
		rates[n] = 1 / item_ns;
		if (lfb_steady(rates, n + 1))
			break;
		if (s->launch->items == 0)
			items = untimed_items(s->launch, items_for(s->launch, items, took_ns, s->launch->duration_ns / CALIBRATION_PART + 1));
	}
	return item_ns;
}

/*
 * Items of a timed trial: as told, or as many as take the duration. The audit gives a first
 * rate, but it writes logs and yields; the warm-up, with the real loops, gives the second. With the
 * number of items given the warm-up is as short as the audit, so that the time of the whole process
 * beside its trials does not grow with it. An open loop's rate says by itself how many there are; a quarter of them warm it up.
 */
static uint64_t choose_items(struct state *s, uint64_t audit_ns)
{
	const struct lfb_launch *const launch = s->launch;
	const uint64_t audited = untimed_items(launch, launch->audit_items);
	double item_ns;

	if (launch->shape.rate_per_s > 0 && launch->shape.load_percent != LFB_LOAD_SATURATION) {
		const uint64_t items = launch->items > 0 ? launch->items
							 : items_for(launch, launch->shape.rate_per_s, UINT64_C(1000000000), launch->duration_ns);

		return untimed_trial(s, items / CALIBRATION_PART + 1, false) > 0 ? items : 0;
	}
	item_ns = warm_up(s, launch->items > 0 ? fewer(launch->items, audited)
					       : untimed_items(launch, items_for(launch, audited, audit_ns, launch->duration_ns / CALIBRATION_PART + 1)));
	if (launch->items > 0 || item_ns == 0)
		return item_ns == 0 ? 0 : launch->items;
	return items_for(launch, 1, 1, (uint64_t)((double)launch->duration_ns / item_ns));
}

static void timed_trial(struct state *s, uint64_t items, const struct lfb_recording_plan *recording, struct lfb_trial_result *result)
{
	arm_alarm(s);
	s->setup.recording = recording;
	lfb_trial_run(&s->setup, items, false, result);
	s->setup.recording = NULL;
}

/*
 * A trial whose sample is judged, and beside it the same without, which only says what the logging costs: which of them is first changes from
 * trial to trial. Where the plain one goes wrong, that is the trial's result.
 */
static void recorded_trial(struct state *s, uint64_t trial, uint64_t items, struct lfb_trial_result *result)
{
	const bool plain_first = trial % 2 == 1;
	struct lfb_trial_result plain;

	if (plain_first)
		timed_trial(s, items, NULL, &plain);
	else
		timed_trial(s, items, &s->recording, result);
	if (!plain_first && (result->status != LFB_STATUS_OK || result->hung))
		return;
	if (plain_first && (plain.status != LFB_STATUS_OK || plain.hung)) {
		*result = plain;
		return;
	}
	timed_trial(s, items, plain_first ? &s->recording : NULL, plain_first ? result : &plain);
	if (plain.status != LFB_STATUS_OK) {
		lfb_trial_result_free(result);
		*result = plain;
		return;
	}
	result->unrecorded_ns = plain.duration_ns;
	lfb_trial_result_free(&plain);
}

static void run_trials(struct state *s)
{
	const uint64_t audit_ns = untimed_trial(s, untimed_items(s->launch, s->launch->audit_items), true);
	const uint64_t items = audit_ns == 0 ? 0 : choose_items(s, audit_ns);
	bool going_on = items > 0;

	lfb_launch_machine_start(&s->machine, s->launch->cpus, threads_of(s->launch), s->setup.timebase);
	for (uint64_t trial = 1; going_on && trial <= s->launch->trials; trial++) {
		struct lfb_trial_result result;

		s->sink.trial = trial;
		s->setup.seed = s->launch->identity.seed ^ (s->launch->identity.launch << 20) ^ trial;
		if (lfb_shape_records(&s->launch->shape))
			recorded_trial(s, trial, items, &result);
		else
			timed_trial(s, items, NULL, &result);
		if (!result.hung)
			lfb_launch_machine_probe(&s->machine);
		if (result.status != LFB_STATUS_INTERRUPTED)
			emit(s, trial, result.status, result.reason, &result);
		note(s, result.status);
		if (result.status == LFB_STATUS_OK)
			s->failed = s->failed != 0 ? s->failed : lfb_launch_details(s->launch, lfb_row_get(&s->common, LFB_COL_cell_id), trial, &result, &s->machine);
		going_on = go_on(s, &result);
		lfb_trial_result_free(&result);
	}
	(void)alarm(0);
}

static void fill_common(struct state *s)
{
	const struct lfb_launch *const launch = s->launch;
	const uint32_t threads = threads_of(launch);
	char *cpus = NULL;

	lfb_launch_fill_identity(&s->common, &launch->identity);
	lfb_cell_fill_row(&s->common, &launch->shape, launch->label != NULL ? launch->label : s->plugin.info.name, &s->plugin.info);
	if (launch->cpus != NULL) {
		const struct lfb_cpu_list list = { .cpus = (unsigned *)(uintptr_t)launch->cpus, .count = threads };

		cpus = lfb_cpu_list_text(&list);
		s->common.failed |= cpus == NULL;
	}
	lfb_row_set(&s->common, LFB_COL_cpus, cpus);
	free(cpus);
	lfb_row_set_f64(&s->common, LFB_COL_clock_cost_ns,
			s->setup.timebase != NULL ? lfb_ticks_cost_ns(&s->timebase) : lfb_clock_cost_ns());
}

/* More threads than CPUs: every CPU has this many to serve, so time limits grow by it. */
static uint32_t threads_per_cpu(const struct lfb_launch *launch)
{
	const uint32_t threads = threads_of(launch);
	unsigned cpus = launch->cpus != NULL ? lfb_cpus_distinct(launch->cpus, threads) : launch->cpus_usable;

	cpus = cpus > 0 ? cpus : 1;
	return (threads + cpus - 1) / cpus;
}

static enum lfb_status refuse(struct state *s, const char *reason, int *failed)
{
	lfb_launch_fill_identity(&s->common, &s->launch->identity);
	lfb_cell_fill_row(&s->common, &s->launch->shape, s->launch->label != NULL ? s->launch->label : s->launch->path, NULL);
	emit(s, 0, LFB_STATUS_INCOMPATIBLE, reason, NULL);
	lfb_row_clear(&s->common);
	*failed = s->failed;
	return s->worst;
}

enum lfb_status lfb_launch_run(const struct lfb_launch *launch, bool *hung, int *failed)
{
	const uint32_t crowd = threads_per_cpu(launch);
	struct state s = { .launch = launch };
	struct lfb_error error;
	char reason[128];

	*hung = false;
	*failed = 0;
	if (lfb_plugin_open(launch->path, &s.plugin, &error) != 0)
		return refuse(&s, error.text, failed);
	s.setup = (struct lfb_trial_setup){
		.plugin = &s.plugin,
		.shape = &launch->shape,
		.arena_reserved_bytes = ARENA_RESERVED_BYTES,
		.cpus = launch->cpus,
		.oversubscribed = crowd > 1,
		.timeout_ns = launch->timeout_ns * crowd,
		.duration_ns = launch->duration_ns,
		.interrupted = launch->interrupted,
	};
	if (launch->shape.pass == LFB_PASS_LATENCY) {
		lfb_timebase_init(&s.timebase);
		s.setup.timebase = &s.timebase;
	}
	fill_common(&s);
	if (lfb_shape_records(&launch->shape))
		lfb_recording_plan_init(&s.recording);
	if (launch->log != NULL) {
		lfb_recording_plan_fit(&s.recording, launch->trials, threads_of(launch));
		s.sink.out = launch->log;
		s.setup.sink = &s.sink;
	}
	if (lfb_cell_unsupported(&launch->shape, &s.plugin.info, reason, sizeof(reason)))
		emit(&s, 0, LFB_STATUS_UNSUPPORTED, reason, NULL);
	else if (lfb_shape_records(&launch->shape) && !lfb_recording_has_loops(s.plugin.ops))
		emit(&s, 0, LFB_STATUS_UNSUPPORTED, "check=history: it was built before there were loops that log; build it again", NULL);
	else if (lfb_arena_map(&s.setup.arena, ARENA_RESERVED_BYTES) != 0)
		emit(&s, 0, LFB_STATUS_RESOURCE, "no address space for the queue's memory", NULL);
	else
		run_trials(&s);
	*hung = s.hung;
	*failed = s.failed;
	if (s.hung)
		return s.worst;
	lfb_arena_unmap(&s.setup.arena, ARENA_RESERVED_BYTES);
	lfb_row_clear(&s.common);
	lfb_plugin_close(&s.plugin);
	return s.worst;
}

int lfb_status_exit_code(enum lfb_status status)
{
	switch (status) {
	case LFB_STATUS_OK:
		return 0;
	case LFB_STATUS_INCOMPATIBLE:
		return 2;
	case LFB_STATUS_UNSUPPORTED:
		return 77;
	default:
		return 4;
	}
}
