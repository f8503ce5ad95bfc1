/* term_log.c - see term_log.h. */
#include "text/term_log.h"

#include "text/safe_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* Clear the screen and go to its corner; clear the line and go to its start. */
#define CLEAR_SCREEN "\033[2J\033[H"
#define CLEAR_LINE "\r\033[K"

static size_t character_bytes(const char *text)
{
	size_t n = 1;

	while (((unsigned char)text[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* The last space of a row, if it has one behind some text. */
static size_t last_space(const char *text, size_t bytes)
{
	while (bytes > 0 && text[bytes - 1] != ' ')
		bytes--;
	return bytes;
}

size_t lfb_wrap_next(const char *text, unsigned columns, size_t *skip)
{
	const size_t fits = lfb_text_fit(text, columns);
	size_t space;

	*skip = 0;
	if (text[0] == '\0' || text[fits] == '\0')
		return fits;
	if (fits == 0) /* a wide character in a single column: it cannot be shown better */
		return character_bytes(text);
	if (text[fits] == ' ') {
		*skip = 1;
		return fits;
	}
	space = last_space(text, fits);
	if (space <= 1) /* one long word */
		return fits;
	*skip = 1;
	return space - 1;
}

static int put(struct lfb_term_log *log, const char *bytes, size_t count)
{
	return count == 0 ? 0 : log->write(log->context, bytes, count);
}

/* One line in rows. Counts rows beyond the first where asked to. */
static int put_rows(struct lfb_term_log *log, const char *text, uint64_t *wrapped)
{
	size_t skip = 0, at = 0;
	bool first = true;
	int rc = 0;

	do {
		const size_t bytes = log->columns == 0 ? strlen(text + at) : lfb_wrap_next(text + at, log->columns, &skip);

		*wrapped += !first;
		first = false;
		rc = put(log, text + at, bytes);
		if (rc == 0)
			rc = put(log, "\n", 1);
		at += bytes + skip;
	} while (rc == 0 && text[at] != '\0');
	return rc;
}

static int put_status(struct lfb_term_log *log)
{
	/* One column is left free: in the last one some terminals go to the next row. */
	const size_t columns = log->columns > 1 ? log->columns - 1 : log->columns;

	log->status_shown = log->status[0] != '\0';
	return put(log, log->status, lfb_text_fit(log->status, columns));
}

static int clear_status(struct lfb_term_log *log)
{
	const bool shown = log->status_shown;

	log->status_shown = false;
	return shown ? put(log, CLEAR_LINE, sizeof(CLEAR_LINE) - 1) : 0;
}

/* Returns whether the size has changed. 0 columns: the terminal does not know. */
static bool look_at_size(struct lfb_term_log *log)
{
	struct winsize size;
	unsigned columns = LFB_TERM_COLUMNS_UNKNOWN, rows = 0;
	bool changed;

	if (log->terminal_fd < 0 || ioctl(log->terminal_fd, TIOCGWINSZ, &size) != 0)
		return false;
	if (size.ws_col > 0)
		columns = size.ws_col;
	if (size.ws_row > 0)
		rows = size.ws_row;
	changed = columns != log->columns;
	log->columns = columns;
	log->rows = rows;
	return changed;
}

/* Write what fits the screen again, at the new width. */
static int redraw(struct lfb_term_log *log)
{
	const uint64_t room = log->rows > 0 && log->rows < LFB_TERM_LINES_KEPT ? log->rows : LFB_TERM_LINES_KEPT;
	const uint64_t shown = log->lines < room ? log->lines : room;
	uint64_t uncounted = 0;
	int rc = put(log, CLEAR_SCREEN, sizeof(CLEAR_SCREEN) - 1);

	log->redraws++;
	for (uint64_t i = log->lines - shown; rc == 0 && i < log->lines; i++)
		rc = put_rows(log, log->kept[i % LFB_TERM_LINES_KEPT], &uncounted);
	return rc;
}

int lfb_term_log_open(struct lfb_term_log *log, int terminal_fd, unsigned columns, lfb_term_write_fn write, void *context)
{
	memset(log, 0, sizeof(*log));
	log->terminal_fd = terminal_fd;
	log->columns = columns;
	log->write = write;
	log->context = context;
	if (terminal_fd < 0)
		return 0;
	(void)look_at_size(log);
	log->kept = calloc(LFB_TERM_LINES_KEPT, sizeof(log->kept[0]));
	return log->kept != NULL ? 0 : -ENOMEM;
}

void lfb_term_log_close(struct lfb_term_log *log)
{
	if (log->write != NULL)
		(void)clear_status(log);
	free(log->kept);
	log->kept = NULL;
}

int lfb_term_log_line(struct lfb_term_log *log, const char *text)
{
	char plain[LFB_TERM_LINE_BYTES];
	char *const line = log->kept != NULL ? log->kept[log->lines % LFB_TERM_LINES_KEPT] : plain;
	int rc = clear_status(log);

	if (rc == 0 && look_at_size(log))
		rc = redraw(log);
	lfb_safe_text(text, false, line, LFB_TERM_LINE_BYTES);
	log->lines++;
	if (rc == 0)
		rc = put_rows(log, line, &log->wrapped);
	return rc == 0 ? put_status(log) : rc;
}

int lfb_term_log_status(struct lfb_term_log *log, const char *text)
{
	int rc = clear_status(log);

	if (log->terminal_fd < 0)
		return 0;
	if (rc == 0 && look_at_size(log) && log->lines > 0)
		rc = redraw(log);
	lfb_safe_text(text, false, log->status, sizeof(log->status));
	return rc == 0 ? put_status(log) : rc;
}
