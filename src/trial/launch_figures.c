/* launch_figures.c - see launch_figures.h. */
#include "trial/launch_figures.h"

#include "statistics/histogram.h"

#include <math.h>
#include <sys/resource.h>

/* How evenly items were shared: Jain's index (Jain, Chiu & Hawe 1984), and the extreme shares. */
struct sharing {
	unsigned threads;
	double sum, squares, least, most;
};

static void share_add(struct sharing *s, uint64_t items)
{
	const double n = (double)items;

	s->least = s->threads == 0 || n < s->least ? n : s->least;
	s->most = n > s->most ? n : s->most;
	s->sum += n;
	s->squares += n * n;
	s->threads++;
}

static void fill_shares(struct lfb_row *row, const struct lfb_trial_result *result)
{
	struct sharing pushed = { .threads = 0 }, popped = { .threads = 0 };

	for (unsigned i = 0; i < result->threads; i++) {
		if (result->thread[i].pushes)
			share_add(&pushed, result->thread[i].pushed);
		if (result->thread[i].pops)
			share_add(&popped, result->thread[i].popped);
	}
	if (pushed.sum > 0)
		lfb_row_set_f64(row, LFB_COL_fairness_producers, pushed.sum * pushed.sum / (pushed.threads * pushed.squares));
	if (popped.sum > 0) {
		lfb_row_set_f64(row, LFB_COL_fairness_consumers, popped.sum * popped.sum / (popped.threads * popped.squares));
		lfb_row_set_f64(row, LFB_COL_share_min, popped.least / popped.sum);
		lfb_row_set_f64(row, LFB_COL_share_max, popped.most / popped.sum);
	}
}

static void fill_throughput(struct lfb_row *row, const struct lfb_trial_setup *setup, const struct lfb_trial_result *result)
{
	const double ops = (double)result->ops, ns = (double)result->duration_ns;

	lfb_row_set_u64(row, LFB_COL_ops_checked, setup->plugin->info.claims.reference ? 0 : result->ops);
	if (result->history_ops > 0) {
		lfb_row_set(row, LFB_COL_check_level, "sum+audit+history");
		lfb_row_set_u64(row, LFB_COL_ops_checked, result->history_ops);
	}
	lfb_row_set_u64(row, LFB_COL_items, result->items);
	lfb_row_set_u64(row, LFB_COL_duration_ns, result->duration_ns);
	lfb_row_set_u64(row, LFB_COL_ops, result->ops);
	lfb_row_set_f64(row, LFB_COL_ops_per_s, ops / ns * 1e9);
	lfb_row_set_f64(row, LFB_COL_ns_per_op, ns / ops);
	lfb_row_set_f64(row, LFB_COL_ns_per_item, ns / (double)result->items);
}

/* Failed tries. The backend's own blocking functions do not say how often they had to wait. */
static void fill_tries(struct lfb_row *row, const struct lfb_trial_setup *setup, const struct lfb_trial_result *result)
{
	uint64_t full = 0, empty = 0;

	if (setup->shape->wait == LFB_WAIT_BLOCK)
		return;
	for (unsigned i = 0; i < result->threads; i++) {
		full += result->thread[i].push_full;
		empty += result->thread[i].pop_empty;
	}
	lfb_row_set_u64(row, LFB_COL_push_full, full);
	lfb_row_set_u64(row, LFB_COL_pop_empty, empty);
}

/* Sleeps of wait=park, which the loops count in every pass and flavour. */
static void fill_parks(struct lfb_row *row, const struct lfb_trial_setup *setup, const struct lfb_trial_result *result)
{
	uint64_t parks = 0, wakes = 0;

	if (setup->shape->wait != LFB_WAIT_PARK)
		return;
	for (unsigned i = 0; i < result->threads; i++) {
		parks += result->thread[i].parks;
		wakes += result->thread[i].wakes;
	}
	lfb_row_set_u64(row, LFB_COL_parks, parks);
	lfb_row_set_u64(row, LFB_COL_wakes, wakes);
}

/* A percentile that so few samples cannot tell stays empty. */
static void fill_quantile(struct lfb_row *row, enum lfb_column column, const struct lfb_histogram *h, double p)
{
	uint64_t value_ns;

	if (lfb_histogram_quantile(h, p, &value_ns))
		lfb_row_set_u64(row, column, value_ns);
}

/* Time from the start of the schedule to the end of the last thread. */
static double working_ns(const struct lfb_trial_result *result)
{
	return (double)result->duration_ns - (double)LFB_LATENCY_LEAD_NS;
}

bool lfb_figures_overloaded(const struct lfb_trial_result *result)
{
	return result->response != NULL && result->scheduled_ns / working_ns(result) < LFB_RATE_ACHIEVED_MIN;
}

static void fill_latency(struct lfb_row *row, const struct lfb_trial_result *result)
{
	const struct lfb_histogram *const h = result->response != NULL ? result->response : result->service;
	const uint64_t samples = lfb_histogram_count(h);

	lfb_row_set(row, LFB_COL_lat_mode, result->response != NULL ? "open" : "closed");
	lfb_row_set_u64(row, LFB_COL_lat_samples, samples);
	if (result->response != NULL) {
		lfb_row_set_f64(row, LFB_COL_rate_offered_per_s, (double)result->items / result->scheduled_ns * 1e9);
		lfb_row_set_f64(row, LFB_COL_rate_achieved_per_s, (double)result->items / working_ns(result) * 1e9);
	}
	if (samples == 0 || lfb_figures_overloaded(result))
		return;
	lfb_row_set_u64(row, LFB_COL_lat_min_ns, h->min);
	lfb_row_set_u64(row, LFB_COL_lat_max_ns, h->max);
	fill_quantile(row, LFB_COL_lat_p50_ns, h, 0.5);
	fill_quantile(row, LFB_COL_lat_p90_ns, h, 0.9);
	fill_quantile(row, LFB_COL_lat_p99_ns, h, 0.99);
	fill_quantile(row, LFB_COL_lat_p999_ns, h, 0.999);
}

/* What the counting flavour saw; what also happened out of its sight is incomplete, and left empty. */
static void fill_counters(struct lfb_row *row, const struct lfb_trial_result *result)
{
	struct lfb_counters sum = { .rmw = 0 };

	for (unsigned i = 0; i < result->threads; i++) {
		const struct lfb_counters *const c = &result->thread[i].counters;

		sum.rmw += c->rmw;
		sum.cas += c->cas;
		sum.cas_failed += c->cas_failed;
		sum.locks += c->locks;
		sum.lock_contended += c->lock_contended;
		sum.lock_wait_ns += c->lock_wait_ns;
		sum.parks += c->parks;
		sum.wakes += c->wakes;
		sum.hidden |= c->hidden;
		sum.depth_max = c->depth_max > sum.depth_max ? c->depth_max : sum.depth_max;
	}
	if ((sum.hidden & LFB_HIDDEN_RMW) == 0)
		lfb_row_set_u64(row, LFB_COL_rmw_ops, sum.rmw);
	if ((sum.hidden & LFB_HIDDEN_CAS) == 0) {
		lfb_row_set_u64(row, LFB_COL_cas_attempts, sum.cas);
		lfb_row_set_u64(row, LFB_COL_cas_failures, sum.cas_failed);
	}
	if (sum.locks > 0 && (sum.hidden & LFB_HIDDEN_LOCK_WAIT) == 0) {
		lfb_row_set_u64(row, LFB_COL_lock_contended, sum.lock_contended);
		lfb_row_set_u64(row, LFB_COL_lock_wait_ns, sum.lock_wait_ns);
	}
	if ((sum.hidden & LFB_HIDDEN_PARK) == 0) {
		lfb_row_set_u64(row, LFB_COL_parks, sum.parks);
		lfb_row_set_u64(row, LFB_COL_wakes, sum.wakes);
	}
	lfb_row_set_u64(row, LFB_COL_depth_max, sum.depth_max);
}

static void fill_counted(struct lfb_row *row, enum lfb_column column, uint64_t value)
{
	if (value != LFB_NOT_COUNTED)
		lfb_row_set_u64(row, column, value);
}

/* What kernel and CPU counted while the threads were in their loops. */
static void fill_usage(struct lfb_row *row, const struct lfb_trial_result *result)
{
	struct lfb_usage sum;

	if (result->threads == 0)
		return;
	sum = result->thread[0].usage;
	for (unsigned i = 1; i < result->threads; i++)
		lfb_usage_add(&sum, &result->thread[i].usage);
	fill_counted(row, LFB_COL_ctx_voluntary, sum.ctx_voluntary);
	fill_counted(row, LFB_COL_ctx_involuntary, sum.ctx_involuntary);
	fill_counted(row, LFB_COL_migrations, sum.migrations);
	fill_counted(row, LFB_COL_page_faults, sum.page_faults);
	fill_counted(row, LFB_COL_user_ns, sum.user_ns);
	fill_counted(row, LFB_COL_sys_ns, sum.sys_ns);
	fill_counted(row, LFB_COL_cycles, sum.cycles);
	fill_counted(row, LFB_COL_instructions, sum.instructions);
	fill_counted(row, LFB_COL_cache_misses, sum.cache_misses);
}

static void fill_memory(struct lfb_row *row, const struct lfb_trial_result *result)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		lfb_row_set_u64(row, LFB_COL_rss_peak_kb, (uint64_t)usage.ru_maxrss);
	if (result->retained_known)
		lfb_row_set_u64(row, LFB_COL_retained_kb, result->retained_bytes / 1024);
}

void lfb_figures_fill(struct lfb_row *row, const struct lfb_trial_setup *setup, const struct lfb_trial_result *result)
{
	fill_throughput(row, setup, result);
	fill_tries(row, setup, result);
	fill_shares(row, result);
	fill_usage(row, result);
	if (result->service != NULL)
		fill_latency(row, result);
	fill_parks(row, setup, result);
	if (setup->shape->pass != LFB_PASS_CONTENTION)
		return;
	fill_memory(row, result);
	if (setup->plugin->info.counting)
		fill_counters(row, result);
	fill_parks(row, setup, result);
}
