/* compare_history.h - `lfbench compare --history`: each cell through all files, in order of time. */
#ifndef COMPARE_HISTORY_H
#define COMPARE_HISTORY_H

#include "compare/compare.h"
#include "text/table.h"

#include <stdio.h>

/*
 * Print a table per cell and metric, a line per file. All files are in the base arm of `compare`. Returns the number of
 * tables, or -errno.
 */
int compare_history_print(FILE *out, const struct compare *compare, const bool metrics[COMPARE_METRICS], const struct lfb_medium *medium);

#endif
