/*
 * doctor_findings.h - what the doctor's measurements mean for the results, and which columns of the
 * results have to stay empty on this machine, each with the reason.
 */
#ifndef LFBENCH_DOCTOR_FINDINGS_H
#define LFBENCH_DOCTOR_FINDINGS_H

#include "commands/doctor/doctor_measure.h"
#include "machine/env.h"

enum doctor_finding_kind { DOCTOR_ROUND_TRIP, DOCTOR_CLOCK, DOCTOR_OFFSET, DOCTOR_GAPS, DOCTOR_FINDINGS };

/* A fact of its own making. Its text is in itself: not to be copied. */
struct doctor_finding {
	const char *key, *label;
	enum lfb_verdict verdict;
	char value[160];
	const char *meaning; /* always there */
	const char *advice;  /* may be NULL */
};

void doctor_find(const struct doctor_measured *measured, struct doctor_finding out[DOCTOR_FINDINGS]);

/* Columns that are empty for one and the same reason. */
struct doctor_empty {
	char columns[160]; /* "cycles, instructions" */
	char reason[256];
};

#define DOCTOR_EMPTIES 16u

/*
 * Which columns stay empty. `measured` is NULL where nothing was measured: then what only measuring would
 * show is left out. `cpus`: usable ones, 0: not known. Returns how many there are.
 */
size_t doctor_empty_columns(const struct doctor_measured *measured, size_t cpus,
			    struct doctor_empty out[DOCTOR_EMPTIES]);

#endif
