/*
 * render_table.h - the results of one workload at one shape: a table, and below it what the passes and the
 * launches say besides. Part of render.h.
 */
#ifndef LFBENCH_RENDER_TABLE_H
#define LFBENCH_RENDER_TABLE_H

#include "summary.h"
#include "table.h"

#define RENDER_CELL_BYTES 64
#define RENDER_NO_MARK " " /* not empty: the lines keep their indentation in a table without marks */

/* The letter that stands for summary.flags[i] in the tables. */
char render_flag_letter(size_t flag);

/* Figures as they stand in tables, with three significant digits. */
void render_ns(char out[RENDER_CELL_BYTES], double value);
/* 19234567 as "19.2 M" */
void render_rate(char out[RENDER_CELL_BYTES], double value);
/* A time with its unit: "850 ns", "12.3 us"; "" if it is NaN. */
void render_time(char out[RENDER_CELL_BYTES], double ns, bool ascii);

/* Writes a text that may contain what comes from a file; it need not be safe. */
typedef void (*render_describe_fn)(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group);

/*
 * Print what `describe` writes, made safe, as a paragraph indented by two; `column` is where the cursor
 * is, 0 at the beginning of a line. Returns 0 or -ENOMEM.
 */
int render_paragraph(FILE *out, render_describe_fn describe, const struct lfb_summary *summary,
		     const struct lfb_group *group, unsigned column, const struct lfb_medium *medium);

/* Print heading, table and what is not ok in it. Returns 0 or -errno. */
int render_group(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
		 const struct lfb_medium *medium);

/* Print what there is to say of it, if there is. Return 0 or -errno. */
int render_regimes(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);
int render_loads(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);
int render_why(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);
int render_remarks(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);

/* Write that the machine changed, as a sentence. */
void render_regimes_text(FILE *out, const struct lfb_regimes *regimes, bool ascii);

#endif
