/*
 * summary_contention.c - the contention pass of an entry: how often what costs time happened per operation,
 * and which of it is likely to have cost most.
 *
 * Which. Counts are not costs: a thousandth of a context switch per operation is dearer than an empty poll. So
 * each event is given a rough price, and what it makes per operation is compared with the threads' time per
 * operation of the same trials. The prices decide the order of what is shown and what is left out as
 * negligible, and nothing else: no figure that is printed contains one.
 */
#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include "plan/names.h"
#include "plan/workload.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* A cache line's way from core to core where no probe has measured it. */
#define TRANSFER_NS 100.0
/* Events that make up less than this part of the threads' time are not worth a word. */
#define LEADING_PART 0.01

/*
 * Roughly what one costs, in round trips of a cache line between cores plus ns. The orders of magnitude of
 * a current x86 server: a switch by the scheduler a few us, a minor page fault about 1 us.
 */
static const struct {
	double transfers, ns;
} price[LFB_EVENTS] = {
	[LFB_EVENT_CAS_FAILURE] = { 1, 0 }, /* the line was taken by another core in between */
	[LFB_EVENT_ATOMIC] = { 0, 20 },
	[LFB_EVENT_LOCK_WAIT] = { 2, 0 }, /* where the time was not measured: the lock's line, there and back */
	[LFB_EVENT_SWITCH] = { 0, 2000 },   [LFB_EVENT_MIGRATION] = { 0, 5000 }, [LFB_EVENT_EMPTY] = { 0, 10 },
	[LFB_EVENT_FULL] = { 0, 10 },	    [LFB_EVENT_FAULT] = { 0, 1000 },	 [LFB_EVENT_CACHE_MISS] = { 1, 0 },
};

static double figure(const struct lfb_row *row, enum lfb_column column)
{
	return lfb_row_get_f64(row, column, NAN);
}

/* Of switches, each kind may be missing by itself. NaN: both are. */
static double sum_of_measured(double a, double b)
{
	return isnan(a) ? b : isnan(b) ? a : a + b;
}

int lfb_entry_add_contention(struct lfb_entry *entry, const struct lfb_row *row, uint64_t launch)
{
	struct lfb_contention *const contention = &entry->contention;
	const double failures = figure(row, LFB_COL_cas_failures);
	const struct lfb_contention_sample sample = {
		.launch = launch,
		.events = {
			[LFB_EVENT_CAS_FAILURE] = failures,
			[LFB_EVENT_ATOMIC] = figure(row, LFB_COL_rmw_ops) - (isnan(failures) ? 0 : failures),
			[LFB_EVENT_LOCK_WAIT] = figure(row, LFB_COL_lock_contended),
			[LFB_EVENT_SWITCH] = sum_of_measured(figure(row, LFB_COL_ctx_voluntary),
							     figure(row, LFB_COL_ctx_involuntary)),
			[LFB_EVENT_MIGRATION] = figure(row, LFB_COL_migrations),
			[LFB_EVENT_EMPTY] = figure(row, LFB_COL_pop_empty),
			[LFB_EVENT_FULL] = figure(row, LFB_COL_push_full),
			[LFB_EVENT_FAULT] = figure(row, LFB_COL_page_faults),
			[LFB_EVENT_CACHE_MISS] = figure(row, LFB_COL_cache_misses),
		},
		.lock_wait_ns = figure(row, LFB_COL_lock_wait_ns),
		.cas_attempts = figure(row, LFB_COL_cas_attempts),
		.ops = figure(row, LFB_COL_ops),
		.duration_ns = figure(row, LFB_COL_duration_ns),
		.probe_ns = lfb_summary_probe_ns(row),
	};
	struct lfb_contention_sample *more;

	if (!(sample.ops > 0) || !(sample.duration_ns > 0))
		return 0;
	more = lfb_summary_grow(contention->samples, contention->sample_count, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	contention->samples = more;
	contention->samples[contention->sample_count++] = sample;
	return 0;
}

static int by_launch(const void *left, const void *right)
{
	const struct lfb_contention_sample *const a = left;
	const struct lfb_contention_sample *const b = right;

	return (a->launch > b->launch) - (a->launch < b->launch);
}

/* Threads of the workload that the row is of. */
static double threads_of(const struct lfb_row *row)
{
	const int index = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));
	const double producers = lfb_row_get_f64(row, LFB_COL_producers, 0);
	const double consumers = lfb_row_get_f64(row, LFB_COL_consumers, 0);
	const double threads =
		index >= 0 && lfb_workloads[index].by_threads && producers < UINT32_MAX && consumers < UINT32_MAX
			? lfb_workload_threads(&lfb_workloads[index], (uint32_t)producers, (uint32_t)consumers)
			: producers + consumers;

	return threads >= 1 ? threads : 1;
}

/* Add the trials of one launch up; NaN wherever one of them is. */
static struct lfb_contention_sample add_up(const struct lfb_contention_sample *samples, size_t count)
{
	struct lfb_contention_sample sum = samples[0];

	for (size_t i = 1; i < count; i++) {
		for (unsigned e = 0; e < LFB_EVENTS; e++)
			sum.events[e] += samples[i].events[e];
		sum.lock_wait_ns += samples[i].lock_wait_ns;
		sum.cas_attempts += samples[i].cas_attempts;
		sum.ops += samples[i].ops;
		sum.duration_ns += samples[i].duration_ns;
	}
	return sum;
}

/* Reduce the samples to one per launch, in place. */
static void reduce_launches(struct lfb_contention *contention)
{
	struct lfb_contention_sample *const samples = contention->samples;

	if (contention->sample_count > 1)
		qsort(samples, contention->sample_count, sizeof(samples[0]), by_launch);
	for (size_t first = 0, end; first < contention->sample_count; first = end) {
		for (end = first + 1; end < contention->sample_count && samples[end].launch == samples[first].launch;)
			end++;
		samples[contention->launches++] = add_up(samples + first, end - first);
	}
}

/* Median over launches of sum / by; `which` and `by` are offsets of doubles in a sample. */
static double median_of(const struct lfb_contention *contention, size_t which, size_t by, double *room)
{
	for (size_t i = 0; i < contention->launches; i++) {
		const char *const sample = (const char *)&contention->samples[i];

		room[i] = *(const double *)(const void *)(sample + which) / *(const double *)(const void *)(sample + by);
	}
	return lfb_median_of_measured(room, contention->launches);
}

#define AT(member) offsetof(struct lfb_contention_sample, member)

static double probe_of(const struct lfb_contention *contention, double *room)
{
	double probe_ns;

	for (size_t i = 0; i < contention->launches; i++)
		room[i] = contention->samples[i].probe_ns;
	probe_ns = lfb_median_of_measured(room, contention->launches);
	return isnan(probe_ns) ? TRANSFER_NS : probe_ns;
}

/* Roughly what an event costs per operation. 0: not measured. */
static double cost_of(const struct lfb_contention *contention, enum lfb_event event, double transfer_ns)
{
	const double each = price[event].transfers * transfer_ns + price[event].ns;
	const bool timed = event == LFB_EVENT_LOCK_WAIT && !isnan(contention->lock_wait_ns_per_op);
	const double cost = timed ? contention->lock_wait_ns_per_op : contention->per_op[event] * each;

	return cost > 0 ? cost : 0;
}

/* Sort in what costs at least LEADING_PART, the most first. */
static void choose_leading(struct lfb_contention *contention, double transfer_ns)
{
	const double least = contention->thread_ns_per_op * LEADING_PART;

	for (unsigned e = 0; e < LFB_EVENTS; e++) {
		const double cost = cost_of(contention, (enum lfb_event)e, transfer_ns);
		size_t at = contention->leading_count;

		if (!(cost > 0) || cost < least)
			continue;
		for (; at > 0 && cost_of(contention, contention->leading[at - 1], transfer_ns) < cost; at--)
			contention->leading[at] = contention->leading[at - 1];
		contention->leading[at] = (enum lfb_event)e;
		contention->leading_count++;
	}
}

int lfb_entry_finish_contention(struct lfb_entry *entry)
{
	struct lfb_contention *const contention = &entry->contention;
	double *const room = reallocarray(NULL, contention->sample_count + 1, sizeof(*room));

	if (room == NULL)
		return -ENOMEM;
	reduce_launches(contention);
	for (size_t e = 0; e < LFB_EVENTS; e++)
		contention->per_op[e] = median_of(contention, AT(events) + e * sizeof(double), AT(ops), room);
	contention->lock_wait_ns_per_op = median_of(contention, AT(lock_wait_ns), AT(ops), room);
	contention->cas_attempts_per_op = median_of(contention, AT(cas_attempts), AT(ops), room);
	contention->switches_per_s =
		1e9 * median_of(contention, AT(events) + LFB_EVENT_SWITCH * sizeof(double), AT(duration_ns), room);
	contention->thread_ns_per_op = median_of(contention, AT(duration_ns), AT(ops), room) * threads_of(&entry->row);
	choose_leading(contention, probe_of(contention, room));
	free(room);
	return 0;
}
