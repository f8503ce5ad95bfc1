/* doctor_measure.c - see doctor_measure.h. */
#include "commands/doctor/doctor_measure.h"

#include "machine/clock.h"
#include "machine/ticks.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long gaps are looked for. */
#define GAPS_NS UINT64_C(200000000)
/* From when on there is something to see on standard error, and how often it changes. */
#define QUIET_NS UINT64_C(2000000000)
#define TERMINAL_EVERY_NS UINT64_C(200000000)
#define LINE_EVERY_NS UINT64_C(5000000000)
/* How often to try what times out; in the first two seconds only. */
#define TRIES 5u

/* How far it is; for a machine so busy that pair after pair has to wait for its CPUs. */
struct progress {
	uint64_t start_ns, last_ns;
	size_t done, total;
	bool terminal, shown;
};

static void advance(struct progress *progress)
{
	const uint64_t now_ns = lfb_clock_now_ns();
	const uint64_t every_ns = progress->terminal ? TERMINAL_EVERY_NS : LINE_EVERY_NS;

	progress->done++;
	if (now_ns - progress->start_ns < QUIET_NS || (progress->shown && now_ns - progress->last_ns < every_ns))
		return;
	(void)fprintf(stderr, "%slfbench doctor: measured %zu of %zu pairs of CPUs, which are busy%s",
		      progress->terminal ? "\r\033[K" : "", progress->done, progress->total,
		      progress->terminal ? "" : "\n");
	progress->last_ns = now_ns;
	progress->shown = true;
}

const char *doctor_why_not(int error)
{
	switch (error) {
	case -ETIMEDOUT:
		return "the CPUs were not free at the same time; measure while nothing else runs";
	case -EINVAL:
	case -EPERM:
	case -EXDEV:
		return "threads may not be pinned here";
	case -ERANGE:
		return "the clocks of two CPUs run apart, or a CPU was moved meanwhile";
	default:
		return strerror(-error);
	}
}

/* Whether to try once more: what timed out may work a moment later, but a busy machine must not take for ever. */
static bool again(const struct progress *progress, int rc, unsigned tries)
{
	return rc == -ETIMEDOUT && tries < TRIES && lfb_clock_now_ns() - progress->start_ns < QUIET_NS;
}

static int probe(const struct progress *progress, unsigned cpu_a, unsigned cpu_b, struct lfb_probe *out)
{
	int rc = lfb_probe_round_trip(cpu_a, cpu_b, out);

	for (unsigned tries = 1; again(progress, rc, tries); tries++)
		rc = lfb_probe_round_trip(cpu_a, cpu_b, out);
	if (rc != 0)
		*out = (struct lfb_probe){ NAN, NAN };
	return rc;
}

static int bound_offset(const struct progress *progress, const struct lfb_timebase *timebase, unsigned cpu_a,
			unsigned cpu_b, struct lfb_clock_offset *out)
{
	int rc = lfb_clock_offset_measure(timebase, cpu_a, cpu_b, out);

	for (unsigned tries = 1; again(progress, rc, tries); tries++)
		rc = lfb_clock_offset_measure(timebase, cpu_a, cpu_b, out);
	if (rc != 0)
		*out = (struct lfb_clock_offset){ NAN, NAN };
	return rc;
}

static void note_error(struct doctor_measured *measured, int rc)
{
	if (measured->error == 0)
		measured->error = rc;
}

static void measure_round_trips(struct doctor_measured *measured, struct progress *progress)
{
	const struct lfb_cpu_list *const list = &measured->cpus;

	for (size_t a = 1; a < list->count; a++) {
		for (size_t b = 0; b < a; b++) {
			note_error(measured,
				   probe(progress, list->cpus[a], list->cpus[b], &measured->round_trip[a][b]));
			advance(progress);
		}
	}
}

/* Each CPU against the first, and from that what is possible between any two: see lfb_clock_offset_among. */
static void measure_offsets(struct doctor_measured *measured, struct progress *progress)
{
	const unsigned *const cpus = measured->cpus.cpus;
	struct lfb_clock_offset all = { 0, 0 };
	bool complete = measured->cpus.count > 1;

	for (size_t i = 1; i < measured->cpus.count; i++) {
		struct lfb_clock_offset *const offset = &measured->offset[i];
		const int rc = bound_offset(progress, &measured->timebase, cpus[0], cpus[i], offset);

		note_error(measured, rc);
		if (rc == 0)
			lfb_clock_offset_add(&all, offset);
		else
			complete = false;
		advance(progress);
	}
	measured->skew_ns = complete ? lfb_clock_offset_width(&all) : NAN;
}

static int measure_gaps(const struct lfb_topology *topology, struct doctor_measured *measured)
{
	const struct lfb_cpu_list *const usable = lfb_topology_usable(topology);

	for (size_t i = 0; i < usable->count; i++)
		if (lfb_cpu_list_add(&measured->watched, usable->cpus[i]) != 0)
			return -ENOMEM;
	measured->gaps = calloc(usable->count, sizeof(measured->gaps[0]));
	if (measured->gaps == NULL)
		return -ENOMEM;
	if (lfb_gaps_measure(usable->cpus, (unsigned)usable->count, GAPS_NS, measured->gaps) != 0)
		for (size_t i = 0; i < usable->count; i++)
			measured->gaps[i] = (struct lfb_gaps){ NAN, NAN, NAN };
	return 0;
}

int doctor_measure(const struct lfb_topology *topology, struct doctor_measured *out)
{
	struct progress progress = { .start_ns = lfb_clock_now_ns(), .terminal = isatty(STDERR_FILENO) != 0 };
	size_t cpus;

	memset(out, 0, sizeof(*out));
	if (lfb_cpus_sample(topology, DOCTOR_CPUS, &out->cpus) != 0)
		return -ENOMEM;
	cpus = out->cpus.count;
	progress.total = cpus * (cpus - 1) / 2 + cpus - 1;
	lfb_timebase_init(&out->timebase);
	out->stamp_ns = lfb_ticks_cost_ns(&out->timebase);
	measure_round_trips(out, &progress);
	measure_offsets(out, &progress);
	if (progress.shown && progress.terminal)
		(void)fprintf(stderr, "\r\033[K");
	return measure_gaps(topology, out);
}

void doctor_measured_clear(struct doctor_measured *measured)
{
	lfb_cpu_list_clear(&measured->cpus);
	lfb_cpu_list_clear(&measured->watched);
	free(measured->gaps);
	measured->gaps = NULL;
}
