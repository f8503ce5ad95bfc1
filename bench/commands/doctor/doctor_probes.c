/* doctor_probes.c - see doctor_probes.h. */
#include "commands/doctor/doctor_probes.h"

#include "machine/clock.h"
#include "machine/regime.h"
#include "commands/show/render.h"
#include "statistics/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Between readings: about a trial. */
#define PAUSE_NS 20000000L

/* What successive readings have in common. */
struct steadiness {
	double *ratios; /* larger over smaller median of a pair, from one reading to the next */
	size_t count;
	unsigned changed, missing; /* readings */
};

/* Take up how much each pair differs from the reading before. */
static void compare(struct steadiness *steadiness, const struct lfb_regime_reading *before,
		    const struct lfb_regime_reading *now)
{
	for (unsigned i = 0; i < now->pairs; i++) {
		const double a = before->pair[i].median_ns, b = now->pair[i].median_ns;

		if (!isnan(a) && !isnan(b))
			steadiness->ratios[steadiness->count++] = a > b ? a / b : b / a;
	}
	steadiness->changed += lfb_regime_changed(before, now);
}

static void print_reading(const struct lfb_regime *regime, const struct lfb_regime_reading *reading, double elapsed_s)
{
	for (unsigned i = 0; i < regime->pairs; i++) {
		(void)printf("%.4f,%u,%u,", elapsed_s, regime->cpu[i][0], regime->cpu[i][1]);
		if (isnan(reading->pair[i].median_ns))
			(void)printf(",\n");
		else
			(void)printf("%.1f,%.1f\n", reading->pair[i].min_ns, reading->pair[i].median_ns);
	}
	(void)fflush(stdout);
}

static void print_steadiness(struct steadiness *steadiness, unsigned readings, double took_ms)
{
	(void)fprintf(stderr, "%u readings, %.2f ms each, %u of them could not be taken", readings, took_ms / readings,
		      steadiness->missing);
	if (steadiness->count > 0) {
		lfb_sort(steadiness->ratios, steadiness->count);
		(void)fprintf(
			stderr,
			"\none reading and the next differ by a factor of %.3f (median), %.3f (99 %%), %.3f (99.9 %%), "
			"%.3f (largest)",
			lfb_quantile(steadiness->ratios, steadiness->count, 0.5),
			lfb_quantile(steadiness->ratios, steadiness->count, 0.99),
			lfb_quantile(steadiness->ratios, steadiness->count, 0.999),
			steadiness->ratios[steadiness->count - 1]);
	}
	(void)fprintf(stderr, "\n%u of %u times by more than %.2f: a trial in between would be flagged regime\n",
		      steadiness->changed, readings - 1, LFB_REGIME_FACTOR);
}

/* Take the readings. Returns how long they took together, in milliseconds. */
static double take(const struct lfb_regime *regime, unsigned count, struct steadiness *steadiness)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	const uint64_t begin_ns = lfb_clock_now_ns();
	struct lfb_regime_reading before, now = { .pairs = 0 };
	uint64_t took_ns = 0;

	(void)printf("elapsed_s,cpu_a,cpu_b,min_ns,median_ns\n");
	for (unsigned i = 0; i < count && !ferror(stdout); i++) {
		const uint64_t start_ns = lfb_clock_now_ns();

		before = now;
		steadiness->missing += lfb_regime_probe(regime, &now) != 0;
		took_ns += lfb_clock_now_ns() - start_ns;
		if (i > 0)
			compare(steadiness, &before, &now);
		print_reading(regime, &now, (double)(start_ns - begin_ns) / 1e9);
		if (i + 1 < count)
			(void)nanosleep(&pause, NULL);
	}
	return (double)took_ns / 1e6;
}

int doctor_probes(const struct lfb_topology *topology, unsigned count)
{
	const struct lfb_cpu_list *const usable = lfb_topology_usable(topology);
	struct steadiness steadiness = { 0 };
	struct lfb_regime regime;
	double took_ms;

	lfb_regime_choose(usable->cpus, (unsigned)usable->count, &regime);
	if (regime.pairs == 0)
		return render_error("doctor", "one CPU: no round trip to measure; --probes needs two CPUs");
	steadiness.ratios = calloc((size_t)count * regime.pairs, sizeof(steadiness.ratios[0]));
	if (steadiness.ratios == NULL)
		return render_error("doctor", "out of memory; ask for fewer --probes");
	took_ms = take(&regime, count, &steadiness);
	if (!ferror(stdout))
		print_steadiness(&steadiness, count, took_ms);
	free(steadiness.ratios);
	return ferror(stdout) ? render_error("doctor", "the output cannot be written; is the disk full?") : 0;
}
