/* table.c - see table.h. */
#include "text/table.h"

#include "text/safe_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 32u
#define GAP 2u
#define BAR_MIN 8u
#define BAR_MAX 32u
/* A column that shrinks keeps this much. */
#define SHRUNK_MIN 12u
/* Longest replacement of one byte by lfb_safe_text. */
#define GROWTH 3u

struct row {
	enum lfb_style style;
	bool gap;
	double bar;
	size_t cell_count; /* fewer than columns: the last one spans the rest */
	char *cells[COLUMNS_MAX];
};

struct lfb_table {
	const struct lfb_table_column *columns;
	size_t column_count;
	struct lfb_medium medium;
	struct row *rows;
	size_t row_count;
	bool failed;
};

/* Width of each column; 0: not shown. */
struct layout {
	size_t width[COLUMNS_MAX];
};

/* SGR sequences, ECMA-48. Bold, faint and the basic colours are readable on light and dark. */
static const char *const style_begin[LFB_STYLES] = { "", "\033[1m", "\033[2m", "\033[32m", "\033[31m" };
static const char style_end[] = "\033[0m";

void lfb_style_begin(FILE *out, const struct lfb_medium *medium, enum lfb_style style)
{
	if (medium->color)
		(void)fputs(style_begin[style], out);
}

void lfb_style_end(FILE *out, const struct lfb_medium *medium, enum lfb_style style)
{
	if (medium->color && style != LFB_STYLE_PLAIN)
		(void)fputs(style_end, out);
}

void lfb_table_free(struct lfb_table *table)
{
	if (table == NULL)
		return;
	for (size_t r = 0; r < table->row_count; r++)
		for (size_t c = 0; c < table->rows[r].cell_count; c++)
			free(table->rows[r].cells[c]);
	free(table->rows);
	free(table);
}

static struct row *append_row(struct lfb_table *table)
{
	struct row *const more = reallocarray(table->rows, table->row_count + 1, sizeof(*more));

	if (more == NULL) {
		table->failed = true;
		return NULL;
	}
	table->rows = more;
	memset(&more[table->row_count], 0, sizeof(*more));
	return &more[table->row_count++];
}

void lfb_table_add(struct lfb_table *table, enum lfb_style style, const char *const *cells, double bar)
{
	struct row *const row = append_row(table);

	if (row == NULL)
		return;
	row->style = style;
	row->bar = bar;
	for (size_t c = 0; c < table->column_count && cells[c] != NULL; c++) {
		const size_t bytes = strlen(cells[c]) * GROWTH + 1;
		char *const copy = malloc(bytes);

		if (copy == NULL) {
			table->failed = true;
			return;
		}
		(void)lfb_safe_text(cells[c], table->medium.ascii, copy, bytes);
		row->cells[row->cell_count++] = copy;
	}
}

struct lfb_table *lfb_table_new(const struct lfb_table_column *columns, size_t column_count,
				const struct lfb_medium *medium)
{
	struct lfb_table *const table = calloc(1, sizeof(*table));
	const char *titles[COLUMNS_MAX];

	if (table == NULL)
		return NULL;
	table->columns = columns;
	table->column_count = column_count < COLUMNS_MAX ? column_count : COLUMNS_MAX;
	table->medium = *medium;
	for (size_t c = 0; c < table->column_count; c++)
		titles[c] = columns[c].title;
	lfb_table_add(table, LFB_STYLE_TITLE, titles, -1);
	return table;
}

void lfb_table_add_gap(struct lfb_table *table)
{
	struct row *const row = append_row(table);

	if (row != NULL)
		row->gap = true;
}

/*
 * Width of what is in the column; a text that spans the rest does not count. Row 0 is the
 * titles: a column with nothing but its title is not shown.
 */
static size_t natural_width(const struct lfb_table *table, size_t column)
{
	const size_t title = lfb_text_columns(table->columns[column].title, SIZE_MAX);
	size_t width = 0;

	if (table->columns[column].bar)
		return BAR_MIN;
	for (size_t r = 1; r < table->row_count; r++) {
		const struct row *const row = &table->rows[r];
		const bool spans = row->cell_count < table->column_count && column + 1 == row->cell_count;
		const size_t own =
			column < row->cell_count && !spans ? lfb_text_columns(row->cells[column], SIZE_MAX) : 0;

		width = own > width ? own : width;
	}
	return width > 0 && width < title ? title : width;
}

/* Spaces between this column and what follows it. */
static size_t gap_after(const struct lfb_table *table, size_t column)
{
	return table->columns[column].tight ? 1 : GAP;
}

static size_t total_width(const struct lfb_table *table, const struct layout *layout)
{
	size_t total = 0, gap = 0;

	for (size_t c = 0; c < table->column_count; c++) {
		if (layout->width[c] == 0)
			continue;
		total += gap + layout->width[c];
		gap = gap_after(table, c);
	}
	return total;
}

/* Hide the most dispensable column. Returns false when all that is left has to stay. */
static bool drop_column(const struct lfb_table *table, struct layout *layout)
{
	size_t dropped = table->column_count;
	int highest = 0;

	for (size_t c = 0; c < table->column_count; c++)
		if (layout->width[c] > 0 && table->columns[c].rank > highest) {
			highest = table->columns[c].rank;
			dropped = c;
		}
	if (dropped == table->column_count)
		return false;
	layout->width[dropped] = 0;
	return true;
}

static struct layout lay_out(const struct lfb_table *table)
{
	const size_t room = table->medium.width;
	struct layout layout = { { 0 } };
	size_t total;

	for (size_t c = 0; c < table->column_count; c++)
		layout.width[c] = natural_width(table, c);
	do
		total = total_width(table, &layout);
	while (total > room && drop_column(table, &layout));
	for (size_t c = table->column_count; c-- > 0;) {
		size_t *const width = &layout.width[c];

		if (table->columns[c].shrink && total > room && *width > SHRUNK_MIN) {
			const size_t excess = total - room;

			*width = *width - SHRUNK_MIN > excess ? *width - excess : SHRUNK_MIN;
			total = total_width(table, &layout);
		}
	}
	for (size_t c = 0; c < table->column_count; c++)
		if (table->columns[c].bar && layout.width[c] > 0 && total < room)
			layout.width[c] =
				layout.width[c] + room - total < BAR_MAX ? layout.width[c] + room - total : BAR_MAX;
	return layout;
}

static void write_spaces(FILE *out, size_t count)
{
	(void)fprintf(out, "%*s", (int)count, "");
}

/*
 * Where a line stands: spaces are owed until a text follows them, so that no line ends in any.
 */
struct cursor {
	FILE *out;
	size_t owed;
};

static void pay(struct cursor *at)
{
	(void)fprintf(at->out, "%*s", (int)at->owed, "");
	at->owed = 0;
}

/* A text in `width` columns: padded, or cut and marked as such. */
static void write_cell(struct cursor *at, const struct lfb_table *table, size_t column, const char *text, size_t width)
{
	const size_t wanted = lfb_text_columns(text, SIZE_MAX);
	const size_t padding = wanted < width ? width - wanted : 0;

	if (table->columns[column].right || wanted == 0)
		at->owed += padding;
	if (wanted > 0)
		pay(at);
	if (wanted > width)
		(void)fprintf(at->out, "%.*s%s", (int)lfb_text_fit(text, width - 1), text,
			      table->medium.ascii ? "~" : "\u2026");
	else
		(void)fputs(text, at->out);
	if (!table->columns[column].right && wanted > 0)
		at->owed += padding;
}

/* In eighths of a character where there are such characters. Something is never shown as nothing. */
static void write_bar(struct cursor *at, const struct lfb_table *table, double bar, size_t width)
{
	static const char *const eighths[] = {
		"", "\u258F", "\u258E", "\u258D", "\u258C", "\u258B", "\u258A", "\u2589"
	};
	const unsigned parts = table->medium.ascii ? 1 : 8;
	size_t units;

	if (!(bar >= 0))
		return;
	pay(at);
	units = (size_t)((bar > 1 ? 1 : bar) * (double)(width * parts) + 0.5);
	units = units == 0 && bar > 0 ? 1 : units;
	for (size_t i = 0; i < units / parts; i++)
		(void)fputs(table->medium.ascii ? "#" : "\u2588", at->out);
	(void)fputs(eighths[units % parts], at->out);
}

static void write_row(const struct lfb_table *table, const struct layout *layout, const struct row *row, FILE *out)
{
	struct cursor at = { out, 0 };
	size_t start = 0; /* column of the terminal at which the cell begins */

	lfb_style_begin(out, &table->medium, row->style);
	for (size_t c = 0; c < row->cell_count; c++) {
		const size_t width = layout->width[c];

		if (row->cell_count < table->column_count && c + 1 == row->cell_count) {
			/* It spans the rest, and is shown even where its own column was dropped. */
			pay(&at);
			lfb_text_write_wrapped(out, row->cells[c], (unsigned)start, (unsigned)start,
					       table->medium.width);
			break;
		}
		if (width == 0)
			continue;
		if (table->columns[c].bar)
			write_bar(&at, table, row->bar, width);
		else
			write_cell(&at, table, c, row->cells[c], width);
		at.owed += gap_after(table, c);
		start += width + gap_after(table, c);
	}
	lfb_style_end(out, &table->medium, row->style);
	(void)putc('\n', out);
}

int lfb_table_write(const struct lfb_table *table, FILE *out)
{
	const struct layout layout = lay_out(table);

	if (table->failed)
		return -ENOMEM;
	for (size_t r = 0; r < table->row_count; r++) {
		if (table->rows[r].gap)
			(void)putc('\n', out);
		else
			write_row(table, &layout, &table->rows[r], out);
	}
	return ferror(out) ? -EIO : 0;
}

void lfb_text_write_wrapped(FILE *out, const char *text, unsigned column, unsigned indent, unsigned width)
{
	size_t at = column;
	bool first = true; /* word of the line */

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		const size_t bytes = strcspn(text, " ");
		const size_t wanted = lfb_text_columns(text, bytes);

		if (!first && at + 1 + wanted > width) {
			(void)putc('\n', out);
			write_spaces(out, indent);
			at = indent;
			first = true;
		}
		(void)fprintf(out, "%s%.*s", first ? "" : " ", (int)bytes, text);
		at += wanted + !first;
		first = false;
		text += bytes;
	}
}
