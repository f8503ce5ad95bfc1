/*
 * doctor_print.h - the doctor's report for people: the verdict, the facts, what was measured, and what
 * stays empty. Values need no further cleaning for the terminal: env.h stores printable ASCII only.
 */
#ifndef LFBENCH_DOCTOR_PRINT_H
#define LFBENCH_DOCTOR_PRINT_H

#include "commands/doctor/doctor_findings.h"
#include "text/table.h"

/* Everything the doctor has found out; what was not looked for is NULL or 0. */
struct doctor_report {
	const struct lfb_env *env;
	const struct lfb_topology *topology;
	const struct doctor_measured *measured;
	const struct doctor_finding *findings; /* DOCTOR_FINDINGS of them, if measured */
	const struct doctor_empty *empty;
	size_t empties;
};

void doctor_print(const struct doctor_report *report, const struct lfb_medium *medium);

/* One marked line: "  ok       label    value". */
void doctor_print_line(enum lfb_verdict verdict, const char *label, const char *value, const struct lfb_medium *medium);

/* Text below such a line, after `lead`; nothing for NULL. */
void doctor_print_text(const char *lead, const char *text, const struct lfb_medium *medium);

/* The section of what was measured. */
void doctor_print_measured(const struct doctor_measured *measured, const struct doctor_finding *findings,
			   const struct lfb_medium *medium);

/* All of it as JSON on standard output. Returns 0, -ENOMEM or -EIO. */
int doctor_write_json(const struct doctor_report *report);

#endif
