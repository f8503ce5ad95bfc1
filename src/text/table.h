/*
 * table.h - text in columns, with a bar at the end: fitted to the width there is.
 *
 * DESIGN. Cells are collected first and laid out when all are known. Where the width is short,
 * columns that were given a rank go, the highest first, then the columns that may shrink are
 * cut, the rightmost first. What is put into a table is made safe for a terminal (safe_text.h) on the way in.
 */
#ifndef LFBENCH_TABLE_H
#define LFBENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct lfb_table_column {
	const char *title;
	bool right;  /* aligned to the right, as figures are */
	bool bar;    /* filled with the row's bar instead of text; one column at most, the last */
	bool shrink; /* may be cut, when dropping columns was not enough */
	bool tight;  /* one space after it instead of two */
	int rank;    /* 0: never dropped */
};

enum lfb_style { LFB_STYLE_PLAIN, LFB_STYLE_TITLE, LFB_STYLE_DIM, LFB_STYLE_BEST, LFB_STYLE_BAD, LFB_STYLES };

/* What the output can take. */
struct lfb_medium {
	unsigned width; /* columns */
	bool color;
	bool ascii; /* no characters beyond ASCII */
};

struct lfb_table;

/* `columns` must stay until lfb_table_free. NULL: no memory. */
struct lfb_table *lfb_table_new(const struct lfb_table_column *columns, size_t column_count,
				const struct lfb_medium *medium);
void lfb_table_free(struct lfb_table *table);

/*
 * Add a row: a text per column. NULL ends it early: the last text may then take up all the
 * columns to its right, and is wrapped under itself. `bar` is 0..1, negative for none.
 * A failed allocation is remembered for lfb_table_write.
 */
void lfb_table_add(struct lfb_table *table, enum lfb_style style, const char *const *cells, double bar);
/* Add an empty line. */
void lfb_table_add_gap(struct lfb_table *table);

/* Lay out and write, titles first. Returns 0, -ENOMEM or -EIO. */
int lfb_table_write(const struct lfb_table *table, FILE *out);

/*
 * Write `text`, which must be safe, as a paragraph of words: `column` is where the cursor is,
 * `indent` where further lines begin. The last line is not ended.
 */
void lfb_text_write_wrapped(FILE *out, const char *text, unsigned column, unsigned indent, unsigned width);

/* Write the sequences that begin and end a style, if the medium has colours. */
void lfb_style_begin(FILE *out, const struct lfb_medium *medium, enum lfb_style style);
void lfb_style_end(FILE *out, const struct lfb_medium *medium, enum lfb_style style);

#endif
