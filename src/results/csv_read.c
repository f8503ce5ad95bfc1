/*
 * csv_read.c - the reading half of csv_file.h.
 *
 * libcsv takes bytes and calls back for fields and rows, but knows no lines. So it is
 * fed in pieces that end at the first CR or LF: a row can end only where a piece does, and
 * between two pieces this side knows the line, the offset in the file, and whether a row
 * is open. That gives every message its line, and a resumed run the place to go on at.
 */
#include "results/csv_file.h"

#include "text/safe_text.h"

#include <csv.h> /* libcsv */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The parser's buffer grows in such steps; its own 128 bytes make a long field a matter of its square. */
#define FIELD_STEP_BYTES ((size_t)64 << 10)
#define CHUNK_BYTES ((size_t)64 << 10)
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
/* Bytes of an unruly text shown in a message. */
#define SHOWN_BYTES 48
/* In `map`: a column of the file that is not known here. */
#define UNKNOWN LFB_COLUMN_COUNT

/* Without these a file is not one of results. */
static const enum lfb_column required[] = { LFB_COL_schema, LFB_COL_workload, LFB_COL_backend, LFB_COL_status };

struct reader {
	struct csv_parser parser;
	struct lfb_csv_limits limits;
	lfb_csv_row_fn on_row;
	void *context;
	struct lfb_csv_error *error;
	int status;	     /* what lfb_csv_read will return; the rest is skipped once it is not 0 */
	uint64_t line;	     /* the one being fed, from 1 */
	uint64_t offset;     /* bytes fed */
	uint64_t row_offset; /* where the open row began */
	bool row_open;	     /* bytes of a row were fed, its end was not */
	bool at_end;	     /* nothing follows what is fed */
	bool have_header;
	bool of_gate; /* the first column is that of a gate's raw rows */
	uint64_t rows;
	size_t field;  /* of the open row, from 0 */
	size_t fields; /* of the header */
	enum lfb_column map[LFB_CSV_FIELDS];
	struct lfb_row row;
};

static void refuse(struct reader *r, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Only the first refusal counts: what follows it is its consequence. */
static void refuse(struct reader *r, int status, const char *format, ...)
{
	va_list arguments;

	if (r->status != 0)
		return;
	r->status = status;
	va_start(arguments, format);
	(void)vsnprintf(r->error->text, sizeof(r->error->text), format, arguments);
	va_end(arguments);
}

static void take_name(struct reader *r, const char *name)
{
	const enum lfb_column column = lfb_column_find(name);

	if (r->field == LFB_CSV_FIELDS) {
		refuse(r, -EFBIG, "more than %d columns", LFB_CSV_FIELDS);
		return;
	}
	for (size_t i = 0; i < r->field && column != UNKNOWN; i++)
		if (r->map[i] == column)
			refuse(r, -EBADMSG, "column '%s' is there twice", lfb_columns[column].name);
	r->map[r->field] = column;
	r->of_gate |= r->field == 0 && strcmp(name, "gate") == 0;
}

/* libcsv: a field has ended. */
static void on_field(void *text, size_t length, void *context)
{
	struct reader *const r = context;

	if (r->status != 0)
		return;
	if (length > r->limits.field_bytes)
		refuse(r, -EFBIG, "field %zu is longer than %zu bytes", r->field + 1, r->limits.field_bytes);
	else if (!r->have_header)
		take_name(r, text);
	else if (r->field < r->fields && r->map[r->field] != UNKNOWN)
		lfb_row_set(&r->row, r->map[r->field], text);
	r->field++;
}

static void take_header(struct reader *r)
{
	r->have_header = true;
	r->fields = r->field;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		size_t at = 0;

		while (at < r->fields && r->map[at] != required[i])
			at++;
		if (at == r->fields && r->of_gate)
			refuse(r, -EBADMSG, "raw rows of 'lfbench gate --out', not results; what the gate found is in what its --export json=FILE writes");
		else if (at == r->fields)
			refuse(r, -EBADMSG, "not a results file of lfbench: its header has no column '%s'",
			       lfb_columns[required[i]].name);
	}
}

static void take_row(struct reader *r)
{
	const char *const schema = lfb_row_get(&r->row, LFB_COL_schema);
	char shown[SHOWN_BYTES];

	if (r->field != r->fields) {
		refuse(r, -EBADMSG, "%zu fields, but the header has %zu%s", r->field, r->fields,
		       r->at_end ? ": the file is cut off" : "");
	} else if (r->row.failed) {
		refuse(r, -ENOMEM, "out of memory");
	} else if (strcmp(schema, LFB_SCHEMA) != 0) {
		refuse(r, -EBADMSG, "schema '%s': this lfbench reads schema " LFB_SCHEMA " only",
		       lfb_safe_text(schema, false, shown, sizeof(shown)));
	} else if (r->limits.rows != 0 && r->rows == r->limits.rows) {
		refuse(r, -EFBIG, "more than %" PRIu64 " rows", r->limits.rows);
	} else {
		r->rows++;
		r->status = r->on_row(&r->row, r->context);
		if (r->status != 0)
			(void)snprintf(r->error->text, sizeof(r->error->text), "%s",
				       r->status < 0 ? strerror(-r->status) : "the reading was stopped");
	}
	lfb_row_clear(&r->row);
}

/* libcsv: a row has ended. */
static void on_row_end(int character, void *context)
{
	struct reader *const r = context;

	(void)character;
	r->row_open = false;
	if (r->status != 0)
		return;
	if (r->have_header)
		take_row(r);
	else
		take_header(r);
	r->field = 0;
}

/* libcsv would strip spaces around fields; RFC 4180 calls them part of the field. */
static int no_space(unsigned char character)
{
	(void)character;
	return 0;
}

static void refuse_parse_error(struct reader *r, int code)
{
	if (code == CSV_EPARSE)
		refuse(r, -EBADMSG, "a quote is out of place: inside a field without quotes, or before its end");
	else
		refuse(r, -ENOMEM, "out of memory");
}

/* Feed one piece, which ends at a line break or with the chunk. */
static void feed_piece(struct reader *r, const char *piece, size_t length)
{
	const bool only_break = length == 1 && (piece[0] == '\n' || piece[0] == '\r');

	if (!r->row_open && !only_break) {
		r->row_open = true;
		r->row_offset = r->offset;
		r->error->line = r->line;
	}
	r->offset += length;
	if (memchr(piece, '\0', length) != NULL)
		refuse(r, -EBADMSG, "it holds a NUL byte: binary, or damaged");
	else if (r->row_open && r->offset - r->row_offset > r->limits.row_bytes)
		refuse(r, -EFBIG, "the row is longer than %zu bytes: is a closing quote missing?", r->limits.row_bytes);
	else if (csv_parse(&r->parser, piece, length, on_field, on_row_end, r) != length)
		refuse_parse_error(r, csv_error(&r->parser));
	if (r->status == 0 && !r->row_open)
		r->error->good_bytes = r->offset;
	r->line += piece[length - 1] == '\n';
}

static void feed_chunk(struct reader *r, const char *chunk, size_t length)
{
	while (length > 0 && r->status == 0) {
		size_t piece = 0;

		while (piece < length && chunk[piece] != '\n' && chunk[piece] != '\r')
			piece++;
		piece += piece < length;
		feed_piece(r, chunk, piece);
		chunk += piece;
		length -= piece;
	}
}

static void feed_file(struct reader *r, FILE *in, char *chunk)
{
	const size_t mark = sizeof(BYTE_ORDER_MARK) - 1;
	bool at_start = true;
	size_t length;

	while (r->status == 0 && (length = fread(chunk, 1, CHUNK_BYTES, in)) > 0) {
		const bool marked = at_start && length >= mark && memcmp(chunk, BYTE_ORDER_MARK, mark) == 0;
		const size_t skipped = marked ? mark : 0;

		r->offset += skipped;
		feed_chunk(r, chunk + skipped, length - skipped);
		at_start = false;
	}
	if (r->status == 0 && ferror(in)) {
		r->error->line = 0;
		refuse(r, errno != 0 ? -errno : -EIO, "it cannot be read: %s", strerror(errno != 0 ? errno : EIO));
	}
}

/* The input is at its end: what about the last line? */
static void finish(struct reader *r)
{
	if (r->status != 0)
		return;
	if (r->row_open && r->limits.torn_end) {
		r->error->torn = true;
		return;
	}
	r->at_end = true;
	if (r->row_open && csv_fini(&r->parser, on_field, on_row_end, r) != 0)
		refuse(r, -EBADMSG, "the file ends inside quotes: it is cut off");
	if (!r->have_header && !r->limits.torn_end) {
		r->error->line = 0;
		refuse(r, -EBADMSG, "it is empty: not even a header");
	}
}

int lfb_csv_read(FILE *in, const struct lfb_csv_limits *limits, lfb_csv_row_fn on_row, void *context,
		 struct lfb_csv_error *error)
{
	struct reader *const r = calloc(1, sizeof(*r));
	char *const chunk = malloc(CHUNK_BYTES);
	int status = -ENOMEM;

	memset(error, 0, sizeof(*error));
	(void)snprintf(error->text, sizeof(error->text), "out of memory");
	if (r == NULL || chunk == NULL || csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
		goto out;
	csv_set_blk_size(&r->parser, FIELD_STEP_BYTES);
	error->text[0] = '\0';
	if (limits != NULL)
		r->limits = *limits;
	r->limits.field_bytes = r->limits.field_bytes != 0 ? r->limits.field_bytes : LFB_CSV_FIELD_BYTES;
	r->limits.row_bytes = r->limits.row_bytes != 0 ? r->limits.row_bytes : LFB_CSV_ROW_BYTES;
	r->on_row = on_row;
	r->context = context;
	r->error = error;
	r->line = 1;
	csv_set_space_func(&r->parser, no_space);
	feed_file(r, in, chunk);
	finish(r);
	status = r->status;
	lfb_row_clear(&r->row);
	csv_free(&r->parser);
out:
	free(chunk);
	free(r);
	return status;
}

static int keep_row(const struct lfb_row *row, void *context)
{
	struct lfb_rows *const rows = context;

	if ((rows->count & (rows->count - 1)) == 0) { /* full: it has grown to a power of two */
		const size_t room = rows->count == 0 ? 1 : rows->count * 2;
		struct lfb_row *const more = reallocarray(rows->rows, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		rows->rows = more;
	}
	rows->rows[rows->count] = (struct lfb_row){ .failed = false };
	return lfb_row_copy(&rows->rows[rows->count++], row);
}

int lfb_csv_read_file(const char *path, const struct lfb_csv_limits *limits, struct lfb_rows *rows,
		      struct lfb_csv_error *error)
{
	FILE *const in = fopen(path, "re");
	int status;

	*rows = (struct lfb_rows){ .count = 0 };
	if (in == NULL) {
		status = -errno;
		memset(error, 0, sizeof(*error));
		(void)snprintf(error->text, sizeof(error->text), "it cannot be opened: %s", strerror(-status));
		return status;
	}
	status = lfb_csv_read(in, limits, keep_row, rows, error);
	(void)fclose(in);
	if (status != 0)
		lfb_rows_free(rows);
	return status;
}

void lfb_rows_free(struct lfb_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		lfb_row_clear(&rows->rows[i]);
	free(rows->rows);
	*rows = (struct lfb_rows){ .count = 0 };
}
