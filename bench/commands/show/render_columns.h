/*
 * render_columns.h - the columns that a table of results can have: what they are called, what stands in them, and in which order
 * the lines come. The terminal, Markdown and the report have them from here, so that they never disagree.
 */
#ifndef LFBENCH_RENDER_COLUMNS_H
#define LFBENCH_RENDER_COLUMNS_H

#include "text/error.h"
#include "summary/summary.h"

#define RENDER_CELL_BYTES 64

enum render_column {
	RENDER_BACKEND, /* always there, and always the first */
	RENDER_SEMANTICS,
	RENDER_PROGRESS,
	RENDER_LIBRARY,
	RENDER_ALLOC,
	RENDER_CAPACITY,
	RENDER_NS_PER_OP,
	RENDER_INTERVAL,
	RENDER_OPS_PER_S,
	RENDER_OF_CEILING,
	RENDER_P50,
	RENDER_P99,
	RENDER_P999,
	RENDER_MAX,
	RENDER_CAS_FAILURES,
	RENDER_ATOMICS,
	RENDER_LOCK_WAITS,
	RENDER_SWITCHES,
	RENDER_EMPTY,
	RENDER_FULL,
	RENDER_FAIRNESS,
	RENDER_LAUNCHES,
	RENDER_FLAGS,
	RENDER_BAR,
	RENDER_COLUMNS
};

struct render_column_info {
	const char *name;  /* as --columns and --sort have it */
	const char *title; /* as the table has it */
	bool right;	   /* aligned to the right, as figures are */
	bool shrink;	   /* may be cut */
	bool sorts;	   /* lines can be put in its order */
	int rank;	   /* on a narrow terminal the highest goes first; 0: stays */
};
extern const struct render_column_info render_columns[RENDER_COLUMNS];

/* Which columns, and in which order the queues come (references are always the first). */
struct render_view {
	enum render_column column[RENDER_COLUMNS];
	size_t count;
	bool chosen;		 /* by hand: none is dropped to fit the width */
	enum render_column sort; /* RENDER_NS_PER_OP: by rank */
	bool descending;
};

/* What goes without saying. */
struct render_view render_view_preset(void);
/* Whether lines stand by rank, so that each can be held against the one above it. */
bool render_view_is_ranking(const struct render_view *view);
/* Parse "ns_per_op,p99" and "p99" or "-p99". Return 0 or -EINVAL with a sentence that names what is accepted. */
int render_view_columns(struct render_view *view, const char *list, struct lfb_error *error);
int render_view_sort(struct render_view *view, const char *word, struct lfb_error *error);

/* The text of one cell: `out`, or what the entry has. Flags of `common_flags` are left out. Not made safe to print. */
const char *render_cell(const struct lfb_entry *entry, enum render_column column, uint32_t common_flags, bool ascii,
			char out[RENDER_CELL_BYTES]);

/* The entries of the group in the view's order, which is the caller's to free. NULL: out of memory. */
const struct lfb_entry **render_order(const struct lfb_group *group, const struct render_view *view);

/* The latencies of its closed loop, or NULL. */
const struct lfb_at_load *render_closed_loop(const struct lfb_entry *entry);
/* Whether it has a line of figures; else render_absence says why not. */
bool render_has_figures(const struct lfb_entry *entry);
const char *render_absence(const struct lfb_entry *entry);
/* "3 rows crashed: SIGSEGV", "latency pass: timeout"; the caller's to free. NULL: out of memory. */
char *render_problem(const struct lfb_problem *problem);
/* What the backend does not allow is no failure. */
bool render_is_unsupported(const struct lfb_problem *problem);
/* The fastest of the group, if the figures say for sure that it is, and of queues that promise the same; or NULL. */
const struct lfb_entry *render_winner(const struct lfb_group *group);
/* The most operations per second of a queue in the group. */
double render_best_rate(const struct lfb_group *group);

/* The letter that stands for summary.flags[i] in the tables. */
char render_flag_letter(size_t flag);

/* Figures as they stand in tables, with three significant digits. */
void render_ns(char out[RENDER_CELL_BYTES], double value);
/* 19234567 as "19.2 M" */
void render_rate(char out[RENDER_CELL_BYTES], double value);
/* A time with its unit: "850 ns", "12.3 us"; "" if it is NaN. */
void render_time(char out[RENDER_CELL_BYTES], double ns, bool ascii);
/* Two significant digits, and never fewer than the whole number; "" if it is NaN. */
void render_count(char out[RENDER_CELL_BYTES], double count);

#endif
