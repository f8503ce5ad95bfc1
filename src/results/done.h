/*
 * done.h - which launches the rows of an interrupted run complete, so that resuming it
 * runs only the others.
 *
 * A launch is complete with all its trials, or with a row that says why there are fewer;
 * a cell with such a row is not launched again at all, as in an uninterrupted run. A row
 * `interrupted` says nothing about the cell.
 */
#ifndef LFBENCH_DONE_H
#define LFBENCH_DONE_H

#include "results/csv_file.h"

struct lfb_done;

/*
 * From the rows of a run with that many trials per launch of the throughput pass, and of the other
 * passes. Returns 0 or -ENOMEM.
 */
int lfb_done_make(const struct lfb_rows *rows, uint64_t trials, uint64_t other_trials, struct lfb_done **out);
void lfb_done_free(struct lfb_done *done);

/* Whether launch `launch` of the cell is complete. NULL: nothing is. */
bool lfb_done_launch(const struct lfb_done *done, const char *cell_id, uint64_t launch);
/* Whether the cell has a row that is neither ok nor interrupted. NULL: none has. */
bool lfb_done_cell_failed(const struct lfb_done *done, const char *cell_id);
/* Whether every launch that has rows is complete. */
bool lfb_done_all_whole(const struct lfb_done *done);

#endif
