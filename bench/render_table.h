/* render_table.h - one table of results: one workload at one shape. Part of render.h. */
#ifndef LFBENCH_RENDER_TABLE_H
#define LFBENCH_RENDER_TABLE_H

#include "summary.h"
#include "table.h"

/* The letter that stands for summary.flags[i] in the tables. */
char render_flag_letter(size_t flag);

/* Print heading, table and what is not ok in it. Returns 0 or -errno. */
int render_group(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
		 const struct lfb_medium *medium);

#endif
