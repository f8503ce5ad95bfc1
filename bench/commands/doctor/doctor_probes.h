/*
 * doctor_probes.h - `lfbench doctor --probes N`: the regime probe again and again, as around trials, to see
 * how steady this machine is, and whether it changes while one looks.
 */
#ifndef LFBENCH_DOCTOR_PROBES_H
#define LFBENCH_DOCTOR_PROBES_H

#include "machine/topology.h"

#define DOCTOR_PROBES_MOST 1000000u

/*
 * Take `count` readings of the CPUs' pairs, 20 ms apart, each pair of each a line of CSV on standard output; then
 * on standard error how much successive readings differ. Returns the exit status: 0, or 2 with a
 * message: less than two CPUs, or the output cannot be written.
 */
int doctor_probes(const struct lfb_topology *topology, unsigned count);

#endif
