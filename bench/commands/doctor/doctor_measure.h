/*
 * doctor_measure.h - what `lfbench doctor` measures: round trips and clock offsets between CPUs, gaps, and
 * the clock of latencies. Some tenths of a second, on idle CPUs.
 *
 * Pairs are many: of more than DOCTOR_CPUS CPUs a sample is taken (lfb_cpus_sample), so that the cost stays
 * bounded: 120 round trips of about 0.4 ms. Gaps are looked for on all CPUs at once.
 */
#ifndef LFBENCH_DOCTOR_MEASURE_H
#define LFBENCH_DOCTOR_MEASURE_H

#include "machine/clock_offset.h"
#include "machine/cpu_list.h"
#include "machine/gaps.h"
#include "machine/probe.h"
#include "machine/topology.h"

#define DOCTOR_CPUS 16u

/* What could not be measured is NAN. */
struct doctor_measured {
	struct lfb_cpu_list cpus;			       /* measured in pairs: the machine's, or a sample */
	struct lfb_probe round_trip[DOCTOR_CPUS][DOCTOR_CPUS]; /* [a][b] with a > b: by place in `cpus` */
	struct lfb_clock_offset offset[DOCTOR_CPUS];	       /* against the first; [0] is 0 to 0 */
	double skew_ns;					       /* among all of `cpus` */
	struct lfb_timebase timebase;			       /* the clock of latencies */
	double stamp_ns;				       /* what one of its stamps costs */
	struct lfb_cpu_list watched;			       /* for gaps: all usable CPUs */
	struct lfb_gaps *gaps;				       /* by place in `watched` */
	int error; /* of the first pair that could not be measured; 0: there was none */
};

/*
 * Measure on the CPUs of the topology. What takes longer than 2 s shows on standard error how far it is.
 * Returns 0 or -ENOMEM; clear it with doctor_measured_clear in either case.
 */
int doctor_measure(const struct lfb_topology *topology, struct doctor_measured *out);
void doctor_measured_clear(struct doctor_measured *measured);

/* Why a pair could not be measured, in words, from the -errno. Lives as long as the program. */
const char *doctor_why_not(int error);

#endif
