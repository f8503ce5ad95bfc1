/*
 * render.h - results for people: the tables of `lfbench show` and `lfbench run`, and what all
 * commands print that comes from a file or a command line.
 */
#ifndef LFBENCH_RENDER_H
#define LFBENCH_RENDER_H

#include "results/csv_file.h"
#include "plan/options.h"
#include "commands/show/render_columns.h"
#include "summary/summary.h"
#include "text/table.h"

#include <getopt.h>
#include <stdio.h>

/* Print text of unknown origin: control characters, direction marks and invalid UTF-8 are replaced. */
void render_safe(FILE *out, const char *text);

/* Say on standard error that `command` failed and why. Returns 2, the exit status for it. */
int render_error(const char *command, const char *text);

/*
 * The same for an option that `command`, which takes `longs` (ended by one without a name), does not
 * know: with the nearest one it does.
 */
int render_unknown_option(const char *command, const struct option *longs, const char *given);

/*
 * What `out` can take: its width (COLUMNS, the terminal's, or 80), colour (on a terminal, unless
 * NO_COLOR is set or TERM is dumb), and characters beyond ASCII (unless the locale rules them
 * out, or `ascii`).
 */
struct lfb_medium render_medium(FILE *out, enum lfb_when color, bool ascii);

/* Print one table per workload and shape, then what the marks and flags in them mean. Returns 0 or -errno. */
int render_summary(FILE *out, const struct lfb_summary *summary, const struct lfb_medium *medium);
/* The same with the columns and the order of a view. */
int render_summary_as(FILE *out, const struct lfb_summary *summary, const struct render_view *view,
		      const struct lfb_medium *medium);
/* The same tables in the Markdown of GitHub and GitLab. */
int render_summary_markdown(FILE *out, const struct lfb_summary *summary, const struct render_view *view);

/* The same straight from rows. Returns 0 or -errno. */
int render_rows(FILE *out, const struct lfb_rows *rows, enum lfb_when color);

#endif
