/* progress.c - see progress.h. */
#include "commands/run/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_EVERY_NS UINT64_C(10000000000)
#define TEXT_BYTES 400

static int write_error_stream(void *context, const char *bytes, size_t count)
{
	(void)context;
	(void)fwrite(bytes, 1, count, stderr);
	return 0;
}

void progress_start(struct progress *progress, enum lfb_when when)
{
	const bool terminal = isatty(STDERR_FILENO) != 0;

	progress->shown = when != LFB_WHEN_NEVER;
	progress->rewritten = terminal && progress->shown;
	progress->last_ns = 0;
	if (lfb_term_log_open(&progress->log, progress->rewritten ? STDERR_FILENO : -1, 0, write_error_stream, NULL) != 0)
		progress->shown = progress->rewritten = false; /* a run is worth more than its progress line */
}

static void line_of(const struct lfb_run_progress *state, char out[TEXT_BYTES])
{
	const unsigned long long left_s = (unsigned long long)(state->left_ns / UINT64_C(1000000000));
	char cell[200] = "";

	if (state->cell != NULL)
		(void)lfb_cell_text(&state->cell->shape, state->cell->backend->label, cell, sizeof(cell));
	(void)snprintf(out, TEXT_BYTES, "[%zu/%zu] %3zu %%  %llu:%02llu left%s%s", state->done, state->total,
		       state->total > 0 ? state->done * 100 / state->total : 100, left_s / 60, left_s % 60, cell[0] != '\0' ? "  " : "", cell);
}

void progress_show_text(struct progress *progress, const char *text, uint64_t elapsed_ns, bool last)
{
	char line[TEXT_BYTES + 16];

	if (!progress->shown)
		return;
	if (progress->rewritten) {
		(void)lfb_term_log_status(&progress->log, text);
	} else if (last || elapsed_ns >= progress->last_ns + LINE_EVERY_NS) {
		progress->last_ns = elapsed_ns;
		(void)snprintf(line, sizeof(line), "lfbench: %s", text);
		(void)lfb_term_log_line(&progress->log, line);
	}
	(void)fflush(stderr);
}

void progress_show(struct progress *progress, const struct lfb_run_progress *state)
{
	char text[TEXT_BYTES];

	line_of(state, text);
	progress_show_text(progress, text, state->elapsed_ns, state->cell == NULL);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		lfb_term_log_close(&progress->log);
	(void)fflush(stderr);
	progress->shown = false;
}
