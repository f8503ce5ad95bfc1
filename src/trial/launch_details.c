/* launch_details.c - see launch_details.h. */
#include "trial/launch_details.h"

#include "statistics/histogram.h"

#include <math.h>
#include <stdio.h>

/* Where the lines go, and what they all begin with. */
struct sink {
	const struct lfb_launch *launch;
	const char *cell_id;
	uint64_t trial;
	int failed;
};

static void put(struct sink *s, const char *thread, const char *metric, const char *unit, double value)
{
	const struct lfb_detail detail = {
		.run_id = s->launch->identity.run_id,
		.cell_id = s->cell_id,
		.launch = s->launch->identity.launch,
		.trial = s->trial,
		.thread = thread,
		.metric = metric,
		.unit = unit,
		.value = value,
	};

	if (s->failed == 0 && isfinite(value))
		s->failed = s->launch->on_detail(&detail, s->launch->context);
}

static void put_counted(struct sink *s, const char *thread, const char *metric, const char *unit, uint64_t value)
{
	if (value != LFB_NOT_COUNTED)
		put(s, thread, metric, unit, (double)value);
}

static void put_thread(struct sink *s, const char *name, const struct lfb_thread_result *t, bool contention)
{
	put(s, name, "pushed", "items", (double)t->pushed);
	put(s, name, "popped", "items", (double)t->popped);
	put(s, name, "push_full", "operations", (double)t->push_full);
	put(s, name, "pop_empty", "operations", (double)t->pop_empty);
	put(s, name, "duration", "ns", (double)t->duration_ns);
	if (t->drops > 0)
		put(s, name, "drops", "items", (double)t->drops);
	if (!contention)
		return;
	put_counted(s, name, "ctx_voluntary", "switches", t->usage.ctx_voluntary);
	put_counted(s, name, "ctx_involuntary", "switches", t->usage.ctx_involuntary);
	put_counted(s, name, "migrations", "migrations", t->usage.migrations);
	put_counted(s, name, "user", "ns", t->usage.user_ns);
	put_counted(s, name, "sys", "ns", t->usage.sys_ns);
	put_counted(s, name, "hitm", "loads", t->usage.hitm);
}

static void put_machine(struct sink *s, const struct lfb_launch_machine *machine)
{
	char name[32];

	for (unsigned i = 0; i < machine->regime.pairs && machine->after_known; i++) {
		(void)snprintf(name, sizeof(name), "cpu%u-cpu%u", machine->regime.cpu[i][0], machine->regime.cpu[i][1]);
		put(s, name, "round_trip_min", "ns", machine->after.pair[i].min_ns);
		put(s, name, "round_trip_median", "ns", machine->after.pair[i].median_ns);
	}
	for (unsigned i = 0; i < machine->cpus; i++) {
		(void)snprintf(name, sizeof(name), "cpu%u", machine->cpu[i]);
		put(s, name, "gaps", "1/s", machine->gaps[i].per_s);
		put(s, name, "gap_largest", "ns", machine->gaps[i].largest_ns);
		put(s, name, "gap_share", "", machine->gaps[i].share);
	}
}

/* The 7 leading bits of a value and where they stand: the same for values that differ by less than 1.6 %. */
static uint64_t brief_key(uint64_t value_ns)
{
	const int shift = 64 - 7 - __builtin_clzll(value_ns | 127);

	return (uint64_t)shift << 56 | value_ns >> shift;
}

/* One line per bucket; brief: neighbours that differ by little are one, at the value of the highest. */
static void put_histogram(struct sink *s, const char *role, const struct lfb_histogram *h)
{
	const bool brief = s->launch->brief_histograms;
	struct lfb_hist_line line = {
		.run_id = s->launch->identity.run_id,
		.cell_id = s->cell_id,
		.launch = s->launch->identity.launch,
		.trial = s->trial,
		.role = role,
	};
	uint64_t value_ns, count;
	size_t bucket = 0;

	while (s->failed == 0 && lfb_histogram_next(h, &bucket, &value_ns, &count)) {
		if (line.count > 0 && (!brief || brief_key(value_ns) != brief_key(line.value_ns))) {
			s->failed = s->launch->on_hist(&line, s->launch->context);
			line.count = 0;
		}
		line.value_ns = value_ns;
		line.count += count;
	}
	if (s->failed == 0 && line.count > 0)
		s->failed = s->launch->on_hist(&line, s->launch->context);
}

int lfb_launch_details(const struct lfb_launch *launch, const char *cell_id, uint64_t trial,
		       const struct lfb_trial_result *result, const struct lfb_launch_machine *machine)
{
	struct sink sink = { .launch = launch, .cell_id = cell_id, .trial = trial };

	for (unsigned i = 0; i < result->threads; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%s%u", result->thread[i].role, i);
		put_thread(&sink, name, &result->thread[i], launch->shape.pass == LFB_PASS_CONTENTION);
	}
	put_machine(&sink, machine);
	if (result->unrecorded_ns > 0)
		put(&sink, "", LFB_DETAIL_SLOWDOWN, "", (double)result->duration_ns / (double)result->unrecorded_ns);
	for (size_t i = 0; i < result->figures; i++)
		put(&sink, result->figure[i].thread, result->figure[i].metric, result->figure[i].unit, result->figure[i].value);
	for (unsigned i = 0; i < result->own_histograms; i++)
		put_histogram(&sink, result->own[i].name, result->own[i].histogram);
	if (result->service != NULL && result->own_histograms == 0) {
		put(&sink, "", "sample_every", "items", (double)(UINT64_C(1) << result->sample_shift));
		put_histogram(&sink, "service", result->service);
	}
	if (result->response != NULL)
		put_histogram(&sink, "response", result->response);
	return sink.failed;
}
