/*
 * csv_file.h - results files: RFC 4180 with the columns of columns.h. (Not csv.h: that is
 * what libcsv calls its own header.)
 *
 * Written: a header, then one row per line, ended by LF (not CR LF: the files are for Unix
 * tools). A field is quoted when it holds a comma, a quote, CR or LF; nothing else is changed.
 *
 * Read: as a stream, one row in memory at a time, by a parser (libcsv, strict mode) that is
 * told to leave spaces alone. A header maps names to columns in any order; columns that are
 * not known are passed over, missing ones are empty. LF, CR LF and a UTF-8 byte order mark are
 * accepted, blank lines skipped. Everything that would leave a doubt about what the file
 * says is refused, with the line it is on.
 */
#ifndef LFBENCH_CSV_FILE_H
#define LFBENCH_CSV_FILE_H

#include "results/row.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Write the header line. Returns 0 or -errno; an error may also show only when `out` is flushed. */
int lfb_csv_write_header(FILE *out);
/* Write one row. Returns 0, -ENOMEM for a row that failed, or -errno as above. */
int lfb_csv_write_row(FILE *out, const struct lfb_row *row);
/* Write one field, quoted if it has to be, without a separator: for the companion files. */
int lfb_csv_write_field(FILE *out, const char *text);

#define LFB_CSV_FIELD_BYTES ((size_t)64 << 10)
#define LFB_CSV_ROW_BYTES ((size_t)1 << 20)
/* Columns of a file, known and unknown. */
#define LFB_CSV_FIELDS 1024

/* What is accepted. NULL stands for the sizes above, any number of rows, and no torn end. */
struct lfb_csv_limits {
	size_t field_bytes; /* 0: LFB_CSV_FIELD_BYTES */
	size_t row_bytes;   /* 0: LFB_CSV_ROW_BYTES */
	uint64_t rows;	    /* 0: any number */
	/*
	 * Take what comes before an unfinished last line, instead of refusing the file: for
	 * files whose writer was killed. A last line without its line end is left out even if
	 * it looks whole, since its last figure may have been cut. An empty file has no rows.
	 */
	bool torn_end;
};

struct lfb_csv_error {
	uint64_t line;	     /* where the row begins that is refused, from 1; 0: not about a line */
	char text[256];	     /* what is wrong, safe to print */
	uint64_t good_bytes; /* up to the line end of the last whole row: where to go on writing */
	bool torn;	     /* an unfinished end was left out */
};

/* Called for every row, which is valid until it returns. Non-zero stops the reading. */
typedef int (*lfb_csv_row_fn)(const struct lfb_row *row, void *context);

/*
 * Read `in` to its end. Returns 0; what on_row returned if it stopped; -EBADMSG for an input
 * that is refused; -EFBIG for one beyond the limits; -ENOMEM; or -errno of the read that failed.
 * `error` is always filled. `in` must be at its start and stays open.
 */
int lfb_csv_read(FILE *in, const struct lfb_csv_limits *limits, lfb_csv_row_fn on_row, void *context,
		 struct lfb_csv_error *error);

struct lfb_rows {
	struct lfb_row *rows;
	size_t count;
};

/*
 * Read a whole file into memory. Returns as lfb_csv_read; on error `rows` is empty.
 * Free with lfb_rows_free.
 */
int lfb_csv_read_file(const char *path, const struct lfb_csv_limits *limits, struct lfb_rows *rows,
		      struct lfb_csv_error *error);
void lfb_rows_free(struct lfb_rows *rows);

#endif
