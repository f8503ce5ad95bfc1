/* check_progress.h - the progress probe within `lfbench check`: what it found, as a table and in sentences. */
#ifndef LFBENCH_BENCH_CHECK_PROGRESS_H
#define LFBENCH_BENCH_CHECK_PROGRESS_H

#include "check/verdicts.h"
#include "commands/check/check_print.h"

/* What is said of a row's claims of progress, for the table of all checks. */
const char *check_progress_word(const struct check_row *row);

/* Whether a claim was refuted, or the backend crashed or hung. */
bool check_progress_failed(const struct check_row *row);

/* What is to be kept of a role's claim: the verdict, on how many stops, and why. Inconclusive: nothing. */
void check_progress_keep(const struct check_row *row, unsigned role, struct lfb_kept_verdict *out);

/* Why a row has failed, where it has. */
void check_progress_explain(FILE *out, const struct check_row *rows, size_t count);

/* The table of what was found, and below it each place that blocks. Returns 0 or -errno. */
int check_progress_print(FILE *out, const struct check_row *rows, size_t count, const struct lfb_medium *medium);

#endif
