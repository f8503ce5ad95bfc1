/* doctor_findings.c - see doctor_findings.h: round trips, clocks and gaps in words. */
#include "commands/doctor/doctor_findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Farthest over nearest pair from which placement decides over figures. */
#define FAR_NOTE 1.5
/* Part of the time in gaps: an idle machine's timer takes up to 0.5 %; from 5 % on somebody else uses the CPU. */
#define GAPS_NOTE 0.005
#define GAPS_WARN 0.05

static void set(struct doctor_finding *finding, enum lfb_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void set(struct doctor_finding *finding, enum lfb_verdict verdict, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(finding->value, sizeof(finding->value), format, arguments);
	va_end(arguments);
	finding->verdict = verdict;
}

/* "35.1 us" or "20.1 ms" */
static const char *time_text(double ns, char out[32])
{
	(void)snprintf(out, 32, ns < 1e6 ? "%.1f us" : "%.1f ms", ns < 1e6 ? ns / 1e3 : ns / 1e6);
	return out;
}

/* Two places in the list of CPUs, a > b. */
struct pair {
	size_t a, b;
};

/* The pairs with the least and the largest median. Returns false if no pair was measured. */
static bool find_extremes(const struct doctor_measured *measured, struct pair *near, struct pair *far)
{
	bool found = false;

	for (size_t a = 1; a < measured->cpus.count; a++) {
		for (size_t b = 0; b < a; b++) {
			const double median_ns = measured->round_trip[a][b].median_ns;

			if (isnan(median_ns))
				continue;
			if (!found || median_ns < measured->round_trip[near->a][near->b].median_ns)
				*near = (struct pair){ a, b };
			if (!found || median_ns > measured->round_trip[far->a][far->b].median_ns)
				*far = (struct pair){ a, b };
			found = true;
		}
	}
	return found;
}

/* "one CPU: ...", or why the CPUs that there are could not be had. */
static void set_unmeasured(struct doctor_finding *finding, const struct doctor_measured *measured, const char *what)
{
	if (measured->cpus.count < 2)
		set(finding, LFB_VERDICT_NOTE, "one CPU: no %s to measure", what);
	else
		set(finding, LFB_VERDICT_UNKNOWN, "not measured: %s", doctor_why_not(measured->error));
}

static void find_round_trip(const struct doctor_measured *measured, struct doctor_finding *out)
{
	struct pair near = { 0, 0 }, far = { 0, 0 };
	const struct lfb_probe *nearest, *farthest;
	const unsigned *const cpus = measured->cpus.cpus;

	out->meaning = "What it takes to hand a cache line over and back, which is most of what an operation on a "
		       "contended queue costs. Trials around which it changes are flagged regime.";
	if (!find_extremes(measured, &near, &far)) {
		set_unmeasured(out, measured, "round trip");
		return;
	}
	nearest = &measured->round_trip[near.a][near.b];
	farthest = &measured->round_trip[far.a][far.b];
	if (measured->cpus.count == 2) {
		set(out, LFB_VERDICT_OK, "%.0f ns between CPUs %u and %u (%.0f ns at the fastest)", nearest->median_ns,
		    cpus[near.b], cpus[near.a], nearest->min_ns);
		return;
	}
	set(out, farthest->median_ns > FAR_NOTE * nearest->median_ns ? LFB_VERDICT_NOTE : LFB_VERDICT_OK,
	    "%.0f ns (CPUs %u and %u) to %.0f ns (CPUs %u and %u)", nearest->median_ns, cpus[near.b], cpus[near.a],
	    farthest->median_ns, cpus[far.b], cpus[far.a]);
	if (out->verdict == LFB_VERDICT_NOTE)
		out->advice = "Compare rows of equal columns cpus; --pin compact takes neighbours first.";
}

static void find_clock(const struct doctor_measured *measured, struct doctor_finding *out)
{
	out->meaning = "Every sampled latency holds about one such stamp; the throughput pass takes none.";
	if (measured->timebase.use_counter)
		set(out, LFB_VERDICT_OK, "the processor's counter, %.1f ns a stamp", measured->stamp_ns);
	else
		set(out, LFB_VERDICT_NOTE,
		    "CLOCK_MONOTONIC_RAW, %.1f ns a stamp: the processor's counter is not steady", measured->stamp_ns);
}

static void find_offset(const struct doctor_measured *measured, struct doctor_finding *out)
{
	out->meaning = "A latency that starts on one CPU and ends on another is exact to within this; it is a bound, "
		       "as wide as a round trip, and kept in the column tsc_skew_ns.";
	if (isnan(measured->skew_ns))
		set_unmeasured(out, measured, "clock offset");
	else
		set(out, LFB_VERDICT_OK, "at most %.0f ns between any two of %zu CPUs", measured->skew_ns,
		    measured->cpus.count);
}

static void find_gaps(const struct doctor_measured *measured, struct doctor_finding *out)
{
	size_t worst = 0;
	bool found = false;
	char largest[32];

	out->meaning = "Times in which a thread that only reads the clock did not run: interrupts, other threads, the "
		       "host. They are in every trial, and no queue is to blame; latencies of p99.9 and beyond are "
		       "often nothing else.";
	for (size_t i = 0; i < measured->watched.count; i++) {
		if (isnan(measured->gaps[i].share))
			continue;
		if (!found || measured->gaps[i].share > measured->gaps[worst].share)
			worst = i;
		found = true;
	}
	if (!found) {
		set(out, LFB_VERDICT_UNKNOWN, "not measured: no thread could be pinned");
		return;
	}
	set(out,
	    measured->gaps[worst].share >= GAPS_WARN   ? LFB_VERDICT_WARN
	    : measured->gaps[worst].share >= GAPS_NOTE ? LFB_VERDICT_NOTE
						       : LFB_VERDICT_OK,
	    "%.2f %% of the time on CPU %u, the worst; %.0f a second, the largest %s",
	    100 * measured->gaps[worst].share, measured->watched.cpus[worst], measured->gaps[worst].per_s,
	    time_text(measured->gaps[worst].largest_ns, largest));
	if (out->verdict == LFB_VERDICT_WARN)
		out->advice = "See with top who else is busy. If nobody is, the host gives the CPU to others.";
}

static const struct {
	const char *key, *label;
	void (*find)(const struct doctor_measured *measured, struct doctor_finding *out);
} kinds[DOCTOR_FINDINGS] = {
	[DOCTOR_ROUND_TRIP] = { "round_trip", "round trip", find_round_trip },
	[DOCTOR_CLOCK] = { "latency_clock", "clock of latencies", find_clock },
	[DOCTOR_OFFSET] = { "clock_offset", "clock offset", find_offset },
	[DOCTOR_GAPS] = { "gaps", "gaps", find_gaps },
};

void doctor_find(const struct doctor_measured *measured, struct doctor_finding out[DOCTOR_FINDINGS])
{
	for (int i = 0; i < DOCTOR_FINDINGS; i++) {
		out[i] = (struct doctor_finding){ .key = kinds[i].key, .label = kinds[i].label };
		kinds[i].find(measured, &out[i]);
	}
}
