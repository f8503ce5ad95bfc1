/* check_record.h - keep what `lfbench check` has found, for `list`, `show` and `report` (check/verdicts.h). */
#ifndef LFBENCH_BENCH_CHECK_RECORD_H
#define LFBENCH_BENCH_CHECK_RECORD_H

#include "commands/check/check_print.h"

/*
 * Remember it. Without `all_shapes` nothing was confirmed, only refuted; without `usual_bound`, which is that of --bound or a larger one, wait-freedom was not
 * refuted either. That it cannot be written is said, and changes no verdict.
 */
void check_record(const struct check_row *rows, size_t count, bool all_shapes, bool usual_bound);

#endif
