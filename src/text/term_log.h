/*
 * term_log.h - a log on a terminal, or on anything that is not one: lines wrapped to its width, wrapped anew
 * when the width changes, and one status line below them that is written over. The logger workload writes its lines
 * by it, and `lfbench run` its progress.
 *
 * DESIGN. What a terminal does with the lines it already shows when its width changes is the terminal's affair, and differs.
 * So the last lines are kept here; when the size is found to have changed, the screen is cleared and they are written
 * again. The size is asked for at each line, by one system call: there is no signal handler, and a storm of SIGWINCH
 * is no more than one change. Not thread-safe: one thread writes.
 *
 * Text from elsewhere is made safe first (safe_text.h): a log line cannot steer the terminal.
 */
#ifndef LFBENCH_TERM_LOG_H
#define LFBENCH_TERM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a line, cut beyond; and lines that are kept for a change of width. */
#define LFB_TERM_LINE_BYTES 8192u
#define LFB_TERM_LINES_KEPT 100u
/* Where a terminal does not say how wide it is. */
#define LFB_TERM_COLUMNS_UNKNOWN 80u

/* Where the bytes go. Returns 0 or -errno. */
typedef int (*lfb_term_write_fn)(void *context, const char *bytes, size_t count);

struct lfb_term_log {
	int terminal_fd;  /* asked for the size; -1: no terminal, `columns` is fixed */
	unsigned columns, rows;
	lfb_term_write_fn write;
	void *context;
	char (*kept)[LFB_TERM_LINE_BYTES]; /* LFB_TERM_LINES_KEPT of them; NULL without a terminal */
	uint64_t lines;      /* logged so far */
	uint64_t wrapped;    /* rows of the screen they took beyond one each */
	uint64_t redraws;
	char status[LFB_TERM_LINE_BYTES];
	bool status_shown;
};

/*
 * Log to `write`. With a terminal its size is asked for at every line; without one (-1) lines are wrapped to
 * `columns`, 0: not at all. Returns 0 or -ENOMEM; close with lfb_term_log_close.
 */
int lfb_term_log_open(struct lfb_term_log *log, int terminal_fd, unsigned columns, lfb_term_write_fn write, void *context);
void lfb_term_log_close(struct lfb_term_log *log);

/* One line, without its line end; anything may be in it. Returns 0, or what `write` returned. */
int lfb_term_log_line(struct lfb_term_log *log, const char *text);

/* The status line: replaces the one before; cut to the width. "": none. For terminals only, elsewhere it is not shown. */
int lfb_term_log_status(struct lfb_term_log *log, const char *text);

/*
 * Bytes of `text`, valid UTF-8, that make the next row of at most `columns` columns: up to a space where there is one, and at
 * least one character. *skip: bytes after it that are not shown (the space). 0 at the end.
 */
size_t lfb_wrap_next(const char *text, unsigned columns, size_t *skip);

#endif
