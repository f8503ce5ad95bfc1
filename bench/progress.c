/* progress.c - see progress.h. */
#include "progress.h"

#include "render.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_EVERY_NS UINT64_C(10000000000)

void progress_start(struct progress *progress, enum lfb_when when)
{
	const bool terminal = isatty(STDERR_FILENO) != 0;

	progress->shown = when != LFB_WHEN_NEVER;
	progress->rewritten = terminal && when != LFB_WHEN_NEVER;
	progress->last_ns = 0;
}

static void print_line(const struct lfb_run_progress *state)
{
	const unsigned long long left_s = (unsigned long long)(state->left_ns / UINT64_C(1000000000));
	char cell[200];

	(void)fprintf(stderr, "[%zu/%zu] %3zu %%  %llu:%02llu left", state->done, state->total,
		      state->total > 0 ? state->done * 100 / state->total : 100, left_s / 60, left_s % 60);
	if (state->cell != NULL) {
		(void)fprintf(stderr, "  ");
		render_safe(stderr, lfb_cell_text(&state->cell->shape, state->cell->backend->label, cell, sizeof(cell)));
	}
}

void progress_show(struct progress *progress, const struct lfb_run_progress *state)
{
	if (!progress->shown)
		return;
	if (progress->rewritten) {
		(void)fprintf(stderr, "\r\033[K");
		print_line(state);
		(void)fflush(stderr);
	} else if (state->cell == NULL || state->elapsed_ns >= progress->last_ns + LINE_EVERY_NS) {
		progress->last_ns = state->elapsed_ns;
		(void)fprintf(stderr, "lfbench: ");
		print_line(state);
		(void)fprintf(stderr, "\n");
	}
}

void progress_end(struct progress *progress)
{
	if (progress->rewritten)
		(void)fprintf(stderr, "\r\033[K");
	progress->shown = false;
}
