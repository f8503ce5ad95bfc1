/*
 * render_table.h - the results of one workload at one shape: a table, and below it what the passes and the
 * launches say besides. Part of render.h.
 */
#ifndef LFBENCH_RENDER_TABLE_H
#define LFBENCH_RENDER_TABLE_H

#include "commands/show/render_columns.h"
#include "summary/summary.h"
#include "text/table.h"

#define RENDER_NO_MARK " " /* not empty: the lines keep their indentation in a table without marks */

/* How it is to look, and on what. */
struct render_scene {
	const struct render_view *view;
	const struct lfb_medium *medium;
};

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
		 const struct render_scene *scene);

/* The shape without the workload, and what goes for all lines of its table: as render_describe_fn. */
void render_describe_shape(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group);
void render_describe_lines(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group);
bool render_has_several_hosts(const struct lfb_summary *summary);

/* Print what there is to say of it, if there is. Return 0 or -errno. */
int render_regimes(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);
int render_loads(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);
int render_why(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);
int render_remarks(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium);

/* "50 %", or the rate; with the arrivals unless they are at random, as they are by default. */
void render_load(char out[RENDER_CELL_BYTES], const struct lfb_at_load *at);
/* "OVERLOADED: achieved 71 %", "all due at once: 5.1 M items/s", "" */
void render_load_note(char *out, size_t bytes, const struct lfb_at_load *at);
bool render_load_lacks_figures(const struct lfb_at_load *at);
/* "0.42 failed CAS, 1.0 atomics" */
void render_why_text(FILE *out, const struct lfb_contention *contention, bool ascii);
bool render_has_counts(const struct lfb_contention *contention);

/* Write that the machine changed, as a sentence. */
void render_regimes_text(FILE *out, const struct lfb_regimes *regimes, bool ascii);

#endif
