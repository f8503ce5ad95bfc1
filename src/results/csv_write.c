/* csv_write.c - the writing half of csv_file.h. */
#include "results/csv_file.h"

#include <errno.h>
#include <string.h>

/* The error of the stream, as -errno. stdio keeps only that there was one. */
static int stream_status(FILE *out, int saved_errno)
{
	if (!ferror(out))
		return 0;
	return saved_errno != 0 ? -saved_errno : -EIO;
}

static void put_field(FILE *out, const char *text)
{
	if (text[strcspn(text, ",\"\r\n")] == '\0') {
		(void)fputs(text, out);
		return;
	}
	(void)putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)putc('"', out);
		(void)putc(*text, out);
	}
	(void)putc('"', out);
}

int lfb_csv_write_field(FILE *out, const char *text)
{
	errno = 0;
	put_field(out, text);
	return stream_status(out, errno);
}

int lfb_csv_write_header(FILE *out)
{
	errno = 0;
	for (int column = 0; column < LFB_COLUMN_COUNT; column++) {
		put_field(out, lfb_columns[column].name);
		(void)putc(column + 1 < LFB_COLUMN_COUNT ? ',' : '\n', out);
	}
	return stream_status(out, errno);
}

int lfb_csv_write_row(FILE *out, const struct lfb_row *row)
{
	if (row->failed)
		return -ENOMEM;
	errno = 0;
	for (int column = 0; column < LFB_COLUMN_COUNT; column++) {
		put_field(out, lfb_row_get(row, (enum lfb_column)column));
		(void)putc(column + 1 < LFB_COLUMN_COUNT ? ',' : '\n', out);
	}
	return stream_status(out, errno);
}
