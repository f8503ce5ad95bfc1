/*
 * timeline.h - a witness for people: its operations one below the other, with times, and a bar each that shows what overlapped what.
 */
#ifndef LFBENCH_CHECK_TIMELINE_H
#define LFBENCH_CHECK_TIMELINE_H

#include "check.h"

#include <stdio.h>

/* Write it, every line indented by `indent`, in at most `width` columns of plain ASCII. Returns 0 or -EIO. */
int lfb_witness_write(FILE *out, const struct lfb_witness *witness, const struct lfb_history *history, unsigned indent, unsigned width);

/* Whose turn it was in a schedule, a line each. */
void lfb_switches_write(FILE *out, const struct lfb_history *history, unsigned indent);

#endif
