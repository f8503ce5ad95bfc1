/* summary_parts.h - what the files of summary.h share with each other. Not for others, but for export_rows.c, which groups as they do. */
#ifndef LFBENCH_SUMMARY_PARTS_H
#define LFBENCH_SUMMARY_PARTS_H

#include "summary/summary.h"

/* What a row counts as: where its figures go. */
enum lfb_row_pass { LFB_ROW_THROUGHPUT, LFB_ROW_LATENCY, LFB_ROW_CONTENTION };

#define LFB_SUMMARY_UNSUPPORTED "unsupported"

/* Stands for all words and texts beyond a number that anyone would read. */
#define LFB_SUMMARY_OTHERS "(others)"

/* Whether the column flags of `row` has that word. */
bool lfb_summary_row_has_flag(const struct lfb_row *row, const char *flag);
/* The round trip around a trial: of what was measured before and after, the mean. NaN: neither. */
double lfb_summary_probe_ns(const struct lfb_row *row);

/* By the column `pass`; what is not known counts as throughput, in a group of its own. */
enum lfb_row_pass lfb_row_pass(const struct lfb_row *row);

/* Orders of rows, for tsearch: equal are those of one group, and of one entry. */
int lfb_summary_by_group(const void *a, const void *b);
int lfb_summary_by_entry(const void *a, const void *b);
/* Whether a row of the contention pass is of the same backend as one of another pass; builds differ. */
bool lfb_summary_is_counterpart(const struct lfb_row *a, const struct lfb_row *b);
/* Order of groups, for qsort of struct lfb_group *: by shape, numbers by value. */
int lfb_summary_by_shape(const void *left, const void *right);

/* The value of `key` in a text k=v;k=v, copied to `out`; "" where it is not there. */
void lfb_params_get(const char *params, const char *key, char *out, size_t out_bytes);

/*
 * An array with room for one more: it has room for the next power of two, so it moves whenever
 * its count is one. Returns NULL, and `array` stays as it is, when there is no memory.
 */
void *lfb_summary_grow(void *array, size_t count, size_t element_bytes);

/* Count a problem; its texts are copied. Returns 0 or -ENOMEM. */
int lfb_entry_add_problem(struct lfb_entry *entry, const char *pass, const char *status, const char *reason,
			  size_t rows);
void lfb_entry_free(struct lfb_entry *entry);
/* Bring the contention pass of each backend together with its other passes. Returns 0 or -ENOMEM. */
int lfb_group_join_passes(struct lfb_group *group);

/* One trial that was ok, of the pass that the name says. Return 0, -ENOMEM or -E2BIG. */
int lfb_entry_add_latency(struct lfb_entry *entry, const struct lfb_row *row, uint64_t launch);
int lfb_entry_add_contention(struct lfb_entry *entry, const struct lfb_row *row, uint64_t launch);

/* The figures of one group and the order of its entries. Returns 0 or -ENOMEM. */
int lfb_group_finish(struct lfb_group *group);
/* Its entries' medians over launches. Return 0 or -ENOMEM. */
int lfb_entry_finish_latencies(struct lfb_entry *entry);
int lfb_entry_finish_contention(struct lfb_entry *entry);
/* What the launches say of the machine and of each other: outliers, first trials, regimes. */
int lfb_group_finish_launches(struct lfb_group *group);
/* Decide which first trials are unlike the later ones, over all that the file lets test. */
void lfb_first_trials_judge(const struct lfb_summary *summary);

/* The place among entry->loads of that at which the row ran; load_count if there is none. */
size_t lfb_entry_find_load(const struct lfb_entry *entry, const struct lfb_row *row);

void lfb_entry_free_latencies(struct lfb_entry *entry);

/* Median over launches of a figure that may be NaN where it was not measured. `values` is overwritten. */
double lfb_median_of_measured(double *values, size_t n);

#endif
