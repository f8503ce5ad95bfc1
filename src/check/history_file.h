/*
 * history_file.h - a history as text, to keep what refuted a queue, and to judge it again.
 *
 * FORMAT. One item a line, words separated by single spaces, '#' begins a line that means nothing. First "lfbench-history 1". Then,
 * in any order and each at most once, with what counts if it is not there:
 *
 *     backend NAME        what was looked at (none); to the end of the line, as is shape
 *     shape NAME          under which load (none)
 *     seed N              (0)
 *     order WORD          fifo, per_producer, lifo, none (fifo)
 *     empty WORD          never, strict, weak (strict); likewise full
 *     capacity N          0: unbounded (0)
 *     epsilon N           ticks by which two CPUs' clocks may differ (0)
 *     ticks_per_us X      for printing (1000)
 *
 * Then "thread N", N counting up from 0, and after each the operations of that thread in the order it did them:
 *
 *     push P:N CALL RETURN ok|full        value N of producer P; times in ticks
 *     pop P:N CALL RETURN ok
 *     pop - CALL RETURN empty
 *     push P:N CALL - never               it did not return; likewise pop -
 *
 * and "end" as the last line. Who reads takes nothing on trust: files come from elsewhere.
 */
#ifndef LFBENCH_CHECK_HISTORY_FILE_H
#define LFBENCH_CHECK_HISTORY_FILE_H

#include "text/error.h"
#include "history.h"

#include <stdio.h>

/* Write it. Returns 0 or -errno of the stream. */
int lfb_history_write(FILE *out, const struct lfb_history *history);

/*
 * Read one. On success *out is to be freed with lfb_history_free. `name` is what messages call the file. Returns 0; -ENOMEM; -EINVAL
 * with file, line and what is wrong there; or -errno of the stream.
 */
int lfb_history_read(FILE *in, const char *name, struct lfb_history **out, struct lfb_error *error);

#endif
