/*
 * progress.h - how far a run is, on standard error: the status line of a terminal log (term_log.h), which keeps to the
 * terminal's width whatever becomes of it, and a line every ten seconds elsewhere. Only between launches: while one runs, the parent sleeps.
 */
#ifndef LFBENCH_PROGRESS_H
#define LFBENCH_PROGRESS_H

#include "plan/options.h"
#include "run/run.h"
#include "text/term_log.h"

struct progress {
	bool shown;      /* at all */
	bool rewritten;  /* as the status line of a terminal */
	uint64_t last_ns; /* elapsed time at the last line */
	struct lfb_term_log log;
};

void progress_start(struct progress *progress, enum lfb_when when);
void progress_show(struct progress *progress, const struct lfb_run_progress *state);
/* The same for what is no run: a text that is safe to print; `last`: shown whatever the time. */
void progress_show_text(struct progress *progress, const char *text, uint64_t elapsed_ns, bool last);
/* Leave the line, so that what comes next starts on one of its own. */
void progress_end(struct progress *progress);

#endif
